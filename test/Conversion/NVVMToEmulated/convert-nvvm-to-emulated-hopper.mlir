// RUN: compress-opt %s --convert-nvvm-to-emulated --mlir-use-nameloc-as-prefix \
// RUN:   | FileCheck %s

// What EmulatedWgmma says of the first: n, bf16 twice and f32, both operands
// transposed, A negative.
// CHECK-DAG: llvm.mlir.global internal constant @emulated_words{{.*}}(dense<[8, 1, 1, 3, 1, 1, 1, 0, 0, 0, 0]> : tensor<11xi32>)
// CHECK-DAG: llvm.mlir.global internal constant @emulated_words{{.*}}(dense<[8, 1, 1, 3, 0, 0, 0, 0, 0, 0, 0]> : tensor<11xi32>)

!fragment = !llvm.struct<(f32, f32, f32, f32)>

module attributes {gpu.container_module} {
  // An object that is passed by value is where its argument points to.
  // CHECK-LABEL: func.func @host(
  // CHECK-SAME:    %[[MAP:.*]]: !llvm.ptr)
  // CHECK:         %[[ARGUMENTS:.*]] = llvm.alloca %{{.*}} x !llvm.struct<(ptr)>
  // CHECK:         llvm.store %[[MAP]], %{{.*}}
  // CHECK:         llvm.call @compress_emulated_launch(
  func.func @host(%map: !llvm.ptr) {
    %one = arith.constant 1 : index
    gpu.launch_func @kernels::@object blocks in (%one, %one, %one) threads in (%one, %one, %one) args(%map : !llvm.ptr)
    return
  }

  gpu.module @kernels {
    // CHECK-LABEL: llvm.func @kernels_object(
    // CHECK-SAME:    %[[ARRAY:.*]]: !llvm.ptr)
    // CHECK:         %[[SLOT:.*]] = llvm.getelementptr %[[ARRAY]][0]
    // CHECK:         %[[MAP:.*]] = llvm.load %[[SLOT]] : !llvm.ptr -> !llvm.ptr
    // CHECK-NOT:     nvvm.prefetch
    // CHECK:         llvm.call @compress_emulated_tma_store(%[[MAP]],
    llvm.func @object(%map: !llvm.ptr {llvm.align = 64 : i64, llvm.byval = !llvm.array<128 x i8>, nvvm.grid_constant})
        attributes {gpu.kernel, nvvm.kernel, nvvm.cluster_dim = array<i32: 2, 1, 1>} {
      %at = llvm.mlir.constant(7 : i32) : i32
      %shared = llvm.mlir.addressof @tile : !llvm.ptr<3>
      nvvm.prefetch tensormap, %map : !llvm.ptr
      nvvm.cp.async.bulk.tensor.global.shared.cta %map, %shared, box[%at] : !llvm.ptr, !llvm.ptr<3>
      llvm.return
    }
    llvm.mlir.global internal @tile() {addr_space = 3 : i32, alignment = 1024 : i64} : !llvm.array<16384 x i8>

    // CHECK-LABEL: llvm.func @kernels_copy(
    llvm.func @copy(%shared: !llvm.ptr<3>, %remote: !llvm.ptr<7>, %map: !llvm.ptr, %global: !llvm.ptr<1>, %full: !llvm.ptr<3>, %x: i32, %mask: i16) attributes {gpu.kernel, nvvm.kernel} {
      %bytes = llvm.mlir.constant(64 : i32) : i32
      // CHECK: %[[COORDINATES:.*]] = llvm.alloca %{{.*}} x !llvm.struct<(i32, i32)>
      // CHECK: %[[RANK:.*]] = llvm.mlir.constant(2 : i32)
      // CHECK: %[[MINUS:.*]] = llvm.mlir.constant(-1 : i32)
      // CHECK: llvm.call @compress_emulated_tma_load(%[[SHARED:.*]], %[[MAP:.*]], %{{.*}}, %[[RANK]], %[[FULL:.*]], %[[MINUS]], %{{.*}})
      nvvm.cp.async.bulk.tensor.shared.cluster.global %shared, %map, %full, box[%x, %x] {isCTAOnly = true} : !llvm.ptr<3>, !llvm.ptr
      // CHECK: %[[MASK:.*]] = llvm.zext %{{.*}} : i16 to i32
      // CHECK: llvm.call @compress_emulated_tma_load(%{{.*}}, %[[MAP]], %{{.*}}, %{{.*}}, %[[FULL]], %[[MASK]], %{{.*}})
      nvvm.cp.async.bulk.tensor.shared.cluster.global %remote, %map, %full, box[%x, %x, %x] multicast_mask = %mask : !llvm.ptr<7>, !llvm.ptr
      // CHECK: llvm.call @compress_emulated_bulk_load(%[[SHARED]], %[[GLOBAL:.*]], %[[FULL]], %[[BYTES:.*]], %{{.*}}, %{{.*}})
      nvvm.cp.async.bulk.shared.cluster.global %shared, %global, %full, %bytes : !llvm.ptr<3>, !llvm.ptr<1>
      // CHECK: llvm.call @compress_emulated_bulk_load(%{{.*}}, %[[SHARED]], %[[FULL]],
      nvvm.cp.async.bulk.shared.cluster.shared.cta %remote, %shared, %full, %bytes : !llvm.ptr<7>, !llvm.ptr<3>
      // CHECK: llvm.call @compress_emulated_bulk_store(%[[GLOBAL]], %[[SHARED]], %[[BYTES]],
      nvvm.cp.async.bulk.global.shared.cta %global, %shared, %bytes : !llvm.ptr<1>, !llvm.ptr<3>
      // CHECK: llvm.call @compress_emulated_bulk_commit(
      nvvm.cp.async.bulk.commit.group
      // CHECK: %[[ONE:.*]] = llvm.mlir.constant(1 : i32)
      // CHECK: %[[READ:.*]] = llvm.mlir.constant(1 : i32)
      // CHECK: llvm.call @compress_emulated_bulk_wait(%[[ONE]], %[[READ]],
      nvvm.cp.async.bulk.wait_group 1 {read}
      // CHECK: llvm.mlir.constant(0 : i32)
      // CHECK: %[[ALL:.*]] = llvm.mlir.constant(0 : i32)
      // CHECK: llvm.call @compress_emulated_bulk_wait(%{{.*}}, %[[ALL]],
      nvvm.cp.async.bulk.wait_group 0
      // CHECK-NOT: nvvm.
      nvvm.cp.async.bulk.prefetch %global, %bytes : !llvm.ptr<1>
      nvvm.cp.async.bulk.tensor.prefetch %map, box[%x] : !llvm.ptr
      nvvm.fence.proxy {kind = #nvvm.proxy_kind<alias>}
      nvvm.fence.mbarrier.init
      // CHECK: llvm.call @compress_emulated_fence_proxy(
      nvvm.fence.proxy {kind = #nvvm.proxy_kind<async.shared>, space = #nvvm.shared_space<cta>}
      // CHECK: llvm.return
      llvm.return
    }

    // CHECK-LABEL: llvm.func @kernels_barriers(
    llvm.func @barriers(%full: !llvm.ptr<3>, %n: i32) attributes {gpu.kernel, nvvm.kernel} {
      // CHECK: %[[OTHER:.*]] = llvm.call @compress_emulated_map_shared(
      %other = nvvm.mapa %full, %n : !llvm.ptr<3> -> !llvm.ptr<7>
      // CHECK: llvm.call @compress_emulated_mbarrier_arrive(%[[OTHER]],
      nvvm.mbarrier.arrive %other : !llvm.ptr<7>
      // CHECK: llvm.call @compress_emulated_mbarrier_complete(
      nvvm.mbarrier.complete_tx %full, %n : !llvm.ptr<3>, i32
      // CHECK: llvm.call @compress_emulated_mbarrier_drop(
      %0 = nvvm.mbarrier.arrive_drop %full : !llvm.ptr<3> -> i64
      // CHECK: llvm.call @compress_emulated_mbarrier_drop(
      %1 = nvvm.mbarrier.arrive_drop.expect_tx %full, %n : !llvm.ptr<3>, i32 -> i64
      // CHECK: %[[STATE:.*]] = llvm.call @compress_emulated_mbarrier_arrive(
      %state = nvvm.mbarrier.arrive.nocomplete %full, %n : !llvm.ptr<3>, i32 -> i64
      // CHECK: llvm.call @compress_emulated_mbarrier_wait(%{{.*}}, %[[STATE]],
      %2 = nvvm.mbarrier.try_wait %full, %state : !llvm.ptr<3>, i64 -> i1
      // CHECK: llvm.call @compress_emulated_mbarrier_wait_parity(
      %3 = nvvm.mbarrier.try_wait %full, %n : !llvm.ptr<3>, i32 -> i1
      // CHECK: llvm.call @compress_emulated_mbarrier_test_parity(
      // CHECK: llvm.icmp "ne"
      %4 = nvvm.mbarrier.test.wait %full, %n : !llvm.ptr<3>, i32 -> i1
      llvm.return
    }

    // The accumulator is a handle from the loop's entry on; it is read once, after
    // the wait.
    // CHECK-LABEL: llvm.func @kernels_product(
    // CHECK:         %[[ENTRY:.*]] = llvm.call @compress_emulated_wgmma_accumulator(%{{.*}}, %{{.*}}, %{{.*}}) : (!llvm.ptr, i32, !llvm.ptr) -> i64
    // CHECK:         llvm.br ^[[LOOP:bb[0-9]+]](%[[ENTRY]] : i64)
    // CHECK:       ^[[LOOP]](%[[HANDLE:.*]]: i64):
    // CHECK:         llvm.call @compress_emulated_wgmma_fence(
    // CHECK:         %[[NULL:.*]] = llvm.mlir.zero : !llvm.ptr
    // CHECK:         %[[FIRST:.*]] = llvm.call @compress_emulated_wgmma(%[[HANDLE]], %[[NULL]], %[[A:.*]], %[[B:.*]], %{{.*}}, %{{.*}}, %{{.*}})
    // CHECK:         %[[SECOND:.*]] = llvm.call @compress_emulated_wgmma(%[[FIRST]],
    // CHECK:         llvm.call @compress_emulated_wgmma_commit(
    // CHECK:         llvm.call @compress_emulated_wgmma_wait(
    // CHECK:         llvm.cond_br %{{.*}}, ^[[LOOP]](%[[SECOND]] : i64), ^[[EXIT:bb[0-9]+]]
    // CHECK:       ^[[EXIT]]:
    // CHECK:         llvm.call @compress_emulated_wgmma_read(%[[SECOND]], %[[MEMORY:.*]], %{{.*}})
    // CHECK:         %[[VALUES:.*]] = llvm.load %[[MEMORY]] : !llvm.ptr -> !llvm.struct<(f32, f32, f32, f32)>
    // CHECK-NEXT:    llvm.extractvalue %[[VALUES]][0]
    // CHECK-NEXT:    llvm.extractvalue %[[VALUES]][3]
    llvm.func @product(%a: i64, %b: i64, %more: i1) attributes {gpu.kernel, nvvm.kernel} {
      %zero = llvm.mlir.zero : !fragment
      llvm.br ^loop(%zero : !fragment)
    ^loop(%d: !fragment):
      nvvm.wgmma.fence.aligned
      %0 = nvvm.wgmma.mma_async %a, %b, %d, <m = 64, n = 8, k = 16>,
        D[<f32>, <one>], A[<bf16>, <neg>, <col>], B[<bf16>, <one>, <row>] : !fragment -> !fragment
      %1 = nvvm.wgmma.mma_async %a, %b, %0, <m = 64, n = 8, k = 16>,
        D[<f32>, <zero>], A[<bf16>, <one>, <row>], B[<bf16>, <one>, <col>] : !fragment -> !fragment
      nvvm.wgmma.commit.group.sync.aligned
      nvvm.wgmma.wait.group.sync.aligned 0
      llvm.cond_br %more, ^loop(%1 : !fragment), ^exit
    ^exit:
      %2 = llvm.extractvalue %1[0] : !fragment
      %3 = llvm.extractvalue %1[3] : !fragment
      llvm.return
    }
  }
}
