//===- DTypeTest.cpp - Tests of element types -----------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestFiles.h"

using namespace mlir::compress::runtime;

TEST(DType, NamesAndWidths) {
  for (DType dtype : getAllDTypes())
    EXPECT_EQ(parseDType(getName(dtype)), dtype);
  EXPECT_EQ(parseDType("F8_E4M3"), DType::F8_E4M3);
  EXPECT_EQ(parseDType("f32"), std::nullopt);
  EXPECT_EQ(parseDType(""), std::nullopt);
  EXPECT_EQ(getByteWidth(DType::I64), 8u);
  EXPECT_EQ(getByteWidth(DType::F32), 4u);
  EXPECT_EQ(getByteWidth(DType::BF16), 2u);
  EXPECT_EQ(getByteWidth(DType::BOOL), 1u);
}

TEST(DType, WidestFirst) {
  std::vector<DType> dtypes = getAllDTypes();
  for (size_t i = 1; i < dtypes.size(); ++i)
    EXPECT_GE(getByteWidth(dtypes[i - 1]), getByteWidth(dtypes[i]));
}

TEST(DType, NumBytes) {
  EXPECT_EQ(getNumBytes(DType::F32, {}), 4);
  EXPECT_EQ(getNumBytes(DType::F16, {3, 5}), 30);
  EXPECT_EQ(getNumBytes(DType::F64, {7, 0}), 0);
  EXPECT_EQ(getNumBytes(DType::I8, {-1}), std::nullopt);
  int64_t large = int64_t(1) << 62;
  EXPECT_EQ(getNumBytes(DType::I8, {large}), large);
  EXPECT_EQ(getNumBytes(DType::I16, {large}), std::nullopt);
  // An empty dimension hides no overflow, wherever it stands.
  EXPECT_EQ(getNumBytes(DType::I8, {0, large, large}), std::nullopt);
  EXPECT_EQ(getNumBytes(DType::I8, {large, large, 0}), std::nullopt);
}
