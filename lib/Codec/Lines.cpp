//===- Lines.cpp - Lines of a dense and of a compressed tensor ------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lines.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>
#include <cstring>

using namespace mlir::compress::codec;
using llvm::ArrayRef;
using llvm::Error;

//===----------------------------------------------------------------------===//
// Conversion
//===----------------------------------------------------------------------===//

float mlir::compress::codec::getLargestFinite(ElementType type) {
  switch (type) {
  case ElementType::F16:
    return 65504.0f;
  case ElementType::BF16:
    return 0x1.fep127f;
  case ElementType::F8E4M3FN:
    return 448.0f;
  case ElementType::F8E5M2:
    return 57344.0f;
  case ElementType::F8E8M0FNU:
    return 0x1p127f;
  case ElementType::F4E2M1FN:
    return 6.0f;
  default:
    return 0x1.fffffep127f;
  }
}

float mlir::compress::codec::getLeastNormal(ElementType type) {
  switch (type) {
  case ElementType::F16:
  case ElementType::F8E5M2:
    return 0x1p-14f;
  case ElementType::F8E4M3FN:
    return 0x1p-6f;
  case ElementType::F4E2M1FN:
    return 1.0f;
  default:
    return 0x1p-126f;
  }
}

void mlir::compress::codec::loadFloats(ElementType type, const char *source,
                                       int64_t count, float *result) {
  switch (type) {
  case ElementType::F16:
    return getKernels().loadF16(source, count, result);
  case ElementType::BF16:
    return getKernels().loadBF16(source, count, result);
  case ElementType::F8E4M3FN:
    return getKernels().loadF8E4M3FN(source, count, result);
  case ElementType::F8E5M2:
    return getKernels().loadF8E5M2(source, count, result);
  case ElementType::F8E8M0FNU:
    return getKernels().loadF8E8M0FNU(source, count, result);
  case ElementType::F4E2M1FN:
    return getKernels().loadF4E2M1FN(source, count, result);
  default:
    std::memcpy(result, source, count * sizeof(float));
  }
}

void mlir::compress::codec::storeFloats(ElementType type, const float *source,
                                        int64_t count, char *result) {
  switch (type) {
  case ElementType::F16:
    return getKernels().storeF16(source, count, result);
  case ElementType::BF16:
    return getKernels().storeBF16(source, count, result);
  case ElementType::F8E4M3FN:
    return getKernels().storeF8E4M3FN(source, count, result);
  case ElementType::F8E5M2:
    return getKernels().storeF8E5M2(source, count, result);
  case ElementType::F8E8M0FNU:
    return getKernels().storeF8E8M0FNU(source, count, result);
  case ElementType::F4E2M1FN:
    return getKernels().storeF4E2M1FN(source, count, result);
  default:
    std::memcpy(result, source, count * sizeof(float));
  }
}

void mlir::compress::codec::roundFloats(ElementType type, float *values,
                                        int64_t count,
                                        std::vector<char> &scratch) {
  if (type == ElementType::F32)
    return;
  scratch.resize(count * getByteWidth(type));
  storeFloats(type, values, count, scratch.data());
  loadFloats(type, scratch.data(), count, values);
}

LineReader::LineReader(ElementType type, ConstBytes dense, NonFinite nonFinite)
    : type(type), dense(dense), clamp(nonFinite == NonFinite::Clamp) {
  inPlace = type == ElementType::F32 && !clamp &&
            reinterpret_cast<uintptr_t>(dense.data()) % alignof(float) == 0;
}

const float *LineReader::read(int64_t offset, int64_t count,
                              float *scratch) const {
  const char *source = dense.data() + offset * getByteWidth(type);
  if (inPlace)
    return reinterpret_cast<const float *>(source);
  loadFloats(type, source, count, scratch);
  if (clamp)
    getKernels().sanitize(scratch, count, getLargestFinite(type), scratch);
  return scratch;
}

//===----------------------------------------------------------------------===//
// Sparsity
//===----------------------------------------------------------------------===//

GroupSelector::GroupSelector(const Geometry &geometry) : geometry(geometry) {
  if (!geometry.sparse || geometry.hasOuterAxis())
    return;
  denseScratch.resize(geometry.m * blockGroups);
  keptScratch.resize(geometry.n * blockGroups);
  positionScratch.resize(geometry.n * blockGroups);
  for (int64_t i = 0; i < geometry.m; ++i)
    denseLines.push_back(&denseScratch[i * blockGroups]);
  for (int64_t i = 0; i < geometry.n; ++i) {
    keptLines.push_back(&keptScratch[i * blockGroups]);
    positionLines.push_back(&positionScratch[i * blockGroups]);
  }
}

int32_t GroupSelector::select(ArrayRef<const float *> dense, int64_t columns,
                              ArrayRef<float *> kept,
                              ArrayRef<uint8_t *> positions) {
  const Kernels &kernels = getKernels();
  int n = geometry.n, m = geometry.m;
  if (geometry.hasOuterAxis())
    return kernels.select(n, m, dense.data(), columns, kept.data(),
                          positions.data());
  int32_t left = 0;
  int64_t groups = columns / m;
  for (int64_t begin = 0; begin < groups; begin += blockGroups) {
    int64_t count = std::min(groups - begin, blockGroups);
    kernels.deinterleave(m, dense[0] + begin * m, count, denseLines.data());
    int32_t found = kernels.select(n, m, denseLines.data(), count,
                                   keptLines.data(), positionLines.data());
    left = std::max(left, found);
    kernels.interleave(n, keptLines.data(), count, kept[0] + begin * n);
    kernels.interleaveBytes(n, positionLines.data(), count,
                            positions[0] + begin * n);
  }
  return left;
}

void GroupSelector::expand(ArrayRef<const float *> kept,
                           ArrayRef<const uint8_t *> positions, int64_t columns,
                           ArrayRef<float *> dense) {
  const Kernels &kernels = getKernels();
  int n = geometry.n, m = geometry.m;
  if (geometry.hasOuterAxis())
    return kernels.expand(n, m, kept.data(), positions.data(), columns,
                          dense.data());
  int64_t groups = columns / m;
  for (int64_t begin = 0; begin < groups; begin += blockGroups) {
    int64_t count = std::min(groups - begin, blockGroups);
    kernels.deinterleave(n, kept[0] + begin * n, count, keptLines.data());
    kernels.deinterleaveBytes(n, positions[0] + begin * n, count,
                              positionLines.data());
    kernels.expand(n, m, keptLines.data(), positionLines.data(), count,
                   denseLines.data());
    kernels.interleave(m, denseLines.data(), count, dense[0] + begin * m);
  }
}

bool GroupSelector::isValid(ArrayRef<const uint8_t *> positions,
                            int64_t columns) {
  const Kernels &kernels = getKernels();
  int n = geometry.n, m = geometry.m;
  if (geometry.hasOuterAxis())
    return kernels.areValidPositions(n, m, positions.data(), columns);
  int64_t groups = columns / m;
  for (int64_t begin = 0; begin < groups; begin += blockGroups) {
    int64_t count = std::min(groups - begin, blockGroups);
    kernels.deinterleaveBytes(n, positions[0] + begin * n, count,
                              positionLines.data());
    if (!kernels.areValidPositions(n, m, positionLines.data(), count))
      return false;
  }
  return true;
}

//===----------------------------------------------------------------------===//
// Packed rows
//===----------------------------------------------------------------------===//

void mlir::compress::codec::forEachSegment(
    const Geometry &geometry, int64_t row, int64_t column, int64_t count,
    unsigned bits, llvm::function_ref<void(const Segment &)> visit) {
  int64_t width = geometry.tile.back();
  int64_t rowBytes = geometry.getBytesPerRow(bits);
  for (int64_t done = 0; done < count;) {
    int64_t tile = (column + done) / width, within = (column + done) % width;
    int64_t size = std::min(count - done, width - within);
    int64_t tileRow = row + tile * geometry.getRowsPerTile();
    visit({tileRow * rowBytes + within * int64_t(bits) / 8, done, size});
    done += size;
  }
}

void mlir::compress::codec::writeRow(const Geometry &geometry, int64_t row,
                                     int64_t column, int64_t count,
                                     unsigned bits, const char *values,
                                     MutableBytes component) {
  forEachSegment(
      geometry, row, column, count, bits, [&](const Segment &segment) {
        char *target = component.data() + segment.byte;
        if (bits % 8 == 0)
          std::memcpy(target, values + segment.column * (bits / 8),
                      segment.count * (bits / 8));
        else
          getKernels().pack(
              bits, reinterpret_cast<const uint8_t *>(values) + segment.column,
              segment.count, target);
      });
}

void mlir::compress::codec::readRow(const Geometry &geometry, int64_t row,
                                    int64_t column, int64_t count,
                                    unsigned bits, ConstBytes component,
                                    char *values) {
  forEachSegment(geometry, row, column, count, bits,
                 [&](const Segment &segment) {
                   const char *source = component.data() + segment.byte;
                   if (bits % 8 == 0)
                     std::memcpy(values + segment.column * (bits / 8), source,
                                 segment.count * (bits / 8));
                   else
                     getKernels().unpack(bits, source, segment.count,
                                         reinterpret_cast<uint8_t *>(values) +
                                             segment.column);
                 });
}

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

Extents mlir::compress::codec::getIndex(ArrayRef<int64_t> shape,
                                        int64_t offset) {
  Extents index(shape.size(), 0);
  for (int i = int(shape.size()) - 1; i >= 0; --i) {
    index[i] = offset % shape[i];
    offset /= shape[i];
  }
  return index;
}

Error mlir::compress::codec::findNonFinite(ArrayRef<int64_t> shape,
                                           ElementType type, ConstBytes dense) {
  constexpr int64_t piece = 4096;
  std::vector<float> scratch(piece);
  LineReader reader(type, dense, NonFinite::Error);
  int64_t elements = dense.size() / getByteWidth(type);
  for (int64_t begin = 0; begin < elements; begin += piece) {
    int64_t count = std::min(elements - begin, piece);
    const float *values = reader.read(begin, count, scratch.data());
    if (getKernels().maxMagnitude(values, count) < infinityBits)
      continue;
    const float *found = std::find_if(
        values, values + count, [](float x) { return !std::isfinite(x); });
    return llvm::make_error<ElementError>(
        getIndex(shape, begin + (found - values)),
        llvm::formatv("expected a finite value, found {0}; repair the tensor, "
                      "or set non-finite=clamp",
                      std::isnan(*found) ? "NaN"
                      : *found > 0       ? "inf"
                                         : "-inf")
            .str());
  }
  return Error::success();
}

Error mlir::compress::codec::checkSizes(const Format &format, size_t denseBytes,
                                        ArrayRef<size_t> componentBytes) {
  auto makeError = [](llvm::StringRef name, size_t expected, size_t found) {
    return llvm::createStringError(
        std::make_error_code(std::errc::invalid_argument),
        llvm::formatv("expected {0} bytes of {1}, found {2}", expected, name,
                      found)
            .str());
  };
  size_t dense = getByteWidth(format.expressed);
  for (int64_t extent : format.shape)
    dense *= extent;
  if (dense != denseBytes)
    return makeError("the dense tensor", dense, denseBytes);
  auto components = getComponents(format);
  if (components.size() != componentBytes.size())
    return llvm::createStringError(
        std::make_error_code(std::errc::invalid_argument),
        llvm::formatv("expected {0} components, found {1}", components.size(),
                      componentBytes.size())
            .str());
  for (auto [component, bytes] : llvm::zip_equal(components, componentBytes))
    if (size_t(component.getNumBytes()) != bytes)
      return makeError(("component '" + component.name + "'").str(),
                       component.getNumBytes(), bytes);
  return Error::success();
}
