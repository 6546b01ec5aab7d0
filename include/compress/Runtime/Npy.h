//===- Npy.h - NumPy's .npy and .npz files ----------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads and writes NumPy's formats: one array (.npy, versions 1.0 to 3.0, see
// numpy.lib.format) and a zip archive of them (.npz). The element types are
// those NumPy has: f2 f4 f8, i1 i2 i4 i8, u1 u2 u4 u8 and bool, little-endian.
// A bf16 or f8 array must be converted (to F32, say) before it is written.
//
// Files are untrusted: whatever they contain, the result is an array or an
// error that names the file and the entry.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_RUNTIME_NPY_H
#define COMPRESS_RUNTIME_NPY_H

#include "compress/Runtime/NdArray.h"
#include "llvm/Support/MemoryBufferRef.h"

namespace mlir::compress::runtime {

class OutputFile;

/// Reads a .npy file. Arrays in Fortran order are converted to C order.
llvm::Expected<NdArray> readNpy(llvm::StringRef path);

/// Parses the bytes of a .npy file; the buffer's name goes into messages.
llvm::Expected<NdArray> parseNpy(llvm::MemoryBufferRef buffer);

/// Writes a .npy file to the stream of `file`; the caller commits it.
llvm::Error writeNpy(OutputFile &file, const NdArray &array);

/// Reads a .npz file: stored or deflated entries, each an array whose name is
/// the entry's without ".npy".
llvm::Expected<NdArrayMap> readNpz(llvm::StringRef path);

/// Parses the bytes of a .npz file; the buffer's name goes into messages.
llvm::Expected<NdArrayMap> parseNpz(llvm::MemoryBufferRef buffer);

/// Writes a .npz file of stored (not deflated) entries in the order of the map;
/// the same arrays always give the same bytes. `file` must be seekable and
/// nothing else may be written to it; the caller commits it.
llvm::Error writeNpz(OutputFile &file, const NdArrayMap &arrays);

} // namespace mlir::compress::runtime

#endif // COMPRESS_RUNTIME_NPY_H
