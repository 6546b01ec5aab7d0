//===- Executable.h - Compile a function and call it --------------*- C -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_C_EXECUTABLE_H
#define COMPRESS_C_EXECUTABLE_H

#include "compress-c/Support.h"
#include "mlir-c/IR.h"

#ifdef __cplusplus
extern "C" {
#endif

/// A function that is compiled for this processor.
struct CompressExecutable {
  void *ptr;
};
typedef struct CompressExecutable CompressExecutable;

/// The results of a call.
struct CompressResults {
  void *ptr;
};
typedef struct CompressResults CompressResults;

/// A row-major array with a name, or, with no data, what a function takes or
/// returns.
struct CompressArray {
  /// The attribute `compress.name` of the argument or result.
  MlirStringRef name;
  /// As safetensors spells it: F32, F16, BF16, I8, BOOL, ...
  MlirStringRef dtype;
  intptr_t rank;
  /// Of a signature, mlirShapedTypeGetDynamicSize() where any extent will do.
  const int64_t *shape;
  const void *data;
};
typedef struct CompressArray CompressArray;

/// Compiles the public function named `entry`, or the only one for an empty
/// name. The module stays as it is. Its context, which gets what compiling
/// needs, must outlive the executable, which reads weights in place.
MLIR_CAPI_EXPORTED CompressStatus compressExecutableCreate(
    MlirModule module, MlirStringRef entry, CompressExecutable *result);

MLIR_CAPI_EXPORTED void
compressExecutableDestroy(CompressExecutable executable);

/// The signature. What it points to lives as long as the executable. Null data
/// and an empty name for a position that there is not.
MLIR_CAPI_EXPORTED intptr_t
compressExecutableGetNumInputs(CompressExecutable executable);
MLIR_CAPI_EXPORTED CompressArray
compressExecutableGetInput(CompressExecutable executable, intptr_t pos);
MLIR_CAPI_EXPORTED intptr_t
compressExecutableGetNumOutputs(CompressExecutable executable);
MLIR_CAPI_EXPORTED CompressArray
compressExecutableGetOutput(CompressExecutable executable, intptr_t pos);

/// Runs the function. Inputs are read where they are, in any order, and matched
/// by name. Fails, with the signature, when one is missing, unknown or of
/// another type or shape.
MLIR_CAPI_EXPORTED CompressStatus
compressExecutableRun(CompressExecutable executable, intptr_t numInputs,
                      const CompressArray *inputs, CompressResults *results);

/// The results, in the order of the outputs. They own what they point to.
MLIR_CAPI_EXPORTED intptr_t compressResultsGetSize(CompressResults results);
MLIR_CAPI_EXPORTED CompressArray compressResultsGet(CompressResults results,
                                                    intptr_t pos);
MLIR_CAPI_EXPORTED void compressResultsDestroy(CompressResults results);

#ifdef __cplusplus
}
#endif

#endif // COMPRESS_C_EXECUTABLE_H
