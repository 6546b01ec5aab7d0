//===- codec.cpp - Fuzzes the codec on random formats and bytes
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The first bytes choose a format, the rest are elements or components.
// Encoding what is dense, then decoding it, gives finite values and exact zeros
// where nothing is kept; decoding bytes that nobody has encoded is an error or
// gives some values; encoding what has been decoded keeps what stores values as
// they are.

#include "compress/Codec/Codec.h"
#include "llvm/Support/ErrorHandling.h"
#include <cmath>
#include <cstring>
#include <fuzzer/FuzzedDataProvider.h>

using namespace mlir::compress::codec;
using llvm::SmallVector;

namespace {

using Extents = SmallVector<int64_t, 4>;

Extents chooseBlock(FuzzedDataProvider &input, size_t rank) {
  Extents block;
  for (size_t i = 0; i < rank; ++i)
    block.push_back(input.ConsumeIntegralInRange<int64_t>(0, 5));
  return block;
}

Scaling chooseScaling(FuzzedDataProvider &input, size_t rank) {
  Scaling scaling;
  scaling.scaleType = input.PickValueInArray(
      {ElementType::F32, ElementType::F16, ElementType::BF16,
       ElementType::F8E4M3FN, ElementType::F8E5M2, ElementType::F8E8M0FNU});
  scaling.block = chooseBlock(input, rank);
  if (input.ConsumeBool()) {
    scaling.superScaleType = input.PickValueInArray(
        {ElementType::F32, ElementType::F16, ElementType::BF16});
    for (int64_t extent : scaling.block)
      scaling.superBlock.push_back(extent *
                                   input.ConsumeIntegralInRange<int64_t>(0, 3));
  }
  return scaling;
}

Storage chooseStorage(FuzzedDataProvider &input, size_t rank) {
  Scaling scaling = chooseScaling(input, rank);
  switch (input.ConsumeIntegralInRange(0, 3)) {
  case 0:
    return AffineStorage(input.ConsumeIntegralInRange(1u, 9u),
                         input.ConsumeBool(), scaling);
  case 1:
    return FloatStorage(input.PickValueInArray(
        {ElementType::F32, ElementType::F16, ElementType::BF16,
         ElementType::F8E4M3FN, ElementType::F8E5M2, ElementType::F4E2M1FN}));
  case 2:
    return FloatStorage(
        input.PickValueInArray({ElementType::F8E4M3FN, ElementType::F8E5M2,
                                ElementType::F4E2M1FN}),
        scaling);
  default:
    return CodebookStorage(
        input.PickValueInArray(
            {CodebookStorage::Kind::NF4, CodebookStorage::Kind::Ternary,
             CodebookStorage::Kind::KMeans, CodebookStorage::Kind::Quantile}),
        input.ConsumeIntegralInRange(1u, 9u), scaling,
        input.PickValueInArray({1, 2, 4, 8}));
  }
}

Sparsity chooseSparsity(FuzzedDataProvider &input, Format &format) {
  size_t rank = format.shape.size();
  int64_t elements = 1;
  for (int64_t extent : format.shape)
    elements *= extent;
  int64_t count = input.ConsumeIntegralInRange<int64_t>(-1, elements + 1);
  switch (input.ConsumeIntegralInRange(0, 4)) {
  case 0:
    return DenseSparsity{};
  case 1: {
    NMSparsity nm;
    nm.m = input.ConsumeIntegralInRange<int64_t>(1, 8);
    nm.n = input.ConsumeIntegralInRange<int64_t>(0, nm.m);
    nm.axis = input.ConsumeIntegralInRange<int64_t>(0, rank - 1);
    if (input.ConsumeBool())
      nm.transposedAxis = input.ConsumeIntegralInRange<int64_t>(-1, rank - 1);
    // Most extents do not divide; that is an error of its own.
    if (input.ConsumeBool()) {
      format.shape[nm.axis] = nm.m * (format.shape[nm.axis] % 5);
      if (nm.transposedAxis >= 0)
        format.shape[nm.transposedAxis] =
            nm.m * (format.shape[nm.transposedAxis] % 5);
    }
    return nm;
  }
  case 2:
    return BlockSparsity{chooseBlock(input, rank), count % 7};
  case 3:
    return BitmapSparsity{count};
  default:
    return CSRSparsity{count};
  }
}

Format chooseFormat(FuzzedDataProvider &input) {
  Format format;
  size_t rank = input.ConsumeIntegralInRange<size_t>(1, 4);
  for (size_t i = 0; i < rank; ++i)
    format.shape.push_back(
        input.ConsumeIntegralInRange<int64_t>(0, rank < 3 ? 40 : 9));
  format.expressed = input.PickValueInArray(
      {ElementType::F32, ElementType::F16, ElementType::BF16});
  format.storage = chooseStorage(input, rank);
  format.sparsity = chooseSparsity(input, format);
  if (input.ConsumeBool()) {
    TiledLayout tiled;
    for (size_t i = 0, e = input.ConsumeIntegralInRange<size_t>(1, 5); i < e;
         ++i)
      tiled.tile.push_back(input.ConsumeIntegralInRange<int64_t>(0, 6));
    format.layout = tiled;
  }
  return format;
}

/// Buffers of exactly the sizes that the format asks for.
struct Buffers {
  explicit Buffers(const Format &format) {
    for (const Component &component : getComponents(format))
      memory.emplace_back(component.getNumBytes());
  }
  SmallVector<ConstBytes> read() const {
    return SmallVector<ConstBytes>(memory.begin(), memory.end());
  }
  SmallVector<MutableBytes> write() {
    return SmallVector<MutableBytes>(memory.begin(), memory.end());
  }
  SmallVector<std::vector<char>> memory;
};

void fill(FuzzedDataProvider &input, std::vector<char> &bytes) {
  if (bytes.empty())
    return;
  size_t read = input.ConsumeData(bytes.data(), bytes.size());
  // What the input is too short for repeats it.
  for (size_t i = read; read != 0 && i < bytes.size(); ++i)
    bytes[i] = bytes[i - read];
}

/// Whether bytes that decode to a value encode to themselves again: where no
/// parameter is chosen anew.
bool keepsBytes(const Format &format) {
  auto *store = std::get_if<FloatStorage>(&format.storage);
  return store && !store->scaled && store->type == format.expressed;
}

/// The greatest magnitude of an f32 tensor; infinite with NaN or an infinity.
float getLargest(const std::vector<char> &dense) {
  float largest = 0;
  for (size_t i = 0; i < dense.size(); i += sizeof(float)) {
    float value;
    memcpy(&value, &dense[i], sizeof(float));
    if (!std::isfinite(value))
      return INFINITY;
    largest = std::max(largest, std::fabs(value));
  }
  return largest;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  FuzzedDataProvider input(data, size);
  Format format = chooseFormat(input);
  if (llvm::Error error = verify(format)) {
    llvm::consumeError(std::move(error));
    return 0;
  }
  int64_t elements = 1;
  for (int64_t extent : format.shape)
    elements *= extent;
  std::vector<char> dense(elements * getByteWidth(format.expressed));
  Buffers buffers(format);

  if (input.ConsumeBool()) {
    // Bytes that nobody has encoded.
    for (std::vector<char> &component : buffers.memory)
      fill(input, component);
    llvm::consumeError(decode(format, buffers.read(), dense));
    return 0;
  }

  EncodeOptions options;
  options.select = input.ConsumeBool();
  options.nonFinite = input.ConsumeBool() ? NonFinite::Clamp : NonFinite::Error;
  options.observer.kind =
      input.PickValueInArray({Observer::Kind::MinMax,
                              Observer::Kind::Percentile, Observer::Kind::MSE});
  fill(input, dense);
  ErrorStats stats;
  if (llvm::Error error =
          encode(format, dense, buffers.write(), options, &stats)) {
    llvm::consumeError(std::move(error));
    return 0;
  }
  if (stats.elements != elements)
    llvm::report_fatal_error("the statistics miss elements");
  std::vector<char> decoded(dense.size());
  llvm::cantFail(decode(format, buffers.read(), decoded));
  // A scale is rounded, at most to the next power of two, so that elements near
  // the largest finite value may decode to infinity; half of it leaves room.
  if (format.expressed == ElementType::F32 && getLargest(dense) < 0x1p126f &&
      !std::isfinite(getLargest(decoded)))
    llvm::report_fatal_error("finite elements decode to others");
  ErrorStats again = compare(format.expressed, decoded, decoded);
  if (again.maxAbsError != 0 && std::isfinite(again.maxAbsError))
    llvm::report_fatal_error("a tensor differs from itself");
  if (keepsBytes(format)) {
    Buffers second(format);
    llvm::cantFail(encode(format, decoded, second.write(), options));
    if (second.memory != buffers.memory)
      llvm::report_fatal_error("what is stored as it is changes");
  }
  return 0;
}
