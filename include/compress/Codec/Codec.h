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

/// How the range of a block is chosen. Ternary and learned tables choose none
/// and accept min-max only.
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
    /// Below super scales the error is that of a scale which is not rounded.
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
  /// Elements whose rounded quotient by the scale fell outside of the codes'
  /// range; for NF4, by more than half of its last step.
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
/// Parameters are computed per block over the kept values, in f32 unless said
/// otherwise; `round` is to nearest, ties to even.
///
/// Affine storage, with q range [-2^(w-1), 2^(w-1)-1]:
///   symmetric   scale = amax / (2^(w-1)-1),           zeroPoint = 0
///   asymmetric  lo = min(0, min), hi = max(0, max)
///               scale = (hi - lo) / (2^w - 1)
///               zeroPoint = clamp(round(qmin - lo / scale))
///   q = clamp(round(x / scale) + zeroPoint)
/// Float storage: scale = amax / largest, the largest finite value of the type;
///   the code is x / scale, or x where there are no scales, rounded to nearest
///   even and saturated to the largest finite value.
/// NF4: scale = amax; the code counts the middles (t[i] + t[i+1]) * 0.5 of the
///   table that are less than x / scale.
/// Ternary: scale = mean |x|, summed in f64 in row-major order of the dense
///   block; the code is clamp(round(x / scale), -1, 1) + 1.
///
/// Scales are rounded to their type, between its least positive normal and its
/// largest finite value, and are 1 for a block of zeros. Those of type
/// f8E8M0FNU are powers of two with exponents in [-126, 127]: for symmetric
/// integers and floats 2^(floor(log2 amax) - floor(log2 largest code)), else
/// the least that is not below the scale.
///
/// Two levels: with r the scale of a block before rounding (0 for a block of
/// zeros), the super scale is max r / largest(scale type), rounded as scales
/// are, or 1 if all r are 0. The scale is r / super, rounded. Values are
/// divided by the f32 product of both, at most the largest finite f32.
///
/// Learned tables, rounded to their type. n kept values of the block, sorted;
/// codes count the middles, exact but for f64, of neighbouring entries that are
/// less than x.
///   quantile    entry i is interpolated linearly, in f64, at rank
///               (i + 1/2) / 2^w * (n - 1)
///   k-means     begins with the quantiles; up to 25 times, each entry is set
///               to the f64 mean of its values in ascending order, or stays if
///               it has none (S. Lloyd, Least squares quantization in PCM, IEEE
///               Trans. Inf. Theory 28(2), 1982)
///
/// Vectors are cut from the rows of the kept array, the last one padded with 0.
/// The nearest entry has the least sum of squared differences, in f64 in the
/// order of the values; the lower one on ties.
///   quantile    the n vectors at positions floor((2i + 1) n / 2^(w+1)), sorted
///               lexicographically
///   k-means     begins with those; sums in row-major order
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

/// Decodes into `dense`: (q - zeroPoint) * scale, element * scale or the
/// table's entry, computed in f32 and rounded to the expressed type, 0 at
/// positions that are not kept. Indices, columns, bitmaps and offsets that
/// contradict the format or each other are an error.
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
