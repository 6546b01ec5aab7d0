//===- Codec.h - Encode, decode, prune, measure -----------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one implementation of the numerics: folding, the run time and the tests
// all call it. Plain C++ on spans; dense buffers are row-major and need no
// alignment.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_CODEC_CODEC_H
#define COMPRESS_CODEC_CODEC_H

#include "compress/Codec/Format.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <vector>

namespace llvm {
class ThreadPoolInterface;
}

namespace mlir::compress::codec {

using ConstBytes = llvm::ArrayRef<char>;
using MutableBytes = llvm::MutableArrayRef<char>;

//===----------------------------------------------------------------------===//
// Options
//===----------------------------------------------------------------------===//

/// How the range of a block is chosen.
struct Observer {
  enum class Kind : uint8_t {
    /// The extremes of the block.
    MinMax,
    /// The `percentile`-th percentile (50..100) of the magnitudes (symmetric),
    /// or the two-sided percentiles of the values (asymmetric), interpolated
    /// linearly; the extremes of a block where these are 0.
    Percentile,
    /// The shrink factor among `gridSteps` equal steps of the min-max range,
    /// from 1 down to `gridMin`, with the least squared error of the block.
    MSE,
  };
  Kind kind = Kind::MinMax;
  double percentile = 99.9;
  unsigned gridSteps = 40;
  double gridMin = 0.5;
};

/// What to do with NaN and infinities.
enum class NonFinite : uint8_t {
  /// Fail; the error names the first index.
  Error,
  /// NaN becomes 0, infinities the largest finite value of the expressed type.
  Clamp,
};

struct EncodeOptions {
  Observer observer;
  NonFinite nonFinite = NonFinite::Error;
  /// Choose what is kept by magnitude while encoding, as `prune` followed by
  /// `encode` would. Without it, more nonzeros than the sparsity keeps are an
  /// error.
  bool select = false;
  /// Threads to use; none for the caller's own.
  llvm::ThreadPoolInterface *threads = nullptr;
};

struct PruneOptions {
  enum class Budget : uint8_t {
    /// The count is that of the tensor.
    Layer,
    /// Bitmaps and CSR: each row along the innermost dimension keeps the same
    /// share of the count, which must divide by the number of rows.
    Row,
  };
  /// A finite f32 for each element, which ranks it instead of its magnitude;
  /// empty for magnitudes.
  ConstBytes scores;
  /// A byte for each element, which is set to zero where the byte is 0,
  /// whatever its magnitude or its score; empty for none. What is left must
  /// obey the sparsity.
  ConstBytes mask;
  Budget budget = Budget::Layer;
  NonFinite nonFinite = NonFinite::Error;
  /// Threads to use; none for the caller's own.
  llvm::ThreadPoolInterface *threads = nullptr;
};

/// Error of a compressed tensor against the dense one it was made from.
struct ErrorStats {
  int64_t elements = 0;
  /// Elements that decode to exactly zero.
  int64_t zeros = 0;
  /// Elements whose rounded quotient fell outside of the integer range.
  int64_t saturated = 0;
  double maxAbsError = 0;
  double sumSquaredError = 0;
  double sumSquaredSignal = 0;

  double getMSE() const;
  /// 10 log10(signal / error) in dB; +inf when the error is 0.
  double getSQNR() const;
  /// Adds another part of the same tensor.
  void merge(const ErrorStats &other);
};

/// An error that concerns one element of the dense tensor.
class ElementError : public llvm::ErrorInfo<ElementError> {
public:
  static char ID;
  ElementError(llvm::ArrayRef<int64_t> index, std::string message)
      : index(index), text(std::move(message)) {}
  void log(llvm::raw_ostream &os) const override;
  std::error_code convertToErrorCode() const override;
  llvm::ArrayRef<int64_t> getIndex() const { return index; }
  llvm::StringRef getMessage() const { return text; }

private:
  llvm::SmallVector<int64_t, 4> index;
  std::string text;
};

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

/// Encodes `dense` (format.shape, format.expressed) into `components`, in the
/// order of getComponents, each exactly of its size.
///
/// Affine storage, per block, in f32 with q range [-2^(w-1), 2^(w-1)-1]:
///   symmetric   scale = amax / (2^(w-1)-1),           zeroPoint = 0
///   asymmetric  lo = min(0, min), hi = max(0, max)
///               scale = (hi - lo) / (2^w - 1)
///               zeroPoint = clamp(round(qmin - lo / scale))
///   q = clamp(round(x / scale) + zeroPoint)
/// `round` is to nearest, ties to even; `scale` is first rounded to the scale
/// type, kept between its least positive normal and its largest finite value,
/// and is 1 for a block of zeros. Parameters of sparse formats are computed
/// over the kept values. Float storage rounds to nearest even and saturates to
/// the largest finite.
llvm::Error encode(const Format &format, ConstBytes dense,
                   llvm::ArrayRef<MutableBytes> components,
                   const EncodeOptions &options = {},
                   ErrorStats *stats = nullptr);

/// Encodes with parameters that are given: the components `scales` and
/// `zero_points` are inputs, the others are written.
llvm::Error encodeWithParameters(const Format &format, ConstBytes dense,
                                 llvm::ArrayRef<MutableBytes> components,
                                 const EncodeOptions &options = {},
                                 ErrorStats *stats = nullptr);

/// Decodes into `dense`: (q - zeroPoint) * scale computed in f32 and rounded to
/// the expressed type, 0 at positions that are not kept. Indices, columns,
/// bitmaps and offsets that contradict the format or each other are an error.
llvm::Error decode(const Format &format, llvm::ArrayRef<ConstBytes> components,
                   MutableBytes dense,
                   llvm::ThreadPoolInterface *threads = nullptr);

/// Sets all elements but those that the sparsity keeps to zero, in place, and
/// returns the number of nonzeros that were removed. Ranks by magnitude, or by
/// score; the lower position comes first on ties. Keeps
///   N:M           the first n of each group
///   transposable  of each m x m tile, the elements of the mask with the
///                 greatest sum, in f32 and in row-major order; of masks with
///                 the same sum the one that is first when each is read as a
///                 row-major sequence of bits. There are 90 masks for 2:4:
///                 Hubara et al., Accelerated sparse neural training
///                 (arXiv:2102.08124), choose among them
///   blocks        the `count` blocks with the greatest sums, in f64 and in
///                 row-major order
///   bitmap, CSR   the first `count` elements
/// Dense sparsity removes nothing, unless there is a mask.
llvm::Expected<int64_t> prune(llvm::ArrayRef<int64_t> shape, ElementType type,
                              const Sparsity &sparsity, MutableBytes dense,
                              const PruneOptions &options = {});

/// One of several tensors that are pruned together.
struct RankedTensor {
  ElementType type;
  ConstBytes dense;
  /// As in PruneOptions; all tensors have them, or none.
  ConstBytes scores;
};

/// Finds how many elements each tensor keeps when `count` elements are kept of
/// all tensors together; elements of earlier tensors come first on ties.
/// `read(i)` is called twice for each tensor, in order; what it returns is used
/// until the next call. Memory does not grow with the tensors: the bits of the
/// magnitudes or scores are counted by their upper, then by their lower halves.
/// Infinities and NaNs rank as NonFinite::Clamp would have them.
llvm::Expected<std::vector<int64_t>>
shareBudget(size_t tensors, int64_t count,
            llvm::function_ref<llvm::Expected<RankedTensor>(size_t index)> read,
            llvm::ThreadPoolInterface *threads = nullptr);

/// Compares two dense buffers of `type`.
ErrorStats compare(ElementType type, ConstBytes reference, ConstBytes actual);

/// Moves the stored bits of a tensor from one layout to another; `from` and
/// `to` differ in nothing else. Parameters are copied, padding is zero.
void relayout(const Format &from, const Format &to,
              llvm::ArrayRef<ConstBytes> source,
              llvm::ArrayRef<MutableBytes> result);

/// Transposes a dense row-major array: result dimension i is source dimension
/// permutation[i]. Elements are `elementBytes` wide (1, 2, 4 or 8).
void transpose(llvm::ArrayRef<int64_t> shape,
               llvm::ArrayRef<int64_t> permutation, unsigned elementBytes,
               ConstBytes source, MutableBytes result,
               llvm::ThreadPoolInterface *threads = nullptr);

} // namespace mlir::compress::codec

#endif // COMPRESS_CODEC_CODEC_H
