//===- MBarriers.h - mbarrier objects ---------------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_RUNTIME_EMULATOR_MBARRIERS_H
#define COMPRESS_LIB_RUNTIME_EMULATOR_MBARRIERS_H

#include "Clocks.h"
#include "llvm/ADT/SmallVector.h"

namespace mlir::compress::runtime::emulated {

struct Thread;

/// The state that the PTX ISA gives an mbarrier; its 8 bytes hold none of it.
struct MBarrier {
  int64_t count, pending;
  int64_t transactionBytes = 0;
  int64_t phase = 0;
  const char *site;
  /// The agent of the copies that tell it.
  uint32_t agent;
  /// The clocks of those who arrived, and what a finished phase hands on.
  ClockJoin arrived;
  ClockAcquire released;
  llvm::SmallVector<Thread *> waiting;
};

} // namespace mlir::compress::runtime::emulated

#endif // COMPRESS_LIB_RUNTIME_EMULATOR_MBARRIERS_H
