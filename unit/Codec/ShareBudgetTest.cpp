//===- ShareBudgetTest.cpp - One budget for several tensors ---------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Reference.h"
#include "llvm/Support/ThreadPool.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <cmath>
#include <limits>

using namespace mlir::compress::codec;
using namespace mlir::compress::codec::test;

namespace {

using Floats = std::vector<float>;

struct Tensor {
  ElementType type;
  Bytes dense, scores;
};

/// The tensor of each element, the greatest first, from sorting everything.
std::vector<size_t> sortReference(const std::vector<Floats> &ranks) {
  std::vector<std::pair<float, size_t>> order;
  for (size_t i = 0; i < ranks.size(); ++i)
    for (float rank : ranks[i])
      order.push_back({-rank, i});
  std::sort(order.begin(), order.end());
  std::vector<size_t> tensors;
  for (auto [rank, tensor] : order)
    tensors.push_back(tensor);
  return tensors;
}

std::vector<Floats> makeRanks(bool ties) {
  std::vector<Floats> ranks;
  unsigned seed = 1;
  for (int64_t size : {1000, 1, 0, 70000, 1100000, 333}) {
    Format format;
    format.shape = {size};
    Floats values = makeRandom(format, seed++);
    for (float &value : values)
      value = ties ? std::nearbyint(value * 4) : value;
    ranks.push_back(values);
  }
  return ranks;
}

const int64_t total = 1000 + 1 + 70000 + 1100000 + 333;

/// Shares the budget and expects two visits of each tensor, in order.
std::vector<int64_t> share(const std::vector<Tensor> &tensors, int64_t count,
                           llvm::ThreadPoolInterface *threads) {
  std::vector<size_t> visits;
  auto counts = shareBudget(
      tensors.size(), count,
      [&](size_t i) -> llvm::Expected<RankedTensor> {
        visits.push_back(i);
        return RankedTensor{tensors[i].type, tensors[i].dense,
                            tensors[i].scores};
      },
      threads);
  EXPECT_EQ(visits.size(), 2 * tensors.size());
  for (size_t i = 0; i < visits.size(); ++i)
    EXPECT_EQ(visits[i], i % tensors.size());
  return llvm::cantFail(std::move(counts));
}

TEST(ShareBudget, EqualsSortingEverything) {
  llvm::DefaultThreadPool pool(llvm::hardware_concurrency(3));
  const ElementType types[] = {ElementType::F32, ElementType::BF16,
                               ElementType::F16};
  for (bool ties : {false, true})
    for (bool scored : {false, true}) {
      std::vector<Floats> ranks = makeRanks(ties);
      std::vector<Tensor> tensors;
      for (size_t i = 0; i < ranks.size(); ++i) {
        ElementType type = types[i % 3];
        tensors.push_back({type, toBytes(type, ranks[i]), {}});
        if (scored) {
          tensors.back().scores = toBytes(ElementType::F32, ranks[i]);
          // Both zeros are one score.
          std::replace(ranks[i].begin(), ranks[i].end(), -0.0f, 0.0f);
          continue;
        }
        ranks[i] = toFloats(type, tensors.back().dense);
        for (float &rank : ranks[i])
          rank = std::fabs(rank);
      }
      std::vector<size_t> order = sortReference(ranks);
      for (int64_t count : {int64_t(0), int64_t(1), int64_t(2), total / 3,
                            total / 2, total - 1, total, total + 5}) {
        std::vector<int64_t> expected(ranks.size(), 0);
        for (int64_t k = 0; k < std::min(count, total); ++k)
          ++expected[order[k]];
        EXPECT_EQ(share(tensors, count, nullptr), expected)
            << count << " of " << total;
        EXPECT_EQ(share(tensors, count, &pool), expected)
            << count << " of " << total;
      }
    }
}

/// What all tensors keep together are the greatest elements.
TEST(ShareBudget, PruningToTheCountsKeepsTheGreatest) {
  std::vector<Floats> ranks = makeRanks(/*ties=*/false);
  std::vector<Tensor> tensors;
  for (const Floats &values : ranks)
    tensors.push_back(
        {ElementType::F32, toBytes(ElementType::F32, values), {}});
  std::vector<int64_t> counts = share(tensors, total / 4, nullptr);
  float leastKept = std::numeric_limits<float>::infinity(), greatestCut = 0;
  int64_t kept = 0;
  for (size_t i = 0; i < tensors.size(); ++i) {
    llvm::cantFail(prune({int64_t(ranks[i].size())}, ElementType::F32,
                         BitmapSparsity{counts[i]}, tensors[i].dense));
    Floats pruned = toFloats(ElementType::F32, tensors[i].dense);
    for (size_t k = 0; k < pruned.size(); ++k) {
      kept += pruned[k] != 0;
      if (pruned[k] != 0)
        leastKept = std::min(leastKept, std::fabs(pruned[k]));
      else
        greatestCut = std::max(greatestCut, std::fabs(ranks[i][k]));
    }
  }
  EXPECT_EQ(kept, total / 4);
  EXPECT_GE(leastKept, greatestCut);
}

/// Infinities rank as the largest finite value, NaN as zero.
TEST(ShareBudget, NonFinite) {
  const float infinity = std::numeric_limits<float>::infinity();
  std::vector<Tensor> tensors = {
      {ElementType::F32,
       toBytes(ElementType::F32, {0x1.fffffep127f, std::nanf(""), 1}),
       {}},
      {ElementType::F32, toBytes(ElementType::F32, {-infinity, 2, 0}), {}}};
  EXPECT_EQ(share(tensors, 1, nullptr), (std::vector<int64_t>{1, 0}));
  EXPECT_EQ(share(tensors, 3, nullptr), (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(share(tensors, 5, nullptr), (std::vector<int64_t>{3, 2}));
}

TEST(ShareBudget, PassesErrorsOn) {
  for (size_t bad : {1, 4}) {
    size_t visits = 0;
    Bytes dense = toBytes(ElementType::F32, {1, 2});
    auto counts =
        shareBudget(3, 1, [&](size_t) -> llvm::Expected<RankedTensor> {
          if (visits++ == bad)
            return llvm::createStringError("cannot read it");
          return RankedTensor{ElementType::F32, dense, {}};
        });
    ASSERT_FALSE(bool(counts));
    EXPECT_EQ(llvm::toString(counts.takeError()), "cannot read it");
    EXPECT_EQ(visits, bad + 1);
  }
}

} // namespace
