//===- PackedCodes.cpp - Codes of weights as register tiles read them -----===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PackedCodes.h"
#include "Panels.h"
#include "compress/Codec/Convert.h"
#include "compress/Dialect/Compress/IR/ConstantTables.h"
#include "compress/Dialect/Compress/IR/ElementTypes.h"
#include "compress/Dialect/Compress/Transforms/Repack.h"
#include "mlir/IR/Threading.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/MathExtras.h"
#include <cfloat>

using namespace mlir;
using namespace mlir::compress;

FailureOr<CodedWeight> CodedWeight::match(CompressedTensorType type,
                                          unsigned reduced,
                                          std::string &reason) {
  auto fail = [&](const char *text) -> FailureOr<CodedWeight> {
    reason = text;
    return failure();
  };
  SchemeAttrInterface scheme = type.getScheme();
  if (type.getRank() != 2 || !type.hasStaticShape() ||
      llvm::is_contained(type.getShape(), 0))
    return fail("the weight is no matrix of a static shape");
  if (!type.getElementType().isF32())
    return fail("the weight's element type is not f32");
  if (!isa<DenseSparsityAttr>(scheme.getSparsity()))
    return fail("the weight is sparse");
  if (!isa<RowMajorLayoutAttr>(scheme.getLayout()))
    return fail("the weight's layout is not row-major");
  CodedWeight weight;
  weight.reduced = reduced;
  weight.k = type.getShape()[reduced];
  weight.n = type.getShape()[1 - reduced];
  if (auto affine = dyn_cast<AffineStorageAttr>(scheme.getStorage())) {
    weight.width = affine.getWidth();
    weight.hasZeroPoints = !affine.getSymmetric();
    weight.scaling = affine.getScaling();
    weight.integers = true;
    if (weight.width <= 4)
      for (int64_t code = 0; code < 16; ++code)
        weight.table.push_back(llvm::SignExtend64<4>(code));
  } else if (auto codebook =
                 dyn_cast<CodebookStorageAttr>(scheme.getStorage())) {
    if (codebook.isLearned())
      return fail("the weight's tables are learned");
    weight.width = codebook.getWidth();
    weight.scaling = codebook.getScaling();
    if (codebook.getKind() == CodebookKind::NF4)
      llvm::append_range(weight.table, getNF4Table());
    else
      weight.table = {-1, 0, 1};
    weight.table.resize(16);
  } else if (auto floats = dyn_cast<FloatStorageAttr>(scheme.getStorage())) {
    auto code = cast<FloatType>(floats.getType());
    weight.width = code.getWidth();
    weight.scaling = floats.getScaling();
    if (isa<Float4E2M1FNType>(code))
      weight.table = {0,    0.5,  1,  1.5,  2,  3,  4,  6,
                      -0.f, -0.5, -1, -1.5, -2, -3, -4, -6};
    else if (weight.width == 8)
      weight.code = code;
    else
      return fail("the weight is stored as floats of 16 bits or more");
  }
  if (!weight.scaling)
    return fail("the weight has no scales");
  weight.packedWidth = weight.width <= 4 ? 4 : 8;
  int64_t codes = weight.getCodesPerWord();
  weight.group = weight.scaling.getBlockExtent(reduced);
  if (weight.group == 0 || weight.group >= weight.k)
    weight.group = llvm::alignTo(weight.k, codes);
  else if (weight.group % codes)
    return fail("a group of the weight's scales is no multiple of 8");
  return weight;
}

/// The f32 values of elements of a float type.
static std::vector<float> widen(Type type, ArrayRef<char> bytes) {
  std::vector<float> values(bytes.size() /
                            llvm::divideCeil(type.getIntOrFloatBitWidth(), 8));
  if (isa<Float8E8M0FNUType>(type)) {
    // 2^(code - 127), of which the least is no normal f32; the last is a NaN.
    for (auto [value, byte] : llvm::zip(values, bytes)) {
      uint32_t code = static_cast<unsigned char>(byte);
      value = llvm::bit_cast<float>(code == 0     ? 0x00400000u
                                    : code == 255 ? 0x7fc00000u
                                                  : code << 23);
    }
    return values;
  }
  codec::convertToF32(*getCodecFloatType(type), bytes, values);
  return values;
}

namespace {
class Packer {
public:
  Packer(OpBuilder &builder, AssembleOp assemble, const CodedWeight &weight,
         int64_t width)
      : builder(builder), assemble(assemble), weight(weight), width(width),
        panels(llvm::divideCeil(weight.n, width)),
        groups(weight.getNumGroups()) {}

  FailureOr<PackedCodes> pack() {
    FailureOr<SmallVector<WeightBytes>> read = readComponents(assemble);
    if (failed(read))
      return failure();
    for (auto [spec, bytes] :
         llvm::zip(assemble.getType().getComponents(), *read))
      components[spec.name] = std::move(bytes);
    PackedCodes packed;
    packed.codes = packValues();
    packed.scales = packScales();
    if (weight.hasZeroPoints)
      packed.zeroPoints = makeConstant(
          builder.getI8Type(), {panels, groups, width}, "zero_points",
          spread<char>(components["zero_points"].data, weight.scaling));
    return packed;
  }

private:
  template <typename T>
  Value makeConstant(Type element, ArrayRef<int64_t> shape, StringRef name,
                     const std::vector<T> &values) {
    return createPackedConstant(
        builder, assemble.getLoc(), RankedTensorType::get(shape, element), name,
        ArrayRef(reinterpret_cast<const char *>(values.data()),
                 values.size() * sizeof(T)));
  }

  Value packValues() {
    int64_t codesPerWord = weight.getCodesPerWord();
    int64_t words = weight.group / codesPerWord;
    SmallVector<int64_t> shape = {panels, groups, words, width};
    if (weight.packedWidth == 8) {
      std::vector<uint8_t> codes(panels * groups * words * width);
      forEachCode([&](int64_t panel, int64_t k, int64_t column, uint8_t code) {
        codes[(panel * groups * words + k) * width + column] = code;
      });
      return makeConstant(builder.getI8Type(), shape, "values", codes);
    }
    std::vector<uint32_t> codes(panels * groups * words * width);
    forEachCode([&](int64_t panel, int64_t k, int64_t column, uint8_t code) {
      codes[(panel * groups * words + k / codesPerWord) * width + column] |=
          static_cast<uint32_t>(code) << (k % codesPerWord * 4);
    });
    return makeConstant(builder.getI32Type(), shape, "values", codes);
  }

  /// Calls `place` for every code, on all threads, each with panels of its own.
  template <typename Place>
  void forEachCode(Place place) {
    ArrayRef<char> bytes = components["values"].data;
    bool isSigned = weight.integers;
    uint8_t mask = weight.packedWidth == 4 ? 15 : 255;
    unsigned bits = weight.width;
    int64_t rows = weight.reduced == 0 ? weight.k : weight.n;
    int64_t rowCodes = weight.reduced == 0 ? weight.n : weight.k;
    int64_t rowBytes = llvm::divideCeil(rowCodes * bits, 8);
    // Some columns of all k lie in some bytes of all rows, or in some rows.
    parallelFor(builder.getContext(), 0, panels, [&](size_t panel) {
      std::vector<uint8_t> codes;
      int64_t first = panel * width, last = std::min(first + width, weight.n);
      int64_t firstRow = weight.reduced == 0 ? 0 : first;
      int64_t lastRow = weight.reduced == 0 ? rows : last;
      // Eight codes begin at a whole byte.
      int64_t from = weight.reduced == 0 ? first / 8 * 8 : 0;
      int64_t to = weight.reduced == 0 ? last : rowCodes;
      codes.resize(to - from);
      for (int64_t row = firstRow; row < lastRow; ++row) {
        ArrayRef<char> source = bytes.slice(
            row * rowBytes + from * bits / 8,
            llvm::divideCeil((to - from) * static_cast<int64_t>(bits), 8));
        codec::unpackBits(bits, source, codes);
        for (int64_t i = weight.reduced == 0 ? first : from; i < to; ++i) {
          uint8_t code = codes[i - from];
          if (isSigned)
            code = llvm::SignExtend64(code, bits) & mask;
          if (weight.reduced == 0)
            place(panel, row, i - first, code);
          else
            place(panel, i, row - first, code);
        }
      }
    });
  }

  /// A parameter of each group and column from one of each block, zero where
  /// columns are padding.
  template <typename T>
  std::vector<T> spread(ArrayRef<char> bytes, ScalingAttr scaling) {
    auto *source = reinterpret_cast<const T *>(bytes.data());
    SmallVector<int64_t> grid = scaling.getGrid(assemble.getType().getShape());
    int64_t blockN = scaling.getBlockExtent(1 - weight.reduced);
    std::vector<T> result(panels * groups * width);
    for (int64_t n = 0; n < weight.n; ++n)
      for (int64_t group = 0; group < groups; ++group) {
        int64_t column = blockN ? n / blockN : 0;
        int64_t at = weight.reduced == 0 ? group * grid[1] + column
                                         : column * grid[1] + group;
        result[(n / width * groups + group) * width + n % width] = source[at];
      }
    return result;
  }

  Value packScales() {
    Type type = weight.scaling.getScaleType();
    ArrayRef<char> bytes = components["scales"].data;
    SmallVector<int64_t> shape = {panels, groups, width};
    Type super = weight.scaling.getSuperScaleType();
    if (!super && type.getIntOrFloatBitWidth() == 16)
      return makeConstant(type, shape, "scales",
                          spread<uint16_t>(bytes, weight.scaling));
    std::vector<float> scales = widen(type, bytes);
    if (super)
      multiply(scales, widen(super, components["super_scales"].data));
    auto asBytes = [](ArrayRef<float> values) {
      return ArrayRef(reinterpret_cast<const char *>(values.data()),
                      values.size() * sizeof(float));
    };
    if (super || type.isF32())
      return makeConstant(builder.getF32Type(), shape, "scales",
                          spread<float>(asBytes(scales), weight.scaling));
    // Every scale of 8 bits is one of bf16 (powers of two) or of f16.
    bool isPower = isa<Float8E8M0FNUType>(type);
    std::vector<char> half(2 * scales.size());
    if (isPower)
      for (auto [i, scale] : llvm::enumerate(scales)) {
        uint16_t bits = llvm::bit_cast<uint32_t>(scale) >> 16;
        memcpy(half.data() + 2 * i, &bits, 2);
      }
    else
      codec::convertFromF32(scales, codec::ElementType::F16, half);
    return makeConstant(
        isPower ? Type(builder.getBF16Type()) : Type(builder.getF16Type()),
        shape, "scales", spread<uint16_t>(half, weight.scaling));
  }

  /// Multiplies the scale of each block by that of its super block; the product
  /// of finite ones stays finite, as in the reference lowering.
  void multiply(MutableArrayRef<float> scales, ArrayRef<float> superScales) {
    ArrayRef<int64_t> shape = assemble.getType().getShape();
    SmallVector<int64_t> grid = weight.scaling.getGrid(shape);
    auto getSuper = [&](unsigned dim, int64_t position) -> int64_t {
      int64_t extent = weight.scaling.getSuperBlockExtent(dim);
      int64_t block = weight.scaling.getBlockExtent(dim);
      return extent ? position / (extent / block) : 0;
    };
    int64_t superExtent = weight.scaling.getSuperBlockExtent(1);
    int64_t columns = superExtent ? llvm::divideCeil(shape[1], superExtent) : 1;
    for (int64_t i = 0; i < grid[0]; ++i)
      for (int64_t j = 0; j < grid[1]; ++j) {
        float &scale = scales[i * grid[1] + j];
        scale = std::min(
            scale * superScales[getSuper(0, i) * columns + getSuper(1, j)],
            FLT_MAX);
      }
  }

  OpBuilder &builder;
  AssembleOp assemble;
  const CodedWeight &weight;
  int64_t width, panels, groups;
  llvm::StringMap<WeightBytes> components;
};
} // namespace

FailureOr<PackedCodes> mlir::compress::packCodes(OpBuilder &builder,
                                                 AssembleOp assemble,
                                                 const CodedWeight &weight,
                                                 int64_t width) {
  return Packer(builder, assemble, weight, width).pack();
}
