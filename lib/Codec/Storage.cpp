//===- Storage.cpp - The storage half of a format -------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Storage.h"
#include "Messages.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir::compress::codec;
using llvm::ArrayRef;
using llvm::Error;
using llvm::SmallVector;
using llvm::StringRef;

//===----------------------------------------------------------------------===//
// Element types
//===----------------------------------------------------------------------===//

unsigned mlir::compress::codec::getBitWidth(ElementType type) {
  switch (type) {
  case ElementType::F32:
  case ElementType::I32:
    return 32;
  case ElementType::F16:
  case ElementType::BF16:
    return 16;
  case ElementType::F8E4M3FN:
  case ElementType::F8E5M2:
  case ElementType::F8E8M0FNU:
  case ElementType::I8:
    return 8;
  case ElementType::F4E2M1FN:
    return 4;
  }
  llvm_unreachable("unknown element type");
}

unsigned mlir::compress::codec::getByteWidth(ElementType type) {
  return std::max(getBitWidth(type) / 8, 1u);
}

StringRef mlir::compress::codec::getName(ElementType type) {
  switch (type) {
  case ElementType::F32:
    return "f32";
  case ElementType::F16:
    return "f16";
  case ElementType::BF16:
    return "bf16";
  case ElementType::F8E4M3FN:
    return "f8E4M3FN";
  case ElementType::F8E5M2:
    return "f8E5M2";
  case ElementType::F8E8M0FNU:
    return "f8E8M0FNU";
  case ElementType::F4E2M1FN:
    return "f4E2M1FN";
  case ElementType::I8:
    return "i8";
  case ElementType::I32:
    return "i32";
  }
  llvm_unreachable("unknown element type");
}

static bool isWideFloat(ElementType type) {
  return type == ElementType::F32 || type == ElementType::F16 ||
         type == ElementType::BF16;
}

/// The type of the component that carries elements of `type`.
static ElementType getCarrier(ElementType type) {
  return isWideFloat(type) ? type : ElementType::I8;
}

//===----------------------------------------------------------------------===//
// Constraints
//===----------------------------------------------------------------------===//

static Error verifyBlock(const char *what, ArrayRef<int64_t> block,
                         size_t rank) {
  if (block.size() != rank)
    return makeError("a {0} needs one extent per dimension: expected {1}, "
                     "found {2}",
                     what, rank, block.size());
  for (auto [i, extent] : llvm::enumerate(block))
    if (extent < 0)
      return makeError("the extent of a {0} must be positive, or 0 for the "
                       "whole dimension, found {1} in dimension {2}",
                       what, extent, i);
  return Error::success();
}

static Error verifySuperScales(const Scaling &scaling, size_t rank) {
  if (scaling.scaleType != ElementType::F16 &&
      scaling.scaleType != ElementType::F8E4M3FN &&
      scaling.scaleType != ElementType::F8E5M2)
    return makeError("scales below super scales must be f16, f8E4M3FN or "
                     "f8E5M2, found {0}",
                     getName(scaling.scaleType));
  if (!isWideFloat(*scaling.superScaleType))
    return makeError("super scales must be f32, f16 or bf16, found {0}",
                     getName(*scaling.superScaleType));
  if (Error error = verifyBlock("super block", scaling.superBlock, rank))
    return error;
  for (size_t i = 0; i < rank; ++i) {
    int64_t block = scaling.block[i], super = scaling.superBlock[i];
    // A block of the whole dimension only fits into a super block of it.
    if (super != 0 && (block == 0 || super % block != 0))
      return makeError("the extent of a super block must be a multiple of the "
                       "block's, or 0 for the whole dimension: expected a "
                       "multiple of {0}, found {1} in dimension {2}",
                       block, super, i);
  }
  return Error::success();
}

static Error verifyScaling(const Scaling &scaling, size_t rank) {
  if (scaling.scaleType == ElementType::I8 ||
      scaling.scaleType == ElementType::I32 ||
      scaling.scaleType == ElementType::F4E2M1FN)
    return makeError("scales need a float type of at least 8 bits, found {0}",
                     getName(scaling.scaleType));
  if (Error error = verifyBlock("block", scaling.block, rank))
    return error;
  if (scaling.superScaleType)
    return verifySuperScales(scaling, rank);
  if (!scaling.superBlock.empty())
    return makeError("super blocks need a type of their scales, found none");
  return Error::success();
}

static Error verifyStorage(const AffineStorage &storage, const Format &format) {
  if (storage.width < 2 || storage.width > 8)
    return makeError("the width of affine storage must be in 2..8, found {0}",
                     storage.width);
  return verifyScaling(storage, format.shape.size());
}

static Error verifyStorage(const FloatStorage &storage, const Format &format) {
  if (storage.type == ElementType::I8 || storage.type == ElementType::I32 ||
      storage.type == ElementType::F8E8M0FNU)
    return makeError("float storage needs a float type with a sign, found {0}",
                     getName(storage.type));
  if (getBitWidth(storage.type) > getBitWidth(format.expressed))
    return makeError("float storage must not be wider than the expressed "
                     "type, which has {0} bits, found {1} bits",
                     getBitWidth(format.expressed), getBitWidth(storage.type));
  if (!storage.scaled)
    return Error::success();
  if (isWideFloat(storage.type))
    return makeError("scaled float storage needs f8E4M3FN, f8E5M2 or f4E2M1FN, "
                     "found {0}",
                     getName(storage.type));
  return verifyScaling(storage, format.shape.size());
}

static Error verifyStorage(const CodebookStorage &storage,
                           const Format &format) {
  if (Error error = verifyScaling(storage, format.shape.size()))
    return error;
  if (!storage.isLearned()) {
    bool nf4 = storage.kind == CodebookStorage::Kind::NF4;
    unsigned width = nf4 ? 4 : 2;
    if (storage.width != width)
      return makeError("{0} codes have {1} bits, found {2}",
                       nf4 ? "nf4" : "ternary", width, storage.width);
    if (storage.vector != 1)
      return makeError("only learned codebooks have vectors, found {0} values "
                       "per code",
                       storage.vector);
    return Error::success();
  }
  if (storage.width < 1 || storage.width > 8)
    return makeError("the width of a learned codebook must be in 1..8, found "
                     "{0}",
                     storage.width);
  if (!isWideFloat(storage.scaleType) || storage.superScaleType)
    return makeError("learned tables must be f32, f16 or bf16 without super "
                     "scales, found {0}{1}",
                     getName(storage.scaleType),
                     storage.superScaleType ? " with super scales" : "");
  if (storage.vector != 1 && storage.vector != 2 && storage.vector != 4 &&
      storage.vector != 8)
    return makeError("1, 2, 4 or 8 values share a code, found {0}",
                     storage.vector);
  if (storage.vector == 1)
    return Error::success();
  for (auto [i, extent] : llvm::enumerate(storage.block))
    if (extent != 0)
      return makeError("a codebook of vectors must be per tensor: expected a "
                       "block extent of 0, found {0} in dimension {1}",
                       extent, i);
  return Error::success();
}

Error mlir::compress::codec::verifyStorage(const Format &format) {
  return std::visit(
      [&](const auto &storage) { return ::verifyStorage(storage, format); },
      format.storage);
}

//===----------------------------------------------------------------------===//
// Components
//===----------------------------------------------------------------------===//

const Scaling *mlir::compress::codec::getScaling(const Storage &storage) {
  using Result = const Scaling *;
  return std::visit(
      llvm::makeVisitor(
          [](const AffineStorage &store) -> Result { return &store; },
          [](const FloatStorage &store) -> Result {
            return store.scaled ? &store : nullptr;
          },
          [](const CodebookStorage &store) -> Result {
            return store.isLearned() ? nullptr : &store;
          }),
      storage);
}

const Scaling *mlir::compress::codec::getBlocking(const Storage &storage) {
  auto *codebook = std::get_if<CodebookStorage>(&storage);
  return codebook ? codebook : getScaling(storage);
}

unsigned mlir::compress::codec::getValueWidth(const Storage &storage) {
  return std::visit(
      llvm::makeVisitor(
          [](const AffineStorage &store) { return store.width; },
          [](const FloatStorage &store) { return getBitWidth(store.type); },
          [](const CodebookStorage &store) { return store.width; }),
      storage);
}

int64_t mlir::compress::codec::getVectorSize(const Storage &storage) {
  auto *store = std::get_if<CodebookStorage>(&storage);
  return store ? store->vector : 1;
}

SmallVector<int64_t, 4>
mlir::compress::codec::packInnermost(SmallVector<int64_t, 4> shape,
                                     unsigned width) {
  shape.back() = llvm::divideCeil(shape.back() * int64_t(width), 8);
  return shape;
}

SmallVector<int64_t, 4>
mlir::compress::codec::getGrid(ArrayRef<int64_t> shape,
                               ArrayRef<int64_t> block) {
  SmallVector<int64_t, 4> grid;
  for (auto [extent, blockExtent] : llvm::zip_equal(shape, block))
    grid.push_back(blockExtent == 0
                       ? std::min<int64_t>(extent, 1)
                       : llvm::divideCeil(uint64_t(extent), blockExtent));
  return grid;
}

void mlir::compress::codec::appendStorageComponents(
    const Format &format, SmallVector<int64_t, 4> packed,
    llvm::SmallVectorImpl<Component> &components) {
  const Storage &storage = format.storage;
  unsigned width = getValueWidth(storage);
  auto *asFloat = std::get_if<FloatStorage>(&storage);
  ElementType type = asFloat ? getCarrier(asFloat->type) : ElementType::I8;
  packed.back() = llvm::divideCeil(packed.back(), getVectorSize(storage));
  if (type == ElementType::I8)
    packed = packInnermost(packed, width);
  components.push_back({"values", type, packed});

  if (const Scaling *scaling = getScaling(storage)) {
    auto grid = getGrid(format.shape, scaling->block);
    components.push_back({"scales", getCarrier(scaling->scaleType), grid});
    auto *affine = std::get_if<AffineStorage>(&storage);
    if (affine && !affine->symmetric)
      components.push_back({"zero_points", ElementType::I8, grid});
    if (scaling->superScaleType)
      components.push_back({"super_scales", *scaling->superScaleType,
                            getGrid(format.shape, scaling->superBlock)});
  }
  auto *codebook = std::get_if<CodebookStorage>(&storage);
  if (codebook && codebook->isLearned()) {
    auto table = getGrid(format.shape, codebook->block);
    table.append({int64_t(1) << width, codebook->vector});
    components.push_back({"codebook", codebook->scaleType, table});
  }
}
