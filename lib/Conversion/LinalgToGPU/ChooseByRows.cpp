//===- ChooseByRows.cpp - Schedules by the number of rows -----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChooseByRows.h"
#include "llvm/ADT/SetVector.h"
#include <limits>
#include <tuple>

using namespace mlir;
using namespace mlir::compress;

/// Beyond these the best schedule stays the best.
static constexpr int64_t kMostRows = 8192;
/// Each schedule is a kernel of the module.
static constexpr size_t kMostSchedules = 4;
/// What a schedule may take longer than the best one before that is worth
/// another kernel, and before it counts at all.
static constexpr double kTolerance = 0.05, kNegligible = 0.01;
/// What the loss of one row counts: a model that writes text a token at a time
/// takes it in nearly all of its calls.
static constexpr double kOneRow = 4;

namespace {
/// How much longer than the best some schedules take: in the worst case, in
/// sum, and in sum by what decides between equal times.
struct Loss {
  double worst = 0, sum = 0, other = 0;

  Loss operator+(const Loss &loss) const {
    return {std::max(worst, loss.worst), sum + loss.sum, other + loss.other};
  }
  bool operator<(const Loss &loss) const {
    return std::tie(worst, sum, other) <
           std::tie(loss.worst, loss.sum, loss.other);
  }
};

/// The best of the ways to give the first numbers of rows their schedules.
struct Division {
  Loss loss = {std::numeric_limits<double>::infinity()};
  /// Numbers that the last schedule is not for, and the last schedule.
  size_t begin = 0, schedule = 0;
};
} // namespace

/// Powers of two and what lies in the middle: the extents of tiles are
/// multiples of these.
static SmallVector<int64_t> getNumbers(int64_t leastRows) {
  SmallVector<int64_t> numbers;
  auto add = [&](int64_t rows) {
    if (rows >= leastRows && rows <= kMostRows)
      numbers.push_back(rows);
  };
  for (int64_t rows = 1; rows <= kMostRows; rows *= 2) {
    add(rows);
    if (rows > 1)
      add(rows / 2 * 3);
  }
  if (numbers.empty())
    numbers.push_back(leastRows);
  return numbers;
}

Attribute compress::chooseByRows(
    MLIRContext *context, int64_t leastRows,
    llvm::function_ref<Attribute(int64_t rows)> choose,
    llvm::function_ref<Clocks(Attribute, int64_t rows)> predict) {
  SmallVector<int64_t> numbers = getNumbers(leastRows);
  llvm::SetVector<Attribute> schedules;
  for (int64_t rows : numbers)
    if (Attribute schedule = choose(rows))
      schedules.insert(schedule);
  if (schedules.empty())
    return {};

  // For each schedule, what it loses at each number.
  SmallVector<SmallVector<Loss>> losses(schedules.size());
  for (int64_t rows : numbers) {
    auto clocks = llvm::map_to_vector(
        schedules, [&](Attribute schedule) { return predict(schedule, rows); });
    Clocks least = *llvm::min_element(clocks);
    double leastOther = llvm::min_element(clocks, llvm::less_second())->second;
    for (auto [loss, found] : llvm::zip(losses, clocks)) {
      double time = found.first / least.first - 1;
      if (time < kNegligible)
        time = 0;
      if (rows == 1)
        time *= kOneRow;
      loss.push_back({time, time, found.second / leastOther - 1});
    }
  }

  // Dynamic programming over the numbers, with one schedule more in each round.
  SmallVector<SmallVector<Division>> rounds;
  size_t count = numbers.size();
  while (rounds.size() < kMostSchedules) {
    SmallVector<Division> next(count + 1);
    for (size_t s = 0; s < losses.size(); ++s)
      for (size_t begin = 0; begin < count; ++begin) {
        Loss loss;
        if (!rounds.empty())
          loss = rounds.back()[begin].loss;
        else if (begin > 0)
          break;
        for (size_t end = begin + 1; end <= count; ++end) {
          loss = loss + losses[s][end - 1];
          if (loss < next[end].loss)
            next[end] = {loss, begin, s};
        }
      }
    rounds.push_back(std::move(next));
    if (rounds.back().back().loss.worst <= kTolerance)
      break;
  }
  size_t best = 0;
  for (size_t round = 1; round < rounds.size(); ++round)
    if (rounds[round].back().loss < rounds[best].back().loss)
      best = round;

  SmallVector<int64_t> most;
  SmallVector<Attribute> chosen;
  size_t end = count;
  for (size_t round = best + 1; round-- > 0;) {
    const Division &division = rounds[round][end];
    chosen.push_back(schedules[division.schedule]);
    end = division.begin;
    if (round > 0)
      most.push_back(numbers[end - 1]);
  }
  if (chosen.size() == 1)
    return chosen.front();
  std::reverse(most.begin(), most.end());
  std::reverse(chosen.begin(), chosen.end());
  return kernel::ByRowsAttr::get(context, most, chosen);
}
