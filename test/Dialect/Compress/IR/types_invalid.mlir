// RUN: compress-opt %s -split-input-file -verify-diagnostics

// expected-error @below {{expected ','}}
func.func private @no_scheme(!compress.tensor<4x4xf16>)

// -----

// expected-error @below {{expected a scheme such as #compress.scheme<storage = #compress.affine<i8>>, found 3 : i32}}
func.func private @scheme_is_no_scheme(!compress.tensor<4x4xf16, 3 : i32>)

// -----

// expected-error @below {{expected a scheme such as #compress.scheme<storage = #compress.affine<i8>>, found #compress.affine<i8>}}
func.func private @storage_is_no_scheme(!compress.tensor<4x4xf16, #compress.affine<i8>>)

// -----

// expected-error @below {{a compressed tensor must be expressed in f32, f16 or bf16, found 'f64'}}
func.func private @f64(!compress.tensor<4x4xf64, #compress.scheme<storage = #compress.float<f16>>>)

// -----

// expected-error @below {{a compressed tensor must be expressed in f32, f16 or bf16, found 'i8'}}
func.func private @i8(!compress.tensor<4x4xi8, #compress.scheme<storage = #compress.affine<i8>>>)

// -----

// expected-error @below {{a compressed tensor must be expressed in f32, f16 or bf16, found 'vector<4xf32>'}}
func.func private @vectors(!compress.tensor<4xvector<4xf32>, #compress.scheme<storage = #compress.affine<i8>>>)

// -----

// expected-error @below {{a compressed tensor must have at least one dimension, found a scalar}}
func.func private @scalar(!compress.tensor<f16, #compress.scheme<storage = #compress.float<f16>>>)

// -----

// expected-error @below {{expected non-function type}}
func.func private @unranked(!compress.tensor<*xf16, #compress.scheme<storage = #compress.float<f16>>>)

// -----

// expected-error @below {{expected non-function type}}
func.func private @negative(!compress.tensor<-4x4xf16, #compress.scheme<storage = #compress.float<f16>>>)

// -----

// expected-error @below {{invalid dimension}}
func.func private @beyond_int64(!compress.tensor<99999999999999999999x4xf16, #compress.scheme<storage = #compress.float<f16>>>)

// -----

// expected-error @below {{the shape must have fewer than 2^56 elements}}
func.func private @overflow(!compress.tensor<9223372036854775807x9223372036854775807xf32, #compress.scheme<storage = #compress.affine<i4>>>)

// -----

// expected-error @below {{the shape must have fewer than 2^56 elements, found 72057594037927936}}
func.func private @too_many(!compress.tensor<72057594037927936xf32, #compress.scheme<storage = #compress.affine<i8>>>)

// -----

// The static part of a dynamic shape is limited too: the bytes of a packed row
// must not overflow.
// expected-error @below {{the shape must have fewer than 2^56 elements, found 9223372036854775807}}
func.func private @too_many_dynamic(!compress.tensor<?x9223372036854775807xf32, #compress.scheme<storage = #compress.affine<i4>>>)

// -----

//===----------------------------------------------------------------------===//
// Sparsity and shape
//===----------------------------------------------------------------------===//

// expected-error @below {{N:M sparsity's axis must be less than the rank 2, found 2}}
func.func private @nm_axis(!compress.tensor<4x4xf16, #compress.scheme<sparsity = #compress.nm<2:4, axis = 2>, storage = #compress.affine<i8>>>)

// -----

// expected-error @below {{N:M sparsity needs a static extent along its axis 0, found a dynamic one}}
func.func private @nm_dynamic(!compress.tensor<?x4xf16, #compress.scheme<sparsity = #compress.nm<2:4, axis = 0>, storage = #compress.affine<i8>>>)

// -----

// expected-error @below {{N:M sparsity needs an extent that divides by 4 along its axis 0, found 6}}
func.func private @nm_divides(!compress.tensor<6x4xf16, #compress.scheme<sparsity = #compress.nm<2:4, axis = 0>, storage = #compress.affine<i8>>>)

// -----

// expected-error @below {{N:M sparsity's axis must be less than the rank 2, found 2}}
func.func private @transposable_axis(!compress.tensor<4x4xf16, #compress.scheme<sparsity = #compress.nm<2:4, axis = 0, transposable = 2>, storage = #compress.affine<i8>>>)

// -----

// expected-error @below {{N:M sparsity needs an extent that divides by 4 along its axis 1, found 6}}
func.func private @transposable_divides(!compress.tensor<4x6xf16, #compress.scheme<sparsity = #compress.nm<2:4, axis = 0, transposable = 1>, storage = #compress.affine<i8>>>)

// -----

// expected-error @below {{block sparsity must have as many block extents as the tensor has dimensions, 2, found 1}}
func.func private @block_rank(!compress.tensor<4x4xf16, #compress.scheme<sparsity = #compress.block<[2], count = 1>, storage = #compress.affine<i8>>>)

// -----

// expected-error @below {{block sparsity's count must be at most 6 for 6 blocks, found 7}}
func.func private @block_count(!compress.tensor<5x4xf16, #compress.scheme<sparsity = #compress.block<[2, 2], count = 7>, storage = #compress.affine<i8>>>)

// -----

// expected-error @below {{block sparsity keeps a fixed count and needs a static shape, found a dynamic dimension 0; use N:M sparsity along a static dimension}}
func.func private @block_dynamic(!compress.tensor<?x4xf16, #compress.scheme<sparsity = #compress.block<[2, 2], count = 1>, storage = #compress.affine<i8>>>)

// -----

// expected-error @below {{bitmap sparsity's count must be at most 20 for 20 elements, found 21}}
func.func private @bitmap_count(!compress.tensor<5x4xf16, #compress.scheme<sparsity = #compress.bitmap<count = 21>, storage = #compress.affine<i8>>>)

// -----

// Positions are 32-bit integers.
// expected-error @below {{bitmap sparsity's count must be at most 2147483647 for 4294967296 elements, found 2147483648}}
func.func private @bitmap_bits(!compress.tensor<65536x65536xf16, #compress.scheme<sparsity = #compress.bitmap<count = 2147483648>, storage = #compress.affine<i8>>>)

// -----

// expected-error @below {{bitmap sparsity keeps a fixed count and needs a static shape, found a dynamic dimension 1}}
func.func private @bitmap_dynamic(!compress.tensor<4x?xf16, #compress.scheme<sparsity = #compress.bitmap<count = 1>, storage = #compress.affine<i8>>>)

// -----

// expected-error @below {{CSR sparsity's count must be at most 0 for 0 elements, found 1}}
func.func private @csr_count(!compress.tensor<0x4xf16, #compress.scheme<sparsity = #compress.csr<count = 1>, storage = #compress.affine<i8>>>)

// -----

// expected-error @below {{CSR sparsity keeps a fixed count and needs a static shape, found a dynamic dimension 0}}
func.func private @csr_dynamic(!compress.tensor<?xf16, #compress.scheme<sparsity = #compress.csr<count = 1>, storage = #compress.affine<i8>>>)

// -----

// A bitmap's values have one dimension.
// expected-error @below {{tiled layout must have as many tile extents as the kept values have dimensions, 1, found 2}}
func.func private @bitmap_tile(!compress.tensor<4x4xf16, #compress.scheme<sparsity = #compress.bitmap<count = 1>, storage = #compress.affine<i8>, layout = #compress.tiled<[2, 2]>>>)

// -----

// expected-error @below {{elements packed into bytes need a static innermost dimension, found a dynamic one}}
func.func private @packed_indices(!compress.tensor<4x?xf16, #compress.scheme<sparsity = #compress.nm<2:4, axis = 0>, storage = #compress.affine<i8>>>)

// -----

//===----------------------------------------------------------------------===//
// Storage and shape
//===----------------------------------------------------------------------===//

// expected-error @below {{storage must have as many block extents as the tensor has dimensions, 2, found 1}}
func.func private @block_rank(!compress.tensor<4x4xf16, #compress.scheme<storage = #compress.affine<i8, block = [1]>>>)

// -----

// expected-error @below {{a block extent of 2 needs a static dimension 0; use 1 or '*' for a dynamic one}}
func.func private @block_dynamic(!compress.tensor<?x4xf16, #compress.scheme<storage = #compress.affine<i8, block = [2, *]>>>)

// -----

// expected-error @below {{a block extent of 4 needs a static dimension 0; use 1 or '*' for a dynamic one}}
func.func private @super_block_dynamic(!compress.tensor<?x4xf16, #compress.scheme<storage = #compress.affine<i8, block = [1, *], scale = f16, super = f32, super_block = [4, *]>>>)

// -----

// expected-error @below {{elements packed into bytes need a static innermost dimension, found a dynamic one}}
func.func private @vectors_dynamic(!compress.tensor<4x?xf16, #compress.scheme<storage = #compress.codebook<kmeans, i8, vector = 2>>>)

// -----

// expected-error @below {{the innermost extent of a tile must divide by the 4 values that share a code, found 2}}
func.func private @vectors_tiled(!compress.tensor<4x4xf16, #compress.scheme<storage = #compress.codebook<kmeans, i8, vector = 4>, layout = #compress.tiled<[2, 2]>>>)

// -----

// expected-error @below {{elements packed into bytes need a static innermost dimension, found a dynamic one}}
func.func private @packed_values(!compress.tensor<4x?xf16, #compress.scheme<storage = #compress.affine<i4>>>)

// -----

// expected-error @below {{float storage must not be wider than the expressed type, which has 16 bits, found 32 bits}}
func.func private @wider(!compress.tensor<4x4xf16, #compress.scheme<storage = #compress.float<f32>>>)

// -----

// expected-error @below {{float storage must not be wider than the expressed type, which has 16 bits, found 32 bits}}
func.func private @wider_dynamic(!compress.tensor<?x?xbf16, #compress.scheme<storage = #compress.float<f32>>>)

// -----

//===----------------------------------------------------------------------===//
// Layout and shape
//===----------------------------------------------------------------------===//

// expected-error @below {{tiled layout must have as many tile extents as the kept values have dimensions, 2, found 1}}
func.func private @tile_rank(!compress.tensor<4x4xf16, #compress.scheme<storage = #compress.affine<i8>, layout = #compress.tiled<[2]>>>)

// -----

// expected-error @below {{tiled layout needs a static shape, found a dynamic dimension 1}}
func.func private @tile_dynamic(!compress.tensor<4x?xf16, #compress.scheme<storage = #compress.affine<i8>, layout = #compress.tiled<[2, 2]>>>)

// -----

// expected-error @below {{the tiled array must have fewer than 2^56 elements}}
func.func private @tile_overflow(!compress.tensor<4x4xf16, #compress.scheme<storage = #compress.affine<i8>, layout = #compress.tiled<[9223372036854775807, 9223372036854775807]>>>)

// -----

// expected-error @below {{the tiled array must have fewer than 2^56 elements, found 1152921504606846976}}
func.func private @tile_too_many(!compress.tensor<4x4xf16, #compress.scheme<storage = #compress.affine<i8>, layout = #compress.tiled<[1073741824, 1073741824]>>>)

// -----

//===----------------------------------------------------------------------===//
// Broken text
//===----------------------------------------------------------------------===//

// expected-error @below {{unknown  type `matrix` in dialect `compress`}}
func.func private @mnemonic(!compress.matrix<4>)

// -----

// expected-error @below {{expected '<'}}
func.func private @bare(!compress.tensor)

// -----

// expected-error @below {{expected ','}}
func.func private @comma(!compress.tensor<4x4xf16 #compress.scheme<storage = #compress.affine<i8>>>)

// -----

// expected-error @below {{expected 'x' in dimension list}}
func.func private @no_element_type(!compress.tensor<4x4, #compress.scheme<storage = #compress.float<f16>>>)

// -----

// expected-error @below {{unbalanced '<' character in pretty dialect name}}
func.func private @open(!compress.tensor<4x4xf16, #compress.scheme<storage = #compress.affine<i8>>)
