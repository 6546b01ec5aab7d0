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

/// Registers the dialects `compress` and `compress_kernel`, and the external
/// models that make ops of linalg, tensor and TOSA compressible where these are
/// loaded.
void registerCompressDialect(DialectRegistry &registry);

/// Registers every pass and pipeline with the global pass registry, for tools
/// that parse pipelines. Further calls do nothing.
void registerCompressPasses();

} // namespace compress
} // namespace mlir

#endif // COMPRESS_INITALL_H
