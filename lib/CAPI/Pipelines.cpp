//===- Pipelines.cpp - Registration, and running pipelines ----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress-c/Pipelines.h"
#include "Status.h"
#include "compress/Dialect/Compress/IR/Compress.h"
#include "compress/Dialect/Compress/IR/ExternalStore.h"
#include "compress/InitAll.h"
#include "compress/Runtime/Executable.h"
#include "mlir/CAPI/IR.h"
#include "mlir/CAPI/Support.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"

using namespace mlir;
using namespace mlir::compress;

void compressRegisterDialects(MlirDialectRegistry registry) {
  registerCompressDialect(*unwrap(registry));
}

void compressRegisterAllDialects(MlirDialectRegistry registry) {
  runtime::registerExecutableDialects(*unwrap(registry));
}

void compressRegisterPasses() { registerCompressPasses(); }

void compressContextAddWeightsDirectory(MlirContext context,
                                        MlirStringRef directory) {
  unwrap(context)
      ->getOrLoadDialect<CompressDialect>()
      ->getExternalStore()
      .addSearchDirectory(unwrap(directory));
}

CompressStatus compressRunPipeline(MlirModule module, MlirStringRef pipeline,
                                   MlirDiagnosticHandler handler,
                                   void *userData) {
  if (mlirModuleIsNull(module))
    return makeFailure("expected a module, found null: it could not be parsed");
  ModuleOp op = unwrap(module);
  std::string message;
  llvm::raw_string_ostream stream(message);
  FailureOr<OpPassManager> parsed = parsePassPipeline(unwrap(pipeline), stream);
  if (failed(parsed))
    return makeFailure(StringRef(message).rtrim());
  if (parsed->getOpAnchorName() != ModuleOp::getOperationName())
    return makeFailure("expected a pipeline on 'builtin.module', found one on "
                       "'" +
                       parsed->getOpAnchorName() +
                       "'; nest it: builtin.module(...)");
  PassManager manager(op.getContext());
  static_cast<OpPassManager &>(manager) = std::move(*parsed);
  CollectedErrors errors(op.getContext(), handler, userData);
  if (failed(manager.run(op)))
    return errors.makeFailure("the pipeline failed");
  return makeSuccess();
}
