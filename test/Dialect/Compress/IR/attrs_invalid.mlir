// RUN: compress-opt %s -split-input-file -verify-diagnostics

//===----------------------------------------------------------------------===//
// Sparsity
//===----------------------------------------------------------------------===//

// expected-error @below {{N:M sparsity must have 0 < n <= m <= 256, found 0:4}}
module attributes {test.attr = #compress.nm<0:4, axis = 0>} {}

// -----

// expected-error @below {{N:M sparsity must have 0 < n <= m <= 256, found -1:4}}
module attributes {test.attr = #compress.nm<-1:4, axis = 0>} {}

// -----

// expected-error @below {{N:M sparsity must have 0 < n <= m <= 256, found 5:4}}
module attributes {test.attr = #compress.nm<5:4, axis = 0>} {}

// -----

// expected-error @below {{N:M sparsity must have 0 < n <= m <= 256, found 2:257}}
module attributes {test.attr = #compress.nm<2:257, axis = 0>} {}

// -----

// expected-error @below {{N:M sparsity's axis must not be negative, found -1}}
module attributes {test.attr = #compress.nm<2:4, axis = -1>} {}

// -----

// expected-error @below {{expected ':'}}
module attributes {test.attr = #compress.nm<2, axis = 0>} {}

// -----

// expected-error @below {{expected ','}}
module attributes {test.attr = #compress.nm<2:4>} {}

// -----

// expected-error @below {{expected 'axis'}}
module attributes {test.attr = #compress.nm<2:4, 0>} {}

// -----

// expected-error @below {{integer value too large}}
// expected-error @below {{failed to parse NMSparsityAttr parameter 'n'}}
module attributes {test.attr = #compress.nm<99999999999999999999:4, axis = 0>} {}

// -----

// expected-error @below {{expected '<'}}
module attributes {test.attr = #compress.nm} {}

// -----

// expected-error @below {{the axis of 'transposable' must not be negative, found -1}}
module attributes {test.attr = #compress.nm<2:4, axis = 0, transposable = -1>} {}

// -----

// expected-error @below {{the axis of 'transposable' must differ from the first axis, found 1 twice}}
module attributes {test.attr = #compress.nm<2:4, axis = 1, transposable = 1>} {}

// -----

// expected-error @below {{transposable N:M sparsity must have m <= 4, found 4:8}}
module attributes {test.attr = #compress.nm<4:8, axis = 0, transposable = 1>} {}

// -----

// expected-error @below {{block sparsity's extents must be positive, found 0}}
module attributes {test.attr = #compress.block<[4, 0], count = 1>} {}

// -----

// expected-error @below {{block sparsity's count must not be negative, found -1}}
module attributes {test.attr = #compress.block<[4, 4], count = -1>} {}

// -----

// expected-error @below {{expected 'count'}}
module attributes {test.attr = #compress.block<[4, 4], 3>} {}

// -----

// expected-error @below {{bitmap sparsity's count must not be negative, found -1}}
module attributes {test.attr = #compress.bitmap<count = -1>} {}

// -----

// expected-error @below {{expected '<'}}
module attributes {test.attr = #compress.bitmap} {}

// -----

// expected-error @below {{CSR sparsity's count must not be negative, found -8}}
module attributes {test.attr = #compress.csr<count = -8>} {}

// -----

// expected-error @below {{dense sparsity takes no parameters, found '<'}}
module attributes {test.attr = #compress.dense<[2]>} {}

// -----

//===----------------------------------------------------------------------===//
// Storage
//===----------------------------------------------------------------------===//

// expected-error @below {{affine storage must be 2 to 8 bits wide, found i1}}
module attributes {test.attr = #compress.affine<i1>} {}

// -----

// expected-error @below {{affine storage must be 2 to 8 bits wide, found i9}}
module attributes {test.attr = #compress.affine<i9>} {}

// -----

// expected-error @below {{affine storage must be 2 to 8 bits wide, found i16777215}}
module attributes {test.attr = #compress.affine<i16777215>} {}

// -----

// expected-error @below {{affine storage must be a signless integer type, found 'ui8'}}
module attributes {test.attr = #compress.affine<ui8>} {}

// -----

// expected-error @below {{affine storage must be a signless integer type, found 'f32'}}
module attributes {test.attr = #compress.affine<f32>} {}

// -----

// expected-error @below {{affine storage must be a signless integer type, found 'index'}}
module attributes {test.attr = #compress.affine<index>} {}

// -----

// expected-error @below {{expected non-function type}}
module attributes {test.attr = #compress.affine<>} {}

// -----

// expected-error @below {{expected '<'}}
module attributes {test.attr = #compress.affine} {}

// -----

// expected-error @below {{expected '>'}}
module attributes {test.attr = #compress.affine<i8 asymmetric>} {}

// -----

// expected-error @below {{expected valid keyword}}
module attributes {test.attr = #compress.affine<i8, >} {}

// -----

// expected-error @below {{expected 'block', 'scale', 'super', 'super_block' or 'asymmetric', found 'group'}}
module attributes {test.attr = #compress.affine<i8, group = 4>} {}

// -----

// expected-error @below {{'scale' must be given at most once}}
module attributes {test.attr = #compress.affine<i8, scale = f16, scale = bf16>} {}

// -----

// expected-error @below {{'block' must be given at most once}}
module attributes {test.attr = #compress.affine<i8, block = [1], block = [2]>} {}

// -----

// expected-error @below {{'asymmetric' must be given at most once}}
module attributes {test.attr = #compress.affine<i8, asymmetric, asymmetric>} {}

// -----

// expected-error @below {{scale type must be f32, f16, bf16, f8E4M3FN, f8E5M2 or f8E8M0FNU, found 'f64'}}
module attributes {test.attr = #compress.affine<i8, scale = f64>} {}

// -----

// expected-error @below {{scale type must be f32, f16, bf16, f8E4M3FN, f8E5M2 or f8E8M0FNU, found 'i8'}}
module attributes {test.attr = #compress.affine<i8, scale = i8>} {}

// -----

// expected-error @below {{expected '='}}
module attributes {test.attr = #compress.affine<i8, scale>} {}

// -----

// expected-error @below {{block extents must be positive or '*', found 0}}
module attributes {test.attr = #compress.affine<i8, block = [0, 1]>} {}

// -----

// expected-error @below {{block extents must be positive or '*', found -4}}
module attributes {test.attr = #compress.affine<i8, block = [1, -4]>} {}

// -----

// expected-error @below {{expected integer value}}
module attributes {test.attr = #compress.affine<i8, block = [?, 1]>} {}

// -----

// expected-error @below {{integer value too large}}
module attributes {test.attr = #compress.affine<i8, block = [9223372036854775808, 1]>} {}

// -----

// expected-error @below {{expected '['}}
module attributes {test.attr = #compress.affine<i8, block = 4>} {}

// -----

// expected-error @below {{float storage must be f32, f16, bf16, f8E4M3FN, f8E5M2 or f4E2M1FN, found 'f64'}}
module attributes {test.attr = #compress.float<f64>} {}

// -----

// expected-error @below {{float storage must be f32, f16, bf16, f8E4M3FN, f8E5M2 or f4E2M1FN, found 'i8'}}
module attributes {test.attr = #compress.float<i8>} {}

// -----

// expected-error @below {{expected non-function type}}
module attributes {test.attr = #compress.float<"f32">} {}

// -----

// expected-error @below {{expected '<'}}
module attributes {test.attr = #compress.float} {}

// -----

// expected-error @below {{scale type must be f32, f16, bf16, f8E4M3FN, f8E5M2 or f8E8M0FNU, found 'f4E2M1FN'}}
module attributes {test.attr = #compress.affine<i8, scale = f4E2M1FN>} {}

// -----

// expected-error @below {{super scale type must be f32, f16 or bf16, found 'f8E4M3FN'}}
module attributes {test.attr = #compress.affine<i8, scale = f16, super = f8E4M3FN>} {}

// -----

// expected-error @below {{scales below super scales must be f16, f8E4M3FN or f8E5M2, found 'f32'}}
module attributes {test.attr = #compress.affine<i8, super = f32>} {}

// -----

// expected-error @below {{scales below super scales must be f16, f8E4M3FN or f8E5M2, found 'f8E8M0FNU'}}
module attributes {test.attr = #compress.float<f4E2M1FN, scale = f8E8M0FNU, super = f32>} {}

// -----

// expected-error @below {{'super_block' needs the type of its scales, 'super'}}
module attributes {test.attr = #compress.affine<i8, block = [2], scale = f16, super_block = [4]>} {}

// -----

// expected-error @below {{super_block must have as many extents as block, 2, found 1}}
module attributes {test.attr = #compress.affine<i8, block = [2, 1], scale = f16, super = f32, super_block = [4]>} {}

// -----

// expected-error @below {{super_block must be '*' or a multiple of the block's extent 2 in dimension 0, found 5}}
module attributes {test.attr = #compress.affine<i8, block = [2], scale = f16, super = f32, super_block = [5]>} {}

// -----

// expected-error @below {{super_block must be '*' or a multiple of the block's extent '*' in dimension 1, found 4}}
module attributes {test.attr = #compress.affine<i8, block = [2, *], scale = f16, super = f32, super_block = [4, 4]>} {}

// -----

// expected-error @below {{super_block extents must be positive or '*', found 0}}
module attributes {test.attr = #compress.affine<i8, block = [2], scale = f16, super = f32, super_block = [0]>} {}

// -----

// expected-error @below {{float storage must be f32, f16, bf16, f8E4M3FN, f8E5M2 or f4E2M1FN, found 'f8E8M0FNU'}}
module attributes {test.attr = #compress.float<f8E8M0FNU>} {}

// -----

// expected-error @below {{scaled float storage must be f8E4M3FN, f8E5M2 or f4E2M1FN, found 'f16'}}
module attributes {test.attr = #compress.float<f16, scale = f32>} {}

// -----

// expected-error @below {{'block' of float storage needs the type of its scales, 'scale'}}
module attributes {test.attr = #compress.float<f8E4M3FN, block = [*, 1]>} {}

// -----

// expected-error @below {{expected 'block', 'scale', 'super' or 'super_block', found 'asymmetric'}}
module attributes {test.attr = #compress.float<f8E4M3FN, asymmetric>} {}

// -----

// expected-error @below {{expected codebook nf4, ternary, kmeans or quantile, found 'nf3'}}
module attributes {test.attr = #compress.codebook<nf3>} {}

// -----

// expected-error @below {{expected ','}}
module attributes {test.attr = #compress.codebook<kmeans>} {}

// -----

// expected-error @below {{codes must be of a signless integer type, found 'f32'}}
module attributes {test.attr = #compress.codebook<kmeans, f32>} {}

// -----

// expected-error @below {{quantile codebooks must be 1 to 8 bits wide, found i9}}
module attributes {test.attr = #compress.codebook<quantile, i9>} {}

// -----

// expected-error @below {{expected 'block', 'table' or 'vector', found 'scale'}}
module attributes {test.attr = #compress.codebook<kmeans, i4, scale = f16>} {}

// -----

// expected-error @below {{expected 'block', 'scale', 'super' or 'super_block', found 'table'}}
module attributes {test.attr = #compress.codebook<nf4, table = f16>} {}

// -----

// expected-error @below {{table type must be f32, f16 or bf16, found 'f8E4M3FN'}}
module attributes {test.attr = #compress.codebook<kmeans, i4, table = f8E4M3FN>} {}

// -----

// expected-error @below {{vector must be 1, 2, 4 or 8, found 3}}
module attributes {test.attr = #compress.codebook<kmeans, i4, vector = 3>} {}

// -----

// expected-error @below {{a codebook of vectors must be per tensor; leave 'block' out}}
module attributes {test.attr = #compress.codebook<kmeans, i4, block = [2, 1], vector = 2>} {}

// -----

//===----------------------------------------------------------------------===//
// Layout
//===----------------------------------------------------------------------===//

// expected-error @below {{tile extents must be positive, found 0}}
module attributes {test.attr = #compress.tiled<[0, 1]>} {}

// -----

// expected-error @below {{tile extents must be positive, found -2}}
module attributes {test.attr = #compress.tiled<[1, -2]>} {}

// -----

// expected-error @below {{the extent of a permuted tile must be a power of two, found 3 in dimension 0}}
module attributes {test.attr = #compress.tiled<[3, 4], bits = [0, 1, 2]>} {}

// -----

// expected-error @below {{a permutation needs one entry for each bit of a position in the tile: expected 3, found 2}}
module attributes {test.attr = #compress.tiled<[2, 4], bits = [1, 0]>} {}

// -----

// expected-error @below {{a permutation must have each bit from 0 to 2 once, found 2 twice or out of range}}
module attributes {test.attr = #compress.tiled<[2, 4], bits = [2, 0, 2]>} {}

// -----

// expected-error @below {{expected integer value}}
// expected-error @below {{failed to parse TiledLayoutAttr parameter 'tile'}}
module attributes {test.attr = #compress.tiled<[]>} {}

// -----

// expected-error @below {{expected '['}}
module attributes {test.attr = #compress.tiled<16>} {}

// -----

// expected-error @below {{expected '<'}}
module attributes {test.attr = #compress.tiled} {}

// -----

// expected-error @below {{row-major layout takes no parameters, found '<'}}
module attributes {test.attr = #compress.row_major<[16, 64]>} {}

// -----

//===----------------------------------------------------------------------===//
// Scheme
//===----------------------------------------------------------------------===//

// expected-error @below {{struct is missing required parameter: storage}}
module attributes {test.attr = #compress.scheme<sparsity = #compress.dense>} {}

// -----

// expected-error @below {{invalid kind of attribute specified}}
// expected-error @below {{failed to parse SchemeAttr parameter 'sparsity' which is to be a `SparsityAttrInterface`}}
module attributes {test.attr = #compress.scheme<sparsity = #compress.affine<i8>, storage = #compress.affine<i8>>} {}

// -----

// expected-error @below {{invalid kind of attribute specified}}
// expected-error @below {{failed to parse SchemeAttr parameter 'storage' which is to be a `StorageAttrInterface`}}
module attributes {test.attr = #compress.scheme<storage = #compress.dense>} {}

// -----

// expected-error @below {{invalid kind of attribute specified}}
// expected-error @below {{failed to parse SchemeAttr parameter 'storage' which is to be a `StorageAttrInterface`}}
module attributes {test.attr = #compress.scheme<storage = "i8">} {}

// -----

// expected-error @below {{invalid kind of attribute specified}}
// expected-error @below {{failed to parse SchemeAttr parameter 'layout' which is to be a `LayoutAttrInterface`}}
module attributes {test.attr = #compress.scheme<storage = #compress.affine<i8>, layout = #compress.dense>} {}

// -----

// expected-error @below {{duplicate or unknown struct parameter name: storage}}
module attributes {test.attr = #compress.scheme<storage = #compress.affine<i8>, storage = #compress.affine<i4>>} {}

// -----

// expected-error @below {{duplicate or unknown struct parameter name: block}}
module attributes {test.attr = #compress.scheme<storage = #compress.affine<i8>, block = [1]>} {}

// -----

// expected-error @below {{expected valid keyword}}
// expected-error @below {{expected a parameter name in struct}}
module attributes {test.attr = #compress.scheme<>} {}

// -----

// expected-error @below {{expected '<'}}
module attributes {test.attr = #compress.scheme} {}

// -----

//===----------------------------------------------------------------------===//
// Observer
//===----------------------------------------------------------------------===//

// expected-error @below {{expected observer minmax, percentile or mse, found 'maximum'}}
module attributes {test.attr = #compress.observer<maximum>} {}

// -----

// expected-error @below {{percentile must be 50 to 100, found 4.990000e+01}}
module attributes {test.attr = #compress.observer<percentile, 49.9>} {}

// -----

// expected-error @below {{percentile must be 50 to 100, found 1.001000e+02}}
module attributes {test.attr = #compress.observer<percentile, 100.1>} {}

// -----

// expected-error @below {{percentile must be 50 to 100, found -1.000000e+00}}
module attributes {test.attr = #compress.observer<percentile, -1.0>} {}

// -----

// expected-error @below {{percentile must be 50 to 100, found nan}}
module attributes {test.attr = #compress.observer<percentile, 0x7FF8000000000000>} {}

// -----

// expected-error @below {{percentile must be 50 to 100, found INF}}
module attributes {test.attr = #compress.observer<percentile, 1.0e999>} {}

// -----

// expected-error @below {{unexpected decimal integer literal for a floating point value}}
// expected-note @below {{add a trailing dot to make the literal a float}}
module attributes {test.attr = #compress.observer<percentile, 99>} {}

// -----

// expected-error @below {{expected '>'}}
module attributes {test.attr = #compress.observer<mse, 2.0>} {}

// -----

// expected-error @below {{expected valid keyword}}
module attributes {test.attr = #compress.observer<>} {}

// -----

// expected-error @below {{expected '<'}}
module attributes {test.attr = #compress.observer} {}

// -----

//===----------------------------------------------------------------------===//
// External weights
//===----------------------------------------------------------------------===//

// expected-error @below {{an external weight must be a tensor of a static shape, found 'none'}}
module attributes {test.attr = #compress.external<"f", "k">} {}

// -----

// expected-error @below {{an external weight must be a tensor of a static shape, found 'i32'}}
module attributes {test.attr = #compress.external<"f", "k"> : i32} {}

// -----

// expected-error @below {{an external weight must be a tensor of a static shape, found 'vector<2xf32>'}}
module attributes {test.attr = #compress.external<"f", "k"> : vector<2xf32>} {}

// -----

// expected-error @below {{an external weight must be a tensor of a static shape, found 'tensor<?xf32>'}}
module attributes {test.attr = #compress.external<"f", "k"> : tensor<?xf32>} {}

// -----

// expected-error @below {{an external weight must be a tensor of a static shape, found 'tensor<*xf32>'}}
module attributes {test.attr = #compress.external<"f", "k"> : tensor<*xf32>} {}

// -----

// expected-error @below {{an external weight must have integer or float elements, found 'index'}}
module attributes {test.attr = #compress.external<"f", "k"> : tensor<2xindex>} {}

// -----

// expected-error @below {{an external weight must have integer or float elements, found 'complex<f32>'}}
module attributes {test.attr = #compress.external<"f", "k"> : tensor<2xcomplex<f32>>} {}

// -----

// expected-error @below {{an external weight needs a file and a key, found "" and "k"}}
module attributes {test.attr = #compress.external<"", "k"> : tensor<2xf32>} {}

// -----

// expected-error @below {{an external weight needs a file and a key, found "f" and ""}}
module attributes {test.attr = #compress.external<"f", ""> : tensor<2xf32>} {}

// -----

// expected-error @below {{expected string}}
// expected-error @below {{failed to parse ExternalAttr parameter 'file'}}
module attributes {test.attr = #compress.external<f, "k"> : tensor<2xf32>} {}

// -----

// expected-error @below {{expected ','}}
module attributes {test.attr = #compress.external<"f"> : tensor<2xf32>} {}

// -----

// expected-error @below {{expected integer value}}
// expected-error @below {{failed to parse ExternalAttr parameter 'checksum'}}
module attributes {test.attr = #compress.external<"f", "k", "sum"> : tensor<2xf32>} {}

// -----

// expected-error @below {{integer value too large}}
// expected-error @below {{failed to parse ExternalAttr parameter 'checksum'}}
module attributes {test.attr = #compress.external<"f", "k", 18446744073709551616> : tensor<2xf32>} {}

// -----

// expected-error @below {{unknown attribute `table` in dialect `compress`}}
module attributes {test.attr = #compress.table} {}
