#map0 = affine_map<(d0, d1) -> (d0, d1)>
#map1 = affine_map<(d0, d1) -> (d1)>
func.func @main(%input: tensor<?x784xf32> {compress.name = "input"}) -> (tensor<?x10xf32> {compress.name = "logits"}) {
  %0 = arith.constant 0 : index
  %batch = tensor.dim %input, %0 : tensor<?x784xf32>
  %1 = arith.constant 0.0 : f32
  %2 = arith.constant #compress.external<"fashion_mnist.safetensors", "fc1.weight"> : tensor<784x256xf32> loc("fc1.weight")
  %3 = arith.constant #compress.external<"fashion_mnist.safetensors", "fc1.bias"> : tensor<256xf32> loc("fc1.bias")
  %4 = tensor.empty(%batch) : tensor<?x256xf32> loc("fc1")
  %5 = linalg.fill ins(%1 : f32) outs(%4 : tensor<?x256xf32>) -> tensor<?x256xf32> loc("fc1")
  %6 = linalg.matmul ins(%input, %2 : tensor<?x784xf32>, tensor<784x256xf32>) outs(%5 : tensor<?x256xf32>) -> tensor<?x256xf32> loc("fc1")
  %7 = tensor.empty(%batch) : tensor<?x256xf32> loc("fc1.bias")
  %8 = linalg.generic {indexing_maps = [#map0, #map1, #map0], iterator_types = ["parallel", "parallel"]} ins(%6, %3 : tensor<?x256xf32>, tensor<256xf32>) outs(%7 : tensor<?x256xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    %b = arith.maximumf %a, %1 : f32
    linalg.yield %b : f32
  } -> tensor<?x256xf32> loc("fc1.bias")
  %9 = arith.constant #compress.external<"fashion_mnist.safetensors", "fc2.weight"> : tensor<256x128xf32> loc("fc2.weight")
  %10 = arith.constant #compress.external<"fashion_mnist.safetensors", "fc2.bias"> : tensor<128xf32> loc("fc2.bias")
  %11 = tensor.empty(%batch) : tensor<?x128xf32> loc("fc2")
  %12 = linalg.fill ins(%1 : f32) outs(%11 : tensor<?x128xf32>) -> tensor<?x128xf32> loc("fc2")
  %13 = linalg.matmul ins(%8, %9 : tensor<?x256xf32>, tensor<256x128xf32>) outs(%12 : tensor<?x128xf32>) -> tensor<?x128xf32> loc("fc2")
  %14 = tensor.empty(%batch) : tensor<?x128xf32> loc("fc2.bias")
  %15 = linalg.generic {indexing_maps = [#map0, #map1, #map0], iterator_types = ["parallel", "parallel"]} ins(%13, %10 : tensor<?x128xf32>, tensor<128xf32>) outs(%14 : tensor<?x128xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    %b = arith.maximumf %a, %1 : f32
    linalg.yield %b : f32
  } -> tensor<?x128xf32> loc("fc2.bias")
  %16 = arith.constant #compress.external<"fashion_mnist.safetensors", "fc3.weight"> : tensor<128x10xf32> loc("fc3.weight")
  %17 = arith.constant #compress.external<"fashion_mnist.safetensors", "fc3.bias"> : tensor<10xf32> loc("fc3.bias")
  %18 = tensor.empty(%batch) : tensor<?x10xf32> loc("fc3")
  %19 = linalg.fill ins(%1 : f32) outs(%18 : tensor<?x10xf32>) -> tensor<?x10xf32> loc("fc3")
  %20 = linalg.matmul ins(%15, %16 : tensor<?x128xf32>, tensor<128x10xf32>) outs(%19 : tensor<?x10xf32>) -> tensor<?x10xf32> loc("fc3")
  %21 = tensor.empty(%batch) : tensor<?x10xf32> loc("fc3.bias")
  %22 = linalg.generic {indexing_maps = [#map0, #map1, #map0], iterator_types = ["parallel", "parallel"]} ins(%20, %17 : tensor<?x10xf32>, tensor<10xf32>) outs(%21 : tensor<?x10xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x10xf32> loc("fc3.bias")
  return %22 : tensor<?x10xf32>
}
