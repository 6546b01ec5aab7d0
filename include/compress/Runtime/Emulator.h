//===- Emulator.h - CUDA kernels on the host --------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs the threads of a kernel on the host, each as a fiber, one block (or
// cluster) after another, with the meaning that the PTX ISA gives to its
// instructions. It reports what a GPU would let pass in silence, and counts
// what a GPU's counters would.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_RUNTIME_EMULATOR_H
#define COMPRESS_RUNTIME_EMULATOR_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mlir::compress::runtime {

struct EmulatorOptions {
  /// Find accesses out of bounds or misaligned, reads of uninitialised shared
  /// memory, races, and misuse of barriers and asynchronous copies.
  bool checks = true;
  /// Count bytes, bank conflicts and instructions.
  bool counters = false;
  /// With a value, asynchronous copies land in an order that it seeds, between
  /// their issue and their wait; otherwise as late as is legal.
  std::optional<uint64_t> seed;
};

/// What all launches of one kernel did.
struct KernelCounters {
  std::string name;
  int64_t launches = 0;
  int64_t blocks = 0;
  int64_t threads = 0;
  /// Global memory: bytes in sectors of 32 that warps' accesses touched, and
  /// bytes of distinct sectors per block, which no schedule of it can avoid.
  /// Lanes access together when they are at one site for the same time since
  /// they last met at a barrier or collective. Atomics are stores.
  int64_t globalLoadBytes = 0;
  int64_t globalStoreBytes = 0;
  int64_t compulsoryLoadBytes = 0;
  int64_t compulsoryStoreBytes = 0;
  /// Accesses of shared memory by warps, and the extra cycles in which 32 banks
  /// of 4 bytes serve what they cannot serve in as many as the width needs.
  int64_t sharedAccesses = 0;
  int64_t bankConflicts = 0;
  /// How often barriers of blocks and clusters ended, and how often warps
  /// shuffled and executed an mma or its part of a wgmma.
  int64_t barriers = 0;
  int64_t shuffles = 0;
  int64_t matrixInstructions = 0;
  /// What threads executed of each EmulatedClass.
  std::array<int64_t, 5> instructions = {};
};

/// One emulated device. Calls of the functions of EmulatedABI.h refer to the
/// device that is current on the calling thread.
class Emulator {
public:
  explicit Emulator(const EmulatorOptions &options);
  ~Emulator();

  /// Lets kernels access `bytes` at `data`, known as `name` in messages.
  /// Buffers do not overlap. Only those that are not read-only have a record of
  /// accesses, of two to twenty-eight times what kernels touch of them.
  void addBuffer(const void *data, size_t bytes, llvm::StringRef name,
                 bool isReadOnly);
  void removeBuffer(const void *data);

  /// Frees what kernels' host code has allocated and not freed.
  void freeAllocations();

  /// Makes this the device of the calling thread while it lives.
  class Current {
  public:
    explicit Current(Emulator &emulator);
    ~Current();

  private:
    Emulator *previous;
  };

  /// The first fault since the last call, with the op's location, the kernel,
  /// block and thread, what was expected and what was found.
  llvm::Error takeError();

  std::vector<KernelCounters> getCounters() const;
  llvm::json::Value getCountersJSON() const;

  struct Impl;
  Impl &getImpl() { return *impl; }

private:
  std::unique_ptr<Impl> impl;
};

/// The names and addresses of the functions of EmulatedABI.h, for a linker.
llvm::ArrayRef<std::pair<llvm::StringRef, void *>> getEmulatedSymbols();

} // namespace mlir::compress::runtime

#endif // COMPRESS_RUNTIME_EMULATOR_H
