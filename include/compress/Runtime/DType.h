//===- DType.h - Element types of arrays in files ---------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The element types that the file formats share, without MLIR.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_RUNTIME_DTYPE_H
#define COMPRESS_RUNTIME_DTYPE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <optional>
#include <string>

namespace mlir::compress::runtime {

/// Widest first, so that arrays written in this order stay aligned.
enum class DType : uint8_t {
  F64,
  I64,
  U64,
  F32,
  I32,
  U32,
  F16,
  BF16,
  I16,
  U16,
  F8_E4M3,
  F8_E5M2,
  I8,
  U8,
  BOOL
};

constexpr unsigned kNumDTypes = static_cast<unsigned>(DType::BOOL) + 1;

/// Bytes of one element.
unsigned getByteWidth(DType dtype);

/// The name in safetensors' spelling: "F32", "BF16", "F8_E4M3", "BOOL", ...
llvm::StringRef getName(DType dtype);

/// The type with this name, in safetensors' spelling.
std::optional<DType> parseDType(llvm::StringRef name);

/// Bytes of a row-major array, none when an extent is negative or the product
/// does not fit into int64_t (extents of zero do not hide an overflow of the
/// others).
std::optional<int64_t> getNumBytes(DType dtype, llvm::ArrayRef<int64_t> shape);

/// "[2, 3]", for messages.
std::string formatShape(llvm::ArrayRef<int64_t> shape);

} // namespace mlir::compress::runtime

#endif // COMPRESS_RUNTIME_DTYPE_H
