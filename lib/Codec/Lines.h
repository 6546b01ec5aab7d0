//===- Lines.h - Lines of a dense and of a compressed tensor ----*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What encoding, decoding and pruning do to one line or one group of lines:
// convert it, choose among its positions, find its place in a component.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CODEC_LINES_H
#define COMPRESS_LIB_CODEC_LINES_H

#include "Geometry.h"
#include "Kernels.h"
#include "compress/Codec/Codec.h"
#include <vector>

namespace mlir::compress::codec {

/// The largest finite value and the least positive normal value of a type.
float getLargestFinite(ElementType type);
float getLeastNormal(ElementType type);

/// Converts between arrays of `type` and floats; 4-bit floats lie one in a
/// byte. Storing rounds to nearest, ties to even. Where the type has no finite
/// value it gives infinities, or the largest finite value for types of at most
/// 8 bits. f8E8M0FNU stores normal powers of two only.
void loadFloats(ElementType type, const char *source, int64_t count,
                float *result);
void storeFloats(ElementType type, const float *source, int64_t count,
                 char *result);
/// Rounds floats to `type` in place.
void roundFloats(ElementType type, float *values, int64_t count,
                 std::vector<char> &scratch);

/// Reads lines of a dense tensor as floats.
class LineReader {
public:
  LineReader(ElementType type, ConstBytes dense, NonFinite nonFinite);

  /// Whether lines are read in place, without the scratch memory.
  bool isInPlace() const { return inPlace; }

  /// `count` elements from `offset`; `scratch` holds as many.
  const float *read(int64_t offset, int64_t count, float *scratch) const;

private:
  ElementType type;
  ConstBytes dense;
  bool clamp, inPlace;
};

/// Chooses the kept positions of groups of lines, and spreads kept values out
/// again. Hides whether groups lie across lines or along them.
class GroupSelector {
public:
  explicit GroupSelector(const Geometry &geometry);

  /// From dense lines of `columns` to kept lines and positions; returns the
  /// greatest magnitude that is left out, as bits.
  int32_t select(llvm::ArrayRef<const float *> dense, int64_t columns,
                 llvm::ArrayRef<float *> kept,
                 llvm::ArrayRef<uint8_t *> positions);

  /// From kept lines and positions to dense lines of `columns`.
  void expand(llvm::ArrayRef<const float *> kept,
              llvm::ArrayRef<const uint8_t *> positions, int64_t columns,
              llvm::ArrayRef<float *> dense);

  /// Whether all positions lie in their group and ascend.
  bool isValid(llvm::ArrayRef<const uint8_t *> positions, int64_t columns);

private:
  /// Groups along a line are turned into this many columns at a time.
  static constexpr int64_t blockGroups = 512;

  const Geometry &geometry;
  std::vector<float> denseScratch, keptScratch;
  std::vector<uint8_t> positionScratch;
  llvm::SmallVector<float *, 8> denseLines, keptLines;
  llvm::SmallVector<uint8_t *, 8> positionLines;
};

/// The parts of a packed row that hold consecutive kept columns: one for a
/// row-major layout, one per tile otherwise.
struct Segment {
  /// Byte in the component, and first column relative to the line.
  int64_t byte, column, count;
};

/// Visits the segments of `count` kept columns from `column` of a row, in a
/// component with `bits` per value.
void forEachSegment(const Geometry &geometry, int64_t row, int64_t column,
                    int64_t count, unsigned bits,
                    llvm::function_ref<void(const Segment &)> visit);

/// Writes and reads `count` values of `bits`, one byte each when narrower than
/// a byte.
void writeRow(const Geometry &geometry, int64_t row, int64_t column,
              int64_t count, unsigned bits, const char *values,
              MutableBytes component);
void readRow(const Geometry &geometry, int64_t row, int64_t column,
             int64_t count, unsigned bits, ConstBytes component, char *values);

/// The index of the element at `offset` of a row-major tensor.
Extents getIndex(llvm::ArrayRef<int64_t> shape, int64_t offset);

/// Error at the first element that is not finite, success if there is none.
llvm::Error findNonFinite(llvm::ArrayRef<int64_t> shape, ElementType type,
                          ConstBytes dense);

/// Checks the number and the sizes of buffers against a verified format.
llvm::Error checkSizes(const Format &format, size_t denseBytes,
                       llvm::ArrayRef<size_t> componentBytes);

} // namespace mlir::compress::codec

#endif // COMPRESS_LIB_CODEC_LINES_H
