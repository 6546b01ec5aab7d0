//===- Pipelines.h - Registration, and running pipelines ----------*- C -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_C_PIPELINES_H
#define COMPRESS_C_PIPELINES_H

#include "compress-c/Support.h"
#include "mlir-c/Diagnostics.h"
#include "mlir-c/IR.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Registers the dialects of Compress, and what makes ops of linalg, tensor and
/// TOSA compressible. Modules are parsed by mlir-c.
MLIR_CAPI_EXPORTED void compressRegisterDialects(MlirDialectRegistry registry);

/// Likewise, and every upstream dialect, interface and translation that running
/// a module needs.
MLIR_CAPI_EXPORTED void
compressRegisterAllDialects(MlirDialectRegistry registry);

/// Registers the passes and pipelines with the global registry. Further calls
/// do nothing.
MLIR_CAPI_EXPORTED void compressRegisterPasses(void);

/// Looks up weights files that a module names relatively in this directory too,
/// and in the order of the calls. Loads the dialect, which the context must
/// have registered.
MLIR_CAPI_EXPORTED void
compressContextAddWeightsDirectory(MlirContext context,
                                   MlirStringRef directory);

/// Runs a pipeline, such as
/// `builtin.module(compress-pipeline{quantize=w8a16 prune=2:4})`, on a module.
///
/// The status holds the errors of the pipeline's text, or of the run with their
/// locations and notes; a module whose run has failed is to be destroyed. Every
/// diagnostic of the run goes to `handler` as well, with `userData`, if it is
/// not null. Without one, errors are in the status only, and warnings and
/// remarks go to the handlers of the context.
MLIR_CAPI_EXPORTED CompressStatus
compressRunPipeline(MlirModule module, MlirStringRef pipeline,
                    MlirDiagnosticHandler handler, void *userData);

#ifdef __cplusplus
}
#endif

#endif // COMPRESS_C_PIPELINES_H
