//===- MatmulKernel.cpp - Matrix products on tensor cores -----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MatmulKernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::compress;

/// The instruction's extents.
static constexpr int64_t kMmaM = 16, kMmaN = 8, kMmaK = 16;
static constexpr StringLiteral kSharedName = "shared_memory";

static constexpr unsigned kGlobalSpace =
    static_cast<unsigned>(NVVM::NVVMMemorySpace::Global);
static constexpr unsigned kSharedSpace =
    static_cast<unsigned>(NVVM::NVVMMemorySpace::Shared);

//===----------------------------------------------------------------------===//
// Match
//===----------------------------------------------------------------------===//

static SmallVector<int64_t> getStrides(OpOperand &buffer, int64_t &offset) {
  SmallVector<int64_t> strides;
  (void)cast<MemRefType>(buffer.get().getType())
      .getStridesAndOffset(strides, offset);
  return strides;
}

/// Whether neighbours along a loop lie side by side in a buffer.
static bool isContiguous(OpOperand &buffer, unsigned loop) {
  int64_t offset;
  std::optional<unsigned> dim = Matmul::getDim(buffer, loop);
  return dim && getStrides(buffer, offset)[*dim] == 1;
}

/// The most elements, a power of two up to a chunk's, that every line of an
/// operand begins at a multiple of.
static int64_t getCopyWidth(OpOperand &buffer) {
  int64_t offset;
  SmallVector<int64_t> strides = getStrides(buffer, offset);
  int64_t width = TileLayout::kChunkElements;
  auto restrict = [&](int64_t multiple) {
    if (ShapedType::isDynamic(multiple))
      width = 1;
    while (width > 1 && multiple % width)
      width /= 2;
  };
  restrict(offset);
  for (int64_t stride : strides)
    if (stride != 1)
      restrict(stride);
  return width;
}

/// Whether elements are computed that lie side by side along K in some buffer
/// that they are computed from.
static bool isComputedAlong(linalg::GenericOp op, const MatmulOperand &operand,
                            unsigned k) {
  return llvm::any_of(op.getDpsInputOperands(), [&](OpOperand *input) {
    BlockArgument argument = op.getMatchingBlockArgument(input);
    return isa<MemRefType>(input->get().getType()) && isContiguous(*input, k) &&
           llvm::any_of(argument.getUsers(), [&](Operation *user) {
             return llvm::is_contained(operand.computation, user);
           });
  });
}

/// Chooses how tiles of `extent` by K lie in shared memory. A buffer that is
/// not contiguous along either dimension is read as if its elements were
/// computed.
static TileLayout chooseLayout(linalg::GenericOp op, MatmulOperand &operand,
                               unsigned loop, unsigned k, int64_t extent,
                               int64_t tileK) {
  TileLayout alongK = {extent, tileK, /*isKContiguous=*/true};
  TileLayout across = {tileK, extent, /*isKContiguous=*/false};
  // A shorter line would not reach all banks.
  bool canCross =
      across.getLineBytes() >= TileLayout::kSwizzle * TileLayout::kChunkBytes;
  if (operand.buffer) {
    if (isContiguous(*operand.buffer, k))
      return alongK;
    if (isContiguous(*operand.buffer, loop) && canCross)
      return across;
    operand.buffer = nullptr;
  }
  return canCross && !isComputedAlong(op, operand, k) ? across : alongK;
}

std::unique_ptr<MatmulKernel> MatmulKernel::match(linalg::GenericOp op,
                                                  ArrayRef<Value> initial,
                                                  const Chip &chip) {
  std::optional<Matmul> matmul = matchMatmul(op);
  if (!matmul)
    return nullptr;
  Type element = matmul->a.getElementType();
  Type result = cast<MemRefType>(matmul->c->get().getType()).getElementType();
  if (!(element.isF16() || element.isBF16()) ||
      matmul->b.getElementType() != element ||
      !(result.isF32() || result == element))
    return nullptr;

  std::unique_ptr<MatmulKernel> kernel(
      new MatmulKernel(op, initial, std::move(*matmul)));
  const Matmul &found = kernel->matmul;
  kernel->schedule = op->getAttrOfType<kernel::MmaSyncAttr>(
      kernel::KernelDialect::kScheduleAttr);
  if (!kernel->schedule) {
    SmallVector<int64_t> loops = op.getStaticLoopRanges();
    MatmulExtents extents = {1, loops[found.m], loops[found.n], loops[found.k]};
    for (unsigned loop : found.batch)
      extents.batch = ShapedType::isDynamic(extents.batch) ||
                              ShapedType::isDynamic(loops[loop])
                          ? ShapedType::kDynamic
                          : extents.batch * loops[loop];
    bool isCopied = found.a.buffer && found.b.buffer;
    kernel->schedule = chooseMmaSync(
        op.getContext(), extents, chip,
        // Lines of A that do not run along K need the room of 64 elements.
        found.a.buffer && !isContiguous(*found.a.buffer, found.k) ? 64 : 16,
        // What computes an operand needs registers of its own.
        isCopied ? 128 : 64);
  }
  kernel->layoutA = chooseLayout(op, kernel->matmul.a, found.m, found.k,
                                 kernel->getTile(0), kernel->getTile(2));
  kernel->layoutB = chooseLayout(op, kernel->matmul.b, found.n, found.k,
                                 kernel->getTile(1), kernel->getTile(2));
  return kernel;
}

//===----------------------------------------------------------------------===//
// Host
//===----------------------------------------------------------------------===//

Value MatmulKernel::countBlocks(OpBuilder &host) {
  Value blocks =
      arith::MulIOp::create(host, loc, countTiles(host, matmul.m, getTile(0)),
                            countTiles(host, matmul.n, getTile(1)));
  for (unsigned loop : matmul.batch)
    blocks =
        arith::MulIOp::create(host, loc, blocks, countTiles(host, loop, 1));
  return blocks;
}

//===----------------------------------------------------------------------===//
// Kernel
//===----------------------------------------------------------------------===//

namespace {
/// Arithmetic on values of one type, `index` or i32, with constants.
struct Number {
  OpBuilder *builder;
  Location loc;
  Value value;

  Number with(Value other) const { return {builder, loc, other}; }
  Value get(int64_t other) const {
    return arith::ConstantOp::create(
        *builder, loc, builder->getIntegerAttr(value.getType(), other));
  }
  template <typename Op>
  Number apply(Value other) const {
    return with(builder->createOrFold<Op>(loc, value, other));
  }
  Number operator+(Value other) const { return apply<arith::AddIOp>(other); }
  Number operator-(Value other) const { return apply<arith::SubIOp>(other); }
  Number operator*(Value other) const { return apply<arith::MulIOp>(other); }
  Number operator/(Value other) const { return apply<arith::DivUIOp>(other); }
  Number operator%(Value other) const { return apply<arith::RemUIOp>(other); }
  Number operator^(Value other) const { return apply<arith::XOrIOp>(other); }
  Number operator+(int64_t other) const { return *this + get(other); }
  Number operator*(int64_t other) const { return *this * get(other); }
  Number operator/(int64_t other) const { return *this / get(other); }
  Number operator%(int64_t other) const { return *this % get(other); }
  Value less(Value other) const {
    return arith::CmpIOp::create(*builder, loc, arith::CmpIPredicate::slt,
                                 value, other);
  }
  operator Value() const { return value; }
};
} // namespace

static Value toI32(OpBuilder &builder, Location loc, Value index) {
  return arith::IndexCastOp::create(builder, loc, builder.getI32Type(), index);
}

static Value toI64(OpBuilder &builder, Location loc, Value index) {
  return arith::IndexCastOp::create(builder, loc, builder.getI64Type(), index);
}

/// The address of a byte.
static Value getByte(OpBuilder &builder, Location loc, Value base,
                     Value offset) {
  return LLVM::GEPOp::create(builder, loc, base.getType(), builder.getI8Type(),
                             base, offset);
}

/// The module's variable for the dynamic shared memory of its kernels.
static LLVM::GlobalOp getSharedVariable(Operation *kernel) {
  auto module = kernel->getParentOfType<gpu::GPUModuleOp>();
  if (auto found = module.lookupSymbol<LLVM::GlobalOp>(kSharedName))
    return found;
  OpBuilder builder(kernel->getContext());
  builder.setInsertionPointToStart(module.getBody());
  return LLVM::GlobalOp::create(
      builder, module.getLoc(),
      LLVM::LLVMArrayType::get(builder.getI8Type(), 0), /*isConstant=*/false,
      LLVM::Linkage::External, kSharedName, /*value=*/Attribute(),
      /*alignment=*/128, kSharedSpace);
}

/// The address of the element of a buffer that lies `offset` elements beyond
/// its own offset.
static Value getElement(OpBuilder &b, Location loc, Value buffer,
                        Number offset) {
  auto metadata = memref::ExtractStridedMetadataOp::create(b, loc, buffer);
  Value address =
      memref::ExtractAlignedPointerAsIndexOp::create(b, loc, buffer);
  Value pointer = LLVM::IntToPtrOp::create(
      b, loc, LLVM::LLVMPointerType::get(b.getContext(), kGlobalSpace),
      toI64(b, loc, address));
  int64_t bytes =
      cast<MemRefType>(buffer.getType()).getElementTypeBitWidth() / 8;
  return getByte(b, loc, pointer,
                 toI64(b, loc, (offset + metadata.getOffset()) * bytes));
}

/// The stride of a buffer along a loop, in elements; zero where it does not
/// depend on the loop.
Value MatmulKernel::getStride(OpOperand &buffer, unsigned loop) {
  std::optional<unsigned> dim = Matmul::getDim(buffer, loop);
  if (!dim)
    return constant(0);
  auto metadata = memref::ExtractStridedMetadataOp::create(
      *builder, loc, mapping.lookup(buffer.get()));
  return metadata.getStrides()[*dim];
}

/// The offset of the block's batch in a buffer, in elements.
Value MatmulKernel::getBatchOffset(OpOperand &buffer) {
  Number offset{builder, loc, constant(0)};
  for (unsigned loop : matmul.batch)
    offset = offset +
             Value(Number{builder, loc, getStride(buffer, loop)} * point[loop]);
  return offset;
}

/// Finds where the operand's matrix of this batch begins.
void MatmulKernel::prepare(Operand &operand) {
  OpOperand *buffer = operand.operand->buffer;
  if (!buffer)
    return;
  OpBuilder &b = *builder;
  operand.copyWidth = getCopyWidth(*buffer);
  operand.base = getElement(b, loc, mapping.lookup(buffer->get()),
                            Number{&b, loc, getBatchOffset(*buffer)});
  unsigned line = operand.layout.isKContiguous ? operand.loop : matmul.k;
  operand.lineStride =
      Number{&b, loc, getStride(*buffer, line)} * TileLayout::kElementBytes;
}

/// The byte of shared memory where an element of the tile of a stage lies.
Value MatmulKernel::getSharedByte(const Operand &operand, Value stage,
                                  Value row, Value column) {
  const TileLayout &layout = operand.layout;
  Number line{builder, loc, row}, element{builder, loc, column};
  Number chunk =
      element / TileLayout::kChunkElements ^ Value(line % TileLayout::kSwizzle);
  return line * layout.getLineBytes() + Value(chunk * TileLayout::kChunkBytes) +
         Value(element % TileLayout::kChunkElements *
               TileLayout::kElementBytes) +
         operand.stageOffset + stage;
}

/// Starts the copy of `count` elements, up to the operand's width, of which the
/// rest becomes zero.
void MatmulKernel::copyElements(const Operand &operand, Value to, Value from,
                                Value count) {
  OpBuilder &b = *builder;
  int64_t bytes = operand.copyWidth * TileLayout::kElementBytes;
  if (bytes >= 4) {
    Number valid = Number{&b, loc, count} * TileLayout::kElementBytes;
    NVVM::CpAsyncOp::create(b, loc, to, from, bytes,
                            bytes == TileLayout::kChunkBytes
                                ? NVVM::LoadCacheModifierKind::CG
                                : NVVM::LoadCacheModifierKind::CA,
                            valid);
    return;
  }
  // cp.async moves no less than four bytes. What these stores write is read
  // after the barrier that follows the wait for the stage's other copies.
  Type element = b.getI16Type();
  Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(element));
  Value isInside =
      Number{&b, loc, arith::ConstantOp::create(b, loc, b.getI32IntegerAttr(0))}
          .less(count);
  auto load = scf::IfOp::create(
      b, loc, isInside,
      [&](OpBuilder &then, Location loc) {
        Value value = LLVM::LoadOp::create(then, loc, element, from);
        scf::YieldOp::create(then, loc, value);
      },
      [&](OpBuilder &otherwise, Location loc) {
        scf::YieldOp::create(otherwise, loc, zero);
      });
  LLVM::StoreOp::create(b, loc, load.getResult(0), to);
}

/// Starts one copy of a tile: number `copy` along its lines, one after another.
void MatmulKernel::startCopy(const Operand &operand, Value stage, Value firstK,
                             Value copy) {
  OpBuilder &b = *builder;
  const TileLayout &layout = operand.layout;
  Number number{&b, loc, copy};
  int64_t copiesPerLine = layout.columns / operand.copyWidth;
  Number row = number / copiesPerLine;
  Number column = number % copiesPerLine * operand.copyWidth;
  Value to =
      getByte(b, loc, shared, getSharedByte(operand, stage, row, column));

  // In global memory: the line, and how many elements of it are inside.
  Value kExtent = extent(matmul.k), otherExtent = extent(operand.loop);
  auto toIndex = [&](Value value) {
    return Number{&b, loc,
                  arith::IndexCastOp::create(b, loc, b.getIndexType(), value)};
  };
  Number line = toIndex(row) + (layout.isKContiguous ? operand.origin : firstK);
  Number element =
      toIndex(column) + (layout.isKContiguous ? firstK : operand.origin);
  Value lineExtent = layout.isKContiguous ? otherExtent : kExtent;
  Value elementExtent = layout.isKContiguous ? kExtent : otherExtent;
  Number rest = Number{&b, loc, elementExtent} - element;
  Value zero = rest.get(0), width = rest.get(operand.copyWidth);
  Value count = arith::MinSIOp::create(b, loc, rest, width);
  count = arith::MaxSIOp::create(b, loc, count, zero);
  count = arith::SelectOp::create(b, loc, line.less(lineExtent), count, zero);
  // An address that is not read stays inside of the operand all the same.
  Number offset =
      line * operand.lineStride + element * TileLayout::kElementBytes;
  Value safe = arith::SelectOp::create(
      b, loc, Number{&b, loc, zero}.less(count), offset, zero);
  copyElements(operand, to, getByte(b, loc, operand.base, toI64(b, loc, safe)),
               toI32(b, loc, count));
}

/// Starts the copies of a tile, whose first element along K is given, to the
/// stage that begins at byte `stage` of shared memory.
void MatmulKernel::copyTile(const Operand &operand, Value stage, Value firstK) {
  // More copies of a thread than this, which narrow ones need, are a loop:
  // their addresses would not fit into registers.
  constexpr int64_t mostUnrolled = 8;
  OpBuilder &b = *builder;
  int64_t copies =
      operand.layout.rows * operand.layout.columns / operand.copyWidth;
  int64_t threads = getNumThreads();
  Number own{&b, loc, thread};
  OpBuilder::InsertionGuard insertion(b);
  if (copies > mostUnrolled * threads) {
    auto loop =
        scf::ForOp::create(b, loc, thread, own.get(copies), own.get(threads));
    b.setInsertionPointToStart(loop.getBody());
    return startCopy(operand, stage, firstK, loop.getInductionVar());
  }
  for (int64_t first = 0; first < copies; first += threads) {
    Number copy = own + first;
    // All threads take part but where the last round needs fewer.
    if (copies - first < threads) {
      auto guard = scf::IfOp::create(b, loc, copy.less(copy.get(copies)));
      b.setInsertionPointToStart(guard.thenBlock());
    }
    startCopy(operand, stage, firstK, copy);
  }
}

/// Computes a tile, whose first element along K is given, and writes it to a
/// stage. What these stores write is read after the barrier that follows the
/// wait for the stage's copies.
void MatmulKernel::computeTile(const Operand &operand, Value stage,
                               Value firstK) {
  OpBuilder &b = *builder;
  const TileLayout &layout = operand.layout;
  OpBuilder::InsertionGuard insertion(b);
  // Stages beyond the end of K stay as they are: nobody multiplies them.
  Number k{&b, loc, firstK};
  Value kExtent = extent(matmul.k);
  auto isTile = scf::IfOp::create(b, loc, k.less(kExtent));
  b.setInsertionPointToStart(isTile.thenBlock());

  int64_t chunksPerLine = layout.columns / TileLayout::kChunkElements;
  auto toIndex = [&](Value value) -> Value {
    return arith::IndexCastOp::create(b, loc, b.getIndexType(), value);
  };
  auto loop = scf::ForOp::create(b, loc, toIndex(thread),
                                 constant(layout.rows * chunksPerLine),
                                 constant(getNumThreads()));
  b.setInsertionPointToStart(loop.getBody());
  Number chunk{&b, loc, loop.getInductionVar()};
  Number row = chunk / chunksPerLine;
  Number column = chunk % chunksPerLine * TileLayout::kChunkElements;

  Type element = operand.operand->getElementType();
  Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(element));
  auto type = VectorType::get(TileLayout::kChunkElements, element);
  Value values = LLVM::PoisonOp::create(b, loc, type);
  // Results beyond the operand's own extent are not stored, whatever they are.
  Number other{&b, loc, extent(operand.loop)};
  Value last = other - constant(1);
  std::optional<int64_t> staticK = getConstantIntValue(kExtent);
  bool mayEnd = !staticK || *staticK % getTile(2);
  for (int64_t i = 0; i < TileLayout::kChunkElements; ++i) {
    Number along = column + i;
    Number atK = (layout.isKContiguous ? along : row) + firstK;
    Number beside = (layout.isKContiguous ? row : along) + operand.origin;
    point[matmul.k] = atK;
    point[operand.loop] = arith::MinSIOp::create(b, loc, beside, last);
    Value value;
    if (mayEnd) {
      auto inside = scf::IfOp::create(
          b, loc, atK.less(kExtent),
          [&](OpBuilder &then, Location loc) {
            builder = &then;
            scf::YieldOp::create(then, loc, computeElement(operand));
          },
          [&](OpBuilder &otherwise, Location loc) {
            scf::YieldOp::create(otherwise, loc, zero);
          });
      builder = &b;
      value = inside.getResult(0);
    } else {
      value = computeElement(operand);
    }
    Value index = LLVM::ConstantOp::create(b, loc, b.getI32IntegerAttr(i));
    values = LLVM::InsertElementOp::create(b, loc, values, value, index);
  }
  Value byte =
      getSharedByte(operand, stage, toI32(b, loc, row), toI32(b, loc, column));
  LLVM::StoreOp::create(b, loc, values, getByte(b, loc, shared, byte));
}

/// The operand's element at `point`.
Value MatmulKernel::computeElement(const Operand &operand) {
  IRMapping local = mapping;
  auto load = [&](Value value) {
    auto argument = dyn_cast<BlockArgument>(value);
    if (argument && argument.getOwner() == op.getBody() &&
        !local.contains(value))
      local.map(value, loadInput(*op.getMatchingOpOperand(argument), point));
  };
  for (Operation *nested : operand.operand->computation) {
    llvm::for_each(nested->getOperands(), load);
    copyOp(*nested, point, local);
  }
  load(operand.operand->element);
  return local.lookup(operand.operand->element);
}

/// Loads 16 by 16 elements at `first` along the operand's own dimension and `k`
/// along K of the stage's tile: four registers, which are a fragment of A, or
/// two fragments of B. The quarters of the lanes give the lines of one 8x8
/// matrix each.
SmallVector<Value> MatmulKernel::loadFragment(const Operand &operand,
                                              Value stage, Value first,
                                              int64_t k) {
  OpBuilder &b = *builder;
  const TileLayout &layout = operand.layout;
  bool isA = operand.loop == matmul.m;
  // Fragments of A go along M first, those of B along K (PTX ISA, matrix
  // fragments for mma.m16n8k16).
  Number own{&b, loc, lane};
  Number low = own % 16, high = own / 16;
  Number along = own % 8 + Value(high * 8), across = low / 8;
  Number row = own, column = own;
  if (layout.isKContiguous) {
    row = (isA ? low : along) + first;
    column = (isA ? high : across) * TileLayout::kChunkElements + k;
  } else {
    row = (isA ? along : low) + k;
    column = (isA ? across : high) * TileLayout::kChunkElements + first;
  }
  Value byte = getSharedByte(operand, stage, row, column);
  MLIRContext *context = b.getContext();
  auto registers = LLVM::LLVMStructType::getLiteral(
      context, SmallVector<Type>(4, b.getI32Type()));
  // Transposed where the fragment's pairs, which lie along K, are not
  // contiguous.
  auto load = NVVM::LdMatrixOp::create(
      b, loc, registers, getByte(b, loc, shared, byte), /*num=*/4,
      layout.isKContiguous ? NVVM::MMALayout::row : NVVM::MMALayout::col,
      NVVM::LdStMatrixShapeAttr::get(context, 8, 8),
      NVVM::LdStMatrixEltType::B16);
  SmallVector<Value> fragment;
  for (int64_t i = 0; i < 4; ++i)
    fragment.push_back(LLVM::ExtractValueOp::create(b, loc, load.getRes(), i));
  return fragment;
}

/// Multiplies the tiles of a stage.
SmallVector<Value> MatmulKernel::multiply(Value stage,
                                          ValueRange accumulators) {
  OpBuilder &builder = *this->builder;
  bool isF16 = matmul.a.getElementType().isF16();
  auto half = VectorType::get(2, builder.getF16Type());
  auto results = LLVM::LLVMStructType::getLiteral(
      builder.getContext(), SmallVector<Type>(4, builder.getF32Type()));
  // The instruction takes pairs of f16, but pairs of bf16 as integers.
  auto toOperands = [&](ArrayRef<Value> registers) {
    return llvm::map_to_vector(registers, [&](Value value) -> Value {
      return isF16 ? LLVM::BitcastOp::create(builder, loc, half, value) : value;
    });
  };
  NVVM::MMATypes type = isF16 ? NVVM::MMATypes::f16 : NVVM::MMATypes::bf16;

  SmallVector<Value> sums(accumulators);
  int64_t tilesM = getNumTilesM(), tilesN = getNumTilesN();
  Number firstM = Number{&builder, loc, warpM} * (tilesM * kMmaM);
  Number firstN = Number{&builder, loc, warpN} * (tilesN * kMmaN);
  for (int64_t k = 0; k < getTile(2); k += kMmaK) {
    SmallVector<SmallVector<Value>> as, bs;
    for (int64_t i = 0; i < tilesM; ++i)
      as.push_back(toOperands(loadFragment(a, stage, firstM + i * kMmaM, k)));
    for (int64_t j = 0; j < tilesN; j += 2)
      bs.push_back(toOperands(loadFragment(b, stage, firstN + j * kMmaN, k)));
    for (int64_t i = 0; i < tilesM; ++i)
      for (int64_t j = 0; j < tilesN; ++j) {
        auto sum = MutableArrayRef<Value>(sums).slice((i * tilesN + j) * 4, 4);
        Value product = NVVM::MmaOp::create(
            builder, loc, results, as[i],
            ArrayRef<Value>(bs[j / 2]).slice(j % 2 * 2, 2), sum,
            ArrayRef<int64_t>{kMmaM, kMmaN, kMmaK}, /*b1Op=*/std::nullopt,
            /*intOverflow=*/std::nullopt,
            std::array<NVVM::MMATypes, 2>{type, type},
            std::array<NVVM::MMALayout, 2>{NVVM::MMALayout::row,
                                           NVVM::MMALayout::col});
        for (int64_t r = 0; r < 4; ++r)
          sum[r] = LLVM::ExtractValueOp::create(builder, loc, product, r);
      }
  }
  return sums;
}

/// Whether neighbours along N, of which the first is even, lie side by side at
/// a multiple of their size, and are inside of the output together.
bool MatmulKernel::storesPairs() {
  int64_t columns = op.getStaticLoopRanges()[matmul.n];
  return !ShapedType::isDynamic(columns) && columns % 2 == 0 &&
         isContiguous(*matmul.c, matmul.n) && getCopyWidth(*matmul.c) > 1;
}

/// Adds what the output holds, and writes results where they are inside.
void MatmulKernel::storeResults(ValueRange accumulators) {
  OpBuilder &b = *builder;
  Value output = mapping.lookup(matmul.c->get());
  Type element = cast<MemRefType>(output.getType()).getElementType();
  Value known =
      initial.empty() || !initial[0] ? Value() : mapping.lookup(initial[0]);
  bool isZero = known && matchPattern(known, m_AnyZeroFloat());
  auto toIndex = [&](Value value) {
    return Number{&b, loc,
                  arith::IndexCastOp::create(b, loc, b.getIndexType(), value)};
  };

  // Of a fragment of 16 by 8, a lane has two neighbours of one row and the two
  // that are eight rows below.
  int64_t tilesM = getNumTilesM(), tilesN = getNumTilesN();
  Number own{&b, loc, lane};
  Number row =
      toIndex(Number{&b, loc, warpM} * (tilesM * kMmaM) + Value(own / 4)) +
      a.origin;
  Number column =
      toIndex(Number{&b, loc, warpN} * (tilesN * kMmaN) + Value(own % 4 * 2)) +
      this->b.origin;
  Number origin{&b, loc, getBatchOffset(*matmul.c)};
  Value strideM = getStride(*matmul.c, matmul.m);
  Value strideN = getStride(*matmul.c, matmul.n);
  unsigned width = storesPairs() ? 2 : 1;
  Type stored = width == 1 ? element : VectorType::get(width, element);
  for (unsigned first = 0; first < accumulators.size(); first += width) {
    int64_t tile = first / 4, part = first % 4;
    Number m = row + (tile / tilesN * kMmaM + part / 2 * 8);
    Number n = column + (tile % tilesN * kMmaN + part % 2);
    Value isInside = arith::AndIOp::create(b, loc, m.less(extent(matmul.m)),
                                           n.less(extent(matmul.n)));
    auto guard = scf::IfOp::create(b, loc, isInside);
    OpBuilder::InsertionGuard insertion(b);
    b.setInsertionPointToStart(guard.thenBlock());
    Value address = getElement(
        b, loc, output, origin + Value(m * strideM) + Value(n * strideN));
    Value before;
    if (!known)
      before = LLVM::LoadOp::create(b, loc, stored, address);
    auto at = [&](int64_t index) -> Value {
      return LLVM::ConstantOp::create(b, loc, b.getI32IntegerAttr(index));
    };
    Value result =
        width == 1 ? Value() : Value(LLVM::PoisonOp::create(b, loc, stored));
    for (unsigned i = 0; i < width; ++i) {
      Value value = accumulators[first + i];
      if (!isZero) {
        Value addend = known;
        if (!known)
          addend = width == 1 ? before
                              : Value(LLVM::ExtractElementOp::create(
                                    b, loc, before, at(i)));
        if (!addend.getType().isF32())
          addend = arith::ExtFOp::create(b, loc, b.getF32Type(), addend);
        value = arith::AddFOp::create(b, loc, value, addend);
      }
      if (!element.isF32())
        value = arith::TruncFOp::create(b, loc, element, value);
      result = width == 1 ? value
                          : Value(LLVM::InsertElementOp::create(b, loc, result,
                                                                value, at(i)));
    }
    LLVM::StoreOp::create(b, loc, result, address);
  }
}

void MatmulKernel::buildBody() {
  OpBuilder &b = *builder;
  Operation *function = b.getInsertionBlock()->getParentOp();
  shared = LLVM::AddressOfOp::create(b, loc, getSharedVariable(function));
  thread = toI32(b, loc, gpu::ThreadIdOp::create(b, loc, gpu::Dimension::x));
  Number own{&b, loc, thread};
  lane = own % kWarpSize;
  Number warp = own / kWarpSize;
  warpM = warp / schedule.getWarps()[1];
  warpN = warp % schedule.getWarps()[1];

  // Blocks go along M first: those that run together then share columns of B,
  // which is the larger operand where it is a weight.
  Number block{&b, loc, gpu::BlockIdOp::create(b, loc, gpu::Dimension::x)};
  auto countTiles = [&](unsigned loop, int64_t tile) -> Value {
    return b.createOrFold<arith::CeilDivUIOp>(loc, extent(loop),
                                              constant(tile));
  };
  Value tilesM = countTiles(matmul.m, getTile(0));
  Number blockM = block % tilesM;
  block = block / tilesM;
  Value tilesN = countTiles(matmul.n, getTile(1));
  Number blockN = block % tilesN;
  block = block / tilesN;
  point.resize(op.getNumLoops());
  for (unsigned loop : matmul.batch) {
    point[loop] = block % extent(loop);
    block = block / extent(loop);
  }

  a = {&matmul.a, matmul.m, layoutA, blockM * getTile(0), 0};
  this->b = {&matmul.b, matmul.n, layoutB, blockN * getTile(1),
             layoutA.getBytes()};
  prepare(a);
  prepare(this->b);

  // The first stages are on their way before the loop.
  int64_t stageBytes = layoutA.getBytes() + layoutB.getBytes();
  auto copyStage = [&](Value stage, Value firstK) {
    for (Operand *operand : {&a, &this->b})
      if (operand->operand->buffer)
        copyTile(*operand, stage, firstK);
      else
        computeTile(*operand, stage, firstK);
    NVVM::CpAsyncCommitGroupOp::create(b, loc);
  };
  for (int64_t stage = 0; stage + 1 < schedule.getStages(); ++stage)
    copyStage(own.get(stage * stageBytes), constant(stage * getTile(2)));

  Value zero = arith::ConstantOp::create(b, loc, b.getF32FloatAttr(0));
  SmallVector<Value> sums(getNumTilesM() * getNumTilesN() * 4, zero);
  auto loop = scf::ForOp::create(
      b, loc, constant(0), countTiles(matmul.k, getTile(2)), constant(1), sums);
  {
    OpBuilder::InsertionGuard insertion(b);
    b.setInsertionPointToStart(loop.getBody());
    Number step{&b, loc, loop.getInductionVar()};
    NVVM::CpAsyncWaitGroupOp::create(b, loc, schedule.getStages() - 2);
    NVVM::BarrierOp::create(b, loc);
    Number next = step + (schedule.getStages() - 1);
    auto getStage = [&](Number number) -> Value {
      return Number{&b, loc, toI32(b, loc, number % schedule.getStages())} *
             stageBytes;
    };
    copyStage(getStage(next), next * getTile(2));
    scf::YieldOp::create(b, loc,
                         multiply(getStage(step), loop.getRegionIterArgs()));
  }
  // Copies beyond the end, of zeros, must not outlive the block.
  NVVM::CpAsyncWaitGroupOp::create(b, loc, 0);
  storeResults(loop.getResults());
}
