//===- StreamInstructions.h - Instructions of streamed products -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_STREAMINSTRUCTIONS_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_STREAMINSTRUCTIONS_H

namespace mlir {
class Operation;
namespace compress {

/// Turns an instruction of WeightOps.td into inline assembly; any other op
/// stays.
void convertStreamInstruction(Operation *op);

} // namespace compress
} // namespace mlir

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_STREAMINSTRUCTIONS_H
