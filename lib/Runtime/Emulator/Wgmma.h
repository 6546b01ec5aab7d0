//===- Wgmma.h - Products of warpgroups in flight ---------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_RUNTIME_EMULATOR_WGMMA_H
#define COMPRESS_LIB_RUNTIME_EMULATOR_WGMMA_H

#include "Clocks.h"
#include "compress/Runtime/EmulatedABI.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <array>
#include <cstdint>
#include <deque>
#include <vector>

namespace mlir::compress::runtime::emulated {

struct Thread;
struct Warp;

constexpr unsigned warpgroupSize = 4;

/// A thread's registers of an accumulator.
struct Accumulator {
  std::vector<uint32_t> words;
  /// Grows with each wgmma that takes it; a handle is of one version.
  uint32_t version = 0;
  /// The number after that of the last of them.
  uint64_t end = 0;
};

/// An operand in shared memory, as the PTX ISA's "Matrix descriptor" and
/// "Strides" describe it. Rows are those of A or the columns of B.
struct WgmmaOperand {
  uint64_t start;
  uint32_t leading, stride;
  /// Where the pattern of the swizzle begins, in units of 128 bytes.
  uint32_t baseOffset;
  /// How many address bits are permuted; 0 for core matrices of 8 rows of 16
  /// bytes.
  uint32_t swizzleBits;
  bool isTransposed;
  /// What k has of a row.
  uint32_t rowBytes;

  /// Of the block whose shared memory begins at `base`.
  WgmmaOperand(uint64_t descriptor, const char *base, bool isTransposed,
               uint32_t rowBytes);

  /// Calls `fn(address, row, chunk)` for each 16 bytes of each row, or with a
  /// transposition for the 8 rows from `row` on at each k.
  void
  forEachChunk(uint32_t firstRow, uint32_t numRows,
               llvm::function_ref<void(char *, uint32_t, uint32_t)> fn) const;
  /// Copies rows.
  void gather(uint32_t firstRow, uint32_t numRows, char *rows) const;
};

/// What one lane brings.
struct WgmmaLane {
  const EmulatedWgmma *form;
  /// Its registers of A, or null.
  const void *a;
  uint64_t descriptorA, descriptorB;
  uint32_t metadata;
  bool accumulates;
  uint32_t accumulator;
};

/// One wgmma of a warpgroup.
struct Wgmma {
  EmulatedWgmma form;
  bool hasRegisters, accumulates;
  uint64_t descriptorA, descriptorB;
  WgmmaOperand a, b;
  const char *site;
  /// The warps that have arrived at it, as a mask.
  unsigned arrived = 0;
  /// The 64 rows of A, of 32 bytes, when they come from registers.
  std::array<uint32_t, 64 * 8> aWords = {};
  /// Where the elements of sparse rows stand.
  std::array<uint8_t, 64 * 32> places = {};
  std::array<uint32_t, 128> accumulators = {};
};

/// Those of a warpgroup, numbered from 0.
struct Warpgroup {
  Warp *warps = nullptr;
  std::deque<Wgmma> inFlight;
  uint64_t landed = 0;
  /// Up to where a warp waits, and its lanes.
  uint64_t wanted = 0;
  std::vector<Thread *> waiting;
  /// That those which have landed do not read any more.
  ClockAcquire released;

  uint64_t getEnd() const { return landed + inFlight.size(); }
};

/// A warp's part.
struct WgmmaQueue {
  Warpgroup *group = nullptr;
  /// How many it has issued, and how many it has waited for.
  uint64_t issued = 0, waited = 0;
  /// For each group that is not known to be over, the number after its last.
  std::vector<uint64_t> groups;
};

} // namespace mlir::compress::runtime::emulated

#endif // COMPRESS_LIB_RUNTIME_EMULATOR_WGMMA_H
