//===- Module.cpp - Modules as Python holds them --------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Module.h"
#include "compress/Analysis/Plan.h"
#include "compress/Dialect/Compress/IR/Compress.h"
#include "compress/Dialect/Compress/IR/ExternalStore.h"
#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "compress/Dialect/Compress/Transforms/Report.h"
#include "compress/InitAll.h"
#include "compress/Pipelines/Pipelines.h"
#include "compress/Runtime/Executable.h"
#include "compress/Runtime/OutputFile.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Support/FileUtilities.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;
using namespace mlir::compress;
using namespace mlir::compress::python;

static std::shared_ptr<SharedContext>
makeContext(const std::vector<std::string> &directories) {
  static const DialectRegistry registry = [] {
    mlir::registerAllPasses();
    compress::registerCompressPasses();
    DialectRegistry registry;
    runtime::registerExecutableDialects(registry);
    return registry;
  }();
  auto shared = std::make_shared<SharedContext>(registry);
  // A diagnostic of ours says what matters; the op is seldom short.
  shared->context.printOpOnDiagnostic(false);
  auto &store =
      shared->context.getOrLoadDialect<CompressDialect>()->getExternalStore();
  for (const std::string &directory : directories)
    store.addSearchDirectory(directory);
  return shared;
}

static ExternalStore &getStore(SharedContext &shared) {
  return shared.context.getLoadedDialect<CompressDialect>()->getExternalStore();
}

//===----------------------------------------------------------------------===//
// Diagnostics
//===----------------------------------------------------------------------===//

static void print(Diagnostic &diagnostic, StringRef indent,
                  llvm::raw_ostream &os) {
  StringRef severity;
  switch (diagnostic.getSeverity()) {
  case DiagnosticSeverity::Note:
    severity = "note";
    break;
  case DiagnosticSeverity::Warning:
    severity = "warning";
    break;
  case DiagnosticSeverity::Error:
    severity = "error";
    break;
  case DiagnosticSeverity::Remark:
    severity = "remark";
    break;
  }
  os << indent;
  Location loc = diagnostic.getLocation();
  if (auto file = loc->findInstanceOf<FileLineColLoc>())
    os << file.getFilename().getValue() << ":" << file.getLine() << ":"
       << file.getColumn() << ": ";
  else if (!isa<UnknownLoc>(loc))
    os << loc << ": ";
  os << severity << ": " << diagnostic.str() << "\n";
  for (Diagnostic &note : diagnostic.getNotes())
    print(note, "  ", os);
}

Diagnostics::Diagnostics(MLIRContext &context)
    : handler(&context, [this](Diagnostic &diagnostic) {
        llvm::raw_string_ostream os(text);
        print(diagnostic, "", os);
        return success();
      }) {}

void Diagnostics::add(llvm::Error error) {
  text += llvm::toString(std::move(error)) + "\n";
}

void Diagnostics::fail(const llvm::Twine &message) const {
  std::string all = message.str();
  if (!all.empty() && !text.empty())
    all += "\n";
  throw CompressError(all + StringRef(text).rtrim().str());
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

Module::Module(std::shared_ptr<SharedContext> context,
               OwningOpRef<ModuleOp> module)
    : context(std::move(context)), module(std::move(module)) {}

OwningOpRef<ModuleOp> Module::clone() const {
  return OwningOpRef<ModuleOp>(cast<ModuleOp>(module.get()->clone()));
}

Module Module::parse(const std::string &text, const std::string &name,
                     const std::vector<std::string> &directories) {
  std::shared_ptr<SharedContext> shared = makeContext(directories);
  Diagnostics diagnostics(shared->context);
  auto module =
      parseSourceString<ModuleOp>(text, ParserConfig(&shared->context), name);
  if (!module)
    diagnostics.fail("");
  return Module(std::move(shared), std::move(module));
}

Module Module::load(const std::string &path,
                    const std::vector<std::string> &directories) {
  StringRef directory = llvm::sys::path::parent_path(path);
  std::vector<std::string> all{directory.empty() ? "." : directory.str()};
  all.insert(all.end(), directories.begin(), directories.end());
  std::shared_ptr<SharedContext> shared = makeContext(all);
  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> buffer = openInputFile(path, &message);
  if (!buffer)
    throw CompressError(message);
  Diagnostics diagnostics(shared->context);
  // Resources of bytecode stay in the mapped file, which they keep alive.
  auto sources = std::make_shared<llvm::SourceMgr>();
  sources->AddNewSourceBuffer(std::move(buffer), llvm::SMLoc());
  auto module = parseSourceFile<ModuleOp>(sources, &shared->context);
  if (!module)
    diagnostics.fail("");
  return Module(std::move(shared), std::move(module));
}

//===----------------------------------------------------------------------===//
// Passes
//===----------------------------------------------------------------------===//

/// Copies the module, lets `build` fill a pass manager, or say in the
/// diagnostics why it cannot, and runs it.
template <typename BuildFn>
Module Module::runPasses(BuildFn build, std::string &remarks) const {
  std::lock_guard<std::mutex> lock(context->mutex);
  Diagnostics diagnostics(context->context);
  PassManager pm(&context->context, ModuleOp::getOperationName());
  if (failed(build(pm, diagnostics)))
    diagnostics.fail("");
  Module result(context, clone());
  if (failed(pm.run(*result.module)))
    diagnostics.fail("");
  remarks += diagnostics.getText();
  return result;
}

Module Module::runPipeline(const std::string &pipeline,
                           std::string &remarks) const {
  return runPasses(
      [&](PassManager &pm, Diagnostics &diagnostics) -> LogicalResult {
        StringRef text = StringRef(pipeline).trim();
        if (text.consume_front("builtin.module(") && !text.consume_back(")")) {
          diagnostics.add(llvm::createStringError(
              "expected ')' at the end of the pipeline: " + pipeline));
          return failure();
        }
        std::string errors;
        llvm::raw_string_ostream os(errors);
        if (succeeded(parsePassPipeline(text, pm, os)))
          return success();
        diagnostics.add(llvm::createStringError(errors));
        return failure();
      },
      remarks);
}

Module Module::compress(const std::optional<std::string> &quantize,
                        const std::optional<std::string> &prune,
                        const std::optional<std::string> &recipe,
                        const std::string &nonFinite,
                        std::string &remarks) const {
  return runPasses(
      [&](PassManager &pm, Diagnostics &diagnostics) -> LogicalResult {
        auto rule = [](const std::optional<std::string> &text)
            -> std::optional<StringRef> {
          return text ? std::optional<StringRef>(*text) : std::nullopt;
        };
        llvm::Expected<Recipe> parsed =
            recipe ? parseRecipe(*recipe, "recipe")
                   : makeRecipe(rule(quantize), rule(prune), std::nullopt);
        if (!parsed) {
          diagnostics.add(parsed.takeError());
          return failure();
        }
        CompressOptions options;
        options.nonFinite = nonFinite == "clamp" ? codec::NonFinite::Clamp
                                                 : codec::NonFinite::Error;
        buildCompressPipeline(pm, *parsed, options);
        return success();
      },
      remarks);
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

std::string Module::getText() const {
  std::lock_guard<std::mutex> lock(context->mutex);
  std::string text;
  llvm::raw_string_ostream os(text);
  module.get()->print(os, OpPrintingFlags().useLocalScope());
  os << "\n";
  return text;
}

std::string Module::getReport(bool json) const {
  std::lock_guard<std::mutex> lock(context->mutex);
  CompressionPlan plan = CompressionPlan::load(module.get());
  std::string text;
  llvm::raw_string_ostream os(text);
  if (json)
    printReportJSON(plan, os);
  else
    printReportText(plan, os);
  return text;
}

/// Fails when a module at `path` could not find a weights file that it names.
static void checkExternals(ModuleOp module, StringRef path) {
  AttrTypeWalker walker;
  walker.addWalk([&](ExternalAttr attr) {
    StringRef file = attr.getFile();
    SmallString<128> beside(llvm::sys::path::parent_path(path));
    llvm::sys::path::append(beside, file);
    if (!llvm::sys::path::is_absolute(file) && !llvm::sys::fs::exists(beside))
      throw CompressError(
          ("the module names weights in '" + file + "', which is not beside '" +
           path +
           "': save it there, or give a weights file to write with weights=")
              .str());
  });
  module->walk([&](Operation *op) { walker.walk(op->getAttrDictionary()); });
}

void Module::save(const std::string &path,
                  const std::optional<std::string> &weights,
                  bool bytecode) const {
  std::lock_guard<std::mutex> lock(context->mutex);
  Diagnostics diagnostics(context->context);
  auto check = [&](llvm::Error error) {
    if (!error)
      return;
    diagnostics.add(std::move(error));
    diagnostics.fail("");
  };
  runtime::OutputTransaction outputs;
  llvm::Expected<runtime::OutputFile *> file = outputs.add(path);
  if (!file)
    check(file.takeError());
  OwningOpRef<ModuleOp> written = clone();
  ExternalStore &store = getStore(*context);
  if (weights) {
    PassManager pm(&context->context);
    ExternalizeWeightsPassOptions options;
    options.weightsOut = *weights;
    pm.addPass(createExternalizeWeightsPass(options));
    store.setOutputs(&outputs);
    LogicalResult done = pm.run(*written);
    store.setOutputs(nullptr);
    if (failed(done))
      diagnostics.fail("");
  } else {
    checkExternals(*written, path);
  }
  llvm::raw_ostream &os = (*file)->os();
  if (!bytecode)
    os << *written << "\n";
  else if (failed(writeBytecodeToFile(*written, os)))
    diagnostics.fail("");
  check(outputs.commit());
  if (weights)
    store.redirect(llvm::sys::path::filename(*weights), *weights);
}
