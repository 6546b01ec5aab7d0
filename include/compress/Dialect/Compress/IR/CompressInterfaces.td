//===- CompressInterfaces.td - Attribute and op interfaces -*- tablegen -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_COMPRESS_IR_COMPRESSINTERFACES_TD
#define COMPRESS_DIALECT_COMPRESS_IR_COMPRESSINTERFACES_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"

def SparsityAttrInterface : AttrInterface<"SparsityAttrInterface"> {
  let cppNamespace = "::mlir::compress";
  let description = [{
    Which positions of the dense index space are kept. An implementation names
    the codec's structure and its position components, and builds the index
    arithmetic of the reference lowering.

    Positions are stored in one of two ways: an entry of `getIndexWidth` bits for
    each kept value, laid out as the values are (N:M), or components of their own
    (`getPositionComponents`), whatever the layout.
  }];
  let methods = [
    InterfaceMethod<"The codec's description.",
      "::mlir::compress::codec::Sparsity", "getCodecSparsity">,
    InterfaceMethod<"Checks the sparsity against a dense shape.",
      "::mlir::LogicalResult", "verifyShape",
      (ins "::mlir::function_ref<::mlir::InFlightDiagnostic()>":$emitError,
           "::mlir::ArrayRef<int64_t>":$shape)>,
    InterfaceMethod<[{The shape of the kept values of a dense shape.}],
      "::mlir::SmallVector<int64_t>", "getKeptShape", (ins "::mlir::ArrayRef<int64_t>":$shape)>,
    InterfaceMethod<[{Whether kept positions outside of the dense shape exist, as in
      ragged blocks; they hold zero.}],
      "bool", "hasPadding", (ins "::mlir::ArrayRef<int64_t>":$shape)>,
    InterfaceMethod<[{Bits of the entry of the component `indices` that each kept
      value has, 0 without one.}],
      "unsigned", "getIndexWidth">,
    InterfaceMethod<[{The components of a dense shape that say which positions are
      kept, by name and type, but for those that `getIndexWidth` describes.}],
      "::mlir::SmallVector<::mlir::compress::ComponentSpec>", "getPositionComponents",
      (ins "::mlir::ArrayRef<int64_t>":$shape)>,
    InterfaceMethod<[{
      Builds, from the position components of a dense shape, the tensor that
      `buildDecode` reads: where the kept values of a dense position lie. Null
      when `buildDecode` needs none.}],
      "::mlir::Value", "buildSlots",
      (ins "::mlir::ImplicitLocOpBuilder &":$builder, "::mlir::ArrayRef<int64_t>":$shape,
           "::mlir::ValueRange":$components)>,
    InterfaceMethod<[{
      Builds the element at dense position `indices`: `slots` is what `buildSlots`
      has built, `getIndex(kept)` gives the entry of the component `indices` (an
      `index`), `getValue(kept)` the decoded stored value.}],
      "::mlir::Value", "buildDecode",
      (ins "::mlir::ImplicitLocOpBuilder &":$builder, "::mlir::ValueRange":$indices,
           "::mlir::Type":$type, "::mlir::Value":$slots,
           "::mlir::function_ref<::mlir::Value(::mlir::ValueRange)>":$getIndex,
           "::mlir::function_ref<::mlir::Value(::mlir::ValueRange)>":$getValue)>,
    InterfaceMethod<[{
      Builds the tensor of the kept values' positions of a dense tensor that obeys
      the sparsity: with an index width, the entries of `indices` as i8 in the kept
      shape. Null when kept and dense positions are the same.}],
      "::mlir::Value", "buildPositions",
      (ins "::mlir::ImplicitLocOpBuilder &":$builder, "::mlir::Value":$dense)>,
    InterfaceMethod<[{Builds the dense position of the stored value at `kept` from
      what `buildPositions` has built; outside of the shape for padding.}],
      "::mlir::SmallVector<::mlir::Value>", "buildDenseIndices",
      (ins "::mlir::ImplicitLocOpBuilder &":$builder, "::mlir::ArrayRef<int64_t>":$shape,
           "::mlir::ValueRange":$kept, "::mlir::Value":$positions)>,
    InterfaceMethod<[{Builds the position components of a dense shape from what
      `buildPositions` has built.}],
      "::mlir::SmallVector<::mlir::Value>", "buildPositionComponents",
      (ins "::mlir::ImplicitLocOpBuilder &":$builder, "::mlir::ArrayRef<int64_t>":$shape,
           "::mlir::Value":$positions)>,
    InterfaceMethod<[{
      Builds the tensor that `buildKeeps` reads: what pruning keeps of `input`,
      where that does not follow from an element's neighbours; else null.
      `getImportance(indices)` gives an element's importance, an f32. With
      `perRow`, each row (all dimensions but the innermost) keeps its share of the
      count.}],
      "::mlir::Value", "buildPruning",
      (ins "::mlir::ImplicitLocOpBuilder &":$builder, "::mlir::Value":$input, "bool":$perRow,
           "::mlir::function_ref<::mlir::Value(::mlir::ImplicitLocOpBuilder &, ::mlir::ValueRange)>":$getImportance)>,
    InterfaceMethod<[{Builds whether pruning keeps the element at dense position
      `indices`, an i1; `pruning` is what `buildPruning` has built.}],
      "::mlir::Value", "buildKeeps",
      (ins "::mlir::ImplicitLocOpBuilder &":$builder, "::mlir::ValueRange":$indices,
           "::mlir::Value":$pruning,
           "::mlir::function_ref<::mlir::Value(::mlir::ImplicitLocOpBuilder &, ::mlir::ValueRange)>":$getImportance)>,
    InterfaceMethod<[{The same sparsity of the transposed tensor: result dimension
      i is dimension permutation[i]. Null when the choice of positions depends on
      the order of the dimensions, as where ties go to the lower position.}],
      "::mlir::compress::SparsityAttrInterface", "permute",
      (ins "::mlir::ArrayRef<int64_t>":$permutation)>,
  ];
}

def StorageAttrInterface : AttrInterface<"StorageAttrInterface"> {
  let cppNamespace = "::mlir::compress";
  let description = [{
    How a kept value is stored: an element width, parameter components (scales,
    zero points, codebooks) and the arithmetic between stored and expressed values.
  }];
  let methods = [
    InterfaceMethod<"The codec's description.",
      "::mlir::compress::codec::Storage", "getCodecStorage",
      (ins "unsigned":$rank)>,
    InterfaceMethod<"Checks the storage against a dense shape and element type.",
      "::mlir::LogicalResult", "verifyShape",
      (ins "::mlir::function_ref<::mlir::InFlightDiagnostic()>":$emitError,
           "::mlir::ArrayRef<int64_t>":$shape, "::mlir::Type":$expressed)>,
    InterfaceMethod<[{The type of one stored value: an integer of the stored
      width, or a float.}], "::mlir::Type", "getStoredType">,
    InterfaceMethod<[{How many consecutive kept values along the innermost
      dimension share one stored value.}], "int64_t", "getVectorLength">,
    InterfaceMethod<[{The parameter components (scales, zero points, codebooks) of
      a dense shape, by name and type.}],
      "::mlir::SmallVector<::mlir::compress::ComponentSpec>", "getParameters",
      (ins "::mlir::ArrayRef<int64_t>":$shape)>,
    InterfaceMethod<[{Builds the value of `stored` (an i32 for integers, its sign
      extended), an element at dense position `indices` and, with vectors, at
      position `lane` of its vector: of the expressed type, or, when `type` is an
      integer, the stored value less its zero point.}],
      "::mlir::Value", "buildDecodeElement",
      (ins "::mlir::ImplicitLocOpBuilder &":$builder, "::mlir::Value":$stored,
           "::mlir::Value":$lane, "::mlir::ValueRange":$parameters,
           "::mlir::ValueRange":$indices, "::mlir::Type":$type)>,
    InterfaceMethod<[{Builds the stored value (an i8 for integers) of `elements`,
      a vector of which the first is at dense position `indices`.}],
      "::mlir::Value", "buildEncodeElement",
      (ins "::mlir::ImplicitLocOpBuilder &":$builder, "::mlir::ValueRange":$elements,
           "::mlir::ValueRange":$parameters, "::mlir::ValueRange":$indices)>,
    InterfaceMethod<[{Builds the parameters of a dense tensor whose positions that
      are not kept are zeros. `getMask` builds an i1 tensor of its shape that says
      which are kept, null when all are.}],
      "::mlir::SmallVector<::mlir::Value>", "buildParameters",
      (ins "::mlir::ImplicitLocOpBuilder &":$builder, "::mlir::Value":$dense,
           "::mlir::function_ref<::mlir::Value()>":$getMask)>,
    InterfaceMethod<[{Whether parameters are learned from the whole weight, which
      only the codec does.}], "bool", "isLearned">,
    InterfaceMethod<[{Whether all elements that differ only along dimension `dim`
      share their parameters.}],
      "bool", "isConstantAlong", (ins "unsigned":$dim, "::mlir::ArrayRef<int64_t>":$shape)>,
    InterfaceMethod<[{Whether stored values are integers, q, that stand for
      (q - zero point) * scale.}], "bool", "isAffine">,
    InterfaceMethod<[{Builds the f32 scale at dense position `indices`, 1 where the
      storage has none.}],
      "::mlir::Value", "buildScale",
      (ins "::mlir::ImplicitLocOpBuilder &":$builder, "::mlir::ValueRange":$parameters,
           "::mlir::ValueRange":$indices)>,
    InterfaceMethod<[{The same storage of the transposed tensor; null when there is
      none, as for vectors along a dimension that is no longer the innermost.}],
      "::mlir::compress::StorageAttrInterface", "permute",
      (ins "::mlir::ArrayRef<int64_t>":$permutation)>,
  ];
}

def LayoutAttrInterface : AttrInterface<"LayoutAttrInterface"> {
  let cppNamespace = "::mlir::compress";
  let description = [{
    Where the bytes of the kept values lie: a map between kept positions and
    positions in the packed shape.
  }];
  let methods = [
    InterfaceMethod<"The codec's description.",
      "::mlir::compress::codec::Layout", "getCodecLayout">,
    InterfaceMethod<"Checks the layout against a kept shape.",
      "::mlir::LogicalResult", "verifyShape",
      (ins "::mlir::function_ref<::mlir::InFlightDiagnostic()>":$emitError,
           "::mlir::ArrayRef<int64_t>":$kept)>,
    InterfaceMethod<"The shape of the packed values.",
      "::mlir::SmallVector<int64_t>", "getPackedShape", (ins "::mlir::ArrayRef<int64_t>":$kept)>,
    InterfaceMethod<"Builds the packed position of a kept one.",
      "::mlir::SmallVector<::mlir::Value>", "buildPackedIndices",
      (ins "::mlir::ImplicitLocOpBuilder &":$builder, "::mlir::ValueRange":$kept)>,
    InterfaceMethod<[{Builds the kept position of a packed one; it lies outside of
      the kept shape for padding.}],
      "::mlir::SmallVector<::mlir::Value>", "buildKeptIndices",
      (ins "::mlir::ImplicitLocOpBuilder &":$builder, "::mlir::ValueRange":$packed)>,
    InterfaceMethod<[{Whether packed positions beyond the kept shape exist.}],
      "bool", "hasPadding", (ins "::mlir::ArrayRef<int64_t>":$kept)>,
    InterfaceMethod<[{The same layout of the transposed tensor.}],
      "::mlir::compress::LayoutAttrInterface", "permute",
      (ins "::mlir::ArrayRef<int64_t>":$permutation)>,
  ];
}

def SchemeAttrInterface : AttrInterface<"SchemeAttrInterface"> {
  let cppNamespace = "::mlir::compress";
  let description = [{
    Everything that passes ask of a scheme. No pass looks behind it: a new
    scheme is a new attribute that implements it.
  }];
  let methods = [
    InterfaceMethod<[{Checks the scheme against a dense shape and element type;
      the message names the constraint, what was expected and what was found.}],
      "::mlir::LogicalResult", "verifyScheme",
      (ins "::mlir::function_ref<::mlir::InFlightDiagnostic()>":$emitError,
           "::mlir::ArrayRef<int64_t>":$shape, "::mlir::Type":$expressed)>,
    InterfaceMethod<[{The components in their canonical order.}],
      "::mlir::SmallVector<::mlir::compress::ComponentSpec>", "getComponents",
      (ins "::mlir::ArrayRef<int64_t>":$shape, "::mlir::Type":$expressed)>,
    InterfaceMethod<[{Which of the components are parameters (scales, zero
      points) that `choose_qparams` computes, by name and type.}],
      "::mlir::SmallVector<::mlir::compress::ComponentSpec>", "getParameters",
      (ins "::mlir::ArrayRef<int64_t>":$shape, "::mlir::Type":$expressed)>,
    InterfaceMethod<[{Encodes `dense` into components of a static shape.}],
      "::llvm::Error", "encode",
      (ins "::mlir::ArrayRef<int64_t>":$shape, "::mlir::Type":$expressed,
           "::mlir::ArrayRef<char>":$dense,
           "::mlir::ArrayRef<::mlir::MutableArrayRef<char>>":$components,
           "const ::mlir::compress::codec::EncodeOptions &":$options,
           "::mlir::compress::codec::ErrorStats *":$stats)>,
    InterfaceMethod<[{Decodes components of a static shape.}],
      "::llvm::Error", "decode",
      (ins "::mlir::ArrayRef<int64_t>":$shape, "::mlir::Type":$expressed,
           "::mlir::ArrayRef<::mlir::ArrayRef<char>>":$components,
           "::mlir::MutableArrayRef<char>":$dense, "::llvm::ThreadPoolInterface *":$threads)>,
    InterfaceMethod<[{Moves the components of a static shape to the layout of `to`,
      which differs from this scheme in nothing else.}],
      "void", "relayout",
      (ins "::mlir::ArrayRef<int64_t>":$shape, "::mlir::Type":$expressed,
           "::mlir::compress::SchemeAttrInterface":$to,
           "::mlir::ArrayRef<::mlir::ArrayRef<char>>":$components,
           "::mlir::ArrayRef<::mlir::MutableArrayRef<char>>":$result)>,
    InterfaceMethod<[{Stored bytes of a static shape, all components.}],
      "int64_t", "getNumBytes",
      (ins "::mlir::ArrayRef<int64_t>":$shape, "::mlir::Type":$expressed)>,
    InterfaceMethod<[{Builds the dense tensor of type `result` from components; with
      an integer element type, the stored values less their zero points.}],
      "::mlir::Value", "buildDecode",
      (ins "::mlir::ImplicitLocOpBuilder &":$builder, "::mlir::ValueRange":$components,
           "::mlir::RankedTensorType":$result)>,
    InterfaceMethod<[{Builds what `buildDecodeAt` reads besides the components of a
      tensor of type `dense`, once for all elements; null when it is nothing.}],
      "::mlir::Value", "buildDecodeSlots",
      (ins "::mlir::ImplicitLocOpBuilder &":$builder, "::mlir::ValueRange":$components,
           "::mlir::RankedTensorType":$dense)>,
    InterfaceMethod<[{Builds the element at dense position `indices` of the tensor
      of type `dense`, and decodes nothing else; `slots` is what
      `buildDecodeSlots` has built.}],
      "::mlir::Value", "buildDecodeAt",
      (ins "::mlir::ImplicitLocOpBuilder &":$builder, "::mlir::ValueRange":$components,
           "::mlir::RankedTensorType":$dense, "::mlir::Value":$slots,
           "::mlir::ValueRange":$indices)>,
    InterfaceMethod<[{Builds the components of `dense`; `parameters` are given, or
      empty to be chosen by the extremes.}],
      "::mlir::SmallVector<::mlir::Value>", "buildEncode",
      (ins "::mlir::ImplicitLocOpBuilder &":$builder, "::mlir::Value":$dense,
           "::mlir::ValueRange":$parameters)>,
    InterfaceMethod<[{Which positions are kept.}],
      "::mlir::compress::SparsityAttrInterface", "getSparsity">,
    InterfaceMethod<[{How a kept value is stored.}],
      "::mlir::compress::StorageAttrInterface", "getStorage">,
    InterfaceMethod<[{Where the bytes lie.}], "::mlir::compress::LayoutAttrInterface", "getLayout">,
    InterfaceMethod<[{The scheme with another answer to one of the questions; null
      keeps the present one.}],
      "::mlir::compress::SchemeAttrInterface", "with",
      (ins "::mlir::compress::SparsityAttrInterface":$sparsity,
           "::mlir::compress::StorageAttrInterface":$storage,
           "::mlir::compress::LayoutAttrInterface":$layout)>,
    InterfaceMethod<[{The scheme of the transposed tensor: result dimension i is
      dimension permutation[i]. Null when one of its parts cannot express it.}],
      "::mlir::compress::SchemeAttrInterface", "permute",
      (ins "::mlir::ArrayRef<int64_t>":$permutation)>,
  ];
}

def CompressibleOpInterface : OpInterface<"CompressibleOpInterface"> {
  let cppNamespace = "::mlir::compress";
  let description = [{
    An op that can compute with a compressed operand. Passes ask it and never
    name an op: let yours implement it, or register an external model, and it is
    pruned, quantized, fused and lowered like `linalg.matmul`, or, when it looks
    up elements of a table, quantized like `tensor.extract`.
  }];
  let methods = [
    InterfaceMethod<[{
      Describes the op as a contraction: two operands, an accumulator if it has
      one, and indexing maps (lhs, rhs, result) over common dimensions; of a
      convolution, lhs is the image. Fails with the reason when this op is none.}],
      "::mlir::FailureOr<::mlir::compress::Contraction>", "getContraction",
      (ins "std::string &":$reason)>,
    InterfaceMethod<[{
      Whether the plan lists the op, with the reason, also when it is no
      contraction.}],
      "bool", "isAlwaysListed", (ins), "", [{ return false; }]>,
    InterfaceMethod<[{
      Describes an op that is no contraction as a lookup: it reads elements of a
      table at positions that other operands give. None for another op.}],
      "std::optional<::mlir::compress::Lookup>", "getLookup", (ins), "", [{ return std::nullopt; }]>,
    InterfaceMethod<[{
      Whether operand `operandNumber` may have the scheme; otherwise the
      reason.}],
      "bool", "isLegalScheme",
      (ins "unsigned":$operandNumber, "::mlir::compress::SchemeAttrInterface":$scheme,
           "std::string &":$reason),
      "", [{ return true; }]>,
    InterfaceMethod<[{
      Builds the op that computes the same with `lhs` and `rhs`, at least one of
      them compressed, at the rewriter's insertion point, and returns the value
      that replaces the op's result. Of a lookup, `lhs` is the table, and `rhs`
      is null. `buildContractFromZeros` does it for an op without an
      accumulator.}],
      "::mlir::FailureOr<::mlir::Value>", "rebuildCompressed",
      (ins "::mlir::RewriterBase &":$rewriter, "::mlir::Value":$lhs, "::mlir::Value":$rhs)>,
  ];
}

def WeightViewOpInterface : OpInterface<"WeightViewOpInterface"> {
  let cppNamespace = "::mlir::compress";
  let description = [{
    An op of one result without effects that puts the elements of a tensor into
    another order or shape. Passes look through it from a compressible op to its
    weight, and folding does the same to the bytes. Those of linalg, tensor and
    TOSA are known without it.

    Shapes are static where passes look through it; the element type stays.
  }];
  let methods = [
    InterfaceMethod<[{The tensor whose elements the result has.}],
      "::mlir::Value", "getViewSource">,
    InterfaceMethod<[{Result dimension i is dimension permutation[i] of the source;
      none for a reshape, which keeps the row-major order.}],
      "std::optional<::mlir::SmallVector<int64_t>>", "getViewPermutation">,
  ];
}

#endif // COMPRESS_DIALECT_COMPRESS_IR_COMPRESSINTERFACES_TD
