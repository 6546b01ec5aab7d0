//===- Module.h - Modules as Python holds them ------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_PYTHON_MODULE_H
#define COMPRESS_PYTHON_MODULE_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace mlir::compress::python {

/// What Python sees as compress.CompressError: the diagnostics' text, with
/// locations and notes.
struct CompressError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A context, which modules that are made of each other share. Whoever works in
/// it holds the mutex: a diagnostic belongs to the call that caused it.
struct SharedContext {
  MLIRContext context;
  std::mutex mutex;

  SharedContext(const DialectRegistry &registry) : context(registry) {}
};

/// Collects what is diagnosed in a context while it lives.
class Diagnostics {
public:
  explicit Diagnostics(MLIRContext &context);
  /// Appends a diagnostic that no handler sees, such as of an llvm::Error.
  void add(llvm::Error error);
  /// Throws what was collected, after `message`.
  [[noreturn]] void fail(const llvm::Twine &message) const;

  const std::string &getText() const { return text; }

private:
  std::string text;
  ScopedDiagnosticHandler handler;
};

/// A module that does not change: passes work on copies.
class Module {
public:
  /// Reads text, whose diagnostics name it `name`. Relative names of weight
  /// files are looked up in the directories, then in the current one.
  static Module parse(const std::string &text, const std::string &name,
                      const std::vector<std::string> &directories);
  /// Reads a file of text or bytecode; its directory comes first in the lookup
  /// of weight files.
  static Module load(const std::string &path,
                     const std::vector<std::string> &directories);

  /// Runs a pipeline in the textual form of --pass-pipeline, with or without
  /// `builtin.module(...)` around it. Appends warnings and remarks.
  Module runPipeline(const std::string &pipeline, std::string &remarks) const;
  /// Runs what compress-opt's flags of these names run: a recipe's text, or
  /// rules, of which an empty one is the flag's default.
  Module compress(const std::optional<std::string> &quantize,
                  const std::optional<std::string> &prune,
                  const std::optional<std::string> &recipe,
                  const std::string &nonFinite, std::string &remarks) const;

  std::string getText() const;
  /// The report, as text or JSON.
  std::string getReport(bool json) const;
  /// Writes text, or bytecode, and with a name of a weights file its weights
  /// to that, both or none.
  void save(const std::string &path, const std::optional<std::string> &weights,
            bool bytecode) const;

  SharedContext &getContext() const { return *context; }
  std::shared_ptr<SharedContext> shareContext() const { return context; }
  OwningOpRef<ModuleOp> clone() const;

private:
  Module(std::shared_ptr<SharedContext> context, OwningOpRef<ModuleOp> module);

  template <typename BuildFn>
  Module runPasses(BuildFn build, std::string &remarks) const;

  /// Destroyed last, and so declared first.
  std::shared_ptr<SharedContext> context;
  OwningOpRef<ModuleOp> module;
};

} // namespace mlir::compress::python

#endif // COMPRESS_PYTHON_MODULE_H
