//===- RequiredPTX.h - What our instructions need of a GPU ------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_TARGET_REQUIREDPTX_H
#define COMPRESS_LIB_TARGET_REQUIREDPTX_H

#include "compress/Target/Chip.h"
#include "mlir/IR/Operation.h"
#include <string>

namespace mlir::compress {

/// The oldest version of PTX, as a feature of LLVM's target, that has what the
/// chip's kernels may use and the instructions of compress_kernel in these.
/// Fails, with a diagnostic, at an instruction that the chip does not have.
FailureOr<std::string> getRequiredPTX(Operation *kernels, const Chip &chip);

} // namespace mlir::compress

#endif // COMPRESS_LIB_TARGET_REQUIREDPTX_H
