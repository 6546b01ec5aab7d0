//===- TensorType.h - Compressed tensors and their components -----*- C -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A compressed tensor has a dense type (shape and element type) and a scheme,
// which is parsed by mlirAttributeParseGet, and is stored as components:
// ordinary tensors with names such as `values` and `scales`.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_C_TENSORTYPE_H
#define COMPRESS_C_TENSORTYPE_H

#include "compress-c/Support.h"
#include "mlir-c/IR.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Whether an attribute is a scheme.
MLIR_CAPI_EXPORTED bool compressAttributeIsAScheme(MlirAttribute attribute);

/// Whether a type is a compressed tensor. The functions on `type` below return
/// null, zero or an empty string for any other.
MLIR_CAPI_EXPORTED bool compressTypeIsATensor(MlirType type);

/// The compressed tensor of a ranked tensor type of f32, f16 or bf16. Fails
/// when `scheme` is none, or when it cannot store that type: the message names
/// the constraint.
MLIR_CAPI_EXPORTED CompressStatus compressTensorTypeGet(MlirType dense,
                                                        MlirAttribute scheme,
                                                        MlirType *result);

MLIR_CAPI_EXPORTED MlirType compressTensorTypeGetDense(MlirType type);
MLIR_CAPI_EXPORTED MlirAttribute compressTensorTypeGetScheme(MlirType type);

/// Stored bytes, all components; 0 for a dynamic shape.
MLIR_CAPI_EXPORTED int64_t compressTensorTypeGetNumBytes(MlirType type);

/// The components, in the order in which every function of the API has them.
MLIR_CAPI_EXPORTED intptr_t compressTensorTypeGetNumComponents(MlirType type);
/// Its name, which lives as long as the process.
MLIR_CAPI_EXPORTED MlirStringRef
compressTensorTypeGetComponentName(MlirType type, intptr_t pos);
/// Its ranked tensor type. Narrow integers are packed into i8, low bits first.
MLIR_CAPI_EXPORTED MlirType compressTensorTypeGetComponentType(MlirType type,
                                                               intptr_t pos);
/// Its bytes, row-major; 0 for a dynamic shape.
MLIR_CAPI_EXPORTED int64_t compressTensorTypeGetComponentNumBytes(MlirType type,
                                                                  intptr_t pos);

#ifdef __cplusplus
}
#endif

#endif // COMPRESS_C_TENSORTYPE_H
