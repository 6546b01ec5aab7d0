// RUN: compress-opt %s --compress-propagate | FileCheck %s

!d = !compress.tensor<8x4xf32, #compress.scheme<storage = #compress.affine<i8, block = [*, 1]>>>
!s = !compress.tensor<8x4xf32, #compress.scheme<sparsity = #compress.nm<2:4, axis = 0>,
  storage = #compress.affine<i4, block = [4, 1], scale = f16, asymmetric>>>
!o = !compress.tensor<8x4xf32, #compress.scheme<storage = #compress.affine<i4, block = [*, 1]>>>
!t = !compress.tensor<?x4xf32, #compress.scheme<storage = #compress.affine<i8, block = [1, *]>>>
!l = !compress.tensor<8x4xf32, #compress.scheme<storage = #compress.affine<i8>, layout = #compress.tiled<[4, 2]>>>
!c = !compress.tensor<2x3x4xf32, #compress.scheme<storage = #compress.affine<i8, block = [1, *, 2]>>>

// CHECK-DAG: #[[MK:.*]] = affine_map<(d0, d1, d2) -> (d0, d2)>
// CHECK-DAG: #[[NK:.*]] = affine_map<(d0, d1, d2) -> (d1, d2)>
// CHECK-DAG: #[[MN:.*]] = affine_map<(d0, d1, d2) -> (d0, d1)>
// CHECK-DAG: #[[KBM:.*]] = affine_map<(d0, d1, d2, d3) -> (d3, d0, d1)>
// CHECK-DAG: #[[BKN:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d3, d2)>
// CHECK-DAG: #[[BMN:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>

// A transpose moves before the encode, whose scheme is permuted; observer and site
// stay.

// CHECK-LABEL: func.func @before_encode(
// CHECK-SAME: %[[W:[^:]*]]: tensor<8x4xf32>, %[[I:[^:]*]]: tensor<4x8xf32>
// CHECK-NEXT: %[[T:.*]] = linalg.transpose ins(%[[W]] : tensor<8x4xf32>) outs(%[[I]] : tensor<4x8xf32>) permutation = [1, 0]
// CHECK-NEXT: %[[E:.*]] = compress.encode %[[T]] observer = <mse> {compress.site = "l0"} : tensor<4x8xf32> -> !compress.tensor<4x8xf32, #compress.scheme<storage = #compress.affine<i8, block = [1, *]>>>
// CHECK-NEXT: %[[D:.*]] = compress.decode %[[E]]
// CHECK-NEXT: return %[[D]]
func.func @before_encode(%w: tensor<8x4xf32>, %i: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %e = compress.encode %w observer = <mse> {compress.site = "l0"} : tensor<8x4xf32> -> !d
  %d = compress.decode %e : !d -> tensor<8x4xf32>
  %t = linalg.transpose ins(%d : tensor<8x4xf32>) outs(%i : tensor<4x8xf32>) permutation = [1, 0]
  return %t : tensor<4x8xf32>
}

// Result dimension i of the transpose is dimension permutation[i] of its input: the
// inverse would give [2, 1, *].

// CHECK-LABEL: func.func @rank_three(
// CHECK: linalg.transpose {{.*}} permutation = [1, 2, 0]
// CHECK-NEXT: compress.encode {{.*}} -> !compress.tensor<3x4x2xf32, #compress.scheme<storage = #compress.affine<i8, block = [*, 2, 1]>>>
func.func @rank_three(%w: tensor<2x3x4xf32>, %i: tensor<3x4x2xf32>) -> tensor<3x4x2xf32> {
  %e = compress.encode %w : tensor<2x3x4xf32> -> !c
  %d = compress.decode %e : !c -> tensor<2x3x4xf32>
  %t = linalg.transpose ins(%d : tensor<2x3x4xf32>) outs(%i : tensor<3x4x2xf32>) permutation = [1, 2, 0]
  return %t : tensor<3x4x2xf32>
}

// The tile of the layout too, and extents that are not known.

// CHECK-LABEL: func.func @tiled(
// CHECK: linalg.transpose
// CHECK-NEXT: compress.encode {{.*}} -> !compress.tensor<4x8xf32, #compress.scheme<storage = #compress.affine<i8>, layout = #compress.tiled<[2, 4]>>>
func.func @tiled(%w: tensor<8x4xf32>, %i: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %e = compress.encode %w : tensor<8x4xf32> -> !l
  %d = compress.decode %e : !l -> tensor<8x4xf32>
  %t = linalg.transpose ins(%d : tensor<8x4xf32>) outs(%i : tensor<4x8xf32>) permutation = [1, 0]
  return %t : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @dynamic(
// CHECK: linalg.transpose
// CHECK-NEXT: compress.encode {{.*}} -> !compress.tensor<4x?xf32, #compress.scheme<storage = #compress.affine<i8, block = [*, 1]>>>
func.func @dynamic(%w: tensor<?x4xf32>, %i: tensor<4x?xf32>) -> tensor<4x?xf32> {
  %e = compress.encode %w : tensor<?x4xf32> -> !t
  %d = compress.decode %e : !t -> tensor<?x4xf32>
  %t = linalg.transpose ins(%d : tensor<?x4xf32>) outs(%i : tensor<4x?xf32>) permutation = [1, 0]
  return %t : tensor<4x?xf32>
}

// Through a prune, whose axis moves too.

// CHECK-LABEL: func.func @before_prune(
// CHECK-SAME: %[[W:[^:]*]]: tensor<8x4xf32>
// CHECK-NEXT: %[[T:.*]] = linalg.transpose ins(%[[W]] :
// CHECK-NEXT: %[[P:.*]] = compress.prune #compress.nm<2:4, axis = 1>, %[[T]] {compress.site = "l0"} : tensor<4x8xf32>
// CHECK-NEXT: %[[E:.*]] = compress.encode %[[P]] {compress.site = "l0"} : tensor<4x8xf32> -> !compress.tensor<4x8xf32, #compress.scheme<sparsity = #compress.nm<2:4, axis = 1>, storage = #compress.affine<i4, block = [1, 4], scale = f16, asymmetric>>>
// CHECK-NEXT: %[[D:.*]] = compress.decode %[[E]] {compress.site = "l0"}
// CHECK-NEXT: return %[[D]]
func.func @before_prune(%w: tensor<8x4xf32>, %i: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %p = compress.prune #compress.nm<2:4, axis = 0>, %w {compress.site = "l0"} : tensor<8x4xf32>
  %e = compress.encode %p {compress.site = "l0"} : tensor<8x4xf32> -> !s
  %d = compress.decode %e {compress.site = "l0"} : !s -> tensor<8x4xf32>
  %t = linalg.transpose ins(%d : tensor<8x4xf32>) outs(%i : tensor<4x8xf32>) permutation = [1, 0]
  return %t : tensor<4x8xf32>
}

// Where both rewrites apply, the contraction reads the decode either way.

// CHECK-LABEL: func.func @reaches(
// CHECK: %[[D:.*]] = compress.decode
// CHECK-NEXT: linalg.{{(matmul|contract).*}} ins(%{{.*}}, %[[D]] :
// CHECK-NEXT: return
func.func @reaches(%x: tensor<2x4xf32>, %w: tensor<8x4xf32>, %t: tensor<4x8xf32>,
                   %i: tensor<2x8xf32>) -> tensor<2x8xf32> {
  %e = compress.encode %w : tensor<8x4xf32> -> !d
  %d = compress.decode %e : !d -> tensor<8x4xf32>
  %tr = linalg.transpose ins(%d : tensor<8x4xf32>) outs(%t : tensor<4x8xf32>) permutation = [1, 0]
  %y = linalg.matmul ins(%x, %tr : tensor<2x4xf32>, tensor<4x8xf32>)
      outs(%i : tensor<2x8xf32>) -> tensor<2x8xf32>
  return %y : tensor<2x8xf32>
}

// Vectors lie along the innermost dimension, so a transpose that makes it another
// stays, and one of the others moves.

// CHECK-LABEL: func.func @vectors(
// CHECK-NEXT: compress.encode
// CHECK-NEXT: %[[D:.*]] = compress.decode
// CHECK-NEXT: linalg.transpose ins(%[[D]]
// CHECK-NEXT: %[[T:.*]] = linalg.transpose ins(%{{.*}} : tensor<2x3x4xf32>) outs(%{{.*}} : tensor<3x2x4xf32>)
// CHECK-NEXT: compress.encode %[[T]]
func.func @vectors(%w: tensor<2x3x4xf32>, %i: tensor<2x4x3xf32>, %j: tensor<3x2x4xf32>)
    -> (tensor<2x4x3xf32>, tensor<3x2x4xf32>) {
  %e = compress.encode %w : tensor<2x3x4xf32>
      -> !compress.tensor<2x3x4xf32, #compress.scheme<storage = #compress.codebook<kmeans, i8, vector = 4>>>
  %d = compress.decode %e
      : !compress.tensor<2x3x4xf32, #compress.scheme<storage = #compress.codebook<kmeans, i8, vector = 4>>>
      -> tensor<2x3x4xf32>
  %t = linalg.transpose ins(%d : tensor<2x3x4xf32>) outs(%i : tensor<2x4x3xf32>) permutation = [0, 2, 1]
  %u = linalg.transpose ins(%d : tensor<2x3x4xf32>) outs(%j : tensor<3x2x4xf32>) permutation = [1, 0, 2]
  return %t, %u : tensor<2x4x3xf32>, tensor<3x2x4xf32>
}

// Given parameters have the shape of the encode's blocks: the transpose stays.

// CHECK-LABEL: func.func @parameters(
// CHECK-NEXT: compress.encode %arg0 parameters(
// CHECK-NEXT: compress.decode
// CHECK-NEXT: linalg.transpose
func.func @parameters(%w: tensor<8x4xf32>, %s: tensor<1x4xf32>, %i: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %e = compress.encode %w parameters(%s : tensor<1x4xf32>) : tensor<8x4xf32> -> !d
  %d = compress.decode %e : !d -> tensor<8x4xf32>
  %t = linalg.transpose ins(%d : tensor<8x4xf32>) outs(%i : tensor<4x8xf32>) permutation = [1, 0]
  return %t : tensor<4x8xf32>
}

// A transpose of any decode moves into the map of the contraction that reads it.

// CHECK-LABEL: func.func @into_map(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x4xf32>, %[[W:[^:]*]]: !compress.tensor
// CHECK-NEXT: %[[D:.*]] = compress.decode %[[W]]
// CHECK-NEXT: %[[Y:.*]] = linalg.contract indexing_maps = [#[[MK]], #[[NK]], #[[MN]]] {compress.site = "l0"} ins(%[[X]], %[[D]] : tensor<2x4xf32>, tensor<8x4xf32>)
// CHECK-NEXT: return %[[Y]]
func.func @into_map(%x: tensor<2x4xf32>, %w: !d, %t: tensor<4x8xf32>, %i: tensor<2x8xf32>) -> tensor<2x8xf32> {
  %d = compress.decode %w : !d -> tensor<8x4xf32>
  %tr = linalg.transpose ins(%d : tensor<8x4xf32>) outs(%t : tensor<4x8xf32>) permutation = [1, 0]
  %y = linalg.matmul {compress.site = "l0"} ins(%x, %tr : tensor<2x4xf32>, tensor<4x8xf32>)
      outs(%i : tensor<2x8xf32>) -> tensor<2x8xf32>
  return %y : tensor<2x8xf32>
}

// The left operand, with a permutation that is not its own inverse.

// CHECK-LABEL: func.func @into_map_left(
// CHECK-NEXT: %[[D:.*]] = compress.decode
// CHECK-NEXT: linalg.contract indexing_maps = [#[[KBM]], #[[BKN]], #[[BMN]]] ins(%[[D]], %{{.*}} : tensor<2x3x4xf32>, tensor<3x2x5xf32>)
func.func @into_map_left(%w: !c, %t: tensor<3x4x2xf32>, %x: tensor<3x2x5xf32>, %i: tensor<3x4x5xf32>)
    -> tensor<3x4x5xf32> {
  %d = compress.decode %w : !c -> tensor<2x3x4xf32>
  %tr = linalg.transpose ins(%d : tensor<2x3x4xf32>) outs(%t : tensor<3x4x2xf32>) permutation = [1, 2, 0]
  %y = linalg.batch_matmul ins(%tr, %x : tensor<3x4x2xf32>, tensor<3x2x5xf32>)
      outs(%i : tensor<3x4x5xf32>) -> tensor<3x4x5xf32>
  return %y : tensor<3x4x5xf32>
}

// A transpose of a dense tensor stays.

// CHECK-LABEL: func.func @dense(
// CHECK-NEXT: linalg.transpose
// CHECK-NEXT: linalg.matmul
func.func @dense(%x: tensor<2x4xf32>, %w: tensor<8x4xf32>, %t: tensor<4x8xf32>, %i: tensor<2x8xf32>) -> tensor<2x8xf32> {
  %tr = linalg.transpose ins(%w : tensor<8x4xf32>) outs(%t : tensor<4x8xf32>) permutation = [1, 0]
  %y = linalg.matmul ins(%x, %tr : tensor<2x4xf32>, tensor<4x8xf32>)
      outs(%i : tensor<2x8xf32>) -> tensor<2x8xf32>
  return %y : tensor<2x8xf32>
}

// CHECK-LABEL: func.func @reencode(
// CHECK-SAME: %[[W:[^:]*]]: !compress.tensor
// CHECK-NEXT: return %[[W]]
func.func @reencode(%w: !d) -> !d {
  %d = compress.decode %w : !d -> tensor<8x4xf32>
  %e = compress.encode %d : tensor<8x4xf32> -> !d
  return %e : !d
}

// Of another type, or with parameters, it computes something.

// CHECK-LABEL: func.func @reencode_other(
// CHECK-NEXT: compress.decode
// CHECK-NEXT: %[[E:.*]] = compress.encode
// CHECK-NEXT: return %[[E]]
func.func @reencode_other(%w: !d) -> !o {
  %d = compress.decode %w : !d -> tensor<8x4xf32>
  %e = compress.encode %d : tensor<8x4xf32> -> !o
  return %e : !o
}

// CHECK-LABEL: func.func @reencode_parameters(
// CHECK-NEXT: compress.decode
// CHECK-NEXT: %[[E:.*]] = compress.encode %{{.*}} parameters(
// CHECK-NEXT: return %[[E]]
func.func @reencode_parameters(%w: !d, %s: tensor<1x4xf32>) -> !d {
  %d = compress.decode %w : !d -> tensor<8x4xf32>
  %e = compress.encode %d parameters(%s : tensor<1x4xf32>) : tensor<8x4xf32> -> !d
  return %e : !d
}

// Blocks need not survive a reshape.

// CHECK-LABEL: func.func @reshape(
// CHECK-NEXT: %[[E:.*]] = compress.encode
// CHECK-NEXT: %[[D:.*]] = compress.decode %[[E]]
// CHECK-NEXT: tensor.collapse_shape %[[D]]
// CHECK-NEXT: tensor.expand_shape %[[D]]
// CHECK-NEXT: return
func.func @reshape(%w: tensor<8x4xf32>) -> (tensor<32xf32>, tensor<2x4x4xf32>) {
  %e = compress.encode %w : tensor<8x4xf32> -> !d
  %d = compress.decode %e : !d -> tensor<8x4xf32>
  %c = tensor.collapse_shape %d [[0, 1]] : tensor<8x4xf32> into tensor<32xf32>
  %x = tensor.expand_shape %d [[0, 1], [2]] output_shape [2, 4, 4] : tensor<8x4xf32> into tensor<2x4x4xf32>
  return %c, %x : tensor<32xf32>, tensor<2x4x4xf32>
}

// Scores move along with the weight.

// CHECK-LABEL: func.func @scores(
// CHECK-SAME: %[[W:[^:]*]]: tensor<8x4xf16>, %[[S:[^:]*]]: tensor<8x4xf32>, %[[I:[^:]*]]: tensor<4x8xf16>
// CHECK-DAG: %[[TW:.*]] = linalg.transpose ins(%[[W]] : tensor<8x4xf16>) outs(%[[I]] : tensor<4x8xf16>) permutation = [1, 0]
// CHECK-DAG: %[[TS:.*]] = linalg.transpose ins(%[[S]] : tensor<8x4xf32>) outs(%{{.*}} : tensor<4x8xf32>) permutation = [1, 0]
// CHECK: compress.prune #compress.nm<2:4, axis = 1>, %[[TW]] scores(%[[TS]] : tensor<4x8xf32>) : tensor<4x8xf16>
!n = !compress.tensor<8x4xf16, #compress.scheme<sparsity = #compress.nm<2:4, axis = 0>, storage = #compress.float<f16>>>
func.func @scores(%w: tensor<8x4xf16>, %s: tensor<8x4xf32>, %i: tensor<4x8xf16>) -> tensor<4x8xf16> {
  %p = compress.prune #compress.nm<2:4, axis = 0>, %w scores(%s : tensor<8x4xf32>) : tensor<8x4xf16>
  %e = compress.encode %p : tensor<8x4xf16> -> !n
  %d = compress.decode %e : !n -> tensor<8x4xf16>
  %t = linalg.transpose ins(%d : tensor<8x4xf16>) outs(%i : tensor<4x8xf16>) permutation = [1, 0]
  return %t : tensor<4x8xf16>
}

// Which of two equal elements a count keeps depends on the order of dimensions:
// such a transpose stays.

// CHECK-LABEL: func.func @count(
// CHECK: compress.prune #compress.bitmap<count = 6>
// CHECK: %[[D:.*]] = compress.decode
// CHECK: linalg.transpose ins(%[[D]]
!m = !compress.tensor<8x4xf16, #compress.scheme<sparsity = #compress.bitmap<count = 6>, storage = #compress.float<f16>>>
func.func @count(%w: tensor<8x4xf16>, %i: tensor<4x8xf16>) -> tensor<4x8xf16> {
  %p = compress.prune #compress.bitmap<count = 6>, %w : tensor<8x4xf16>
  %e = compress.encode %p : tensor<8x4xf16> -> !m
  %d = compress.decode %e : !m -> tensor<8x4xf16>
  %t = linalg.transpose ins(%d : tensor<8x4xf16>) outs(%i : tensor<4x8xf16>) permutation = [1, 0]
  return %t : tensor<4x8xf16>
}

// CHECK-LABEL: func.func @transposable(
// CHECK: %[[D:.*]] = compress.decode
// CHECK: linalg.transpose ins(%[[D]]
!b = !compress.tensor<8x4xf16, #compress.scheme<sparsity = #compress.nm<2:4, axis = 0, transposable = 1>, storage = #compress.float<f16>>>
func.func @transposable(%w: tensor<8x4xf16>, %i: tensor<4x8xf16>) -> tensor<4x8xf16> {
  %p = compress.prune #compress.nm<2:4, axis = 0, transposable = 1>, %w : tensor<8x4xf16>
  %e = compress.encode %p : tensor<8x4xf16> -> !b
  %d = compress.decode %e : !b -> tensor<8x4xf16>
  %t = linalg.transpose ins(%d : tensor<8x4xf16>) outs(%i : tensor<4x8xf16>) permutation = [1, 0]
  return %t : tensor<4x8xf16>
}
