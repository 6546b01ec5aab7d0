// A product of a warpgroup from registers: as inline assembly, whose accumulator goes in and
// out in the same registers, and as what the emulator runs.

// RUN: compress-opt %s --pass-pipeline='builtin.module(gpu.module(convert-instructions-to-ptx))' | FileCheck %s --check-prefix=PTX
// RUN: compress-opt %s --convert-nvvm-to-emulated | FileCheck %s --check-prefix=EMULATED

!sums = !llvm.struct<(f32, f32, f32, f32)>

// n, bf16 twice and f32, no transposition, no sign.
// EMULATED-DAG: llvm.mlir.global internal constant @emulated_words{{.*}}(dense<[8, 1, 1, 3, 0, 0, 0, 0, 0, 0, 0]> : tensor<11xi32>)
gpu.module @kernels {
  // PTX-LABEL: llvm.func @product
  // PTX-COUNT-4: llvm.extractvalue
  // PTX: %[[SUMS:.*]] = llvm.inline_asm has_side_effects asm_dialect = att "{ .reg .pred p; setp.ne.b32 p, 1, 0; wgmma.mma_async.sync.aligned.m64n8k16.f32.bf16.bf16 {$0, $1, $2, $3}, {$8, $9, $10, $11}, $12, p, 1, 1, 0; }", "=f,=f,=f,=f,0,1,2,3,r,r,r,r,l,~{memory}"
  // PTX-COUNT-4: llvm.extractvalue %[[SUMS]]
  // PTX: llvm.inline_asm has_side_effects asm_dialect = att "wgmma.wait_group.sync.aligned 0;", "=f,=f,=f,=f,0,1,2,3,~{memory}"

  // EMULATED-LABEL: llvm.func @kernels_product
  // EMULATED: %[[A:.*]] = llvm.alloca %{{.*}} x !llvm.struct<(vector<2xbf16>, vector<2xbf16>, vector<2xbf16>, vector<2xbf16>)>
  // EMULATED: %[[START:.*]] = llvm.call @compress_emulated_wgmma_accumulator(
  // EMULATED: %[[SUMS:.*]] = llvm.call @compress_emulated_wgmma(%[[START]], %[[A]],
  // EMULATED: llvm.call @compress_emulated_wgmma_wait(
  // EMULATED: llvm.call @compress_emulated_wgmma_read(%[[SUMS]],
  llvm.func @product(%a: vector<2xbf16>, %b: i64, %out: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel} {
    %zero = llvm.mlir.zero : !sums
    nvvm.wgmma.fence.aligned
    %0 = compress_kernel.wgmma %zero, [%a, %a, %a, %a], %b : !sums, vector<2xbf16>
    nvvm.wgmma.commit.group.sync.aligned
    %1 = compress_kernel.wgmma_wait %0 : !sums
    %2 = llvm.extractvalue %1[0] : !sums
    llvm.store %2, %out : f32, !llvm.ptr<1>
    llvm.return
  }
}
