// Instructions for packed weights: as inline assembly, and as what the emulator runs.

// RUN: compress-opt %s --pass-pipeline='builtin.module(gpu.module(convert-instructions-to-ptx))' | FileCheck %s --check-prefix=PTX
// RUN: compress-opt %s --convert-nvvm-to-emulated | FileCheck %s --check-prefix=EMULATED

gpu.module @kernels {
  // PTX-LABEL: llvm.func @instructions
  // PTX: llvm.inline_asm asm_dialect = att "lop3.b32 $0, $1, $2, $3, 106;", "=r,r,r,r" {{.*}} : (i32, i32, i32) -> i32
  // PTX: %[[POLICY:.*]] = llvm.inline_asm asm_dialect = att "createpolicy.fractional.L2::evict_first.b64 $0, 1.0;", "=l" {{.*}}: () -> i64
  // PTX: llvm.ptrtoint %{{.*}} : !llvm.ptr<3> to i32
  // PTX: llvm.inline_asm has_side_effects asm_dialect = att "cp.async.cg.shared.global.L2::cache_hint [$0], [$1], 16, $2, $3;", "r,l,r,l,~{memory}" {{.*}}, %[[POLICY]]

  // (a & b) ^ c has four products of bits in its table: 1, 3, 5, 6.
  // EMULATED-LABEL: llvm.func @kernels_instructions
  // EMULATED-COUNT-4: llvm.or
  // EMULATED-NOT: llvm.or
  // EMULATED: llvm.call @compress_emulated_cp_async(
  llvm.func @instructions(%a: i32, %b: i32, %c: i32, %out: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel} {
    %r = compress_kernel.lop3 %a, %b, %c table = 106
    llvm.store %r, %out : i32, !llvm.ptr<1>
    %policy = compress_kernel.evict_first
    %to = llvm.mlir.addressof @shared : !llvm.ptr<3>
    compress_kernel.cp_async %to, %out, %a, %policy : !llvm.ptr<3>, !llvm.ptr<1>
    llvm.return
  }
  llvm.mlir.global external @shared() {addr_space = 3 : i32} : !llvm.array<16 x i8>
}
