//===- Memory.cpp - Where emulated kernels may go -------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Memory.h"
#include "llvm/ADT/Twine.h"
#include <new>
#include <sys/mman.h>

using namespace llvm;

namespace mlir::compress::runtime::emulated {

//===----------------------------------------------------------------------===//
// Arena
//===----------------------------------------------------------------------===//

Arena::Arena() {
  // No flag asks for low addresses on every architecture, but hints do where
  // nothing is mapped yet.
  constexpr uint64_t size = numSlots * slotBytes;
  for (uint64_t hint = 1 << 28; hint + size <= uint64_t(1) << 32;
       hint += uint64_t(1) << 26) {
    void *map =
        mmap(reinterpret_cast<void *>(hint), size, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (map == MAP_FAILED)
      continue;
    uint64_t address = reinterpret_cast<uintptr_t>(map);
    if (address % slotBytes == 0 && address + size <= uint64_t(1) << 32) {
      base = static_cast<char *>(map);
      return;
    }
    munmap(map, size);
  }
}

Arena::~Arena() {
  if (base)
    munmap(base, numSlots * slotBytes);
}

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

static constexpr std::align_val_t bufferAlignment{256};

Memory::~Memory() {
  for (auto &[end, buffer] : buffers)
    ::operator delete(buffer.owned, bufferAlignment);
}

void Memory::addBuffer(const void *data, size_t bytes, StringRef name,
                       bool isReadOnly) {
  auto begin = reinterpret_cast<uintptr_t>(data);
  Buffer buffer;
  buffer.begin = begin;
  buffer.end = begin + bytes;
  buffer.name = name.str();
  buffer.isReadOnly = isReadOnly;
  last = nullptr;
  // An empty buffer has no byte to access.
  if (bytes)
    buffers.insert_or_assign(begin + bytes, std::move(buffer));
}

bool Memory::removeBuffer(const void *data) {
  Buffer *buffer = find(reinterpret_cast<uintptr_t>(data));
  if (!buffer || buffer->begin != reinterpret_cast<uintptr_t>(data))
    return false;
  last = nullptr;
  buffers.erase(buffer->end);
  return true;
}

void *Memory::allocate(size_t bytes) {
  constexpr size_t guard = 256;
  if (bytes > SIZE_MAX - 2 * guard)
    return nullptr;
  void *owned =
      ::operator new(bytes + 2 * guard, bufferAlignment, std::nothrow);
  if (!owned)
    return nullptr;
  char *data = static_cast<char *>(owned) + guard;
  // Each has an address of its own, even an empty one.
  addBuffer(data, std::max<size_t>(bytes, 1),
            ("allocation " + Twine(numAllocated++)).str(),
            /*isReadOnly=*/false);
  find(reinterpret_cast<uintptr_t>(data))->owned = owned;
  return data;
}

bool Memory::free(void *data) {
  Buffer *buffer = find(reinterpret_cast<uintptr_t>(data));
  if (!buffer || buffer->begin != reinterpret_cast<uintptr_t>(data) ||
      !buffer->owned)
    return false;
  ::operator delete(buffer->owned, bufferAlignment);
  return removeBuffer(data);
}

void Memory::freeAllocations() {
  last = nullptr;
  numAllocated = 0;
  for (auto it = buffers.begin(); it != buffers.end();) {
    if (!it->second.owned) {
      ++it;
      continue;
    }
    ::operator delete(it->second.owned, bufferAlignment);
    it = buffers.erase(it);
  }
}

void Memory::forgetAccesses() {
  sharedPages.clear();
  for (auto &[end, buffer] : buffers)
    buffer.pages.clear();
}

Buffer *Memory::findSlowly(uintptr_t address) {
  auto found = buffers.upper_bound(address);
  if (found == buffers.end() || address < found->second.begin)
    return nullptr;
  return last = &found->second;
}

std::string Memory::describeNearest(uintptr_t address) const {
  auto above = buffers.upper_bound(address);
  uint64_t distance = ~uint64_t(0);
  std::string text = "no buffer is known";
  auto describe = [&](const Buffer &buffer, uint64_t bytes, StringRef where) {
    if (bytes >= distance)
      return;
    distance = bytes;
    text = (Twine(bytes) + " bytes " + where + " '" + buffer.name + "' of " +
            Twine(uint64_t(buffer.end - buffer.begin)) + " bytes")
               .str();
  };
  if (above != buffers.end()) {
    const Buffer &buffer = above->second;
    if (address >= buffer.begin)
      describe(buffer, address - buffer.begin, "into");
    else
      describe(buffer, buffer.begin - address, "before");
  }
  if (above != buffers.begin()) {
    const Buffer &buffer = std::prev(above)->second;
    describe(buffer, address - buffer.end, "past the end of");
  }
  return text;
}

} // namespace mlir::compress::runtime::emulated
