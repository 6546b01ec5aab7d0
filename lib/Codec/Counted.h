//===- Counted.h - Sparsities that keep a given number of items -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Blocks, bitmaps and CSR keep positions that follow no pattern, so that
// neighbours in the kept shape may lie in any blocks of parameters. Their
// values are therefore encoded and decoded as slabs of the dense tensor, and
// only the kept codes are moved from there and to there. Every storage works
// that way. Only where several kept values share one code is the kept array
// encoded.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CODEC_COUNTED_H
#define COMPRESS_LIB_CODEC_COUNTED_H

#include "Positions.h"

namespace mlir::compress::codec {

/// encode and decode for counted sparsities. The format and the sizes have been
/// checked, and the tensor is not empty.
llvm::Error encodeCounted(const Format &format, ConstBytes dense,
                          llvm::ArrayRef<MutableBytes> components,
                          const EncodeOptions &options, bool parametersGiven,
                          ErrorStats *stats);
llvm::Error decodeCounted(const Format &format,
                          llvm::ArrayRef<ConstBytes> components,
                          MutableBytes dense,
                          llvm::ThreadPoolInterface *threads);

/// The components of a counted sparsity, which are the last ones.
template <typename Bytes>
llvm::ArrayRef<Bytes> getSparsityComponents(const Format &format,
                                            llvm::ArrayRef<Bytes> components) {
  bool blocks = std::holds_alternative<BlockSparsity>(format.sparsity);
  return components.take_back(blocks ? 1 : 2);
}

/// The dense tensor as a dense, row-major format with the same parameters.
Format getDenseFormat(const Format &format);
/// The kept array as a dense format with the same layout and with parameters
/// per tensor.
Format getKeptFormat(const Format &format);

/// The codes of a dense format, without layout: bytes, or elements of the
/// storage's type where these are wider. Several values must not share a code.
class Codes {
public:
  explicit Codes(const Format &format);

  unsigned getCodeBytes() const { return codeBytes; }
  /// Whether the component `values` is the codes themselves.
  bool areStored() const { return stored; }

  void pack(ConstBytes codes, MutableBytes values,
            llvm::ThreadPoolInterface *threads) const;
  void unpack(ConstBytes values, MutableBytes codes,
              llvm::ThreadPoolInterface *threads) const;

private:
  template <typename Move>
  void forEachRow(llvm::ThreadPoolInterface *threads, Move move) const;

  /// Where the codes are not stored as they are.
  std::optional<Geometry> geometry;
  unsigned codeBytes;
  bool stored;
};

/// Copies `count` elements.
inline void copyElements(const char *source, char *result, int64_t count,
                         unsigned bytes) {
  if (count > 1)
    std::memcpy(result, source, count * bytes);
  else if (bytes == 1)
    *result = *source;
  else if (bytes == 2)
    std::memcpy(result, source, 2);
  else
    std::memcpy(result, source, 4);
}

} // namespace mlir::compress::codec

#endif // COMPRESS_LIB_CODEC_COUNTED_H
