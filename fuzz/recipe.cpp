//===- recipe.cpp - Fuzzes the readers of recipes and rules
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// What parses has a text form that parses to the same text.

#include "compress/Analysis/Recipe.h"
#include "llvm/Support/ErrorHandling.h"

using namespace mlir::compress;

template <typename Rule>
static void checkRoundTrip(llvm::Expected<Rule> rule,
                           llvm::Expected<Rule> (*parse)(llvm::StringRef)) {
  if (!rule) {
    llvm::consumeError(rule.takeError());
    return;
  }
  std::string text = toString(*rule);
  llvm::Expected<Rule> again = parse(text);
  if (!again)
    llvm::report_fatal_error(again.takeError());
  if (toString(*again) != text)
    llvm::report_fatal_error("a rule changes when it is printed and parsed: " +
                             llvm::Twine(text) + ", " + toString(*again));
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  llvm::StringRef text(reinterpret_cast<const char *>(data), size);
  checkRoundTrip(parsePruneRule(text), parsePruneRule);
  checkRoundTrip(parseQuantizeRule(text), parseQuantizeRule);
  llvm::Expected<Recipe> recipe = parseRecipe(text, "fuzz.yaml");
  if (!recipe)
    llvm::consumeError(recipe.takeError());
  return 0;
}
