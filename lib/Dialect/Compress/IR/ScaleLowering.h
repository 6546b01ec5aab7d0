//===- ScaleLowering.h - The reference lowering of scales -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_DIALECT_COMPRESS_IR_SCALELOWERING_H
#define COMPRESS_LIB_DIALECT_COMPRESS_IR_SCALELOWERING_H

#include "compress/Dialect/Compress/IR/Compress.h"
#include <functional>

namespace mlir::compress {

/// The position in the grid of the block that dense position `indices` lies in.
SmallVector<Value> buildBlockPosition(ImplicitLocOpBuilder &builder,
                                      ScalingAttr scaling, ValueRange indices);

/// The f32 scale at dense position `indices`, from the parameters of a storage,
/// of which the scales come first and the super scales last.
Value buildScaleOf(ImplicitLocOpBuilder &builder, ScalingAttr scaling,
                   ValueRange parameters, ValueRange indices);

/// A tensor with an element per block of a dense tensor.
struct BlockGrid {
  /// Shape of the grid, as far as it is static.
  SmallVector<OpFoldResult> sizes;
  /// Extents of a block, 0 for the whole dimension.
  SmallVector<int64_t> block;
};
BlockGrid buildGrid(ImplicitLocOpBuilder &builder, Value dense,
                    llvm::function_ref<int64_t(unsigned)> getExtent);

/// The extremes of each block, as f32: {amax} or {min(0, min), max(0, max)}.
SmallVector<Value> buildExtremes(ImplicitLocOpBuilder &builder, Value dense,
                                 const BlockGrid &grid, bool symmetric);

/// Builds a tensor per result type over a grid: `body(elements, position)`
/// yields their elements.
SmallVector<Value>
buildOverGrid(ImplicitLocOpBuilder &builder, const BlockGrid &grid,
              ValueRange inputs, TypeRange resultTypes,
              llvm::function_ref<SmallVector<Value>(ImplicitLocOpBuilder &,
                                                    ValueRange, ValueRange)>
                  body);

/// How scales follow from what was measured of the blocks.
struct ScaleRule {
  /// raw = range / divisor, where the range is the only measure, or the
  /// difference of two.
  float divisor = 1;
  /// Powers of two: floor(log2(range)) - floor(log2(divisor)) instead of
  /// ceil(log2(raw)).
  bool floor = false;
  /// Builds the zero point of a block from its first measure and its f32 scale,
  /// if the storage has one.
  std::function<Value(ImplicitLocOpBuilder &, Value, Value)> zeroPoint = {};
};

/// The components `scales`, `zero_points` and `super_scales`, those that there
/// are. `measures` are f32 and 0 for a block of zeros.
SmallVector<Value> buildScales(ImplicitLocOpBuilder &builder,
                               ScalingAttr scaling, const BlockGrid &grid,
                               ValueRange measures, const ScaleRule &rule);

/// Gives values the types of the components, which may be static where the
/// values' are not.
SmallVector<Value> buildCasts(ImplicitLocOpBuilder &builder, ValueRange values,
                              ArrayRef<ComponentSpec> specs);

} // namespace mlir::compress

#endif // COMPRESS_LIB_DIALECT_COMPRESS_IR_SCALELOWERING_H
