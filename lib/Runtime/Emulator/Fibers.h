//===- Fibers.h - Stacks and switches ---------------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_RUNTIME_EMULATOR_FIBERS_H
#define COMPRESS_LIB_RUNTIME_EMULATOR_FIBERS_H

#include "llvm/Support/Compiler.h"
#include <boost/context/detail/fcontext.hpp>
#include <cstddef>
#include <vector>

namespace mlir::compress::runtime::emulated {

/// A flow of control that can be left and resumed.
struct Fiber {
  boost::context::detail::fcontext_t context = nullptr;

  /// Leaves this fiber, which runs, for `next`.
  LLVM_ATTRIBUTE_ALWAYS_INLINE void switchTo(Fiber &next) {
    enter(boost::context::detail::jump_fcontext(next.context, this));
  }

  /// What a fiber does first whenever it is entered: notes where the one that
  /// was left goes on.
  static void enter(boost::context::detail::transfer_t transfer) {
    static_cast<Fiber *>(transfer.data)->context = transfer.fctx;
  }
};

/// Stacks with a guard page below each, mapped once and used again.
class Stacks {
public:
  /// Address space only; memory comes with use.
  static constexpr size_t stackBytes = 256 << 10;

  ~Stacks();

  /// Makes stacks [0, count) exist; false when the system has no room.
  bool reserve(size_t count);
  char *getBottom(size_t index) const { return bottoms[index]; }
  /// Makes `fiber` start on stack `index` with `entry`.
  void prepare(Fiber &fiber, size_t index,
               void (*entry)(boost::context::detail::transfer_t)) const;

private:
  std::vector<char *> bottoms;
};

} // namespace mlir::compress::runtime::emulated

#endif // COMPRESS_LIB_RUNTIME_EMULATOR_FIBERS_H
