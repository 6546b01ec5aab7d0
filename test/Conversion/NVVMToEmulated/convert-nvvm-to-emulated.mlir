// RUN: compress-opt %s --convert-nvvm-to-emulated --mlir-use-nameloc-as-prefix \
// RUN:   | FileCheck %s
// RUN: compress-opt %s --convert-nvvm-to-emulated=check-accesses=false \
// RUN:   | FileCheck %s --check-prefix=UNCHECKED

// Every op has a text of its own, which says where it is in this file.
// CHECK-DAG: llvm.mlir.global internal constant @[[BARRIER:emulated_text.*]]("{{.*}}convert-nvvm-to-emulated.mlir:[[#]]:{{[0-9]+}}: 'nvvm.barrier'\00")
// CHECK-DAG: llvm.func @compress_emulated_register(i32) -> i32 attributes {memory_effects = #llvm.memory_effects<{{.*}}>, no_unwind, will_return}
// CHECK-DAG: llvm.func @compress_emulated_barrier(i32, i32, !llvm.ptr) attributes {no_unwind}

module attributes {gpu.container_module} {
  // CHECK-LABEL: func.func @host(
  // CHECK-SAME:    %[[BUFFER:.*]]: memref<f32>, %[[N:.*]]: index
  // CHECK-DAG:     %[[SIZES:.*]] = llvm.alloca %{{.*}} x !llvm.struct<(i64, i64, i64, i64, i64, i64, i64, i64, i64)>
  // CHECK-DAG:     %[[ARGUMENTS:.*]] = llvm.alloca %{{.*}} x !llvm.struct<(ptr, ptr)>
  // Without blocks there is nothing to launch.
  // CHECK:         %[[HAS_BLOCKS:.*]] = arith.cmpi ne
  // CHECK:         scf.if %[[HAS_BLOCKS]]
  // CHECK:         memref.extract_aligned_pointer_as_index %[[BUFFER]]
  // CHECK:         %[[KERNEL:.*]] = llvm.mlir.addressof @kernels_stage : !llvm.ptr
  // 1024 bytes of a static size come first, then 4 that need 16 bytes of alignment.
  // CHECK:         %[[STATIC:.*]] = llvm.mlir.constant(1040 : i64)
  // CHECK:         llvm.call @compress_emulated_launch(%{{.*}}, %[[KERNEL]], %[[ARGUMENTS]], %[[SIZES]], %[[STATIC]], %{{.*}}, %{{.*}})
  // CHECK-NOT:     gpu.launch_func
  func.func @host(%buffer: memref<f32>, %n: index) {
    %one = arith.constant 1 : index
    %threads = arith.constant 128 : index
    %bytes = arith.constant 512 : i32
    gpu.launch_func @kernels::@stage blocks in (%n, %one, %one) threads in (%threads, %one, %one)
      dynamic_shared_memory_size %bytes args(%buffer : memref<f32>, %n : index)
    return
  }

  // CHECK-NOT: gpu.module
  gpu.module @kernels {
    llvm.mlir.global internal @tile() {addr_space = 3 : i32} : !llvm.array<256 x f32>
    llvm.mlir.global internal @flag() {addr_space = 3 : i32, alignment = 4 : i64} : i32
    llvm.mlir.global external @rest() {addr_space = 3 : i32} : !llvm.array<0 x i8>

    // CHECK-LABEL: llvm.func @kernels_stage(
    // CHECK-SAME:    %[[ARRAY:.*]]: !llvm.ptr)
    // CHECK:         %[[SLOT:.*]] = llvm.getelementptr %[[ARRAY]][0]
    // CHECK:         %[[ADDRESS:.*]] = llvm.load %[[SLOT]] : !llvm.ptr -> !llvm.ptr
    // CHECK:         %[[DATA:.*]] = llvm.load %[[ADDRESS]] : !llvm.ptr -> !llvm.ptr
    llvm.func @stage(%data: !llvm.ptr<1>, %n: i64) attributes {gpu.kernel, nvvm.kernel} {
      // CHECK: %[[TIDX:.*]] = llvm.mlir.constant(0 : i32)
      // CHECK: %[[TID:.*]] = llvm.call @compress_emulated_register(%[[TIDX]]) : (i32) -> i32
      %tid = nvvm.read.ptx.sreg.tid.x : i32
      // CHECK: %[[OFFSET:.*]] = llvm.mlir.constant(0 : i64)
      // CHECK: %[[TILE:.*]] = llvm.call @compress_emulated_shared(%[[OFFSET]])
      %tile = llvm.mlir.addressof @tile : !llvm.ptr<3>
      // CHECK: llvm.mlir.constant(1024 : i64)
      %flag = llvm.mlir.addressof @flag : !llvm.ptr<3>
      // CHECK: llvm.mlir.constant(1040 : i64)
      %rest = llvm.mlir.addressof @rest : !llvm.ptr<3>
      // CHECK: %[[FROM:.*]] = llvm.getelementptr %[[DATA]][%[[TID]]] : (!llvm.ptr, i32) -> !llvm.ptr, f32
      %from = llvm.getelementptr %data[%tid] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
      // A load of four bytes that are aligned to four.
      // CHECK: %[[FOUR:.*]] = llvm.mlir.constant(4 : i32)
      // CHECK: %[[ALIGNMENT:.*]] = llvm.mlir.constant(4 : i32)
      // CHECK: %[[LOAD:.*]] = llvm.mlir.constant(0 : i32)
      // CHECK: llvm.call @compress_emulated_access(%[[FROM]], %[[FOUR]], %[[ALIGNMENT]], %[[LOAD]], %{{.*}})
      // CHECK: %[[VALUE:.*]] = llvm.load %[[FROM]]
      // UNCHECKED-NOT: compress_emulated_access
      %value = llvm.load %from : !llvm.ptr<1> -> f32
      %to = llvm.getelementptr %tile[%tid] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, f32
      // CHECK: %[[STORE:.*]] = llvm.mlir.constant(1 : i32)
      // CHECK: llvm.call @compress_emulated_access(%[[TO:.*]], %{{.*}}, %{{.*}}, %[[STORE]], %{{.*}})
      // CHECK: llvm.store %[[VALUE]], %[[TO]] : f32, !llvm.ptr
      llvm.store %value, %to : f32, !llvm.ptr<3>
      // CHECK: llvm.call @compress_emulated_barrier(
      nvvm.barrier
      %generic = llvm.addrspacecast %to : !llvm.ptr<3> to !llvm.ptr
      // CHECK: llvm.load %[[TO]] : !llvm.ptr -> f32
      %again = llvm.load %generic : !llvm.ptr -> f32
      %mask = llvm.mlir.constant(-1 : i32) : i32
      %lane = llvm.mlir.constant(1 : i32) : i32
      %clamp = llvm.mlir.constant(31 : i32) : i32
      // CHECK: %[[BITS:.*]] = llvm.bitcast %{{.*}} : f32 to i32
      // CHECK: %[[OTHER:.*]] = llvm.call @compress_emulated_shuffle(%{{.*}}, %{{.*}}, %[[BITS]],
      // CHECK: llvm.bitcast %[[OTHER]] : i32 to f32
      %other = nvvm.shfl.sync bfly %mask, %again, %lane, %clamp : f32 -> f32
      // CHECK: llvm.call @compress_emulated_shuffle(
      // CHECK: llvm.insertvalue %{{.*}}, %{{.*}}[1] : !llvm.struct<(i32, i1)>
      %pair = nvvm.shfl.sync idx %mask, %tid, %lane, %clamp {return_value_and_is_valid} : i32 -> !llvm.struct<(i32, i1)>
      // CHECK: llvm.call @compress_emulated_vote(
      // CHECK: llvm.icmp "ne"
      %yes = llvm.mlir.constant(true) : i1
      %any = nvvm.vote.sync any %mask, %yes -> i1
      llvm.store %other, %from : f32, !llvm.ptr<1>
      llvm.return
    }

    // CHECK-LABEL: llvm.func @kernels_multiply(
    llvm.func @multiply(%a: !llvm.ptr<3>, %from: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel} {
      // CHECK: llvm.call @compress_emulated_cp_async(
      nvvm.cp.async.shared.global %a, %from, 16, cache = cg : !llvm.ptr<3>, !llvm.ptr<1>
      // CHECK: llvm.call @compress_emulated_cp_async_commit(
      nvvm.cp.async.commit.group
      // CHECK: llvm.call @compress_emulated_cp_async_wait(
      nvvm.cp.async.wait.group 0
      // CHECK: llvm.call @compress_emulated_ldmatrix(%[[REGISTERS:[a-z0-9_]+]],
      // CHECK: llvm.load %[[REGISTERS]] : !llvm.ptr -> !llvm.struct<(i32, i32, i32, i32)>
      %fragment = nvvm.ldmatrix %a {num = 4 : i32, layout = #nvvm.mma_layout<row>, shape = #nvvm.ld_st_matrix_shape<m = 8, n = 8>, eltType = #nvvm.ld_st_matrix_elt_type<b16>} : (!llvm.ptr<3>) -> !llvm.struct<(i32, i32, i32, i32)>
      %zero = llvm.mlir.constant(0.0 : f32) : f32
      %half = llvm.mlir.constant(dense<1.0> : vector<2xf16>) : vector<2xf16>
      // CHECK: %[[FORM:.*]] = llvm.mlir.addressof @emulated_words
      // CHECK: llvm.call @compress_emulated_mma(%[[D:[a-z0-9_]+]], %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %[[FORM]], %{{.*}})
      // CHECK: llvm.load %[[D]] : !llvm.ptr -> !llvm.struct<(f32, f32, f32, f32)>
      %d = nvvm.mma.sync A[%half, %half, %half, %half] B[%half, %half] C[%zero, %zero, %zero, %zero]
        {layoutA = #nvvm.mma_layout<row>, layoutB = #nvvm.mma_layout<col>, shape = #nvvm.shape<m = 16, n = 8, k = 16>}
        : (vector<2xf16>, vector<2xf16>, f32) -> !llvm.struct<(f32, f32, f32, f32)>
      // CHECK: llvm.call @compress_emulated_syncwarp(
      %mask = llvm.mlir.constant(-1 : i32) : i32
      nvvm.bar.warp.sync %mask : i32
      llvm.return
    }
  }
}
