//===- Shadow.h - Who touched which byte last -------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The last write of each byte and the reads since, as FastTrack keeps them. A
// page of memory has one cell per access width while all accesses to it are as
// wide, and is refined when a narrower one comes.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_RUNTIME_EMULATOR_SHADOW_H
#define COMPRESS_LIB_RUNTIME_EMULATOR_SHADOW_H

#include "Clocks.h"
#include "llvm/ADT/DenseMap.h"
#include <optional>

namespace mlir::compress::runtime::emulated {

/// An access: a thread of the cluster, its epoch, and the number of the site.
struct Stamp {
  enum Kind : uint32_t {
    Plain,
    Atomic,
    /// A write of an asynchronous copy that nobody has waited for.
    InFlight,
    /// Several reads, of which this is the last: `epoch` is their list.
    List
  };
  static constexpr unsigned siteBits = 15, threadBits = 15;
  uint32_t epoch = 0;
  uint32_t site : siteBits;
  /// A thread of the cluster, or after these an agent.
  uint32_t thread : threadBits;
  uint32_t kind : 2;

  Stamp() : site(0), thread(0), kind(Plain) {}
  Stamp(uint32_t epoch, uint32_t site, uint32_t thread, Kind kind)
      : epoch(epoch), site(site), thread(thread), kind(kind) {}
  uint64_t getKey() const {
    return uint64_t(epoch) << 32 | site << (threadBits + 2) | thread << 2 |
           kind;
  }
};

/// What is known of some bytes. A run is one cluster's execution; 0 is none.
struct Cell {
  Stamp write, read;
  uint32_t writeRun = 0, readRun = 0;
  /// That of the list of reads.
  uint32_t generation = 0;
};

struct ShadowPage {
  static constexpr uint64_t bytes = 4096;

  unsigned shift = 0;
  /// The run whose marks `initialized` holds, for memory of a block.
  uint32_t run = 0;
  std::vector<Cell> cells;
  uint64_t initialized[bytes / 64] = {};

  /// Makes cells of at most 2^newShift bytes.
  void refine(unsigned newShift);
};

/// Two accesses that conflict.
struct Conflict {
  enum Kind { Race, InFlight, Operand, Proxy, Blocks } kind;
  Stamp other;
  /// The run of the other access.
  uint32_t run;
  bool otherWrites;
};

/// The thread that runs, as the detector sees it.
struct Accessor {
  const ThreadClock *clock;
  uint32_t thread;
  uint32_t run;
  /// The first run of the launch: accesses before it are over.
  uint32_t firstRun;

  bool isAfter(const Stamp &stamp) const {
    return stamp.thread == thread ||
           stamp.epoch <= (*clock->known)[stamp.thread];
  }
};

/// Finds conflicting accesses of threads of a cluster, and of clusters.
class RaceDetector {
public:
  /// Notes an access of a cell, or returns what it conflicts with.
  std::optional<Conflict> read(Cell &cell, const Accessor &by, Stamp stamp);
  std::optional<Conflict> write(Cell &cell, const Accessor &by, Stamp stamp);

  /// Every access so far comes before every later one.
  void forgetReads() {
    if (nodes.size() > keptNodes)
      startOver();
  }
  /// A new run begins.
  void startOver();
  /// Notes that a run uses global atomics, with which blocks may order what
  /// they do; conflicts of two such blocks are not reported.
  void noteAtomic(uint32_t run);
  void startLaunch(uint32_t run);

private:
  struct Node {
    Stamp stamp;
    uint32_t next, length;
  };
  /// Below this many, lists are not worth a new start; above the other, the
  /// oldest reads are forgotten rather than memory exhausted.
  static constexpr size_t keptNodes = 1 << 16, mostNodes = 1 << 23;
  static constexpr uint32_t end = ~0u;

  uint32_t addNode(Stamp stamp, uint32_t next);
  uint32_t dropOrdered(uint32_t head, const Accessor &by);
  bool mayBeOrdered(const Accessor &by, uint32_t run) const;
  std::optional<Conflict> checkWrite(const Cell &cell, const Accessor &by,
                                     Stamp stamp) const;

  std::vector<Node> nodes;
  llvm::DenseMap<std::pair<uint32_t, uint64_t>, uint32_t> known;
  /// Lists of an older generation are empty.
  uint32_t generation = 0;
  std::vector<bool> atomicRuns;
  uint32_t firstRun = 0;
};

} // namespace mlir::compress::runtime::emulated

#endif // COMPRESS_LIB_RUNTIME_EMULATOR_SHADOW_H
