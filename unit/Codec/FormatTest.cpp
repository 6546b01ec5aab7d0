//===- FormatTest.cpp - Sizes and constraints of formats ------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Codec/Format.h"
#include "gtest/gtest.h"
#include <functional>

using namespace mlir::compress::codec;

namespace {

using Shape = llvm::SmallVector<int64_t, 4>;

Format makeFormat() {
  Format format;
  format.shape = {64, 20};
  format.storage = AffineStorage{4, false, ElementType::F16, {32, 1}};
  format.sparsity = NMSparsity{2, 4, 0};
  return format;
}

TEST(Format, Components) {
  Format format = makeFormat();
  ASSERT_FALSE(bool(verify(format)));
  auto components = getComponents(format);
  ASSERT_EQ(components.size(), 4u);
  EXPECT_EQ(components[0].name, "values");
  EXPECT_EQ(components[0].shape, (Shape{32, 10}));
  EXPECT_EQ(components[1].name, "scales");
  EXPECT_EQ(components[1].type, ElementType::F16);
  EXPECT_EQ(components[1].shape, (Shape{2, 20}));
  EXPECT_EQ(components[2].name, "zero_points");
  EXPECT_EQ(components[2].type, ElementType::I8);
  EXPECT_EQ(components[2].shape, (Shape{2, 20}));
  EXPECT_EQ(components[3].name, "indices");
  EXPECT_EQ(components[3].shape, (Shape{32, 5}));
  EXPECT_EQ(getNumBytes(format), 320 + 80 + 40 + 160);
}

TEST(Format, RaggedBlocksAndTiles) {
  Format format;
  format.shape = {10, 9};
  format.storage = AffineStorage{5, true, ElementType::F32, {4, 0}};
  format.layout = TiledLayout{{4, 6}};
  ASSERT_FALSE(bool(verify(format)));
  auto components = getComponents(format);
  ASSERT_EQ(components.size(), 2u);
  // Three by two tiles of four rows; six values of 5 bits take four bytes.
  EXPECT_EQ(components[0].shape, (Shape{3, 2, 4, 4}));
  EXPECT_EQ(components[1].shape, (Shape{3, 1}));
  EXPECT_EQ(components[1].getNumBytes(), 12);
}

TEST(Format, FloatStorage) {
  Format format;
  format.shape = {3, 5};
  format.storage = FloatStorage{ElementType::BF16};
  ASSERT_FALSE(bool(verify(format)));
  auto components = getComponents(format);
  ASSERT_EQ(components.size(), 1u);
  EXPECT_EQ(components[0].type, ElementType::BF16);
  EXPECT_EQ(components[0].getNumBytes(), 30);
}

TEST(Format, CountedSparsity) {
  Format format;
  format.shape = {3, 10, 9};
  format.storage = AffineStorage{5, true, ElementType::F32, {0, 0, 1}};

  format.sparsity = BlockSparsity{{1, 4, 16}, 5};
  ASSERT_FALSE(bool(verify(format)));
  EXPECT_EQ(getKeptShape(format), (Shape{5, 1, 4, 16}));
  auto components = getComponents(format);
  ASSERT_EQ(components.size(), 3u);
  EXPECT_EQ(components[0].shape, (Shape{5, 1, 4, 10}));
  EXPECT_EQ(components[1].shape, (Shape{1, 1, 9}));
  EXPECT_EQ(components[2].name, "indices");
  EXPECT_EQ(components[2].type, ElementType::I32);
  EXPECT_EQ(components[2].shape, (Shape{5}));
  format.layout = TiledLayout{{2, 1, 4, 8}};
  ASSERT_FALSE(bool(verify(format)));
  EXPECT_EQ(getComponents(format)[0].shape, (Shape{3, 1, 1, 2, 2, 1, 4, 5}));

  format.layout = TiledLayout{{16}};
  format.sparsity = BitmapSparsity{20};
  ASSERT_FALSE(bool(verify(format)));
  EXPECT_EQ(getKeptShape(format), (Shape{20}));
  components = getComponents(format);
  ASSERT_EQ(components.size(), 4u);
  EXPECT_EQ(components[0].shape, (Shape{2, 10}));
  EXPECT_EQ(components[2].name, "bitmap");
  EXPECT_EQ(components[2].type, ElementType::I8);
  EXPECT_EQ(components[2].shape, (Shape{3, 10, 2}));
  EXPECT_EQ(components[3].name, "offsets");
  EXPECT_EQ(components[3].type, ElementType::I32);
  EXPECT_EQ(components[3].shape, (Shape{31}));
  EXPECT_EQ(getNumBytes(format), 20 + 36 + 60 + 124);

  format.sparsity = CSRSparsity{270};
  ASSERT_FALSE(bool(verify(format)));
  components = getComponents(format);
  ASSERT_EQ(components.size(), 4u);
  EXPECT_EQ(components[2].name, "columns");
  EXPECT_EQ(components[2].type, ElementType::I32);
  EXPECT_EQ(components[2].shape, (Shape{270}));
  EXPECT_EQ(components[3].shape, (Shape{31}));
}

TEST(Format, TwoLevelScales) {
  Format format;
  format.shape = {100, 20};
  format.storage = FloatStorage(
      ElementType::F4E2M1FN,
      Scaling{ElementType::F8E4M3FN, {16, 1}, ElementType::F32, {32, 0}});
  ASSERT_FALSE(bool(verify(format)));
  auto components = getComponents(format);
  ASSERT_EQ(components.size(), 3u);
  EXPECT_EQ(components[0].type, ElementType::I8);
  EXPECT_EQ(components[0].shape, (Shape{100, 10}));
  EXPECT_EQ(components[1].name, "scales");
  EXPECT_EQ(components[1].type, ElementType::I8);
  EXPECT_EQ(components[1].shape, (Shape{7, 20}));
  EXPECT_EQ(components[2].name, "super_scales");
  EXPECT_EQ(components[2].type, ElementType::F32);
  EXPECT_EQ(components[2].shape, (Shape{4, 1}));
}

TEST(Format, Codebooks) {
  Format format;
  format.shape = {12, 22};
  CodebookStorage storage(CodebookStorage::Kind::KMeans, 3,
                          Scaling{ElementType::F16, {0, 0}, {}, {}}, 4);
  format.storage = storage;
  format.sparsity = NMSparsity{2, 4, 0};
  ASSERT_FALSE(bool(verify(format)));
  auto components = getComponents(format);
  ASSERT_EQ(components.size(), 3u);
  // Six codes of three bits take three bytes.
  EXPECT_EQ(components[0].shape, (Shape{6, 3}));
  EXPECT_EQ(components[1].name, "codebook");
  EXPECT_EQ(components[1].type, ElementType::F16);
  EXPECT_EQ(components[1].shape, (Shape{1, 1, 8, 4}));
  EXPECT_EQ(components[2].name, "indices");
  format.layout = TiledLayout{{4, 8}};
  ASSERT_FALSE(bool(verify(format)));
  EXPECT_EQ(getComponents(format)[0].shape, (Shape{2, 3, 4, 1}));

  storage.vector = 1;
  storage.block = {5, 1};
  format.storage = storage;
  ASSERT_FALSE(bool(verify(format)));
  EXPECT_EQ(getComponents(format)[1].shape, (Shape{3, 22, 8, 1}));
}

TEST(Format, IndexWidth) {
  const std::pair<int64_t, unsigned> widths[] = {
      {1, 1}, {2, 1}, {3, 2}, {4, 2}, {5, 3}, {8, 3}, {9, 4}, {256, 8}};
  for (auto [m, width] : widths)
    EXPECT_EQ(getIndexWidth(NMSparsity{1, m, 0}), width) << m;
}

/// One malformed format, and a part of its message.
struct Malformed {
  const char *message;
  std::function<void(Format &)> change;
};

AffineStorage &affine(Format &format) {
  return std::get<AffineStorage>(format.storage);
}
NMSparsity &nm(Format &format) { return std::get<NMSparsity>(format.sparsity); }

/// The small-float format that the constraints of scales are tried on.
Scaling &makeScaled(Format &format) {
  format.storage = FloatStorage(
      ElementType::F4E2M1FN,
      Scaling{ElementType::F8E4M3FN, {16, 1}, ElementType::F32, {0, 0}});
  return std::get<FloatStorage>(format.storage);
}
CodebookStorage &makeCodebook(Format &format, CodebookStorage::Kind kind) {
  bool ternary = kind == CodebookStorage::Kind::Ternary;
  format.storage = CodebookStorage(kind, ternary ? 2 : 4,
                                   Scaling{ElementType::F16, {0, 0}, {}, {}});
  return std::get<CodebookStorage>(format.storage);
}

TEST(Format, VerifyNamesTheConstraintOfStorages) {
  using Kind = CodebookStorage::Kind;
  const Malformed cases[] = {
      {"scales need a float type of at least 8 bits, found f4E2M1FN",
       [](Format &f) { affine(f).scaleType = ElementType::F4E2M1FN; }},
      {"float storage needs a float type with a sign, found f8E8M0FNU",
       [](Format &f) { f.storage = FloatStorage(ElementType::F8E8M0FNU); }},
      {"scaled float storage needs f8E4M3FN, f8E5M2 or f4E2M1FN, found f16",
       [](Format &f) {
         f.storage = FloatStorage(ElementType::F16,
                                  Scaling{ElementType::F32, {0, 0}, {}, {}});
       }},
      {"scales below super scales must be f16, f8E4M3FN or f8E5M2, found f32",
       [](Format &f) { makeScaled(f).scaleType = ElementType::F32; }},
      {"super scales must be f32, f16 or bf16, found f8E5M2",
       [](Format &f) { makeScaled(f).superScaleType = ElementType::F8E5M2; }},
      {"a super block needs one extent per dimension: expected 2, found 1",
       [](Format &f) { makeScaled(f).superBlock = {0}; }},
      {"expected a multiple of 16, found 24 in dimension 0",
       [](Format &f) { makeScaled(f).superBlock = {24, 1}; }},
      {"expected a multiple of 0, found 8 in dimension 0",
       [](Format &f) {
         makeScaled(f).block = {0, 1};
         std::get<FloatStorage>(f.storage).superBlock = {8, 1};
       }},
      {"super blocks need a type of their scales, found none",
       [](Format &f) { makeScaled(f).superScaleType = {}; }},
      {"nf4 codes have 4 bits, found 3",
       [](Format &f) { makeCodebook(f, Kind::NF4).width = 3; }},
      {"ternary codes have 2 bits, found 4",
       [](Format &f) { makeCodebook(f, Kind::Ternary).width = 4; }},
      {"only learned codebooks have vectors, found 2",
       [](Format &f) { makeCodebook(f, Kind::NF4).vector = 2; }},
      {"width of a learned codebook must be in 1..8, found 9",
       [](Format &f) { makeCodebook(f, Kind::KMeans).width = 9; }},
      {"learned tables must be f32, f16 or bf16 without super scales, found "
       "f8E4M3FN",
       [](Format &f) {
         makeCodebook(f, Kind::KMeans).scaleType = ElementType::F8E4M3FN;
       }},
      {"found f16 with super scales",
       [](Format &f) {
         CodebookStorage &codebook = makeCodebook(f, Kind::Quantile);
         codebook.superScaleType = ElementType::F32;
         codebook.superBlock = {0, 0};
       }},
      {"1, 2, 4 or 8 values share a code, found 3",
       [](Format &f) { makeCodebook(f, Kind::KMeans).vector = 3; }},
      {"must be per tensor: expected a block extent of 0, found 1 in dimension "
       "1",
       [](Format &f) {
         makeCodebook(f, Kind::KMeans).vector = 4;
         std::get<CodebookStorage>(f.storage).block = {0, 1};
       }},
      {"a permuted tile needs one value for each code, found 2",
       [](Format &f) {
         makeCodebook(f, Kind::Quantile).vector = 2;
         f.layout = TiledLayout{{4, 2}, {0, 2, 1}};
       }},
      {"must divide by the 4 values that share a code, found 6",
       [](Format &f) {
         makeCodebook(f, Kind::KMeans).vector = 4;
         f.layout = TiledLayout{{4, 6}};
       }},
  };
  for (const Malformed &malformed : cases) {
    Format format = makeFormat();
    malformed.change(format);
    std::string text = llvm::toString(verify(format));
    EXPECT_NE(text.find(malformed.message), std::string::npos)
        << "expected: " << malformed.message << "\nfound: " << text;
  }
}

TEST(Format, VerifyNamesTheConstraint) {
  const int64_t huge = int64_t(1) << 40;
  const Malformed cases[] = {
      {"at least one dimension", [](Format &f) { f.shape.clear(); }},
      {"not be negative, found -4 in dimension 1",
       [](Format &f) { f.shape[1] = -4; }},
      {"the shape must have fewer than 2^56 elements",
       [=](Format &f) { f.shape = {huge, huge}; }},
      {"the shape must have fewer than 2^56 elements, found",
       [=](Format &f) { f.shape = {huge, 1 << 20}; }},
      {"the expressed type must be f32, f16 or bf16, found i8",
       [](Format &f) { f.expressed = ElementType::I8; }},
      {"m in 1..256, found 0", [](Format &f) { nm(f).m = 0; }},
      {"m in 1..256, found 257", [](Format &f) { nm(f).m = 257; }},
      {"n in 1..m, found 0:4", [](Format &f) { nm(f).n = 0; }},
      {"n in 1..m, found 5:4", [](Format &f) { nm(f).n = 5; }},
      {"axis of N:M sparsity must be in 0..1, found 2",
       [](Format &f) { nm(f).axis = 2; }},
      {"axis of N:M sparsity must be in 0..1, found -1",
       [](Format &f) { nm(f).axis = -1; }},
      {"divides by 4, found 62", [](Format &f) { f.shape[0] = 62; }},
      {"axis of N:M sparsity must be in 0..1, found 2",
       [](Format &f) { nm(f).transposedAxis = 2; }},
      {"axis of N:M sparsity must be in 0..1, found -2",
       [](Format &f) { nm(f).transposedAxis = -2; }},
      {"two different axes, found 0 twice",
       [](Format &f) { nm(f).transposedAxis = 0; }},
      {"along axis 1 needs an extent that divides by 4, found 21",
       [](Format &f) {
         f.shape[1] = 21;
         nm(f).transposedAxis = 1;
       }},
      {"transposable N:M sparsity needs m in 1..4, found 5",
       [](Format &f) {
         f.shape = {5, 5};
         f.sparsity = NMSparsity{2, 5, 0, 1};
       }},
      {"block sparsity needs one extent per dimension: expected 2, found 1",
       [](Format &f) { f.sparsity = BlockSparsity{{4}, 1}; }},
      {"block of block sparsity must be positive, found 0 in dimension 1",
       [](Format &f) { f.sparsity = BlockSparsity{{4, 0}, 1}; }},
      {"count of kept blocks must be in 0..48, found 49",
       [](Format &f) { f.sparsity = BlockSparsity{{4, 8}, 49}; }},
      {"fewer than 2^31 blocks, found 1099511627776",
       [=](Format &f) {
         f.shape = {huge, 1};
         f.sparsity = BlockSparsity{{1, 1}, 1};
       }},
      {"the kept array must have fewer than 2^56 elements",
       [=](Format &f) { f.sparsity = BlockSparsity{{huge, huge}, 1}; }},
      {"count of kept values must be in 0..1280, found 1281",
       [](Format &f) { f.sparsity = BitmapSparsity{1281}; }},
      {"count of kept values must be in 0..1280, found -1",
       [](Format &f) { f.sparsity = CSRSparsity{-1}; }},
      {"count of kept values must be in 0..2147483647, found 2147483648",
       [=](Format &f) {
         f.shape = {huge, 2};
         f.sparsity = CSRSparsity{int64_t(1) << 31};
       }},
      {"innermost extent of fewer than 2^31, found 1099511627776",
       [=](Format &f) {
         f.shape = {1, huge};
         f.sparsity = CSRSparsity{1};
       }},
      {"kept shape: expected 1, found 2",
       [](Format &f) {
         f.sparsity = BitmapSparsity{7};
         f.layout = TiledLayout{{1, 1}};
       }},
      {"width of affine storage must be in 2..8, found 1",
       [](Format &f) { affine(f).width = 1; }},
      {"width of affine storage must be in 2..8, found 9",
       [](Format &f) { affine(f).width = 9; }},
      {"scales need a float type",
       [](Format &f) { affine(f).scaleType = ElementType::I8; }},
      {"block needs one extent per dimension: expected 2, found 1",
       [](Format &f) { affine(f).block = {1}; }},
      {"extent of a block must be positive, or 0 for the whole dimension, "
       "found -1 in dimension 0",
       [](Format &f) { affine(f).block = {-1, 1}; }},
      {"float storage needs a float type",
       [](Format &f) { f.storage = FloatStorage{ElementType::I8}; }},
      {"must not be wider than the expressed type, which has 16 bits, found 32",
       [](Format &f) {
         f.expressed = ElementType::F16;
         f.storage = FloatStorage{ElementType::F32};
       }},
      {"tile needs one extent per dimension of the kept shape: expected 2, "
       "found 3",
       [](Format &f) { f.layout = TiledLayout{{1, 1, 1}}; }},
      {"extent of a permuted tile must be a power of two, found 3 in "
       "dimension 1",
       [](Format &f) { f.layout = TiledLayout{{4, 3}, {0, 1, 2}}; }},
      {"one entry for each bit of a position in the tile: expected 3, found 2",
       [](Format &f) { f.layout = TiledLayout{{4, 2}, {0, 1}}; }},
      {"must have each bit from 0 to 2 once, found 1 twice or out of range",
       [](Format &f) { f.layout = TiledLayout{{4, 2}, {0, 1, 1}}; }},
      {"must have each bit from 0 to 2 once, found 3 twice or out of range",
       [](Format &f) { f.layout = TiledLayout{{4, 2}, {0, 1, 3}}; }},
      {"must have at most 2^16 elements, found 2^17",
       [](Format &f) {
         TiledLayout tiled{{1 << 9, 1 << 8}, {}};
         for (int64_t bit = 0; bit < 17; ++bit)
           tiled.bits.push_back(bit);
         f.layout = tiled;
       }},
      {"extent of a tile must be positive, found 0 in dimension 1",
       [](Format &f) { f.layout = TiledLayout{{1, 0}}; }},
      {"the tiled array must have fewer than 2^56 elements",
       [=](Format &f) { f.layout = TiledLayout{{huge, huge}}; }},
      {"the tiled array must have fewer than 2^56 elements",
       [](Format &f) {
         f.shape[0] = 20;
         f.layout = TiledLayout{{std::numeric_limits<int64_t>::max(), 1}};
       }},
  };
  for (const Malformed &malformed : cases) {
    Format format = makeFormat();
    malformed.change(format);
    std::string text = llvm::toString(verify(format));
    EXPECT_NE(text.find(malformed.message), std::string::npos)
        << "expected: " << malformed.message << "\nfound: " << text;
  }
}

} // namespace
