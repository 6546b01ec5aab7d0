//===- ChoosePositions.h - Choose what a sparse tensor keeps ----*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CODEC_CHOOSEPOSITIONS_H
#define COMPRESS_LIB_CODEC_CHOOSEPOSITIONS_H

#include "compress/Codec/Codec.h"

namespace mlir::compress::codec {

/// Writes the components of a counted sparsity: the nonzero items of `dense`
/// and its lowest zero ones, or with options.select the items of the greatest
/// magnitude. Fails where there are more nonzero items than the format keeps,
/// or where an element is not finite. The tensor is not empty.
llvm::Error choosePositions(const Format &format, ConstBytes dense,
                            const EncodeOptions &options,
                            llvm::ArrayRef<MutableBytes> components);

} // namespace mlir::compress::codec

#endif // COMPRESS_LIB_CODEC_CHOOSEPOSITIONS_H
