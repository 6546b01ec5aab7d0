//===- SparseErrorTest.cpp - What sparse formats reject -------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SparseReference.h"
#include "gtest/gtest.h"
#include <cmath>
#include <cstring>
#include <limits>

using namespace mlir::compress::codec;
using namespace mlir::compress::codec::test;

namespace {

using Floats = std::vector<float>;

Format makeFormat(const Sparsity &sparsity) {
  Format format;
  format.shape = {2, 3, 12};
  format.sparsity = sparsity;
  format.storage = AffineStorage{4, false, ElementType::F32, {0, 0, 0}};
  return format;
}

void expectPrefix(llvm::Error error, const std::string &prefix,
                  const std::string &part = "") {
  std::string text = llvm::toString(std::move(error));
  EXPECT_EQ(text.rfind(prefix, 0), 0u)
      << "expected: " << prefix << "\nfound: " << text;
  EXPECT_NE(text.find(part), std::string::npos)
      << "expected: " << part << "\nfound: " << text;
}

llvm::Error tryEncode(const Format &format, const Floats &dense,
                      const EncodeOptions &options = {}) {
  std::vector<Bytes> components = allocate(format);
  ErrorStats stats;
  return encode(format, toBytes(format.expressed, dense), getViews(components),
                options, &stats);
}

TEST(SparseError, TooManyNonzerosNameTheFirst) {
  Floats dense(72, 0.0f);
  for (int i : {3, 14, 30, 40, 71})
    dense[i] = -1;
  for (int64_t count : {0, 3, 4}) {
    const char *const firsts[] = {"element [0, 0, 3]:", "", "",
                                  "element [1, 0, 4]:", "element [1, 2, 11]:"};
    std::string part = "expected at most " + std::to_string(count) +
                       " nonzero elements, found 5";
    expectPrefix(tryEncode(makeFormat(CSRSparsity{count}), dense),
                 firsts[count], part);
    expectPrefix(tryEncode(makeFormat(BitmapSparsity{count}), dense),
                 firsts[count], part);
  }
  EXPECT_FALSE(bool(tryEncode(makeFormat(CSRSparsity{5}), dense)));
  EXPECT_FALSE(bool(tryEncode(makeFormat(BitmapSparsity{5}), dense)));
  // Blocks of [1, 2, 5]: 3 and 14 in the first, 30 in the fourth, 40 in the
  // seventh and 71 in the last one.
  expectPrefix(
      tryEncode(makeFormat(BlockSparsity{{1, 2, 5}, 3}), dense),
      "element [1, 2, 11]:", "expected at most 3 nonzero blocks, found 4");
  expectPrefix(
      tryEncode(makeFormat(BlockSparsity{{1, 2, 5}, 1}), dense),
      "element [0, 2, 6]:", "expected at most 1 nonzero blocks, found 4");
  EXPECT_FALSE(bool(tryEncode(makeFormat(BlockSparsity{{1, 2, 5}, 4}), dense)));
}

TEST(SparseError, TooManyNonzerosInALaterPiece) {
  Format format;
  format.shape = {3, 70000};
  format.sparsity = CSRSparsity{2};
  format.storage = FloatStorage{ElementType::F32};
  Floats dense(210000, 0.0f);
  dense[5] = dense[70000 + 65537] = dense[70000 + 65600] = dense[209999] = 1;
  expectPrefix(tryEncode(format, dense), "element [1, 65600]:",
               "expected at most 2 nonzero elements, found 4");
}

TEST(SparseError, NonFinite) {
  for (const Sparsity &sparsity :
       {Sparsity(CSRSparsity{10}), Sparsity(BitmapSparsity{10}),
        Sparsity(BlockSparsity{{1, 2, 5}, 2})})
    for (ElementType expressed : {ElementType::F32, ElementType::BF16}) {
      Format format = makeFormat(sparsity);
      format.expressed = expressed;
      Floats dense = makeRandom(format, 1);
      dense[38] = std::nanf("");
      dense[50] = std::numeric_limits<float>::infinity();
      EncodeOptions options;
      options.select = true;
      expectPrefix(tryEncode(format, dense, options),
                   "element [1, 0, 2]:", "expected a finite value, found NaN");

      options.nonFinite = NonFinite::Clamp;
      ErrorStats stats, clampedStats;
      auto components = encodeOrFail(format, dense, options, &stats);
      dense[38] = 0;
      dense[50] = expressed == ElementType::F32 ? 0x1.fffffep127f : 0x1.fep127f;
      EXPECT_EQ(components,
                encodeOrFail(format, dense, options, &clampedStats));
      EXPECT_EQ(stats.sumSquaredError, clampedStats.sumSquaredError);
      EXPECT_EQ(stats.sumSquaredSignal, clampedStats.sumSquaredSignal);
    }
}

/// Encodes, writes `value` over an element of an I32 component, and decodes.
llvm::Error decodeCorrupt(const Format &format, size_t component, int64_t at,
                          int32_t value) {
  Floats dense = makeRandom(format, 1);
  EncodeOptions options;
  options.select = true;
  auto components = encodeOrFail(format, dense, options);
  std::memcpy(&components[component][at * 4], &value, 4);
  Bytes bytes(72 * 4);
  return decode(format, getConstViews(components), bytes);
}

TEST(SparseError, CorruptBlocks) {
  Format format = makeFormat(BlockSparsity{{1, 2, 5}, 5});
  const char *message = "expected the indices of blocks to ascend and to be "
                        "less than 12, found ";
  // All five indices are different, and none is negative.
  expectPrefix(decodeCorrupt(format, 3, 0, -1), message, "found -1 after -1");
  expectPrefix(decodeCorrupt(format, 3, 4, 12), message, "at position 4");
  expectPrefix(decodeCorrupt(format, 3, 4, 1 << 30), message, "corrupt");
  expectPrefix(decodeCorrupt(format, 3, 2, 0), message, "found 0 after");
}

TEST(SparseError, CorruptCSR) {
  // Each row keeps four values.
  Format format = makeFormat(CSRSparsity{24});
  Floats dense(72, 0.0f);
  for (int row = 0; row < 6; ++row)
    for (int i = 0; i < 4; ++i)
      dense[row * 12 + 3 * i] = 1;
  auto components = encodeOrFail(format, dense, {});
  Bytes bytes(72 * 4);
  struct Case {
    size_t component;
    int64_t at;
    int32_t value;
    const char *prefix, *part;
  };
  const char *columns = "expected the columns of the row that begins here to "
                        "ascend and to be less than 12";
  const char *offsets = "expected the offsets to ascend from 0 to 24";
  for (const Case &c : std::vector<Case>{
           {3, 0, -1, "element [0, 0, 0]:", columns},
           {3, 7, 12, "element [0, 1, 0]:", columns},
           {3, 9, 0, "element [0, 2, 0]:", columns},
           {3, 23, 6, "element [1, 2, 0]:", columns},
           {3, 14, std::numeric_limits<int32_t>::min(),
            "element [1, 0, 0]:", columns},
           {4, 0, 1, "element [0, 0, 0]:", offsets},
           {4, 2, 3, "element [0, 1, 0]:", "found 3 after 4"},
           {4, 3, 25, "element [0, 2, 0]:", offsets},
           {4, 4, -5, "element [1, 0, 0]:", offsets},
           {4, 6, 23, "element [1, 2, 0]:", "found 23 after 20"}}) {
    auto corrupt = components;
    std::memcpy(&corrupt[c.component][c.at * 4], &c.value, 4);
    expectPrefix(decode(format, getConstViews(corrupt), bytes), c.prefix,
                 c.part);
  }
}

TEST(SparseError, CorruptBitmaps) {
  Format format = makeFormat(BitmapSparsity{24});
  Floats dense(72, 0.0f);
  for (int row = 0; row < 6; ++row)
    for (int i = 0; i < 4; ++i)
      dense[row * 12 + 3 * i] = 1;
  auto components = encodeOrFail(format, dense, {});
  Bytes bytes(72 * 4);
  const char *message = "expected as many bits in the row that begins here as "
                        "its offsets say, 4, found ";
  // Two bytes a row: columns 0, 3 and 6, and column 9.
  auto more = components, fewer = components, padding = components;
  more[3][6] |= 2;
  expectPrefix(decode(format, getConstViews(more), bytes),
               "element [1, 0, 0]:", message + std::string("5"));
  fewer[3][11] = 0;
  expectPrefix(decode(format, getConstViews(fewer), bytes),
               "element [1, 2, 0]:", message + std::string("3"));
  // Bits beyond the innermost extent are no positions.
  padding[3][5] |= char(0xf0);
  ASSERT_FALSE(bool(decode(format, getConstViews(padding), bytes)));
  EXPECT_EQ(toFloats(ElementType::F32, bytes), dense);

  auto offsets = components;
  int32_t value = 9;
  std::memcpy(&offsets[4][2 * 4], &value, 4);
  expectPrefix(decode(format, getConstViews(offsets), bytes),
               "element [0, 1, 0]:", "'bitmap' or 'offsets' is corrupt");
  value = 23;
  std::memcpy(&offsets[4][6 * 4], &value, 4);
  expectPrefix(decode(format, getConstViews(offsets), bytes),
               "element [1, 2, 0]:", "'offsets' is corrupt");
}

/// Any bytes decode to something or are rejected; sanitizers watch.
TEST(SparseError, RandomCorruption) {
  std::mt19937 engine(3);
  for (const Sparsity &sparsity :
       {Sparsity(CSRSparsity{30}), Sparsity(BitmapSparsity{30}),
        Sparsity(BlockSparsity{{1, 2, 5}, 5})}) {
    Format format = makeFormat(sparsity);
    EncodeOptions options;
    options.select = true;
    auto components = encodeOrFail(format, makeRandom(format, 1), options);
    int rejected = 0;
    for (int i = 0; i < 2000; ++i) {
      auto corrupt = components;
      for (int k = 0; k < 3; ++k) {
        Bytes &component = corrupt[3 + engine() % (corrupt.size() - 3)];
        component[engine() % component.size()] = char(engine());
      }
      Bytes bytes(72 * 4);
      llvm::Error error = decode(format, getConstViews(corrupt), bytes);
      rejected += bool(error);
      llvm::consumeError(std::move(error));
    }
    EXPECT_GT(rejected, 1000) << describe(format);
  }
}

} // namespace
