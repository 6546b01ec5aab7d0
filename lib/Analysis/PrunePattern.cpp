//===- PrunePattern.cpp - Patterns for pruning
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Analysis/Recipe.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include <cmath>

using namespace mlir::compress;
using llvm::StringRef;

/// Reads the share that is removed.
static std::string parseFraction(StringRef fraction, StringRef text,
                                 PruneRule &rule) {
  if (fraction.getAsDouble(rule.fraction) ||
      !(rule.fraction > 0 && rule.fraction < 1))
    return ("the fraction that a pattern removes must lie between 0 and 1, "
            "found '" +
            text + "'")
        .str();
  return {};
}

/// Reads what follows "block:".
static std::string parseBlocks(StringRef rest, StringRef text,
                               PruneRule &rule) {
  rule.kind = PruneRule::Kind::Blocks;
  rule.block.clear();
  auto [extents, fraction] = rest.split('@');
  llvm::SmallVector<StringRef> parts;
  extents.split(parts, 'x');
  for (StringRef part : parts)
    if (part.getAsInteger(10, rule.block.emplace_back()) ||
        rule.block.back() < 1)
      return ("a pattern of blocks must be block:AxB@fraction, such as "
              "block:32x32@0.8, found '" +
              text + "'")
          .str();
  return parseFraction(fraction, text, rule);
}

std::string mlir::compress::parsePrunePattern(StringRef text, PruneRule &rule) {
  rule.pattern = text.str();
  StringRef rest = text;
  if (rest.consume_front("block:"))
    return parseBlocks(rest, text, rule);
  if (rest.contains('.')) {
    rule.kind = PruneRule::Kind::Elements;
    return parseFraction(rest, text, rule);
  }
  rule.kind = rest.consume_back("t") ? PruneRule::Kind::TransposableNM
                                     : PruneRule::Kind::NM;
  auto [n, m] = rest.split(':');
  if (n.getAsInteger(10, rule.n) || m.getAsInteger(10, rule.m))
    return ("pattern must be n:m, such as 2:4, n:mt for transposable, a "
            "fraction such as 0.7, or block:32x32@0.8, found '" +
            text + "'")
        .str();
  if (rule.n < 1 || rule.m < rule.n || rule.m > 256)
    return ("pattern n:m must have 0 < n <= m <= 256, found '" + text + "'")
        .str();
  if (rule.kind == PruneRule::Kind::TransposableNM && rule.m > 4)
    return ("a transposable pattern n:mt must have m <= 4, found '" + text +
            "'")
        .str();
  return {};
}

int64_t PruneRule::getNumKept(int64_t total) const {
  return total - std::llround(fraction * total);
}
