// A transformer block of the size of all-MiniLM-L6-v2's (128 tokens, width 384,
// 12 heads) for any batch. Its six weights are int4 in groups of 128 along the
// reduced dimension, two values a byte, low nibble first.
#id2 = affine_map<(m, n) -> (m, n)>
#row = affine_map<(m, n) -> (m)>
#col = affine_map<(m, n) -> (n)>
#id3 = affine_map<(b, m, n) -> (b, m, n)>

func.func private @linear(%x: tensor<?x384xf32>, %w: tensor<384x192xi8>,
    %scales: tensor<3x384xf32>, %bias: tensor<384xf32>) -> tensor<?x384xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %m = tensor.dim %x, %c0 : tensor<?x384xf32>
  %e = tensor.empty() : tensor<384x384xf32>
  %dense = linalg.generic {indexing_maps = [#id2], iterator_types = ["parallel", "parallel"]}
      outs(%e : tensor<384x384xf32>) {
  ^bb0(%out: f32):
    %k = linalg.index 0 : index
    %n = linalg.index 1 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c128 = arith.constant 128 : index
    %four = arith.constant 4 : i8
    %j = arith.divui %n, %c2 : index
    %byte = tensor.extract %w[%k, %j] : tensor<384x192xi8>
    %odd = arith.andi %n, %c1 : index
    %odd8 = arith.index_cast %odd : index to i8
    %bits = arith.muli %odd8, %four : i8
    %shift = arith.subi %four, %bits : i8
    %left = arith.shli %byte, %shift : i8
    %q = arith.shrsi %left, %four : i8
    %f = arith.sitofp %q : i8 to f32
    %g = arith.divui %k, %c128 : index
    %s = tensor.extract %scales[%g, %n] : tensor<3x384xf32>
    %v = arith.mulf %f, %s : f32
    linalg.yield %v : f32
  } -> tensor<384x384xf32>
  %o = tensor.empty(%m) : tensor<?x384xf32>
  %z = linalg.fill ins(%zero : f32) outs(%o : tensor<?x384xf32>) -> tensor<?x384xf32>
  %y = linalg.matmul ins(%x, %dense : tensor<?x384xf32>, tensor<384x384xf32>)
      outs(%z : tensor<?x384xf32>) -> tensor<?x384xf32>
  %r = linalg.generic {indexing_maps = [#id2, #col, #id2], iterator_types = ["parallel", "parallel"]}
      ins(%y, %bias : tensor<?x384xf32>, tensor<384xf32>) outs(%o : tensor<?x384xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %t = arith.addf %a, %b : f32
    linalg.yield %t : f32
  } -> tensor<?x384xf32>
  return %r : tensor<?x384xf32>
}

func.func private @layer_norm(%x: tensor<?x384xf32>, %gamma: tensor<384xf32>,
    %beta: tensor<384xf32>) -> tensor<?x384xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %n = arith.constant 384.0 : f32
  %eps = arith.constant 1.0e-12 : f32
  %m = tensor.dim %x, %c0 : tensor<?x384xf32>
  %e1 = tensor.empty(%m) : tensor<?xf32>
  %z1 = linalg.fill ins(%zero : f32) outs(%e1 : tensor<?xf32>) -> tensor<?xf32>
  %sum = linalg.generic {indexing_maps = [#id2, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<?x384xf32>) outs(%z1 : tensor<?xf32>) {
  ^bb0(%a: f32, %acc: f32):
    %t = arith.addf %acc, %a : f32
    linalg.yield %t : f32
  } -> tensor<?xf32>
  %squares = linalg.generic {indexing_maps = [#id2, #row, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x, %sum : tensor<?x384xf32>, tensor<?xf32>) outs(%z1 : tensor<?xf32>) {
  ^bb0(%a: f32, %s: f32, %acc: f32):
    %mean = arith.divf %s, %n : f32
    %d = arith.subf %a, %mean : f32
    %d2 = arith.mulf %d, %d : f32
    %t = arith.addf %acc, %d2 : f32
    linalg.yield %t : f32
  } -> tensor<?xf32>
  %e2 = tensor.empty(%m) : tensor<?x384xf32>
  %y = linalg.generic {indexing_maps = [#id2, #row, #row, #col, #col, #id2], iterator_types = ["parallel", "parallel"]}
      ins(%x, %sum, %squares, %gamma, %beta : tensor<?x384xf32>, tensor<?xf32>, tensor<?xf32>, tensor<384xf32>, tensor<384xf32>)
      outs(%e2 : tensor<?x384xf32>) {
  ^bb0(%a: f32, %s: f32, %ss: f32, %g: f32, %b: f32, %out: f32):
    %mean = arith.divf %s, %n : f32
    %d = arith.subf %a, %mean : f32
    %var = arith.divf %ss, %n : f32
    %vareps = arith.addf %var, %eps : f32
    %rstd = math.rsqrt %vareps : f32
    %norm = arith.mulf %d, %rstd : f32
    %scaled = arith.mulf %norm, %g : f32
    %t = arith.addf %scaled, %b : f32
    linalg.yield %t : f32
  } -> tensor<?x384xf32>
  return %y : tensor<?x384xf32>
}

func.func private @add(%x: tensor<?x384xf32>, %y: tensor<?x384xf32>) -> tensor<?x384xf32> {
  %c0 = arith.constant 0 : index
  %m = tensor.dim %x, %c0 : tensor<?x384xf32>
  %e = tensor.empty(%m) : tensor<?x384xf32>
  %r = linalg.add ins(%x, %y : tensor<?x384xf32>, tensor<?x384xf32>)
      outs(%e : tensor<?x384xf32>) -> tensor<?x384xf32>
  return %r : tensor<?x384xf32>
}

// Rows of tokens to batches of heads.
func.func private @split_heads(%x: tensor<?x384xf32>, %batch: index) -> tensor<?x128x32xf32> {
  %c12 = arith.constant 12 : index
  %bh = arith.muli %batch, %c12 : index
  %x4 = tensor.expand_shape %x [[0, 1], [2, 3]] output_shape [%batch, 128, 12, 32]
      : tensor<?x384xf32> into tensor<?x128x12x32xf32>
  %e = tensor.empty(%batch) : tensor<?x12x128x32xf32>
  %t = linalg.transpose ins(%x4 : tensor<?x128x12x32xf32>)
      outs(%e : tensor<?x12x128x32xf32>) permutation = [0, 2, 1, 3]
  %r = tensor.collapse_shape %t [[0, 1], [2], [3]]
      : tensor<?x12x128x32xf32> into tensor<?x128x32xf32>
  return %r : tensor<?x128x32xf32>
}

func.func @block(%x: tensor<?x128x384xf32>,
    %wq: tensor<384x192xi8>, %sq: tensor<3x384xf32>, %bq: tensor<384xf32>,
    %wk: tensor<384x192xi8>, %sk: tensor<3x384xf32>, %bk: tensor<384xf32>,
    %wv: tensor<384x192xi8>, %sv: tensor<3x384xf32>, %bv: tensor<384xf32>,
    %wo: tensor<384x192xi8>, %so: tensor<3x384xf32>, %bo: tensor<384xf32>,
    %g1: tensor<384xf32>, %b1: tensor<384xf32>, %g2: tensor<384xf32>, %b2: tensor<384xf32>,
    %w1: tensor<384x768xi8>, %s1: tensor<3x1536xf32>, %bi1: tensor<1536xf32>,
    %w2: tensor<1536x192xi8>, %s2: tensor<12x384xf32>, %bi2: tensor<384xf32>)
    -> tensor<?x128x384xf32> {
  %c0 = arith.constant 0 : index
  %c12 = arith.constant 12 : index
  %c128 = arith.constant 128 : index
  %zero = arith.constant 0.0 : f32
  %batch = tensor.dim %x, %c0 : tensor<?x128x384xf32>
  %m = arith.muli %batch, %c128 : index
  %bh = arith.muli %batch, %c12 : index
  %rows = tensor.collapse_shape %x [[0, 1], [2]] : tensor<?x128x384xf32> into tensor<?x384xf32>

  // Attention.
  %n1 = func.call @layer_norm(%rows, %g1, %b1) : (tensor<?x384xf32>, tensor<384xf32>, tensor<384xf32>) -> tensor<?x384xf32>
  %q2 = func.call @linear(%n1, %wq, %sq, %bq) : (tensor<?x384xf32>, tensor<384x192xi8>, tensor<3x384xf32>, tensor<384xf32>) -> tensor<?x384xf32>
  %k2 = func.call @linear(%n1, %wk, %sk, %bk) : (tensor<?x384xf32>, tensor<384x192xi8>, tensor<3x384xf32>, tensor<384xf32>) -> tensor<?x384xf32>
  %v2 = func.call @linear(%n1, %wv, %sv, %bv) : (tensor<?x384xf32>, tensor<384x192xi8>, tensor<3x384xf32>, tensor<384xf32>) -> tensor<?x384xf32>
  %q = func.call @split_heads(%q2, %batch) : (tensor<?x384xf32>, index) -> tensor<?x128x32xf32>
  %k = func.call @split_heads(%k2, %batch) : (tensor<?x384xf32>, index) -> tensor<?x128x32xf32>
  %v = func.call @split_heads(%v2, %batch) : (tensor<?x384xf32>, index) -> tensor<?x128x32xf32>
  %kte = tensor.empty(%bh) : tensor<?x32x128xf32>
  %kt = linalg.transpose ins(%k : tensor<?x128x32xf32>)
      outs(%kte : tensor<?x32x128xf32>) permutation = [0, 2, 1]
  %le = tensor.empty(%bh) : tensor<?x128x128xf32>
  %lz = linalg.fill ins(%zero : f32) outs(%le : tensor<?x128x128xf32>) -> tensor<?x128x128xf32>
  %l = linalg.batch_matmul ins(%q, %kt : tensor<?x128x32xf32>, tensor<?x32x128xf32>)
      outs(%lz : tensor<?x128x128xf32>) -> tensor<?x128x128xf32>
  %ls = linalg.generic {indexing_maps = [#id3, #id3], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%l : tensor<?x128x128xf32>) outs(%le : tensor<?x128x128xf32>) {
  ^bb0(%a: f32, %out: f32):
    %scale = arith.constant 0.176776695 : f32
    %t = arith.mulf %a, %scale : f32
    linalg.yield %t : f32
  } -> tensor<?x128x128xf32>
  %p = linalg.softmax dimension(2) ins(%ls : tensor<?x128x128xf32>)
      outs(%le : tensor<?x128x128xf32>) -> tensor<?x128x128xf32>
  %ae = tensor.empty(%bh) : tensor<?x128x32xf32>
  %az = linalg.fill ins(%zero : f32) outs(%ae : tensor<?x128x32xf32>) -> tensor<?x128x32xf32>
  %a = linalg.batch_matmul ins(%p, %v : tensor<?x128x128xf32>, tensor<?x128x32xf32>)
      outs(%az : tensor<?x128x32xf32>) -> tensor<?x128x32xf32>
  %a4 = tensor.expand_shape %a [[0, 1], [2], [3]] output_shape [%batch, 12, 128, 32]
      : tensor<?x128x32xf32> into tensor<?x12x128x32xf32>
  %ate = tensor.empty(%batch) : tensor<?x128x12x32xf32>
  %at = linalg.transpose ins(%a4 : tensor<?x12x128x32xf32>)
      outs(%ate : tensor<?x128x12x32xf32>) permutation = [0, 2, 1, 3]
  %a2 = tensor.collapse_shape %at [[0, 1], [2, 3]] : tensor<?x128x12x32xf32> into tensor<?x384xf32>
  %o = func.call @linear(%a2, %wo, %so, %bo) : (tensor<?x384xf32>, tensor<384x192xi8>, tensor<3x384xf32>, tensor<384xf32>) -> tensor<?x384xf32>
  %h = func.call @add(%rows, %o) : (tensor<?x384xf32>, tensor<?x384xf32>) -> tensor<?x384xf32>

  // MLP.
  %n2 = func.call @layer_norm(%h, %g2, %b2) : (tensor<?x384xf32>, tensor<384xf32>, tensor<384xf32>) -> tensor<?x384xf32>
  %ue = tensor.empty() : tensor<384x1536xf32>
  %ud = linalg.generic {indexing_maps = [#id2], iterator_types = ["parallel", "parallel"]}
      outs(%ue : tensor<384x1536xf32>) {
  ^bb0(%out: f32):
    %i = linalg.index 0 : index
    %n = linalg.index 1 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %four = arith.constant 4 : i8
    %j = arith.divui %n, %c2 : index
    %byte = tensor.extract %w1[%i, %j] : tensor<384x768xi8>
    %odd = arith.andi %n, %c1 : index
    %odd8 = arith.index_cast %odd : index to i8
    %bits = arith.muli %odd8, %four : i8
    %shift = arith.subi %four, %bits : i8
    %left = arith.shli %byte, %shift : i8
    %qq = arith.shrsi %left, %four : i8
    %f = arith.sitofp %qq : i8 to f32
    %g = arith.divui %i, %c128 : index
    %s = tensor.extract %s1[%g, %n] : tensor<3x1536xf32>
    %t = arith.mulf %f, %s : f32
    linalg.yield %t : f32
  } -> tensor<384x1536xf32>
  %uo = tensor.empty(%m) : tensor<?x1536xf32>
  %uz = linalg.fill ins(%zero : f32) outs(%uo : tensor<?x1536xf32>) -> tensor<?x1536xf32>
  %u = linalg.matmul ins(%n2, %ud : tensor<?x384xf32>, tensor<384x1536xf32>)
      outs(%uz : tensor<?x1536xf32>) -> tensor<?x1536xf32>
  %gelu = linalg.generic {indexing_maps = [#id2, #col, #id2], iterator_types = ["parallel", "parallel"]}
      ins(%u, %bi1 : tensor<?x1536xf32>, tensor<1536xf32>) outs(%uo : tensor<?x1536xf32>) {
  ^bb0(%in: f32, %b: f32, %out: f32):
    %half = arith.constant 0.5 : f32
    %one = arith.constant 1.0 : f32
    %rsqrt2 = arith.constant 0.707106769 : f32
    %v0 = arith.addf %in, %b : f32
    %v1 = arith.mulf %v0, %rsqrt2 : f32
    %v3 = math.erf %v1 : f32
    %v4 = arith.addf %v3, %one : f32
    %v5 = arith.mulf %v0, %half : f32
    %v6 = arith.mulf %v5, %v4 : f32
    linalg.yield %v6 : f32
  } -> tensor<?x1536xf32>
  %de = tensor.empty() : tensor<1536x384xf32>
  %dd = linalg.generic {indexing_maps = [#id2], iterator_types = ["parallel", "parallel"]}
      outs(%de : tensor<1536x384xf32>) {
  ^bb0(%out: f32):
    %i = linalg.index 0 : index
    %n = linalg.index 1 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %four = arith.constant 4 : i8
    %j = arith.divui %n, %c2 : index
    %byte = tensor.extract %w2[%i, %j] : tensor<1536x192xi8>
    %odd = arith.andi %n, %c1 : index
    %odd8 = arith.index_cast %odd : index to i8
    %bits = arith.muli %odd8, %four : i8
    %shift = arith.subi %four, %bits : i8
    %left = arith.shli %byte, %shift : i8
    %qq = arith.shrsi %left, %four : i8
    %f = arith.sitofp %qq : i8 to f32
    %g = arith.divui %i, %c128 : index
    %s = tensor.extract %s2[%g, %n] : tensor<12x384xf32>
    %t = arith.mulf %f, %s : f32
    linalg.yield %t : f32
  } -> tensor<1536x384xf32>
  %do = tensor.empty(%m) : tensor<?x384xf32>
  %dz = linalg.fill ins(%zero : f32) outs(%do : tensor<?x384xf32>) -> tensor<?x384xf32>
  %d = linalg.matmul ins(%gelu, %dd : tensor<?x1536xf32>, tensor<1536x384xf32>)
      outs(%dz : tensor<?x384xf32>) -> tensor<?x384xf32>
  %db = linalg.generic {indexing_maps = [#id2, #col, #id2, #id2], iterator_types = ["parallel", "parallel"]}
      ins(%d, %bi2, %h : tensor<?x384xf32>, tensor<384xf32>, tensor<?x384xf32>) outs(%do : tensor<?x384xf32>) {
  ^bb0(%in: f32, %b: f32, %skip: f32, %out: f32):
    %t = arith.addf %in, %b : f32
    %r = arith.addf %t, %skip : f32
    linalg.yield %r : f32
  } -> tensor<?x384xf32>
  %result = tensor.expand_shape %db [[0, 1], [2]] output_shape [%batch, 128, 384]
      : tensor<?x384xf32> into tensor<?x128x384xf32>
  return %result : tensor<?x128x384xf32>
}
