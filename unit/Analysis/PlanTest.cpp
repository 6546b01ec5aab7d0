//===- PlanTest.cpp - The record of what is decided -----------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Analysis/Plan.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "gtest/gtest.h"
#include <limits>

using namespace mlir;
using namespace mlir::compress;

namespace {

class PlanTest : public ::testing::Test {
protected:
  PlanTest() : builder(&context) {
    context.loadDialect<CompressDialect>();
    module = ModuleOp::create(builder.getUnknownLoc());
  }

  StorageAttrInterface getStorage() {
    return AffineStorageAttr::get(&context, 8, /*symmetric=*/true,
                                  ArrayRef<int64_t>{0, 1},
                                  builder.getF32Type());
  }

  SchemeAttrInterface getScheme() {
    return SchemeAttr::get(
        SparsityAttrInterface(DenseSparsityAttr::get(&context)), getStorage());
  }

  MLIRContext context;
  Builder builder;
  OwningOpRef<ModuleOp> module;
};

TEST_F(PlanTest, AModuleWithoutAPlanGivesAnEmptyOne) {
  EXPECT_TRUE(CompressionPlan::load(*module).getEntries().empty());
}

TEST_F(PlanTest, StoreAndLoadKeepEverything) {
  CompressionPlan plan;
  PlanEntry &first = plan.get("first");
  first.op = "linalg.matmul";
  first.weight = "fc.weight";
  first.type = RankedTensorType::get({8, 2}, builder.getF32Type());
  first.scheme = getScheme();
  first.activation = getStorage();
  first.reasons["prune"] = "left alone";
  first.reasons["fold"] = "no file";
  PlanEntry::Result result;
  result.bytes = 24;
  result.zeros = 0.5;
  result.saturated = 0.25;
  result.maxAbsError = 1.5;
  result.mse = 0.125;
  result.sqnr = 11.5;
  first.result = result;
  PlanEntry &second = plan.get("second");
  second.sharedWith = "first";
  second.result = PlanEntry::Result();
  second.result->sqnr = std::numeric_limits<double>::infinity();
  plan.get("third");
  plan.store(*module);

  CompressionPlan loaded = CompressionPlan::load(*module);
  ASSERT_EQ(loaded.getEntries().size(), 3u);
  const PlanEntry &a = loaded.getEntries()[0];
  EXPECT_EQ(a.site, "first");
  EXPECT_EQ(a.op, first.op);
  EXPECT_EQ(a.weight, first.weight);
  EXPECT_EQ(a.type, first.type);
  EXPECT_EQ(a.scheme, first.scheme);
  EXPECT_EQ(a.activation, first.activation);
  EXPECT_EQ(a.reasons, first.reasons);
  EXPECT_EQ(a.sharedWith, "");
  ASSERT_TRUE(a.result.has_value());
  EXPECT_EQ(a.result->bytes, 24);
  EXPECT_EQ(a.result->zeros, 0.5);
  EXPECT_EQ(a.result->saturated, 0.25);
  EXPECT_EQ(a.result->maxAbsError, 1.5);
  EXPECT_EQ(a.result->mse, 0.125);
  EXPECT_EQ(a.result->sqnr, 11.5);
  const PlanEntry &b = loaded.getEntries()[1];
  EXPECT_EQ(b.site, "second");
  EXPECT_EQ(b.sharedWith, "first");
  EXPECT_FALSE(b.type);
  EXPECT_FALSE(b.scheme);
  EXPECT_FALSE(b.activation);
  ASSERT_TRUE(b.result.has_value());
  EXPECT_EQ(b.result->sqnr, std::numeric_limits<double>::infinity());
  const PlanEntry &c = loaded.getEntries()[2];
  EXPECT_EQ(c.site, "third");
  EXPECT_TRUE(c.op.empty());
  EXPECT_TRUE(c.reasons.empty());
  EXPECT_FALSE(c.result.has_value());

  // Storing what was loaded changes nothing.
  Attribute before = (*module)->getAttr(CompressDialect::kPlanAttr);
  loaded.store(*module);
  EXPECT_EQ((*module)->getAttr(CompressDialect::kPlanAttr), before);
}

TEST_F(PlanTest, EntriesAreFoundByTheirSite) {
  CompressionPlan plan;
  EXPECT_EQ(plan.lookup("a"), nullptr);
  PlanEntry &a = plan.get("a");
  // References stay valid while entries are added.
  for (int i = 0; i < 1000; ++i)
    plan.get("other" + std::to_string(i));
  EXPECT_EQ(&plan.get("a"), &a);
  EXPECT_EQ(plan.lookup("a"), &a);
  EXPECT_EQ(a.site, "a");
  EXPECT_EQ(plan.getEntries().size(), 1001u);
}

TEST_F(PlanTest, EntriesAreFoundAfterLoading) {
  CompressionPlan plan;
  plan.get("a");
  plan.store(*module);
  CompressionPlan loaded = CompressionPlan::load(*module);
  ASSERT_NE(loaded.lookup("a"), nullptr);
  loaded.get("a").op = "changed";
  EXPECT_EQ(loaded.getEntries().size(), 1u);
  EXPECT_EQ(loaded.getEntries()[0].op, "changed");
}

TEST_F(PlanTest, ReasonsOfADenseSiteThatAgreeAreSaidOnce) {
  PlanEntry entry;
  EXPECT_EQ(entry.getReason(), "");
  entry.reasons["quantize"] = "no weight";
  EXPECT_EQ(entry.getReason(), "no weight");
  entry.reasons["prune"] = "no weight";
  EXPECT_EQ(entry.getReason(), "no weight");
}

TEST_F(PlanTest, ReasonsThatDifferNameTheirPass) {
  PlanEntry entry;
  entry.reasons["quantize"] = "ignored";
  entry.reasons["prune"] = "odd extent";
  EXPECT_EQ(entry.getReason(), "prune: odd extent; quantize: ignored");
}

TEST_F(PlanTest, ReasonsOfACompressedSiteNameTheirPass) {
  PlanEntry entry;
  entry.scheme = getScheme();
  EXPECT_EQ(entry.getReason(), "");
  entry.reasons["prune"] = "odd extent";
  EXPECT_EQ(entry.getReason(), "prune: odd extent");
}

TEST_F(PlanTest, DenseBytesAreThoseOfTheType) {
  PlanEntry entry;
  EXPECT_EQ(entry.getDenseBytes(), 0);
  entry.type = RankedTensorType::get({3, 5}, builder.getF16Type());
  EXPECT_EQ(entry.getDenseBytes(), 30);
}

} // namespace
