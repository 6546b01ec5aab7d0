// Each op is printed as it is written here, and reads back as itself.

// RUN: compress-opt %s | compress-opt | FileCheck %s
// RUN: compress-opt %s --mlir-print-op-generic | compress-opt | FileCheck %s
// RUN: compress-opt %s -emit-bytecode | compress-opt | FileCheck %s

// The maps are aliases at the top of the module.
// CHECK-DAG: #[[MK:.*]] = affine_map<(d0, d1, d2) -> (d0, d2)>
// CHECK-DAG: #[[KN:.*]] = affine_map<(d0, d1, d2) -> (d2, d1)>
// CHECK-DAG: #[[MN:.*]] = affine_map<(d0, d1, d2) -> (d0, d1)>
// CHECK-DAG: #[[NHWC:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1 * 2 + d4, d2 + d5 * 3, d6)>
// CHECK-DAG: #[[HWCF:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d4, d5, d6, d3)>
// CHECK-DAG: #[[NHWF:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1, d2, d3)>

#per_tensor = #compress.scheme<storage = #compress.affine<i8>>
#per_row = #compress.scheme<storage = #compress.affine<i8, block = [1, *]>>
#zeros = #compress.scheme<storage = #compress.affine<i4, block = [32, 1], scale = f16, asymmetric>>
#sparse = #compress.scheme<sparsity = #compress.nm<2:4, axis = 0>,
  storage = #compress.affine<i4, block = [32, 1], scale = f16, asymmetric>>
#half = #compress.scheme<storage = #compress.float<bf16>>

!per_tensor = !compress.tensor<64x32xf32, #per_tensor>
!dynamic = !compress.tensor<?x64xf32, #per_row>
!sparse = !compress.tensor<64x32xf16, #sparse>

// CHECK-LABEL: func @prune
func.func @prune(%w: tensor<64x32xf32>, %d: tensor<?x8xbf16>, %s: tensor<f16>) {
  // CHECK: compress.prune #compress.nm<2:4, axis = 0>, %{{.*}} : tensor<64x32xf32>
  %0 = compress.prune #compress.nm<2:4, axis = 0>, %w : tensor<64x32xf32>
  // CHECK: compress.prune #compress.nm<1:4, axis = 1>, %{{.*}} {compress.site = "layer.0"} : tensor<?x8xbf16>
  %1 = compress.prune #compress.nm<1:4, axis = 1>, %d {compress.site = "layer.0"} : tensor<?x8xbf16>
  // CHECK: compress.prune #compress.dense, %{{.*}} : tensor<f16>
  %2 = compress.prune #compress.dense, %s : tensor<f16>
  return
}

// CHECK-LABEL: func @prune_by
func.func @prune_by(%w: tensor<8x4xf16>, %s: tensor<8x4xf32>, %m: tensor<8x4xi1>, %b: tensor<8x4xi8>) {
  // CHECK: compress.prune #compress.nm<2:4, axis = 0, transposable = 1>, %{{.*}} scores(%{{.*}} : tensor<8x4xf32>) : tensor<8x4xf16>
  %0 = compress.prune #compress.nm<2:4, axis = 0, transposable = 1>, %w scores(%s : tensor<8x4xf32>) : tensor<8x4xf16>
  // CHECK: compress.prune #compress.block<[4, 4], count = 1>, %{{.*}} mask(%{{.*}} : tensor<8x4xi1>) : tensor<8x4xf16>
  %1 = compress.prune #compress.block<[4, 4], count = 1>, %w mask(%m : tensor<8x4xi1>) : tensor<8x4xf16>
  // CHECK: compress.prune #compress.csr<count = 3>, %{{.*}} mask(%{{.*}} : tensor<8x4xi8>) : tensor<8x4xf16>
  %2 = compress.prune #compress.csr<count = 3>, %w mask(%b : tensor<8x4xi8>) budget = layer : tensor<8x4xf16>
  // CHECK: compress.prune #compress.bitmap<count = 16>, %{{.*}} scores(%{{.*}} : tensor<8x4xf32>) budget = row {compress.site = "layer.0"} : tensor<8x4xf16>
  %3 = compress.prune #compress.bitmap<count = 16>, %w scores(%s : tensor<8x4xf32>) budget = row {compress.site = "layer.0"} : tensor<8x4xf16>
  return
}

// CHECK-LABEL: func @choose_qparams
func.func @choose_qparams(%w: tensor<64x32xf16>, %x: tensor<?x64xf32>) {
  // CHECK: compress.choose_qparams #compress.affine<i8, block = [1, *]>, %{{.*}} : tensor<?x64xf32> -> tensor<?x1xf32>
  %0 = compress.choose_qparams #compress.affine<i8, block = [1, *]>, %x : tensor<?x64xf32> -> tensor<?x1xf32>
  // CHECK: compress.choose_qparams #compress.affine<i4, block = [48, 1], scale = bf16, asymmetric>, %{{.*}} : tensor<64x32xf16> -> tensor<2x32xbf16>, tensor<2x32xi8>
  %1:2 = compress.choose_qparams #compress.affine<i4, block = [48, 1], scale = bf16, asymmetric>, %w
      : tensor<64x32xf16> -> tensor<2x32xbf16>, tensor<2x32xi8>
  return
}

// CHECK-LABEL: func @encode
func.func @encode(%w: tensor<64x32xf32>, %x: tensor<?x64xf32>, %s: tensor<?x1xf32>,
                  %h: tensor<64x32xf16>, %hs: tensor<2x32xf16>, %hz: tensor<2x32xi8>) {
  // CHECK: compress.encode %{{.*}} : tensor<64x32xf32> -> !compress.tensor<64x32xf32, #compress.scheme<storage = #compress.affine<i8>>>
  %0 = compress.encode %w : tensor<64x32xf32> -> !per_tensor
  // CHECK: compress.encode %{{.*}} parameters(%{{.*}} : tensor<?x1xf32>) : tensor<?x64xf32> -> !compress.tensor<?x64xf32,
  %1 = compress.encode %x parameters(%s : tensor<?x1xf32>) : tensor<?x64xf32> -> !dynamic
  // CHECK: compress.encode %{{.*}} parameters(%{{.*}}, %{{.*}} : tensor<2x32xf16>, tensor<2x32xi8>) : tensor<64x32xf16> -> !compress.tensor<64x32xf16,
  %2 = compress.encode %h parameters(%hs, %hz : tensor<2x32xf16>, tensor<2x32xi8>)
      : tensor<64x32xf16> -> !compress.tensor<64x32xf16, #zeros>
  // CHECK: compress.encode %{{.*}} observer = <percentile, 9.950000e+01> : tensor<64x32xf32>
  %3 = compress.encode %w observer = <percentile, 99.5> : tensor<64x32xf32> -> !per_tensor
  // CHECK: compress.encode %{{.*}} observer = <mse> {compress.site = "layer.0"} : tensor<64x32xf32>
  %4 = compress.encode %w observer = <mse> {compress.site = "layer.0"} : tensor<64x32xf32> -> !per_tensor
  return
}

// CHECK-LABEL: func @decode
func.func @decode(%w: !per_tensor, %x: !dynamic, %s: !sparse) {
  // CHECK: compress.decode %{{.*}} : !compress.tensor<64x32xf32, #compress.scheme<storage = #compress.affine<i8>>> -> tensor<64x32xf32>
  %0 = compress.decode %w : !per_tensor -> tensor<64x32xf32>
  // CHECK: compress.decode %{{.*}} : !compress.tensor<?x64xf32, #compress.scheme<storage = #compress.affine<i8, block = [1, *]>>> -> tensor<?x64xf32>
  %1 = compress.decode %x : !dynamic -> tensor<?x64xf32>
  // CHECK: compress.decode %{{.*}} : !compress.tensor<64x32xf16, {{.*}}> -> tensor<64x32xf16>
  %2 = compress.decode %s : !sparse -> tensor<64x32xf16>
  return
}

// CHECK-LABEL: func @assemble
func.func @assemble(%v: tensor<32x16xi8>, %s: tensor<2x32xf16>, %z: tensor<2x32xi8>, %i: tensor<32x8xi8>,
                    %h: tensor<?x?xbf16>) {
  // CHECK: compress.assemble %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} : (tensor<32x16xi8>, tensor<2x32xf16>, tensor<2x32xi8>, tensor<32x8xi8>)
  // CHECK-SAME: -> !compress.tensor<64x32xf16, #compress.scheme<sparsity = #compress.nm<2:4, axis = 0>,
  %0 = compress.assemble %v, %s, %z, %i
      : (tensor<32x16xi8>, tensor<2x32xf16>, tensor<2x32xi8>, tensor<32x8xi8>) -> !sparse
  // CHECK: compress.assemble %{{.*}} : (tensor<?x?xbf16>) -> !compress.tensor<?x?xf32, #compress.scheme<storage = #compress.float<bf16>>>
  %1 = compress.assemble %h : (tensor<?x?xbf16>) -> !compress.tensor<?x?xf32, #half>
  return
}

// CHECK-LABEL: func @component
func.func @component(%w: !sparse, %x: !dynamic) {
  // CHECK: compress.component %{{.*}}["values"] : !compress.tensor<64x32xf16, {{.*}}> -> tensor<32x16xi8>
  %0 = compress.component %w["values"] : !sparse -> tensor<32x16xi8>
  // CHECK: compress.component %{{.*}}["scales"] : !compress.tensor<64x32xf16, {{.*}}> -> tensor<2x32xf16>
  %1 = compress.component %w["scales"] : !sparse -> tensor<2x32xf16>
  // CHECK: compress.component %{{.*}}["zero_points"] : !compress.tensor<64x32xf16, {{.*}}> -> tensor<2x32xi8>
  %2 = compress.component %w["zero_points"] : !sparse -> tensor<2x32xi8>
  // CHECK: compress.component %{{.*}}["indices"] : !compress.tensor<64x32xf16, {{.*}}> -> tensor<32x8xi8>
  %3 = compress.component %w["indices"] : !sparse -> tensor<32x8xi8>
  // CHECK: compress.component %{{.*}}["scales"] : !compress.tensor<?x64xf32, {{.*}}> -> tensor<?x1xf32>
  %4 = compress.component %x["scales"] : !dynamic -> tensor<?x1xf32>
  return
}

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>

// CHECK-LABEL: func @contract
func.func @contract(%x: tensor<?x64xf32>, %q: !dynamic, %w: !per_tensor, %i: tensor<?x32xf32>,
                    %v: tensor<64xf16>, %vi: tensor<32xbf16>, %s: tensor<f32>,
                    %b: tensor<7x2x64xf32>, %bi: tensor<7x2x32xf32>) {
  // CHECK: compress.contract [#[[MK]], #[[KN]], #[[MN]]] ins(%{{.*}}, %{{.*}} : tensor<?x64xf32>, !compress.tensor<64x32xf32, {{.*}}>) outs(%{{.*}} : tensor<?x32xf32>)
  %0 = compress.contract [#mk, #kn, #mn] ins(%x, %w : tensor<?x64xf32>, !per_tensor) outs(%i : tensor<?x32xf32>)
  // Both operands compressed.
  // CHECK: compress.contract [#[[MK]], #[[KN]], #[[MN]]] ins(%{{.*}}, %{{.*}} : !compress.tensor<?x64xf32, {{.*}}>, !compress.tensor<64x32xf32, {{.*}}>) outs
  %1 = compress.contract [#mk, #kn, #mn] ins(%q, %w : !dynamic, !per_tensor) outs(%i : tensor<?x32xf32>)
  // A vector, whose type is not the result's.
  // CHECK: compress.contract [#{{.*}}] ins(%{{.*}}, %{{.*}} : !compress.tensor<64x32xf32, {{.*}}>, tensor<64xf16>) outs(%{{.*}} : tensor<32xbf16>) {compress.site = "layer.0"}
  %2 = compress.contract [affine_map<(n, k) -> (k, n)>, affine_map<(n, k) -> (k)>, affine_map<(n, k) -> (n)>]
      ins(%w, %v : !per_tensor, tensor<64xf16>) outs(%vi : tensor<32xbf16>) {compress.site = "layer.0"}
  // A scalar operand, and everything reduced.
  // CHECK: compress.contract [#{{.*}}] ins(%{{.*}}, %{{.*}} : tensor<f32>, !compress.tensor<64x32xf32, {{.*}}>) outs(%{{.*}} : tensor<f32>)
  %3 = compress.contract [affine_map<(n, k) -> ()>, affine_map<(n, k) -> (k, n)>, affine_map<(n, k) -> ()>]
      ins(%s, %w : tensor<f32>, !per_tensor) outs(%s : tensor<f32>)
  // A batch that shares its weight.
  // CHECK: compress.contract [#{{.*}}] ins(%{{.*}}, %{{.*}} : tensor<7x2x64xf32>, !compress.tensor<64x32xf32, {{.*}}>) outs(%{{.*}} : tensor<7x2x32xf32>)
  %4 = compress.contract [affine_map<(b, m, n, k) -> (b, m, k)>, affine_map<(b, m, n, k) -> (k, n)>,
                          affine_map<(b, m, n, k) -> (b, m, n)>]
      ins(%b, %w : tensor<7x2x64xf32>, !per_tensor) outs(%bi : tensor<7x2x32xf32>)
  return
}

#nhwc = affine_map<(n, oh, ow, f, kh, kw, c) -> (n, oh * 2 + kh, ow + kw * 3, c)>
#hwcf = affine_map<(n, oh, ow, f, kh, kw, c) -> (kh, kw, c, f)>
#nhwf = affine_map<(n, oh, ow, f, kh, kw, c) -> (n, oh, ow, f)>
!filter = !compress.tensor<3x2x4x5xf32, #per_tensor>
!image = !compress.tensor<?x9x8x4xf32, #compress.scheme<storage = #compress.affine<i8, block = [1, *, *, *]>>>

// CHECK-LABEL: func @conv
func.func @conv(%x: tensor<?x9x8x4xf32>, %q: !image, %w: !filter, %d: tensor<3x2x4x5xf16>, %i: tensor<?x4x5x5xf32>,
                %l: tensor<7xf32>, %v: !compress.tensor<3xf32, #per_tensor>, %li: tensor<5xf32>,
                %g: tensor<2x7x3xbf16>, %gw: !compress.tensor<3x2xbf16, #per_tensor>, %gi: tensor<2x3x3xbf16>) {
  // CHECK: compress.conv [#[[NHWC]], #[[HWCF]], #[[NHWF]]] ins(%{{.*}}, %{{.*}} : tensor<?x9x8x4xf32>, !compress.tensor<3x2x4x5xf32, {{.*}}>) outs(%{{.*}} : tensor<?x4x5x5xf32>) {compress.site = "layer.0"}
  %0 = compress.conv [#nhwc, #hwcf, #nhwf] ins(%x, %w : tensor<?x9x8x4xf32>, !filter) outs(%i : tensor<?x4x5x5xf32>)
      {compress.site = "layer.0"}
  // Both operands compressed.
  // CHECK: compress.conv [#[[NHWC]], #[[HWCF]], #[[NHWF]]] ins(%{{.*}}, %{{.*}} : !compress.tensor<?x9x8x4xf32, {{.*}}>, !compress.tensor<3x2x4x5xf32, {{.*}}>) outs
  %1 = compress.conv [#nhwc, #hwcf, #nhwf] ins(%q, %w : !image, !filter) outs(%i : tensor<?x4x5x5xf32>)
  // The image alone, and a filter of another type.
  // CHECK: compress.conv [{{.*}}] ins(%{{.*}}, %{{.*}} : !compress.tensor<?x9x8x4xf32, {{.*}}>, tensor<3x2x4x5xf16>) outs
  %2 = compress.conv [#nhwc, #hwcf, #nhwf] ins(%q, %d : !image, tensor<3x2x4x5xf16>) outs(%i : tensor<?x4x5x5xf32>)
  // One dimension, without channels.
  // CHECK: compress.conv [#{{.*}}] ins(%{{.*}}, %{{.*}} : tensor<7xf32>, !compress.tensor<3xf32, {{.*}}>) outs(%{{.*}} : tensor<5xf32>)
  %3 = compress.conv [affine_map<(o, k) -> (o + k)>, affine_map<(o, k) -> (k)>, affine_map<(o, k) -> (o)>]
      ins(%l, %v : tensor<7xf32>, !compress.tensor<3xf32, #per_tensor>) outs(%li : tensor<5xf32>)
  // Depthwise: the channel is in all three maps.
  // CHECK: compress.conv [#{{.*}}] ins(%{{.*}}, %{{.*}} : tensor<2x7x3xbf16>, !compress.tensor<3x2xbf16, {{.*}}>) outs(%{{.*}} : tensor<2x3x3xbf16>)
  %4 = compress.conv [affine_map<(n, o, c, k) -> (n, o * 2 + k * 2, c)>, affine_map<(n, o, c, k) -> (c, k)>,
                      affine_map<(n, o, c, k) -> (n, o, c)>]
      ins(%g, %gw : tensor<2x7x3xbf16>, !compress.tensor<3x2xbf16, #per_tensor>) outs(%gi : tensor<2x3x3xbf16>)
  return
}

// CHECK-LABEL: func @extract
func.func @extract(%w: !per_tensor, %i: index, %j: index) -> f32 {
  // CHECK: compress.extract %{{.*}}[%{{.*}}, %{{.*}}] : !compress.tensor<64x32xf32, {{.*}}>
  %0 = compress.extract %w[%i, %j] : !per_tensor
  return %0 : f32
}

// CHECK-LABEL: func @fake_quantize
func.func @fake_quantize(%x: tensor<?x64xf32>, %s: tensor<?x1xf32>) {
  // CHECK: compress.fake_quantize #compress.affine<i8, block = [1, *]>, %{{.*}} : tensor<?x64xf32>
  %0 = compress.fake_quantize #compress.affine<i8, block = [1, *]>, %x : tensor<?x64xf32>
  // CHECK: compress.fake_quantize #compress.affine<i8, block = [1, *]>, %{{.*}} parameters(%{{.*}} : tensor<?x1xf32>) {compress.site = "x"} : tensor<?x64xf32>
  %1 = compress.fake_quantize #compress.affine<i8, block = [1, *]>, %x parameters(%s : tensor<?x1xf32>) {compress.site = "x"} : tensor<?x64xf32>
  return
}
