//===- CudaRuntimeTest.cpp - The runtime of compiled models --------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../../lib/Runtime/Cuda/Model.h"
#include "../../lib/Runtime/Cuda/Workspace.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <random>
#include <string>
#include <vector>

using namespace mlir::compress::runtime;

namespace {

struct Placement {
  std::vector<int64_t> offsets;
  int64_t bytes;
};

Placement place(const std::vector<int64_t> &sizes,
                const std::vector<CudaLifetime> &lifetimes) {
  Placement result{sizes, 0};
  int64_t count = sizes.size();
  std::vector<int64_t> order(count), placed(2 * count);
  result.bytes = placeBuffers(count, lifetimes.data(), result.offsets.data(),
                              order.data(), placed.data());
  return result;
}

TEST(WorkspaceTest, NothingNeedsNothing) { EXPECT_EQ(place({}, {}).bytes, 0); }

TEST(WorkspaceTest, AChainNeedsTwoPlaces) {
  Placement result =
      place({100, 100, 100, 100}, {{0, 1}, {1, 2}, {2, 3}, {3, 4}});
  EXPECT_EQ(result.bytes, 512);
}

TEST(WorkspaceTest, LifetimesThatMeetDoNotShare) {
  EXPECT_EQ(place({256, 256}, {{0, 1}, {1, 2}}).bytes, 512);
  EXPECT_EQ(place({256, 256}, {{0, 1}, {2, 3}}).bytes, 256);
}

TEST(WorkspaceTest, SmallBuffersFillAGap) {
  // The second is over when the two small ones begin.
  Placement result =
      place({512, 1024, 256, 256}, {{0, 9}, {0, 4}, {5, 9}, {5, 9}});
  EXPECT_EQ(result.bytes, 1536);
}

TEST(WorkspaceTest, RandomPlansAreRight) {
  std::mt19937 generator(7);
  for (int round = 0; round < 200; ++round) {
    int64_t count = generator() % 40;
    std::vector<int64_t> sizes;
    std::vector<CudaLifetime> lifetimes;
    for (int64_t i = 0; i < count; ++i) {
      // Some have no bytes.
      sizes.push_back(generator() % 4 ? generator() % 5000 : 0);
      int64_t begin = generator() % 50;
      lifetimes.push_back({begin, begin + int64_t(generator() % 10)});
    }
    Placement result = place(sizes, lifetimes);
    int64_t most = 0, total = 0;
    for (int64_t i = 0; i < count; ++i) {
      EXPECT_EQ(result.offsets[i] % kBufferAlignment, 0);
      EXPECT_LE(result.offsets[i] + sizes[i], result.bytes);
      for (int64_t k = 0; k < i; ++k) {
        bool meet = lifetimes[i].begin <= lifetimes[k].end &&
                    lifetimes[k].begin <= lifetimes[i].end;
        bool overlap = result.offsets[i] < result.offsets[k] + sizes[k] &&
                       result.offsets[k] < result.offsets[i] + sizes[i];
        EXPECT_FALSE(meet && overlap && sizes[i] && sizes[k]);
      }
    }
    for (int64_t at = 0; at < 60; ++at) {
      int64_t alive = 0;
      for (int64_t i = 0; i < count; ++i)
        if (lifetimes[i].begin <= at && at <= lifetimes[i].end)
          alive += alignBuffer(sizes[i]);
      most = std::max(most, alive);
    }
    for (int64_t size : sizes)
      total += alignBuffer(size);
    EXPECT_GE(result.bytes, most);
    EXPECT_LE(result.bytes, total);
  }
}

/// What a driver was asked for last.
struct {
  int type, interleave, swizzle, fill;
  uint32_t rank;
  std::vector<uint64_t> extents, strides;
  std::vector<uint32_t> box, elementStrides;
  void *map, *address;
  CUresult result;
} asked;

CUresult encodeTensorMap(void *map, int type, uint32_t rank, void *address,
                         const uint64_t *extents, const uint64_t *strides,
                         const uint32_t *box, const uint32_t *elementStrides,
                         int interleave, int swizzle, int, int fill) {
  asked.type = type;
  asked.interleave = interleave;
  asked.swizzle = swizzle;
  asked.fill = fill;
  asked.rank = rank;
  asked.extents.assign(extents, extents + rank);
  asked.strides.assign(strides, strides + rank - 1);
  asked.box.assign(box, box + rank);
  asked.elementStrides.assign(elementStrides, elementStrides + rank);
  asked.map = map;
  asked.address = address;
  return asked.result;
}

TEST(CudaRuntimeTest, TensorMap) {
  CudaModel model = {};
  model.driver.cuTensorMapEncodeTiled = encodeTensorMap;
  CudaCall call{&model, nullptr, nullptr};
  alignas(64) char map[128], data[16];
  EmulatedTensorMap parameters = {};
  parameters.type = EmulatedTensorType::BFloat16;
  parameters.rank = 2;
  parameters.address = data;
  parameters.extents[0] = 64;
  parameters.extents[1] = int64_t(1) << 32;
  parameters.strides[0] = 128;
  parameters.box[0] = 64;
  parameters.box[1] = 128;
  parameters.elementStrides[0] = parameters.elementStrides[1] = 1;
  parameters.swizzle = EmulatedSwizzle::Bytes128;
  parameters.fillsWithNaN = 1;
  asked.result = 0;
  compress_cuda_encode_tensor_map(&call, map, &parameters, "a site");
  EXPECT_EQ(call.error, nullptr);
  // The values of CUtensorMapDataType, CUtensorMapSwizzle and
  // CUtensorMapFloatOOBfill in the driver's manual.
  EXPECT_EQ(asked.type, 9);
  EXPECT_EQ(asked.swizzle, 3);
  EXPECT_EQ(asked.fill, 1);
  EXPECT_EQ(asked.interleave, 0);
  EXPECT_EQ(asked.map, map);
  EXPECT_EQ(asked.address, data);
  EXPECT_EQ(asked.extents, (std::vector<uint64_t>{64, uint64_t(1) << 32}));
  EXPECT_EQ(asked.strides, std::vector<uint64_t>{128});
  EXPECT_EQ(asked.box, (std::vector<uint32_t>{64, 128}));
  EXPECT_EQ(asked.elementStrides, (std::vector<uint32_t>{1, 1}));

  asked.result = 1;
  compress_cuda_encode_tensor_map(&call, map, &parameters, "a site");
  ASSERT_NE(call.error, nullptr);
  EXPECT_EQ(std::string(call.error)
                .rfind("a site: the driver accepts no such "
                       "tensor map (error 1): rank 2",
                       0),
            0u);
}

TEST(CudaRuntimeTest, TensorMapNeedsANewDriver) {
  CudaModel model = {};
  CudaCall call{&model, nullptr, nullptr};
  EmulatedTensorMap parameters = {};
  compress_cuda_encode_tensor_map(&call, nullptr, &parameters, "a site");
  EXPECT_EQ(call.error, nullptr);
  char data[16];
  parameters.address = data;
  compress_cuda_encode_tensor_map(&call, nullptr, &parameters, "a site");
  EXPECT_STREQ(call.error, "a site: tensor maps need the driver of CUDA 12 or "
                           "later; update it");
}

} // namespace
