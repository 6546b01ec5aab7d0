//===- MiniDialect.cpp - The dialect, and how its op is compressed --------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Mini.h"
#include "compress/Dialect/Compress/IR/ContractFromZeros.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/OpImplementation.h"

using namespace mlir;
using namespace mini;

#include "MiniOpsDialect.cpp.inc"

#define GET_OP_CLASSES
#include "MiniOps.cpp.inc"

void MiniDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "MiniOps.cpp.inc"
      >();
}

OpFoldResult WeightOp::fold(FoldAdaptor) { return getValue(); }

LogicalResult LinearOp::verify() {
  int64_t depth = getInput().getType().getDimSize(1);
  int64_t expected = getWeight().getType().getDimSize(1);
  if (depth != expected && !ShapedType::isDynamic(depth) &&
      !ShapedType::isDynamic(expected))
    return emitOpError()
           << "expected dimension 1 of input and weight to agree, "
              "found "
           << depth << " and " << expected;
  return success();
}

//===----------------------------------------------------------------------===//
// All that Compress needs to know of the ops
//===----------------------------------------------------------------------===//

FailureOr<compress::Contraction> LinearOp::getContraction(std::string &) {
  // (m, n, k): input[m, k], weight[n, k], result[m, n].
  auto map = [&](ArrayRef<unsigned> dims) {
    return AffineMap::getMultiDimMapWithTargets(3, dims, getContext());
  };
  compress::Contraction contraction;
  contraction.maps = {map({0, 2}), map({1, 2}), map({0, 1})};
  return contraction;
}

FailureOr<Value> LinearOp::rebuildCompressed(RewriterBase &rewriter, Value lhs,
                                             Value rhs) {
  std::string reason;
  return compress::buildContractFromZeros(rewriter, *this,
                                          *getContraction(reason), lhs, rhs);
}

Value TransposeOp::getViewSource() { return getInput(); }

std::optional<SmallVector<int64_t>> TransposeOp::getViewPermutation() {
  return SmallVector<int64_t>{1, 0};
}
