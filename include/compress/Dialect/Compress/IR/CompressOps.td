//===- CompressOps.td - Ops -*- tablegen -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_COMPRESS_IR_COMPRESSOPS_TD
#define COMPRESS_DIALECT_COMPRESS_IR_COMPRESSOPS_TD

include "compress/Dialect/Compress/IR/CompressTypes.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class Compress_Op<string mnemonic, list<Trait> traits = []>
    : Op<Compress_Dialect, mnemonic, traits>;

/// A dense tensor with a rank, of a type that can be compressed.
def Compress_DenseTensor : RankedTensorOf<[F32, F16, BF16]>;

def PruneOp : Compress_Op<"prune", [Pure, AttrSizedOperandSegments,
    AllTypesMatch<["input", "result"]>]> {
  let summary = "sets the least important elements to zero";
  let description = [{
    Chooses the zeros of a sparsity; elements that are not kept become +0. An
    element's importance is its magnitude, or its entry in `scores`. The greatest
    importance is kept, the lower position on ties:

    - N:M: n elements of each group of m consecutive ones along the axis.
      Transposable: in each m x m tile the mask, with n elements in each row and
      column, of greatest total importance (in f32, row-major), the first in
      lexicographic order on ties.
    - blocks: the `count` blocks of greatest total importance (in f64, row-major
      within the block).
    - bitmap and CSR: the `count` elements of greatest importance in the tensor,
      or, with the budget `row`, `count / rows` of each row, a line along the
      innermost dimension.

    A `mask` takes the place of importance: exactly the elements where it is not 0
    are kept. That they obey the sparsity is for the `encode` to check.

    Constraints: the sparsity's constraints for the shape; `scores` or `mask`, not
    both, each of the shape of the input; the budget `row` needs bitmap or CSR
    sparsity, no mask, and a count that divides by the number of rows.

    Examples:

    ```mlir
    %p = compress.prune #compress.nm<2:4, axis = 0>, %w : tensor<64x32xf32>
    %q = compress.prune #compress.bitmap<count = 640>, %w
        scores(%s : tensor<64x32xf32>) budget = row : tensor<64x32xf32>
    %r = compress.prune #compress.csr<count = 100>, %w
        mask(%m : tensor<64x32xi8>) : tensor<64x32xf32>
    ```

    Source: magnitude pruning, Han et al., Learning both Weights and Connections,
    2015 (arXiv:1506.02626).
  }];
  let arguments = (ins
    Compress_DenseTensor:$input,
    Optional<RankedTensorOf<[F32]>>:$scores,
    Optional<RankedTensorOf<[I1, I8]>>:$mask,
    SparsityAttrInterface:$sparsity,
    DefaultValuedAttr<PruneBudgetAttr, "PruneBudget::Layer">:$budget
  );
  let results = (outs Compress_DenseTensor:$result);
  let assemblyFormat = [{
    $sparsity `,` $input (`scores` `(` $scores^ `:` type($scores) `)`)?
    (`mask` `(` $mask^ `:` type($mask) `)`)? (`budget` `=` $budget^)?
    attr-dict `:` type($input)
  }];
  let builders = [
    OpBuilder<(ins "Value":$input, "SparsityAttrInterface":$sparsity), [{
      build($_builder, $_state, input.getType(), input, Value(), Value(), sparsity);
    }]>
  ];
  let hasVerifier = 1;
}

def ChooseQParamsOp : Compress_Op<"choose_qparams", [Pure]> {
  let summary = "computes the scales and zero points of a tensor";
  let description = [{
    Computes the parameters of a storage from the elements of each block, by the
    formulas on the storage's page. It is what a dynamic activation runs before its
    `encode`.

    Constraints: the storage has parameters, and none that are learned; the results
    are its parameters for the shape (`scales`, `zero_points` when asymmetric,
    `super_scales` with two levels).

    Example, one scale per row:

    ```mlir
    %s = compress.choose_qparams #compress.affine<i8, block = [1, *]>, %x
        : tensor<?x384xf32> -> tensor<?x1xf32>
    ```
  }];
  let arguments = (ins Compress_DenseTensor:$input, StorageAttrInterface:$storage);
  let results = (outs Variadic<AnyRankedTensor>:$parameters);
  let assemblyFormat = [{
    $storage `,` $input attr-dict `:` type($input) `->` type($parameters)
  }];
  let hasVerifier = 1;
}

def EncodeOp : Compress_Op<"encode", [Pure]> {
  let summary = "compresses a dense tensor";
  let description = [{
    Stores a dense tensor by the scheme of the result type. Parameters (scales,
    zero points) are chosen by the observer, or given as operands, in the order of
    the scheme's components.

    Learned codebooks need a weight that `compress-fold` can read, or the codebook as
    a parameter.

    It never re-selects positions: an input that violates the scheme's sparsity
    is an error that names the index when constants are folded, and undefined at
    run time.

    Constraints: input and result have the same dense shape and element type; no
    parameters, or exactly those of the scheme. An observer other than `minmax`
    needs a weight that `compress-fold` can read, and no parameters.

    Examples:

    ```mlir
    %e = compress.encode %w : tensor<64x32xf32>
        -> !compress.tensor<64x32xf32, #compress.scheme<storage = #compress.affine<i8>>>
    %q = compress.encode %x parameters(%s : tensor<?x1xf32>) : tensor<?x64xf32>
        -> !compress.tensor<?x64xf32,
             #compress.scheme<storage = #compress.affine<i8, block = [1, *]>>>
    ```
  }];
  let arguments = (ins
    Compress_DenseTensor:$input,
    Variadic<AnyRankedTensor>:$parameters,
    OptionalAttr<ObserverAttr>:$observer
  );
  let results = (outs CompressedTensorType:$result);
  let assemblyFormat = [{
    $input (`parameters` `(` $parameters^ `:` type($parameters) `)`)?
    (`observer` `=` $observer^)? attr-dict `:` type($input) `->` qualified(type($result))
  }];
  let builders = [
    OpBuilder<(ins "Type":$result, "Value":$input), [{
      build($_builder, $_state, result, input, ValueRange(), ObserverAttr());
    }]>
  ];
  let hasVerifier = 1;
}

def DecodeOp : Compress_Op<"decode", [Pure]> {
  let summary = "expands a compressed tensor";
  let description = [{
    The dense tensor that the components stand for: the value of each stored
    element by the formula on the storage's page, computed in f32 and rounded to the
    element type; +0 at positions that are not kept.

    Constraints: input and result have the same dense shape and element type.

    Example:

    ```mlir
    %d = compress.decode %e
        : !compress.tensor<64x32xf32, #compress.scheme<storage = #compress.affine<i8>>>
        -> tensor<64x32xf32>
    ```
  }];
  let arguments = (ins CompressedTensorType:$input);
  let results = (outs Compress_DenseTensor:$result);
  let assemblyFormat = "$input attr-dict `:` qualified(type($input)) `->` type($result)";
  let builders = [
    OpBuilder<(ins "Value":$input), [{
      build($_builder, $_state,
            cast<CompressedTensorType>(input.getType()).getDenseType(), input);
    }]>
  ];
  let hasVerifier = 1;
}

def FakeQuantizeOp : Compress_Op<"fake_quantize", [Pure, AllTypesMatch<["input", "result"]>]> {
  let summary = "rounds a dense tensor to what a storage can express";
  let description = [{
    ```
    fake_quantize(storage, x) = decode(encode(x))
    ```

    where `encode` gives a tensor of the dense, row-major scheme of that storage:
    the values that compression would leave, as a dense tensor. Quantization-aware
    training computes with them, and a calibration measures their error. Parameters
    are chosen from the elements, or given as operands, as for `encode`.

    `encode` and `decode` say that a compressed tensor exists, whose bytes a target
    may store and read; this op says that none does, so no pass takes one form for
    the other. `convert-compress-to-linalg` lowers it as that `decode` of that
    `encode`, and `compress-fold` replaces that of a weight by its values.

    Constraints: the storage's constraints for the shape; no parameters, or exactly
    those of the storage.

    Example:

    ```mlir
    %y = compress.fake_quantize #compress.affine<i8, block = [1, *]>, %x
        : tensor<?x384xf32>
    %z = compress.fake_quantize #compress.affine<i8>, %x parameters(%s : tensor<1x1xf32>)
        : tensor<?x384xf32>
    ```

    Source: simulated quantization, Jacob et al., Quantization and Training of Neural
    Networks for Efficient Integer-Arithmetic-Only Inference, 2018
    (arXiv:1712.05877).
  }];
  let arguments = (ins
    Compress_DenseTensor:$input,
    Variadic<AnyRankedTensor>:$parameters,
    StorageAttrInterface:$storage
  );
  let results = (outs Compress_DenseTensor:$result);
  let assemblyFormat = [{
    $storage `,` $input (`parameters` `(` $parameters^ `:` type($parameters) `)`)?
    attr-dict `:` type($input)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The scheme of the `encode` that it stands for.
    SchemeAttrInterface getScheme();
  }];
}

def ExtractOp : Compress_Op<"extract", [Pure,
    TypesMatchWith<"the result has the element type of the tensor", "input", "result",
                   "cast<CompressedTensorType>($_self).getElementType()">]> {
  let summary = "an element of a compressed tensor";
  let description = [{
    The element of `decode(input)` at the given position, of which nothing else is
    decoded: the counterpart of `tensor.extract`. A lookup in a compressed table,
    such as an embedding, is a `linalg.generic` over the looked-up rows whose body
    has this op. A position outside of the shape is undefined.

    Constraints: one index per dimension.

    Example, rows of a table at the positions `%rows`:

    ```mlir
    %y = linalg.generic {indexing_maps = [affine_map<(i, c) -> (i)>,
                                          affine_map<(i, c) -> (i, c)>],
                         iterator_types = ["parallel", "parallel"]}
        ins(%rows : tensor<?xindex>) outs(%init : tensor<?x384xf32>) {
    ^bb0(%row: index, %out: f32):
      %c = linalg.index 1 : index
      %e = compress.extract %table[%row, %c]
          : !compress.tensor<30522x384xf32,
              #compress.scheme<storage = #compress.affine<i8, block = [1, *]>>>
      linalg.yield %e : f32
    } -> tensor<?x384xf32>
    ```
  }];
  let arguments = (ins CompressedTensorType:$input, Variadic<Index>:$indices);
  let results = (outs AnyFloat:$result);
  let assemblyFormat = "$input `[` $indices `]` attr-dict `:` qualified(type($input))";
  let hasVerifier = 1;
}

def AssembleOp : Compress_Op<"assemble", [Pure]> {
  let summary = "makes a compressed tensor of its components";
  let description = [{
    Constraints: one operand per component of the result's scheme, in canonical
    order, each of the component's type.

    Example:

    ```mlir
    %w = compress.assemble %values, %scales : (tensor<64x32xi8>, tensor<1x1xf32>)
        -> !compress.tensor<64x32xf32, #compress.scheme<storage = #compress.affine<i8>>>
    ```
  }];
  let arguments = (ins Variadic<AnyRankedTensor>:$components);
  let results = (outs CompressedTensorType:$result);
  let assemblyFormat = [{
    $components attr-dict `:` `(` type($components) `)` `->` qualified(type($result))
  }];
  let hasVerifier = 1;
}

def ComponentOp : Compress_Op<"component", [Pure]> {
  let summary = "a component of a compressed tensor";
  let description = [{
    Constraints: the scheme has a component of this name; the result has its type.
    Folds away on the result of `compress.assemble`.

    Example:

    ```mlir
    %s = compress.component %w["scales"]
        : !compress.tensor<64x32xf32, #compress.scheme<storage = #compress.affine<i8>>>
        -> tensor<1x1xf32>
    ```
  }];
  let arguments = (ins CompressedTensorType:$input, StrAttr:$component);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    $input `[` $component `]` attr-dict `:` qualified(type($input)) `->` type($result)
  }];
  let hasVerifier = 1;
  let hasFolder = 1;
}

def ContractOp : Compress_Op<"contract", [Pure, AllTypesMatch<["init", "result"]>]> {
  let summary = "a contraction of compressed operands";
  let description = [{
    For indexing maps (lhs, rhs, result) over common dimensions, with the
    dimensions that the result lacks reduced:

    ```
    result[r] = init[r] + sum over reduced d of lhs[maps[0](d)] * rhs[maps[1](d)]
    ```

    where a compressed operand stands for its `decode`, and products and sums are
    computed in the result's element type. When both operands are compressed to
    affine integers whose parameters do not vary along the reduced dimensions, the
    sum is exact:

    ```
    result[r] = init[r] + float(sum of (q_l - z_l) * (q_r - z_r)) * (s_l * s_r)
    ```

    with the integer sum in i32, converted to f32, and the scales multiplied first.
    A difference q - z takes at most 255, so i32 holds every sum over up to
    (2^31 - 1) / 255^2 = 33,025 reduced positions; beyond that the float form
    applies.

    Constraints: at least one operand is compressed; three indexing maps, each a
    projected permutation without constants, over the same dimensions, of the rank
    of its operand; extents of a common dimension agree; every dimension appears
    in the map of an operand; the result has the type of `init`, f32, f16 or bf16.

    Example, `x * w` with w of shape KxN:

    ```mlir
    %y = compress.contract
        [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>,
         affine_map<(m, n, k) -> (m, n)>]
        ins(%x, %w : tensor<?x64xf32>,
            !compress.tensor<64x32xf32, #compress.scheme<storage = #compress.affine<i8>>>)
        outs(%init : tensor<?x32xf32>)
    ```
  }];
  let arguments = (ins
    AnyType:$lhs, AnyType:$rhs, Compress_DenseTensor:$init,
    AffineMapArrayAttr:$indexing_maps
  );
  let results = (outs Compress_DenseTensor:$result);
  let assemblyFormat = [{
    $indexing_maps `ins` `(` $lhs `,` $rhs `:` type($lhs) `,` type($rhs) `)`
    `outs` `(` $init `:` type($init) `)` attr-dict
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Whether the exact integer form applies.
    bool isIntegerContraction();
  }];
}

def ConvOp : Compress_Op<"conv", [Pure, AllTypesMatch<["init", "result"]>]> {
  let summary = "a convolution of compressed operands";
  let description = [{
    A contraction whose image is read through a window that slides. For indexing
    maps (image, filter, result) over common dimensions, with the dimensions that
    the result lacks reduced:

    ```
    result[r] = init[r] + sum over reduced d of image[maps[0](d)] * filter[maps[1](d)]
    ```

    where the image's index along an axis is a sum of dimensions times strides and
    dilations, such as `oh * stride + kh * dilation`. Maps say the layout, groups
    (a dimension of all three), depthwise forms (the channel is a group) and the
    number of spatial dimensions, so that one op is all convolutions. Padding is
    the image's: a `tensor.pad` before the op.

    Decoding, element types, and the exact integer form with its bound of 33,025
    reduced positions are those of `compress.contract`; the parameters of an image
    do not vary along reduced dimensions when they do not vary along the axes
    whose index contains one.

    Constraints:

    - C1: at least one operand is compressed; the other is a ranked tensor of f32,
      f16 or bf16; the result has the type of `init`, f32, f16 or bf16.
    - C2: three indexing maps (image, filter, result) over the same dimensions,
      without symbols, each of the rank of its operand.
    - C3: the maps of filter and result are projected permutations without
      constants.
    - C4: each index of the image is a dimension, or a sum of dimensions times
      positive constants; a dimension appears once.
    - C5: every dimension appears in the map of image or filter, and alone, without
      a factor, in one of the three.
    - C6: extents of a common dimension agree.
    - C7: the window stays inside of the image: along an axis whose index is the
      sum of d_i * c_i, the extent is at least 1 + sum of (extent(d_i) - 1) * c_i.

    Dimensions of extent 1 in a window fold away, and a convolution whose image
    needs no window then is a `compress.contract`, such as one with a 1x1 filter.

    Example, NHWC by HWCF with stride 2:

    ```mlir
    %y = compress.conv
        [affine_map<(n, oh, ow, f, kh, kw, c) -> (n, oh * 2 + kh, ow * 2 + kw, c)>,
         affine_map<(n, oh, ow, f, kh, kw, c) -> (kh, kw, c, f)>,
         affine_map<(n, oh, ow, f, kh, kw, c) -> (n, oh, ow, f)>]
        ins(%x, %w : tensor<?x9x9x16xf32>,
            !compress.tensor<3x3x16x32xf32, #compress.scheme<storage = #compress.affine<i8>>>)
        outs(%init : tensor<?x4x4x32xf32>)
    ```
  }];
  let arguments = (ins
    AnyType:$image, AnyType:$filter, Compress_DenseTensor:$init,
    AffineMapArrayAttr:$indexing_maps
  );
  let results = (outs Compress_DenseTensor:$result);
  let assemblyFormat = [{
    $indexing_maps `ins` `(` $image `,` $filter `:` type($image) `,` type($filter) `)`
    `outs` `(` $init `:` type($init) `)` attr-dict
  }];
  let hasVerifier = 1;
  let hasCanonicalizeMethod = 1;
  let extraClassDeclaration = [{
    /// Whether the exact integer form applies.
    bool isIntegerContraction();
  }];
}

#endif // COMPRESS_DIALECT_COMPRESS_IR_COMPRESSOPS_TD
