//===- StorageAttrs.td - How kept values are stored --------*- tablegen -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_COMPRESS_IR_STORAGEATTRS_TD
#define COMPRESS_DIALECT_COMPRESS_IR_STORAGEATTRS_TD

include "compress/Dialect/Compress/IR/CompressBase.td"
include "compress/Dialect/Compress/IR/CompressInterfaces.td"
include "mlir/IR/EnumAttr.td"

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

#endif // COMPRESS_DIALECT_COMPRESS_IR_STORAGEATTRS_TD
