//===- SitesTest.cpp - What ops of other compilers say of themselves ------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Analysis/Sites.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace mlir::compress;

namespace {

/// What the model below says of every arith.mulf.
Contraction described;

struct MulFModel
    : CompressibleOpInterface::ExternalModel<MulFModel, arith::MulFOp> {
  FailureOr<Contraction> getContraction(Operation *, std::string &) const {
    return described;
  }
  FailureOr<Value> rebuildCompressed(Operation *, RewriterBase &, Value,
                                     Value) const {
    return failure();
  }
};

class SitesTest : public ::testing::Test {
protected:
  SitesTest() {
    context
        .loadDialect<arith::ArithDialect, CompressDialect, func::FuncDialect>();
    arith::MulFOp::attachInterface<MulFModel>(context);
    module = parseSourceString<ModuleOp>(R"(
      func.func @f(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
        %w = arith.constant dense<[[1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 4.0],
            [1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 4.0]]> : tensor<4x4xf32>
        %y = arith.mulf %x, %w : tensor<4x4xf32>
        return %y : tensor<4x4xf32>
      })",
                                         &context);
    described = Contraction();
    described.maps = {getMap({0, 2}), getMap({1, 2}), getMap({0, 1})};
  }

  AffineMap getMap(ArrayRef<unsigned> dims) {
    return AffineMap::getMultiDimMapWithTargets(3, dims, &context);
  }

  /// Why the op cannot be compressed.
  std::string getReason() {
    std::vector<Site> sites = collectSites(*module);
    return sites.size() == 1 ? sites.front().reason : "not one site";
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};

TEST_F(SitesTest, AnOpNeedsNoAccumulator) {
  EXPECT_EQ(getReason(), "");
  Site site = collectSites(*module).front();
  EXPECT_EQ(site.getReducedAxis(), 1);
  EXPECT_EQ(site.getFreeAxes(), SmallVector<int64_t>{0});
}

TEST_F(SitesTest, MapsThatDoNotFitAreAReason) {
  const std::string prefix = "it does not describe itself as what it is: ";
  described.maps.pop_back();
  EXPECT_EQ(getReason(), prefix + "expected 3 indexing maps (image, filter, "
                                  "result), found 2");
  described.maps.push_back(getMap({0}));
  described.init = 0;
  EXPECT_EQ(getReason(),
            prefix + "accumulator must be a tensor of rank 1, as its map says");
  described.maps[1] = getMap({1, 2, 0});
  EXPECT_EQ(getReason(),
            prefix + "rhs must be a tensor of rank 3, as its map says");
}

TEST_F(SitesTest, OperandsThatDoNotExistAreAReason) {
  described.init = 2;
  EXPECT_EQ(getReason(),
            "it does not describe itself as what it is: expected operand 2 and "
            "one result, found 2 operands and 1 results");
}

} // namespace
