//===- Clocks.cpp - Vector clocks of emulated threads ---------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Clocks.h"
#include <algorithm>

namespace mlir::compress::runtime::emulated {

static void join(Clock &into, const Clock &from) {
  if (into.empty()) {
    into = from;
    return;
  }
  for (size_t i = 0, e = from.size(); i != e; ++i)
    into[i] = std::max(into[i], from[i]);
}

void ClockJoin::release(uint32_t thread, ThreadClock &clock) {
  if (clock.known != last) {
    join(joined, *clock.known);
    last = clock.known;
  }
  joined[thread] = clock.epoch++;
}

void ClockJoin::merge(const ClockJoin &other) {
  if (!other.isEmpty())
    join(joined, other.joined);
}

void ClockJoin::raise(uint32_t agent, uint32_t epoch, size_t size) {
  joined.resize(size);
  joined[agent] = std::max(joined[agent], epoch);
}

void ClockJoin::clear() {
  joined.clear();
  last.reset();
}

void ClockAcquire::acquire(ThreadClock &clock) {
  if (!released)
    return;
  if (!after || clock.known != before) {
    Clock sum = *clock.known;
    join(sum, *released);
    before = clock.known;
    after = std::make_shared<const Clock>(std::move(sum));
  }
  clock.known = after;
}

} // namespace mlir::compress::runtime::emulated
