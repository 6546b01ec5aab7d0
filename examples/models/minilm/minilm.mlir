#map0 = affine_map<(d0, d1, d2) -> (d0, d1)>
#map1 = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
#map2 = affine_map<(d0, d1) -> (d0, d1)>
#map3 = affine_map<(d0, d1) -> (d0)>
#map4 = affine_map<(d0, d1) -> (d1)>
#map5 = affine_map<(d0, d1, d2) -> (d0, d2)>
#map6 = affine_map<(d0, d1, d2) -> (d1, d2)>
#map7 = affine_map<(d0, d1, d2, d3, d4) -> (d0, d2, d1, d4)>
#map8 = affine_map<(d0, d1, d2, d3, d4) -> (d0, d3, d1, d4)>
#map9 = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>
#map10 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#map11 = affine_map<(d0, d1, d2, d3) -> (d0, d3)>
#map12 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>
#map13 = affine_map<(d0, d1, d2, d3, d4) -> (d0, d4, d2, d3)>
#map14 = affine_map<(d0, d1, d2) -> (d0, d2, d1)>
func.func @main(%input_ids: tensor<?x32xi64> {compress.name = "input_ids"}, %attention_mask: tensor<?x32xi64> {compress.name = "attention_mask"}) -> (tensor<?x384xf32> {compress.name = "embedding"}) {
  %0 = arith.constant 0 : index
  %batch = tensor.dim %input_ids, %0 : tensor<?x32xi64>
  %1 = arith.constant 32 : index
  %tokens = arith.muli %batch, %1 : index
  %2 = arith.constant 0.0 : f32
  %3 = arith.constant 1.0 : f32
  %4 = arith.constant 0xFF800000 : f32
  %5 = arith.constant 0.5 : f32
  %6 = arith.constant 0.707106781 : f32
  %7 = arith.constant 384.0 : f32
  %8 = arith.constant 1.000000e-12 : f32
  %9 = arith.constant 1.767766953e-01 : f32
  %10 = arith.constant -1.000000e+09 : f32
  %11 = arith.constant 1.0e-09 : f32
  %12 = arith.constant 1.0e-12 : f32
  %13 = arith.constant #compress.external<"model.safetensors", "embeddings.word_embeddings.weight"> : tensor<30522x384xf32> loc("embeddings.word_embeddings.weight")
  %14 = arith.constant #compress.external<"model.safetensors", "embeddings.position_embeddings.weight"> : tensor<512x384xf32> loc("embeddings.position_embeddings.weight")
  %15 = arith.constant #compress.external<"model.safetensors", "embeddings.token_type_embeddings.weight"> : tensor<2x384xf32> loc("embeddings.token_type_embeddings.weight")
  %16 = arith.constant 0 : index
  %17 = tensor.empty(%batch) : tensor<?x32x384xf32> loc("embeddings")
  %18 = linalg.generic {indexing_maps = [#map0, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%input_ids : tensor<?x32xi64>) outs(%17 : tensor<?x32x384xf32>) {
  ^bb0(%x0: i64, %acc: f32):
    %a = arith.index_cast %x0 : i64 to index
    %b = linalg.index 1 : index
    %c = linalg.index 2 : index
    %d = tensor.extract %13[%a, %c] : tensor<30522x384xf32>
    %e = tensor.extract %14[%b, %c] : tensor<512x384xf32>
    %f = tensor.extract %15[%16, %c] : tensor<2x384xf32>
    %g = arith.addf %d, %f : f32
    %h = arith.addf %g, %e : f32
    linalg.yield %h : f32
  } -> tensor<?x32x384xf32> loc("embeddings")
  %19 = tensor.collapse_shape %18 [[0, 1], [2]] : tensor<?x32x384xf32> into tensor<?x384xf32> loc("embeddings")
  %20 = arith.constant #compress.external<"model.safetensors", "embeddings.LayerNorm.weight"> : tensor<384xf32> loc("embeddings.LayerNorm.weight")
  %21 = arith.constant #compress.external<"model.safetensors", "embeddings.LayerNorm.bias"> : tensor<384xf32> loc("embeddings.LayerNorm.bias")
  %22 = tensor.empty(%tokens) : tensor<?xf32> loc("embeddings.LayerNorm")
  %23 = linalg.fill ins(%2 : f32) outs(%22 : tensor<?xf32>) -> tensor<?xf32> loc("embeddings.LayerNorm")
  %24 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%19 : tensor<?x384xf32>) outs(%23 : tensor<?xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?xf32> loc("embeddings.LayerNorm")
  %25 = tensor.empty(%tokens) : tensor<?x384xf32> loc("embeddings.LayerNorm")
  %26 = linalg.generic {indexing_maps = [#map2, #map3, #map2], iterator_types = ["parallel", "parallel"]} ins(%19, %24 : tensor<?x384xf32>, tensor<?xf32>) outs(%25 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.divf %x1, %7 : f32
    %b = arith.subf %x0, %a : f32
    linalg.yield %b : f32
  } -> tensor<?x384xf32> loc("embeddings.LayerNorm")
  %27 = tensor.empty(%tokens) : tensor<?x384xf32> loc("embeddings.LayerNorm")
  %28 = linalg.generic {indexing_maps = [#map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%26 : tensor<?x384xf32>) outs(%27 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.mulf %x0, %x0 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("embeddings.LayerNorm")
  %29 = tensor.empty(%tokens) : tensor<?xf32> loc("embeddings.LayerNorm")
  %30 = linalg.fill ins(%2 : f32) outs(%29 : tensor<?xf32>) -> tensor<?xf32> loc("embeddings.LayerNorm")
  %31 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%28 : tensor<?x384xf32>) outs(%30 : tensor<?xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?xf32> loc("embeddings.LayerNorm")
  %32 = tensor.empty(%tokens) : tensor<?x384xf32> loc("embeddings.LayerNorm")
  %33 = linalg.generic {indexing_maps = [#map2, #map3, #map4, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%26, %31, %20, %21 : tensor<?x384xf32>, tensor<?xf32>, tensor<384xf32>, tensor<384xf32>) outs(%32 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %acc: f32):
    %a = arith.divf %x1, %7 : f32
    %b = arith.addf %a, %8 : f32
    %c = math.sqrt %b : f32
    %d = arith.divf %x0, %c : f32
    %e = arith.mulf %d, %x2 : f32
    %f = arith.addf %e, %x3 : f32
    linalg.yield %f : f32
  } -> tensor<?x384xf32> loc("embeddings.LayerNorm")
  %34 = tensor.empty(%batch) : tensor<?x32xf32> loc("attention_mask")
  %35 = linalg.generic {indexing_maps = [#map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%attention_mask : tensor<?x32xi64>) outs(%34 : tensor<?x32xf32>) {
  ^bb0(%x0: i64, %acc: f32):
    %a = arith.sitofp %x0 : i64 to f32
    %b = arith.subf %3, %a : f32
    %c = arith.mulf %b, %10 : f32
    linalg.yield %c : f32
  } -> tensor<?x32xf32> loc("attention_mask")
  %36 = arith.constant #compress.external<"model.safetensors", "encoder.layer.0.attention.self.query.weight"> : tensor<384x384xf32> loc("encoder.layer.0.attention.self.query.weight")
  %37 = arith.constant #compress.external<"model.safetensors", "encoder.layer.0.attention.self.query.bias"> : tensor<384xf32> loc("encoder.layer.0.attention.self.query.bias")
  %38 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.0.attention.self.query")
  %39 = linalg.fill ins(%2 : f32) outs(%38 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.0.attention.self.query")
  %40 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%33, %36 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%39 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.0.attention.self.query")
  %41 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.0.attention.self.query.bias")
  %42 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%40, %37 : tensor<?x384xf32>, tensor<384xf32>) outs(%41 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.0.attention.self.query.bias")
  %43 = tensor.expand_shape %42 [[0, 1], [2, 3]] output_shape [%batch, 32, 12, 32] : tensor<?x384xf32> into tensor<?x32x12x32xf32> loc("encoder.layer.0.attention.self.query")
  %44 = arith.constant #compress.external<"model.safetensors", "encoder.layer.0.attention.self.key.weight"> : tensor<384x384xf32> loc("encoder.layer.0.attention.self.key.weight")
  %45 = arith.constant #compress.external<"model.safetensors", "encoder.layer.0.attention.self.key.bias"> : tensor<384xf32> loc("encoder.layer.0.attention.self.key.bias")
  %46 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.0.attention.self.key")
  %47 = linalg.fill ins(%2 : f32) outs(%46 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.0.attention.self.key")
  %48 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%33, %44 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%47 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.0.attention.self.key")
  %49 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.0.attention.self.key.bias")
  %50 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%48, %45 : tensor<?x384xf32>, tensor<384xf32>) outs(%49 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.0.attention.self.key.bias")
  %51 = tensor.expand_shape %50 [[0, 1], [2, 3]] output_shape [%batch, 32, 12, 32] : tensor<?x384xf32> into tensor<?x32x12x32xf32> loc("encoder.layer.0.attention.self.key")
  %52 = arith.constant #compress.external<"model.safetensors", "encoder.layer.0.attention.self.value.weight"> : tensor<384x384xf32> loc("encoder.layer.0.attention.self.value.weight")
  %53 = arith.constant #compress.external<"model.safetensors", "encoder.layer.0.attention.self.value.bias"> : tensor<384xf32> loc("encoder.layer.0.attention.self.value.bias")
  %54 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.0.attention.self.value")
  %55 = linalg.fill ins(%2 : f32) outs(%54 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.0.attention.self.value")
  %56 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%33, %52 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%55 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.0.attention.self.value")
  %57 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.0.attention.self.value.bias")
  %58 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%56, %53 : tensor<?x384xf32>, tensor<384xf32>) outs(%57 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.0.attention.self.value.bias")
  %59 = tensor.expand_shape %58 [[0, 1], [2, 3]] output_shape [%batch, 32, 12, 32] : tensor<?x384xf32> into tensor<?x32x12x32xf32> loc("encoder.layer.0.attention.self.value")
  %60 = tensor.empty(%batch) : tensor<?x12x32x32xf32> loc("encoder.layer.0.attention.self.scores")
  %61 = linalg.fill ins(%2 : f32) outs(%60 : tensor<?x12x32x32xf32>) -> tensor<?x12x32x32xf32> loc("encoder.layer.0.attention.self.scores")
  %62 = linalg.generic {indexing_maps = [#map7, #map8, #map9], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%43, %51 : tensor<?x32x12x32xf32>, tensor<?x32x12x32xf32>) outs(%61 : tensor<?x12x32x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.mulf %x0, %x1 : f32
    %b = arith.addf %acc, %a : f32
    linalg.yield %b : f32
  } -> tensor<?x12x32x32xf32> loc("encoder.layer.0.attention.self.scores")
  %63 = tensor.empty(%batch) : tensor<?x12x32x32xf32> loc("encoder.layer.0.attention.self.scores")
  %64 = linalg.generic {indexing_maps = [#map10, #map11, #map10], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%62, %35 : tensor<?x12x32x32xf32>, tensor<?x32xf32>) outs(%63 : tensor<?x12x32x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.mulf %x0, %9 : f32
    %b = arith.addf %a, %x1 : f32
    linalg.yield %b : f32
  } -> tensor<?x12x32x32xf32> loc("encoder.layer.0.attention.self.scores")
  %65 = tensor.empty(%batch) : tensor<?x12x32xf32> loc("encoder.layer.0.attention.self.softmax")
  %66 = linalg.fill ins(%4 : f32) outs(%65 : tensor<?x12x32xf32>) -> tensor<?x12x32xf32> loc("encoder.layer.0.attention.self.softmax")
  %67 = linalg.generic {indexing_maps = [#map10, #map12], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%64 : tensor<?x12x32x32xf32>) outs(%66 : tensor<?x12x32xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.maximumf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?x12x32xf32> loc("encoder.layer.0.attention.self.softmax")
  %68 = tensor.empty(%batch) : tensor<?x12x32x32xf32> loc("encoder.layer.0.attention.self.softmax")
  %69 = linalg.generic {indexing_maps = [#map10, #map12, #map10], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%64, %67 : tensor<?x12x32x32xf32>, tensor<?x12x32xf32>) outs(%68 : tensor<?x12x32x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.subf %x0, %x1 : f32
    %b = math.exp %a : f32
    linalg.yield %b : f32
  } -> tensor<?x12x32x32xf32> loc("encoder.layer.0.attention.self.softmax")
  %70 = tensor.empty(%batch) : tensor<?x12x32xf32> loc("encoder.layer.0.attention.self.softmax")
  %71 = linalg.fill ins(%2 : f32) outs(%70 : tensor<?x12x32xf32>) -> tensor<?x12x32xf32> loc("encoder.layer.0.attention.self.softmax")
  %72 = linalg.generic {indexing_maps = [#map10, #map12], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%69 : tensor<?x12x32x32xf32>) outs(%71 : tensor<?x12x32xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?x12x32xf32> loc("encoder.layer.0.attention.self.softmax")
  %73 = tensor.empty(%batch) : tensor<?x12x32x32xf32> loc("encoder.layer.0.attention.self.softmax")
  %74 = linalg.generic {indexing_maps = [#map10, #map12, #map10], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%69, %72 : tensor<?x12x32x32xf32>, tensor<?x12x32xf32>) outs(%73 : tensor<?x12x32x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.divf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x12x32x32xf32> loc("encoder.layer.0.attention.self.softmax")
  %75 = tensor.empty(%batch) : tensor<?x32x12x32xf32> loc("encoder.layer.0.attention.self.context")
  %76 = linalg.fill ins(%2 : f32) outs(%75 : tensor<?x32x12x32xf32>) -> tensor<?x32x12x32xf32> loc("encoder.layer.0.attention.self.context")
  %77 = linalg.generic {indexing_maps = [#map7, #map13, #map9], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%74, %59 : tensor<?x12x32x32xf32>, tensor<?x32x12x32xf32>) outs(%76 : tensor<?x32x12x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.mulf %x0, %x1 : f32
    %b = arith.addf %acc, %a : f32
    linalg.yield %b : f32
  } -> tensor<?x32x12x32xf32> loc("encoder.layer.0.attention.self.context")
  %78 = tensor.collapse_shape %77 [[0, 1], [2, 3]] : tensor<?x32x12x32xf32> into tensor<?x384xf32> loc("encoder.layer.0.attention.self.context")
  %79 = arith.constant #compress.external<"model.safetensors", "encoder.layer.0.attention.output.dense.weight"> : tensor<384x384xf32> loc("encoder.layer.0.attention.output.dense.weight")
  %80 = arith.constant #compress.external<"model.safetensors", "encoder.layer.0.attention.output.dense.bias"> : tensor<384xf32> loc("encoder.layer.0.attention.output.dense.bias")
  %81 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.0.attention.output.dense")
  %82 = linalg.fill ins(%2 : f32) outs(%81 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.0.attention.output.dense")
  %83 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%78, %79 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%82 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.0.attention.output.dense")
  %84 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.0.attention.output.dense.bias")
  %85 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%83, %80 : tensor<?x384xf32>, tensor<384xf32>) outs(%84 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.0.attention.output.dense.bias")
  %86 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.0.attention.output.LayerNorm")
  %87 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%85, %33 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%86 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.0.attention.output.LayerNorm")
  %88 = arith.constant #compress.external<"model.safetensors", "encoder.layer.0.attention.output.LayerNorm.weight"> : tensor<384xf32> loc("encoder.layer.0.attention.output.LayerNorm.weight")
  %89 = arith.constant #compress.external<"model.safetensors", "encoder.layer.0.attention.output.LayerNorm.bias"> : tensor<384xf32> loc("encoder.layer.0.attention.output.LayerNorm.bias")
  %90 = tensor.empty(%tokens) : tensor<?xf32> loc("encoder.layer.0.attention.output.LayerNorm")
  %91 = linalg.fill ins(%2 : f32) outs(%90 : tensor<?xf32>) -> tensor<?xf32> loc("encoder.layer.0.attention.output.LayerNorm")
  %92 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%87 : tensor<?x384xf32>) outs(%91 : tensor<?xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?xf32> loc("encoder.layer.0.attention.output.LayerNorm")
  %93 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.0.attention.output.LayerNorm")
  %94 = linalg.generic {indexing_maps = [#map2, #map3, #map2], iterator_types = ["parallel", "parallel"]} ins(%87, %92 : tensor<?x384xf32>, tensor<?xf32>) outs(%93 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.divf %x1, %7 : f32
    %b = arith.subf %x0, %a : f32
    linalg.yield %b : f32
  } -> tensor<?x384xf32> loc("encoder.layer.0.attention.output.LayerNorm")
  %95 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.0.attention.output.LayerNorm")
  %96 = linalg.generic {indexing_maps = [#map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%94 : tensor<?x384xf32>) outs(%95 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.mulf %x0, %x0 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.0.attention.output.LayerNorm")
  %97 = tensor.empty(%tokens) : tensor<?xf32> loc("encoder.layer.0.attention.output.LayerNorm")
  %98 = linalg.fill ins(%2 : f32) outs(%97 : tensor<?xf32>) -> tensor<?xf32> loc("encoder.layer.0.attention.output.LayerNorm")
  %99 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%96 : tensor<?x384xf32>) outs(%98 : tensor<?xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?xf32> loc("encoder.layer.0.attention.output.LayerNorm")
  %100 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.0.attention.output.LayerNorm")
  %101 = linalg.generic {indexing_maps = [#map2, #map3, #map4, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%94, %99, %88, %89 : tensor<?x384xf32>, tensor<?xf32>, tensor<384xf32>, tensor<384xf32>) outs(%100 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %acc: f32):
    %a = arith.divf %x1, %7 : f32
    %b = arith.addf %a, %8 : f32
    %c = math.sqrt %b : f32
    %d = arith.divf %x0, %c : f32
    %e = arith.mulf %d, %x2 : f32
    %f = arith.addf %e, %x3 : f32
    linalg.yield %f : f32
  } -> tensor<?x384xf32> loc("encoder.layer.0.attention.output.LayerNorm")
  %102 = arith.constant #compress.external<"model.safetensors", "encoder.layer.0.intermediate.dense.weight"> : tensor<1536x384xf32> loc("encoder.layer.0.intermediate.dense.weight")
  %103 = arith.constant #compress.external<"model.safetensors", "encoder.layer.0.intermediate.dense.bias"> : tensor<1536xf32> loc("encoder.layer.0.intermediate.dense.bias")
  %104 = tensor.empty(%tokens) : tensor<?x1536xf32> loc("encoder.layer.0.intermediate.dense")
  %105 = linalg.fill ins(%2 : f32) outs(%104 : tensor<?x1536xf32>) -> tensor<?x1536xf32> loc("encoder.layer.0.intermediate.dense")
  %106 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%101, %102 : tensor<?x384xf32>, tensor<1536x384xf32>) outs(%105 : tensor<?x1536xf32>) -> tensor<?x1536xf32> loc("encoder.layer.0.intermediate.dense")
  %107 = tensor.empty(%tokens) : tensor<?x1536xf32> loc("encoder.layer.0.intermediate.dense.bias")
  %108 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%106, %103 : tensor<?x1536xf32>, tensor<1536xf32>) outs(%107 : tensor<?x1536xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    %b = arith.mulf %a, %6 : f32
    %c = math.erf %b : f32
    %d = arith.addf %c, %3 : f32
    %e = arith.mulf %a, %5 : f32
    %f = arith.mulf %e, %d : f32
    linalg.yield %f : f32
  } -> tensor<?x1536xf32> loc("encoder.layer.0.intermediate.dense.bias")
  %109 = arith.constant #compress.external<"model.safetensors", "encoder.layer.0.output.dense.weight"> : tensor<384x1536xf32> loc("encoder.layer.0.output.dense.weight")
  %110 = arith.constant #compress.external<"model.safetensors", "encoder.layer.0.output.dense.bias"> : tensor<384xf32> loc("encoder.layer.0.output.dense.bias")
  %111 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.0.output.dense")
  %112 = linalg.fill ins(%2 : f32) outs(%111 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.0.output.dense")
  %113 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%108, %109 : tensor<?x1536xf32>, tensor<384x1536xf32>) outs(%112 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.0.output.dense")
  %114 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.0.output.dense.bias")
  %115 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%113, %110 : tensor<?x384xf32>, tensor<384xf32>) outs(%114 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.0.output.dense.bias")
  %116 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.0.output.LayerNorm")
  %117 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%115, %101 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%116 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.0.output.LayerNorm")
  %118 = arith.constant #compress.external<"model.safetensors", "encoder.layer.0.output.LayerNorm.weight"> : tensor<384xf32> loc("encoder.layer.0.output.LayerNorm.weight")
  %119 = arith.constant #compress.external<"model.safetensors", "encoder.layer.0.output.LayerNorm.bias"> : tensor<384xf32> loc("encoder.layer.0.output.LayerNorm.bias")
  %120 = tensor.empty(%tokens) : tensor<?xf32> loc("encoder.layer.0.output.LayerNorm")
  %121 = linalg.fill ins(%2 : f32) outs(%120 : tensor<?xf32>) -> tensor<?xf32> loc("encoder.layer.0.output.LayerNorm")
  %122 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%117 : tensor<?x384xf32>) outs(%121 : tensor<?xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?xf32> loc("encoder.layer.0.output.LayerNorm")
  %123 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.0.output.LayerNorm")
  %124 = linalg.generic {indexing_maps = [#map2, #map3, #map2], iterator_types = ["parallel", "parallel"]} ins(%117, %122 : tensor<?x384xf32>, tensor<?xf32>) outs(%123 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.divf %x1, %7 : f32
    %b = arith.subf %x0, %a : f32
    linalg.yield %b : f32
  } -> tensor<?x384xf32> loc("encoder.layer.0.output.LayerNorm")
  %125 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.0.output.LayerNorm")
  %126 = linalg.generic {indexing_maps = [#map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%124 : tensor<?x384xf32>) outs(%125 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.mulf %x0, %x0 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.0.output.LayerNorm")
  %127 = tensor.empty(%tokens) : tensor<?xf32> loc("encoder.layer.0.output.LayerNorm")
  %128 = linalg.fill ins(%2 : f32) outs(%127 : tensor<?xf32>) -> tensor<?xf32> loc("encoder.layer.0.output.LayerNorm")
  %129 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%126 : tensor<?x384xf32>) outs(%128 : tensor<?xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?xf32> loc("encoder.layer.0.output.LayerNorm")
  %130 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.0.output.LayerNorm")
  %131 = linalg.generic {indexing_maps = [#map2, #map3, #map4, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%124, %129, %118, %119 : tensor<?x384xf32>, tensor<?xf32>, tensor<384xf32>, tensor<384xf32>) outs(%130 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %acc: f32):
    %a = arith.divf %x1, %7 : f32
    %b = arith.addf %a, %8 : f32
    %c = math.sqrt %b : f32
    %d = arith.divf %x0, %c : f32
    %e = arith.mulf %d, %x2 : f32
    %f = arith.addf %e, %x3 : f32
    linalg.yield %f : f32
  } -> tensor<?x384xf32> loc("encoder.layer.0.output.LayerNorm")
  %132 = arith.constant #compress.external<"model.safetensors", "encoder.layer.1.attention.self.query.weight"> : tensor<384x384xf32> loc("encoder.layer.1.attention.self.query.weight")
  %133 = arith.constant #compress.external<"model.safetensors", "encoder.layer.1.attention.self.query.bias"> : tensor<384xf32> loc("encoder.layer.1.attention.self.query.bias")
  %134 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.1.attention.self.query")
  %135 = linalg.fill ins(%2 : f32) outs(%134 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.1.attention.self.query")
  %136 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%131, %132 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%135 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.1.attention.self.query")
  %137 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.1.attention.self.query.bias")
  %138 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%136, %133 : tensor<?x384xf32>, tensor<384xf32>) outs(%137 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.1.attention.self.query.bias")
  %139 = tensor.expand_shape %138 [[0, 1], [2, 3]] output_shape [%batch, 32, 12, 32] : tensor<?x384xf32> into tensor<?x32x12x32xf32> loc("encoder.layer.1.attention.self.query")
  %140 = arith.constant #compress.external<"model.safetensors", "encoder.layer.1.attention.self.key.weight"> : tensor<384x384xf32> loc("encoder.layer.1.attention.self.key.weight")
  %141 = arith.constant #compress.external<"model.safetensors", "encoder.layer.1.attention.self.key.bias"> : tensor<384xf32> loc("encoder.layer.1.attention.self.key.bias")
  %142 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.1.attention.self.key")
  %143 = linalg.fill ins(%2 : f32) outs(%142 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.1.attention.self.key")
  %144 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%131, %140 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%143 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.1.attention.self.key")
  %145 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.1.attention.self.key.bias")
  %146 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%144, %141 : tensor<?x384xf32>, tensor<384xf32>) outs(%145 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.1.attention.self.key.bias")
  %147 = tensor.expand_shape %146 [[0, 1], [2, 3]] output_shape [%batch, 32, 12, 32] : tensor<?x384xf32> into tensor<?x32x12x32xf32> loc("encoder.layer.1.attention.self.key")
  %148 = arith.constant #compress.external<"model.safetensors", "encoder.layer.1.attention.self.value.weight"> : tensor<384x384xf32> loc("encoder.layer.1.attention.self.value.weight")
  %149 = arith.constant #compress.external<"model.safetensors", "encoder.layer.1.attention.self.value.bias"> : tensor<384xf32> loc("encoder.layer.1.attention.self.value.bias")
  %150 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.1.attention.self.value")
  %151 = linalg.fill ins(%2 : f32) outs(%150 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.1.attention.self.value")
  %152 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%131, %148 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%151 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.1.attention.self.value")
  %153 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.1.attention.self.value.bias")
  %154 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%152, %149 : tensor<?x384xf32>, tensor<384xf32>) outs(%153 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.1.attention.self.value.bias")
  %155 = tensor.expand_shape %154 [[0, 1], [2, 3]] output_shape [%batch, 32, 12, 32] : tensor<?x384xf32> into tensor<?x32x12x32xf32> loc("encoder.layer.1.attention.self.value")
  %156 = tensor.empty(%batch) : tensor<?x12x32x32xf32> loc("encoder.layer.1.attention.self.scores")
  %157 = linalg.fill ins(%2 : f32) outs(%156 : tensor<?x12x32x32xf32>) -> tensor<?x12x32x32xf32> loc("encoder.layer.1.attention.self.scores")
  %158 = linalg.generic {indexing_maps = [#map7, #map8, #map9], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%139, %147 : tensor<?x32x12x32xf32>, tensor<?x32x12x32xf32>) outs(%157 : tensor<?x12x32x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.mulf %x0, %x1 : f32
    %b = arith.addf %acc, %a : f32
    linalg.yield %b : f32
  } -> tensor<?x12x32x32xf32> loc("encoder.layer.1.attention.self.scores")
  %159 = tensor.empty(%batch) : tensor<?x12x32x32xf32> loc("encoder.layer.1.attention.self.scores")
  %160 = linalg.generic {indexing_maps = [#map10, #map11, #map10], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%158, %35 : tensor<?x12x32x32xf32>, tensor<?x32xf32>) outs(%159 : tensor<?x12x32x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.mulf %x0, %9 : f32
    %b = arith.addf %a, %x1 : f32
    linalg.yield %b : f32
  } -> tensor<?x12x32x32xf32> loc("encoder.layer.1.attention.self.scores")
  %161 = tensor.empty(%batch) : tensor<?x12x32xf32> loc("encoder.layer.1.attention.self.softmax")
  %162 = linalg.fill ins(%4 : f32) outs(%161 : tensor<?x12x32xf32>) -> tensor<?x12x32xf32> loc("encoder.layer.1.attention.self.softmax")
  %163 = linalg.generic {indexing_maps = [#map10, #map12], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%160 : tensor<?x12x32x32xf32>) outs(%162 : tensor<?x12x32xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.maximumf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?x12x32xf32> loc("encoder.layer.1.attention.self.softmax")
  %164 = tensor.empty(%batch) : tensor<?x12x32x32xf32> loc("encoder.layer.1.attention.self.softmax")
  %165 = linalg.generic {indexing_maps = [#map10, #map12, #map10], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%160, %163 : tensor<?x12x32x32xf32>, tensor<?x12x32xf32>) outs(%164 : tensor<?x12x32x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.subf %x0, %x1 : f32
    %b = math.exp %a : f32
    linalg.yield %b : f32
  } -> tensor<?x12x32x32xf32> loc("encoder.layer.1.attention.self.softmax")
  %166 = tensor.empty(%batch) : tensor<?x12x32xf32> loc("encoder.layer.1.attention.self.softmax")
  %167 = linalg.fill ins(%2 : f32) outs(%166 : tensor<?x12x32xf32>) -> tensor<?x12x32xf32> loc("encoder.layer.1.attention.self.softmax")
  %168 = linalg.generic {indexing_maps = [#map10, #map12], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%165 : tensor<?x12x32x32xf32>) outs(%167 : tensor<?x12x32xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?x12x32xf32> loc("encoder.layer.1.attention.self.softmax")
  %169 = tensor.empty(%batch) : tensor<?x12x32x32xf32> loc("encoder.layer.1.attention.self.softmax")
  %170 = linalg.generic {indexing_maps = [#map10, #map12, #map10], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%165, %168 : tensor<?x12x32x32xf32>, tensor<?x12x32xf32>) outs(%169 : tensor<?x12x32x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.divf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x12x32x32xf32> loc("encoder.layer.1.attention.self.softmax")
  %171 = tensor.empty(%batch) : tensor<?x32x12x32xf32> loc("encoder.layer.1.attention.self.context")
  %172 = linalg.fill ins(%2 : f32) outs(%171 : tensor<?x32x12x32xf32>) -> tensor<?x32x12x32xf32> loc("encoder.layer.1.attention.self.context")
  %173 = linalg.generic {indexing_maps = [#map7, #map13, #map9], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%170, %155 : tensor<?x12x32x32xf32>, tensor<?x32x12x32xf32>) outs(%172 : tensor<?x32x12x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.mulf %x0, %x1 : f32
    %b = arith.addf %acc, %a : f32
    linalg.yield %b : f32
  } -> tensor<?x32x12x32xf32> loc("encoder.layer.1.attention.self.context")
  %174 = tensor.collapse_shape %173 [[0, 1], [2, 3]] : tensor<?x32x12x32xf32> into tensor<?x384xf32> loc("encoder.layer.1.attention.self.context")
  %175 = arith.constant #compress.external<"model.safetensors", "encoder.layer.1.attention.output.dense.weight"> : tensor<384x384xf32> loc("encoder.layer.1.attention.output.dense.weight")
  %176 = arith.constant #compress.external<"model.safetensors", "encoder.layer.1.attention.output.dense.bias"> : tensor<384xf32> loc("encoder.layer.1.attention.output.dense.bias")
  %177 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.1.attention.output.dense")
  %178 = linalg.fill ins(%2 : f32) outs(%177 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.1.attention.output.dense")
  %179 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%174, %175 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%178 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.1.attention.output.dense")
  %180 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.1.attention.output.dense.bias")
  %181 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%179, %176 : tensor<?x384xf32>, tensor<384xf32>) outs(%180 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.1.attention.output.dense.bias")
  %182 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.1.attention.output.LayerNorm")
  %183 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%181, %131 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%182 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.1.attention.output.LayerNorm")
  %184 = arith.constant #compress.external<"model.safetensors", "encoder.layer.1.attention.output.LayerNorm.weight"> : tensor<384xf32> loc("encoder.layer.1.attention.output.LayerNorm.weight")
  %185 = arith.constant #compress.external<"model.safetensors", "encoder.layer.1.attention.output.LayerNorm.bias"> : tensor<384xf32> loc("encoder.layer.1.attention.output.LayerNorm.bias")
  %186 = tensor.empty(%tokens) : tensor<?xf32> loc("encoder.layer.1.attention.output.LayerNorm")
  %187 = linalg.fill ins(%2 : f32) outs(%186 : tensor<?xf32>) -> tensor<?xf32> loc("encoder.layer.1.attention.output.LayerNorm")
  %188 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%183 : tensor<?x384xf32>) outs(%187 : tensor<?xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?xf32> loc("encoder.layer.1.attention.output.LayerNorm")
  %189 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.1.attention.output.LayerNorm")
  %190 = linalg.generic {indexing_maps = [#map2, #map3, #map2], iterator_types = ["parallel", "parallel"]} ins(%183, %188 : tensor<?x384xf32>, tensor<?xf32>) outs(%189 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.divf %x1, %7 : f32
    %b = arith.subf %x0, %a : f32
    linalg.yield %b : f32
  } -> tensor<?x384xf32> loc("encoder.layer.1.attention.output.LayerNorm")
  %191 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.1.attention.output.LayerNorm")
  %192 = linalg.generic {indexing_maps = [#map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%190 : tensor<?x384xf32>) outs(%191 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.mulf %x0, %x0 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.1.attention.output.LayerNorm")
  %193 = tensor.empty(%tokens) : tensor<?xf32> loc("encoder.layer.1.attention.output.LayerNorm")
  %194 = linalg.fill ins(%2 : f32) outs(%193 : tensor<?xf32>) -> tensor<?xf32> loc("encoder.layer.1.attention.output.LayerNorm")
  %195 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%192 : tensor<?x384xf32>) outs(%194 : tensor<?xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?xf32> loc("encoder.layer.1.attention.output.LayerNorm")
  %196 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.1.attention.output.LayerNorm")
  %197 = linalg.generic {indexing_maps = [#map2, #map3, #map4, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%190, %195, %184, %185 : tensor<?x384xf32>, tensor<?xf32>, tensor<384xf32>, tensor<384xf32>) outs(%196 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %acc: f32):
    %a = arith.divf %x1, %7 : f32
    %b = arith.addf %a, %8 : f32
    %c = math.sqrt %b : f32
    %d = arith.divf %x0, %c : f32
    %e = arith.mulf %d, %x2 : f32
    %f = arith.addf %e, %x3 : f32
    linalg.yield %f : f32
  } -> tensor<?x384xf32> loc("encoder.layer.1.attention.output.LayerNorm")
  %198 = arith.constant #compress.external<"model.safetensors", "encoder.layer.1.intermediate.dense.weight"> : tensor<1536x384xf32> loc("encoder.layer.1.intermediate.dense.weight")
  %199 = arith.constant #compress.external<"model.safetensors", "encoder.layer.1.intermediate.dense.bias"> : tensor<1536xf32> loc("encoder.layer.1.intermediate.dense.bias")
  %200 = tensor.empty(%tokens) : tensor<?x1536xf32> loc("encoder.layer.1.intermediate.dense")
  %201 = linalg.fill ins(%2 : f32) outs(%200 : tensor<?x1536xf32>) -> tensor<?x1536xf32> loc("encoder.layer.1.intermediate.dense")
  %202 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%197, %198 : tensor<?x384xf32>, tensor<1536x384xf32>) outs(%201 : tensor<?x1536xf32>) -> tensor<?x1536xf32> loc("encoder.layer.1.intermediate.dense")
  %203 = tensor.empty(%tokens) : tensor<?x1536xf32> loc("encoder.layer.1.intermediate.dense.bias")
  %204 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%202, %199 : tensor<?x1536xf32>, tensor<1536xf32>) outs(%203 : tensor<?x1536xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    %b = arith.mulf %a, %6 : f32
    %c = math.erf %b : f32
    %d = arith.addf %c, %3 : f32
    %e = arith.mulf %a, %5 : f32
    %f = arith.mulf %e, %d : f32
    linalg.yield %f : f32
  } -> tensor<?x1536xf32> loc("encoder.layer.1.intermediate.dense.bias")
  %205 = arith.constant #compress.external<"model.safetensors", "encoder.layer.1.output.dense.weight"> : tensor<384x1536xf32> loc("encoder.layer.1.output.dense.weight")
  %206 = arith.constant #compress.external<"model.safetensors", "encoder.layer.1.output.dense.bias"> : tensor<384xf32> loc("encoder.layer.1.output.dense.bias")
  %207 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.1.output.dense")
  %208 = linalg.fill ins(%2 : f32) outs(%207 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.1.output.dense")
  %209 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%204, %205 : tensor<?x1536xf32>, tensor<384x1536xf32>) outs(%208 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.1.output.dense")
  %210 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.1.output.dense.bias")
  %211 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%209, %206 : tensor<?x384xf32>, tensor<384xf32>) outs(%210 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.1.output.dense.bias")
  %212 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.1.output.LayerNorm")
  %213 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%211, %197 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%212 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.1.output.LayerNorm")
  %214 = arith.constant #compress.external<"model.safetensors", "encoder.layer.1.output.LayerNorm.weight"> : tensor<384xf32> loc("encoder.layer.1.output.LayerNorm.weight")
  %215 = arith.constant #compress.external<"model.safetensors", "encoder.layer.1.output.LayerNorm.bias"> : tensor<384xf32> loc("encoder.layer.1.output.LayerNorm.bias")
  %216 = tensor.empty(%tokens) : tensor<?xf32> loc("encoder.layer.1.output.LayerNorm")
  %217 = linalg.fill ins(%2 : f32) outs(%216 : tensor<?xf32>) -> tensor<?xf32> loc("encoder.layer.1.output.LayerNorm")
  %218 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%213 : tensor<?x384xf32>) outs(%217 : tensor<?xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?xf32> loc("encoder.layer.1.output.LayerNorm")
  %219 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.1.output.LayerNorm")
  %220 = linalg.generic {indexing_maps = [#map2, #map3, #map2], iterator_types = ["parallel", "parallel"]} ins(%213, %218 : tensor<?x384xf32>, tensor<?xf32>) outs(%219 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.divf %x1, %7 : f32
    %b = arith.subf %x0, %a : f32
    linalg.yield %b : f32
  } -> tensor<?x384xf32> loc("encoder.layer.1.output.LayerNorm")
  %221 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.1.output.LayerNorm")
  %222 = linalg.generic {indexing_maps = [#map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%220 : tensor<?x384xf32>) outs(%221 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.mulf %x0, %x0 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.1.output.LayerNorm")
  %223 = tensor.empty(%tokens) : tensor<?xf32> loc("encoder.layer.1.output.LayerNorm")
  %224 = linalg.fill ins(%2 : f32) outs(%223 : tensor<?xf32>) -> tensor<?xf32> loc("encoder.layer.1.output.LayerNorm")
  %225 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%222 : tensor<?x384xf32>) outs(%224 : tensor<?xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?xf32> loc("encoder.layer.1.output.LayerNorm")
  %226 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.1.output.LayerNorm")
  %227 = linalg.generic {indexing_maps = [#map2, #map3, #map4, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%220, %225, %214, %215 : tensor<?x384xf32>, tensor<?xf32>, tensor<384xf32>, tensor<384xf32>) outs(%226 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %acc: f32):
    %a = arith.divf %x1, %7 : f32
    %b = arith.addf %a, %8 : f32
    %c = math.sqrt %b : f32
    %d = arith.divf %x0, %c : f32
    %e = arith.mulf %d, %x2 : f32
    %f = arith.addf %e, %x3 : f32
    linalg.yield %f : f32
  } -> tensor<?x384xf32> loc("encoder.layer.1.output.LayerNorm")
  %228 = arith.constant #compress.external<"model.safetensors", "encoder.layer.2.attention.self.query.weight"> : tensor<384x384xf32> loc("encoder.layer.2.attention.self.query.weight")
  %229 = arith.constant #compress.external<"model.safetensors", "encoder.layer.2.attention.self.query.bias"> : tensor<384xf32> loc("encoder.layer.2.attention.self.query.bias")
  %230 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.2.attention.self.query")
  %231 = linalg.fill ins(%2 : f32) outs(%230 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.2.attention.self.query")
  %232 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%227, %228 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%231 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.2.attention.self.query")
  %233 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.2.attention.self.query.bias")
  %234 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%232, %229 : tensor<?x384xf32>, tensor<384xf32>) outs(%233 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.2.attention.self.query.bias")
  %235 = tensor.expand_shape %234 [[0, 1], [2, 3]] output_shape [%batch, 32, 12, 32] : tensor<?x384xf32> into tensor<?x32x12x32xf32> loc("encoder.layer.2.attention.self.query")
  %236 = arith.constant #compress.external<"model.safetensors", "encoder.layer.2.attention.self.key.weight"> : tensor<384x384xf32> loc("encoder.layer.2.attention.self.key.weight")
  %237 = arith.constant #compress.external<"model.safetensors", "encoder.layer.2.attention.self.key.bias"> : tensor<384xf32> loc("encoder.layer.2.attention.self.key.bias")
  %238 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.2.attention.self.key")
  %239 = linalg.fill ins(%2 : f32) outs(%238 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.2.attention.self.key")
  %240 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%227, %236 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%239 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.2.attention.self.key")
  %241 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.2.attention.self.key.bias")
  %242 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%240, %237 : tensor<?x384xf32>, tensor<384xf32>) outs(%241 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.2.attention.self.key.bias")
  %243 = tensor.expand_shape %242 [[0, 1], [2, 3]] output_shape [%batch, 32, 12, 32] : tensor<?x384xf32> into tensor<?x32x12x32xf32> loc("encoder.layer.2.attention.self.key")
  %244 = arith.constant #compress.external<"model.safetensors", "encoder.layer.2.attention.self.value.weight"> : tensor<384x384xf32> loc("encoder.layer.2.attention.self.value.weight")
  %245 = arith.constant #compress.external<"model.safetensors", "encoder.layer.2.attention.self.value.bias"> : tensor<384xf32> loc("encoder.layer.2.attention.self.value.bias")
  %246 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.2.attention.self.value")
  %247 = linalg.fill ins(%2 : f32) outs(%246 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.2.attention.self.value")
  %248 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%227, %244 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%247 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.2.attention.self.value")
  %249 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.2.attention.self.value.bias")
  %250 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%248, %245 : tensor<?x384xf32>, tensor<384xf32>) outs(%249 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.2.attention.self.value.bias")
  %251 = tensor.expand_shape %250 [[0, 1], [2, 3]] output_shape [%batch, 32, 12, 32] : tensor<?x384xf32> into tensor<?x32x12x32xf32> loc("encoder.layer.2.attention.self.value")
  %252 = tensor.empty(%batch) : tensor<?x12x32x32xf32> loc("encoder.layer.2.attention.self.scores")
  %253 = linalg.fill ins(%2 : f32) outs(%252 : tensor<?x12x32x32xf32>) -> tensor<?x12x32x32xf32> loc("encoder.layer.2.attention.self.scores")
  %254 = linalg.generic {indexing_maps = [#map7, #map8, #map9], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%235, %243 : tensor<?x32x12x32xf32>, tensor<?x32x12x32xf32>) outs(%253 : tensor<?x12x32x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.mulf %x0, %x1 : f32
    %b = arith.addf %acc, %a : f32
    linalg.yield %b : f32
  } -> tensor<?x12x32x32xf32> loc("encoder.layer.2.attention.self.scores")
  %255 = tensor.empty(%batch) : tensor<?x12x32x32xf32> loc("encoder.layer.2.attention.self.scores")
  %256 = linalg.generic {indexing_maps = [#map10, #map11, #map10], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%254, %35 : tensor<?x12x32x32xf32>, tensor<?x32xf32>) outs(%255 : tensor<?x12x32x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.mulf %x0, %9 : f32
    %b = arith.addf %a, %x1 : f32
    linalg.yield %b : f32
  } -> tensor<?x12x32x32xf32> loc("encoder.layer.2.attention.self.scores")
  %257 = tensor.empty(%batch) : tensor<?x12x32xf32> loc("encoder.layer.2.attention.self.softmax")
  %258 = linalg.fill ins(%4 : f32) outs(%257 : tensor<?x12x32xf32>) -> tensor<?x12x32xf32> loc("encoder.layer.2.attention.self.softmax")
  %259 = linalg.generic {indexing_maps = [#map10, #map12], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%256 : tensor<?x12x32x32xf32>) outs(%258 : tensor<?x12x32xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.maximumf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?x12x32xf32> loc("encoder.layer.2.attention.self.softmax")
  %260 = tensor.empty(%batch) : tensor<?x12x32x32xf32> loc("encoder.layer.2.attention.self.softmax")
  %261 = linalg.generic {indexing_maps = [#map10, #map12, #map10], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%256, %259 : tensor<?x12x32x32xf32>, tensor<?x12x32xf32>) outs(%260 : tensor<?x12x32x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.subf %x0, %x1 : f32
    %b = math.exp %a : f32
    linalg.yield %b : f32
  } -> tensor<?x12x32x32xf32> loc("encoder.layer.2.attention.self.softmax")
  %262 = tensor.empty(%batch) : tensor<?x12x32xf32> loc("encoder.layer.2.attention.self.softmax")
  %263 = linalg.fill ins(%2 : f32) outs(%262 : tensor<?x12x32xf32>) -> tensor<?x12x32xf32> loc("encoder.layer.2.attention.self.softmax")
  %264 = linalg.generic {indexing_maps = [#map10, #map12], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%261 : tensor<?x12x32x32xf32>) outs(%263 : tensor<?x12x32xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?x12x32xf32> loc("encoder.layer.2.attention.self.softmax")
  %265 = tensor.empty(%batch) : tensor<?x12x32x32xf32> loc("encoder.layer.2.attention.self.softmax")
  %266 = linalg.generic {indexing_maps = [#map10, #map12, #map10], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%261, %264 : tensor<?x12x32x32xf32>, tensor<?x12x32xf32>) outs(%265 : tensor<?x12x32x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.divf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x12x32x32xf32> loc("encoder.layer.2.attention.self.softmax")
  %267 = tensor.empty(%batch) : tensor<?x32x12x32xf32> loc("encoder.layer.2.attention.self.context")
  %268 = linalg.fill ins(%2 : f32) outs(%267 : tensor<?x32x12x32xf32>) -> tensor<?x32x12x32xf32> loc("encoder.layer.2.attention.self.context")
  %269 = linalg.generic {indexing_maps = [#map7, #map13, #map9], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%266, %251 : tensor<?x12x32x32xf32>, tensor<?x32x12x32xf32>) outs(%268 : tensor<?x32x12x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.mulf %x0, %x1 : f32
    %b = arith.addf %acc, %a : f32
    linalg.yield %b : f32
  } -> tensor<?x32x12x32xf32> loc("encoder.layer.2.attention.self.context")
  %270 = tensor.collapse_shape %269 [[0, 1], [2, 3]] : tensor<?x32x12x32xf32> into tensor<?x384xf32> loc("encoder.layer.2.attention.self.context")
  %271 = arith.constant #compress.external<"model.safetensors", "encoder.layer.2.attention.output.dense.weight"> : tensor<384x384xf32> loc("encoder.layer.2.attention.output.dense.weight")
  %272 = arith.constant #compress.external<"model.safetensors", "encoder.layer.2.attention.output.dense.bias"> : tensor<384xf32> loc("encoder.layer.2.attention.output.dense.bias")
  %273 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.2.attention.output.dense")
  %274 = linalg.fill ins(%2 : f32) outs(%273 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.2.attention.output.dense")
  %275 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%270, %271 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%274 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.2.attention.output.dense")
  %276 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.2.attention.output.dense.bias")
  %277 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%275, %272 : tensor<?x384xf32>, tensor<384xf32>) outs(%276 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.2.attention.output.dense.bias")
  %278 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.2.attention.output.LayerNorm")
  %279 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%277, %227 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%278 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.2.attention.output.LayerNorm")
  %280 = arith.constant #compress.external<"model.safetensors", "encoder.layer.2.attention.output.LayerNorm.weight"> : tensor<384xf32> loc("encoder.layer.2.attention.output.LayerNorm.weight")
  %281 = arith.constant #compress.external<"model.safetensors", "encoder.layer.2.attention.output.LayerNorm.bias"> : tensor<384xf32> loc("encoder.layer.2.attention.output.LayerNorm.bias")
  %282 = tensor.empty(%tokens) : tensor<?xf32> loc("encoder.layer.2.attention.output.LayerNorm")
  %283 = linalg.fill ins(%2 : f32) outs(%282 : tensor<?xf32>) -> tensor<?xf32> loc("encoder.layer.2.attention.output.LayerNorm")
  %284 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%279 : tensor<?x384xf32>) outs(%283 : tensor<?xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?xf32> loc("encoder.layer.2.attention.output.LayerNorm")
  %285 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.2.attention.output.LayerNorm")
  %286 = linalg.generic {indexing_maps = [#map2, #map3, #map2], iterator_types = ["parallel", "parallel"]} ins(%279, %284 : tensor<?x384xf32>, tensor<?xf32>) outs(%285 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.divf %x1, %7 : f32
    %b = arith.subf %x0, %a : f32
    linalg.yield %b : f32
  } -> tensor<?x384xf32> loc("encoder.layer.2.attention.output.LayerNorm")
  %287 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.2.attention.output.LayerNorm")
  %288 = linalg.generic {indexing_maps = [#map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%286 : tensor<?x384xf32>) outs(%287 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.mulf %x0, %x0 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.2.attention.output.LayerNorm")
  %289 = tensor.empty(%tokens) : tensor<?xf32> loc("encoder.layer.2.attention.output.LayerNorm")
  %290 = linalg.fill ins(%2 : f32) outs(%289 : tensor<?xf32>) -> tensor<?xf32> loc("encoder.layer.2.attention.output.LayerNorm")
  %291 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%288 : tensor<?x384xf32>) outs(%290 : tensor<?xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?xf32> loc("encoder.layer.2.attention.output.LayerNorm")
  %292 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.2.attention.output.LayerNorm")
  %293 = linalg.generic {indexing_maps = [#map2, #map3, #map4, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%286, %291, %280, %281 : tensor<?x384xf32>, tensor<?xf32>, tensor<384xf32>, tensor<384xf32>) outs(%292 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %acc: f32):
    %a = arith.divf %x1, %7 : f32
    %b = arith.addf %a, %8 : f32
    %c = math.sqrt %b : f32
    %d = arith.divf %x0, %c : f32
    %e = arith.mulf %d, %x2 : f32
    %f = arith.addf %e, %x3 : f32
    linalg.yield %f : f32
  } -> tensor<?x384xf32> loc("encoder.layer.2.attention.output.LayerNorm")
  %294 = arith.constant #compress.external<"model.safetensors", "encoder.layer.2.intermediate.dense.weight"> : tensor<1536x384xf32> loc("encoder.layer.2.intermediate.dense.weight")
  %295 = arith.constant #compress.external<"model.safetensors", "encoder.layer.2.intermediate.dense.bias"> : tensor<1536xf32> loc("encoder.layer.2.intermediate.dense.bias")
  %296 = tensor.empty(%tokens) : tensor<?x1536xf32> loc("encoder.layer.2.intermediate.dense")
  %297 = linalg.fill ins(%2 : f32) outs(%296 : tensor<?x1536xf32>) -> tensor<?x1536xf32> loc("encoder.layer.2.intermediate.dense")
  %298 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%293, %294 : tensor<?x384xf32>, tensor<1536x384xf32>) outs(%297 : tensor<?x1536xf32>) -> tensor<?x1536xf32> loc("encoder.layer.2.intermediate.dense")
  %299 = tensor.empty(%tokens) : tensor<?x1536xf32> loc("encoder.layer.2.intermediate.dense.bias")
  %300 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%298, %295 : tensor<?x1536xf32>, tensor<1536xf32>) outs(%299 : tensor<?x1536xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    %b = arith.mulf %a, %6 : f32
    %c = math.erf %b : f32
    %d = arith.addf %c, %3 : f32
    %e = arith.mulf %a, %5 : f32
    %f = arith.mulf %e, %d : f32
    linalg.yield %f : f32
  } -> tensor<?x1536xf32> loc("encoder.layer.2.intermediate.dense.bias")
  %301 = arith.constant #compress.external<"model.safetensors", "encoder.layer.2.output.dense.weight"> : tensor<384x1536xf32> loc("encoder.layer.2.output.dense.weight")
  %302 = arith.constant #compress.external<"model.safetensors", "encoder.layer.2.output.dense.bias"> : tensor<384xf32> loc("encoder.layer.2.output.dense.bias")
  %303 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.2.output.dense")
  %304 = linalg.fill ins(%2 : f32) outs(%303 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.2.output.dense")
  %305 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%300, %301 : tensor<?x1536xf32>, tensor<384x1536xf32>) outs(%304 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.2.output.dense")
  %306 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.2.output.dense.bias")
  %307 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%305, %302 : tensor<?x384xf32>, tensor<384xf32>) outs(%306 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.2.output.dense.bias")
  %308 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.2.output.LayerNorm")
  %309 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%307, %293 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%308 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.2.output.LayerNorm")
  %310 = arith.constant #compress.external<"model.safetensors", "encoder.layer.2.output.LayerNorm.weight"> : tensor<384xf32> loc("encoder.layer.2.output.LayerNorm.weight")
  %311 = arith.constant #compress.external<"model.safetensors", "encoder.layer.2.output.LayerNorm.bias"> : tensor<384xf32> loc("encoder.layer.2.output.LayerNorm.bias")
  %312 = tensor.empty(%tokens) : tensor<?xf32> loc("encoder.layer.2.output.LayerNorm")
  %313 = linalg.fill ins(%2 : f32) outs(%312 : tensor<?xf32>) -> tensor<?xf32> loc("encoder.layer.2.output.LayerNorm")
  %314 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%309 : tensor<?x384xf32>) outs(%313 : tensor<?xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?xf32> loc("encoder.layer.2.output.LayerNorm")
  %315 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.2.output.LayerNorm")
  %316 = linalg.generic {indexing_maps = [#map2, #map3, #map2], iterator_types = ["parallel", "parallel"]} ins(%309, %314 : tensor<?x384xf32>, tensor<?xf32>) outs(%315 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.divf %x1, %7 : f32
    %b = arith.subf %x0, %a : f32
    linalg.yield %b : f32
  } -> tensor<?x384xf32> loc("encoder.layer.2.output.LayerNorm")
  %317 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.2.output.LayerNorm")
  %318 = linalg.generic {indexing_maps = [#map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%316 : tensor<?x384xf32>) outs(%317 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.mulf %x0, %x0 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.2.output.LayerNorm")
  %319 = tensor.empty(%tokens) : tensor<?xf32> loc("encoder.layer.2.output.LayerNorm")
  %320 = linalg.fill ins(%2 : f32) outs(%319 : tensor<?xf32>) -> tensor<?xf32> loc("encoder.layer.2.output.LayerNorm")
  %321 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%318 : tensor<?x384xf32>) outs(%320 : tensor<?xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?xf32> loc("encoder.layer.2.output.LayerNorm")
  %322 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.2.output.LayerNorm")
  %323 = linalg.generic {indexing_maps = [#map2, #map3, #map4, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%316, %321, %310, %311 : tensor<?x384xf32>, tensor<?xf32>, tensor<384xf32>, tensor<384xf32>) outs(%322 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %acc: f32):
    %a = arith.divf %x1, %7 : f32
    %b = arith.addf %a, %8 : f32
    %c = math.sqrt %b : f32
    %d = arith.divf %x0, %c : f32
    %e = arith.mulf %d, %x2 : f32
    %f = arith.addf %e, %x3 : f32
    linalg.yield %f : f32
  } -> tensor<?x384xf32> loc("encoder.layer.2.output.LayerNorm")
  %324 = arith.constant #compress.external<"model.safetensors", "encoder.layer.3.attention.self.query.weight"> : tensor<384x384xf32> loc("encoder.layer.3.attention.self.query.weight")
  %325 = arith.constant #compress.external<"model.safetensors", "encoder.layer.3.attention.self.query.bias"> : tensor<384xf32> loc("encoder.layer.3.attention.self.query.bias")
  %326 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.3.attention.self.query")
  %327 = linalg.fill ins(%2 : f32) outs(%326 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.3.attention.self.query")
  %328 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%323, %324 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%327 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.3.attention.self.query")
  %329 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.3.attention.self.query.bias")
  %330 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%328, %325 : tensor<?x384xf32>, tensor<384xf32>) outs(%329 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.3.attention.self.query.bias")
  %331 = tensor.expand_shape %330 [[0, 1], [2, 3]] output_shape [%batch, 32, 12, 32] : tensor<?x384xf32> into tensor<?x32x12x32xf32> loc("encoder.layer.3.attention.self.query")
  %332 = arith.constant #compress.external<"model.safetensors", "encoder.layer.3.attention.self.key.weight"> : tensor<384x384xf32> loc("encoder.layer.3.attention.self.key.weight")
  %333 = arith.constant #compress.external<"model.safetensors", "encoder.layer.3.attention.self.key.bias"> : tensor<384xf32> loc("encoder.layer.3.attention.self.key.bias")
  %334 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.3.attention.self.key")
  %335 = linalg.fill ins(%2 : f32) outs(%334 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.3.attention.self.key")
  %336 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%323, %332 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%335 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.3.attention.self.key")
  %337 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.3.attention.self.key.bias")
  %338 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%336, %333 : tensor<?x384xf32>, tensor<384xf32>) outs(%337 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.3.attention.self.key.bias")
  %339 = tensor.expand_shape %338 [[0, 1], [2, 3]] output_shape [%batch, 32, 12, 32] : tensor<?x384xf32> into tensor<?x32x12x32xf32> loc("encoder.layer.3.attention.self.key")
  %340 = arith.constant #compress.external<"model.safetensors", "encoder.layer.3.attention.self.value.weight"> : tensor<384x384xf32> loc("encoder.layer.3.attention.self.value.weight")
  %341 = arith.constant #compress.external<"model.safetensors", "encoder.layer.3.attention.self.value.bias"> : tensor<384xf32> loc("encoder.layer.3.attention.self.value.bias")
  %342 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.3.attention.self.value")
  %343 = linalg.fill ins(%2 : f32) outs(%342 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.3.attention.self.value")
  %344 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%323, %340 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%343 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.3.attention.self.value")
  %345 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.3.attention.self.value.bias")
  %346 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%344, %341 : tensor<?x384xf32>, tensor<384xf32>) outs(%345 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.3.attention.self.value.bias")
  %347 = tensor.expand_shape %346 [[0, 1], [2, 3]] output_shape [%batch, 32, 12, 32] : tensor<?x384xf32> into tensor<?x32x12x32xf32> loc("encoder.layer.3.attention.self.value")
  %348 = tensor.empty(%batch) : tensor<?x12x32x32xf32> loc("encoder.layer.3.attention.self.scores")
  %349 = linalg.fill ins(%2 : f32) outs(%348 : tensor<?x12x32x32xf32>) -> tensor<?x12x32x32xf32> loc("encoder.layer.3.attention.self.scores")
  %350 = linalg.generic {indexing_maps = [#map7, #map8, #map9], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%331, %339 : tensor<?x32x12x32xf32>, tensor<?x32x12x32xf32>) outs(%349 : tensor<?x12x32x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.mulf %x0, %x1 : f32
    %b = arith.addf %acc, %a : f32
    linalg.yield %b : f32
  } -> tensor<?x12x32x32xf32> loc("encoder.layer.3.attention.self.scores")
  %351 = tensor.empty(%batch) : tensor<?x12x32x32xf32> loc("encoder.layer.3.attention.self.scores")
  %352 = linalg.generic {indexing_maps = [#map10, #map11, #map10], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%350, %35 : tensor<?x12x32x32xf32>, tensor<?x32xf32>) outs(%351 : tensor<?x12x32x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.mulf %x0, %9 : f32
    %b = arith.addf %a, %x1 : f32
    linalg.yield %b : f32
  } -> tensor<?x12x32x32xf32> loc("encoder.layer.3.attention.self.scores")
  %353 = tensor.empty(%batch) : tensor<?x12x32xf32> loc("encoder.layer.3.attention.self.softmax")
  %354 = linalg.fill ins(%4 : f32) outs(%353 : tensor<?x12x32xf32>) -> tensor<?x12x32xf32> loc("encoder.layer.3.attention.self.softmax")
  %355 = linalg.generic {indexing_maps = [#map10, #map12], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%352 : tensor<?x12x32x32xf32>) outs(%354 : tensor<?x12x32xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.maximumf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?x12x32xf32> loc("encoder.layer.3.attention.self.softmax")
  %356 = tensor.empty(%batch) : tensor<?x12x32x32xf32> loc("encoder.layer.3.attention.self.softmax")
  %357 = linalg.generic {indexing_maps = [#map10, #map12, #map10], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%352, %355 : tensor<?x12x32x32xf32>, tensor<?x12x32xf32>) outs(%356 : tensor<?x12x32x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.subf %x0, %x1 : f32
    %b = math.exp %a : f32
    linalg.yield %b : f32
  } -> tensor<?x12x32x32xf32> loc("encoder.layer.3.attention.self.softmax")
  %358 = tensor.empty(%batch) : tensor<?x12x32xf32> loc("encoder.layer.3.attention.self.softmax")
  %359 = linalg.fill ins(%2 : f32) outs(%358 : tensor<?x12x32xf32>) -> tensor<?x12x32xf32> loc("encoder.layer.3.attention.self.softmax")
  %360 = linalg.generic {indexing_maps = [#map10, #map12], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%357 : tensor<?x12x32x32xf32>) outs(%359 : tensor<?x12x32xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?x12x32xf32> loc("encoder.layer.3.attention.self.softmax")
  %361 = tensor.empty(%batch) : tensor<?x12x32x32xf32> loc("encoder.layer.3.attention.self.softmax")
  %362 = linalg.generic {indexing_maps = [#map10, #map12, #map10], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%357, %360 : tensor<?x12x32x32xf32>, tensor<?x12x32xf32>) outs(%361 : tensor<?x12x32x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.divf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x12x32x32xf32> loc("encoder.layer.3.attention.self.softmax")
  %363 = tensor.empty(%batch) : tensor<?x32x12x32xf32> loc("encoder.layer.3.attention.self.context")
  %364 = linalg.fill ins(%2 : f32) outs(%363 : tensor<?x32x12x32xf32>) -> tensor<?x32x12x32xf32> loc("encoder.layer.3.attention.self.context")
  %365 = linalg.generic {indexing_maps = [#map7, #map13, #map9], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%362, %347 : tensor<?x12x32x32xf32>, tensor<?x32x12x32xf32>) outs(%364 : tensor<?x32x12x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.mulf %x0, %x1 : f32
    %b = arith.addf %acc, %a : f32
    linalg.yield %b : f32
  } -> tensor<?x32x12x32xf32> loc("encoder.layer.3.attention.self.context")
  %366 = tensor.collapse_shape %365 [[0, 1], [2, 3]] : tensor<?x32x12x32xf32> into tensor<?x384xf32> loc("encoder.layer.3.attention.self.context")
  %367 = arith.constant #compress.external<"model.safetensors", "encoder.layer.3.attention.output.dense.weight"> : tensor<384x384xf32> loc("encoder.layer.3.attention.output.dense.weight")
  %368 = arith.constant #compress.external<"model.safetensors", "encoder.layer.3.attention.output.dense.bias"> : tensor<384xf32> loc("encoder.layer.3.attention.output.dense.bias")
  %369 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.3.attention.output.dense")
  %370 = linalg.fill ins(%2 : f32) outs(%369 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.3.attention.output.dense")
  %371 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%366, %367 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%370 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.3.attention.output.dense")
  %372 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.3.attention.output.dense.bias")
  %373 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%371, %368 : tensor<?x384xf32>, tensor<384xf32>) outs(%372 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.3.attention.output.dense.bias")
  %374 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.3.attention.output.LayerNorm")
  %375 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%373, %323 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%374 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.3.attention.output.LayerNorm")
  %376 = arith.constant #compress.external<"model.safetensors", "encoder.layer.3.attention.output.LayerNorm.weight"> : tensor<384xf32> loc("encoder.layer.3.attention.output.LayerNorm.weight")
  %377 = arith.constant #compress.external<"model.safetensors", "encoder.layer.3.attention.output.LayerNorm.bias"> : tensor<384xf32> loc("encoder.layer.3.attention.output.LayerNorm.bias")
  %378 = tensor.empty(%tokens) : tensor<?xf32> loc("encoder.layer.3.attention.output.LayerNorm")
  %379 = linalg.fill ins(%2 : f32) outs(%378 : tensor<?xf32>) -> tensor<?xf32> loc("encoder.layer.3.attention.output.LayerNorm")
  %380 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%375 : tensor<?x384xf32>) outs(%379 : tensor<?xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?xf32> loc("encoder.layer.3.attention.output.LayerNorm")
  %381 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.3.attention.output.LayerNorm")
  %382 = linalg.generic {indexing_maps = [#map2, #map3, #map2], iterator_types = ["parallel", "parallel"]} ins(%375, %380 : tensor<?x384xf32>, tensor<?xf32>) outs(%381 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.divf %x1, %7 : f32
    %b = arith.subf %x0, %a : f32
    linalg.yield %b : f32
  } -> tensor<?x384xf32> loc("encoder.layer.3.attention.output.LayerNorm")
  %383 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.3.attention.output.LayerNorm")
  %384 = linalg.generic {indexing_maps = [#map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%382 : tensor<?x384xf32>) outs(%383 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.mulf %x0, %x0 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.3.attention.output.LayerNorm")
  %385 = tensor.empty(%tokens) : tensor<?xf32> loc("encoder.layer.3.attention.output.LayerNorm")
  %386 = linalg.fill ins(%2 : f32) outs(%385 : tensor<?xf32>) -> tensor<?xf32> loc("encoder.layer.3.attention.output.LayerNorm")
  %387 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%384 : tensor<?x384xf32>) outs(%386 : tensor<?xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?xf32> loc("encoder.layer.3.attention.output.LayerNorm")
  %388 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.3.attention.output.LayerNorm")
  %389 = linalg.generic {indexing_maps = [#map2, #map3, #map4, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%382, %387, %376, %377 : tensor<?x384xf32>, tensor<?xf32>, tensor<384xf32>, tensor<384xf32>) outs(%388 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %acc: f32):
    %a = arith.divf %x1, %7 : f32
    %b = arith.addf %a, %8 : f32
    %c = math.sqrt %b : f32
    %d = arith.divf %x0, %c : f32
    %e = arith.mulf %d, %x2 : f32
    %f = arith.addf %e, %x3 : f32
    linalg.yield %f : f32
  } -> tensor<?x384xf32> loc("encoder.layer.3.attention.output.LayerNorm")
  %390 = arith.constant #compress.external<"model.safetensors", "encoder.layer.3.intermediate.dense.weight"> : tensor<1536x384xf32> loc("encoder.layer.3.intermediate.dense.weight")
  %391 = arith.constant #compress.external<"model.safetensors", "encoder.layer.3.intermediate.dense.bias"> : tensor<1536xf32> loc("encoder.layer.3.intermediate.dense.bias")
  %392 = tensor.empty(%tokens) : tensor<?x1536xf32> loc("encoder.layer.3.intermediate.dense")
  %393 = linalg.fill ins(%2 : f32) outs(%392 : tensor<?x1536xf32>) -> tensor<?x1536xf32> loc("encoder.layer.3.intermediate.dense")
  %394 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%389, %390 : tensor<?x384xf32>, tensor<1536x384xf32>) outs(%393 : tensor<?x1536xf32>) -> tensor<?x1536xf32> loc("encoder.layer.3.intermediate.dense")
  %395 = tensor.empty(%tokens) : tensor<?x1536xf32> loc("encoder.layer.3.intermediate.dense.bias")
  %396 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%394, %391 : tensor<?x1536xf32>, tensor<1536xf32>) outs(%395 : tensor<?x1536xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    %b = arith.mulf %a, %6 : f32
    %c = math.erf %b : f32
    %d = arith.addf %c, %3 : f32
    %e = arith.mulf %a, %5 : f32
    %f = arith.mulf %e, %d : f32
    linalg.yield %f : f32
  } -> tensor<?x1536xf32> loc("encoder.layer.3.intermediate.dense.bias")
  %397 = arith.constant #compress.external<"model.safetensors", "encoder.layer.3.output.dense.weight"> : tensor<384x1536xf32> loc("encoder.layer.3.output.dense.weight")
  %398 = arith.constant #compress.external<"model.safetensors", "encoder.layer.3.output.dense.bias"> : tensor<384xf32> loc("encoder.layer.3.output.dense.bias")
  %399 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.3.output.dense")
  %400 = linalg.fill ins(%2 : f32) outs(%399 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.3.output.dense")
  %401 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%396, %397 : tensor<?x1536xf32>, tensor<384x1536xf32>) outs(%400 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.3.output.dense")
  %402 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.3.output.dense.bias")
  %403 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%401, %398 : tensor<?x384xf32>, tensor<384xf32>) outs(%402 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.3.output.dense.bias")
  %404 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.3.output.LayerNorm")
  %405 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%403, %389 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%404 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.3.output.LayerNorm")
  %406 = arith.constant #compress.external<"model.safetensors", "encoder.layer.3.output.LayerNorm.weight"> : tensor<384xf32> loc("encoder.layer.3.output.LayerNorm.weight")
  %407 = arith.constant #compress.external<"model.safetensors", "encoder.layer.3.output.LayerNorm.bias"> : tensor<384xf32> loc("encoder.layer.3.output.LayerNorm.bias")
  %408 = tensor.empty(%tokens) : tensor<?xf32> loc("encoder.layer.3.output.LayerNorm")
  %409 = linalg.fill ins(%2 : f32) outs(%408 : tensor<?xf32>) -> tensor<?xf32> loc("encoder.layer.3.output.LayerNorm")
  %410 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%405 : tensor<?x384xf32>) outs(%409 : tensor<?xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?xf32> loc("encoder.layer.3.output.LayerNorm")
  %411 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.3.output.LayerNorm")
  %412 = linalg.generic {indexing_maps = [#map2, #map3, #map2], iterator_types = ["parallel", "parallel"]} ins(%405, %410 : tensor<?x384xf32>, tensor<?xf32>) outs(%411 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.divf %x1, %7 : f32
    %b = arith.subf %x0, %a : f32
    linalg.yield %b : f32
  } -> tensor<?x384xf32> loc("encoder.layer.3.output.LayerNorm")
  %413 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.3.output.LayerNorm")
  %414 = linalg.generic {indexing_maps = [#map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%412 : tensor<?x384xf32>) outs(%413 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.mulf %x0, %x0 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.3.output.LayerNorm")
  %415 = tensor.empty(%tokens) : tensor<?xf32> loc("encoder.layer.3.output.LayerNorm")
  %416 = linalg.fill ins(%2 : f32) outs(%415 : tensor<?xf32>) -> tensor<?xf32> loc("encoder.layer.3.output.LayerNorm")
  %417 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%414 : tensor<?x384xf32>) outs(%416 : tensor<?xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?xf32> loc("encoder.layer.3.output.LayerNorm")
  %418 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.3.output.LayerNorm")
  %419 = linalg.generic {indexing_maps = [#map2, #map3, #map4, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%412, %417, %406, %407 : tensor<?x384xf32>, tensor<?xf32>, tensor<384xf32>, tensor<384xf32>) outs(%418 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %acc: f32):
    %a = arith.divf %x1, %7 : f32
    %b = arith.addf %a, %8 : f32
    %c = math.sqrt %b : f32
    %d = arith.divf %x0, %c : f32
    %e = arith.mulf %d, %x2 : f32
    %f = arith.addf %e, %x3 : f32
    linalg.yield %f : f32
  } -> tensor<?x384xf32> loc("encoder.layer.3.output.LayerNorm")
  %420 = arith.constant #compress.external<"model.safetensors", "encoder.layer.4.attention.self.query.weight"> : tensor<384x384xf32> loc("encoder.layer.4.attention.self.query.weight")
  %421 = arith.constant #compress.external<"model.safetensors", "encoder.layer.4.attention.self.query.bias"> : tensor<384xf32> loc("encoder.layer.4.attention.self.query.bias")
  %422 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.4.attention.self.query")
  %423 = linalg.fill ins(%2 : f32) outs(%422 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.4.attention.self.query")
  %424 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%419, %420 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%423 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.4.attention.self.query")
  %425 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.4.attention.self.query.bias")
  %426 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%424, %421 : tensor<?x384xf32>, tensor<384xf32>) outs(%425 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.4.attention.self.query.bias")
  %427 = tensor.expand_shape %426 [[0, 1], [2, 3]] output_shape [%batch, 32, 12, 32] : tensor<?x384xf32> into tensor<?x32x12x32xf32> loc("encoder.layer.4.attention.self.query")
  %428 = arith.constant #compress.external<"model.safetensors", "encoder.layer.4.attention.self.key.weight"> : tensor<384x384xf32> loc("encoder.layer.4.attention.self.key.weight")
  %429 = arith.constant #compress.external<"model.safetensors", "encoder.layer.4.attention.self.key.bias"> : tensor<384xf32> loc("encoder.layer.4.attention.self.key.bias")
  %430 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.4.attention.self.key")
  %431 = linalg.fill ins(%2 : f32) outs(%430 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.4.attention.self.key")
  %432 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%419, %428 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%431 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.4.attention.self.key")
  %433 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.4.attention.self.key.bias")
  %434 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%432, %429 : tensor<?x384xf32>, tensor<384xf32>) outs(%433 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.4.attention.self.key.bias")
  %435 = tensor.expand_shape %434 [[0, 1], [2, 3]] output_shape [%batch, 32, 12, 32] : tensor<?x384xf32> into tensor<?x32x12x32xf32> loc("encoder.layer.4.attention.self.key")
  %436 = arith.constant #compress.external<"model.safetensors", "encoder.layer.4.attention.self.value.weight"> : tensor<384x384xf32> loc("encoder.layer.4.attention.self.value.weight")
  %437 = arith.constant #compress.external<"model.safetensors", "encoder.layer.4.attention.self.value.bias"> : tensor<384xf32> loc("encoder.layer.4.attention.self.value.bias")
  %438 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.4.attention.self.value")
  %439 = linalg.fill ins(%2 : f32) outs(%438 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.4.attention.self.value")
  %440 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%419, %436 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%439 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.4.attention.self.value")
  %441 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.4.attention.self.value.bias")
  %442 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%440, %437 : tensor<?x384xf32>, tensor<384xf32>) outs(%441 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.4.attention.self.value.bias")
  %443 = tensor.expand_shape %442 [[0, 1], [2, 3]] output_shape [%batch, 32, 12, 32] : tensor<?x384xf32> into tensor<?x32x12x32xf32> loc("encoder.layer.4.attention.self.value")
  %444 = tensor.empty(%batch) : tensor<?x12x32x32xf32> loc("encoder.layer.4.attention.self.scores")
  %445 = linalg.fill ins(%2 : f32) outs(%444 : tensor<?x12x32x32xf32>) -> tensor<?x12x32x32xf32> loc("encoder.layer.4.attention.self.scores")
  %446 = linalg.generic {indexing_maps = [#map7, #map8, #map9], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%427, %435 : tensor<?x32x12x32xf32>, tensor<?x32x12x32xf32>) outs(%445 : tensor<?x12x32x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.mulf %x0, %x1 : f32
    %b = arith.addf %acc, %a : f32
    linalg.yield %b : f32
  } -> tensor<?x12x32x32xf32> loc("encoder.layer.4.attention.self.scores")
  %447 = tensor.empty(%batch) : tensor<?x12x32x32xf32> loc("encoder.layer.4.attention.self.scores")
  %448 = linalg.generic {indexing_maps = [#map10, #map11, #map10], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%446, %35 : tensor<?x12x32x32xf32>, tensor<?x32xf32>) outs(%447 : tensor<?x12x32x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.mulf %x0, %9 : f32
    %b = arith.addf %a, %x1 : f32
    linalg.yield %b : f32
  } -> tensor<?x12x32x32xf32> loc("encoder.layer.4.attention.self.scores")
  %449 = tensor.empty(%batch) : tensor<?x12x32xf32> loc("encoder.layer.4.attention.self.softmax")
  %450 = linalg.fill ins(%4 : f32) outs(%449 : tensor<?x12x32xf32>) -> tensor<?x12x32xf32> loc("encoder.layer.4.attention.self.softmax")
  %451 = linalg.generic {indexing_maps = [#map10, #map12], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%448 : tensor<?x12x32x32xf32>) outs(%450 : tensor<?x12x32xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.maximumf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?x12x32xf32> loc("encoder.layer.4.attention.self.softmax")
  %452 = tensor.empty(%batch) : tensor<?x12x32x32xf32> loc("encoder.layer.4.attention.self.softmax")
  %453 = linalg.generic {indexing_maps = [#map10, #map12, #map10], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%448, %451 : tensor<?x12x32x32xf32>, tensor<?x12x32xf32>) outs(%452 : tensor<?x12x32x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.subf %x0, %x1 : f32
    %b = math.exp %a : f32
    linalg.yield %b : f32
  } -> tensor<?x12x32x32xf32> loc("encoder.layer.4.attention.self.softmax")
  %454 = tensor.empty(%batch) : tensor<?x12x32xf32> loc("encoder.layer.4.attention.self.softmax")
  %455 = linalg.fill ins(%2 : f32) outs(%454 : tensor<?x12x32xf32>) -> tensor<?x12x32xf32> loc("encoder.layer.4.attention.self.softmax")
  %456 = linalg.generic {indexing_maps = [#map10, #map12], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%453 : tensor<?x12x32x32xf32>) outs(%455 : tensor<?x12x32xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?x12x32xf32> loc("encoder.layer.4.attention.self.softmax")
  %457 = tensor.empty(%batch) : tensor<?x12x32x32xf32> loc("encoder.layer.4.attention.self.softmax")
  %458 = linalg.generic {indexing_maps = [#map10, #map12, #map10], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%453, %456 : tensor<?x12x32x32xf32>, tensor<?x12x32xf32>) outs(%457 : tensor<?x12x32x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.divf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x12x32x32xf32> loc("encoder.layer.4.attention.self.softmax")
  %459 = tensor.empty(%batch) : tensor<?x32x12x32xf32> loc("encoder.layer.4.attention.self.context")
  %460 = linalg.fill ins(%2 : f32) outs(%459 : tensor<?x32x12x32xf32>) -> tensor<?x32x12x32xf32> loc("encoder.layer.4.attention.self.context")
  %461 = linalg.generic {indexing_maps = [#map7, #map13, #map9], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%458, %443 : tensor<?x12x32x32xf32>, tensor<?x32x12x32xf32>) outs(%460 : tensor<?x32x12x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.mulf %x0, %x1 : f32
    %b = arith.addf %acc, %a : f32
    linalg.yield %b : f32
  } -> tensor<?x32x12x32xf32> loc("encoder.layer.4.attention.self.context")
  %462 = tensor.collapse_shape %461 [[0, 1], [2, 3]] : tensor<?x32x12x32xf32> into tensor<?x384xf32> loc("encoder.layer.4.attention.self.context")
  %463 = arith.constant #compress.external<"model.safetensors", "encoder.layer.4.attention.output.dense.weight"> : tensor<384x384xf32> loc("encoder.layer.4.attention.output.dense.weight")
  %464 = arith.constant #compress.external<"model.safetensors", "encoder.layer.4.attention.output.dense.bias"> : tensor<384xf32> loc("encoder.layer.4.attention.output.dense.bias")
  %465 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.4.attention.output.dense")
  %466 = linalg.fill ins(%2 : f32) outs(%465 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.4.attention.output.dense")
  %467 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%462, %463 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%466 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.4.attention.output.dense")
  %468 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.4.attention.output.dense.bias")
  %469 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%467, %464 : tensor<?x384xf32>, tensor<384xf32>) outs(%468 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.4.attention.output.dense.bias")
  %470 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.4.attention.output.LayerNorm")
  %471 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%469, %419 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%470 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.4.attention.output.LayerNorm")
  %472 = arith.constant #compress.external<"model.safetensors", "encoder.layer.4.attention.output.LayerNorm.weight"> : tensor<384xf32> loc("encoder.layer.4.attention.output.LayerNorm.weight")
  %473 = arith.constant #compress.external<"model.safetensors", "encoder.layer.4.attention.output.LayerNorm.bias"> : tensor<384xf32> loc("encoder.layer.4.attention.output.LayerNorm.bias")
  %474 = tensor.empty(%tokens) : tensor<?xf32> loc("encoder.layer.4.attention.output.LayerNorm")
  %475 = linalg.fill ins(%2 : f32) outs(%474 : tensor<?xf32>) -> tensor<?xf32> loc("encoder.layer.4.attention.output.LayerNorm")
  %476 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%471 : tensor<?x384xf32>) outs(%475 : tensor<?xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?xf32> loc("encoder.layer.4.attention.output.LayerNorm")
  %477 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.4.attention.output.LayerNorm")
  %478 = linalg.generic {indexing_maps = [#map2, #map3, #map2], iterator_types = ["parallel", "parallel"]} ins(%471, %476 : tensor<?x384xf32>, tensor<?xf32>) outs(%477 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.divf %x1, %7 : f32
    %b = arith.subf %x0, %a : f32
    linalg.yield %b : f32
  } -> tensor<?x384xf32> loc("encoder.layer.4.attention.output.LayerNorm")
  %479 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.4.attention.output.LayerNorm")
  %480 = linalg.generic {indexing_maps = [#map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%478 : tensor<?x384xf32>) outs(%479 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.mulf %x0, %x0 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.4.attention.output.LayerNorm")
  %481 = tensor.empty(%tokens) : tensor<?xf32> loc("encoder.layer.4.attention.output.LayerNorm")
  %482 = linalg.fill ins(%2 : f32) outs(%481 : tensor<?xf32>) -> tensor<?xf32> loc("encoder.layer.4.attention.output.LayerNorm")
  %483 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%480 : tensor<?x384xf32>) outs(%482 : tensor<?xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?xf32> loc("encoder.layer.4.attention.output.LayerNorm")
  %484 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.4.attention.output.LayerNorm")
  %485 = linalg.generic {indexing_maps = [#map2, #map3, #map4, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%478, %483, %472, %473 : tensor<?x384xf32>, tensor<?xf32>, tensor<384xf32>, tensor<384xf32>) outs(%484 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %acc: f32):
    %a = arith.divf %x1, %7 : f32
    %b = arith.addf %a, %8 : f32
    %c = math.sqrt %b : f32
    %d = arith.divf %x0, %c : f32
    %e = arith.mulf %d, %x2 : f32
    %f = arith.addf %e, %x3 : f32
    linalg.yield %f : f32
  } -> tensor<?x384xf32> loc("encoder.layer.4.attention.output.LayerNorm")
  %486 = arith.constant #compress.external<"model.safetensors", "encoder.layer.4.intermediate.dense.weight"> : tensor<1536x384xf32> loc("encoder.layer.4.intermediate.dense.weight")
  %487 = arith.constant #compress.external<"model.safetensors", "encoder.layer.4.intermediate.dense.bias"> : tensor<1536xf32> loc("encoder.layer.4.intermediate.dense.bias")
  %488 = tensor.empty(%tokens) : tensor<?x1536xf32> loc("encoder.layer.4.intermediate.dense")
  %489 = linalg.fill ins(%2 : f32) outs(%488 : tensor<?x1536xf32>) -> tensor<?x1536xf32> loc("encoder.layer.4.intermediate.dense")
  %490 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%485, %486 : tensor<?x384xf32>, tensor<1536x384xf32>) outs(%489 : tensor<?x1536xf32>) -> tensor<?x1536xf32> loc("encoder.layer.4.intermediate.dense")
  %491 = tensor.empty(%tokens) : tensor<?x1536xf32> loc("encoder.layer.4.intermediate.dense.bias")
  %492 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%490, %487 : tensor<?x1536xf32>, tensor<1536xf32>) outs(%491 : tensor<?x1536xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    %b = arith.mulf %a, %6 : f32
    %c = math.erf %b : f32
    %d = arith.addf %c, %3 : f32
    %e = arith.mulf %a, %5 : f32
    %f = arith.mulf %e, %d : f32
    linalg.yield %f : f32
  } -> tensor<?x1536xf32> loc("encoder.layer.4.intermediate.dense.bias")
  %493 = arith.constant #compress.external<"model.safetensors", "encoder.layer.4.output.dense.weight"> : tensor<384x1536xf32> loc("encoder.layer.4.output.dense.weight")
  %494 = arith.constant #compress.external<"model.safetensors", "encoder.layer.4.output.dense.bias"> : tensor<384xf32> loc("encoder.layer.4.output.dense.bias")
  %495 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.4.output.dense")
  %496 = linalg.fill ins(%2 : f32) outs(%495 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.4.output.dense")
  %497 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%492, %493 : tensor<?x1536xf32>, tensor<384x1536xf32>) outs(%496 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.4.output.dense")
  %498 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.4.output.dense.bias")
  %499 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%497, %494 : tensor<?x384xf32>, tensor<384xf32>) outs(%498 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.4.output.dense.bias")
  %500 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.4.output.LayerNorm")
  %501 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%499, %485 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%500 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.4.output.LayerNorm")
  %502 = arith.constant #compress.external<"model.safetensors", "encoder.layer.4.output.LayerNorm.weight"> : tensor<384xf32> loc("encoder.layer.4.output.LayerNorm.weight")
  %503 = arith.constant #compress.external<"model.safetensors", "encoder.layer.4.output.LayerNorm.bias"> : tensor<384xf32> loc("encoder.layer.4.output.LayerNorm.bias")
  %504 = tensor.empty(%tokens) : tensor<?xf32> loc("encoder.layer.4.output.LayerNorm")
  %505 = linalg.fill ins(%2 : f32) outs(%504 : tensor<?xf32>) -> tensor<?xf32> loc("encoder.layer.4.output.LayerNorm")
  %506 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%501 : tensor<?x384xf32>) outs(%505 : tensor<?xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?xf32> loc("encoder.layer.4.output.LayerNorm")
  %507 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.4.output.LayerNorm")
  %508 = linalg.generic {indexing_maps = [#map2, #map3, #map2], iterator_types = ["parallel", "parallel"]} ins(%501, %506 : tensor<?x384xf32>, tensor<?xf32>) outs(%507 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.divf %x1, %7 : f32
    %b = arith.subf %x0, %a : f32
    linalg.yield %b : f32
  } -> tensor<?x384xf32> loc("encoder.layer.4.output.LayerNorm")
  %509 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.4.output.LayerNorm")
  %510 = linalg.generic {indexing_maps = [#map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%508 : tensor<?x384xf32>) outs(%509 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.mulf %x0, %x0 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.4.output.LayerNorm")
  %511 = tensor.empty(%tokens) : tensor<?xf32> loc("encoder.layer.4.output.LayerNorm")
  %512 = linalg.fill ins(%2 : f32) outs(%511 : tensor<?xf32>) -> tensor<?xf32> loc("encoder.layer.4.output.LayerNorm")
  %513 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%510 : tensor<?x384xf32>) outs(%512 : tensor<?xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?xf32> loc("encoder.layer.4.output.LayerNorm")
  %514 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.4.output.LayerNorm")
  %515 = linalg.generic {indexing_maps = [#map2, #map3, #map4, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%508, %513, %502, %503 : tensor<?x384xf32>, tensor<?xf32>, tensor<384xf32>, tensor<384xf32>) outs(%514 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %acc: f32):
    %a = arith.divf %x1, %7 : f32
    %b = arith.addf %a, %8 : f32
    %c = math.sqrt %b : f32
    %d = arith.divf %x0, %c : f32
    %e = arith.mulf %d, %x2 : f32
    %f = arith.addf %e, %x3 : f32
    linalg.yield %f : f32
  } -> tensor<?x384xf32> loc("encoder.layer.4.output.LayerNorm")
  %516 = arith.constant #compress.external<"model.safetensors", "encoder.layer.5.attention.self.query.weight"> : tensor<384x384xf32> loc("encoder.layer.5.attention.self.query.weight")
  %517 = arith.constant #compress.external<"model.safetensors", "encoder.layer.5.attention.self.query.bias"> : tensor<384xf32> loc("encoder.layer.5.attention.self.query.bias")
  %518 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.5.attention.self.query")
  %519 = linalg.fill ins(%2 : f32) outs(%518 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.5.attention.self.query")
  %520 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%515, %516 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%519 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.5.attention.self.query")
  %521 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.5.attention.self.query.bias")
  %522 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%520, %517 : tensor<?x384xf32>, tensor<384xf32>) outs(%521 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.5.attention.self.query.bias")
  %523 = tensor.expand_shape %522 [[0, 1], [2, 3]] output_shape [%batch, 32, 12, 32] : tensor<?x384xf32> into tensor<?x32x12x32xf32> loc("encoder.layer.5.attention.self.query")
  %524 = arith.constant #compress.external<"model.safetensors", "encoder.layer.5.attention.self.key.weight"> : tensor<384x384xf32> loc("encoder.layer.5.attention.self.key.weight")
  %525 = arith.constant #compress.external<"model.safetensors", "encoder.layer.5.attention.self.key.bias"> : tensor<384xf32> loc("encoder.layer.5.attention.self.key.bias")
  %526 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.5.attention.self.key")
  %527 = linalg.fill ins(%2 : f32) outs(%526 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.5.attention.self.key")
  %528 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%515, %524 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%527 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.5.attention.self.key")
  %529 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.5.attention.self.key.bias")
  %530 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%528, %525 : tensor<?x384xf32>, tensor<384xf32>) outs(%529 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.5.attention.self.key.bias")
  %531 = tensor.expand_shape %530 [[0, 1], [2, 3]] output_shape [%batch, 32, 12, 32] : tensor<?x384xf32> into tensor<?x32x12x32xf32> loc("encoder.layer.5.attention.self.key")
  %532 = arith.constant #compress.external<"model.safetensors", "encoder.layer.5.attention.self.value.weight"> : tensor<384x384xf32> loc("encoder.layer.5.attention.self.value.weight")
  %533 = arith.constant #compress.external<"model.safetensors", "encoder.layer.5.attention.self.value.bias"> : tensor<384xf32> loc("encoder.layer.5.attention.self.value.bias")
  %534 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.5.attention.self.value")
  %535 = linalg.fill ins(%2 : f32) outs(%534 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.5.attention.self.value")
  %536 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%515, %532 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%535 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.5.attention.self.value")
  %537 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.5.attention.self.value.bias")
  %538 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%536, %533 : tensor<?x384xf32>, tensor<384xf32>) outs(%537 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.5.attention.self.value.bias")
  %539 = tensor.expand_shape %538 [[0, 1], [2, 3]] output_shape [%batch, 32, 12, 32] : tensor<?x384xf32> into tensor<?x32x12x32xf32> loc("encoder.layer.5.attention.self.value")
  %540 = tensor.empty(%batch) : tensor<?x12x32x32xf32> loc("encoder.layer.5.attention.self.scores")
  %541 = linalg.fill ins(%2 : f32) outs(%540 : tensor<?x12x32x32xf32>) -> tensor<?x12x32x32xf32> loc("encoder.layer.5.attention.self.scores")
  %542 = linalg.generic {indexing_maps = [#map7, #map8, #map9], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%523, %531 : tensor<?x32x12x32xf32>, tensor<?x32x12x32xf32>) outs(%541 : tensor<?x12x32x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.mulf %x0, %x1 : f32
    %b = arith.addf %acc, %a : f32
    linalg.yield %b : f32
  } -> tensor<?x12x32x32xf32> loc("encoder.layer.5.attention.self.scores")
  %543 = tensor.empty(%batch) : tensor<?x12x32x32xf32> loc("encoder.layer.5.attention.self.scores")
  %544 = linalg.generic {indexing_maps = [#map10, #map11, #map10], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%542, %35 : tensor<?x12x32x32xf32>, tensor<?x32xf32>) outs(%543 : tensor<?x12x32x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.mulf %x0, %9 : f32
    %b = arith.addf %a, %x1 : f32
    linalg.yield %b : f32
  } -> tensor<?x12x32x32xf32> loc("encoder.layer.5.attention.self.scores")
  %545 = tensor.empty(%batch) : tensor<?x12x32xf32> loc("encoder.layer.5.attention.self.softmax")
  %546 = linalg.fill ins(%4 : f32) outs(%545 : tensor<?x12x32xf32>) -> tensor<?x12x32xf32> loc("encoder.layer.5.attention.self.softmax")
  %547 = linalg.generic {indexing_maps = [#map10, #map12], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%544 : tensor<?x12x32x32xf32>) outs(%546 : tensor<?x12x32xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.maximumf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?x12x32xf32> loc("encoder.layer.5.attention.self.softmax")
  %548 = tensor.empty(%batch) : tensor<?x12x32x32xf32> loc("encoder.layer.5.attention.self.softmax")
  %549 = linalg.generic {indexing_maps = [#map10, #map12, #map10], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%544, %547 : tensor<?x12x32x32xf32>, tensor<?x12x32xf32>) outs(%548 : tensor<?x12x32x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.subf %x0, %x1 : f32
    %b = math.exp %a : f32
    linalg.yield %b : f32
  } -> tensor<?x12x32x32xf32> loc("encoder.layer.5.attention.self.softmax")
  %550 = tensor.empty(%batch) : tensor<?x12x32xf32> loc("encoder.layer.5.attention.self.softmax")
  %551 = linalg.fill ins(%2 : f32) outs(%550 : tensor<?x12x32xf32>) -> tensor<?x12x32xf32> loc("encoder.layer.5.attention.self.softmax")
  %552 = linalg.generic {indexing_maps = [#map10, #map12], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%549 : tensor<?x12x32x32xf32>) outs(%551 : tensor<?x12x32xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?x12x32xf32> loc("encoder.layer.5.attention.self.softmax")
  %553 = tensor.empty(%batch) : tensor<?x12x32x32xf32> loc("encoder.layer.5.attention.self.softmax")
  %554 = linalg.generic {indexing_maps = [#map10, #map12, #map10], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%549, %552 : tensor<?x12x32x32xf32>, tensor<?x12x32xf32>) outs(%553 : tensor<?x12x32x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.divf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x12x32x32xf32> loc("encoder.layer.5.attention.self.softmax")
  %555 = tensor.empty(%batch) : tensor<?x32x12x32xf32> loc("encoder.layer.5.attention.self.context")
  %556 = linalg.fill ins(%2 : f32) outs(%555 : tensor<?x32x12x32xf32>) -> tensor<?x32x12x32xf32> loc("encoder.layer.5.attention.self.context")
  %557 = linalg.generic {indexing_maps = [#map7, #map13, #map9], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%554, %539 : tensor<?x12x32x32xf32>, tensor<?x32x12x32xf32>) outs(%556 : tensor<?x32x12x32xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.mulf %x0, %x1 : f32
    %b = arith.addf %acc, %a : f32
    linalg.yield %b : f32
  } -> tensor<?x32x12x32xf32> loc("encoder.layer.5.attention.self.context")
  %558 = tensor.collapse_shape %557 [[0, 1], [2, 3]] : tensor<?x32x12x32xf32> into tensor<?x384xf32> loc("encoder.layer.5.attention.self.context")
  %559 = arith.constant #compress.external<"model.safetensors", "encoder.layer.5.attention.output.dense.weight"> : tensor<384x384xf32> loc("encoder.layer.5.attention.output.dense.weight")
  %560 = arith.constant #compress.external<"model.safetensors", "encoder.layer.5.attention.output.dense.bias"> : tensor<384xf32> loc("encoder.layer.5.attention.output.dense.bias")
  %561 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.5.attention.output.dense")
  %562 = linalg.fill ins(%2 : f32) outs(%561 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.5.attention.output.dense")
  %563 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%558, %559 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%562 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.5.attention.output.dense")
  %564 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.5.attention.output.dense.bias")
  %565 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%563, %560 : tensor<?x384xf32>, tensor<384xf32>) outs(%564 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.5.attention.output.dense.bias")
  %566 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.5.attention.output.LayerNorm")
  %567 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%565, %515 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%566 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.5.attention.output.LayerNorm")
  %568 = arith.constant #compress.external<"model.safetensors", "encoder.layer.5.attention.output.LayerNorm.weight"> : tensor<384xf32> loc("encoder.layer.5.attention.output.LayerNorm.weight")
  %569 = arith.constant #compress.external<"model.safetensors", "encoder.layer.5.attention.output.LayerNorm.bias"> : tensor<384xf32> loc("encoder.layer.5.attention.output.LayerNorm.bias")
  %570 = tensor.empty(%tokens) : tensor<?xf32> loc("encoder.layer.5.attention.output.LayerNorm")
  %571 = linalg.fill ins(%2 : f32) outs(%570 : tensor<?xf32>) -> tensor<?xf32> loc("encoder.layer.5.attention.output.LayerNorm")
  %572 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%567 : tensor<?x384xf32>) outs(%571 : tensor<?xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?xf32> loc("encoder.layer.5.attention.output.LayerNorm")
  %573 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.5.attention.output.LayerNorm")
  %574 = linalg.generic {indexing_maps = [#map2, #map3, #map2], iterator_types = ["parallel", "parallel"]} ins(%567, %572 : tensor<?x384xf32>, tensor<?xf32>) outs(%573 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.divf %x1, %7 : f32
    %b = arith.subf %x0, %a : f32
    linalg.yield %b : f32
  } -> tensor<?x384xf32> loc("encoder.layer.5.attention.output.LayerNorm")
  %575 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.5.attention.output.LayerNorm")
  %576 = linalg.generic {indexing_maps = [#map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%574 : tensor<?x384xf32>) outs(%575 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.mulf %x0, %x0 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.5.attention.output.LayerNorm")
  %577 = tensor.empty(%tokens) : tensor<?xf32> loc("encoder.layer.5.attention.output.LayerNorm")
  %578 = linalg.fill ins(%2 : f32) outs(%577 : tensor<?xf32>) -> tensor<?xf32> loc("encoder.layer.5.attention.output.LayerNorm")
  %579 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%576 : tensor<?x384xf32>) outs(%578 : tensor<?xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?xf32> loc("encoder.layer.5.attention.output.LayerNorm")
  %580 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.5.attention.output.LayerNorm")
  %581 = linalg.generic {indexing_maps = [#map2, #map3, #map4, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%574, %579, %568, %569 : tensor<?x384xf32>, tensor<?xf32>, tensor<384xf32>, tensor<384xf32>) outs(%580 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %acc: f32):
    %a = arith.divf %x1, %7 : f32
    %b = arith.addf %a, %8 : f32
    %c = math.sqrt %b : f32
    %d = arith.divf %x0, %c : f32
    %e = arith.mulf %d, %x2 : f32
    %f = arith.addf %e, %x3 : f32
    linalg.yield %f : f32
  } -> tensor<?x384xf32> loc("encoder.layer.5.attention.output.LayerNorm")
  %582 = arith.constant #compress.external<"model.safetensors", "encoder.layer.5.intermediate.dense.weight"> : tensor<1536x384xf32> loc("encoder.layer.5.intermediate.dense.weight")
  %583 = arith.constant #compress.external<"model.safetensors", "encoder.layer.5.intermediate.dense.bias"> : tensor<1536xf32> loc("encoder.layer.5.intermediate.dense.bias")
  %584 = tensor.empty(%tokens) : tensor<?x1536xf32> loc("encoder.layer.5.intermediate.dense")
  %585 = linalg.fill ins(%2 : f32) outs(%584 : tensor<?x1536xf32>) -> tensor<?x1536xf32> loc("encoder.layer.5.intermediate.dense")
  %586 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%581, %582 : tensor<?x384xf32>, tensor<1536x384xf32>) outs(%585 : tensor<?x1536xf32>) -> tensor<?x1536xf32> loc("encoder.layer.5.intermediate.dense")
  %587 = tensor.empty(%tokens) : tensor<?x1536xf32> loc("encoder.layer.5.intermediate.dense.bias")
  %588 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%586, %583 : tensor<?x1536xf32>, tensor<1536xf32>) outs(%587 : tensor<?x1536xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    %b = arith.mulf %a, %6 : f32
    %c = math.erf %b : f32
    %d = arith.addf %c, %3 : f32
    %e = arith.mulf %a, %5 : f32
    %f = arith.mulf %e, %d : f32
    linalg.yield %f : f32
  } -> tensor<?x1536xf32> loc("encoder.layer.5.intermediate.dense.bias")
  %589 = arith.constant #compress.external<"model.safetensors", "encoder.layer.5.output.dense.weight"> : tensor<384x1536xf32> loc("encoder.layer.5.output.dense.weight")
  %590 = arith.constant #compress.external<"model.safetensors", "encoder.layer.5.output.dense.bias"> : tensor<384xf32> loc("encoder.layer.5.output.dense.bias")
  %591 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.5.output.dense")
  %592 = linalg.fill ins(%2 : f32) outs(%591 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.5.output.dense")
  %593 = linalg.matmul indexing_maps = [#map5, #map6, #map0] ins(%588, %589 : tensor<?x1536xf32>, tensor<384x1536xf32>) outs(%592 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("encoder.layer.5.output.dense")
  %594 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.5.output.dense.bias")
  %595 = linalg.generic {indexing_maps = [#map2, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%593, %590 : tensor<?x384xf32>, tensor<384xf32>) outs(%594 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.5.output.dense.bias")
  %596 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.5.output.LayerNorm")
  %597 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%595, %581 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%596 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.addf %x0, %x1 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.5.output.LayerNorm")
  %598 = arith.constant #compress.external<"model.safetensors", "encoder.layer.5.output.LayerNorm.weight"> : tensor<384xf32> loc("encoder.layer.5.output.LayerNorm.weight")
  %599 = arith.constant #compress.external<"model.safetensors", "encoder.layer.5.output.LayerNorm.bias"> : tensor<384xf32> loc("encoder.layer.5.output.LayerNorm.bias")
  %600 = tensor.empty(%tokens) : tensor<?xf32> loc("encoder.layer.5.output.LayerNorm")
  %601 = linalg.fill ins(%2 : f32) outs(%600 : tensor<?xf32>) -> tensor<?xf32> loc("encoder.layer.5.output.LayerNorm")
  %602 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%597 : tensor<?x384xf32>) outs(%601 : tensor<?xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?xf32> loc("encoder.layer.5.output.LayerNorm")
  %603 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.5.output.LayerNorm")
  %604 = linalg.generic {indexing_maps = [#map2, #map3, #map2], iterator_types = ["parallel", "parallel"]} ins(%597, %602 : tensor<?x384xf32>, tensor<?xf32>) outs(%603 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.divf %x1, %7 : f32
    %b = arith.subf %x0, %a : f32
    linalg.yield %b : f32
  } -> tensor<?x384xf32> loc("encoder.layer.5.output.LayerNorm")
  %605 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.5.output.LayerNorm")
  %606 = linalg.generic {indexing_maps = [#map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%604 : tensor<?x384xf32>) outs(%605 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.mulf %x0, %x0 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("encoder.layer.5.output.LayerNorm")
  %607 = tensor.empty(%tokens) : tensor<?xf32> loc("encoder.layer.5.output.LayerNorm")
  %608 = linalg.fill ins(%2 : f32) outs(%607 : tensor<?xf32>) -> tensor<?xf32> loc("encoder.layer.5.output.LayerNorm")
  %609 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%606 : tensor<?x384xf32>) outs(%608 : tensor<?xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?xf32> loc("encoder.layer.5.output.LayerNorm")
  %610 = tensor.empty(%tokens) : tensor<?x384xf32> loc("encoder.layer.5.output.LayerNorm")
  %611 = linalg.generic {indexing_maps = [#map2, #map3, #map4, #map4, #map2], iterator_types = ["parallel", "parallel"]} ins(%604, %609, %598, %599 : tensor<?x384xf32>, tensor<?xf32>, tensor<384xf32>, tensor<384xf32>) outs(%610 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %acc: f32):
    %a = arith.divf %x1, %7 : f32
    %b = arith.addf %a, %8 : f32
    %c = math.sqrt %b : f32
    %d = arith.divf %x0, %c : f32
    %e = arith.mulf %d, %x2 : f32
    %f = arith.addf %e, %x3 : f32
    linalg.yield %f : f32
  } -> tensor<?x384xf32> loc("encoder.layer.5.output.LayerNorm")
  %612 = tensor.expand_shape %611 [[0, 1], [2]] output_shape [%batch, 32, 384] : tensor<?x384xf32> into tensor<?x32x384xf32> loc("pooling")
  %613 = tensor.empty(%batch) : tensor<?x32xf32> loc("pooling")
  %614 = linalg.generic {indexing_maps = [#map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%attention_mask : tensor<?x32xi64>) outs(%613 : tensor<?x32xf32>) {
  ^bb0(%x0: i64, %acc: f32):
    %a = arith.sitofp %x0 : i64 to f32
    linalg.yield %a : f32
  } -> tensor<?x32xf32> loc("pooling")
  %615 = tensor.empty(%batch) : tensor<?xf32> loc("pooling")
  %616 = linalg.fill ins(%2 : f32) outs(%615 : tensor<?xf32>) -> tensor<?xf32> loc("pooling")
  %617 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%614 : tensor<?x32xf32>) outs(%616 : tensor<?xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?xf32> loc("pooling")
  %618 = tensor.empty(%batch) : tensor<?x384xf32> loc("pooling")
  %619 = linalg.fill ins(%2 : f32) outs(%618 : tensor<?x384xf32>) -> tensor<?x384xf32> loc("pooling")
  %620 = linalg.generic {indexing_maps = [#map14, #map5, #map0], iterator_types = ["parallel", "parallel", "reduction"]} ins(%612, %614 : tensor<?x32x384xf32>, tensor<?x32xf32>) outs(%619 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.mulf %x0, %x1 : f32
    %b = arith.addf %acc, %a : f32
    linalg.yield %b : f32
  } -> tensor<?x384xf32> loc("pooling")
  %621 = tensor.empty(%batch) : tensor<?x384xf32> loc("pooling")
  %622 = linalg.generic {indexing_maps = [#map2, #map3, #map2], iterator_types = ["parallel", "parallel"]} ins(%620, %617 : tensor<?x384xf32>, tensor<?xf32>) outs(%621 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = arith.maximumf %x1, %11 : f32
    %b = arith.divf %x0, %a : f32
    linalg.yield %b : f32
  } -> tensor<?x384xf32> loc("pooling")
  %623 = tensor.empty(%batch) : tensor<?x384xf32> loc("normalize")
  %624 = linalg.generic {indexing_maps = [#map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%622 : tensor<?x384xf32>) outs(%623 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.mulf %x0, %x0 : f32
    linalg.yield %a : f32
  } -> tensor<?x384xf32> loc("normalize")
  %625 = tensor.empty(%batch) : tensor<?xf32> loc("normalize")
  %626 = linalg.fill ins(%2 : f32) outs(%625 : tensor<?xf32>) -> tensor<?xf32> loc("normalize")
  %627 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "reduction"]} ins(%624 : tensor<?x384xf32>) outs(%626 : tensor<?xf32>) {
  ^bb0(%x0: f32, %acc: f32):
    %a = arith.addf %x0, %acc : f32
    linalg.yield %a : f32
  } -> tensor<?xf32> loc("normalize")
  %628 = tensor.empty(%batch) : tensor<?x384xf32> loc("normalize")
  %629 = linalg.generic {indexing_maps = [#map2, #map3, #map2], iterator_types = ["parallel", "parallel"]} ins(%622, %627 : tensor<?x384xf32>, tensor<?xf32>) outs(%628 : tensor<?x384xf32>) {
  ^bb0(%x0: f32, %x1: f32, %acc: f32):
    %a = math.sqrt %x1 : f32
    %b = arith.maximumf %a, %12 : f32
    %c = arith.divf %x0, %b : f32
    linalg.yield %c : f32
  } -> tensor<?x384xf32> loc("normalize")
  return %629 : tensor<?x384xf32>
}
