// Products of floats of 8 bits and of sparse rows: what ptxas makes of each, without a
// warning or a spill, on the chips that have it; and the error on the others.

// REQUIRES: ptxas, nvdisasm
// RUN: split-file %s %t
// DEFINE: %{chip} =
// DEFINE: %{file} =
// DEFINE: %{prefix} =
// DEFINE: %{assemble} = compress-translate %t/%{file}.mlir --target=cuda --chip=%{chip} -o %t/out.cubin --resource-usage 2>&1 | FileCheck %s -DCHIP=%{chip}
// DEFINE: %{disassemble} = nvdisasm -c %t/out.cubin | FileCheck %s --check-prefix=%{prefix}

// sm_89 and sm_120 have instructions of their own.
// REDEFINE: %{file} = small
// REDEFINE: %{prefix} = QMMA
// REDEFINE: %{chip} = sm_89
// RUN: %{assemble}
// RUN: %{disassemble}
// REDEFINE: %{chip} = sm_120
// RUN: %{assemble}
// RUN: %{disassemble}
// QMMA-DAG: QMMA.16832.F32.E4M3.E5M2
// QMMA-DAG: QMMA.16832.F16.E5M2.E5M2
// QMMA-DAG: QMMA.SP.16864.F32.E4M3.E4M3

// The others convert to f16.
// REDEFINE: %{prefix} = HMMA
// REDEFINE: %{chip} = sm_90a
// RUN: %{assemble}
// RUN: %{disassemble}
// REDEFINE: %{chip} = sm_100a
// RUN: %{assemble}
// RUN: %{disassemble}
// HMMA-DAG: HMMA.16816.F32 R
// HMMA-DAG: HMMA.16816.F32 R
// HMMA-DAG: HMMA.16816.F16 R
// HMMA-DAG: HMMA.16816.F16 R
// HMMA-DAG: HMMA.SP.16832.F32 R
// HMMA-DAG: HMMA.SP.16832.F32 R

// RUN: not compress-translate %t/small.mlir --target=cuda --chip=sm_80 2>&1 | FileCheck %s --check-prefix=OLD
// OLD: small.mlir:[[#]]:{{[0-9]+}}: error: 'compress_kernel.mma' op is an instruction of sm_89 and later, but the kernels are for sm_80

// REDEFINE: %{file} = rows
// REDEFINE: %{prefix} = ROWS
// REDEFINE: %{chip} = sm_90a
// RUN: %{assemble}
// RUN: %{disassemble}
// ROWS-DAG: HGMMA.SP.64x8x32.F32.BF16 R{{[0-9]+}}, R{{[0-9]+}}, gdesc
// ROWS-DAG: QGMMA.SP.64x8x64.F32.E4M3.E5M2 R{{[0-9]+}}, gdesc
// ROWS-DAG: QGMMA.SP.64x8x64.F32.E4M3.E4M3 R{{[0-9]+}}, R{{[0-9]+}}, gdesc
// ROWS-DAG: HGMMA.SP.64x8x32.F32 R{{[0-9]+}}, gdesc
// ROWS-DAG: IGMMA.SP.64x8x64.S8.S8 R{{[0-9]+}}, gdesc
// ROWS-DAG: HGMMA.SP.64x8x16.F32.TF32 R{{[0-9]+}}, gdesc
// ROWS-DAG: HGMMA.SP.64x8x16.F32.TF32 R{{[0-9]+}}, R{{[0-9]+}}, gdesc
// ROWS-DAG: IGMMA.SP.64x8x64.U8.S8 R{{[0-9]+}}, R{{[0-9]+}}, gdesc

// RUN: not compress-translate %t/rows.mlir --target=cuda --chip=sm_100a 2>&1 | FileCheck %s --check-prefix=OTHER
// OTHER: rows.mlir:[[#]]:{{[0-9]+}}: error: 'compress_kernel.wgmma_sp' op is an instruction of sm_90a, but the kernels are for sm_100a

// Dense products of 8 bits by warpgroups are the NVVM dialect's.
// REDEFINE: %{file} = dense
// REDEFINE: %{prefix} = DENSE
// RUN: %{assemble}
// RUN: %{disassemble}
// DENSE-DAG: QGMMA.64x8x32.F32.E4M3.E5M2 R{{[0-9]+}}, gdesc
// DENSE-DAG: IGMMA.64x8x32.S8.S8 R{{[0-9]+}}, gdesc

// CHECK-NOT: {{warning|error}}
// CHECK:     Compiling entry function '{{.*}}' for '[[CHIP]]'
// CHECK-NOT: {{[1-9][0-9]*}} bytes spill
// CHECK-NOT: {{warning|error}}

//--- small.mlir
!sums = !llvm.struct<(f32, f32, f32, f32)>
!halves = !llvm.struct<(vector<2xf16>, vector<2xf16>)>
gpu.module @kernels {
  llvm.func @dense(%a: i32, %b: i64, %e: i32, %out: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel, nvvm.reqntid = array<i32: 32, 1, 1>} {
    %c = llvm.load %out : !llvm.ptr<1> -> !sums
    %r = compress_kernel.mma [%a, %a, %a, %a], [%a, %a], %c : f8E4M3FN, f8E5M2, !sums
    llvm.store %r, %out : !sums, !llvm.ptr<1>
    llvm.return
  }
  llvm.func @halves(%a: i32, %b: i64, %e: i32, %out: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel, nvvm.reqntid = array<i32: 32, 1, 1>} {
    %c = llvm.load %out : !llvm.ptr<1> -> !halves
    %r = compress_kernel.mma [%a, %a, %a, %a], [%a, %a], %c : f8E5M2, f8E5M2, !halves
    llvm.store %r, %out : !halves, !llvm.ptr<1>
    llvm.return
  }
  llvm.func @sparse(%a: i32, %b: i64, %e: i32, %out: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel, nvvm.reqntid = array<i32: 32, 1, 1>} {
    %c = llvm.load %out : !llvm.ptr<1> -> !sums
    %r = compress_kernel.mma [%a, %a, %a, %a], [%a, %a, %a, %a], %c metadata = %e : f8E4M3FN, f8E4M3FN, !sums
    llvm.store %r, %out : !sums, !llvm.ptr<1>
    llvm.return
  }
}

//--- rows.mlir
!sums = !llvm.struct<(f32, f32, f32, f32)>
!counts = !llvm.struct<(i32, i32, i32, i32)>
gpu.module @kernels {
  llvm.func @bf16_registers(%a: i32, %b: i64, %e: i32, %out: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel, nvvm.reqntid = array<i32: 128, 1, 1>} {
    %c = llvm.load %out : !llvm.ptr<1> -> !sums
    nvvm.wgmma.fence.aligned
    %s = compress_kernel.wgmma_sp %c, [%a, %a, %a, %a], %b, %e selector = 1 : !sums, bf16, bf16
    nvvm.wgmma.commit.group.sync.aligned
    %r = compress_kernel.wgmma_wait %s : !sums
    llvm.store %r, %out : !sums, !llvm.ptr<1>
    llvm.return
  }
  llvm.func @e4m3(%a: i32, %b: i64, %e: i32, %out: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel, nvvm.reqntid = array<i32: 128, 1, 1>} {
    %c = llvm.load %out : !llvm.ptr<1> -> !sums
    nvvm.wgmma.fence.aligned
    %s = compress_kernel.wgmma_sp %c, %b, %b, %e selector = 0 : !sums, f8E4M3FN, f8E5M2
    nvvm.wgmma.commit.group.sync.aligned
    %r = compress_kernel.wgmma_wait %s : !sums
    llvm.store %r, %out : !sums, !llvm.ptr<1>
    llvm.return
  }
  llvm.func @e4m3_registers(%a: i32, %b: i64, %e: i32, %out: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel, nvvm.reqntid = array<i32: 128, 1, 1>} {
    %c = llvm.load %out : !llvm.ptr<1> -> !sums
    nvvm.wgmma.fence.aligned
    %s = compress_kernel.wgmma_sp %c, [%a, %a, %a, %a], %b, %e selector = 0 : !sums, f8E4M3FN, f8E4M3FN
    nvvm.wgmma.commit.group.sync.aligned
    %r = compress_kernel.wgmma_wait %s : !sums
    llvm.store %r, %out : !sums, !llvm.ptr<1>
    llvm.return
  }
  llvm.func @f16(%a: i32, %b: i64, %e: i32, %out: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel, nvvm.reqntid = array<i32: 128, 1, 1>} {
    %c = llvm.load %out : !llvm.ptr<1> -> !sums
    nvvm.wgmma.fence.aligned
    %s = compress_kernel.wgmma_sp %c, %b, %b, %e selector = 0 : !sums, f16, f16
    nvvm.wgmma.commit.group.sync.aligned
    %r = compress_kernel.wgmma_wait %s : !sums
    llvm.store %r, %out : !sums, !llvm.ptr<1>
    llvm.return
  }
  llvm.func @s8(%a: i32, %b: i64, %e: i32, %out: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel, nvvm.reqntid = array<i32: 128, 1, 1>} {
    %c = llvm.load %out : !llvm.ptr<1> -> !counts
    nvvm.wgmma.fence.aligned
    %s = compress_kernel.wgmma_sp %c, %b, %b, %e selector = 0 : !counts, i8, i8
    nvvm.wgmma.commit.group.sync.aligned
    %r = compress_kernel.wgmma_wait %s : !counts
    llvm.store %r, %out : !counts, !llvm.ptr<1>
    llvm.return
  }
  llvm.func @tf32(%a: i32, %b: i64, %e: i32, %out: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel, nvvm.reqntid = array<i32: 128, 1, 1>} {
    %c = llvm.load %out : !llvm.ptr<1> -> !sums
    nvvm.wgmma.fence.aligned
    %s = compress_kernel.wgmma_sp %c, %b, %b, %e selector = 0 : !sums, tf32, tf32
    nvvm.wgmma.commit.group.sync.aligned
    %r = compress_kernel.wgmma_wait %s : !sums
    llvm.store %r, %out : !sums, !llvm.ptr<1>
    llvm.return
  }
  llvm.func @tf32_registers(%a: i32, %b: i64, %e: i32, %out: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel, nvvm.reqntid = array<i32: 128, 1, 1>} {
    %c = llvm.load %out : !llvm.ptr<1> -> !sums
    nvvm.wgmma.fence.aligned
    %s = compress_kernel.wgmma_sp %c, [%a, %a, %a, %a], %b, %e selector = 1 : !sums, tf32, tf32
    nvvm.wgmma.commit.group.sync.aligned
    %r = compress_kernel.wgmma_wait %s : !sums
    llvm.store %r, %out : !sums, !llvm.ptr<1>
    llvm.return
  }
  llvm.func @u8_registers(%a: i32, %b: i64, %e: i32, %out: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel, nvvm.reqntid = array<i32: 128, 1, 1>} {
    %c = llvm.load %out : !llvm.ptr<1> -> !counts
    nvvm.wgmma.fence.aligned
    %s = compress_kernel.wgmma_sp %c, [%a, %a, %a, %a], %b, %e selector = 0 : !counts, ui8, i8
    nvvm.wgmma.commit.group.sync.aligned
    %r = compress_kernel.wgmma_wait %s : !counts
    llvm.store %r, %out : !counts, !llvm.ptr<1>
    llvm.return
  }
}

//--- dense.mlir
!sums = !llvm.struct<(f32, f32, f32, f32)>
!counts = !llvm.struct<(i32, i32, i32, i32)>
gpu.module @kernels {
  llvm.func @e4m3(%b: i64, %out: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel, nvvm.reqntid = array<i32: 128, 1, 1>} {
    %c = llvm.load %out : !llvm.ptr<1> -> !sums
    nvvm.wgmma.fence.aligned
    %s = nvvm.wgmma.mma_async %b, %b, %c, <m = 64, n = 8, k = 32>, D[<f32>, <one>], A[<e4m3>, <one>, <row>], B[<e5m2>, <one>, <col>] : !sums -> !sums
    nvvm.wgmma.commit.group.sync.aligned
    %r = compress_kernel.wgmma_wait %s : !sums
    llvm.store %r, %out : !sums, !llvm.ptr<1>
    llvm.return
  }
  llvm.func @s8(%b: i64, %out: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel, nvvm.reqntid = array<i32: 128, 1, 1>} {
    %c = llvm.load %out : !llvm.ptr<1> -> !counts
    nvvm.wgmma.fence.aligned
    %s = nvvm.wgmma.mma_async %b, %b, %c, <m = 64, n = 8, k = 32>, D[<s32>, <one>, <wrapped>], A[<s8>, <one>, <row>], B[<s8>, <one>, <col>] : !counts -> !counts
    nvvm.wgmma.commit.group.sync.aligned
    %r = compress_kernel.wgmma_wait %s : !counts
    llvm.store %r, %out : !counts, !llvm.ptr<1>
    llvm.return
  }
}
