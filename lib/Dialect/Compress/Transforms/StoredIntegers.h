//===- StoredIntegers.h - Integers of other people's modules -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_DIALECT_COMPRESS_TRANSFORMS_STOREDINTEGERS_H
#define LIB_DIALECT_COMPRESS_TRANSFORMS_STOREDINTEGERS_H

#include "compress/Dialect/Compress/IR/Compress.h"
#include "mlir/IR/SymbolTable.h"

namespace mlir::compress {

class ExternalStore;

/// The component `values` of a tensor of the given shape, of integers of
/// `width` bits that lie, row-major, in an integer tensor that is a constant.
/// Unsigned ones become signed by subtracting 2^(width-1). Fails with the
/// reason.
FailureOr<ElementsAttr> packIntegers(Value integers, ArrayRef<int64_t> shape,
                                     unsigned width, bool isUnsigned,
                                     ExternalStore &store,
                                     SymbolTableCollection &symbols,
                                     std::string &reason);

/// The inverse: a constant of signed integers of `width` bits, of the dense
/// shape.
FailureOr<ElementsAttr> unpackIntegers(Value values, ArrayRef<int64_t> shape,
                                       unsigned width, ExternalStore &store,
                                       SymbolTableCollection &symbols,
                                       std::string &reason);

/// The bytes of a constant, however it is known; fails with the reason.
FailureOr<std::vector<char>> readConstant(Value value, ExternalStore &store,
                                          SymbolTableCollection &symbols,
                                          std::string &reason);

} // namespace mlir::compress

#endif // LIB_DIALECT_COMPRESS_TRANSFORMS_STOREDINTEGERS_H
