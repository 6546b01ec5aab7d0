#map0 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#map1 = affine_map<(d0, d1, d2, d3) -> (d3)>
#map2 = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3, d1)>
#map3 = affine_map<(d0, d1, d2, d3) -> (d0, d1)>
#map4 = affine_map<(d0, d1) -> (d0, d1)>
#map5 = affine_map<(d0, d1) -> (d1)>
func.func @main(%input: tensor<?x28x28x1xf32> {compress.name = "input"}) -> (tensor<?x10xf32> {compress.name = "logits"}) {
  %0 = arith.constant 0 : index
  %batch = tensor.dim %input, %0 : tensor<?x28x28x1xf32>
  %1 = arith.constant 0.0 : f32
  %2 = arith.constant 0xFF800000 : f32
  %3 = arith.constant 1.000000e-05 : f32
  %4 = arith.constant #compress.external<"resnet.safetensors", "conv1.weight"> : tensor<3x3x1x16xf32> loc("conv1.weight")
  %5 = tensor.pad %input low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    tensor.yield %1 : f32
  } : tensor<?x28x28x1xf32> to tensor<?x30x30x1xf32> loc("conv1")
  %6 = tensor.empty(%batch) : tensor<?x14x14x16xf32> loc("conv1")
  %7 = linalg.fill ins(%1 : f32) outs(%6 : tensor<?x14x14x16xf32>) -> tensor<?x14x14x16xf32> loc("conv1")
  %8 = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%5, %4 : tensor<?x30x30x1xf32>, tensor<3x3x1x16xf32>) outs(%7 : tensor<?x14x14x16xf32>) -> tensor<?x14x14x16xf32> loc("conv1")
  %9 = arith.constant #compress.external<"resnet.safetensors", "bn1.weight"> : tensor<16xf32> loc("bn1.weight")
  %10 = arith.constant #compress.external<"resnet.safetensors", "bn1.bias"> : tensor<16xf32> loc("bn1.bias")
  %11 = arith.constant #compress.external<"resnet.safetensors", "bn1.running_mean"> : tensor<16xf32> loc("bn1.running_mean")
  %12 = arith.constant #compress.external<"resnet.safetensors", "bn1.running_var"> : tensor<16xf32> loc("bn1.running_var")
  %13 = tensor.empty(%batch) : tensor<?x14x14x16xf32> loc("bn1")
  %14 = linalg.generic {indexing_maps = [#map0, #map1, #map1, #map1, #map1, #map0], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%8, %9, %10, %11, %12 : tensor<?x14x14x16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>) outs(%13 : tensor<?x14x14x16xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %x4: f32, %acc: f32):
    %a = arith.addf %x4, %3 : f32
    %b = math.rsqrt %a : f32
    %c = arith.subf %x0, %x3 : f32
    %d = arith.mulf %c, %b : f32
    %e = arith.mulf %d, %x1 : f32
    %f = arith.addf %e, %x2 : f32
    linalg.yield %f : f32
  } -> tensor<?x14x14x16xf32> loc("bn1")
  %15 = tensor.empty(%batch) : tensor<?x14x14x16xf32> loc("relu")
  %16 = linalg.generic {indexing_maps = [#map0, #map0], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%14 : tensor<?x14x14x16xf32>) outs(%15 : tensor<?x14x14x16xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.maximumf %x0, %1 : f32
    linalg.yield %a : f32
  } -> tensor<?x14x14x16xf32> loc("relu")
  %17 = arith.constant #compress.external<"resnet.safetensors", "block1.conv1.weight"> : tensor<3x3x16x16xf32> loc("block1.conv1.weight")
  %18 = tensor.pad %16 low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    tensor.yield %1 : f32
  } : tensor<?x14x14x16xf32> to tensor<?x16x16x16xf32> loc("block1.conv1")
  %19 = tensor.empty(%batch) : tensor<?x14x14x16xf32> loc("block1.conv1")
  %20 = linalg.fill ins(%1 : f32) outs(%19 : tensor<?x14x14x16xf32>) -> tensor<?x14x14x16xf32> loc("block1.conv1")
  %21 = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>} ins(%18, %17 : tensor<?x16x16x16xf32>, tensor<3x3x16x16xf32>) outs(%20 : tensor<?x14x14x16xf32>) -> tensor<?x14x14x16xf32> loc("block1.conv1")
  %22 = arith.constant #compress.external<"resnet.safetensors", "block1.bn1.weight"> : tensor<16xf32> loc("block1.bn1.weight")
  %23 = arith.constant #compress.external<"resnet.safetensors", "block1.bn1.bias"> : tensor<16xf32> loc("block1.bn1.bias")
  %24 = arith.constant #compress.external<"resnet.safetensors", "block1.bn1.running_mean"> : tensor<16xf32> loc("block1.bn1.running_mean")
  %25 = arith.constant #compress.external<"resnet.safetensors", "block1.bn1.running_var"> : tensor<16xf32> loc("block1.bn1.running_var")
  %26 = tensor.empty(%batch) : tensor<?x14x14x16xf32> loc("block1.bn1")
  %27 = linalg.generic {indexing_maps = [#map0, #map1, #map1, #map1, #map1, #map0], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%21, %22, %23, %24, %25 : tensor<?x14x14x16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>) outs(%26 : tensor<?x14x14x16xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %x4: f32, %acc: f32):
    %a = arith.addf %x4, %3 : f32
    %b = math.rsqrt %a : f32
    %c = arith.subf %x0, %x3 : f32
    %d = arith.mulf %c, %b : f32
    %e = arith.mulf %d, %x1 : f32
    %f = arith.addf %e, %x2 : f32
    linalg.yield %f : f32
  } -> tensor<?x14x14x16xf32> loc("block1.bn1")
  %28 = tensor.empty(%batch) : tensor<?x14x14x16xf32> loc("relu")
  %29 = linalg.generic {indexing_maps = [#map0, #map0], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%27 : tensor<?x14x14x16xf32>) outs(%28 : tensor<?x14x14x16xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.maximumf %x0, %1 : f32
    linalg.yield %a : f32
  } -> tensor<?x14x14x16xf32> loc("relu")
  %30 = arith.constant #compress.external<"resnet.safetensors", "block1.conv2.weight"> : tensor<3x3x16x16xf32> loc("block1.conv2.weight")
  %31 = tensor.pad %29 low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    tensor.yield %1 : f32
  } : tensor<?x14x14x16xf32> to tensor<?x16x16x16xf32> loc("block1.conv2")
  %32 = tensor.empty(%batch) : tensor<?x14x14x16xf32> loc("block1.conv2")
  %33 = linalg.fill ins(%1 : f32) outs(%32 : tensor<?x14x14x16xf32>) -> tensor<?x14x14x16xf32> loc("block1.conv2")
  %34 = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>} ins(%31, %30 : tensor<?x16x16x16xf32>, tensor<3x3x16x16xf32>) outs(%33 : tensor<?x14x14x16xf32>) -> tensor<?x14x14x16xf32> loc("block1.conv2")
  %35 = arith.constant #compress.external<"resnet.safetensors", "block1.bn2.weight"> : tensor<16xf32> loc("block1.bn2.weight")
  %36 = arith.constant #compress.external<"resnet.safetensors", "block1.bn2.bias"> : tensor<16xf32> loc("block1.bn2.bias")
  %37 = arith.constant #compress.external<"resnet.safetensors", "block1.bn2.running_mean"> : tensor<16xf32> loc("block1.bn2.running_mean")
  %38 = arith.constant #compress.external<"resnet.safetensors", "block1.bn2.running_var"> : tensor<16xf32> loc("block1.bn2.running_var")
  %39 = tensor.empty(%batch) : tensor<?x14x14x16xf32> loc("block1.bn2")
  %40 = linalg.generic {indexing_maps = [#map0, #map1, #map1, #map1, #map1, #map0], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%34, %35, %36, %37, %38 : tensor<?x14x14x16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>) outs(%39 : tensor<?x14x14x16xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %x4: f32, %acc: f32):
    %a = arith.addf %x4, %3 : f32
    %b = math.rsqrt %a : f32
    %c = arith.subf %x0, %x3 : f32
    %d = arith.mulf %c, %b : f32
    %e = arith.mulf %d, %x1 : f32
    %f = arith.addf %e, %x2 : f32
    linalg.yield %f : f32
  } -> tensor<?x14x14x16xf32> loc("block1.bn2")
  %41 = tensor.empty(%batch) : tensor<?x14x14x16xf32> loc("block1.add")
  %42 = linalg.generic {indexing_maps = [#map0, #map0, #map0], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%40, %16 : tensor<?x14x14x16xf32>, tensor<?x14x14x16xf32>) outs(%41 : tensor<?x14x14x16xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x14x14x16xf32> loc("block1.add")
  %43 = tensor.empty(%batch) : tensor<?x14x14x16xf32> loc("relu")
  %44 = linalg.generic {indexing_maps = [#map0, #map0], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%42 : tensor<?x14x14x16xf32>) outs(%43 : tensor<?x14x14x16xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.maximumf %x0, %1 : f32
    linalg.yield %a : f32
  } -> tensor<?x14x14x16xf32> loc("relu")
  %45 = arith.constant #compress.external<"resnet.safetensors", "block2.conv1.weight"> : tensor<3x3x16x32xf32> loc("block2.conv1.weight")
  %46 = tensor.pad %44 low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    tensor.yield %1 : f32
  } : tensor<?x14x14x16xf32> to tensor<?x16x16x16xf32> loc("block2.conv1")
  %47 = tensor.empty(%batch) : tensor<?x7x7x32xf32> loc("block2.conv1")
  %48 = linalg.fill ins(%1 : f32) outs(%47 : tensor<?x7x7x32xf32>) -> tensor<?x7x7x32xf32> loc("block2.conv1")
  %49 = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%46, %45 : tensor<?x16x16x16xf32>, tensor<3x3x16x32xf32>) outs(%48 : tensor<?x7x7x32xf32>) -> tensor<?x7x7x32xf32> loc("block2.conv1")
  %50 = arith.constant #compress.external<"resnet.safetensors", "block2.bn1.weight"> : tensor<32xf32> loc("block2.bn1.weight")
  %51 = arith.constant #compress.external<"resnet.safetensors", "block2.bn1.bias"> : tensor<32xf32> loc("block2.bn1.bias")
  %52 = arith.constant #compress.external<"resnet.safetensors", "block2.bn1.running_mean"> : tensor<32xf32> loc("block2.bn1.running_mean")
  %53 = arith.constant #compress.external<"resnet.safetensors", "block2.bn1.running_var"> : tensor<32xf32> loc("block2.bn1.running_var")
  %54 = tensor.empty(%batch) : tensor<?x7x7x32xf32> loc("block2.bn1")
  %55 = linalg.generic {indexing_maps = [#map0, #map1, #map1, #map1, #map1, #map0], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%49, %50, %51, %52, %53 : tensor<?x7x7x32xf32>, tensor<32xf32>, tensor<32xf32>, tensor<32xf32>, tensor<32xf32>) outs(%54 : tensor<?x7x7x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %x4: f32, %acc: f32):
    %a = arith.addf %x4, %3 : f32
    %b = math.rsqrt %a : f32
    %c = arith.subf %x0, %x3 : f32
    %d = arith.mulf %c, %b : f32
    %e = arith.mulf %d, %x1 : f32
    %f = arith.addf %e, %x2 : f32
    linalg.yield %f : f32
  } -> tensor<?x7x7x32xf32> loc("block2.bn1")
  %56 = tensor.empty(%batch) : tensor<?x7x7x32xf32> loc("relu")
  %57 = linalg.generic {indexing_maps = [#map0, #map0], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%55 : tensor<?x7x7x32xf32>) outs(%56 : tensor<?x7x7x32xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.maximumf %x0, %1 : f32
    linalg.yield %a : f32
  } -> tensor<?x7x7x32xf32> loc("relu")
  %58 = arith.constant #compress.external<"resnet.safetensors", "block2.conv2.weight"> : tensor<3x3x32x32xf32> loc("block2.conv2.weight")
  %59 = tensor.pad %57 low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    tensor.yield %1 : f32
  } : tensor<?x7x7x32xf32> to tensor<?x9x9x32xf32> loc("block2.conv2")
  %60 = tensor.empty(%batch) : tensor<?x7x7x32xf32> loc("block2.conv2")
  %61 = linalg.fill ins(%1 : f32) outs(%60 : tensor<?x7x7x32xf32>) -> tensor<?x7x7x32xf32> loc("block2.conv2")
  %62 = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>} ins(%59, %58 : tensor<?x9x9x32xf32>, tensor<3x3x32x32xf32>) outs(%61 : tensor<?x7x7x32xf32>) -> tensor<?x7x7x32xf32> loc("block2.conv2")
  %63 = arith.constant #compress.external<"resnet.safetensors", "block2.bn2.weight"> : tensor<32xf32> loc("block2.bn2.weight")
  %64 = arith.constant #compress.external<"resnet.safetensors", "block2.bn2.bias"> : tensor<32xf32> loc("block2.bn2.bias")
  %65 = arith.constant #compress.external<"resnet.safetensors", "block2.bn2.running_mean"> : tensor<32xf32> loc("block2.bn2.running_mean")
  %66 = arith.constant #compress.external<"resnet.safetensors", "block2.bn2.running_var"> : tensor<32xf32> loc("block2.bn2.running_var")
  %67 = tensor.empty(%batch) : tensor<?x7x7x32xf32> loc("block2.bn2")
  %68 = linalg.generic {indexing_maps = [#map0, #map1, #map1, #map1, #map1, #map0], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%62, %63, %64, %65, %66 : tensor<?x7x7x32xf32>, tensor<32xf32>, tensor<32xf32>, tensor<32xf32>, tensor<32xf32>) outs(%67 : tensor<?x7x7x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %x4: f32, %acc: f32):
    %a = arith.addf %x4, %3 : f32
    %b = math.rsqrt %a : f32
    %c = arith.subf %x0, %x3 : f32
    %d = arith.mulf %c, %b : f32
    %e = arith.mulf %d, %x1 : f32
    %f = arith.addf %e, %x2 : f32
    linalg.yield %f : f32
  } -> tensor<?x7x7x32xf32> loc("block2.bn2")
  %69 = arith.constant #compress.external<"resnet.safetensors", "block2.downsample.weight"> : tensor<1x1x16x32xf32> loc("block2.downsample.weight")
  %70 = tensor.empty(%batch) : tensor<?x7x7x32xf32> loc("block2.downsample")
  %71 = linalg.fill ins(%1 : f32) outs(%70 : tensor<?x7x7x32xf32>) -> tensor<?x7x7x32xf32> loc("block2.downsample")
  %72 = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%44, %69 : tensor<?x14x14x16xf32>, tensor<1x1x16x32xf32>) outs(%71 : tensor<?x7x7x32xf32>) -> tensor<?x7x7x32xf32> loc("block2.downsample")
  %73 = arith.constant #compress.external<"resnet.safetensors", "block2.downsample_bn.weight"> : tensor<32xf32> loc("block2.downsample_bn.weight")
  %74 = arith.constant #compress.external<"resnet.safetensors", "block2.downsample_bn.bias"> : tensor<32xf32> loc("block2.downsample_bn.bias")
  %75 = arith.constant #compress.external<"resnet.safetensors", "block2.downsample_bn.running_mean"> : tensor<32xf32> loc("block2.downsample_bn.running_mean")
  %76 = arith.constant #compress.external<"resnet.safetensors", "block2.downsample_bn.running_var"> : tensor<32xf32> loc("block2.downsample_bn.running_var")
  %77 = tensor.empty(%batch) : tensor<?x7x7x32xf32> loc("block2.downsample_bn")
  %78 = linalg.generic {indexing_maps = [#map0, #map1, #map1, #map1, #map1, #map0], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%72, %73, %74, %75, %76 : tensor<?x7x7x32xf32>, tensor<32xf32>, tensor<32xf32>, tensor<32xf32>, tensor<32xf32>) outs(%77 : tensor<?x7x7x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %x4: f32, %acc: f32):
    %a = arith.addf %x4, %3 : f32
    %b = math.rsqrt %a : f32
    %c = arith.subf %x0, %x3 : f32
    %d = arith.mulf %c, %b : f32
    %e = arith.mulf %d, %x1 : f32
    %f = arith.addf %e, %x2 : f32
    linalg.yield %f : f32
  } -> tensor<?x7x7x32xf32> loc("block2.downsample_bn")
  %79 = tensor.empty(%batch) : tensor<?x7x7x32xf32> loc("block2.add")
  %80 = linalg.generic {indexing_maps = [#map0, #map0, #map0], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%68, %78 : tensor<?x7x7x32xf32>, tensor<?x7x7x32xf32>) outs(%79 : tensor<?x7x7x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x7x7x32xf32> loc("block2.add")
  %81 = tensor.empty(%batch) : tensor<?x7x7x32xf32> loc("relu")
  %82 = linalg.generic {indexing_maps = [#map0, #map0], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%80 : tensor<?x7x7x32xf32>) outs(%81 : tensor<?x7x7x32xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.maximumf %x0, %1 : f32
    linalg.yield %a : f32
  } -> tensor<?x7x7x32xf32> loc("relu")
  %83 = arith.constant #compress.external<"resnet.safetensors", "block3.conv1.weight"> : tensor<3x3x32x32xf32> loc("block3.conv1.weight")
  %84 = tensor.pad %82 low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    tensor.yield %1 : f32
  } : tensor<?x7x7x32xf32> to tensor<?x9x9x32xf32> loc("block3.conv1")
  %85 = tensor.empty(%batch) : tensor<?x7x7x32xf32> loc("block3.conv1")
  %86 = linalg.fill ins(%1 : f32) outs(%85 : tensor<?x7x7x32xf32>) -> tensor<?x7x7x32xf32> loc("block3.conv1")
  %87 = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>} ins(%84, %83 : tensor<?x9x9x32xf32>, tensor<3x3x32x32xf32>) outs(%86 : tensor<?x7x7x32xf32>) -> tensor<?x7x7x32xf32> loc("block3.conv1")
  %88 = arith.constant #compress.external<"resnet.safetensors", "block3.bn1.weight"> : tensor<32xf32> loc("block3.bn1.weight")
  %89 = arith.constant #compress.external<"resnet.safetensors", "block3.bn1.bias"> : tensor<32xf32> loc("block3.bn1.bias")
  %90 = arith.constant #compress.external<"resnet.safetensors", "block3.bn1.running_mean"> : tensor<32xf32> loc("block3.bn1.running_mean")
  %91 = arith.constant #compress.external<"resnet.safetensors", "block3.bn1.running_var"> : tensor<32xf32> loc("block3.bn1.running_var")
  %92 = tensor.empty(%batch) : tensor<?x7x7x32xf32> loc("block3.bn1")
  %93 = linalg.generic {indexing_maps = [#map0, #map1, #map1, #map1, #map1, #map0], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%87, %88, %89, %90, %91 : tensor<?x7x7x32xf32>, tensor<32xf32>, tensor<32xf32>, tensor<32xf32>, tensor<32xf32>) outs(%92 : tensor<?x7x7x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %x4: f32, %acc: f32):
    %a = arith.addf %x4, %3 : f32
    %b = math.rsqrt %a : f32
    %c = arith.subf %x0, %x3 : f32
    %d = arith.mulf %c, %b : f32
    %e = arith.mulf %d, %x1 : f32
    %f = arith.addf %e, %x2 : f32
    linalg.yield %f : f32
  } -> tensor<?x7x7x32xf32> loc("block3.bn1")
  %94 = tensor.empty(%batch) : tensor<?x7x7x32xf32> loc("relu")
  %95 = linalg.generic {indexing_maps = [#map0, #map0], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%93 : tensor<?x7x7x32xf32>) outs(%94 : tensor<?x7x7x32xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.maximumf %x0, %1 : f32
    linalg.yield %a : f32
  } -> tensor<?x7x7x32xf32> loc("relu")
  %96 = arith.constant #compress.external<"resnet.safetensors", "block3.conv2.weight"> : tensor<3x3x32x32xf32> loc("block3.conv2.weight")
  %97 = tensor.pad %95 low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    tensor.yield %1 : f32
  } : tensor<?x7x7x32xf32> to tensor<?x9x9x32xf32> loc("block3.conv2")
  %98 = tensor.empty(%batch) : tensor<?x7x7x32xf32> loc("block3.conv2")
  %99 = linalg.fill ins(%1 : f32) outs(%98 : tensor<?x7x7x32xf32>) -> tensor<?x7x7x32xf32> loc("block3.conv2")
  %100 = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>} ins(%97, %96 : tensor<?x9x9x32xf32>, tensor<3x3x32x32xf32>) outs(%99 : tensor<?x7x7x32xf32>) -> tensor<?x7x7x32xf32> loc("block3.conv2")
  %101 = arith.constant #compress.external<"resnet.safetensors", "block3.bn2.weight"> : tensor<32xf32> loc("block3.bn2.weight")
  %102 = arith.constant #compress.external<"resnet.safetensors", "block3.bn2.bias"> : tensor<32xf32> loc("block3.bn2.bias")
  %103 = arith.constant #compress.external<"resnet.safetensors", "block3.bn2.running_mean"> : tensor<32xf32> loc("block3.bn2.running_mean")
  %104 = arith.constant #compress.external<"resnet.safetensors", "block3.bn2.running_var"> : tensor<32xf32> loc("block3.bn2.running_var")
  %105 = tensor.empty(%batch) : tensor<?x7x7x32xf32> loc("block3.bn2")
  %106 = linalg.generic {indexing_maps = [#map0, #map1, #map1, #map1, #map1, #map0], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%100, %101, %102, %103, %104 : tensor<?x7x7x32xf32>, tensor<32xf32>, tensor<32xf32>, tensor<32xf32>, tensor<32xf32>) outs(%105 : tensor<?x7x7x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %x4: f32, %acc: f32):
    %a = arith.addf %x4, %3 : f32
    %b = math.rsqrt %a : f32
    %c = arith.subf %x0, %x3 : f32
    %d = arith.mulf %c, %b : f32
    %e = arith.mulf %d, %x1 : f32
    %f = arith.addf %e, %x2 : f32
    linalg.yield %f : f32
  } -> tensor<?x7x7x32xf32> loc("block3.bn2")
  %107 = tensor.empty(%batch) : tensor<?x7x7x32xf32> loc("block3.add")
  %108 = linalg.generic {indexing_maps = [#map0, #map0, #map0], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%106, %82 : tensor<?x7x7x32xf32>, tensor<?x7x7x32xf32>) outs(%107 : tensor<?x7x7x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x7x7x32xf32> loc("block3.add")
  %109 = tensor.empty(%batch) : tensor<?x7x7x32xf32> loc("relu")
  %110 = linalg.generic {indexing_maps = [#map0, #map0], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%108 : tensor<?x7x7x32xf32>) outs(%109 : tensor<?x7x7x32xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.maximumf %x0, %1 : f32
    linalg.yield %a : f32
  } -> tensor<?x7x7x32xf32> loc("relu")
  %111 = arith.constant #compress.external<"resnet.safetensors", "block4.conv1.weight"> : tensor<3x3x32x64xf32> loc("block4.conv1.weight")
  %112 = tensor.pad %110 low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    tensor.yield %1 : f32
  } : tensor<?x7x7x32xf32> to tensor<?x9x9x32xf32> loc("block4.conv1")
  %113 = tensor.empty(%batch) : tensor<?x4x4x64xf32> loc("block4.conv1")
  %114 = linalg.fill ins(%1 : f32) outs(%113 : tensor<?x4x4x64xf32>) -> tensor<?x4x4x64xf32> loc("block4.conv1")
  %115 = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%112, %111 : tensor<?x9x9x32xf32>, tensor<3x3x32x64xf32>) outs(%114 : tensor<?x4x4x64xf32>) -> tensor<?x4x4x64xf32> loc("block4.conv1")
  %116 = arith.constant #compress.external<"resnet.safetensors", "block4.bn1.weight"> : tensor<64xf32> loc("block4.bn1.weight")
  %117 = arith.constant #compress.external<"resnet.safetensors", "block4.bn1.bias"> : tensor<64xf32> loc("block4.bn1.bias")
  %118 = arith.constant #compress.external<"resnet.safetensors", "block4.bn1.running_mean"> : tensor<64xf32> loc("block4.bn1.running_mean")
  %119 = arith.constant #compress.external<"resnet.safetensors", "block4.bn1.running_var"> : tensor<64xf32> loc("block4.bn1.running_var")
  %120 = tensor.empty(%batch) : tensor<?x4x4x64xf32> loc("block4.bn1")
  %121 = linalg.generic {indexing_maps = [#map0, #map1, #map1, #map1, #map1, #map0], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%115, %116, %117, %118, %119 : tensor<?x4x4x64xf32>, tensor<64xf32>, tensor<64xf32>, tensor<64xf32>, tensor<64xf32>) outs(%120 : tensor<?x4x4x64xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %x4: f32, %acc: f32):
    %a = arith.addf %x4, %3 : f32
    %b = math.rsqrt %a : f32
    %c = arith.subf %x0, %x3 : f32
    %d = arith.mulf %c, %b : f32
    %e = arith.mulf %d, %x1 : f32
    %f = arith.addf %e, %x2 : f32
    linalg.yield %f : f32
  } -> tensor<?x4x4x64xf32> loc("block4.bn1")
  %122 = tensor.empty(%batch) : tensor<?x4x4x64xf32> loc("relu")
  %123 = linalg.generic {indexing_maps = [#map0, #map0], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%121 : tensor<?x4x4x64xf32>) outs(%122 : tensor<?x4x4x64xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.maximumf %x0, %1 : f32
    linalg.yield %a : f32
  } -> tensor<?x4x4x64xf32> loc("relu")
  %124 = arith.constant #compress.external<"resnet.safetensors", "block4.conv2.weight"> : tensor<3x3x64x64xf32> loc("block4.conv2.weight")
  %125 = tensor.pad %123 low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    tensor.yield %1 : f32
  } : tensor<?x4x4x64xf32> to tensor<?x6x6x64xf32> loc("block4.conv2")
  %126 = tensor.empty(%batch) : tensor<?x4x4x64xf32> loc("block4.conv2")
  %127 = linalg.fill ins(%1 : f32) outs(%126 : tensor<?x4x4x64xf32>) -> tensor<?x4x4x64xf32> loc("block4.conv2")
  %128 = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>} ins(%125, %124 : tensor<?x6x6x64xf32>, tensor<3x3x64x64xf32>) outs(%127 : tensor<?x4x4x64xf32>) -> tensor<?x4x4x64xf32> loc("block4.conv2")
  %129 = arith.constant #compress.external<"resnet.safetensors", "block4.bn2.weight"> : tensor<64xf32> loc("block4.bn2.weight")
  %130 = arith.constant #compress.external<"resnet.safetensors", "block4.bn2.bias"> : tensor<64xf32> loc("block4.bn2.bias")
  %131 = arith.constant #compress.external<"resnet.safetensors", "block4.bn2.running_mean"> : tensor<64xf32> loc("block4.bn2.running_mean")
  %132 = arith.constant #compress.external<"resnet.safetensors", "block4.bn2.running_var"> : tensor<64xf32> loc("block4.bn2.running_var")
  %133 = tensor.empty(%batch) : tensor<?x4x4x64xf32> loc("block4.bn2")
  %134 = linalg.generic {indexing_maps = [#map0, #map1, #map1, #map1, #map1, #map0], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%128, %129, %130, %131, %132 : tensor<?x4x4x64xf32>, tensor<64xf32>, tensor<64xf32>, tensor<64xf32>, tensor<64xf32>) outs(%133 : tensor<?x4x4x64xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %x4: f32, %acc: f32):
    %a = arith.addf %x4, %3 : f32
    %b = math.rsqrt %a : f32
    %c = arith.subf %x0, %x3 : f32
    %d = arith.mulf %c, %b : f32
    %e = arith.mulf %d, %x1 : f32
    %f = arith.addf %e, %x2 : f32
    linalg.yield %f : f32
  } -> tensor<?x4x4x64xf32> loc("block4.bn2")
  %135 = arith.constant #compress.external<"resnet.safetensors", "block4.downsample.weight"> : tensor<1x1x32x64xf32> loc("block4.downsample.weight")
  %136 = tensor.empty(%batch) : tensor<?x4x4x64xf32> loc("block4.downsample")
  %137 = linalg.fill ins(%1 : f32) outs(%136 : tensor<?x4x4x64xf32>) -> tensor<?x4x4x64xf32> loc("block4.downsample")
  %138 = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%110, %135 : tensor<?x7x7x32xf32>, tensor<1x1x32x64xf32>) outs(%137 : tensor<?x4x4x64xf32>) -> tensor<?x4x4x64xf32> loc("block4.downsample")
  %139 = arith.constant #compress.external<"resnet.safetensors", "block4.downsample_bn.weight"> : tensor<64xf32> loc("block4.downsample_bn.weight")
  %140 = arith.constant #compress.external<"resnet.safetensors", "block4.downsample_bn.bias"> : tensor<64xf32> loc("block4.downsample_bn.bias")
  %141 = arith.constant #compress.external<"resnet.safetensors", "block4.downsample_bn.running_mean"> : tensor<64xf32> loc("block4.downsample_bn.running_mean")
  %142 = arith.constant #compress.external<"resnet.safetensors", "block4.downsample_bn.running_var"> : tensor<64xf32> loc("block4.downsample_bn.running_var")
  %143 = tensor.empty(%batch) : tensor<?x4x4x64xf32> loc("block4.downsample_bn")
  %144 = linalg.generic {indexing_maps = [#map0, #map1, #map1, #map1, #map1, #map0], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%138, %139, %140, %141, %142 : tensor<?x4x4x64xf32>, tensor<64xf32>, tensor<64xf32>, tensor<64xf32>, tensor<64xf32>) outs(%143 : tensor<?x4x4x64xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %x4: f32, %acc: f32):
    %a = arith.addf %x4, %3 : f32
    %b = math.rsqrt %a : f32
    %c = arith.subf %x0, %x3 : f32
    %d = arith.mulf %c, %b : f32
    %e = arith.mulf %d, %x1 : f32
    %f = arith.addf %e, %x2 : f32
    linalg.yield %f : f32
  } -> tensor<?x4x4x64xf32> loc("block4.downsample_bn")
  %145 = tensor.empty(%batch) : tensor<?x4x4x64xf32> loc("block4.add")
  %146 = linalg.generic {indexing_maps = [#map0, #map0, #map0], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%134, %144 : tensor<?x4x4x64xf32>, tensor<?x4x4x64xf32>) outs(%145 : tensor<?x4x4x64xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x4x4x64xf32> loc("block4.add")
  %147 = tensor.empty(%batch) : tensor<?x4x4x64xf32> loc("relu")
  %148 = linalg.generic {indexing_maps = [#map0, #map0], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%146 : tensor<?x4x4x64xf32>) outs(%147 : tensor<?x4x4x64xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.maximumf %x0, %1 : f32
    linalg.yield %a : f32
  } -> tensor<?x4x4x64xf32> loc("relu")
  %149 = tensor.empty(%batch) : tensor<?x64xf32> loc("mean")
  %150 = linalg.fill ins(%1 : f32) outs(%149 : tensor<?x64xf32>) -> tensor<?x64xf32> loc("mean")
  %151 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "parallel", "reduction", "reduction"]} ins(%148 : tensor<?x4x4x64xf32>) outs(%150 : tensor<?x64xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %acc, %x0 : f32
    linalg.yield %a : f32
  } -> tensor<?x64xf32> loc("mean")
  %152 = arith.constant 16.0 : f32
  %153 = tensor.empty(%batch) : tensor<?x64xf32> loc("mean")
  %154 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel"]} ins(%151 : tensor<?x64xf32>) outs(%153 : tensor<?x64xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.divf %x0, %152 : f32
    linalg.yield %a : f32
  } -> tensor<?x64xf32> loc("mean")
  %155 = arith.constant #compress.external<"resnet.safetensors", "fc.weight"> : tensor<64x10xf32> loc("fc.weight")
  %156 = arith.constant #compress.external<"resnet.safetensors", "fc.bias"> : tensor<10xf32> loc("fc.bias")
  %157 = tensor.empty(%batch) : tensor<?x10xf32> loc("fc")
  %158 = linalg.fill ins(%1 : f32) outs(%157 : tensor<?x10xf32>) -> tensor<?x10xf32> loc("fc")
  %159 = linalg.matmul ins(%154, %155 : tensor<?x64xf32>, tensor<64x10xf32>) outs(%158 : tensor<?x10xf32>) -> tensor<?x10xf32> loc("fc")
  %160 = tensor.empty(%batch) : tensor<?x10xf32> loc("fc.bias")
  %161 = linalg.generic {indexing_maps = [#map4, #map5, #map4], iterator_types = ["parallel", "parallel"]} ins(%159, %156 : tensor<?x10xf32>, tensor<10xf32>) outs(%160 : tensor<?x10xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x10xf32> loc("fc.bias")
  return %161 : tensor<?x10xf32>
}
