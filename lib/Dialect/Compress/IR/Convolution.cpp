//===- Convolution.cpp - The index maps of a convolution
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/IR/Convolution.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::compress;

static bool appendTerms(AffineExpr expr, SmallVectorImpl<WindowTerm> &terms) {
  if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
    terms.push_back({dim.getPosition(), 1});
    return true;
  }
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary)
    return false;
  if (binary.getKind() == AffineExprKind::Add)
    return appendTerms(binary.getLHS(), terms) &&
           appendTerms(binary.getRHS(), terms);
  // Simplification has put the constant to the right.
  auto dim = dyn_cast<AffineDimExpr>(binary.getLHS());
  auto factor = dyn_cast<AffineConstantExpr>(binary.getRHS());
  if (binary.getKind() != AffineExprKind::Mul || !dim || !factor ||
      factor.getValue() < 1)
    return false;
  terms.push_back({dim.getPosition(), factor.getValue()});
  return true;
}

SmallVector<WindowTerm, 2> compress::getWindowTerms(AffineExpr expr) {
  SmallVector<WindowTerm, 2> terms;
  if (!appendTerms(expr, terms))
    terms.clear();
  return terms;
}

static std::string print(AffineMap map) {
  std::string text;
  llvm::raw_string_ostream(text) << map;
  return text;
}

std::string compress::checkConvolutionMaps(ArrayRef<AffineMap> maps) {
  // C2
  if (maps.size() != 3)
    return "expected 3 indexing maps (image, filter, result), found " +
           std::to_string(maps.size());
  unsigned numDims = maps[2].getNumDims();
  StringRef names[] = {"image", "filter", "result"};
  for (auto [name, map] : llvm::zip(names, maps))
    if (map.getNumDims() != numDims || map.getNumSymbols() != 0)
      return ("map of " + name + " must be over the " + Twine(numDims) +
              " common dimensions without symbols, found " + print(map))
          .str();
  // C3
  for (unsigned i : {1u, 2u})
    if (!maps[i].isProjectedPermutation())
      return ("map of " + names[i] +
              " must be a projected permutation of the " + Twine(numDims) +
              " common dimensions, found " + print(maps[i]))
          .str();
  // C4
  llvm::BitVector seen(numDims), alone(numDims);
  for (AffineExpr expr : maps[0].getResults()) {
    SmallVector<WindowTerm, 2> terms = getWindowTerms(expr);
    if (terms.empty())
      return "map of image must have sums of dimensions times positive "
             "constants, found " +
             print(maps[0]);
    for (WindowTerm term : terms) {
      if (seen.test(term.dim))
        return "dimension d" + std::to_string(term.dim) +
               " must appear once in the map of image, found " + print(maps[0]);
      seen.set(term.dim);
    }
    if (isa<AffineDimExpr>(expr))
      alone.set(terms.front().dim);
  }
  // C5
  for (unsigned dim = 0; dim < numDims; ++dim) {
    if (!seen.test(dim) && !maps[1].isFunctionOfDim(dim))
      return "dimension d" + std::to_string(dim) +
             " must appear in the map of image or filter";
    if (!alone.test(dim) && !maps[1].isFunctionOfDim(dim) &&
        !maps[2].isFunctionOfDim(dim))
      return "dimension d" + std::to_string(dim) +
             " must appear alone in a map, since nothing else gives its extent";
  }
  return {};
}
