//===- StorageReference.h - The formulas of storages ------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_UNIT_CODEC_STORAGEREFERENCE_H
#define COMPRESS_UNIT_CODEC_STORAGEREFERENCE_H

#include "Reference.h"
#include <map>

namespace mlir::compress::codec::test {

/// A float of at most 8 bits from its code, and the code nearest to a value:
/// ties to even, the largest finite code beyond the range. By the definition of
/// the type, without tables.
double decodeSmallFloat(ElementType type, uint32_t code);
uint32_t encodeSmallFloat(ElementType type, double value);
bool isSmallFloat(ElementType type);

/// A value rounded to nearest; saturated where it has no finite one.
float roundSaturated(ElementType type, float value);

/// The parameters of one block.
struct BlockReference {
  float scale = 1, zeroPoint = 0;
  std::vector<float> table;
};

/// A value with its place.
struct PlacedValue {
  Index dense, kept;
  float value;
};

/// Computes the parameters of every block from the kept values, in row-major
/// order of the dense tensor, and writes their components. Blocks are named by
/// their index in the grid.
std::map<Index, BlockReference>
computeBlocks(const Format &format, const std::vector<PlacedValue> &kept,
              std::vector<Bytes> &components);
Index getBlockIndex(const Scaling &scaling, const Index &index);

/// The code of one value, and what it stands for.
uint32_t encodeValue(const Storage &storage, const BlockReference &block,
                     float value, bool &saturated);
float decodeValue(const Storage &storage, const BlockReference &block,
                  uint32_t code);

/// Learns a table of vectors from the rows of the kept array, and finds the
/// code of each vector.
struct VectorsReference {
  std::vector<std::vector<float>> table;
  std::vector<uint32_t> codes;
};
VectorsReference
encodeVectorsReference(const CodebookStorage &storage,
                       const std::vector<std::vector<float>> &vectors);

} // namespace mlir::compress::codec::test

#endif // COMPRESS_UNIT_CODEC_STORAGEREFERENCE_H
