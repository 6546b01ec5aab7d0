// RUN: compress-opt %s -split-input-file -verify-diagnostics

//===----------------------------------------------------------------------===//
// prune
//===----------------------------------------------------------------------===//

func.func @prune_axis(%w: tensor<4x4xf32>) {
  // expected-error @below {{'compress.prune' op N:M sparsity's axis must be less than the rank 2, found 3}}
  %0 = compress.prune #compress.nm<2:4, axis = 3>, %w : tensor<4x4xf32>
  return
}

// -----

func.func @prune_divides(%w: tensor<4x6xf32>) {
  // expected-error @below {{'compress.prune' op N:M sparsity needs an extent that divides by 4 along its axis 1, found 6}}
  %0 = compress.prune #compress.nm<2:4, axis = 1>, %w : tensor<4x6xf32>
  return
}

// -----

func.func @prune_dynamic(%w: tensor<?x4xf32>) {
  // expected-error @below {{'compress.prune' op N:M sparsity needs a static extent along its axis 0, found a dynamic one}}
  %0 = compress.prune #compress.nm<2:4, axis = 0>, %w : tensor<?x4xf32>
  return
}

// -----

func.func @prune_both(%w: tensor<4x4xf32>, %m: tensor<4x4xi1>) {
  // expected-error @below {{'compress.prune' op takes scores or a mask, found both}}
  %0 = compress.prune #compress.bitmap<count = 4>, %w scores(%w : tensor<4x4xf32>) mask(%m : tensor<4x4xi1>) : tensor<4x4xf32>
  return
}

// -----

func.func @prune_scores_shape(%w: tensor<4x4xf32>, %s: tensor<4x8xf32>) {
  // expected-error @below {{'compress.prune' op scores must have the shape of the input, 'tensor<4x4xf32>', found 'tensor<4x8xf32>'}}
  %0 = compress.prune #compress.bitmap<count = 4>, %w scores(%s : tensor<4x8xf32>) : tensor<4x4xf32>
  return
}

// -----

func.func @prune_scores_type(%w: tensor<4x4xf16>) {
  // expected-error @below {{'compress.prune' op operand #1 must be ranked tensor of 32-bit float values, but got 'tensor<4x4xf16>'}}
  %0 = compress.prune #compress.bitmap<count = 4>, %w scores(%w : tensor<4x4xf16>) : tensor<4x4xf16>
  return
}

// -----

func.func @prune_mask_shape(%w: tensor<4x4xf32>, %m: tensor<16xi8>) {
  // expected-error @below {{'compress.prune' op mask must have the shape of the input, 'tensor<4x4xf32>', found 'tensor<16xi8>'}}
  %0 = compress.prune #compress.bitmap<count = 4>, %w mask(%m : tensor<16xi8>) : tensor<4x4xf32>
  return
}

// -----

func.func @prune_row_nm(%w: tensor<4x4xf32>) {
  // expected-error @below {{'compress.prune' op budget 'row' needs bitmap or CSR sparsity, found #compress.nm<2:4, axis = 0>}}
  %0 = compress.prune #compress.nm<2:4, axis = 0>, %w budget = row : tensor<4x4xf32>
  return
}

// -----

func.func @prune_row_mask(%w: tensor<4x4xf32>, %m: tensor<4x4xi8>) {
  // expected-error @below {{'compress.prune' op a mask leaves nothing to choose, found the budget 'row'}}
  %0 = compress.prune #compress.csr<count = 4>, %w mask(%m : tensor<4x4xi8>) budget = row : tensor<4x4xf32>
  return
}

// -----

func.func @prune_row_count(%w: tensor<2x3x4xf32>) {
  // expected-error @below {{'compress.prune' op budget 'row' needs a count that divides by the number of rows, 6, found 8}}
  %0 = compress.prune #compress.csr<count = 8>, %w budget = row : tensor<2x3x4xf32>
  return
}

// -----

func.func @prune_row_none(%w: tensor<0x4xf32>) {
  // expected-error @below {{'compress.prune' op CSR sparsity's count must be at most 0 for 0 elements, found 8}}
  %0 = compress.prune #compress.csr<count = 8>, %w budget = row : tensor<0x4xf32>
  return
}

// -----

func.func @prune_scalar(%w: tensor<f32>) {
  // expected-error @below {{'compress.prune' op bitmap sparsity needs at least one dimension, found a scalar}}
  %0 = compress.prune #compress.bitmap<count = 1>, %w : tensor<f32>
  return
}

// -----

func.func @prune_kind(%w: tensor<4x4xf32>) {
  // expected-error @below {{invalid kind of attribute specified}}
  %0 = compress.prune #compress.affine<i8>, %w : tensor<4x4xf32>
  return
}

// -----

func.func @prune_kind_generic(%w: tensor<4x4xf32>) {
  // expected-error @below {{'compress.prune' op attribute 'sparsity' failed to satisfy constraint: SparsityAttrInterface instance}}
  %0 = "compress.prune"(%w) {operandSegmentSizes = array<i32: 1, 0, 0>, sparsity = 3 : i32} : (tensor<4x4xf32>) -> tensor<4x4xf32>
  return
}

// -----

func.func @prune_missing(%w: tensor<4x4xf32>) {
  // expected-error @below {{'compress.prune' op requires attribute 'sparsity'}}
  %0 = "compress.prune"(%w) {operandSegmentSizes = array<i32: 1, 0, 0>} : (tensor<4x4xf32>) -> tensor<4x4xf32>
  return
}

// -----

func.func @prune_types(%w: tensor<4x4xf32>) {
  // expected-error @below {{'compress.prune' op failed to verify that all of {input, result} have same type}}
  %0 = "compress.prune"(%w) {operandSegmentSizes = array<i32: 1, 0, 0>, sparsity = #compress.dense} : (tensor<4x4xf32>) -> tensor<4x4xf16>
  return
}

// -----

func.func @prune_element_type(%w: tensor<4x4xf64>) {
  // expected-error @below {{'compress.prune' op operand #0 must be ranked tensor of 32-bit float or 16-bit float or bfloat16 type values, but got 'tensor<4x4xf64>'}}
  %0 = compress.prune #compress.dense, %w : tensor<4x4xf64>
  return
}

// -----

func.func @prune_unranked(%w: tensor<*xf32>) {
  // expected-error @below {{expected builtin.tensor, but found 'tensor<*xf32>'}}
  %0 = compress.prune #compress.dense, %w : tensor<*xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// choose_qparams
//===----------------------------------------------------------------------===//

func.func @qparams_float(%x: tensor<4x4xf32>) {
  // expected-error @below {{'compress.choose_qparams' op storage must have parameters that are computed at run time (affine, or floats and constant codebooks with a scale), found #compress.float<f16>}}
  %0 = compress.choose_qparams #compress.float<f16>, %x : tensor<4x4xf32> -> tensor<1x1xf32>
  return
}

// -----

func.func @qparams_block_rank(%x: tensor<4x4xf32>) {
  // expected-error @below {{'compress.choose_qparams' op storage must have as many block extents as the tensor has dimensions, 2, found 1}}
  %0 = compress.choose_qparams #compress.affine<i8, block = [1]>, %x : tensor<4x4xf32> -> tensor<1x1xf32>
  return
}

// -----

func.func @qparams_block_dynamic(%x: tensor<?x4xf32>) {
  // expected-error @below {{'compress.choose_qparams' op a block extent of 2 needs a static dimension 0; use 1 or '*' for a dynamic one}}
  %0 = compress.choose_qparams #compress.affine<i8, block = [2, *]>, %x : tensor<?x4xf32> -> tensor<?x1xf32>
  return
}

// -----

func.func @qparams_none(%x: tensor<4x4xf32>) {
  // expected-error @below {{'compress.choose_qparams' op expected 1 parameters (scales), found 0}}
  "compress.choose_qparams"(%x) {storage = #compress.affine<i8>} : (tensor<4x4xf32>) -> ()
  return
}

// -----

func.func @qparams_too_many(%x: tensor<4x4xf32>) {
  // expected-error @below {{'compress.choose_qparams' op expected 1 parameters (scales), found 2}}
  %0:2 = compress.choose_qparams #compress.affine<i8>, %x : tensor<4x4xf32> -> tensor<1x1xf32>, tensor<1x1xi8>
  return
}

// -----

func.func @qparams_too_few(%x: tensor<4x4xf32>) {
  // expected-error @below {{'compress.choose_qparams' op expected 2 parameters (scales, zero_points), found 1}}
  %0 = compress.choose_qparams #compress.affine<i8, asymmetric>, %x : tensor<4x4xf32> -> tensor<1x1xf32>
  return
}

// -----

func.func @qparams_scale_type(%x: tensor<4x4xf32>) {
  // expected-error @below {{'compress.choose_qparams' op component 'scales' must be 'tensor<1x1xf32>', found 'tensor<1x1xf16>'}}
  %0 = compress.choose_qparams #compress.affine<i8>, %x : tensor<4x4xf32> -> tensor<1x1xf16>
  return
}

// -----

func.func @qparams_shape(%x: tensor<4x4xf32>) {
  // expected-error @below {{'compress.choose_qparams' op component 'zero_points' must be 'tensor<2x1xi8>', found 'tensor<1x2xi8>'}}
  %0:2 = compress.choose_qparams #compress.affine<i8, block = [3, *], asymmetric>, %x
      : tensor<4x4xf32> -> tensor<2x1xf32>, tensor<1x2xi8>
  return
}

// -----

// A tensor without elements has no parameters.
func.func @qparams_empty(%x: tensor<0x4xf32>) {
  // expected-error @below {{'compress.choose_qparams' op component 'scales' must be 'tensor<0x1xf32>', found 'tensor<1x1xf32>'}}
  %0 = compress.choose_qparams #compress.affine<i8>, %x : tensor<0x4xf32> -> tensor<1x1xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// encode
//===----------------------------------------------------------------------===//

func.func @encode_result(%w: tensor<4x4xf32>) {
  // expected-error @below {{'compress.encode' op result #0 must be a compressed tensor, but got 'tensor<4x4xf32>'}}
  %0 = compress.encode %w : tensor<4x4xf32> -> tensor<4x4xf32>
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @encode_shape(%w: tensor<4x4xf32>) {
  // expected-error @below {{'compress.encode' op dense and compressed tensor must agree in shape and element type, expected 'tensor<4x5xf32>', found 'tensor<4x4xf32>'}}
  %0 = compress.encode %w : tensor<4x4xf32> -> !compress.tensor<4x5xf32, #i8>
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @encode_element_type(%w: tensor<4x4xf32>) {
  // expected-error @below {{'compress.encode' op dense and compressed tensor must agree in shape and element type, expected 'tensor<4x4xf16>', found 'tensor<4x4xf32>'}}
  %0 = compress.encode %w : tensor<4x4xf32> -> !compress.tensor<4x4xf16, #i8>
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @encode_dynamic(%w: tensor<4x4xf32>) {
  // expected-error @below {{'compress.encode' op dense and compressed tensor must agree in shape and element type, expected 'tensor<?x4xf32>', found 'tensor<4x4xf32>'}}
  %0 = compress.encode %w : tensor<4x4xf32> -> !compress.tensor<?x4xf32, #i8>
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @encode_encoding(%w: tensor<4x4xf32, "csr">) {
  // expected-error @below {{'compress.encode' op dense and compressed tensor must agree in shape and element type, expected 'tensor<4x4xf32>', found 'tensor<4x4xf32, "csr">'}}
  %0 = compress.encode %w : tensor<4x4xf32, "csr"> -> !compress.tensor<4x4xf32, #i8>
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @encode_both(%w: tensor<4x4xf32>, %s: tensor<1x1xf32>) {
  // expected-error @below {{'compress.encode' op takes an observer or parameters, found both}}
  %0 = compress.encode %w parameters(%s : tensor<1x1xf32>) observer = <mse> : tensor<4x4xf32> -> !compress.tensor<4x4xf32, #i8>
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8, asymmetric>>
func.func @encode_parameters_missing(%w: tensor<4x4xf32>, %s: tensor<1x1xf32>) {
  // expected-error @below {{'compress.encode' op expected 2 parameters (scales, zero_points), found 1}}
  %0 = compress.encode %w parameters(%s : tensor<1x1xf32>) : tensor<4x4xf32> -> !compress.tensor<4x4xf32, #i8>
  return
}

// -----

#f16 = #compress.scheme<storage = #compress.float<f16>>
func.func @encode_parameters_of_float(%w: tensor<4x4xf32>, %s: tensor<1x1xf32>) {
  // expected-error @below {{'compress.encode' op expected 0 parameters, found 1}}
  %0 = compress.encode %w parameters(%s : tensor<1x1xf32>) : tensor<4x4xf32> -> !compress.tensor<4x4xf32, #f16>
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @encode_parameter_type(%w: tensor<4x4xf32>, %s: tensor<4x1xf32>) {
  // expected-error @below {{'compress.encode' op component 'scales' must be 'tensor<1x1xf32>', found 'tensor<4x1xf32>'}}
  %0 = compress.encode %w parameters(%s : tensor<4x1xf32>) : tensor<4x4xf32> -> !compress.tensor<4x4xf32, #i8>
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @encode_observer_kind(%w: tensor<4x4xf32>) {
  // expected-error @below {{invalid kind of attribute specified}}
  %0 = compress.encode %w observer = #compress.affine<i8> : tensor<4x4xf32> -> !compress.tensor<4x4xf32, #i8>
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @encode_observer_kind_generic(%w: tensor<4x4xf32>) {
  // expected-error @below {{'compress.encode' op attribute 'observer' failed to satisfy constraint: how the range of a block is chosen}}
  %0 = "compress.encode"(%w) {observer = 3} : (tensor<4x4xf32>) -> !compress.tensor<4x4xf32, #i8>
  return
}

// -----

//===----------------------------------------------------------------------===//
// decode
//===----------------------------------------------------------------------===//

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @decode_element_type(%w: !compress.tensor<4x4xf32, #i8>) {
  // expected-error @below {{'compress.decode' op dense and compressed tensor must agree in shape and element type, expected 'tensor<4x4xf32>', found 'tensor<4x4xf16>'}}
  %0 = compress.decode %w : !compress.tensor<4x4xf32, #i8> -> tensor<4x4xf16>
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @decode_shape(%w: !compress.tensor<4x4xf32, #i8>) {
  // expected-error @below {{'compress.decode' op dense and compressed tensor must agree in shape and element type, expected 'tensor<4x4xf32>', found 'tensor<?x4xf32>'}}
  %0 = compress.decode %w : !compress.tensor<4x4xf32, #i8> -> tensor<?x4xf32>
  return
}

// -----

func.func @decode_dense(%w: tensor<4xf32>) {
  // expected-error @below {{'compress.decode' op operand #0 must be a compressed tensor, but got 'tensor<4xf32>'}}
  %0 = compress.decode %w : tensor<4xf32> -> tensor<4xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// assemble
//===----------------------------------------------------------------------===//

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @assemble_missing(%v: tensor<4x4xi8>) {
  // expected-error @below {{'compress.assemble' op expected 2 components (values, scales), found 1}}
  %0 = compress.assemble %v : (tensor<4x4xi8>) -> !compress.tensor<4x4xf32, #i8>
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @assemble_none() {
  // expected-error @below {{'compress.assemble' op expected 2 components (values, scales), found 0}}
  %0 = "compress.assemble"() : () -> !compress.tensor<4x4xf32, #i8>
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @assemble_order(%v: tensor<4x4xi8>, %s: tensor<1x1xf32>) {
  // expected-error @below {{'compress.assemble' op component 'values' must be 'tensor<4x4xi8>', found 'tensor<1x1xf32>'}}
  %0 = compress.assemble %s, %v : (tensor<1x1xf32>, tensor<4x4xi8>) -> !compress.tensor<4x4xf32, #i8>
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @assemble_unsigned(%v: tensor<4x4xui8>, %s: tensor<1x1xf32>) {
  // expected-error @below {{'compress.assemble' op component 'values' must be 'tensor<4x4xi8>', found 'tensor<4x4xui8>'}}
  %0 = compress.assemble %v, %s : (tensor<4x4xui8>, tensor<1x1xf32>) -> !compress.tensor<4x4xf32, #i8>
  return
}

// -----

#i4 = #compress.scheme<storage = #compress.affine<i4>>
func.func @assemble_unpacked(%v: tensor<4x5xi4>, %s: tensor<1x1xf32>) {
  // expected-error @below {{'compress.assemble' op component 'values' must be 'tensor<4x3xi8>', found 'tensor<4x5xi4>'}}
  %0 = compress.assemble %v, %s : (tensor<4x5xi4>, tensor<1x1xf32>) -> !compress.tensor<4x5xf32, #i4>
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @assemble_unranked(%v: tensor<*xi8>, %s: tensor<1x1xf32>) {
  // expected-error @below {{'compress.assemble' op operand #0 must be variadic of ranked tensor of any type values, but got 'tensor<*xi8>'}}
  %0 = compress.assemble %v, %s : (tensor<*xi8>, tensor<1x1xf32>) -> !compress.tensor<4x4xf32, #i8>
  return
}

// -----

//===----------------------------------------------------------------------===//
// component
//===----------------------------------------------------------------------===//

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @component_name(%w: !compress.tensor<4x4xf32, #i8>) {
  // expected-error @below {{'compress.component' op expected one of the components (values, scales), found 'zero_points'}}
  %0 = compress.component %w["zero_points"] : !compress.tensor<4x4xf32, #i8> -> tensor<1x1xi8>
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @component_type(%w: !compress.tensor<4x4xf32, #i8>) {
  // expected-error @below {{'compress.component' op component 'scales' is 'tensor<1x1xf32>', found 'tensor<1x1xf16>'}}
  %0 = compress.component %w["scales"] : !compress.tensor<4x4xf32, #i8> -> tensor<1x1xf16>
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @component_missing(%w: !compress.tensor<4x4xf32, #i8>) {
  // expected-error @below {{'compress.component' op requires attribute 'component'}}
  %0 = "compress.component"(%w) : (!compress.tensor<4x4xf32, #i8>) -> tensor<1x1xf16>
  return
}

// -----

//===----------------------------------------------------------------------===//
// contract
//===----------------------------------------------------------------------===//

func.func @contract_dense(%x: tensor<2x8xf32>, %w: tensor<8x4xf32>, %i: tensor<2x4xf32>) {
  // expected-error @below {{'compress.contract' op at least one operand must be compressed, found 'tensor<2x8xf32>' and 'tensor<8x4xf32>'}}
  %0 = compress.contract [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>] ins(%x, %w : tensor<2x8xf32>, tensor<8x4xf32>) outs(%i : tensor<2x4xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @contract_unranked(%x: tensor<*xf32>, %w: !compress.tensor<8x4xf32, #i8>, %i: tensor<2x4xf32>) {
  // expected-error @below {{'compress.contract' op lhs must be compressed or a ranked tensor of f32, f16 or bf16, found 'tensor<*xf32>'}}
  %0 = compress.contract [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>] ins(%x, %w : tensor<*xf32>, !compress.tensor<8x4xf32, #i8>) outs(%i : tensor<2x4xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @contract_number(%x: f32, %w: !compress.tensor<8x4xf32, #i8>, %i: tensor<2x4xf32>) {
  // expected-error @below {{'compress.contract' op lhs must be compressed or a ranked tensor of f32, f16 or bf16, found 'f32'}}
  %0 = compress.contract [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>] ins(%x, %w : f32, !compress.tensor<8x4xf32, #i8>) outs(%i : tensor<2x4xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @contract_buffer(%x: memref<2x8xf32>, %w: !compress.tensor<8x4xf32, #i8>, %i: tensor<2x4xf32>) {
  // expected-error @below {{'compress.contract' op lhs must be compressed or a ranked tensor of f32, f16 or bf16, found 'memref<2x8xf32>'}}
  %0 = compress.contract [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>] ins(%x, %w : memref<2x8xf32>, !compress.tensor<8x4xf32, #i8>) outs(%i : tensor<2x4xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @contract_integers(%x: tensor<2x8xi8>, %w: !compress.tensor<8x4xf32, #i8>, %i: tensor<2x4xf32>) {
  // expected-error @below {{'compress.contract' op lhs must be compressed or a ranked tensor of f32, f16 or bf16, found 'tensor<2x8xi8>'}}
  %0 = compress.contract [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>] ins(%x, %w : tensor<2x8xi8>, !compress.tensor<8x4xf32, #i8>) outs(%i : tensor<2x4xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @contract_indices(%x: tensor<2x8xindex>, %w: !compress.tensor<8x4xf32, #i8>, %i: tensor<2x4xf32>) {
  // expected-error @below {{'compress.contract' op lhs must be compressed or a ranked tensor of f32, f16 or bf16, found 'tensor<2x8xindex>'}}
  %0 = compress.contract [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>] ins(%x, %w : tensor<2x8xindex>, !compress.tensor<8x4xf32, #i8>) outs(%i : tensor<2x4xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @contract_f64(%x: tensor<2x8xf64>, %w: !compress.tensor<8x4xf32, #i8>, %i: tensor<2x4xf32>) {
  // expected-error @below {{'compress.contract' op lhs must be compressed or a ranked tensor of f32, f16 or bf16, found 'tensor<2x8xf64>'}}
  %0 = compress.contract [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>] ins(%x, %w : tensor<2x8xf64>, !compress.tensor<8x4xf32, #i8>) outs(%i : tensor<2x4xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @contract_rhs(%x: !compress.tensor<2x8xf32, #i8>, %w: tensor<8x4xi4>, %i: tensor<2x4xf32>) {
  // expected-error @below {{'compress.contract' op rhs must be compressed or a ranked tensor of f32, f16 or bf16, found 'tensor<8x4xi4>'}}
  %0 = compress.contract [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>] ins(%x, %w : !compress.tensor<2x8xf32, #i8>, tensor<8x4xi4>) outs(%i : tensor<2x4xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @contract_init(%x: tensor<2x8xf32>, %w: !compress.tensor<8x4xf32, #i8>, %i: tensor<2x4xf64>) {
  // expected-error @below {{'compress.contract' op operand #2 must be ranked tensor of 32-bit float or 16-bit float or bfloat16 type values, but got 'tensor<2x4xf64>'}}
  %0 = compress.contract [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>] ins(%x, %w : tensor<2x8xf32>, !compress.tensor<8x4xf32, #i8>) outs(%i : tensor<2x4xf64>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @contract_two_maps(%x: tensor<2x8xf32>, %w: !compress.tensor<8x4xf32, #i8>, %i: tensor<2x4xf32>) {
  // expected-error @below {{'compress.contract' op expected 3 indexing maps (lhs, rhs, result), found 2}}
  %0 = compress.contract [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>] ins(%x, %w : tensor<2x8xf32>, !compress.tensor<8x4xf32, #i8>) outs(%i : tensor<2x4xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @contract_no_maps(%x: tensor<2x8xf32>, %w: !compress.tensor<8x4xf32, #i8>, %i: tensor<2x4xf32>) {
  // expected-error @below {{'compress.contract' op expected 3 indexing maps (lhs, rhs, result), found 0}}
  %0 = compress.contract [] ins(%x, %w : tensor<2x8xf32>, !compress.tensor<8x4xf32, #i8>) outs(%i : tensor<2x4xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @contract_no_map_array(%x: tensor<2x8xf32>, %w: !compress.tensor<8x4xf32, #i8>, %i: tensor<2x4xf32>) {
  // expected-error @below {{'compress.contract' op attribute 'indexing_maps' failed to satisfy constraint: AffineMap array attribute}}
  %0 = compress.contract [3] ins(%x, %w : tensor<2x8xf32>, !compress.tensor<8x4xf32, #i8>) outs(%i : tensor<2x4xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @contract_sum(%x: tensor<2x8xf32>, %w: !compress.tensor<8x4xf32, #i8>, %i: tensor<2x4xf32>) {
  // expected-error @below {{map of lhs must be a projected permutation of the 3 common dimensions, found affine_map<(d0, d1, d2) -> (d0, d2 + 1)>}}
  %0 = compress.contract [affine_map<(m, n, k) -> (m, k + 1)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>] ins(%x, %w : tensor<2x8xf32>, !compress.tensor<8x4xf32, #i8>) outs(%i : tensor<2x4xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @contract_repeated(%x: tensor<2x8xf32>, %w: !compress.tensor<8x4xf32, #i8>, %i: tensor<2x4xf32>) {
  // expected-error @below {{map of lhs must be a projected permutation of the 3 common dimensions, found affine_map<(d0, d1, d2) -> (d0, d0)>}}
  %0 = compress.contract [affine_map<(m, n, k) -> (m, m)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>] ins(%x, %w : tensor<2x8xf32>, !compress.tensor<8x4xf32, #i8>) outs(%i : tensor<2x4xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @contract_constant(%x: tensor<2x8xf32>, %w: !compress.tensor<8x4xf32, #i8>, %i: tensor<2x4xf32>) {
  // expected-error @below {{map of lhs must be a projected permutation of the 3 common dimensions, found affine_map<(d0, d1, d2) -> (d0, 0)>}}
  %0 = compress.contract [affine_map<(m, n, k) -> (m, 0)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>] ins(%x, %w : tensor<2x8xf32>, !compress.tensor<8x4xf32, #i8>) outs(%i : tensor<2x4xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @contract_symbol(%x: tensor<2x8xf32>, %w: !compress.tensor<8x4xf32, #i8>, %i: tensor<2x4xf32>) {
  // expected-error @below {{map of lhs must be a projected permutation of the 3 common dimensions, found affine_map<(d0, d1, d2)[s0] -> (d0, d2)>}}
  %0 = compress.contract [affine_map<(m, n, k)[s] -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>] ins(%x, %w : tensor<2x8xf32>, !compress.tensor<8x4xf32, #i8>) outs(%i : tensor<2x4xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @contract_other_dimensions(%x: tensor<2x8xf32>, %w: !compress.tensor<8x4xf32, #i8>, %i: tensor<2x4xf32>) {
  // expected-error @below {{map of rhs must be a projected permutation of the 2 common dimensions, found affine_map<(d0, d1, d2) -> (d2, d1)>}}
  %0 = compress.contract [affine_map<(m, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>] ins(%x, %w : tensor<2x8xf32>, !compress.tensor<8x4xf32, #i8>) outs(%i : tensor<2x4xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @contract_rank(%x: tensor<2x8x1xf32>, %w: !compress.tensor<8x4xf32, #i8>, %i: tensor<2x4xf32>) {
  // expected-error @below {{'compress.contract' op map of lhs must have 3 results, found 2}}
  %0 = compress.contract [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>] ins(%x, %w : tensor<2x8x1xf32>, !compress.tensor<8x4xf32, #i8>) outs(%i : tensor<2x4xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @contract_reduced_extent(%x: tensor<2x7xf32>, %w: !compress.tensor<8x4xf32, #i8>, %i: tensor<2x4xf32>) {
  // expected-error @below {{'compress.contract' op dimension d2 is 7 in an operand and 8 in rhs}}
  %0 = compress.contract [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>] ins(%x, %w : tensor<2x7xf32>, !compress.tensor<8x4xf32, #i8>) outs(%i : tensor<2x4xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @contract_result_extent(%x: tensor<2x8xf32>, %w: !compress.tensor<8x4xf32, #i8>, %i: tensor<3x4xf32>) {
  // expected-error @below {{'compress.contract' op dimension d0 is 2 in an operand and 3 in result}}
  %0 = compress.contract [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>] ins(%x, %w : tensor<2x8xf32>, !compress.tensor<8x4xf32, #i8>) outs(%i : tensor<3x4xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
func.func @contract_unread(%x: tensor<2x8xf32>, %w: !compress.tensor<8x4xf32, #i8>, %i: tensor<2x4x3xf32>) {
  // expected-error @below {{'compress.contract' op dimension d3 must appear in the map of lhs or rhs}}
  %0 = compress.contract [affine_map<(m, n, k, z) -> (m, k)>, affine_map<(m, n, k, z) -> (k, n)>, affine_map<(m, n, k, z) -> (m, n, z)>] ins(%x, %w : tensor<2x8xf32>, !compress.tensor<8x4xf32, #i8>) outs(%i : tensor<2x4x3xf32>)
  return
}

// -----

func.func @contract_types(%x: tensor<2x8xf32>, %w: !compress.tensor<8x4xf32, #compress.scheme<storage = #compress.affine<i8>>>, %i: tensor<2x4xf32>) {
  // expected-error @below {{'compress.contract' op failed to verify that all of {init, result} have same type}}
  %0 = "compress.contract"(%x, %w, %i) {indexing_maps = []} : (tensor<2x8xf32>, !compress.tensor<8x4xf32, #compress.scheme<storage = #compress.affine<i8>>>, tensor<2x4xf32>) -> tensor<2x5xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// Discardable attributes
//===----------------------------------------------------------------------===//

// expected-error @below {{'func.func' op attribute 'compress.site' must be a string, found 3 : i64}}
func.func private @site() attributes {compress.site = 3}

// -----

// expected-error @below {{'func.func' op attribute 'compress.plan' must be on a module}}
func.func private @plan() attributes {compress.plan = []}

// -----

// expected-error @below {{'builtin.module' op attribute 'compress.plan' must be an array, found 3 : i64}}
module attributes {compress.plan = 3} {}

// -----

// expected-error @below {{'builtin.module' op attribute 'compress.plan' must hold dictionaries with a string 'site', found 3 : i64}}
module attributes {compress.plan = [3]} {}

// -----

// expected-error @below {{'builtin.module' op attribute 'compress.plan' must hold dictionaries with a string 'site', found {site = 3 : i64}}}
module attributes {compress.plan = [{site = 3}]} {}

// -----

// expected-error @below {{'func.func' op attribute 'compress.name' is not known on an op; known are 'compress.site' and 'compress.plan'}}
func.func private @name() attributes {compress.name = "x"}

// -----

// expected-error @below {{'func.func' op attribute 'compress.name' must be a nonempty string, found ""}}
func.func private @empty_name(tensor<4xf32> {compress.name = ""})

// -----

// expected-error @below {{'func.func' op attribute 'compress.name' must be a nonempty string, found 3 : i64}}
func.func private @name_of_result() -> (tensor<4xf32> {compress.name = 3})

// -----

// expected-error @below {{'func.func' op attribute 'compress.label' is not known on an argument; known are 'compress.name' and 'compress.external'}}
func.func private @argument(tensor<4xf32> {compress.label = "x"})

// -----

// expected-error @below {{'func.func' op attribute 'compress.external' is not known on a result; known is 'compress.name'}}
func.func private @result() -> (tensor<4xf32> {compress.external = "x"})

// -----

// expected-error @below {{'func.func' op attribute 'compress.external' must be #compress.external, found "model.safetensors"}}
func.func private @external(tensor<4xf32> {compress.external = "model.safetensors"})

// -----

// expected-error @below {{'func.func' op argument 1 of type 'tensor<4xf32>' is bound to an external weight of type 'tensor<5xf32>'}}
func.func private @external_shape(tensor<4xf32>, tensor<4xf32> {compress.external = #compress.external<"f", "k"> : tensor<5xf32>})

// -----

// expected-error @below {{'func.func' op argument 0 of type 'tensor<*xf32>' is bound to an external weight of type 'tensor<5xf32>'}}
func.func private @external_unranked(tensor<*xf32> {compress.external = #compress.external<"f", "k"> : tensor<5xf32>})

// -----

// expected-error @below {{is bound to an external weight of type 'tensor<5xf32>'}}
func.func private @external_compressed(!compress.tensor<5xf32, #compress.scheme<storage = #compress.affine<i8>>>
    {compress.external = #compress.external<"f", "k"> : tensor<5xf32>})

// -----

// expected-error @below {{unregistered operation 'compress.quantize' found in dialect ('compress') that does not allow unknown operations}}
"compress.quantize"() : () -> ()

// -----

func.func @extract_rank(%w: !compress.tensor<4x8xf32, #compress.scheme<storage = #compress.affine<i8>>>, %i: index) -> f32 {
  // expected-error@+1 {{expected 2 indices, found 1}}
  %e = compress.extract %w[%i] : !compress.tensor<4x8xf32, #compress.scheme<storage = #compress.affine<i8>>>
  return %e : f32
}

// -----

//===----------------------------------------------------------------------===//
// conv, by constraint
//===----------------------------------------------------------------------===//

#i8 = #compress.scheme<storage = #compress.affine<i8>>
#image = affine_map<(n, o, f, k, c) -> (n, o * 2 + k, c)>
#filter = affine_map<(n, o, f, k, c) -> (k, c, f)>
#result = affine_map<(n, o, f, k, c) -> (n, o, f)>
func.func @conv_c1_dense(%x: tensor<2x7x4xf32>, %w: tensor<3x4x5xf32>, %i: tensor<2x3x5xf32>) {
  // expected-error @below {{'compress.conv' op at least one operand must be compressed, found 'tensor<2x7x4xf32>' and 'tensor<3x4x5xf32>'}}
  %0 = compress.conv [#image, #filter, #result] ins(%x, %w : tensor<2x7x4xf32>, tensor<3x4x5xf32>) outs(%i : tensor<2x3x5xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
#image = affine_map<(n, o, f, k, c) -> (n, o * 2 + k, c)>
#filter = affine_map<(n, o, f, k, c) -> (k, c, f)>
#result = affine_map<(n, o, f, k, c) -> (n, o, f)>
func.func @conv_c1_image(%x: tensor<2x7x4xi8>, %w: !compress.tensor<3x4x5xf32, #i8>, %i: tensor<2x3x5xf32>) {
  // expected-error @below {{'compress.conv' op image must be compressed or a ranked tensor of f32, f16 or bf16, found 'tensor<2x7x4xi8>'}}
  %0 = compress.conv [#image, #filter, #result] ins(%x, %w : tensor<2x7x4xi8>, !compress.tensor<3x4x5xf32, #i8>) outs(%i : tensor<2x3x5xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
#image = affine_map<(n, o, f, k, c) -> (n, o * 2 + k, c)>
#filter = affine_map<(n, o, f, k, c) -> (k, c, f)>
#result = affine_map<(n, o, f, k, c) -> (n, o, f)>
func.func @conv_c1_unranked(%x: tensor<*xf32>, %w: !compress.tensor<3x4x5xf32, #i8>, %i: tensor<2x3x5xf32>) {
  // expected-error @below {{'compress.conv' op image must be compressed or a ranked tensor of f32, f16 or bf16, found 'tensor<*xf32>'}}
  %0 = compress.conv [#image, #filter, #result] ins(%x, %w : tensor<*xf32>, !compress.tensor<3x4x5xf32, #i8>) outs(%i : tensor<2x3x5xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
#image = affine_map<(n, o, f, k, c) -> (n, o * 2 + k, c)>
#filter = affine_map<(n, o, f, k, c) -> (k, c, f)>
#result = affine_map<(n, o, f, k, c) -> (n, o, f)>
func.func @conv_c1_filter(%x: !compress.tensor<2x7x4xf32, #i8>, %w: f32, %i: tensor<2x3x5xf32>) {
  // expected-error @below {{'compress.conv' op filter must be compressed or a ranked tensor of f32, f16 or bf16, found 'f32'}}
  %0 = compress.conv [#image, #filter, #result] ins(%x, %w : !compress.tensor<2x7x4xf32, #i8>, f32) outs(%i : tensor<2x3x5xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
#image = affine_map<(n, o, f, k, c) -> (n, o * 2 + k, c)>
#filter = affine_map<(n, o, f, k, c) -> (k, c, f)>
#result = affine_map<(n, o, f, k, c) -> (n, o, f)>
func.func @conv_c1_init(%x: tensor<2x7x4xf32>, %w: !compress.tensor<3x4x5xf32, #i8>, %i: tensor<2x3x5xf64>) {
  // expected-error @below {{'compress.conv' op operand #2 must be ranked tensor of 32-bit float or 16-bit float or bfloat16 type values, but got 'tensor<2x3x5xf64>'}}
  %0 = compress.conv [#image, #filter, #result] ins(%x, %w : tensor<2x7x4xf32>, !compress.tensor<3x4x5xf32, #i8>) outs(%i : tensor<2x3x5xf64>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
#image = affine_map<(n, o, f, k, c) -> (n, o * 2 + k, c)>
#filter = affine_map<(n, o, f, k, c) -> (k, c, f)>
#result = affine_map<(n, o, f, k, c) -> (n, o, f)>
func.func @conv_c2_number(%x: tensor<2x7x4xf32>, %w: !compress.tensor<3x4x5xf32, #i8>, %i: tensor<2x3x5xf32>) {
  // expected-error @below {{'compress.conv' op expected 3 indexing maps (image, filter, result), found 2}}
  %0 = compress.conv [#image, #filter] ins(%x, %w : tensor<2x7x4xf32>, !compress.tensor<3x4x5xf32, #i8>) outs(%i : tensor<2x3x5xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
#image = affine_map<(n, o, f, k, c) -> (n, o * 2 + k, c)>
#filter = affine_map<(n, o, f, k, c) -> (k, c, f)>
#result = affine_map<(n, o, f, k, c) -> (n, o, f)>
func.func @conv_c2_dimensions(%x: tensor<2x7x4xf32>, %w: !compress.tensor<3x4x5xf32, #i8>, %i: tensor<2x3x5xf32>) {
  // expected-error @below {{'compress.conv' op map of filter must be over the 5 common dimensions without symbols, found (d0, d1, d2, d3) -> (d3, d1, d2)}}
  %0 = compress.conv [#image, affine_map<(n, o, f, k) -> (k, o, f)>, #result] ins(%x, %w : tensor<2x7x4xf32>, !compress.tensor<3x4x5xf32, #i8>) outs(%i : tensor<2x3x5xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
#image = affine_map<(n, o, f, k, c) -> (n, o * 2 + k, c)>
#filter = affine_map<(n, o, f, k, c) -> (k, c, f)>
#result = affine_map<(n, o, f, k, c) -> (n, o, f)>
func.func @conv_c2_symbol(%x: tensor<2x7x4xf32>, %w: !compress.tensor<3x4x5xf32, #i8>, %i: tensor<2x3x5xf32>) {
  // expected-error @below {{'compress.conv' op map of image must be over the 5 common dimensions without symbols, found (d0, d1, d2, d3, d4)[s0] -> (d0, d1 * s0 + d3, d4)}}
  %0 = compress.conv [affine_map<(n, o, f, k, c)[s] -> (n, o * s + k, c)>, #filter, #result] ins(%x, %w : tensor<2x7x4xf32>, !compress.tensor<3x4x5xf32, #i8>) outs(%i : tensor<2x3x5xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
#image = affine_map<(n, o, f, k, c) -> (n, o * 2 + k, c)>
#filter = affine_map<(n, o, f, k, c) -> (k, c, f)>
#result = affine_map<(n, o, f, k, c) -> (n, o, f)>
func.func @conv_c2_rank(%x: tensor<2x7x4x1xf32>, %w: !compress.tensor<3x4x5xf32, #i8>, %i: tensor<2x3x5xf32>) {
  // expected-error @below {{'compress.conv' op map of image must have 4 results, found 3}}
  %0 = compress.conv [#image, #filter, #result] ins(%x, %w : tensor<2x7x4x1xf32>, !compress.tensor<3x4x5xf32, #i8>) outs(%i : tensor<2x3x5xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
#image = affine_map<(n, o, f, k, c) -> (n, o * 2 + k, c)>
#filter = affine_map<(n, o, f, k, c) -> (k, c, f)>
#result = affine_map<(n, o, f, k, c) -> (n, o, f)>
func.func @conv_c3_filter(%x: tensor<2x7x4xf32>, %w: !compress.tensor<3x4x5xf32, #i8>, %i: tensor<2x3x5xf32>) {
  // expected-error @below {{'compress.conv' op map of filter must be a projected permutation of the 5 common dimensions, found (d0, d1, d2, d3, d4) -> (d1 + d3, d4, d2)}}
  %0 = compress.conv [#image, affine_map<(n, o, f, k, c) -> (k + o, c, f)>, #result] ins(%x, %w : tensor<2x7x4xf32>, !compress.tensor<3x4x5xf32, #i8>) outs(%i : tensor<2x3x5xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
#image = affine_map<(n, o, f, k, c) -> (n, o * 2 + k, c)>
#filter = affine_map<(n, o, f, k, c) -> (k, c, f)>
#result = affine_map<(n, o, f, k, c) -> (n, o, f)>
func.func @conv_c3_result(%x: tensor<2x7x4xf32>, %w: !compress.tensor<3x4x5xf32, #i8>, %i: tensor<2x3x5xf32>) {
  // expected-error @below {{'compress.conv' op map of result must be a projected permutation of the 5 common dimensions, found (d0, d1, d2, d3, d4) -> (d0, d1 * 2, d2)}}
  %0 = compress.conv [#image, #filter, affine_map<(n, o, f, k, c) -> (n, o * 2, f)>] ins(%x, %w : tensor<2x7x4xf32>, !compress.tensor<3x4x5xf32, #i8>) outs(%i : tensor<2x3x5xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
#image = affine_map<(n, o, f, k, c) -> (n, o * 2 + k, c)>
#filter = affine_map<(n, o, f, k, c) -> (k, c, f)>
#result = affine_map<(n, o, f, k, c) -> (n, o, f)>
func.func @conv_c4_constant(%x: tensor<2x7x4xf32>, %w: !compress.tensor<3x4x5xf32, #i8>, %i: tensor<2x3x5xf32>) {
  // expected-error @below {{'compress.conv' op map of image must have sums of dimensions times positive constants, found (d0, d1, d2, d3, d4) -> (d0, d1 * 2 + d3 + 1, d4)}}
  %0 = compress.conv [affine_map<(n, o, f, k, c) -> (n, o * 2 + k + 1, c)>, #filter, #result] ins(%x, %w : tensor<2x7x4xf32>, !compress.tensor<3x4x5xf32, #i8>) outs(%i : tensor<2x3x5xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
#image = affine_map<(n, o, f, k, c) -> (n, o * 2 + k, c)>
#filter = affine_map<(n, o, f, k, c) -> (k, c, f)>
#result = affine_map<(n, o, f, k, c) -> (n, o, f)>
func.func @conv_c4_negative(%x: tensor<2x7x4xf32>, %w: !compress.tensor<3x4x5xf32, #i8>, %i: tensor<2x3x5xf32>) {
  // expected-error @below {{'compress.conv' op map of image must have sums of dimensions times positive constants, found (d0, d1, d2, d3, d4) -> (d0, d1 * 2 - d3, d4)}}
  %0 = compress.conv [affine_map<(n, o, f, k, c) -> (n, o * 2 - k, c)>, #filter, #result] ins(%x, %w : tensor<2x7x4xf32>, !compress.tensor<3x4x5xf32, #i8>) outs(%i : tensor<2x3x5xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
#image = affine_map<(n, o, f, k, c) -> (n, o * 2 + k, c)>
#filter = affine_map<(n, o, f, k, c) -> (k, c, f)>
#result = affine_map<(n, o, f, k, c) -> (n, o, f)>
func.func @conv_c4_division(%x: tensor<2x7x4xf32>, %w: !compress.tensor<3x4x5xf32, #i8>, %i: tensor<2x3x5xf32>) {
  // expected-error @below {{'compress.conv' op map of image must have sums of dimensions times positive constants, found (d0, d1, d2, d3, d4) -> (d0, d1 floordiv 2 + d3, d4)}}
  %0 = compress.conv [affine_map<(n, o, f, k, c) -> (n, o floordiv 2 + k, c)>, #filter, #result] ins(%x, %w : tensor<2x7x4xf32>, !compress.tensor<3x4x5xf32, #i8>) outs(%i : tensor<2x3x5xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
#image = affine_map<(n, o, f, k, c) -> (n, o * 2 + k, c)>
#filter = affine_map<(n, o, f, k, c) -> (k, c, f)>
#result = affine_map<(n, o, f, k, c) -> (n, o, f)>
func.func @conv_c4_twice(%x: tensor<2x7x4xf32>, %w: !compress.tensor<3x4x5xf32, #i8>, %i: tensor<2x3x5xf32>) {
  // expected-error @below {{'compress.conv' op dimension d3 must appear once in the map of image, found (d0, d1, d2, d3, d4) -> (d0, d1 * 2 + d3, d3)}}
  %0 = compress.conv [affine_map<(n, o, f, k, c) -> (n, o * 2 + k, k)>, #filter, #result] ins(%x, %w : tensor<2x7x4xf32>, !compress.tensor<3x4x5xf32, #i8>) outs(%i : tensor<2x3x5xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
#image = affine_map<(n, o, f, k, c) -> (n, o * 2 + k, c)>
#filter = affine_map<(n, o, f, k, c) -> (k, c, f)>
#result = affine_map<(n, o, f, k, c) -> (n, o, f)>
func.func @conv_c5_result_only(%x: tensor<2x7x4xf32>, %w: !compress.tensor<3x4xf32, #i8>, %i: tensor<2x3x5xf32>) {
  // expected-error @below {{'compress.conv' op dimension d2 must appear in the map of image or filter}}
  %0 = compress.conv [#image, affine_map<(n, o, f, k, c) -> (k, c)>, #result] ins(%x, %w : tensor<2x7x4xf32>, !compress.tensor<3x4xf32, #i8>) outs(%i : tensor<2x3x5xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
#image = affine_map<(n, o, f, k, c) -> (n, o * 2 + k, c)>
#filter = affine_map<(n, o, f, k, c) -> (k, c, f)>
#result = affine_map<(n, o, f, k, c) -> (n, o, f)>
func.func @conv_c5_extent(%x: tensor<2x7x4xf32>, %w: !compress.tensor<4x5xf32, #i8>, %i: tensor<2x3x5xf32>) {
  // expected-error @below {{'compress.conv' op dimension d3 must appear alone in a map, since nothing else gives its extent}}
  %0 = compress.conv [#image, affine_map<(n, o, f, k, c) -> (c, f)>, #result] ins(%x, %w : tensor<2x7x4xf32>, !compress.tensor<4x5xf32, #i8>) outs(%i : tensor<2x3x5xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
#image = affine_map<(n, o, f, k, c) -> (n, o * 2 + k, c)>
#filter = affine_map<(n, o, f, k, c) -> (k, c, f)>
#result = affine_map<(n, o, f, k, c) -> (n, o, f)>
func.func @conv_c6_channels(%x: tensor<2x7x8xf32>, %w: !compress.tensor<3x4x5xf32, #i8>, %i: tensor<2x3x5xf32>) {
  // expected-error @below {{'compress.conv' op dimension d4 is 8 in an operand and 4 in filter}}
  %0 = compress.conv [#image, #filter, #result] ins(%x, %w : tensor<2x7x8xf32>, !compress.tensor<3x4x5xf32, #i8>) outs(%i : tensor<2x3x5xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
#image = affine_map<(n, o, f, k, c) -> (n, o * 2 + k, c)>
#filter = affine_map<(n, o, f, k, c) -> (k, c, f)>
#result = affine_map<(n, o, f, k, c) -> (n, o, f)>
func.func @conv_c6_batch(%x: tensor<2x7x4xf32>, %w: !compress.tensor<3x4x5xf32, #i8>, %i: tensor<1x3x5xf32>) {
  // expected-error @below {{'compress.conv' op dimension d0 is 2 in an operand and 1 in result}}
  %0 = compress.conv [#image, #filter, #result] ins(%x, %w : tensor<2x7x4xf32>, !compress.tensor<3x4x5xf32, #i8>) outs(%i : tensor<1x3x5xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
#image = affine_map<(n, o, f, k, c) -> (n, o * 2 + k, c)>
#filter = affine_map<(n, o, f, k, c) -> (k, c, f)>
#result = affine_map<(n, o, f, k, c) -> (n, o, f)>
func.func @conv_c7(%x: tensor<2x6x4xf32>, %w: !compress.tensor<3x4x5xf32, #i8>, %i: tensor<2x3x5xf32>) {
  // expected-error @below {{'compress.conv' op window reads beyond axis 1 of the image: expected an extent of at least 7, found 6}}
  %0 = compress.conv [#image, #filter, #result] ins(%x, %w : tensor<2x6x4xf32>, !compress.tensor<3x4x5xf32, #i8>) outs(%i : tensor<2x3x5xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
#image = affine_map<(n, o, f, k, c) -> (n, o * 2 + k, c)>
#filter = affine_map<(n, o, f, k, c) -> (k, c, f)>
#result = affine_map<(n, o, f, k, c) -> (n, o, f)>
func.func @conv_c7_stride_alone(%x: tensor<2x4x4xf32>, %w: !compress.tensor<3x4x5xf32, #i8>, %i: tensor<2x3x5xf32>) {
  // expected-error @below {{'compress.conv' op window reads beyond axis 1 of the image: expected an extent of at least 5, found 4}}
  %0 = compress.conv [affine_map<(n, o, f, k, c) -> (n, o * 2, c)>, #filter, #result] ins(%x, %w : tensor<2x4x4xf32>, !compress.tensor<3x4x5xf32, #i8>) outs(%i : tensor<2x3x5xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
#image = affine_map<(n, o, f, k, c) -> (n, o * 2 + k, c)>
#filter = affine_map<(n, o, f, k, c) -> (k, c, f)>
#result = affine_map<(n, o, f, k, c) -> (n, o, f)>
func.func @conv_c7_overflow(%x: tensor<2x7x4xf32>, %w: !compress.tensor<3x4x5xf32, #i8>, %i: tensor<2x3x5xf32>) {
  // expected-error @below {{'compress.conv' op window reads beyond axis 1 of the image: expected an extent of at least 2^63, found 7}}
  %0 = compress.conv [affine_map<(n, o, f, k, c) -> (n, o * 9223372036854775807 + k, c)>, #filter, #result] ins(%x, %w : tensor<2x7x4xf32>, !compress.tensor<3x4x5xf32, #i8>) outs(%i : tensor<2x3x5xf32>)
  return
}

// -----

#i8 = #compress.scheme<storage = #compress.affine<i8>>
#image = affine_map<(n, o, f, k, c) -> (n, o * 2 + k, c)>
#filter = affine_map<(n, o, f, k, c) -> (k, c, f)>
#result = affine_map<(n, o, f, k, c) -> (n, o, f)>
func.func @conv_result(%x: tensor<2x7x4xf32>, %w: !compress.tensor<3x4x5xf32, #i8>, %i: tensor<2x3x5xf32>) {
  // expected-error @below {{'compress.conv' op failed to verify that all of {init, result} have same type}}
  %0 = "compress.conv"(%x, %w, %i) {indexing_maps = [#image, #filter, #result]}
      : (tensor<2x7x4xf32>, !compress.tensor<3x4x5xf32, #i8>, tensor<2x3x5xf32>) -> tensor<2x3x5xf16>
  return
}

// -----

//===----------------------------------------------------------------------===//
// fake_quantize
//===----------------------------------------------------------------------===//

func.func @fake_quantize_rank(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  // expected-error@+1 {{storage must have as many block extents as the tensor has dimensions, 2, found 3}}
  %q = compress.fake_quantize #compress.affine<i8, block = [1, 2, 3]>, %x : tensor<4x8xf32>
  return %q : tensor<4x8xf32>
}

// -----

func.func @fake_quantize_number(%x: tensor<4x8xf32>, %s: tensor<1x1xf32>) -> tensor<4x8xf32> {
  // expected-error@+1 {{expected 2 parameters (scales, zero_points), found 1}}
  %q = compress.fake_quantize #compress.affine<i8, asymmetric>, %x parameters(%s : tensor<1x1xf32>) : tensor<4x8xf32>
  return %q : tensor<4x8xf32>
}

// -----

func.func @fake_quantize_type(%x: tensor<4x8xf32>, %s: tensor<4x1xf32>) -> tensor<4x8xf32> {
  // expected-error@+1 {{component 'scales' must be 'tensor<1x1xf32>', found 'tensor<4x1xf32>'}}
  %q = compress.fake_quantize #compress.affine<i8>, %x parameters(%s : tensor<4x1xf32>) : tensor<4x8xf32>
  return %q : tensor<4x8xf32>
}

// -----

func.func @fake_quantize_element(%x: tensor<4x8xf64>) -> tensor<4x8xf64> {
  // expected-error@+1 {{operand #0 must be ranked tensor of 32-bit float or 16-bit float or bfloat16 type values, but got 'tensor<4x8xf64>'}}
  %q = compress.fake_quantize #compress.affine<i8>, %x : tensor<4x8xf64>
  return %q : tensor<4x8xf64>
}
