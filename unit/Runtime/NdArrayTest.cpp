//===- NdArrayTest.cpp - Tests of arrays
//-----------------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Runtime/NdArray.h"
#include "TestFiles.h"

using namespace mlir::compress::runtime;

namespace {

TEST(NdArray, WrapsMemoryWithoutACopyAndKeepsItsOwner) {
  auto owner = std::make_shared<std::vector<char>>(24);
  NdArray array =
      get(NdArray::wrap(DType::F32, {2, 3}, {owner, owner->data()}));
  EXPECT_EQ(array.getData().data(), owner->data());
  EXPECT_EQ(array.getData().size(), 24u);
  EXPECT_EQ(owner.use_count(), 2);
  NdArray moved = std::move(array);
  EXPECT_EQ(owner.use_count(), 2);
  EXPECT_TRUE(array.getData().empty());
  moved = NdArray();
  EXPECT_EQ(owner.use_count(), 1);
}

TEST(NdArray, RefusesShapesWithoutASize) {
  auto error = NdArray::wrap(DType::F32, {-1, 3}, nullptr).takeError();
  EXPECT_NE(llvm::toString(std::move(error)).find("negative extent"),
            std::string::npos);
}

} // namespace
