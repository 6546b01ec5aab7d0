//===- StorageKeys.h - The text of storage attributes -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_DIALECT_COMPRESS_IR_STORAGEKEYS_H
#define COMPRESS_LIB_DIALECT_COMPRESS_IR_STORAGEKEYS_H

#include "compress/Dialect/Compress/IR/Compress.h"
#include "mlir/IR/DialectImplementation.h"

namespace mlir::compress {

/// What follows the first parameter of a storage:
///   block = [E, ...], scale = type, super = type, super_block = [E, ...],
///   table = type, vector = N, asymmetric
struct StorageKeys {
  SmallVector<StringRef, 4> given;
  SmallVector<int64_t> block, superBlock;
  /// `scale` or `table`; f32 when neither is given.
  Type scale;
  Type superScale;
  int64_t vector = 1;
  SMLoc loc;

  bool has(StringRef key) const { return llvm::is_contained(given, key); }
  /// The scaling; null after an error, which is emitted.
  ScalingAttr getScaling(AsmParser &parser) const;
};

/// Parses `[, key ...]*` where the keys are among `allowed`.
FailureOr<StorageKeys> parseStorageKeys(AsmParser &parser,
                                        ArrayRef<StringRef> allowed);

/// Prints the keys of a scaling. The scale's type stands behind `scaleKey`,
/// unless that is empty, or the type f32 and not `always` printed.
void printScaling(AsmPrinter &printer, ScalingAttr scaling,
                  StringRef scaleKey = "scale", bool always = false);

} // namespace mlir::compress

#endif // COMPRESS_LIB_DIALECT_COMPRESS_IR_STORAGEKEYS_H
