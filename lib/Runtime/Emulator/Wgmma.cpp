//===- Wgmma.cpp - wgmma.mma_async ----------------------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// As the PTX ISA describes it, section "Asynchronous Warpgroup Level Matrix
// Multiply-Accumulate Instructions". Warp w of a warpgroup has rows 16w to
// 16w + 15 of A and D. Its fragments are those of an m16n8 mma.sync (see
// Mma.cpp), one for every 8 columns.
//
// A wgmma is computed when a warp waits for it and all four have arrived. Until
// then the warpgroup's agent reads the operands: an actor of its own, so that
// what a thread has released before the wait does not include the reads.
//
//===----------------------------------------------------------------------===//

#include "Device.h"
#include "Elements.h"
#include "SparseMetadata.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace mlir::compress::runtime::emulated {

using Type = EmulatedType;

static constexpr uint32_t chunkBytes = 16, warpRows = 16;
/// What an instruction has of a row of A, and of a column of B. Where A is
/// sparse, a column has twice as much.
static constexpr uint32_t rowBytes = 32;

static uint32_t getColumnBytes(const EmulatedWgmma &form) {
  return form.sparse ? 2 * rowBytes : rowBytes;
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

WgmmaOperand::WgmmaOperand(uint64_t descriptor, const char *base,
                           bool isTransposed, uint32_t rowBytes)
    : isTransposed(isTransposed), rowBytes(rowBytes) {
  // Fields hold bits 4 to 17 of an address or a stride.
  auto getField = [&](unsigned first) {
    return uint32_t(descriptor >> first & 0x3fff) << 4;
  };
  start = reinterpret_cast<uintptr_t>(base) + getField(0);
  leading = getField(16);
  stride = getField(32);
  baseOffset = descriptor >> 49 & 7;
  // The modes are none, 128, 64 and 32 bytes.
  static constexpr uint32_t bits[] = {0, 3, 2, 1};
  swizzleBits = bits[descriptor >> 62];
}

void WgmmaOperand::forEachChunk(
    uint32_t firstRow, uint32_t count,
    function_ref<void(char *, uint32_t, uint32_t)> fn) const {
  uint32_t pitch = chunkBytes << swizzleBits;
  auto visit = [&](uint64_t offset, uint32_t row, uint32_t chunk) {
    uint64_t address = start + offset;
    uint64_t pattern = baseOffset * 128;
    fn(reinterpret_cast<char *>(swizzle(address - pattern, swizzleBits) +
                                pattern),
       row, chunk);
  };
  if (!isTransposed) {
    uint64_t next = swizzleBits ? chunkBytes : leading;
    for (uint32_t row = firstRow; row < firstRow + count; ++row)
      for (uint32_t chunk = 0; chunk < rowBytes / chunkBytes; ++chunk)
        visit(uint64_t(row % 8) * pitch + uint64_t(row / 8) * stride +
                  chunk * next,
              row, chunk);
    return;
  }
  // 8 rows are a chunk; as many chunks as the swizzle has are adjacent.
  uint32_t adjacent = 1u << swizzleBits;
  uint64_t perGroup = swizzleBits ? leading : stride;
  uint64_t perK = swizzleBits ? stride : leading;
  for (uint32_t row = firstRow; row < firstRow + count; row += 8)
    for (uint32_t k = 0; k < rowBytes / 2; ++k)
      visit(uint64_t(k % 8) * pitch + (k / 8) * perK +
                (row / 8 % adjacent) * chunkBytes +
                (row / 8 / adjacent) * perGroup,
            row, k);
}

void WgmmaOperand::gather(uint32_t firstRow, uint32_t count, char *rows) const {
  forEachChunk(firstRow, count, [&](char *from, uint32_t row, uint32_t chunk) {
    char *to = rows + (row - firstRow) * rowBytes;
    if (!isTransposed) {
      std::memcpy(to + chunk * chunkBytes, from, chunkBytes);
      return;
    }
    for (uint32_t i = 0; i < 8; ++i)
      std::memcpy(to + i * rowBytes + chunk * 2, from + i * 2, 2);
  });
}

//===----------------------------------------------------------------------===//
// Forms
//===----------------------------------------------------------------------===//

static bool isSupported(const EmulatedWgmma &form, bool hasRegisters) {
  auto isOneOf = [](auto value, auto... values) {
    return ((value == values) || ...);
  };
  if (form.n < 8 || form.n > 256 || form.n % 8)
    return false;
  bool isWide = isOneOf(form.a, Type::F16, Type::BF16);
  if (!isWide && (form.transposeA || form.transposeB))
    return false;
  if (hasRegisters && form.transposeA)
    return false;
  if (form.sparse && (form.transposeA || form.transposeB || form.selector < 0 ||
                      form.selector > getMostSelector(form.a)))
    return false;
  if (isOneOf(form.a, Type::S8, Type::U8))
    // Above 32 columns, multiples of 16.
    return isOneOf(form.b, Type::S8, Type::U8) && form.d == Type::S32 &&
           (form.n <= 32 || form.n % 16 == 0) && !form.negateA && !form.negateB;
  if (form.saturate)
    return false;
  switch (form.a) {
  case Type::F16:
    return form.b == Type::F16 && isOneOf(form.d, Type::F16, Type::F32);
  case Type::BF16:
  case Type::TF32:
    return form.b == form.a && form.d == Type::F32;
  case Type::E4M3:
  case Type::E5M2:
    return isOneOf(form.b, Type::E4M3, Type::E5M2) &&
           isOneOf(form.d, Type::F16, Type::F32);
  default:
    return false;
  }
}

/// How many registers a thread has of the accumulator.
static size_t getNumWords(const EmulatedWgmma &form) {
  return size_t(form.n) / (form.d == Type::F16 ? 4 : 2);
}

//===----------------------------------------------------------------------===//
// Accumulators
//===----------------------------------------------------------------------===//

int64_t Device::makeAccumulator(const void *values, int32_t count,
                                const char *site) {
  std::vector<Accumulator> &all = running->accumulators;
  if (count < 0) {
    fault(running, site, "wgmma", Twine(count) + " registers", "0 or more");
    return 0;
  }
  Accumulator made;
  made.words.resize(count);
  std::memcpy(made.words.data(), values, count * sizeof(uint32_t));
  all.push_back(std::move(made));
  return int64_t(all.size() - 1) << 32;
}

/// The accumulator of a handle, or null after a fault.
Accumulator *Device::findAccumulator(Thread &thread, int64_t handle,
                                     const char *site) {
  uint64_t index = uint64_t(handle) >> 32;
  if (index >= thread.accumulators.size()) {
    fault(&thread, site, "wgmma", "no accumulator " + Twine(index),
          "one that the thread has made");
    return nullptr;
  }
  Accumulator &found = thread.accumulators[index];
  if (found.version != uint32_t(handle)) {
    fault(&thread, site, "wgmma",
          "an accumulator that a later wgmma has overwritten",
          "the result of the last one");
    return nullptr;
  }
  return &found;
}

void Device::readAccumulator(int64_t handle, void *values, const char *site) {
  Accumulator *found = findAccumulator(*running, handle, site);
  if (!found)
    return;
  if (found->end > running->warp->wgmmas.waited && options.checks)
    return fault(running, site, "wgmma in flight", "a read of its accumulator",
                 "a commit and the wait before the access");
  std::memcpy(values, found->words.data(),
              found->words.size() * sizeof(uint32_t));
}

//===----------------------------------------------------------------------===//
// Issue
//===----------------------------------------------------------------------===//

int64_t Device::issueWgmma(int64_t handle, WgmmaLane lane, const char *site) {
  Thread &thread = *running;
  auto fail = [&](const Twine &found, const Twine &expected) {
    fault(&thread, site, "wgmma", found, expected);
    return 0;
  };
  if (!isSupported(*lane.form, lane.a))
    return fail("n" + Twine(lane.form->n) + " of these types",
                "a form of the PTX ISA that the emulator knows");
  Accumulator *accumulator = findAccumulator(thread, handle, site);
  if (!accumulator)
    return 0;
  size_t numWords = getNumWords(*lane.form);
  if (accumulator->words.size() != numWords)
    return fail("an accumulator of " + Twine(accumulator->words.size()) +
                    " registers",
                Twine(numWords));
  // The accumulator of a wgmma of the same shape needs no fence; registers do
  // that the thread has set.
  if (options.checks && thread.needsFence && (lane.a || !accumulator->version))
    return fail("registers that the thread may have changed since the last "
                "wait",
                "a wgmma.fence before");
  // No page says where the second half of a column would lie.
  if (lane.form->sparse && lane.descriptorB >> 62 == 3)
    return fail("columns of 64 bytes of B with a swizzle of 32 bytes",
                "no swizzle, or one of 64 or 128 bytes");
  lane.accumulator = uint64_t(handle) >> 32;
  ++accumulator->version;
  accumulator->end = thread.warp->wgmmas.issued + 1;
  Collective::Lane own;
  own.a = &lane;
  collect(Wait::Wgmma, 0, ~0u, site, own);
  return handle + 1;
}

/// Whether the lanes of the warp agree on a wgmma.
bool Device::checkWgmma(Warp &warp, Collective &collective) {
  auto fail = [&](const Thread &thread, const Twine &found,
                  const Twine &expected) {
    fault(&thread, collective.site, "wgmma", found, expected);
    return false;
  };
  if (collective.arrived != ~0u)
    return fail(warp.threads[0],
                "lanes 0x" + Twine::utohexstr(collective.arrived),
                "all lanes of the warp");
  if ((warp.index / warpgroupSize + 1) * warpgroupSize * warpSize >
      launched.block.count())
    return fail(warp.threads[0],
                "a warpgroup of less than 128 threads in a block of " +
                    Twine(launched.block.count()),
                "blocks of a multiple of 128 threads");
  const auto &first = *static_cast<const WgmmaLane *>(collective.lanes[0].a);
  for (unsigned lane = 1; lane < warpSize; ++lane) {
    const auto &own = *static_cast<const WgmmaLane *>(collective.lanes[lane].a);
    if (own.form != first.form || own.descriptorB != first.descriptorB ||
        own.accumulates != first.accumulates || !own.a != !first.a ||
        (!own.a && own.descriptorA != first.descriptorA))
      return fail(warp.threads[lane], "other operands than lane 0",
                  "the same in all lanes of the warp");
  }
  return true;
}

void Device::performWgmma(Warp &warp, Collective &collective) {
  ++counters.get().matrixInstructions;
  if (!checkWgmma(warp, collective))
    return;
  const auto &first = *static_cast<const WgmmaLane *>(collective.lanes[0].a);
  Warpgroup &group = *warp.wgmmas.group;
  uint64_t number = warp.wgmmas.issued++;
  bool isFirst = number == group.getEnd();
  if (isFirst) {
    const char *base = memory.arena.getSlot(warp.block->rank);
    group.inFlight.push_back(
        {*first.form, first.a != nullptr, first.accumulates,
         first.a ? 0 : first.descriptorA, first.descriptorB,
         WgmmaOperand(first.descriptorA, base, first.form->transposeA,
                      rowBytes),
         WgmmaOperand(first.descriptorB, base, first.form->transposeB,
                      getColumnBytes(*first.form)),
         collective.site});
  }
  Wgmma &wgmma = group.inFlight[number - group.landed];
  if (wgmma.site != collective.site || wgmma.hasRegisters != !!first.a ||
      wgmma.accumulates != first.accumulates ||
      wgmma.descriptorB != first.descriptorB ||
      (!first.a && wgmma.descriptorA != first.descriptorA))
    return fault(&warp.threads[0], collective.site, "wgmma",
                 "another one than warps of the warpgroup execute at " +
                     Twine(printSite(wgmma.site)),
                 "the same in all four warps");
  unsigned inGroup = warp.index % warpgroupSize;
  wgmma.arrived |= 1u << inGroup;
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    const auto &own = *static_cast<const WgmmaLane *>(collective.lanes[lane].a);
    wgmma.accumulators[inGroup * warpSize + lane] = own.accumulator;
    for (unsigned r = 0; r < 4 && own.a; ++r) {
      unsigned row = inGroup * warpRows + lane / 4 + 8 * (r % 2);
      wgmma.aWords[row * 8 + lane % 4 + 4 * (r / 2)] =
          readElement<uint32_t>(own.a, r);
    }
  }
  if (wgmma.form.sparse) {
    uint32_t kept = rowBytes * 8 / getBits(wgmma.form.a);
    auto getMetadata = [&](unsigned lane) {
      return static_cast<const WgmmaLane *>(collective.lanes[lane].a)->metadata;
    };
    int lane = readSparseMetadata(
        wgmma.form.a, kept, wgmma.form.selector, getMetadata,
        MutableArrayRef(wgmma.places)
            .slice(inGroup * warpRows * kept, warpRows * kept));
    if (lane >= 0)
      return fault(&warp.threads[lane], collective.site, "wgmma.sp",
                   "metadata 0x" + Twine::utohexstr(getMetadata(lane)),
                   "places of different elements, in order, in each nibble");
  }
  if (options.checks) {
    // Each warp must know of what is read for it.
    bool holds = true;
    auto check = [&](char *address, uint32_t, uint32_t) {
      checkOperand(warp.threads[0], getAgent(group), number + 1, address,
                   chunkBytes, collective.site);
      if (holds)
        holdSource(warp.threads[0], address, chunkBytes, /*isOperand=*/true,
                   collective.site);
    };
    if (!wgmma.hasRegisters)
      wgmma.a.forEachChunk(inGroup * warpRows, warpRows, check);
    holds = isFirst;
    wgmma.b.forEachChunk(0, wgmma.form.n, check);
  }
  landWgmmas(group);
}

void Device::commitWgmma(const char *site) {
  collect(Wait::WgmmaCommit, 0, ~0u, site, {});
}

//===----------------------------------------------------------------------===//
// Wait
//===----------------------------------------------------------------------===//

void Device::waitForWgmma(int32_t pending, const char *site) {
  if (pending < 0)
    return fault(running, site, "wgmma.wait_group", Twine(pending) + " groups",
                 "0 or more");
  Warp &warp = *running->warp;
  Warpgroup &group = *warp.wgmmas.group;
  collect(Wait::WgmmaWait, pending, ~0u, site, {});
  while (group.landed < warp.wgmmas.waited) {
    group.waiting.push_back(running);
    wait(Wait::WgmmaWait, 0, site);
  }
  if (options.checks)
    group.released.acquire(running->clock);
  running->needsFence = true;
}

void Device::performWgmmaWait(Warp &warp, Collective &collective) {
  WgmmaQueue &queue = warp.wgmmas;
  size_t pending = collective.mode;
  if (queue.groups.size() <= pending)
    return;
  size_t count = queue.groups.size() - pending;
  queue.waited = queue.groups[count - 1];
  queue.groups.erase(queue.groups.begin(), queue.groups.begin() + count);
  Warpgroup &group = *queue.group;
  group.wanted = std::max(group.wanted, queue.waited);
  landWgmmas(group);
}

/// Lands what is waited for, as far as all warps have arrived.
void Device::landWgmmas(Warpgroup &group) {
  constexpr unsigned all = (1u << warpgroupSize) - 1;
  uint64_t before = group.landed;
  while (group.landed < group.wanted && group.inFlight.front().arrived == all) {
    landWgmma(group, group.inFlight.front());
    group.inFlight.pop_front();
    ++group.landed;
  }
  if (group.landed == before)
    return;
  ++progress;
  if (options.checks) {
    ClockJoin reads;
    reads.raise(getAgent(group), group.landed, getNumActors());
    group.released = ClockAcquire(reads.get());
  }
  for (Thread *thread : group.waiting)
    wake(*thread);
  group.waiting.clear();
}

/// Adds the products of the rows of A and columns `b` to sums of 64 rows.
template <typename Element, typename Sum>
static void multiply(const Wgmma &wgmma, const uint32_t *b, Sum *sums) {
  const EmulatedWgmma &form = wgmma.form;
  unsigned kept = rowBytes * 8 / getBits(form.a), n = form.n;
  unsigned depth = getColumnBytes(form) * 8 / getBits(form.b);
  constexpr unsigned numRows = warpgroupSize * warpRows;
  std::vector<Element> rows(numRows * kept), columns(n * depth);
  widen(form.a, wgmma.aWords.data(), rows.size(),
        MutableArrayRef<Element>(rows));
  widen(form.b, b, columns.size(), MutableArrayRef<Element>(columns));
  std::vector<Sum> byDepth(depth * n);
  for (unsigned j = 0; j < n; ++j)
    for (unsigned k = 0; k < depth; ++k)
      byDepth[k * n + j] = columns[j * depth + k];
  for (unsigned i = 0; i < numRows; ++i)
    for (unsigned k = 0; k < kept; ++k) {
      Sum left = rows[i * kept + k];
      const Sum *right =
          &byDepth[(form.sparse ? wgmma.places[i * kept + k] : k) * n];
      Sum *sum = &sums[i * n];
      for (unsigned j = 0; j < n; ++j)
        sum[j] += left * right[j];
    }
}

void Device::landWgmma(Warpgroup &group, Wgmma &wgmma) {
  constexpr uint32_t numRows = warpgroupSize * warpRows;
  const EmulatedWgmma &form = wgmma.form;
  std::vector<uint32_t> b(form.n * getColumnBytes(form) / 4);
  wgmma.b.gather(0, form.n, reinterpret_cast<char *>(b.data()));
  if (!wgmma.hasRegisters)
    wgmma.a.gather(0, numRows, reinterpret_cast<char *>(wgmma.aWords.data()));
  if (options.checks) {
    auto release = [&](char *address, uint32_t, uint32_t) {
      releaseSource(address, chunkBytes);
    };
    if (!wgmma.hasRegisters)
      wgmma.a.forEachChunk(0, numRows, release);
    wgmma.b.forEachChunk(0, form.n, release);
  }

  bool areIntegers = isInteger(form.a);
  std::vector<int32_t> integers;
  std::vector<double> floats;
  if (areIntegers) {
    integers.resize(numRows * form.n);
    // At most 32 products of 16 bits: no overflow.
    multiply<int32_t, int32_t>(wgmma, b.data(), integers.data());
  } else {
    floats.resize(numRows * form.n);
    multiply<float, double>(wgmma, b.data(), floats.data());
  }
  double sign = !form.negateA == !form.negateB ? 1 : -1;
  for (unsigned index = 0; index < warpgroupSize * warpSize; ++index) {
    unsigned lane = index % warpSize;
    Thread &thread = group.warps[index / warpSize].threads[lane];
    Accumulator &accumulator = thread.accumulators[wgmma.accumulators[index]];
    void *words = accumulator.words.data();
    for (unsigned i = 0, e = form.n / 2; i < e; ++i) {
      unsigned row = index / warpSize * warpRows + lane / 4 + 8 * (i / 2 % 2);
      unsigned column = i / 4 * 8 + lane % 4 * 2 + i % 2;
      unsigned at = row * form.n + column;
      if (areIntegers) {
        int64_t sum = integers[at];
        if (wgmma.accumulates)
          sum += readElement<int32_t>(words, i);
        if (form.saturate)
          sum = std::clamp<int64_t>(sum, INT32_MIN, INT32_MAX);
        writeElement(words, i, uint32_t(sum));
        continue;
      }
      double sum = sign * floats[at];
      if (form.d == Type::F32) {
        if (wgmma.accumulates)
          sum += readElement<float>(words, i);
        writeElement(words, i, float(sum));
        continue;
      }
      if (wgmma.accumulates)
        sum += widenHalf(readElement<uint16_t>(words, i));
      writeElement(words, i, narrowToHalf(sum));
    }
  }
}

void Device::checkWarpgroupsAtExit() {
  if (!options.checks)
    return;
  for (Warpgroup &group : warpgroups)
    if (!group.inFlight.empty())
      return fault(&group.warps[0].threads[0], group.inFlight.back().site,
                   "lost wgmma", "a warpgroup that exits with it in flight",
                   "a commit and a wait by all four warps");
}

} // namespace mlir::compress::runtime::emulated
