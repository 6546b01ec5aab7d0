//===- SchemeTest.cpp - Schemes against the codec -------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The dialect and the codec each know what a scheme's components are; here they
// must agree, for every pair of sparsity, storage and layout. Encoding through
// SchemeAttrInterface must come back within the error that rounding allows.
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/IR/Compress.h"
#include "compress/Dialect/Compress/IR/ElementTypes.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"
#include <cmath>
#include <map>
#include <random>

using namespace mlir;
using namespace mlir::compress;

namespace {

using Bytes = std::vector<char>;

ArrayRef<char> getBytes(const std::vector<float> &values) {
  return {reinterpret_cast<const char *>(values.data()),
          values.size() * sizeof(float)};
}

MutableArrayRef<char> getBytes(std::vector<float> &values) {
  return {reinterpret_cast<char *>(values.data()),
          values.size() * sizeof(float)};
}

int64_t getNumBytes(RankedTensorType type) {
  return type.getNumElements() * type.getElementTypeBitWidth() / 8;
}

int64_t getNumElements(ArrayRef<int64_t> shape) {
  int64_t count = 1;
  for (int64_t extent : shape)
    count *= extent;
  return count;
}

class SchemeTest : public ::testing::Test {
protected:
  SchemeTest() : builder(&context) {
    context.loadDialect<CompressDialect>();
    f32 = builder.getF32Type();
  }

  /// Storages of each kind that is not in the table of pairs.
  SmallVector<StorageAttrInterface> getSmallStorages() {
    MLIRContext *c = &context;
    Type f16 = builder.getF16Type();
    Type e4m3 = Float8E4M3FNType::get(c), e5m2 = Float8E5M2Type::get(c);
    Type e8m0 = Float8E8M0FNUType::get(c), e2m1 = Float4E2M1FNType::get(c);
    auto scaling = [&](ArrayRef<int64_t> block, Type scale, Type super = {},
                       ArrayRef<int64_t> superBlock = {}) {
      return ScalingAttr::get(c, block, scale, super, superBlock);
    };
    auto codebook = [&](CodebookKind kind, unsigned width, int64_t vector,
                        ScalingAttr scaling) {
      return CodebookStorageAttr::get(c, kind, width, vector, scaling);
    };
    return {
        AffineStorageAttr::get(c, 3, false,
                               scaling({16, 1}, e4m3, f32, {32, 0})),
        AffineStorageAttr::get(c, 2, true, scaling({0, 1}, e8m0)),
        FloatStorageAttr::get(c, e4m3),
        FloatStorageAttr::get(c, e2m1),
        FloatStorageAttr::get(c, e5m2, scaling({0, 1}, f32)),
        FloatStorageAttr::get(c, e2m1, scaling({16, 1}, e8m0)),
        FloatStorageAttr::get(c, e2m1, scaling({16, 1}, e4m3, f32)),
        CodebookStorageAttr::get(c, CodebookKind::NF4, scaling({16, 1}, f16)),
        CodebookStorageAttr::get(c, CodebookKind::Ternary, scaling({}, e5m2)),
        codebook(CodebookKind::KMeans, 4, 1, scaling({0, 1}, f16)),
        codebook(CodebookKind::Quantile, 3, 1, scaling({16, 4}, f32)),
        codebook(CodebookKind::KMeans, 5, 4, scaling({}, f32)),
    };
  }

  /// The table of test/Dialect/Compress/IR/pairs.mlir, whose errors have a
  /// bound, or with the other storages besides.
  SmallVector<SchemeAttr> getSchemes(bool withBound = false) {
    Type f16 = builder.getF16Type(), bf16 = builder.getBF16Type();
    SmallVector<SparsityAttrInterface> sparsities{
        DenseSparsityAttr::get(&context)};
    for (auto [n, m] : {std::pair(2, 4), {4, 8}, {1, 4}, {5, 7}})
      sparsities.push_back(NMSparsityAttr::get(&context, n, m, /*axis=*/0));
    SmallVector<StorageAttrInterface> storages;
    for (unsigned width : {8, 4})
      for (bool symmetric : {true, false}) {
        auto add = [&](ArrayRef<int64_t> block, Type scale) {
          storages.push_back(
              AffineStorageAttr::get(&context, width, symmetric, block, scale));
        };
        add({}, f32);
        add({0, 1}, f32);
        add({16, 1}, f16);
      }
    for (Type type : {bf16, f16, f32})
      storages.push_back(FloatStorageAttr::get(&context, type));
    if (!withBound)
      llvm::append_range(storages, getSmallStorages());
    SmallVector<LayoutAttrInterface> layouts{
        RowMajorLayoutAttr::get(&context),
        TiledLayoutAttr::get(&context, {12, 4}),
        TiledLayoutAttr::get(&context, {4, 8}, {3, 1, 0, 4, 2})};
    SmallVector<SchemeAttr> schemes;
    for (SparsityAttrInterface sparsity : sparsities)
      for (StorageAttrInterface storage : storages)
        for (LayoutAttrInterface layout : layouts)
          // A code of several values has no place of its own in a permutation.
          if (storage.getVectorLength() == 1 ||
              !codec::isPermuted(layout.getCodecLayout()))
            schemes.push_back(
                SchemeAttr::get(&context, sparsity, storage, layout));
    return schemes;
  }

  /// Sparsities with a count that fit a shape.
  SmallVector<SparsityAttrInterface>
  getCountedSparsities(ArrayRef<int64_t> shape) {
    int64_t elements = getNumElements(shape);
    SmallVector<int64_t> block, grid;
    for (auto [dim, extent] : llvm::enumerate(shape)) {
      block.push_back(dim % 2 ? 4 : 5);
      grid.push_back((extent + block.back() - 1) / block.back());
    }
    int64_t blocks = getNumElements(grid);
    SmallVector<SparsityAttrInterface> sparsities;
    for (int64_t part : {0, 1, 3}) {
      auto get = [&](int64_t total) { return part ? total / part : 0; };
      sparsities.push_back(
          BlockSparsityAttr::get(&context, block, get(blocks)));
      sparsities.push_back(BitmapSparsityAttr::get(&context, get(elements)));
      sparsities.push_back(CSRSparsityAttr::get(&context, get(elements)));
    }
    return sparsities;
  }

  SmallVector<SchemeAttr> getCountedSchemes(ArrayRef<int64_t> shape) {
    SmallVector<StorageAttrInterface> storages;
    for (Type type :
         {Type(builder.getBF16Type()), Type(builder.getF16Type()), Type(f32)})
      storages.push_back(FloatStorageAttr::get(&context, type));
    SmallVector<int64_t> block(shape.size(), 3);
    for (unsigned width : {8, 4, 3})
      storages.push_back(
          AffineStorageAttr::get(&context, width, width == 4, block, f32));
    SmallVector<SchemeAttr> schemes;
    for (SparsityAttrInterface sparsity : getCountedSparsities(shape)) {
      SmallVector<int64_t> tile(sparsity.getKeptShape(shape).size(), 4);
      for (StorageAttrInterface storage : storages)
        for (LayoutAttrInterface layout :
             {LayoutAttrInterface(RowMajorLayoutAttr::get(&context)),
              LayoutAttrInterface(TiledLayoutAttr::get(&context, tile))})
          schemes.push_back(
              SchemeAttr::get(&context, sparsity, storage, layout));
    }
    return schemes;
  }

  static std::string print(Attribute attribute) {
    std::string text;
    llvm::raw_string_ostream(text) << attribute;
    return text;
  }

  codec::Format getFormat(SchemeAttr scheme, ArrayRef<int64_t> shape) {
    codec::Format format;
    format.shape.assign(shape.begin(), shape.end());
    format.sparsity = scheme.getSparsity().getCodecSparsity();
    format.storage = scheme.getStorage().getCodecStorage(shape.size());
    format.layout = scheme.getLayout().getCodecLayout();
    return format;
  }

  /// Random values whose zeros obey the sparsity.
  std::vector<float> makeRandom(SchemeAttr scheme, ArrayRef<int64_t> shape) {
    std::mt19937 random(17);
    std::normal_distribution<float> normal;
    std::vector<float> values(getNumElements(shape));
    for (float &value : values)
      value = normal(random);
    auto removed =
        codec::prune(shape, codec::ElementType::F32,
                     scheme.getSparsity().getCodecSparsity(), getBytes(values));
    EXPECT_TRUE(static_cast<bool>(removed));
    llvm::consumeError(removed.takeError());
    return values;
  }

  /// Encodes and decodes through the interface.
  std::vector<float> roundTrip(SchemeAttrInterface scheme,
                               ArrayRef<int64_t> shape,
                               const std::vector<float> &dense) {
    std::vector<Bytes> components;
    for (const ComponentSpec &spec : scheme.getComponents(shape, f32))
      components.emplace_back(getNumBytes(spec.type), char(0x5a));
    SmallVector<MutableArrayRef<char>> outputs(components.begin(),
                                               components.end());
    llvm::Error error =
        scheme.encode(shape, f32, getBytes(dense), outputs, {}, nullptr);
    EXPECT_FALSE(error) << llvm::toString(std::move(error));
    SmallVector<ArrayRef<char>> inputs(components.begin(), components.end());
    std::vector<float> result(dense.size(), NAN);
    error = scheme.decode(shape, f32, inputs, getBytes(result), nullptr);
    EXPECT_FALSE(error) << llvm::toString(std::move(error));
    return result;
  }

  void expectComponentsOfTheCodec(SchemeAttr scheme, ArrayRef<int64_t> shape) {
    std::string text = print(scheme) + " of";
    for (int64_t extent : shape)
      text += " " + std::to_string(extent);
    SCOPED_TRACE(text);
    ASSERT_TRUE(succeeded(scheme.verifyScheme(
        [&] { return emitError(builder.getUnknownLoc()); }, shape, f32)));
    SmallVector<ComponentSpec> specs = scheme.getComponents(shape, f32);
    auto components = codec::getComponents(getFormat(scheme, shape));
    ASSERT_EQ(specs.size(), components.size());
    int64_t bytes = 0;
    for (auto [spec, component] : llvm::zip(specs, components)) {
      EXPECT_EQ(spec.name, component.name);
      EXPECT_EQ(spec.type.getShape(), ArrayRef<int64_t>(component.shape))
          << component.name.str();
      Type element = spec.type.getElementType();
      EXPECT_EQ(element.isInteger(8)    ? codec::ElementType::I8
                : element.isInteger(32) ? codec::ElementType::I32
                                        : *getCodecElementType(element),
                component.type);
      EXPECT_EQ(getNumBytes(spec.type), component.getNumBytes());
      bytes += getNumBytes(spec.type);
    }
    EXPECT_EQ(scheme.getNumBytes(shape, f32), bytes);
  }

  MLIRContext context;
  Builder builder;
  Type f32;
};

TEST_F(SchemeTest, ComponentsAgreeWithTheCodec) {
  const SmallVector<int64_t> shapes[] = {{56, 9}, {112, 64}, {56, 1},
                                         {0, 9},  {56, 0},   {0, 0}};
  for (SchemeAttr scheme : getSchemes())
    for (const SmallVector<int64_t> &shape : shapes)
      expectComponentsOfTheCodec(scheme, shape);
}

TEST_F(SchemeTest, CountedComponentsAgreeWithTheCodec) {
  const SmallVector<int64_t> shapes[] = {{56, 9}, {3, 64}, {56, 1}, {2, 5, 17},
                                         {40},    {0, 9},  {5, 0}};
  for (const SmallVector<int64_t> &shape : shapes)
    for (SchemeAttr scheme : getCountedSchemes(shape))
      expectComponentsOfTheCodec(scheme, shape);
}

TEST_F(SchemeTest, CountedSchemesKeepTheirElements) {
  for (SmallVector<int64_t> shape :
       {SmallVector<int64_t>{56, 9}, {3, 64}, {2, 5, 17}, {40}, {0, 9}})
    for (SchemeAttr scheme : getCountedSchemes(shape)) {
      // What has no parameters comes back as it was.
      if (scheme.getStorage() != FloatStorageAttr::get(&context, f32))
        continue;
      SCOPED_TRACE(print(scheme));
      std::vector<float> dense = makeRandom(scheme, shape);
      EXPECT_EQ(roundTrip(scheme, shape, dense), dense);
    }
}

// Which position a tie keeps depends on the order of the dimensions.
TEST_F(SchemeTest, CountedSchemesHaveNoTranspose) {
  for (SchemeAttr scheme : getCountedSchemes({56, 9})) {
    SCOPED_TRACE(print(scheme));
    EXPECT_FALSE(scheme.permute({1, 0}));
    SparsityAttrInterface sparsity = scheme.getSparsity();
    EXPECT_EQ(sparsity.permute({0, 1}), sparsity);
  }
}

TEST_F(SchemeTest, ParametersAreComponents) {
  for (SchemeAttr scheme : getSchemes()) {
    SCOPED_TRACE(print(scheme));
    SmallVector<ComponentSpec> specs = scheme.getComponents({56, 9}, f32);
    SmallVector<ComponentSpec> parameters = scheme.getParameters({56, 9}, f32);
    auto plain = dyn_cast<FloatStorageAttr>(scheme.getStorage());
    EXPECT_EQ(parameters.empty(), plain && !plain.getScaling());
    ASSERT_LT(parameters.size(), specs.size());
    for (auto [i, parameter] : llvm::enumerate(parameters)) {
      EXPECT_EQ(parameter.name, specs[i + 1].name);
      EXPECT_EQ(parameter.type, specs[i + 1].type);
    }
  }
}

TEST_F(SchemeTest, RoundTripStaysWithinTheBound) {
  const int64_t rows = 56, columns = 9;
  for (SchemeAttr scheme : getSchemes(/*withBound=*/true)) {
    SCOPED_TRACE(print(scheme));
    std::vector<float> dense = makeRandom(scheme, {rows, columns});
    std::vector<float> decoded = roundTrip(scheme, {rows, columns}, dense);
    auto affine = dyn_cast<AffineStorageAttr>(scheme.getStorage());
    auto getBlock = [&](int64_t i) {
      auto getIndex = [&](unsigned dim, int64_t at) {
        int64_t extent = affine.getScaling().getBlockExtent(dim);
        return extent ? at / extent : 0;
      };
      return std::pair(getIndex(0, i / columns), getIndex(1, i % columns));
    };
    // What the integers of each block must span: from lo to hi, 0 among them.
    std::map<std::pair<int64_t, int64_t>, std::pair<double, double>> ranges;
    if (affine)
      for (auto [i, value] : llvm::enumerate(dense)) {
        auto &[lo, hi] = ranges[getBlock(i)];
        lo = std::min<double>(lo, value);
        hi = std::max<double>(hi, value);
      }
    for (auto [i, value] : llvm::enumerate(dense)) {
      double bound;
      if (affine) {
        auto [lo, hi] = ranges[getBlock(i)];
        double span = affine.getSymmetric() ? std::max(-lo, hi) : hi - lo;
        double steps = affine.getSymmetric()
                           ? affine.getMax()
                           : affine.getMax() - affine.getMin();
        // Half a step. The scale is rounded to its type, by a part in 2^24
        // (f32) or 2^11 (f16), which stretches the step and cuts the end of the
        // span; division, multiplication and the zero point round in f32.
        double scaleError = std::ldexp(
            1, affine.getScaling().getScaleType().isF32() ? -24 : -11);
        bound = span / steps / 2 * (1 + scaleError) +
                span * (scaleError + 4 * std::ldexp(1, -24));
      } else {
        Type type = cast<FloatStorageAttr>(scheme.getStorage()).getType();
        // Half a unit in the last place of 24, 11 or 8 bits, or of f16's
        // subnormals.
        bound = type.isF32() ? 0
                : type.isF16()
                    ? std::max<double>(std::abs(value) * std::ldexp(1, -11),
                                       std::ldexp(1, -25))
                    : std::abs(value) * std::ldexp(1, -8);
      }
      // Zeros, pruned or not, stay zeros.
      if (value == 0)
        bound = 0;
      EXPECT_LE(std::abs(double(decoded[i]) - value), bound)
          << "element " << i << ", " << value << " became " << decoded[i];
    }
  }
}

TEST_F(SchemeTest, EmptyTensorsEncode) {
  for (SchemeAttr scheme : getSchemes()) {
    SCOPED_TRACE(print(scheme));
    EXPECT_TRUE(roundTrip(scheme, {0, 9}, {}).empty());
    EXPECT_TRUE(roundTrip(scheme, {56, 0}, {}).empty());
  }
}

TEST_F(SchemeTest, EncodingSelectsNoPositions) {
  auto scheme = SchemeAttr::get(NMSparsityAttr::get(&context, 2, 4, 0),
                                FloatStorageAttr::get(&context, f32));
  std::vector<float> dense{1, 2, 3, 0};
  Bytes values(8), indices(2);
  llvm::Error error = scheme.encode(
      {4, 1}, f32, getBytes(dense),
      {MutableArrayRef<char>(values), MutableArrayRef<char>(indices)}, {},
      nullptr);
  EXPECT_TRUE(static_cast<bool>(error));
  llvm::consumeError(std::move(error));
}

TEST_F(SchemeTest, PermutingBackIsTheIdentity) {
  for (SchemeAttr scheme : getSchemes()) {
    SCOPED_TRACE(print(scheme));
    EXPECT_EQ(scheme.permute({0, 1}), scheme);
    SchemeAttrInterface permuted = scheme.permute({1, 0});
    // Vectors lie along the innermost dimension.
    EXPECT_EQ(!permuted, scheme.getStorage().getVectorLength() != 1);
    if (permuted)
      EXPECT_EQ(permuted.permute({1, 0}), scheme);
  }
  auto scheme = SchemeAttr::get(
      &context, NMSparsityAttr::get(&context, 2, 4, 2),
      AffineStorageAttr::get(&context, 4, true, {1, 0, 16}, f32),
      TiledLayoutAttr::get(&context, {2, 3, 4}));
  SchemeAttrInterface permuted = scheme.permute({2, 0, 1});
  EXPECT_EQ(permuted,
            SchemeAttr::get(
                &context, NMSparsityAttr::get(&context, 2, 4, 0),
                AffineStorageAttr::get(&context, 4, true, {16, 1, 0}, f32),
                TiledLayoutAttr::get(&context, {4, 2, 3})));
  EXPECT_EQ(permuted.permute({1, 2, 0}), scheme);
}

TEST_F(SchemeTest, PermutedTilesOfTheTransposedTensorHaveTheSameBytes) {
  auto storage = FloatStorageAttr::get(&context, f32);
  auto scheme =
      SchemeAttr::get(&context, DenseSparsityAttr::get(&context), storage,
                      TiledLayoutAttr::get(&context, {4, 8}, {3, 1, 0, 4, 2}));
  std::vector<float> dense(32), transposed(32);
  for (int64_t row = 0; row < 4; ++row)
    for (int64_t column = 0; column < 8; ++column)
      transposed[column * 4 + row] = dense[row * 8 + column] = row * 8 + column;
  auto encode = [&](SchemeAttrInterface scheme, ArrayRef<int64_t> shape,
                    const std::vector<float> &values) {
    Bytes bytes(values.size() * sizeof(float));
    MutableArrayRef<char> component(bytes);
    llvm::Error error =
        scheme.encode(shape, f32, getBytes(values), component, {}, nullptr);
    EXPECT_FALSE(error) << llvm::toString(std::move(error));
    return bytes;
  };
  EXPECT_EQ(encode(scheme.permute({1, 0}), {8, 4}, transposed),
            encode(scheme, {4, 8}, dense));
}

// Transposing commutes with encoding and decoding, bit for bit: both orders
// see the same blocks and groups.
TEST_F(SchemeTest, PermutedSchemeIsThatOfTheTransposedTensor) {
  const SmallVector<int64_t> shape{56, 9}, transposed{9, 56}, swap{1, 0};
  auto transpose = [&](const std::vector<float> &values) {
    std::vector<float> result(values.size());
    codec::transpose(shape, swap, sizeof(float), getBytes(values),
                     getBytes(result));
    return result;
  };
  for (SchemeAttr scheme : getSchemes()) {
    SCOPED_TRACE(print(scheme));
    SchemeAttrInterface permuted = scheme.permute(swap);
    if (!permuted)
      continue;
    for (auto [before, after] :
         llvm::zip_equal(scheme.getParameters(shape, f32),
                         permuted.getParameters(transposed, f32))) {
      EXPECT_EQ(before.name, after.name);
      EXPECT_EQ(before.type.getDimSize(0), after.type.getDimSize(1));
      EXPECT_EQ(before.type.getDimSize(1), after.type.getDimSize(0));
    }
    std::vector<float> dense = makeRandom(scheme, shape);
    EXPECT_EQ(roundTrip(permuted, transposed, transpose(dense)),
              transpose(roundTrip(scheme, shape, dense)));
  }
}

TEST_F(SchemeTest, WithReplacesOneAnswer) {
  for (SchemeAttr scheme : getSchemes()) {
    SCOPED_TRACE(print(scheme));
    EXPECT_EQ(scheme.with({}, {}, {}), scheme);
    auto sparsity = NMSparsityAttr::get(&context, 1, 2, 1);
    SchemeAttrInterface changed = scheme.with(sparsity, {}, {});
    EXPECT_EQ(changed.getSparsity(), SparsityAttrInterface(sparsity));
    EXPECT_EQ(changed.getStorage(), scheme.getStorage());
    EXPECT_EQ(changed.getLayout(), scheme.getLayout());
  }
}

// What the parser cannot express is refused to C++ callers too.
TEST_F(SchemeTest, VerifiersSayWhatIsWrong) {
  std::string message;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    message = diagnostic.str();
    return success();
  });
  auto emit = [&] { return emitError(builder.getUnknownLoc()); };
  EXPECT_TRUE(failed(ScalingAttr::verify(emit, {-1, 1}, f32, {}, {})));
  EXPECT_EQ(message, "block extents must be positive or '*', found -1");
  EXPECT_TRUE(failed(CodebookStorageAttr::verify(
      emit, CodebookKind::NF4, 3, 1, ScalingAttr::get(&context, {}, f32))));
  EXPECT_EQ(message,
            "nf4 codebooks must be 4 bits wide for one value, found i3 for 1");
  auto scheme = SchemeAttr::get(DenseSparsityAttr::get(&context),
                                FloatStorageAttr::get(&context, f32));
  EXPECT_TRUE(failed(CompressedTensorType::verify(emit, {4, -2}, f32, scheme)));
  EXPECT_EQ(message, "extents must not be negative, found -2");
}

} // namespace
