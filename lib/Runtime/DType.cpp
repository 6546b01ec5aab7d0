//===- DType.cpp - Element types of arrays in files -----------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Runtime/DType.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace mlir::compress::runtime {

namespace {
struct DTypeInfo {
  StringLiteral name;
  unsigned byteWidth;
};
} // namespace

/// In the order of DType.
static constexpr DTypeInfo infos[] = {
    {"F64", 8},     {"I64", 8},     {"U64", 8},  {"F32", 4}, {"I32", 4},
    {"U32", 4},     {"F16", 2},     {"BF16", 2}, {"I16", 2}, {"U16", 2},
    {"F8_E4M3", 1}, {"F8_E5M2", 1}, {"I8", 1},   {"U8", 1},  {"BOOL", 1},
};
static_assert(std::size(infos) == kNumDTypes);

unsigned getByteWidth(DType dtype) {
  return infos[static_cast<unsigned>(dtype)].byteWidth;
}

StringRef getName(DType dtype) {
  return infos[static_cast<unsigned>(dtype)].name;
}

std::optional<DType> parseDType(StringRef name) {
  for (unsigned i = 0; i < kNumDTypes; ++i)
    if (infos[i].name == name)
      return static_cast<DType>(i);
  return std::nullopt;
}

std::optional<int64_t> getNumBytes(DType dtype, ArrayRef<int64_t> shape) {
  int64_t bytes = getByteWidth(dtype);
  bool empty = false;
  for (int64_t extent : shape) {
    if (extent < 0)
      return std::nullopt;
    if (extent == 0) {
      empty = true;
      continue;
    }
    std::optional<int64_t> product = checkedMul(bytes, extent);
    if (!product)
      return std::nullopt;
    bytes = *product;
  }
  return empty ? 0 : bytes;
}

std::string formatShape(ArrayRef<int64_t> shape) {
  std::string text;
  raw_string_ostream os(text);
  os << '[';
  interleaveComma(shape, os);
  os << ']';
  return text;
}

} // namespace mlir::compress::runtime
