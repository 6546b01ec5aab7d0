//===- SchemeLowering.cpp - The reference lowering of a scheme
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LoweringUtils.h"
#include "compress/Dialect/Compress/IR/Compress.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::compress;

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

/// Packs elements of `width` bits, i8 in the order of a kept shape, into
/// `type`. Each stands for `vector` positions along the innermost dimension.
static Value buildPack(ImplicitLocOpBuilder &b, LayoutAttrInterface layout,
                       Value elements, ArrayRef<int64_t> keptShape,
                       RankedTensorType type, unsigned width,
                       int64_t vector = 1) {
  SmallVector<int64_t> packed = layout.getPackedShape(keptShape);
  bool padded = layout.hasPadding(keptShape);
  if (vector != 1)
    packed.back() = llvm::divideCeil(packed.back(), vector);
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
          if (vector != 1)
            position.back() = arith::MulIOp::create(nb, element, index(vector));
          SmallVector<Value> kept = layout.buildKeptIndices(nb, position);
          for (auto [dim, size] : llvm::enumerate(keptShape)) {
            bool last = dim + 1 == keptShape.size();
            if (!padded && !last)
              continue;
            Value fits = arith::CmpIOp::create(nb, arith::CmpIPredicate::ult,
                                               kept[dim], index(size));
            inside = arith::AndIOp::create(nb, inside, fits);
            kept[dim] = arith::MinUIOp::create(nb, kept[dim], index(size - 1));
          }
          if (vector != 1)
            kept.back() =
                arith::DivUIOp::create(nb, kept.back(), index(vector));
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

/// The components of a scheme by kind.
static ValueRange getParameterValues(SchemeAttr scheme, ValueRange components,
                                     RankedTensorType dense) {
  return components.slice(
      1, scheme.getStorage().getParameters(dense.getShape()).size());
}
static ValueRange getPositionValues(SchemeAttr scheme, ValueRange components,
                                    RankedTensorType dense) {
  return components.drop_front(
      1 + scheme.getStorage().getParameters(dense.getShape()).size());
}

/// Builds the element at dense position `indices` of the tensor of type
/// `dense`. `direct`, where given, is the stored value there.
static Value buildElement(ImplicitLocOpBuilder &b, SchemeAttr scheme,
                          ValueRange components, RankedTensorType dense,
                          Value slots, ValueRange indices, Value direct) {
  StorageAttrInterface storage = scheme.getStorage();
  SparsityAttrInterface sparsity = scheme.getSparsity();
  LayoutAttrInterface layout = scheme.getLayout();
  auto storedInteger = dyn_cast<IntegerType>(storage.getStoredType());
  Value values = components.front();
  int64_t vector = storage.getVectorLength();
  Type type = dense.getElementType();
  auto getStored = [&](ValueRange kept, Value &lane) -> Value {
    if (direct) {
      if (!storedInteger)
        return direct;
      return arith::ExtSIOp::create(b, b.getI32Type(), direct);
    }
    SmallVector<Value> packed = layout.buildPackedIndices(b, kept);
    if (!storedInteger)
      return tensor::ExtractOp::create(b, values, packed);
    if (vector != 1) {
      Value length = arith::ConstantIndexOp::create(b, vector);
      lane = arith::RemUIOp::create(b, packed.back(), length);
      packed.back() = arith::DivUIOp::create(b, packed.back(), length);
    }
    unsigned width = storedInteger.getWidth();
    Value bits = buildUnpack(b, values, packed, width);
    Value sign =
        arith::ConstantIntOp::create(b, b.getI32Type(), 1 << (width - 1));
    return arith::SubIOp::create(b, arith::XOrIOp::create(b, bits, sign), sign);
  };
  auto getIndex = [&](ValueRange kept) -> Value {
    SmallVector<Value> packed = layout.buildPackedIndices(b, kept);
    Value entries = getPositionValues(scheme, components, dense).front();
    return arith::IndexCastUIOp::create(
        b, b.getIndexType(),
        buildUnpack(b, entries, packed, sparsity.getIndexWidth()));
  };
  auto getValue = [&](ValueRange kept) -> Value {
    Value lane;
    Value stored = getStored(kept, lane);
    return storage.buildDecodeElement(
        b, stored, lane, getParameterValues(scheme, components, dense), indices,
        type);
  };
  return sparsity.buildDecode(b, indices, type, slots, getIndex, getValue);
}

Value SchemeAttr::buildDecodeSlots(ImplicitLocOpBuilder &b,
                                   ValueRange components,
                                   RankedTensorType dense) const {
  return getSparsity().buildSlots(b, dense.getShape(),
                                  getPositionValues(*this, components, dense));
}

Value SchemeAttr::buildDecodeAt(ImplicitLocOpBuilder &b, ValueRange components,
                                RankedTensorType dense, Value slots,
                                ValueRange indices) const {
  return buildElement(b, *this, components, dense, slots, indices,
                      /*direct=*/{});
}

Value SchemeAttr::buildDecode(ImplicitLocOpBuilder &b, ValueRange components,
                              RankedTensorType result) const {
  StorageAttrInterface storage = getStorage();
  auto storedInteger = dyn_cast<IntegerType>(storage.getStoredType());
  Value values = components.front();
  Type type = result.getElementType();

  // Values that lie as the dense tensor does are an operand like any other.
  bool direct = isa<DenseSparsityAttr>(getSparsity()) &&
                isa<RowMajorLayoutAttr>(getLayout()) &&
                (!storedInteger || storedInteger.getWidth() == 8) &&
                storage.getVectorLength() == 1;
  // Integers without zero points, and floats, may already be the elements.
  bool hasZeroPoints = llvm::any_of(
      storage.getParameters(result.getShape()),
      [](const ComponentSpec &spec) { return spec.name == "zero_points"; });
  if (direct && !hasZeroPoints &&
      type == cast<RankedTensorType>(values.getType()).getElementType())
    return values;
  Value slots = buildDecodeSlots(b, components, result);
  Value empty = buildEmptyLike(b, result, values);
  SmallVector<Value> inputs;
  if (direct)
    inputs.push_back(values);
  return buildElementwise(
      b, empty, inputs,
      [&](ImplicitLocOpBuilder &nb, ValueRange elements) -> Value {
        return buildElement(nb, *this, components, result, slots,
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

  ArrayRef<int64_t> shape = denseType.getShape();
  Value positions = sparsity.buildPositions(b, dense);
  SmallVector<Value> positionComponents =
      sparsity.buildPositionComponents(b, shape, positions);

  // Which positions are kept, for storages whose parameters depend on it.
  auto getMask = [&]() -> Value {
    if (!positions)
      return {};
    Value slots = sparsity.buildSlots(b, shape, positionComponents);
    auto type = RankedTensorType::get(shape, b.getI1Type());
    return buildElementwise(
        b, buildEmptyLike(b, type, dense), {},
        [&](ImplicitLocOpBuilder &nb, ValueRange) -> Value {
          return sparsity.buildDecode(
              nb, buildLoopIndices(nb, type.getRank()), nb.getI1Type(), slots,
              [&](ValueRange at) -> Value {
                return arith::IndexCastUIOp::create(
                    nb, nb.getIndexType(),
                    tensor::ExtractOp::create(nb, positions, at));
              },
              [&](ValueRange) -> Value {
                return arith::ConstantOp::create(nb, nb.getBoolAttr(true));
              });
        });
  };
  SmallVector<Value> chosen(parameters);
  if (chosen.empty())
    chosen = storage.buildParameters(b, dense, getMask);

  Type stored = storage.getStoredType();
  auto storedInteger = dyn_cast<IntegerType>(stored);
  int64_t vector = storage.getVectorLength();
  // One stored value for each vector of kept ones.
  SmallVector<int64_t> storedShape(kept);
  if (vector != 1)
    storedShape.back() = llvm::divideCeil(kept.back(), vector);
  auto storedType = RankedTensorType::get(
      storedShape, storedInteger ? Type(b.getI8Type()) : stored);
  Value empty = buildEmptyLike(b, storedType, dense);
  SmallVector<Value> inputs;
  bool operand = !positions && vector == 1;
  if (operand)
    inputs.push_back(dense);
  auto buildZero = [](ImplicitLocOpBuilder &nb, Type type) -> Value {
    return arith::ConstantOp::create(nb, nb.getZeroAttr(type));
  };
  Value values = buildElementwise(
      b, empty, inputs,
      [&](ImplicitLocOpBuilder &nb, ValueRange operands) -> Value {
        SmallVector<Value> first = buildLoopIndices(nb, kept.size());
        if (operand)
          return storage.buildEncodeElement(nb, operands, chosen, first);
        if (vector != 1)
          first.back() =
              arith::MulIOp::create(nb, first.back(), buildIndex(nb, vector));
        SmallVector<Value> elements, indices;
        Value inside;
        for (int64_t lane = 0; lane < vector; ++lane) {
          SmallVector<Value> at(first);
          inside = {};
          auto addBound = [&](Value bound) {
            inside = inside ? arith::AndIOp::create(nb, inside, bound) : bound;
          };
          // The last vector of a row is padded.
          if (lane != 0) {
            at.back() =
                arith::AddIOp::create(nb, at.back(), buildIndex(nb, lane));
            if (kept.back() % vector != 0) {
              SmallVector<Value> last{at.back()};
              addBound(buildClampIndices(nb, kept.back(), last));
              at.back() = last.front();
            }
          }
          if (positions)
            at = sparsity.buildDenseIndices(nb, shape, at, positions);
          if (sparsity.hasPadding(shape))
            addBound(buildClampIndices(nb, shape, at));
          Value element = tensor::ExtractOp::create(nb, dense, at);
          if (inside && vector != 1)
            element = arith::SelectOp::create(nb, inside, element,
                                              buildZero(nb, element.getType()));
          elements.push_back(element);
          if (lane == 0)
            indices = at;
        }
        Value code = storage.buildEncodeElement(nb, elements, chosen, indices);
        // What pads a ragged block is no value: its bits are zero.
        if (inside && vector == 1)
          code = arith::SelectOp::create(nb, inside, code,
                                         buildZero(nb, code.getType()));
        return code;
      });

  SmallVector<Value> components;
  bool rowMajor = isa<RowMajorLayoutAttr>(layout);
  auto pack = [&](Value elements, RankedTensorType type, unsigned width,
                  int64_t vector = 1) {
    return rowMajor && width == 8
               ? elements
               : buildPack(b, layout, elements, kept, type, width, vector);
  };
  if (storedInteger) {
    values = pack(values, specs.front().type, storedInteger.getWidth(), vector);
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
  llvm::append_range(components, positionComponents);
  return components;
}
