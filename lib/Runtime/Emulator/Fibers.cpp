//===- Fibers.cpp - Stacks and switches -----------------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fibers.h"
#include "llvm/Support/Process.h"
#include <sys/mman.h>

namespace mlir::compress::runtime::emulated {

Stacks::~Stacks() {
  size_t guard = llvm::sys::Process::getPageSizeEstimate();
  for (char *bottom : bottoms)
    munmap(bottom - guard, stackBytes + guard);
}

bool Stacks::reserve(size_t count) {
  size_t guard = llvm::sys::Process::getPageSizeEstimate();
  while (bottoms.size() < count) {
    void *map = mmap(nullptr, stackBytes + guard, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (map == MAP_FAILED)
      return false;
    if (mprotect(map, guard, PROT_NONE)) {
      munmap(map, stackBytes + guard);
      return false;
    }
    bottoms.push_back(static_cast<char *>(map) + guard);
  }
  return true;
}

void Stacks::prepare(Fiber &fiber, size_t index,
                     void (*entry)(boost::context::detail::transfer_t)) const {
  // Stacks that all began at one offset of a page would share few cache sets.
  size_t size = stackBytes - index % 16 * 256;
  fiber.context =
      boost::context::detail::make_fcontext(bottoms[index] + size, size, entry);
}

} // namespace mlir::compress::runtime::emulated
