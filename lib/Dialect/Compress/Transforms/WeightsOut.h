//===- WeightsOut.h - A safetensors file that a pass writes -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_DIALECT_COMPRESS_TRANSFORMS_WEIGHTSOUT_H
#define LIB_DIALECT_COMPRESS_TRANSFORMS_WEIGHTSOUT_H

#include "compress/Analysis/UniqueNames.h"
#include "compress/Analysis/Weights.h"
#include "compress/Dialect/Compress/IR/Compress.h"
#include "compress/Runtime/OutputFile.h"
#include "compress/Runtime/Safetensors.h"
#include "mlir/IR/BuiltinOps.h"
#include <functional>
#include <memory>

namespace mlir::compress {

/// A dense weight of the module that is to be moved to a file: where its
/// attribute stands, and how to put another in its place.
struct DenseWeight {
  Location loc;
  ElementsAttr elements;
  std::string key;
  std::function<void(ExternalAttr)> replace;
};

/// The dense weights of a module, in its order: constants, values of globals
/// and bound arguments, of which `skip` names those to leave by their op and
/// value (of a global, the null value). Externals always; constants and
/// resources of at least `minBytes` when their element type exists in
/// safetensors and they are no splats. Equal ones are one.
SmallVector<DenseWeight>
collectDenseWeights(ModuleOp module, int64_t minBytes, UniqueNames &names,
                    function_ref<bool(Operation *, Value)> skip);

/// Writes weights one at a time. Without an output transaction of the tool, the
/// file appears on `finish`.
class WeightsOut {
public:
  static FailureOr<std::unique_ptr<WeightsOut>>
  create(ModuleOp module, StringRef path,
         ArrayRef<runtime::SafetensorsEntry> entries);

  /// Writes an entry and returns the attribute that names it, with its
  /// checksum.
  FailureOr<ExternalAttr> write(StringRef key, ShapedType type,
                                ArrayRef<char> data,
                                function_ref<InFlightDiagnostic()> emitError);

  /// Copies dense weights and replaces them.
  LogicalResult copy(ArrayRef<DenseWeight> weights);

  /// Checks that all is written, and makes the file readable by its name.
  LogicalResult finish();

private:
  ModuleOp module;
  std::string path;
  std::string reference;
  std::unique_ptr<runtime::OutputFile> owned;
  runtime::OutputFile *file = nullptr;
  std::unique_ptr<runtime::SafetensorsWriter> writer;
};

/// The entry of a tensor type in a file.
runtime::SafetensorsEntry getEntry(StringRef key, ShapedType type);

/// The store of the module's context.
ExternalStore &getExternalStore(ModuleOp module);

} // namespace mlir::compress

#endif // LIB_DIALECT_COMPRESS_TRANSFORMS_WEIGHTSOUT_H
