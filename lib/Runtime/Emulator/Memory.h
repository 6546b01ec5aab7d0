//===- Memory.h - Where emulated kernels may go -----------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_RUNTIME_EMULATOR_MEMORY_H
#define COMPRESS_LIB_RUNTIME_EMULATOR_MEMORY_H

#include "Shadow.h"
#include "llvm/ADT/StringRef.h"
#include <map>
#include <string>

namespace mlir::compress::runtime::emulated {

/// Shared memory: a slot a block of the cluster, below 4 GiB so that the low
/// words of its addresses are what 32-bit instructions and descriptors take.
class Arena {
public:
  static constexpr uint64_t slotBytes = 256 << 10;
  /// The most that a block can have (compute capability 9.0).
  static constexpr uint64_t usableBytes = 227 << 10;
  static constexpr uint64_t numSlots = 16;

  Arena();
  ~Arena();
  Arena(const Arena &) = delete;
  Arena &operator=(const Arena &) = delete;

  bool exists() const { return base; }
  char *getSlot(uint64_t index) const { return base + index * slotBytes; }
  /// The slot of an address, or -1.
  int findSlot(const void *address) const {
    uint64_t offset = reinterpret_cast<uintptr_t>(address) -
                      reinterpret_cast<uintptr_t>(base);
    return offset < numSlots * slotBytes ? int(offset / slotBytes) : -1;
  }

private:
  char *base = nullptr;
};

/// Global memory that kernels may use.
struct Buffer {
  uintptr_t begin, end;
  std::string name;
  bool isReadOnly;
  /// What `operator new` gave, for a buffer that the device owns.
  void *owned = nullptr;
  std::vector<std::unique_ptr<ShadowPage>> pages;
};

class Memory {
public:
  ~Memory();

  Arena arena;
  std::vector<std::unique_ptr<ShadowPage>> sharedPages;

  void addBuffer(const void *data, size_t bytes, llvm::StringRef name,
                 bool isReadOnly);
  /// False when there is no such buffer.
  bool removeBuffer(const void *data);
  void *allocate(size_t bytes);
  bool free(void *data);
  void freeAllocations();
  /// Starts the record of accesses anew.
  void forgetAccesses();

  /// The buffer that holds the address, or null.
  Buffer *find(uintptr_t address) {
    if (last && address >= last->begin && address < last->end)
      return last;
    return findSlowly(address);
  }
  /// How the address lies to the nearest buffer, for a message.
  std::string describeNearest(uintptr_t address) const;

private:
  Buffer *findSlowly(uintptr_t address);

  /// By their ends, so that the upper bound of an address is its buffer.
  std::map<uintptr_t, Buffer> buffers;
  Buffer *last = nullptr;
  unsigned numAllocated = 0;
};

} // namespace mlir::compress::runtime::emulated

#endif // COMPRESS_LIB_RUNTIME_EMULATOR_MEMORY_H
