//===- Status.cpp - Errors of the C API -----------------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Status.h"
#include "mlir/CAPI/Diagnostics.h"
#include "mlir/CAPI/Support.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/MLIRContext.h"
#include <cstdlib>
#include <cstring>

using namespace mlir;
using namespace mlir::compress;

CompressStatus compress::makeSuccess() { return {nullptr}; }

CompressStatus compress::makeFailure(const Twine &message) {
  return {strdup(message.str().c_str())};
}

CompressStatus compress::makeStatus(llvm::Error error) {
  if (!error)
    return makeSuccess();
  return makeFailure(llvm::toString(std::move(error)));
}

/// "file:1:2: error: text" and the notes, a line each.
static void print(llvm::raw_ostream &os, Diagnostic &diagnostic) {
  auto printOne = [&](Diagnostic &diag, StringRef kind) {
    Location loc = diag.getLocation();
    if (!isa<UnknownLoc>(loc)) {
      if (auto file = loc->findInstanceOf<FileLineColLoc>())
        os << file.getFilename().getValue() << ":" << file.getLine() << ":"
           << file.getColumn() << ": ";
      else
        os << loc << ": ";
    }
    os << kind << ": " << diag << "\n";
  };
  printOne(diagnostic, "error");
  for (Diagnostic &note : diagnostic.getNotes())
    printOne(note, "note");
}

CollectedErrors::CollectedErrors(MLIRContext *context,
                                 MlirDiagnosticHandler handler, void *userData)
    : context(context), printedOps(context->shouldPrintOpOnDiagnostic()),
      scope(context, [this, handler, userData](Diagnostic &diagnostic) {
        bool isError = diagnostic.getSeverity() == DiagnosticSeverity::Error;
        if (isError) {
          llvm::raw_string_ostream os(text);
          print(os, diagnostic);
        }
        if (handler)
          return unwrap(handler(wrap(diagnostic), userData));
        return success(isError);
      }) {
  // The op of an error may be the whole module.
  context->printOpOnDiagnostic(false);
}

CollectedErrors::~CollectedErrors() {
  context->printOpOnDiagnostic(printedOps);
}

CompressStatus CollectedErrors::makeFailure(StringRef message) const {
  std::string all = message.str();
  if (!all.empty() && !text.empty())
    all += "\n";
  all += StringRef(text).rtrim();
  return compress::makeFailure(all);
}

void compressStatusDestroy(CompressStatus status) { std::free(status.message); }
