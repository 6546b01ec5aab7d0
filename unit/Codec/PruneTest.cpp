//===- PruneTest.cpp - Masks by magnitude, and transposition --------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Reference.h"
#include "llvm/Support/ThreadPool.h"
#include "gtest/gtest.h"
#include <limits>
#include <numeric>

using namespace mlir::compress::codec;
using namespace mlir::compress::codec::test;

namespace {

TEST(Prune, KeepsTheGreatestMagnitudes) {
  llvm::DefaultThreadPool pool(llvm::hardware_concurrency(2));
  for (ElementType type :
       {ElementType::F32, ElementType::F16, ElementType::BF16})
    for (Index shape :
         {Index{16, 20}, Index{264, 300}, Index{2, 8, 3}, Index{40}})
      for (auto [n, m] : {std::pair(2, 4), std::pair(1, 4), std::pair(4, 8),
                          std::pair(3, 5), std::pair(2, 2)})
        for (size_t axis = 0; axis < shape.size(); ++axis) {
          if (shape[axis] % m != 0)
            continue;
          Format format;
          format.shape.assign(shape.begin(), shape.end());
          format.expressed = type;
          NMSparsity nm{n, m, int64_t(axis)};
          std::vector<float> dense = makeRandom(format, n);
          // Ties, and zeros that count for nothing.
          for (size_t i = 0; i < dense.size(); i += 3)
            dense[i] = i % 2 ? 0.5f : 0.0f;
          std::vector<float> expected = pruneReference(shape, nm, dense);
          int64_t removed = std::count(expected.begin(), expected.end(), 0) -
                            std::count(dense.begin(), dense.end(), 0);
          Bytes bytes = toBytes(type, dense);
          PruneOptions options;
          options.threads = &pool;
          auto found = prune(shape, type, nm, bytes, options);
          ASSERT_TRUE(bool(found)) << llvm::toString(found.takeError());
          EXPECT_EQ(*found, removed);
          EXPECT_EQ(toFloats(type, bytes), expected);
          // A second time there is nothing left to remove.
          EXPECT_EQ(llvm::cantFail(prune(shape, type, nm, bytes)), 0);
        }
}

TEST(Prune, DenseRemovesNothing) {
  Bytes bytes = toBytes(ElementType::F32, {1, 2, 3, 4}), before = bytes;
  EXPECT_EQ(
      llvm::cantFail(prune({4}, ElementType::F32, DenseSparsity(), bytes)), 0);
  EXPECT_EQ(bytes, before);
}

TEST(Prune, NonFinite) {
  const float infinity = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> dense = {1, nan, -infinity, 2, 3, 4, 5, 6};
  Bytes bytes = toBytes(ElementType::F32, dense), before = bytes;
  auto found = prune({2, 4}, ElementType::F32, NMSparsity{2, 4, 1}, bytes);
  ASSERT_FALSE(bool(found));
  EXPECT_EQ(llvm::toString(found.takeError()).rfind("element [0, 1]:", 0), 0u);
  EXPECT_EQ(bytes, before);

  PruneOptions options;
  options.nonFinite = NonFinite::Clamp;
  EXPECT_EQ(llvm::cantFail(prune({2, 4}, ElementType::F32, NMSparsity{2, 4, 1},
                                 bytes, options)),
            3);
  EXPECT_EQ(toFloats(ElementType::F32, bytes),
            (std::vector<float>{0, 0, -0x1.fffffep127f, 2, 0, 0, 5, 6}));
}

TEST(Prune, RejectsMalformed) {
  Bytes bytes(16);
  auto expectMessage = [](llvm::Expected<int64_t> found, const char *message) {
    ASSERT_FALSE(bool(found));
    std::string text = llvm::toString(found.takeError());
    EXPECT_NE(text.find(message), std::string::npos) << text;
  };
  expectMessage(prune({4}, ElementType::F32, NMSparsity{1, 3, 0}, bytes),
                "divides by 3, found 4");
  expectMessage(prune({5}, ElementType::F32, DenseSparsity(), bytes),
                "expected 20 bytes of the dense tensor, found 16");
}

TEST(Transpose, MovesEveryElement) {
  llvm::DefaultThreadPool pool(llvm::hardware_concurrency(2));
  for (Index shape :
       {Index{1}, Index{7, 5}, Index{1, 9}, Index{70, 100}, Index{2, 3, 4},
        Index{33, 2, 40}, Index{2, 3, 4, 5}, Index{3, 0, 2}, Index{1, 4, 1, 6}})
    for (unsigned bytes : {1, 2, 4, 8}) {
      int64_t count = std::accumulate(shape.begin(), shape.end(), int64_t(1),
                                      std::multiplies<int64_t>());
      Bytes source(count * bytes);
      for (size_t i = 0; i < source.size(); ++i)
        source[i] = char(i * 37 + i / 251);
      Index permutation(shape.size());
      std::iota(permutation.begin(), permutation.end(), 0);
      do {
        Index strides(shape.size(), 1), resultShape, resultStrides;
        for (int i = int(shape.size()) - 2; i >= 0; --i)
          strides[i] = strides[i + 1] * shape[i + 1];
        for (int64_t from : permutation) {
          resultShape.push_back(shape[from]);
          resultStrides.push_back(strides[from]);
        }
        Bytes expected(source.size());
        for (int64_t i = 0; i < count; ++i) {
          int64_t from = 0, rest = i;
          for (int d = int(shape.size()) - 1; d >= 0; --d) {
            from += rest % resultShape[d] * resultStrides[d];
            rest /= resultShape[d];
          }
          std::copy_n(source.begin() + from * bytes, bytes,
                      expected.begin() + i * bytes);
        }
        Bytes found(source.size(), char(0xa5));
        transpose(shape, permutation, bytes, source, found, &pool);
        ASSERT_EQ(found, expected);
      } while (std::next_permutation(permutation.begin(), permutation.end()));
    }
}

} // namespace
