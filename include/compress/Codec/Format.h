//===- Format.h - What a compressed tensor is made of -----------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The codec's description of a compressed tensor: a shape, and three
// independent answers to the questions which positions are kept (sparsity), how
// a kept value is stored (storage) and where the bytes lie (layout). Any
// combination is a format. Nothing here knows MLIR; the attributes of the
// dialect convert themselves to these structures.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_CODEC_FORMAT_H
#define COMPRESS_CODEC_FORMAT_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <optional>
#include <variant>

namespace mlir::compress::codec {

/// Element types of expressed tensors (f32, f16, bf16), of scales and stored
/// floats (all floats) and of components (f32, f16, bf16, i8, i32). In a
/// component, I8 also carries floats of 8 bits, and bit-packed values: rows of
/// ceil(n * width / 8) bytes, low bits first.
///
/// F8E4M3FN, F8E5M2: Micikevicius et al., FP8 formats for deep learning
/// (arXiv:2209.05433). F4E2M1FN, F8E8M0FNU: OCP Microscaling Formats (MX) v1.0.
enum class ElementType : uint8_t {
  F32,
  F16,
  BF16,
  F8E4M3FN,
  F8E5M2,
  /// A power of two, 2^(code - 127); scales only.
  F8E8M0FNU,
  F4E2M1FN,
  I8,
  I32,
};

/// Bits of one element, and the bytes that it takes alone.
unsigned getBitWidth(ElementType type);
unsigned getByteWidth(ElementType type);

/// The name that MLIR gives the type: "f32", "f8E4M3FN", "i8".
llvm::StringRef getName(ElementType type);

//===----------------------------------------------------------------------===//
// Storage: how a kept value is stored
//===----------------------------------------------------------------------===//

/// Scales of the storages that have them: one per block of the dense index
/// space.
struct Scaling {
  ElementType scaleType = ElementType::F32;
  /// Extent of a block along each dimension; 0 stands for the whole dimension.
  /// All 0: per tensor. {0, 1}: per column. {128, 1}: groups of 128 rows. The
  /// last block of a dimension may be ragged.
  llvm::SmallVector<int64_t, 4> block;
  /// Two-level scales: the product of a block's scale (f16, f8E4M3FN or f8E5M2)
  /// and the scale of the super block that it lies in (f32, f16 or bf16).
  std::optional<ElementType> superScaleType;
  /// Extent of a super block along each dimension, a multiple of the block's,
  /// or 0 for the whole dimension.
  llvm::SmallVector<int64_t, 4> superBlock;
};

/// Affine integers: value = (q - zeroPoint) * scale, q a signed two's
/// complement integer of `width` bits (2..8), one scale (and, when asymmetric,
/// one zero point) per block.
struct AffineStorage : Scaling {
  AffineStorage() = default;
  AffineStorage(unsigned width, bool symmetric, Scaling scaling)
      : Scaling(std::move(scaling)), width(width), symmetric(symmetric) {}
  AffineStorage(unsigned width, bool symmetric, ElementType scaleType,
                llvm::SmallVector<int64_t, 4> block)
      : AffineStorage(width, symmetric,
                      Scaling{scaleType, std::move(block), {}, {}}) {}

  unsigned width = 8;
  bool symmetric = true;
};

/// Values converted to a narrower (or the same) float type. Without parameters,
/// or, for floats of at most 8 bits, with scales: value = element * scale. The
/// blocks of a storage that is not scaled mean nothing.
struct FloatStorage : Scaling {
  FloatStorage() = default;
  explicit FloatStorage(ElementType type) : type(type) {}
  FloatStorage(ElementType type, Scaling scaling)
      : Scaling(std::move(scaling)), type(type), scaled(true) {}

  ElementType type = ElementType::F16;
  bool scaled = false;
};

/// Codes of `width` bits that choose an entry of a table.
struct CodebookStorage : Scaling {
  enum class Kind : uint8_t {
    /// The 16 quantiles of a normal distribution of QLoRA (arXiv:2305.14314),
    /// times the scale.
    NF4,
    /// -1, 0 and 1 (codes 0, 1, 2), times the scale: BitNet b1.58
    /// (arXiv:2402.17764).
    Ternary,
    /// A table per block, learned by Lloyd's algorithm or from the quantiles of
    /// the values; its element type is scaleType (f32, f16 or bf16). No scales.
    KMeans,
    Quantile,
  };

  CodebookStorage() = default;
  CodebookStorage(Kind kind, unsigned width, Scaling scaling,
                  int64_t vector = 1)
      : Scaling(std::move(scaling)), kind(kind), width(width), vector(vector) {}

  bool isLearned() const {
    return kind == Kind::KMeans || kind == Kind::Quantile;
  }

  Kind kind = Kind::NF4;
  /// 4 for NF4, 2 for ternary, 1..8 for learned tables.
  unsigned width = 4;
  /// Learned tables per tensor: 1, 2, 4 or 8 consecutive values along the
  /// innermost dimension of the kept shape share a code; the last ones of a row
  /// may be fewer.
  int64_t vector = 1;
};

using Storage = std::variant<AffineStorage, FloatStorage, CodebookStorage>;

//===----------------------------------------------------------------------===//
// Sparsity: which positions are kept
//===----------------------------------------------------------------------===//

/// Every position is kept.
struct DenseSparsity {};

/// At most n of each m consecutive positions along `axis` are nonzero; exactly
/// n are stored, in ascending position. A group with fewer nonzeros stores its
/// nonzeros plus its lowest zero positions. The axis must divide by m.
struct NMSparsity {
  int64_t n = 2;
  int64_t m = 4;
  int64_t axis = 0;
  /// Another axis along which n:m holds too, in tiles of m x m, so that the
  /// transposed tensor has the same sparsity; -1 for none. What is stored does
  /// not depend on it. m must not be greater than 4.
  int64_t transposedAxis = -1;
};

// The sparsities below keep a given number of items. They store the nonzero
// items plus the lowest zero ones, in ascending position.

/// Whole blocks of `block` positions, the last of a dimension ragged, are kept
/// or left out; `count` of them are stored, in row-major order of the grid
/// ceil(shape / block). The kept shape is [count, block...]; what a ragged
/// block lacks is zero.
struct BlockSparsity {
  llvm::SmallVector<int64_t, 4> block;
  int64_t count = 0;
};

/// Any `count` positions are kept; one bit for each position of the tensor says
/// which. The kept shape is [count], row-major.
struct BitmapSparsity {
  int64_t count = 0;
};

/// Any `count` positions are kept; each value has its column, the position
/// along the innermost dimension. The kept shape is [count], row-major.
struct CSRSparsity {
  int64_t count = 0;
};

using Sparsity = std::variant<DenseSparsity, NMSparsity, BlockSparsity,
                              BitmapSparsity, CSRSparsity>;

//===----------------------------------------------------------------------===//
// Layout: where the bytes lie
//===----------------------------------------------------------------------===//

/// Kept values in row-major order of the kept shape.
struct RowMajorLayout {};

/// The kept shape is cut into tiles, tiles lie in row-major order and elements
/// in row-major order inside a tile; ragged edges are padded with zero bits.
/// One extent per dimension of the kept shape.
///
/// With `bits`, elements of a tile are permuted: bit i, the lowest first, of
/// the place where an element is stored is bit bits[i] of its row-major
/// position in the tile. So the same list says which thread of a kernel, which
/// register and which part of it an element comes to.
struct TiledLayout {
  /// The most bits of a permuted tile.
  static constexpr unsigned kMaxBits = 16;

  llvm::SmallVector<int64_t, 4> tile;
  llvm::SmallVector<int64_t, 10> bits = {};
};

using Layout = std::variant<RowMajorLayout, TiledLayout>;

//===----------------------------------------------------------------------===//
// Format
//===----------------------------------------------------------------------===//

/// A compressed tensor, completely described.
struct Format {
  llvm::SmallVector<int64_t, 4> shape;
  ElementType expressed = ElementType::F32;
  Sparsity sparsity;
  Storage storage;
  Layout layout;
};

/// One component: a plain dense array.
///   values      kept values. Floats of at least 16 bits: the packed shape with
///               the storage's element type. Others: I8, the innermost extent
///               replaced by ceil(ceil(extent / vector) * width / 8).
///   scales      one per block: the grid ceil(shape / block), the scale type.
///   zero_points the same grid, I8; asymmetric storage only.
///   super_scales one per super block: the grid ceil(shape / superBlock), the
///               super scale type; two-level scales only.
///   codebook    learned tables, instead of scales: the grid of the blocks x
///               2^width x vector, the scale type.
///   indices     N:M: position of each stored value in its group, an unsigned
///               integer of ceil(log2(m)) bits (at least 1), packed like narrow
///               values, in the same order as `values`.
///               Blocks: I32, the position of each stored block in the grid.
///   bitmap      bitmaps only: a bit per position, 1 where it is kept, packed
///               like narrow values: the shape, the innermost extent replaced
///               by ceil(extent / 8).
///   columns     CSR only: I32, the column of each stored value.
///   offsets     bitmaps and CSR: I32, the kept values before each row of the
///               tensor along its innermost dimension, and their total.
/// The packed shape is the kept shape for row-major layout, and
/// [ceil(kept / tile)..., tile...] for tiled layout.
struct Component {
  llvm::StringRef name;
  ElementType type;
  llvm::SmallVector<int64_t, 4> shape;

  int64_t getNumElements() const;
  int64_t getNumBytes() const;
};

/// Checks that the format is consistent with its shape: rank of blocks and
/// tiles, positive extents, types and widths that the storage has, 0 < n <= m
/// <= 256, the axis in range and divisible by m, counts that the shape holds,
/// sizes that do not overflow; with permuted tiles, extents that are powers of
/// two, each bit of a position once, and one value for each code.
/// The message names the constraint, what was expected and what was found.
llvm::Error verify(const Format &format);

/// Checks the permutation of a tile whose extents are positive.
llvm::Error verifyBits(const TiledLayout &tiled);

/// The components of a verified format in their canonical order: values,
/// scales, zero_points, super_scales, codebook, indices, bitmap, columns,
/// offsets, those that exist.
llvm::SmallVector<Component, 4> getComponents(const Format &format);

/// Sum of the components' bytes.
int64_t getNumBytes(const Format &format);

/// The shape of the kept values: the dense shape, with the N:M axis scaled by
/// n/m; [count, block...] for blocks; [count] for bitmaps and CSR.
llvm::SmallVector<int64_t, 4> getKeptShape(const Format &format);

/// The scales of a storage; null where it has none.
const Scaling *getScaling(const Storage &storage);
/// The same, or what says the blocks of learned tables.
const Scaling *getBlocking(const Storage &storage);

/// Whether the elements of tiles are permuted.
bool isPermuted(const Layout &layout);

/// Bits of a code in `values`, and the values that share one.
unsigned getValueWidth(const Storage &storage);
int64_t getVectorSize(const Storage &storage);

/// Bits that the position of a value within an N:M group takes.
unsigned getIndexWidth(const NMSparsity &sparsity);

} // namespace mlir::compress::codec

#endif // COMPRESS_CODEC_FORMAT_H
