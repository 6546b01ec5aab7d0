//===- SitesTest.cpp - What ops of other compilers say of themselves ------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Analysis/Sites.h"
#include "../Runtime/TestFiles.h"
#include "compress/Dialect/Compress/IR/ExternalStore.h"
#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
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

/// What the model below says of every arith.negf.
std::optional<SmallVector<int64_t>> permutation;

struct NegFModel
    : WeightViewOpInterface::ExternalModel<NegFModel, arith::NegFOp> {
  Value getViewSource(Operation *op) const { return op->getOperand(0); }
  std::optional<SmallVector<int64_t>> getViewPermutation(Operation *) const {
    return permutation;
  }
};

class SitesTest : public runtime::FileTest {
protected:
  SitesTest() {
    context
        .loadDialect<arith::ArithDialect, CompressDialect, func::FuncDialect>();
    arith::MulFOp::attachInterface<MulFModel>(context);
    arith::NegFOp::attachInterface<NegFModel>(context);
    module = parseSourceString<ModuleOp>(R"(
      func.func @f(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
        %w = arith.constant dense<[[1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 4.0],
            [1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 4.0]]> : tensor<4x4xf32>
        %v = arith.negf %w : tensor<4x4xf32>
        %y = arith.mulf %x, %v : tensor<4x4xf32>
        return %y : tensor<4x4xf32>
      })",
                                         &context);
    described = Contraction();
    described.maps = {getMap({0, 2}), getMap({1, 2}), getMap({0, 1})};
    permutation.reset();
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

TEST_F(SitesTest, AWeightIsReadThroughViews) {
  auto read = [&](std::vector<float> expected) {
    std::vector<Site> sites = collectSites(*module);
    ASSERT_EQ(sites.size(), 1u);
    ASSERT_EQ(sites.front().reason, "");
    ExternalStore store;
    FailureOr<WeightBytes> bytes = readWeight(
        sites.front().weight, store, [&] { return module->emitError(); },
        /*threads=*/nullptr);
    ASSERT_TRUE(succeeded(bytes));
    ArrayRef<float> row(reinterpret_cast<const float *>(bytes->data.data()), 4);
    EXPECT_EQ(row.vec(), expected);
  };
  read({1, 2, 3, 4});
  permutation = SmallVector<int64_t>{1, 0};
  read({1, 1, 1, 1});
}

TEST_F(SitesTest, AViewThatDoesNotFitIsNone) {
  for (SmallVector<int64_t> wrong :
       {SmallVector<int64_t>{0, 0}, SmallVector<int64_t>{1, 0, 2}}) {
    permutation = wrong;
    EXPECT_NE(getReason().find("it is computed at run time by 'arith.negf'"),
              std::string::npos);
  }
}

TEST_F(SitesTest, ScoresTakeTheWayOfTheWeight) {
  std::string header = R"({"f/arith.mulf_0":{"dtype":"F32","shape":[4,4],)"
                       R"("data_offsets":[0,64]}})";
  header.resize(llvm::alignTo(header.size(), 8), ' ');
  uint64_t size = header.size();
  std::string file(reinterpret_cast<const char *>(&size), sizeof(size));
  file += header + std::string(64, '\0');
  std::string path = getPath("scores.safetensors");
  writeFile(path, file);

  // The op that gives the scores their place, after pruning a copy.
  auto getLast = [&]() -> std::string {
    OwningOpRef<ModuleOp> copy = module->clone();
    PassManager manager(&context);
    manager.addPass(
        createPrunePass({"{pattern: 2:4, scores: \"" + path + "\"}"}));
    if (failed(manager.run(*copy)))
      return "a failure";
    std::string name = "no scores";
    copy->walk([&](PruneOp op) {
      name = op.getScores().getDefiningOp()->getName().getStringRef().str();
    });
    return name;
  };
  EXPECT_EQ(getLast(), "tensor.expand_shape");
  permutation = SmallVector<int64_t>{1, 0};
  EXPECT_EQ(getLast(), "linalg.transpose");
}

} // namespace
