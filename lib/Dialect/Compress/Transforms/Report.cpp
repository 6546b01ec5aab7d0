//===- Report.cpp - Write what was decided, and what it costs
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/Transforms/Report.h"
#include "compress/Analysis/Plan.h"
#include "compress/Dialect/Compress/IR/ExternalStore.h"
#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "compress/Runtime/OutputFile.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Path.h"

namespace mlir::compress {
#define GEN_PASS_DEF_REPORTPASS
#include "compress/Dialect/Compress/Transforms/Passes.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

namespace {
struct ReportPass : compress::impl::ReportPassBase<ReportPass> {
  using ReportPassBase::ReportPassBase;

  void runOnOperation() override {
    markAllAnalysesPreserved();
    CompressionPlan plan = CompressionPlan::load(getOperation());
    if (output.empty() || output == "-") {
      printReportText(plan, output.empty() ? llvm::errs() : llvm::outs());
      return;
    }
    if (failed(write(plan)))
      signalPassFailure();
  }

private:
  LogicalResult write(const CompressionPlan &plan) {
    ModuleOp module = getOperation();
    auto fail = [&](StringRef message) {
      return module.emitError()
             << "cannot write the report to '" << output << "': " << message;
    };
    // The tool commits its outputs together; without one they appear here.
    runtime::OutputTransaction own;
    runtime::OutputTransaction *outputs =
        getContext()
            .getOrLoadDialect<CompressDialect>()
            ->getExternalStore()
            .getOutputs();
    if (!outputs)
      outputs = &own;
    if (llvm::Error error = outputs->addDirectory(output))
      return fail(llvm::toString(std::move(error)));
    auto writeFile = [&](StringRef name, auto print) -> LogicalResult {
      SmallString<128> path(output);
      llvm::sys::path::append(path, name);
      auto file = outputs->add(path);
      if (!file)
        return fail(llvm::toString(file.takeError()));
      print(plan, (*file)->os());
      return success();
    };
    if (failed(writeFile("report.txt", printReportText)) ||
        failed(writeFile("report.json", printReportJSON)))
      return failure();
    if (outputs == &own)
      if (llvm::Error error = own.commit())
        return fail(llvm::toString(std::move(error)));
    return success();
  }
};
} // namespace
