//===- NormalizeSteps.h - The steps of compress-normalize -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_DIALECT_COMPRESS_TRANSFORMS_NORMALIZESTEPS_H
#define LIB_DIALECT_COMPRESS_TRANSFORMS_NORMALIZESTEPS_H

#include "mlir/IR/BuiltinOps.h"

namespace mlir::compress {

/// Folds what scales and shifts the channels of a weight's op, such as a batch
/// norm in inference form, into the weight and one bias.
///
/// It matches the chain of elementwise ops (see ElementwiseOp) behind a site,
/// each the only reader of the one before, whose other inputs are constants
/// that vary along the weight's own dimensions of the result only. The chain is
/// y = scale * x + offset with a scale and an offset per channel, computed in
/// f64. The weight is multiplied by the scale and rounded to f32 once; the
/// offset, if any, is added by one op. An accumulator that is constant in the
/// same way joins the offset.
///
/// Fails, after an error, when a weight cannot be read.
///
/// Left alone: weights other than f32, weights that are arguments or have
/// another reader, chains without effect, factors that are not finite.
///
/// Source: batch norm is Ioffe and Szegedy, 2015 (arXiv:1502.03167); its
/// folding Jacob et al., 2018 (arXiv:1712.05877), section 3.2.
LogicalResult foldChannelArithmetic(ModuleOp module);

/// Replaces scf.if, cf.cond_br and arith.select on conditions that are known by
/// what is taken, and erases blocks that cannot be reached.
void foldConstantBranches(ModuleOp module);

/// Lets contractions read a weight that a linalg.broadcast, or a linalg.generic
/// that does the same, repeats: they become linalg.generic, whose map of the
/// weight has no batch. Importers write a product of a batch with one matrix
/// so. Fails when patterns do not converge.
///
/// Left alone: values that are computed, and broadcasts that alone have an
/// extent.
LogicalResult foldBroadcasts(ModuleOp module);

/// Makes constants and immutable globals of equal type and bytes one: the
/// attribute of the first stands for all, loads read the first of equal private
/// globals, and equal constants of a block are merged. Erases constants, loads
/// and private globals without uses.
void mergeWeights(ModuleOp module);

} // namespace mlir::compress

#endif // LIB_DIALECT_COMPRESS_TRANSFORMS_NORMALIZESTEPS_H
