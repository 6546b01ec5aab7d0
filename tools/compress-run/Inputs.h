//===- Inputs.h - Arrays from and to files -------------------- -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_TOOLS_COMPRESS_RUN_INPUTS_H
#define COMPRESS_TOOLS_COMPRESS_RUN_INPUTS_H

#include "compress/Runtime/Executable.h"
#include "compress/Runtime/OutputFile.h"

namespace mlir::compress::runtime {

/// Reads `[name=]file` arguments: an .npz file of inputs by name, or an .npy
/// file for the named input, or the only one.
llvm::Expected<NdArrayMap> readInputs(const Executable &executable,
                                      ArrayRef<std::string> files);

/// Inputs of pseudo-random values, the same for the same seed: floats uniform
/// in [-1, 1), integers in [0, 2). Dynamic extents become `batch`.
llvm::Expected<NdArrayMap> makeRandomInputs(const Executable &executable,
                                            int64_t batch, unsigned seed);

/// Adds a file with the arrays to the transaction: .npz, or .npy for one.
llvm::Error writeOutputs(OutputTransaction &transaction, StringRef path,
                         const NdArrayMap &arrays);

/// Prints the type, shape and first elements of each array.
void printArrays(const NdArrayMap &arrays, raw_ostream &os);

/// The element as a number.
double getElement(const NdArray &array, int64_t index);

} // namespace mlir::compress::runtime

#endif // COMPRESS_TOOLS_COMPRESS_RUN_INPUTS_H
