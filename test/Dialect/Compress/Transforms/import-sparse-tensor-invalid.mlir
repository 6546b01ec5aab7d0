// RUN: compress-opt %s --split-input-file --verify-diagnostics --compress-import-sparse-tensor

#CSC = #sparse_tensor.encoding<{ map = (i, j) -> (j : dense, i : compressed) }>
func.func @columns() -> tensor<2x2xf32> {
  %c = arith.constant dense<1.0> : tensor<2x2xf32>
  // expected-error @below {{cannot become a compressed tensor: level 0 is 'dense' at that place, which no sparsity stores}}
  %w = sparse_tensor.convert %c : tensor<2x2xf32> to tensor<2x2xf32, #CSC>
  %d = sparse_tensor.convert %w : tensor<2x2xf32, #CSC> to tensor<2x2xf32>
  return %d : tensor<2x2xf32>
}

// -----

#COO = #sparse_tensor.encoding<{ map = (i, j) -> (i : compressed(nonunique), j : singleton) }>
func.func @list() -> tensor<2x2xf32> {
  %c = arith.constant dense<1.0> : tensor<2x2xf32>
  // expected-error @below {{cannot become a compressed tensor: level 0 is 'compressed(nonunique)' at that place}}
  %w = sparse_tensor.convert %c : tensor<2x2xf32> to tensor<2x2xf32, #COO>
  %d = sparse_tensor.convert %w : tensor<2x2xf32, #COO> to tensor<2x2xf32>
  return %d : tensor<2x2xf32>
}

// -----

#DCSR = #sparse_tensor.encoding<{ map = (i, j) -> (i : compressed, j : compressed) }>
func.func @rows() -> tensor<2x2xf32> {
  %c = arith.constant dense<1.0> : tensor<2x2xf32>
  // expected-error @below {{expected a level of n:m, or one compressed level, the last dimension's or that of its blocks}}
  %w = sparse_tensor.convert %c : tensor<2x2xf32> to tensor<2x2xf32, #DCSR>
  %d = sparse_tensor.convert %w : tensor<2x2xf32, #DCSR> to tensor<2x2xf32>
  return %d : tensor<2x2xf32>
}

// -----

#CSR = #sparse_tensor.encoding<{ map = (i, j) -> (i : dense, j : compressed) }>
func.func @element_type() -> tensor<2x2xf64> {
  %c = arith.constant dense<1.0> : tensor<2x2xf64>
  // expected-error @below {{its elements are not f32, f16 or bf16}}
  %w = sparse_tensor.convert %c : tensor<2x2xf64> to tensor<2x2xf64, #CSR>
  %d = sparse_tensor.convert %w : tensor<2x2xf64, #CSR> to tensor<2x2xf64>
  return %d : tensor<2x2xf64>
}

// -----

#CSR = #sparse_tensor.encoding<{ map = (i, j) -> (i : dense, j : compressed) }>
func.func @returned() -> tensor<2x2xf32, #CSR> {
  %c = arith.constant dense<1.0> : tensor<2x2xf32>
  // expected-error @below {{'func.return' reads the sparse type; convert it to a dense one first}}
  %w = sparse_tensor.convert %c : tensor<2x2xf32> to tensor<2x2xf32, #CSR>
  // expected-note @below {{read here}}
  return %w : tensor<2x2xf32, #CSR>
}

// -----

#NV24 = #sparse_tensor.encoding<{ map = (i, j) -> (i : dense, j floordiv 4 : dense, j mod 4 : structured[2, 4]) }>
func.func @too_many() -> tensor<1x4xf32> {
  %c = arith.constant dense<1.0> : tensor<1x4xf32>
  // expected-error @below {{cannot become a compressed tensor: }}
  %w = sparse_tensor.convert %c : tensor<1x4xf32> to tensor<1x4xf32, #NV24>
  %d = sparse_tensor.convert %w : tensor<1x4xf32, #NV24> to tensor<1x4xf32>
  return %d : tensor<1x4xf32>
}

// -----

#CSR = #sparse_tensor.encoding<{ map = (i, j) -> (i : dense, j : compressed) }>
func.func @coordinate() -> tensor<1x2xf32> {
  %pos = arith.constant dense<[0, 1]> : tensor<2xindex>
  %crd = arith.constant dense<[2]> : tensor<1xindex>
  %v = arith.constant dense<[1.0]> : tensor<1xf32>
  // expected-error @below {{coordinate 0 of level 1 is not below 2}}
  %w = sparse_tensor.assemble (%pos, %crd), %v : (tensor<2xindex>, tensor<1xindex>), tensor<1xf32> to tensor<1x2xf32, #CSR>
  %d = sparse_tensor.convert %w : tensor<1x2xf32, #CSR> to tensor<1x2xf32>
  return %d : tensor<1x2xf32>
}

// -----

#CSR = #sparse_tensor.encoding<{ map = (i, j) -> (i : dense, j : compressed) }>
func.func @positions() -> tensor<1x2xf32> {
  %pos = arith.constant dense<[0, 7]> : tensor<2xindex>
  %crd = arith.constant dense<[1]> : tensor<1xindex>
  %v = arith.constant dense<[1.0]> : tensor<1xf32>
  // expected-error @below {{positions of level 1 do not ascend within the coordinates}}
  %w = sparse_tensor.assemble (%pos, %crd), %v : (tensor<2xindex>, tensor<1xindex>), tensor<1xf32> to tensor<1x2xf32, #CSR>
  %d = sparse_tensor.convert %w : tensor<1x2xf32, #CSR> to tensor<1x2xf32>
  return %d : tensor<1x2xf32>
}

// -----

#CSR = #sparse_tensor.encoding<{ map = (i, j) -> (i : dense, j : compressed) }>
func.func @values() -> tensor<1x2xf32> {
  %pos = arith.constant dense<[0, 2]> : tensor<2xindex>
  %crd = arith.constant dense<[0, 1]> : tensor<2xindex>
  %v = arith.constant dense<[1.0]> : tensor<1xf32>
  // expected-error @below {{it has 1 values, fewer than its levels store}}
  %w = sparse_tensor.assemble (%pos, %crd), %v : (tensor<2xindex>, tensor<2xindex>), tensor<1xf32> to tensor<1x2xf32, #CSR>
  %d = sparse_tensor.convert %w : tensor<1x2xf32, #CSR> to tensor<1x2xf32>
  return %d : tensor<1x2xf32>
}
