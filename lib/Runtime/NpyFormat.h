//===- NpyFormat.h - What .npy and .npz share -------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_RUNTIME_NPYFORMAT_H
#define COMPRESS_LIB_RUNTIME_NPYFORMAT_H

#include "compress/Runtime/NdArray.h"

namespace mlir::compress::runtime {

/// What precedes the elements of a .npy file.
struct NpyHeader {
  DType dtype = DType::F32;
  bool fortranOrder = false;
  llvm::SmallVector<int64_t, 4> shape;
  /// Bytes of the header, after which the elements begin.
  uint64_t size = 0;
};

/// No header is longer: the limit of version 1.0, which suffices for arrays of
/// any rank that occurs, holds for the later versions too.
inline constexpr uint64_t kMaxNpyHeaderBytes = 12 + 65535;

/// Parses the header at the beginning of `start`, which holds the first bytes
/// (kMaxNpyHeaderBytes or all) of a file of `fileSize` bytes, and checks that
/// the elements fill the rest. `name` goes into messages.
llvm::Expected<NpyHeader>
parseNpyHeader(llvm::StringRef name, llvm::StringRef start, uint64_t fileSize);

/// Makes an array of elements that have been read: converts from Fortran order
/// and checks booleans. `array` has the header's shape and type.
llvm::Expected<NdArray> finishNpy(llvm::StringRef name, const NpyHeader &header,
                                  NdArray array);

/// The header of an array that is to be written; fails for types that NumPy
/// does not have. `name` goes into messages.
llvm::Expected<std::string> formatNpyHeader(llvm::StringRef name,
                                            const NdArray &array);

} // namespace mlir::compress::runtime

#endif // COMPRESS_LIB_RUNTIME_NPYFORMAT_H
