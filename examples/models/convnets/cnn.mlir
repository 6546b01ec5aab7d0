#map0 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#map1 = affine_map<(d0, d1, d2, d3) -> (d3)>
#map2 = affine_map<(d0, d1) -> (d0, d1)>
#map3 = affine_map<(d0, d1) -> (d1)>
func.func @main(%input: tensor<?x28x28x1xf32> {compress.name = "input"}) -> (tensor<?x10xf32> {compress.name = "logits"}) {
  %0 = arith.constant 0 : index
  %batch = tensor.dim %input, %0 : tensor<?x28x28x1xf32>
  %1 = arith.constant 0.0 : f32
  %2 = arith.constant 0xFF800000 : f32
  %3 = arith.constant 1.000000e-05 : f32
  %4 = arith.constant #compress.external<"cnn.safetensors", "conv1.weight"> : tensor<3x3x1x16xf32> loc("conv1.weight")
  %5 = tensor.pad %input low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    tensor.yield %1 : f32
  } : tensor<?x28x28x1xf32> to tensor<?x30x30x1xf32> loc("conv1")
  %6 = tensor.empty(%batch) : tensor<?x28x28x16xf32> loc("conv1")
  %7 = linalg.fill ins(%1 : f32) outs(%6 : tensor<?x28x28x16xf32>) -> tensor<?x28x28x16xf32> loc("conv1")
  %8 = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>} ins(%5, %4 : tensor<?x30x30x1xf32>, tensor<3x3x1x16xf32>) outs(%7 : tensor<?x28x28x16xf32>) -> tensor<?x28x28x16xf32> loc("conv1")
  %9 = arith.constant #compress.external<"cnn.safetensors", "bn1.weight"> : tensor<16xf32> loc("bn1.weight")
  %10 = arith.constant #compress.external<"cnn.safetensors", "bn1.bias"> : tensor<16xf32> loc("bn1.bias")
  %11 = arith.constant #compress.external<"cnn.safetensors", "bn1.running_mean"> : tensor<16xf32> loc("bn1.running_mean")
  %12 = arith.constant #compress.external<"cnn.safetensors", "bn1.running_var"> : tensor<16xf32> loc("bn1.running_var")
  %13 = tensor.empty(%batch) : tensor<?x28x28x16xf32> loc("bn1")
  %14 = linalg.generic {indexing_maps = [#map0, #map1, #map1, #map1, #map1, #map0], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%8, %9, %10, %11, %12 : tensor<?x28x28x16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>) outs(%13 : tensor<?x28x28x16xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %x4: f32, %acc: f32):
    %a = arith.addf %x4, %3 : f32
    %b = math.rsqrt %a : f32
    %c = arith.subf %x0, %x3 : f32
    %d = arith.mulf %c, %b : f32
    %e = arith.mulf %d, %x1 : f32
    %f = arith.addf %e, %x2 : f32
    linalg.yield %f : f32
  } -> tensor<?x28x28x16xf32> loc("bn1")
  %15 = tensor.empty(%batch) : tensor<?x28x28x16xf32> loc("relu")
  %16 = linalg.generic {indexing_maps = [#map0, #map0], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%14 : tensor<?x28x28x16xf32>) outs(%15 : tensor<?x28x28x16xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.maximumf %x0, %1 : f32
    linalg.yield %a : f32
  } -> tensor<?x28x28x16xf32> loc("relu")
  %17 = tensor.empty() : tensor<2x2xf32> loc("pool1")
  %18 = tensor.empty(%batch) : tensor<?x14x14x16xf32> loc("pool1")
  %19 = linalg.fill ins(%2 : f32) outs(%18 : tensor<?x14x14x16xf32>) -> tensor<?x14x14x16xf32> loc("pool1")
  %20 = linalg.pooling_nhwc_max {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%16, %17 : tensor<?x28x28x16xf32>, tensor<2x2xf32>) outs(%19 : tensor<?x14x14x16xf32>) -> tensor<?x14x14x16xf32> loc("pool1")
  %21 = arith.constant #compress.external<"cnn.safetensors", "conv2.weight"> : tensor<3x3x16x32xf32> loc("conv2.weight")
  %22 = tensor.pad %20 low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    tensor.yield %1 : f32
  } : tensor<?x14x14x16xf32> to tensor<?x16x16x16xf32> loc("conv2")
  %23 = tensor.empty(%batch) : tensor<?x14x14x32xf32> loc("conv2")
  %24 = linalg.fill ins(%1 : f32) outs(%23 : tensor<?x14x14x32xf32>) -> tensor<?x14x14x32xf32> loc("conv2")
  %25 = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>} ins(%22, %21 : tensor<?x16x16x16xf32>, tensor<3x3x16x32xf32>) outs(%24 : tensor<?x14x14x32xf32>) -> tensor<?x14x14x32xf32> loc("conv2")
  %26 = arith.constant #compress.external<"cnn.safetensors", "bn2.weight"> : tensor<32xf32> loc("bn2.weight")
  %27 = arith.constant #compress.external<"cnn.safetensors", "bn2.bias"> : tensor<32xf32> loc("bn2.bias")
  %28 = arith.constant #compress.external<"cnn.safetensors", "bn2.running_mean"> : tensor<32xf32> loc("bn2.running_mean")
  %29 = arith.constant #compress.external<"cnn.safetensors", "bn2.running_var"> : tensor<32xf32> loc("bn2.running_var")
  %30 = tensor.empty(%batch) : tensor<?x14x14x32xf32> loc("bn2")
  %31 = linalg.generic {indexing_maps = [#map0, #map1, #map1, #map1, #map1, #map0], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%25, %26, %27, %28, %29 : tensor<?x14x14x32xf32>, tensor<32xf32>, tensor<32xf32>, tensor<32xf32>, tensor<32xf32>) outs(%30 : tensor<?x14x14x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %x4: f32, %acc: f32):
    %a = arith.addf %x4, %3 : f32
    %b = math.rsqrt %a : f32
    %c = arith.subf %x0, %x3 : f32
    %d = arith.mulf %c, %b : f32
    %e = arith.mulf %d, %x1 : f32
    %f = arith.addf %e, %x2 : f32
    linalg.yield %f : f32
  } -> tensor<?x14x14x32xf32> loc("bn2")
  %32 = tensor.empty(%batch) : tensor<?x14x14x32xf32> loc("relu")
  %33 = linalg.generic {indexing_maps = [#map0, #map0], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%31 : tensor<?x14x14x32xf32>) outs(%32 : tensor<?x14x14x32xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.maximumf %x0, %1 : f32
    linalg.yield %a : f32
  } -> tensor<?x14x14x32xf32> loc("relu")
  %34 = tensor.empty() : tensor<2x2xf32> loc("pool2")
  %35 = tensor.empty(%batch) : tensor<?x7x7x32xf32> loc("pool2")
  %36 = linalg.fill ins(%2 : f32) outs(%35 : tensor<?x7x7x32xf32>) -> tensor<?x7x7x32xf32> loc("pool2")
  %37 = linalg.pooling_nhwc_max {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%33, %34 : tensor<?x14x14x32xf32>, tensor<2x2xf32>) outs(%36 : tensor<?x7x7x32xf32>) -> tensor<?x7x7x32xf32> loc("pool2")
  %38 = tensor.collapse_shape %37 [[0], [1, 2, 3]] : tensor<?x7x7x32xf32> into tensor<?x1568xf32> loc("flatten")
  %39 = arith.constant #compress.external<"cnn.safetensors", "fc1.weight"> : tensor<1568x64xf32> loc("fc1.weight")
  %40 = arith.constant #compress.external<"cnn.safetensors", "fc1.bias"> : tensor<64xf32> loc("fc1.bias")
  %41 = tensor.empty(%batch) : tensor<?x64xf32> loc("fc1")
  %42 = linalg.fill ins(%1 : f32) outs(%41 : tensor<?x64xf32>) -> tensor<?x64xf32> loc("fc1")
  %43 = linalg.matmul ins(%38, %39 : tensor<?x1568xf32>, tensor<1568x64xf32>) outs(%42 : tensor<?x64xf32>) -> tensor<?x64xf32> loc("fc1")
  %44 = tensor.empty(%batch) : tensor<?x64xf32> loc("fc1.bias")
  %45 = linalg.generic {indexing_maps = [#map2, #map3, #map2], iterator_types = ["parallel", "parallel"]} ins(%43, %40 : tensor<?x64xf32>, tensor<64xf32>) outs(%44 : tensor<?x64xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x64xf32> loc("fc1.bias")
  %46 = tensor.empty(%batch) : tensor<?x64xf32> loc("relu")
  %47 = linalg.generic {indexing_maps = [#map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%45 : tensor<?x64xf32>) outs(%46 : tensor<?x64xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.maximumf %x0, %1 : f32
    linalg.yield %a : f32
  } -> tensor<?x64xf32> loc("relu")
  %48 = arith.constant #compress.external<"cnn.safetensors", "fc2.weight"> : tensor<64x10xf32> loc("fc2.weight")
  %49 = arith.constant #compress.external<"cnn.safetensors", "fc2.bias"> : tensor<10xf32> loc("fc2.bias")
  %50 = tensor.empty(%batch) : tensor<?x10xf32> loc("fc2")
  %51 = linalg.fill ins(%1 : f32) outs(%50 : tensor<?x10xf32>) -> tensor<?x10xf32> loc("fc2")
  %52 = linalg.matmul ins(%47, %48 : tensor<?x64xf32>, tensor<64x10xf32>) outs(%51 : tensor<?x10xf32>) -> tensor<?x10xf32> loc("fc2")
  %53 = tensor.empty(%batch) : tensor<?x10xf32> loc("fc2.bias")
  %54 = linalg.generic {indexing_maps = [#map2, #map3, #map2], iterator_types = ["parallel", "parallel"]} ins(%52, %49 : tensor<?x10xf32>, tensor<10xf32>) outs(%53 : tensor<?x10xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x10xf32> loc("fc2.bias")
  return %54 : tensor<?x10xf32>
}
