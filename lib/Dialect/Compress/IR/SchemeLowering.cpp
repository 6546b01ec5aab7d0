//===- SchemeLowering.cpp - The reference lowering of a scheme
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/IR/Compress.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mlir::compress;

/// Makes an elementwise generic: `body(indices, elements)` yields the element.
static Value
buildElementwise(ImplicitLocOpBuilder &b, Value empty, ValueRange inputs,
                 function_ref<Value(ImplicitLocOpBuilder &, ValueRange)> body) {
  auto type = cast<RankedTensorType>(empty.getType());
  AffineMap identity = b.getMultiDimIdentityMap(type.getRank());
  SmallVector<AffineMap> maps(inputs.size() + 1, identity);
  SmallVector<utils::IteratorType> iterators(type.getRank(),
                                             utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      b, b.getLoc(), type, inputs, empty, maps, iterators,
      [&](OpBuilder &nested, Location loc, ValueRange elements) {
        ImplicitLocOpBuilder nb(loc, nested);
        linalg::YieldOp::create(nested, loc,
                                body(nb, elements.take_front(inputs.size())));
      });
  return generic.getResult(0);
}

/// The positions of the loops of the enclosing generic.
static SmallVector<Value> buildLoopIndices(ImplicitLocOpBuilder &b,
                                           unsigned rank) {
  SmallVector<Value> indices;
  for (unsigned dim = 0; dim < rank; ++dim)
    indices.push_back(linalg::IndexOp::create(b, dim));
  return indices;
}

/// An uninitialized tensor of `type` with the dynamic extents of `like`.
static Value buildEmptyLike(ImplicitLocOpBuilder &b, RankedTensorType type,
                            Value like) {
  SmallVector<OpFoldResult> sizes;
  for (auto [dim, size] : llvm::enumerate(type.getShape())) {
    if (ShapedType::isDynamic(size))
      sizes.push_back(tensor::DimOp::create(b, like, static_cast<int64_t>(dim))
                          .getResult());
    else
      sizes.push_back(b.getIndexAttr(size));
  }
  return tensor::EmptyOp::create(b, sizes, type.getElementType());
}

/// Reads element `indices` (of `width` bits, packed low bits first along the
/// innermost dimension of `bytes`) as an unsigned i32.
static Value buildUnpack(ImplicitLocOpBuilder &b, Value bytes,
                         ValueRange indices, unsigned width) {
  Type i32 = b.getI32Type();
  auto load = [&](Value column) -> Value {
    SmallVector<Value> position(indices);
    position.back() = column;
    Value byte = tensor::ExtractOp::create(b, bytes, position);
    return arith::ExtUIOp::create(b, i32, byte);
  };
  if (width == 8)
    return load(indices.back());
  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(b, value);
  };
  Value mask = arith::ConstantIntOp::create(b, i32, (1 << width) - 1);
  Value bit = arith::MulIOp::create(b, indices.back(), constant(width));
  Value column = arith::ShRUIOp::create(b, bit, constant(3));
  Value shift = arith::IndexCastOp::create(
      b, i32, arith::AndIOp::create(b, bit, constant(7)));
  Value word = load(column);
  if (8 % width != 0) {
    // The element may reach into the next byte; the last element does not.
    auto type = cast<RankedTensorType>(bytes.getType());
    Value last = constant(type.getShape().back() - 1);
    Value next = arith::MinUIOp::create(
        b, arith::AddIOp::create(b, column, constant(1)), last);
    Value high = arith::ShLIOp::create(b, load(next),
                                       arith::ConstantIntOp::create(b, i32, 8));
    word = arith::OrIOp::create(b, word, high);
  }
  return arith::AndIOp::create(b, arith::ShRUIOp::create(b, word, shift), mask);
}

/// Packs elements of `width` bits, i8 in `kept` order, into `type`.
static Value buildPack(ImplicitLocOpBuilder &b, LayoutAttrInterface layout,
                       Value elements, RankedTensorType type, unsigned width) {
  auto keptType = cast<RankedTensorType>(elements.getType());
  SmallVector<int64_t> packed = layout.getPackedShape(keptType.getShape());
  bool padded = layout.hasPadding(keptType.getShape());
  Value empty = buildEmptyLike(b, type, elements);
  // Without padding an element past the row is one past the row's last byte.
  return buildElementwise(
      b, empty, {}, [&](ImplicitLocOpBuilder &nb, ValueRange) -> Value {
        Type i32 = nb.getI32Type();
        SmallVector<Value> indices = buildLoopIndices(nb, type.getRank());
        auto index = [&](int64_t value) -> Value {
          return arith::ConstantIndexOp::create(nb, value);
        };
        auto integer = [&](int64_t value) -> Value {
          return arith::ConstantIntOp::create(nb, i32, value);
        };
        Value firstBit = arith::MulIOp::create(nb, indices.back(), index(8));
        Value first = arith::DivUIOp::create(
            nb, firstBit, index(static_cast<int64_t>(width)));
        unsigned candidates = 8 % width == 0 ? 8 / width : 8 / width + 2;
        Value byte = integer(0);
        for (unsigned candidate = 0; candidate < candidates; ++candidate) {
          Value element = arith::AddIOp::create(nb, first, index(candidate));
          SmallVector<Value> position(indices);
          position.back() = element;
          Value inside = arith::CmpIOp::create(nb, arith::CmpIPredicate::ult,
                                               element, index(packed.back()));
          SmallVector<Value> kept = layout.buildKeptIndices(nb, position);
          for (auto [dim, size] : llvm::enumerate(keptType.getShape())) {
            bool last = dim + 1 == keptType.getShape().size();
            if (!padded && !last)
              continue;
            Value fits = arith::CmpIOp::create(nb, arith::CmpIPredicate::ult,
                                               kept[dim], index(size));
            inside = arith::AndIOp::create(nb, inside, fits);
            kept[dim] = arith::MinUIOp::create(nb, kept[dim], index(size - 1));
          }
          Value bits = arith::AndIOp::create(
              nb,
              arith::ExtUIOp::create(
                  nb, i32, tensor::ExtractOp::create(nb, elements, kept)),
              integer((1 << width) - 1));
          // The element begins `offset` bits after this byte does, -7 to 7.
          Value offset = arith::SubIOp::create(
              nb, arith::MulIOp::create(nb, element, index(width)), firstBit);
          Value begins = arith::CmpIOp::create(nb, arith::CmpIPredicate::slt,
                                               offset, index(8));
          inside = arith::AndIOp::create(nb, inside, begins);
          Value shift = arith::IndexCastOp::create(
              nb, i32,
              arith::AndIOp::create(
                  nb, arith::AddIOp::create(nb, offset, index(8)), index(15)));
          Value shifted = arith::ShRUIOp::create(
              nb, arith::ShLIOp::create(nb, bits, shift), integer(8));
          Value zero = integer(0);
          byte = arith::OrIOp::create(
              nb, byte, arith::SelectOp::create(nb, inside, shifted, zero));
        }
        return arith::TruncIOp::create(nb, nb.getI8Type(), byte);
      });
}

/// Builds the element at dense position `indices` of the tensor of type
/// `dense`. `direct`, where given, is the stored value there.
static Value buildElement(ImplicitLocOpBuilder &b, SchemeAttr scheme,
                          ValueRange components, RankedTensorType dense,
                          ValueRange indices, Value direct) {
  StorageAttrInterface storage = scheme.getStorage();
  SparsityAttrInterface sparsity = scheme.getSparsity();
  LayoutAttrInterface layout = scheme.getLayout();
  auto storedInteger = dyn_cast<IntegerType>(storage.getStoredType());
  Value values = components.front();
  ValueRange parameters =
      components.slice(1, storage.getParameters(dense.getShape()).size());
  Type type = dense.getElementType();
  auto getStored = [&](ValueRange kept) -> Value {
    if (direct) {
      if (!storedInteger)
        return direct;
      return arith::ExtSIOp::create(b, b.getI32Type(), direct);
    }
    SmallVector<Value> packed = layout.buildPackedIndices(b, kept);
    if (!storedInteger)
      return tensor::ExtractOp::create(b, values, packed);
    unsigned width = storedInteger.getWidth();
    Value bits = buildUnpack(b, values, packed, width);
    Value sign =
        arith::ConstantIntOp::create(b, b.getI32Type(), 1 << (width - 1));
    return arith::SubIOp::create(b, arith::XOrIOp::create(b, bits, sign), sign);
  };
  auto getIndex = [&](ValueRange kept) -> Value {
    SmallVector<Value> packed = layout.buildPackedIndices(b, kept);
    return arith::IndexCastUIOp::create(
        b, b.getIndexType(),
        buildUnpack(b, components.back(), packed, sparsity.getIndexWidth()));
  };
  auto getValue = [&](ValueRange kept) -> Value {
    return storage.buildDecodeElement(b, getStored(kept), parameters, indices,
                                      type);
  };
  return sparsity.buildDecode(b, indices, type, getIndex, getValue);
}

Value SchemeAttr::buildDecodeAt(ImplicitLocOpBuilder &b, ValueRange components,
                                RankedTensorType dense,
                                ValueRange indices) const {
  return buildElement(b, *this, components, dense, indices, /*direct=*/{});
}

Value SchemeAttr::buildDecode(ImplicitLocOpBuilder &b, ValueRange components,
                              RankedTensorType result) const {
  auto storedInteger = dyn_cast<IntegerType>(getStorage().getStoredType());
  Value values = components.front();
  Type type = result.getElementType();

  // Values that lie as the dense tensor does are an operand like any other.
  bool direct = getSparsity().getIndexWidth() == 0 &&
                isa<RowMajorLayoutAttr>(getLayout()) &&
                (!storedInteger || storedInteger.getWidth() == 8);
  if (direct &&
      type == cast<RankedTensorType>(values.getType()).getElementType() &&
      getStorage().getParameters(result.getShape()).size() < 2)
    return values;
  Value empty = buildEmptyLike(b, result, values);
  SmallVector<Value> inputs;
  if (direct)
    inputs.push_back(values);
  return buildElementwise(
      b, empty, inputs,
      [&](ImplicitLocOpBuilder &nb, ValueRange elements) -> Value {
        return buildElement(nb, *this, components, result,
                            buildLoopIndices(nb, result.getRank()),
                            direct ? elements.front() : Value());
      });
}

SmallVector<Value> SchemeAttr::buildEncode(ImplicitLocOpBuilder &b, Value dense,
                                           ValueRange parameters) const {
  auto denseType = cast<RankedTensorType>(dense.getType());
  StorageAttrInterface storage = getStorage();
  SparsityAttrInterface sparsity = getSparsity();
  LayoutAttrInterface layout = getLayout();
  SmallVector<ComponentSpec> specs =
      getComponents(denseType.getShape(), denseType.getElementType());
  SmallVector<int64_t> kept = sparsity.getKeptShape(denseType.getShape());
  unsigned indexWidth = sparsity.getIndexWidth();

  // Zeros neither raise an amax nor widen [min(0, min), max(0, max)], so the
  // extremes over kept values are those over all.
  SmallVector<Value> chosen(parameters);
  if (chosen.empty())
    chosen = storage.buildParameters(b, dense);

  auto extract = [&](ImplicitLocOpBuilder &nb, ValueRange indices) -> Value {
    return tensor::ExtractOp::create(nb, dense, indices);
  };
  Value positions;
  if (indexWidth) {
    auto type = RankedTensorType::get(kept, b.getI8Type());
    positions = buildElementwise(
        b, buildEmptyLike(b, type, dense), {},
        [&](ImplicitLocOpBuilder &nb, ValueRange) -> Value {
          SmallVector<Value> indices = buildLoopIndices(nb, type.getRank());
          Value position = sparsity.buildGroupPosition(
              nb, indices, [&](ValueRange at) { return extract(nb, at); });
          return arith::IndexCastUIOp::create(nb, nb.getI8Type(), position);
        });
  }

  Type stored = storage.getStoredType();
  auto storedInteger = dyn_cast<IntegerType>(stored);
  auto keptType =
      RankedTensorType::get(kept, storedInteger ? Type(b.getI8Type()) : stored);
  Value empty = buildEmptyLike(b, keptType, dense);
  SmallVector<Value> inputs;
  inputs.push_back(positions ? positions : dense);
  Value values = buildElementwise(
      b, empty, inputs,
      [&](ImplicitLocOpBuilder &nb, ValueRange elements) -> Value {
        SmallVector<Value> indices = buildLoopIndices(nb, kept.size());
        Value element = elements.front();
        if (positions) {
          Value position = arith::IndexCastUIOp::create(nb, nb.getIndexType(),
                                                        elements.front());
          indices = sparsity.buildDenseIndices(nb, indices, position);
          element = extract(nb, indices);
        }
        return storage.buildEncodeElement(nb, element, chosen, indices);
      });

  SmallVector<Value> components;
  bool rowMajor = isa<RowMajorLayoutAttr>(layout);
  auto pack = [&](Value elements, RankedTensorType type, unsigned width) {
    return rowMajor && width == 8 ? elements
                                  : buildPack(b, layout, elements, type, width);
  };
  if (storedInteger) {
    values = pack(values, specs.front().type, storedInteger.getWidth());
  } else if (!rowMajor) {
    Value zero = arith::ConstantOp::create(b, b.getZeroAttr(stored));
    auto packedType = specs.front().type;
    Value target = buildEmptyLike(b, packedType, values);
    Value source = values;
    values = buildElementwise(
        b, target, {}, [&](ImplicitLocOpBuilder &nb, ValueRange) -> Value {
          SmallVector<Value> position = layout.buildKeptIndices(
              nb, buildLoopIndices(nb, packedType.getRank()));
          Value inside;
          for (auto [dim, size] : llvm::enumerate(kept)) {
            Value extent = arith::ConstantIndexOp::create(nb, size);
            Value fits = arith::CmpIOp::create(nb, arith::CmpIPredicate::ult,
                                               position[dim], extent);
            inside = inside
                         ? arith::AndIOp::create(nb, inside, fits).getResult()
                         : fits;
            position[dim] = arith::MinUIOp::create(
                nb, position[dim],
                arith::ConstantIndexOp::create(nb, size - 1));
          }
          Value element = tensor::ExtractOp::create(nb, source, position);
          return arith::SelectOp::create(nb, inside, element, zero);
        });
  }
  components.push_back(values);
  llvm::append_range(components, chosen);
  if (indexWidth)
    components.push_back(pack(positions, specs.back().type, indexWidth));
  return components;
}
