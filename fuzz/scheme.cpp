//===- scheme.cpp - Fuzzes the parser and the verifiers of schemes
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// What parses as an attribute or a type prints as text that parses to the same;
// the components of a compressed tensor have types, whatever its scheme.

#include "compress/Dialect/Compress/IR/Compress.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/ErrorHandling.h"

using namespace mlir;
using namespace mlir::compress;

template <typename T>
static std::string print(T value) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  value.print(stream);
  return text;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  // Attributes live as long as their context, so it is made anew now and then.
  static std::unique_ptr<MLIRContext> context;
  static int runs = 0;
  if (runs++ % 4096 == 0) {
    context = std::make_unique<MLIRContext>(MLIRContext::Threading::DISABLED);
    context->loadDialect<CompressDialect>();
    context->getDiagEngine().registerHandler(
        [](Diagnostic &) { return success(); });
  }
  std::string text(reinterpret_cast<const char *>(data), size);
  // The builtin attributes are upstream's.
  if (!StringRef(text).starts_with("#compress.") &&
      !StringRef(text).starts_with("!compress."))
    return -1;
  if (Attribute attr = parseAttribute(text, context.get())) {
    if (parseAttribute(print(attr), context.get()) != attr)
      llvm::report_fatal_error("an attribute changes when printed and parsed");
    return 0;
  }
  Type type = parseType(text, context.get());
  if (!type)
    return 0;
  if (parseType(print(type), context.get()) != type)
    llvm::report_fatal_error("a type changes when it is printed and parsed");
  if (auto tensor = dyn_cast<CompressedTensorType>(type))
    for (const ComponentSpec &component : tensor.getComponents())
      if (!component.type)
        llvm::report_fatal_error("a component has no type");
  return 0;
}
