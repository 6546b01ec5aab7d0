//===- TestArrays.h - Arrays and .npy files for tests -----------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_UNIT_RUNTIME_TESTARRAYS_H
#define COMPRESS_UNIT_RUNTIME_TESTARRAYS_H

#include "TestFiles.h"
#include "compress/Runtime/NdArray.h"
#include "llvm/Support/Endian.h"

namespace mlir::compress::runtime {

inline bool isNumPyType(DType dtype) {
  return dtype != DType::BF16 && dtype != DType::F8_E4M3 &&
         dtype != DType::F8_E5M2;
}

inline NdArray makeArray(std::mt19937 &random, DType dtype,
                         llvm::ArrayRef<int64_t> shape) {
  NdArray array = get(NdArray::create(dtype, shape));
  for (char &byte : array.getData())
    byte = dtype == DType::BOOL ? random() % 2 : random();
  return array;
}

inline void expectEqual(const NdArray &actual, const NdArray &expected) {
  EXPECT_EQ(actual.getDType(), expected.getDType());
  EXPECT_EQ(actual.getShape(), expected.getShape());
  EXPECT_EQ(actual.getData(), expected.getData());
}

/// A .npy file of these parts.
inline std::string makeNpy(llvm::StringRef header, llvm::StringRef data,
                           char version = 1) {
  char length[4];
  llvm::support::endian::write32le(length, header.size());
  std::string bytes("\x93NUMPY");
  bytes.append({version, 0});
  bytes.append(length, version == 1 ? 2 : 4);
  return bytes + header.str() + data.str();
}

} // namespace mlir::compress::runtime

#endif // COMPRESS_UNIT_RUNTIME_TESTARRAYS_H
