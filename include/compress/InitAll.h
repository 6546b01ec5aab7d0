//===- InitAll.h - Registration of everything -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_INITALL_H
#define COMPRESS_INITALL_H

namespace mlir {
class DialectRegistry;

namespace compress {

/// Registers the dialect and the external models that make ops of other
/// dialects compressible.
void registerAllDialects(DialectRegistry &registry);

/// Registers every pass and pipeline with the global pass registry.
void registerAllPasses();

} // namespace compress
} // namespace mlir

#endif // COMPRESS_INITALL_H
