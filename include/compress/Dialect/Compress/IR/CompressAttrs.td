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
include "compress/Dialect/Compress/IR/StorageAttrs.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"

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
  let extraClassDeclaration = [{
    codec::Observer getCodecObserver() const {
      codec::Observer observer;
      observer.kind = static_cast<codec::Observer::Kind>(getKind());
      observer.percentile = getPercentile().getValueAsDouble();
      return observer;
    }
  }];
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
