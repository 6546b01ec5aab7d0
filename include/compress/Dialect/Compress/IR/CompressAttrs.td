//===- CompressAttrs.td - Attributes -*- tablegen -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_COMPRESS_IR_COMPRESSATTRS_TD
#define COMPRESS_DIALECT_COMPRESS_IR_COMPRESSATTRS_TD

include "compress/Dialect/Compress/IR/CompressBase.td"
include "compress/Dialect/Compress/IR/CompressInterfaces.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"

class Compress_Attr<string name, string attrMnemonic, list<Trait> traits = []>
    : AttrDef<Compress_Dialect, name, traits> {
  let mnemonic = attrMnemonic;
}

//===----------------------------------------------------------------------===//
// Sparsity
//===----------------------------------------------------------------------===//

def DenseSparsityAttr : Compress_Attr<"DenseSparsity", "dense",
    [DeclareAttrInterfaceMethods<SparsityAttrInterface>]> {
  let summary = "every position is kept";
  let description = [{
    Example: `#compress.dense`
  }];
  let hasCustomAssemblyFormat = 1;
}

def NMSparsityAttr : Compress_Attr<"NMSparsity", "nm",
    [DeclareAttrInterfaceMethods<SparsityAttrInterface>]> {
  let summary = "at most n of each m consecutive positions along an axis are nonzero";
  let description = [{
    Exactly n values of each group of m are stored, in ascending position; a
    group with fewer nonzeros stores its nonzeros and its lowest zero positions.
    The component `indices` holds each stored value's position in its group, an
    unsigned integer of `max(1, ceil(log2(m)))` bits, packed low bits first along
    the innermost dimension, in the order of `values`.

    With `transposable`, n:m holds along a second axis too, so that the transposed
    tensor is n:m as well: what a training step needs for its backward product.
    It changes what pruning keeps, not how the tensor is stored.

    Constraints: `0 < n <= m <= 256`, with `transposable` `m <= 4`; the axes exist,
    differ, are static and divide by m.

    Examples:

    ```mlir
    #compress.nm<2:4, axis = 0>                    // 2:4 along dimension 0
    #compress.nm<2:4, axis = 0, transposable = 1>  // and along dimension 1
    ```

    Sources: Mishra et al., Accelerating Sparse Deep Neural Networks, 2021
    (arXiv:2104.08378); Hubara et al., Accelerated Sparse Neural Training, 2021
    (arXiv:2102.08124), for transposable masks.
  }];
  let parameters = (ins
    "int64_t":$n, "int64_t":$m, "int64_t":$axis,
    OptionalParameter<"std::optional<int64_t>", "the second axis of n:m">:$transposedAxis
  );
  let builders = [
    AttrBuilder<(ins "int64_t":$n, "int64_t":$m, "int64_t":$axis,
                     CArg<"std::optional<int64_t>", "std::nullopt">:$transposedAxis), [{
      return $_get($_ctxt, n, m, axis, transposedAxis);
    }]>
  ];
  let skipDefaultBuilders = 1;
  let assemblyFormat = [{
    `<` $n `` `:` `` $m `,` `axis` `=` $axis
        (`,` `transposable` `=` $transposedAxis^)? `>`
  }];
  let genVerifyDecl = 1;
}

def BlockSparsityAttr : Compress_Attr<"BlockSparsity", "block",
    [DeclareAttrInterfaceMethods<SparsityAttrInterface>]> {
  let summary = "a number of blocks is kept";
  let description = [{
    The dense shape is cut into a grid of `ceil(shape / block)` blocks. Exactly
    `count` blocks are stored, in row-major order of the grid: those with nonzeros
    and the lowest ones without. The kept shape is `count x block`; parts of a
    block beyond the dense shape are zero. The component `indices` (i32, `count`
    entries, ascending) holds each block's row-major position in the grid.

    Constraints: a positive extent per dimension; a static shape; `count` from 0 to
    the number of blocks.

    Example: `#compress.block<[32, 32], count = 12>`

    Source: Gray, Radford and Kingma, GPU Kernels for Block-Sparse Weights, 2017.
  }];
  let parameters = (ins
    ArrayRefParameter<"int64_t", "extent of a block per dimension">:$block,
    "int64_t":$count
  );
  let assemblyFormat = "`<` `[` $block `]` `,` `count` `=` $count `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Number of blocks along each dimension.
    SmallVector<int64_t> getGrid(ArrayRef<int64_t> shape) const;
  }];
}

def BitmapSparsityAttr : Compress_Attr<"BitmapSparsity", "bitmap",
    [DeclareAttrInterfaceMethods<SparsityAttrInterface>]> {
  let summary = "a number of elements is kept; a bit per position tells which";
  let description = [{
    Exactly `count` values are stored in row-major order: the nonzeros and the
    lowest zero positions. The kept shape is `count`. A row is a line along the
    innermost dimension. The component `bitmap` (i8) has a bit per position, low
    bits first along the innermost dimension, each row padded to whole bytes; the
    component `offsets` (i32, one entry more than there are rows) counts the values
    that are stored before each row.

    Constraints: a static shape; `count` from 0 to the number of elements, below
    2^31.

    Example: `#compress.bitmap<count = 1000>`
  }];
  let parameters = (ins "int64_t":$count);
  let assemblyFormat = "`<` `count` `=` $count `>`";
  let genVerifyDecl = 1;
}

def CSRSparsityAttr : Compress_Attr<"CSRSparsity", "csr",
    [DeclareAttrInterfaceMethods<SparsityAttrInterface>]> {
  let summary = "a number of elements is kept; a column per value tells which";
  let description = [{
    Compressed sparse rows, which take fewer bytes than a bitmap where less than
    about one element in 32 is kept. Exactly `count` values are stored in row-major
    order: the nonzeros and the lowest zero positions. The kept shape is `count`. A
    row is a line along the innermost dimension. The component `columns` (i32,
    `count` entries) holds each value's innermost index, ascending within a row;
    the component `offsets` (i32, one entry more than there are rows) counts the
    values that are stored before each row.

    Constraints: as for `#compress.bitmap`; the innermost extent is below 2^31.

    Example: `#compress.csr<count = 1000>`
  }];
  let parameters = (ins "int64_t":$count);
  let assemblyFormat = "`<` `count` `=` $count `>`";
  let genVerifyDecl = 1;
}

//===----------------------------------------------------------------------===//
// Storage
//===----------------------------------------------------------------------===//

def ScalingAttr : Compress_Attr<"Scaling", "scaling"> {
  let summary = "the scales of a storage: granularity and types";
  let description = [{
    Part of a storage, in whose text its keys stand.

    `block` has an extent per dimension of the dense shape, `*` for the whole
    dimension; without it there is one block per tensor. The last block of a
    dimension may be ragged. There is one scale per block: the component `scales`
    has the shape `ceil(shape / block)`. Its type is f32, f16, bf16, f8E4M3FN,
    f8E5M2 or f8E8M0FNU; 8-bit floats lie in i8 tensors as their bits.

    From the raw scale r of a block, an f32 that the storage defines, the stored
    one is made so:

    ```
    f32, f16, bf16, f8E4M3FN, f8E5M2: r, rounded to nearest, ties to even, kept
        between the type's least positive normal and largest finite value
    f8E8M0FNU: 2^ceil(log2(r)), and for symmetric integers and floats
        2^(floor(log2(amax)) - floor(log2(largest code))), its exponent kept
        between -126 and 127
    block of zeros: 1
    ```

    With `super` scales (f16, f8E4M3FN or f8E5M2) are themselves quantized: one
    scale of type f32, f16 or bf16 per super block, whose extents (`super_block`, per tensor when left out)
    are multiples of the block's:

    ```
    super = max(r of its blocks) / largest finite value of the scale type,
            rounded and kept as above; 1 when all are 0
    scale = r / super, rounded and kept as above
    ```

    and `float(scale) * float(super)`, one product in f32, takes the place of the
    scale everywhere. They are the component `super_scales`.

    Sources: OCP Microscaling Formats v1.0, section 6.3 (f8E8M0FNU scales);
    Dettmers et al., QLoRA, 2023 (arXiv:2305.14314; quantized scales).
  }];
  let parameters = (ins
    ArrayRefParameter<"int64_t", "extent of a block per dimension, 0 for all">:$block,
    "Type":$scaleType,
    OptionalParameter<"Type", "none for one level">:$superScaleType,
    OptionalArrayRefParameter<"int64_t", "as block, in elements">:$superBlock
  );
  let builders = [
    AttrBuilder<(ins "ArrayRef<int64_t>":$block, "Type":$scaleType,
                     CArg<"Type", "{}">:$superScaleType,
                     CArg<"ArrayRef<int64_t>", "{}">:$superBlock), [{
      // Whole dimensions only is per tensor, which has one spelling.
      auto isWhole = [](int64_t extent) { return extent == 0; };
      if (llvm::all_of(block, isWhole))
        block = {};
      if (!superScaleType || llvm::all_of(superBlock, isWhole))
        superBlock = {};
      return $_get($_ctxt, block, scaleType, superScaleType, superBlock);
    }]>
  ];
  let skipDefaultBuilders = 1;
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Extents of a block and of a super block along `dim`, 0 for the whole
    /// dimension.
    int64_t getBlockExtent(unsigned dim) const {
      return getBlock().empty() ? 0 : getBlock()[dim];
    }
    int64_t getSuperBlockExtent(unsigned dim) const {
      return getSuperBlock().empty() ? 0 : getSuperBlock()[dim];
    }
    /// One element per block of a dense shape.
    SmallVector<int64_t> getGrid(ArrayRef<int64_t> shape) const;
    /// The components `scales` and `super_scales` of a dense shape.
    ComponentSpec getScales(ArrayRef<int64_t> shape) const;
    std::optional<ComponentSpec> getSuperScales(ArrayRef<int64_t> shape) const;
    /// Whether all elements that differ only along `dim` share a block.
    bool isConstantAlong(unsigned dim, ArrayRef<int64_t> shape) const;
    /// The same for the transposed tensor.
    ScalingAttr permute(ArrayRef<int64_t> permutation) const;
    /// Checks the extents against a dense shape.
    LogicalResult verifyShape(function_ref<InFlightDiagnostic()> emitError,
                              ArrayRef<int64_t> shape) const;
    /// Fills in the codec's description.
    void describe(codec::Scaling &scaling, unsigned rank) const;
  }];
}

def AffineStorageAttr : Compress_Attr<"AffineStorage", "affine",
    [DeclareAttrInterfaceMethods<StorageAttrInterface>]> {
  let summary = "integers with a scale, and optionally a zero point, per block";
  let description = [{
    `value = (q - zero_point) * scale`, with q a signed two's complement integer
    of `width` bits. With w bits, qmin = -2^(w-1), qmax = 2^(w-1) - 1, and round
    to nearest, ties to even, in f32:

    ```
    symmetric:   scale = amax / qmax                    zero_point = 0
    asymmetric:  lo = min(0, min), hi = max(0, max)
                 scale = (hi - lo) / (qmax - qmin)
                 zero_point = clamp(round(qmin - lo / scale), qmin, qmax)
    q = clamp(round(x / scale) + zero_point, qmin, qmax)
    ```

    Blocks, the types of scales and their rounding are those of
    `#compress.scaling`; a scale is rounded before it divides. The parameters lie
    in the components `scales`, (asymmetric) `zero_points` (i8), and
    `super_scales`. Integers narrower than 8 bits are packed low bits first along
    the innermost dimension of the packed shape, each row padded to a whole byte.

    Constraints: width 2 to 8; those of `#compress.scaling`; as many block extents
    as dimensions, each positive or `*`.

    Examples:

    ```mlir
    #compress.affine<i8>                                            // per tensor
    #compress.affine<i8, block = [*, 1]>                            // per column
    #compress.affine<i4, block = [128, 1], scale = f16, asymmetric> // groups of 128
    #compress.affine<i3, block = [32, 1], scale = f8E4M3FN, super = f16, super_block = [*, 1]>
    ```
  }];
  let parameters = (ins
    "unsigned":$width,
    "bool":$symmetric,
    "ScalingAttr":$scaling
  );
  let builders = [
    AttrBuilder<(ins "unsigned":$width, "bool":$symmetric, "ScalingAttr":$scaling), [{
      return $_get($_ctxt, width, symmetric, scaling);
    }]>,
    AttrBuilder<(ins "unsigned":$width, "bool":$symmetric, "ArrayRef<int64_t>":$block,
                     "Type":$scaleType), [{
      return $_get($_ctxt, width, symmetric, ScalingAttr::get($_ctxt, block, scaleType));
    }]>
  ];
  let skipDefaultBuilders = 1;
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Least and greatest stored integer.
    int64_t getMin() const { return -(int64_t(1) << (getWidth() - 1)); }
    int64_t getMax() const { return (int64_t(1) << (getWidth() - 1)) - 1; }
  }];
}

def FloatStorageAttr : Compress_Attr<"FloatStorage", "float",
    [DeclareAttrInterfaceMethods<StorageAttrInterface>]> {
  let summary = "values rounded to a float type, alone or with a scale per block";
  let description = [{
    Without `scale`, `value = element` and `element = round(x)`. With it, in f32,

    ```
    scale = amax / largest finite value of the type
    element = round(x / scale)
    value = element * scale
    ```

    where round is to nearest, ties to even, and saturates to the largest finite
    value (448 for f8E4M3FN, 57344 for f8E5M2, 6 for f4E2M1FN). Blocks, the types
    of scales and their rounding are those of `#compress.scaling`.

    f8E4M3FN and f8E5M2 are stored as their bits in i8; f4E2M1FN as 4-bit codes
    (sign, two bits of exponent, one of mantissa), packed low bits first along the
    innermost dimension of the packed shape, each row padded to a whole byte.

    Constraints: the type is f32, f16, bf16, f8E4M3FN, f8E5M2 or f4E2M1FN, and no
    wider than the tensor's; scales only with the last three; those of
    `#compress.scaling`.

    Examples:

    ```mlir
    #compress.float<bf16>
    #compress.float<f8E4M3FN, block = [*, 1], scale = f32>                   // per column
    #compress.float<f4E2M1FN, block = [32, 1], scale = f8E8M0FNU>            // MXFP4
    #compress.float<f4E2M1FN, block = [16, 1], scale = f8E4M3FN, super = f32> // NVFP4
    ```

    Sources: Micikevicius et al., FP8 Formats for Deep Learning, 2022
    (arXiv:2209.05433); OCP Microscaling Formats v1.0 (f4E2M1FN, MX blocks).
  }];
  let parameters = (ins "Type":$type, OptionalParameter<"ScalingAttr">:$scaling);
  let builders = [
    AttrBuilder<(ins "Type":$type, CArg<"ScalingAttr", "{}">:$scaling), [{
      return $_get($_ctxt, type, scaling);
    }]>
  ];
  let skipDefaultBuilders = 1;
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def Compress_CodebookKind : I32Enum<"CodebookKind", "where the entries of a codebook come from", [
  I32EnumCase<"NF4", 0, "nf4">,
  I32EnumCase<"Ternary", 1, "ternary">,
  I32EnumCase<"KMeans", 2, "kmeans">,
  I32EnumCase<"Quantile", 3, "quantile">
]> {
  let cppNamespace = "::mlir::compress";
}

def CodebookStorageAttr : Compress_Attr<"CodebookStorage", "codebook",
    [DeclareAttrInterfaceMethods<StorageAttrInterface>]> {
  let summary = "codes that name entries of a table, constant or learned";
  let description = [{
    Constant tables have a scale per block, as `#compress.scaling` says:
    `value = table[code] * scale`, in f32, and the code is that of the entry
    nearest to `x / scale`, the lower one on ties.

    - `nf4`: 4 bits; the table holds the 16 values of normal float, from -1 to 1
      with 0 at code 7; scale = amax. Nearest is decided by the f32 midpoints of
      neighbours.
    - `ternary`: 2 bits; the codes 0, 1 and 2 stand for -1, 0 and 1, and
      scale = mean of |x| over the block's kept values, summed in f64 in row-major
      order; code = clamp(round(x / scale), -1, 1) + 1, ties to even.

    Learned tables have no scales; `value = table[code]`. Each block has its own
    table, `2^width` entries of type `table` (f32, f16 or bf16), in the component
    `codebook` of shape `ceil(shape / block) x 2^width x vector`:

    - `quantile`: entry i lies at rank `(i + 0.5) / 2^width * (n - 1)` of the n
      sorted kept values, interpolated linearly in f64.
    - `kmeans`: Lloyd's iteration from there, at most 25 steps, with sums in f64;
      a cluster that gets nothing keeps its entry, ties go to the lower entry.

    With `vector` (2, 4 or 8), that many consecutive values along the innermost
    dimension of the kept shape share one code, and an entry has as many values;
    the last vector of a row is padded with 0 where the extent does not divide.

    Learning needs the whole weight: `compress-fold` does it, while an encode at
    run time needs a table as its parameter.

    Codes are unsigned, packed low bits first along the innermost dimension of the
    packed shape, each row padded to a whole byte.

    Constraints: width 1 to 8; a vector needs a learned table per tensor; those of
    `#compress.scaling`.

    Examples:

    ```mlir
    #compress.codebook<nf4, block = [64, 1]>
    #compress.codebook<ternary, block = [*, 1]>
    #compress.codebook<kmeans, i4, block = [*, 1], table = f16>
    #compress.codebook<quantile, i8, vector = 4>
    ```

    Sources: Dettmers et al., QLoRA, 2023 (arXiv:2305.14314, appendix E); Ma et
    al., The Era of 1-bit LLMs, 2024 (arXiv:2402.17764); Lloyd, Least Squares
    Quantization in PCM, 1982; Han et al., Deep Compression, 2016
    (arXiv:1510.00149).
  }];
  let parameters = (ins
    EnumParameter<Compress_CodebookKind>:$kind,
    "unsigned":$width,
    "int64_t":$vector,
    "ScalingAttr":$scaling
  );
  let builders = [
    AttrBuilder<(ins "CodebookKind":$kind, "ScalingAttr":$scaling), [{
      return $_get($_ctxt, kind, kind == CodebookKind::NF4 ? 4u : 2u, int64_t(1), scaling);
    }]>,
    AttrBuilder<(ins "CodebookKind":$kind, "unsigned":$width, "int64_t":$vector,
                     "ScalingAttr":$scaling), [{
      return $_get($_ctxt, kind, width, vector, scaling);
    }]>
  ];
  let skipDefaultBuilders = 1;
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

//===----------------------------------------------------------------------===//
// Layout
//===----------------------------------------------------------------------===//

def RowMajorLayoutAttr : Compress_Attr<"RowMajorLayout", "row_major",
    [DeclareAttrInterfaceMethods<LayoutAttrInterface>]> {
  let summary = "kept values in row-major order";
  let description = [{
    Example: `#compress.row_major`
  }];
  let hasCustomAssemblyFormat = 1;
}

def TiledLayoutAttr : Compress_Attr<"TiledLayout", "tiled",
    [DeclareAttrInterfaceMethods<LayoutAttrInterface>]> {
  let summary = "kept values tile by tile";
  let description = [{
    The kept shape is cut into tiles; tiles lie in row-major order, elements in
    row-major order inside their tile, ragged edges padded with zero bits. The
    packed shape of a KxN tensor with tiles of TxS is
    `ceil(K/T) x ceil(N/S) x T x S`.

    With `bits`, the elements of a tile are permuted: bit i, the lowest first, of the
    place where an element is stored is bit `bits[i]` of its row-major position in the
    tile. A kernel whose threads read words of a tile one after another thus says in
    one list which element is which part of which register of which lane: the low bits
    count the elements of a word, the next ones the words of a lane, the highest ones
    the lanes. `compress-pack` has such lists for matrix instructions.

    Constraints: a positive extent per dimension; the kept shape is static; with
    `bits`, extents that are powers of two, at most 2^16 elements in a tile, each bit
    of a position once, and a storage with one value for each code.

    Examples: `#compress.tiled<[16, 64]>`,
    `#compress.tiled<[4, 2], bits = [1, 2, 0]>`
  }];
  let parameters = (ins
    ArrayRefParameter<"int64_t", "extent of a tile per dimension">:$tile,
    OptionalArrayRefParameter<"int64_t", "permutation of the bits of a position">:$bits
  );
  let assemblyFormat = "`<` `[` $tile `]` (`,` `bits` `=` `[` $bits^ `]`)? `>`";
  let builders = [
    AttrBuilder<(ins "ArrayRef<int64_t>":$tile), [{
      return $_get($_ctxt, tile, ArrayRef<int64_t>());
    }]>
  ];
  let genVerifyDecl = 1;
}

//===----------------------------------------------------------------------===//
// Scheme
//===----------------------------------------------------------------------===//

def SchemeAttr : Compress_Attr<"Scheme", "scheme",
    [DeclareAttrInterfaceMethods<SchemeAttrInterface,
       ["getSparsity", "getStorage", "getLayout"]>]> {
  let summary = "sparsity, storage and layout of a compressed tensor";
  let description = [{
    Any sparsity goes with any storage and any layout. What is left out is
    `#compress.dense` and `#compress.row_major`.

    Components, in this order: `values`, then the storage's parameters (`scales`,
    `zero_points`, `super_scales`, `codebook`, those it has), then the sparsity's
    positions (`indices`, or `bitmap` or `columns` and `offsets`). Parameters of a
    sparse tensor are computed over its kept values.

    Example:

    ```mlir
    #compress.scheme<sparsity = #compress.nm<2:4, axis = 0>,
                     storage = #compress.affine<i4, block = [128, 1], scale = f16>>
    ```
  }];
  let parameters = (ins
    DefaultValuedParameter<"SparsityAttrInterface", "DenseSparsityAttr::get($_ctxt)">:$sparsity,
    "StorageAttrInterface":$storage,
    DefaultValuedParameter<"LayoutAttrInterface", "RowMajorLayoutAttr::get($_ctxt)">:$layout
  );
  let assemblyFormat = "`<` struct(params) `>`";
  let builders = [
    AttrBuilderWithInferredContext<(ins "SparsityAttrInterface":$sparsity,
      "StorageAttrInterface":$storage), [{
      MLIRContext *context = storage.getContext();
      return $_get(context, sparsity, storage,
                   LayoutAttrInterface(RowMajorLayoutAttr::get(context)));
    }]>
  ];
}

//===----------------------------------------------------------------------===//
// Budget
//===----------------------------------------------------------------------===//

def Compress_PruneBudget : I32Enum<"PruneBudget", "over what a count of kept elements spreads", [
  I32EnumCase<"Layer", 0, "layer">,
  I32EnumCase<"Row", 1, "row">
]> {
  let cppNamespace = "::mlir::compress";
}

def PruneBudgetAttr : EnumAttr<Compress_Dialect, Compress_PruneBudget, "budget"> {
  let assemblyFormat = "$value";
}

//===----------------------------------------------------------------------===//
// Observer
//===----------------------------------------------------------------------===//

def Compress_ObserverKind : I32Enum<"ObserverKind", "how the range of a block is chosen", [
  I32EnumCase<"MinMax", 0, "minmax">,
  I32EnumCase<"Percentile", 1, "percentile">,
  I32EnumCase<"MSE", 2, "mse">
]> {
  let cppNamespace = "::mlir::compress";
}

def ObserverAttr : Compress_Attr<"Observer", "observer"> {
  let summary = "how the range of a block is chosen";
  let description = [{
    - `minmax`: the extremes of the block.
    - `percentile`: a percentile (50 to 100) of the magnitudes; two-sided for
      asymmetric storage.
    - `mse`: the shrink factor of the min-max range, from a grid of 40 steps
      between 1 and 0.5, with the least squared error.

    Examples: `#compress.observer<minmax>`, `#compress.observer<percentile, 99.9>`
  }];
  let parameters = (ins
    EnumParameter<Compress_ObserverKind>:$kind,
    "FloatAttr":$percentile
  );
  let builders = [
    AttrBuilder<(ins "ObserverKind":$kind, CArg<"double", "99.9">:$percentile), [{
      return $_get($_ctxt, kind, FloatAttr::get(Float64Type::get($_ctxt), percentile));
    }]>
  ];
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

//===----------------------------------------------------------------------===//
// External weights
//===----------------------------------------------------------------------===//

def ExternalAttr : Compress_Attr<"External", "external",
    [TypedAttrInterface, DeclareAttrInterfaceMethods<ElementsAttrInterface,
       ["isSplat", "getShapedType"]>]> {
  let summary = "a tensor in a weights file";
  let description = [{
    Names an entry of a safetensors or GGUF file; it may stand wherever a constant
    may. Quantized entries of GGUF are decoded to the type.
    A relative file is looked up beside the module's file, then in the search
    path of the tool. Dtype, shape and byte count must agree with the type; when
    a checksum (XXH3, 64 bits, over the entry's bytes) is given it must agree too.

    Example:

    ```mlir
    %w = arith.constant #compress.external<"model.safetensors", "layer.0.weight">
        : tensor<384x384xf32>
    ```
  }];
  let parameters = (ins
    StringRefParameter<"file">:$file,
    StringRefParameter<"key">:$key,
    DefaultValuedParameter<"uint64_t", "0", "checksum, 0 for none">:$checksum,
    AttributeSelfTypeParameter<"">:$type
  );
  let assemblyFormat = "`<` $file `,` $key (`,` $checksum^)? `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// The elements lie in the file and no folder may read them: each one is a
    /// null attribute, which folders that ask for one take for unknown.
    using NonContiguousIterableTypesT = std::tuple<::mlir::Attribute>;
    using ElementIterator =
        ::llvm::mapped_iterator<::llvm::iota_range<int64_t>::iterator,
                                ::mlir::Attribute (*)(int64_t)>;
    ::mlir::FailureOr<ElementIterator>
    try_value_begin_impl(OverloadToken<::mlir::Attribute>) const;
  }];
  let extraClassDefinition = [{
    bool $cppClass::isSplat() const { return false; }
    ::mlir::ShapedType $cppClass::getShapedType() const {
      return ::llvm::cast<::mlir::ShapedType>(getType());
    }
  }];
}

#endif // COMPRESS_DIALECT_COMPRESS_IR_COMPRESSATTRS_TD
