//===- SparseMetadata.h - Where the elements of sparse rows stand -*- C++ -*-=//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_RUNTIME_EMULATOR_SPARSEMETADATA_H
#define COMPRESS_LIB_RUNTIME_EMULATOR_SPARSEMETADATA_H

#include "compress/Runtime/EmulatedABI.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace mlir::compress::runtime::emulated {

/// The greatest selector of the lanes that have the metadata.
int32_t getMostSelector(EmulatedType type);

/// Reads the metadata of a warp's 16 rows of A: `places` gets, for each of the
/// `kept` elements of a row, the row of B that it is multiplied with.
/// `getLane(l)` is the metadata of lane l. Returns the lane whose metadata is
/// none, or -1.
int readSparseMetadata(EmulatedType type, unsigned kept, unsigned selector,
                       llvm::function_ref<uint32_t(unsigned)> getLane,
                       llvm::MutableArrayRef<uint8_t> places);

} // namespace mlir::compress::runtime::emulated

#endif // COMPRESS_LIB_RUNTIME_EMULATOR_SPARSEMETADATA_H
