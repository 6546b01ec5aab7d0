//===- Convert.cpp - Between elements and narrower forms ------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Codec/Convert.h"
#include "Kernels.h"
#include "llvm/Support/ErrorHandling.h"
#include <cstring>

using namespace llvm;

namespace mlir::compress::codec {

void convertToF32(ElementType type, ConstBytes source,
                  MutableArrayRef<float> result) {
  switch (type) {
  case ElementType::F32:
    if (!result.empty())
      std::memcpy(result.data(), source.data(), source.size());
    return;
  case ElementType::F16:
    return getKernels().loadF16(source.data(), result.size(), result.data());
  case ElementType::BF16:
    return getKernels().loadBF16(source.data(), result.size(), result.data());
  case ElementType::F8E4M3FN:
    return getKernels().loadF8E4M3FN(source.data(), result.size(),
                                     result.data());
  case ElementType::F8E5M2:
    return getKernels().loadF8E5M2(source.data(), result.size(), result.data());
  default:
    llvm_unreachable("not a float of 8, 16 or 32 bits");
  }
}

void convertFromF32(ArrayRef<float> source, ElementType type,
                    MutableBytes result) {
  switch (type) {
  case ElementType::F32:
    if (!source.empty())
      std::memcpy(result.data(), source.data(), result.size());
    return;
  case ElementType::F16:
    return getKernels().storeF16(source.data(), source.size(), result.data());
  case ElementType::BF16:
    return getKernels().storeBF16(source.data(), source.size(), result.data());
  default:
    llvm_unreachable("not a float of 16 or 32 bits");
  }
}

void packBits(unsigned width, ArrayRef<uint8_t> codes, MutableBytes bytes) {
  getKernels().pack(width, codes.data(), codes.size(), bytes.data());
}

void unpackBits(unsigned width, ConstBytes bytes,
                MutableArrayRef<uint8_t> codes) {
  getKernels().unpack(width, bytes.data(), codes.size(), codes.data());
}

} // namespace mlir::compress::codec
