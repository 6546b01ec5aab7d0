//===- PlanDeviceBuffers.cpp - Allocations to places in a workspace ------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Conversion/LaunchesToCUDA.h"
#include "compress/Dialect/Kernel/IR/Kernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/Transforms/BufferViewFlowAnalysis.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Iterators.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

namespace mlir::compress {
#define GEN_PASS_DEF_PLANDEVICEBUFFERSPASS
#include "compress/Conversion/GPUPasses.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

/// The value whose memory `buffer` is a view of.
static Value getViewed(Value buffer) {
  while (auto view = buffer.getDefiningOp<ViewLikeOpInterface>())
    buffer = view.getViewSource();
  return buffer;
}

/// The allocation that `buffer` is all of, through other shapes of it.
static memref::AllocOp getWhole(Value buffer) {
  while (Operation *op = buffer.getDefiningOp()) {
    if (auto alloc = dyn_cast<memref::AllocOp>(op))
      return alloc;
    if (!isa<memref::CastOp, memref::ExpandShapeOp, memref::CollapseShapeOp>(
            op))
      return nullptr;
    buffer = cast<ViewLikeOpInterface>(op).getViewSource();
  }
  return nullptr;
}

static int64_t getElementBytes(MemRefType type) {
  Type element = type.getElementType();
  return element.isIndex() ? 8 : (element.getIntOrFloatBitWidth() + 7) / 8;
}

/// Whether the op reads an argument that is in the memory of the host.
static bool readsForHost(Operation *op) {
  auto load = dyn_cast<memref::LoadOp>(op);
  auto argument =
      load ? dyn_cast<BlockArgument>(load.getMemRef()) : BlockArgument();
  auto function =
      argument ? dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp())
               : func::FuncOp();
  return function && function.getArgAttr(argument.getArgNumber(),
                                         kernel::KernelDialect::kHostAttr);
}

namespace {
/// Buffers of one function.
class FunctionBuffers {
public:
  FunctionBuffers(func::FuncOp function, SymbolTable &symbols)
      : function(function), symbols(symbols) {}

  LogicalResult plan();

private:
  LogicalResult check();
  LogicalResult checkOp(Operation *op);
  LogicalResult copyLoopCarried(scf::ForOp loop);
  void findBuffers();
  void findLifetimes();
  void addArguments();
  void rewrite(func::FuncOp target, const IRMapping &mapping, bool measures);

  func::FuncOp function;
  SymbolTable &symbols;
  /// Which results are an allocation that is written in place, and the
  /// allocations that go to the workspace.
  SmallVector<bool> areInPlace;
  SmallVector<memref::AllocOp> buffers;
  SmallVector<int64_t> lifetimes;
  unsigned numInputs = 0;
};
} // namespace

LogicalResult FunctionBuffers::checkOp(Operation *op) {
  if (isa<memref::AllocOp, memref::DeallocOp, memref::DimOp, gpu::LaunchFuncOp,
          kernel::EncodeTensorMapOp, func::ReturnOp>(op) ||
      isa<ViewLikeOpInterface>(op) || isa<scf::SCFDialect>(op->getDialect()) ||
      isa<arith::SelectOp>(op) || readsForHost(op))
    return success();
  auto isBuffer = [](Type type) { return isa<BaseMemRefType>(type); };
  if (llvm::any_of(op->getOperandTypes(), isBuffer) ||
      llvm::any_of(op->getResultTypes(), isBuffer))
    return op->emitOpError(
        "reads or writes a buffer on the host, but the buffers are in the "
        "memory of the GPU, and a call does not wait for it; expected an op "
        "that becomes a kernel, or a memref.load of an argument marked "
        "compress_kernel.host");
  if (isa<CallOpInterface>(op))
    return op->emitOpError("is a call on the host; expected it to be inlined");
  return success();
}

LogicalResult FunctionBuffers::check() {
  if (!llvm::hasSingleElement(function.getBody()))
    return function.emitOpError("branches between blocks; expected control "
                                "flow of the scf dialect");
  for (auto [index, type] : llvm::enumerate(function.getResultTypes())) {
    auto buffer = dyn_cast<MemRefType>(type);
    if (!buffer || !buffer.getLayout().isIdentity())
      return function.emitOpError("has a result ")
             << index << " of type " << type
             << "; expected a buffer without gaps";
  }
  WalkResult result = function.getBody().walk([&](Operation *op) {
    return failed(checkOp(op)) ? WalkResult::interrupt()
                               : WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

/// A buffer that an iteration allocates and hands to the next would be
/// overwritten by that one, since a place belongs to an allocation of the
/// program. So it is copied to a buffer of its own at the end of the iteration.
LogicalResult FunctionBuffers::copyLoopCarried(scf::ForOp loop) {
  auto yield = cast<scf::YieldOp>(loop.getBody()->getTerminator());
  for (auto [index, argument] : llvm::enumerate(loop.getRegionIterArgs())) {
    auto type = dyn_cast<MemRefType>(argument.getType());
    Value yielded = yield.getOperand(index);
    if (!type || yielded == argument ||
        loop.isDefinedOutsideOfLoop(getViewed(yielded)))
      continue;
    auto alloc = getWhole(yielded);
    if (!alloc || !type.getLayout().isIdentity() ||
        !llvm::all_of(alloc.getDynamicSizes(), [&](Value size) {
          return loop.isDefinedOutsideOfLoop(size);
        }))
      return loop.emitOpError("hands a buffer from one iteration to the next "
                              "that is not an allocation of a size known "
                              "before the loop, number ")
             << index;
    OpBuilder builder(loop);
    Location loc = loop.getLoc();
    auto carried =
        memref::AllocOp::create(builder, loc, cast<MemRefType>(alloc.getType()),
                                alloc.getDynamicSizes());
    builder.setInsertionPoint(yield);
    memref::CopyOp::create(builder, loc, alloc, carried);
    // The views that lead from the allocation to what is handed on.
    IRMapping views;
    views.map(alloc.getResult(), carried.getResult());
    SmallVector<Operation *> chain;
    for (Value value = yielded; value != alloc.getResult();
         value =
             cast<ViewLikeOpInterface>(value.getDefiningOp()).getViewSource())
      chain.push_back(value.getDefiningOp());
    for (Operation *view : llvm::reverse(chain))
      builder.clone(*view, views);
    yield->setOperand(index, views.lookup(yielded));
  }
  return success();
}

/// An allocation that is all of exactly one result is written in place.
void FunctionBuffers::findBuffers() {
  auto results = function.getBody().front().getTerminator()->getOperands();
  DenseMap<Value, unsigned> counts;
  for (Value result : results)
    ++counts[getViewed(result)];
  DenseSet<Operation *> outputs;
  for (Value result : results) {
    memref::AllocOp alloc = getWhole(result);
    areInPlace.push_back(alloc && counts[alloc] == 1 &&
                         alloc->getBlock() == &function.getBody().front());
    if (areInPlace.back())
      outputs.insert(alloc);
  }
  function.walk([&](memref::AllocOp alloc) {
    if (!outputs.contains(alloc))
      buffers.push_back(alloc);
  });
}

void FunctionBuffers::findLifetimes() {
  // Positions count ops in the order of the text; an op with regions ends at
  // the last of those inside.
  DenseMap<Operation *, int64_t> begins, ends;
  int64_t position = 0;
  function->walk([&](Operation *op, const WalkStage &stage) {
    if (stage.isBeforeAllRegions())
      begins[op] = position++;
    if (stage.isAfterAllRegions())
      ends[op] = position - 1;
  });
  BufferViewFlowAnalysis views(function);
  for (memref::AllocOp alloc : buffers) {
    // Allocations stand far ahead of their first use; views and sizes are none.
    int64_t begin = std::numeric_limits<int64_t>::max(), end = begins[alloc];
    SmallVector<Operation *> users;
    for (Value alias : views.resolve(alloc))
      for (Operation *user : alias.getUsers()) {
        if (isa<ViewLikeOpInterface>(user) ||
            isa<memref::DimOp, memref::DeallocOp>(user))
          continue;
        users.push_back(user);
        // Launches that take a tensor map use the buffer that it is of.
        if (isa<kernel::EncodeTensorMapOp>(user))
          llvm::append_range(users, user->getUsers());
      }
    for (Operation *user : users) {
      // A use in a loop lasts as long as the loop, unless the allocation is
      // inside of it too.
      Operation *scope = alloc;
      Operation *use;
      while (!(use = scope->getBlock()->findAncestorOpInBlock(*user)))
        scope = scope->getParentOp();
      begin = std::min(begin, begins[use]);
      end = std::max(end, ends[use]);
    }
    lifetimes.append({std::min(begin, end), end});
  }
}

void FunctionBuffers::addArguments() {
  MLIRContext *context = function.getContext();
  Location loc = function.getLoc();
  Builder builder(context);
  auto bytes = MemRefType::get({ShapedType::kDynamic}, builder.getI8Type());
  auto words = MemRefType::get({ShapedType::kDynamic}, builder.getIndexType());
  SmallVector<Type> types(function.getNumResults() + 1, bytes);
  types.append({words, LLVM::LLVMPointerType::get(context)});
  numInputs = function.getNumArguments();
  for (Type type : types)
    (void)function.insertArgument(function.getNumArguments(), type,
                                  DictionaryAttr(), loc);
}

void FunctionBuffers::rewrite(func::FuncOp target, const IRMapping &mapping,
                              bool measures) {
  Location loc = target.getLoc();
  unsigned numOutputs = target.getNumResults();
  Value workspace = target.getArgument(numInputs + numOutputs);
  Value plan = target.getArgument(numInputs + numOutputs + 1);
  Block *entry = &target.getBody().front();
  OpBuilder builder = OpBuilder::atBlockBegin(entry);
  Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
  auto getWord = [&](int64_t index) {
    return arith::ConstantIndexOp::create(builder, loc, index).getResult();
  };
  auto replace = [&](memref::AllocOp alloc, Value memory, Value offset) {
    Value view = memref::ViewOp::create(builder, loc, alloc.getType(), memory,
                                        offset, alloc.getDynamicSizes());
    alloc.replaceAllUsesWith(view);
    alloc.erase();
  };

  auto results = cast<func::ReturnOp>(entry->getTerminator());
  builder.setInsertionPoint(results);
  if (measures) {
    int64_t index = buffers.size();
    for (Value result : results.getOperands())
      for (int64_t d = 0; d < cast<MemRefType>(result.getType()).getRank(); ++d)
        memref::StoreOp::create(builder, loc,
                                memref::DimOp::create(builder, loc, result, d),
                                plan, getWord(index++));
  }
  for (auto [index, result] : llvm::enumerate(results.getOperands())) {
    memref::AllocOp whole = getWhole(result);
    bool isOutput = areInPlace[index];
    Value memory = target.getArgument(numInputs + index);
    if (isOutput) {
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPoint(whole);
      replace(whole, memory, zero);
    } else if (!measures) {
      auto type = cast<MemRefType>(result.getType());
      SmallVector<Value> sizes;
      for (int64_t d = 0; d < type.getRank(); ++d)
        if (type.isDynamicDim(d))
          sizes.push_back(memref::DimOp::create(builder, loc, result, d));
      Value output = memref::ViewOp::create(builder, loc, type, memory, zero,
                                            ValueRange(sizes));
      memref::CopyOp::create(builder, loc, result, output);
    }
  }
  results->setOperands({});

  for (auto [index, original] : llvm::enumerate(buffers)) {
    auto alloc = original;
    if (Value mapped = mapping.lookupOrNull(original.getResult()))
      alloc = mapped.getDefiningOp<memref::AllocOp>();
    builder.setInsertionPoint(alloc);
    Value word = getWord(index);
    if (!measures) {
      replace(alloc, workspace,
              memref::LoadOp::create(builder, loc, plan, word));
      continue;
    }
    Value bytes = getWord(getElementBytes(alloc.getType()));
    for (OpFoldResult size : alloc.getMixedSizes())
      bytes = builder.createOrFold<arith::MulIOp>(
          loc, bytes, getValueOrCreateConstantIndexOp(builder, loc, size));
    // In a loop, the largest of all iterations.
    if (alloc->getBlock() != entry)
      bytes = arith::MaxSIOp::create(
          builder, loc, bytes,
          memref::LoadOp::create(builder, loc, plan, word));
    memref::StoreOp::create(builder, loc, bytes, plan, word);
    replace(alloc, workspace, zero);
  }
  // Uses go before what they use.
  target.walk<WalkOrder::PostOrder, ReverseIterator>([&](Operation *op) {
    if (isa<memref::DeallocOp>(op) ||
        (measures &&
         isa<memref::CopyOp, gpu::LaunchFuncOp, kernel::EncodeTensorMapOp>(op)))
      op->erase();
  });
  target.removeResAttrsAttr();
  target.setFunctionType(
      FunctionType::get(target.getContext(), target.getArgumentTypes(), {}));
}

LogicalResult FunctionBuffers::plan() {
  if (failed(check()))
    return failure();
  WalkResult result = function.walk([&](Operation *op) {
    // Other loops have no lowering here that hands buffers on.
    if (auto loop = dyn_cast<LoopLikeOpInterface>(op))
      if (!isa<scf::ForOp>(op) &&
          llvm::any_of(op->getResultTypes(),
                       [](Type type) { return isa<BaseMemRefType>(type); })) {
        op->emitOpError("hands on buffers; expected a loop with a known number "
                        "of iterations (scf.for)");
        return WalkResult::interrupt();
      }
    if (auto loop = dyn_cast<scf::ForOp>(op))
      if (failed(copyLoopCarried(loop)))
        return WalkResult::interrupt();
    return WalkResult::advance();
  });
  if (result.wasInterrupted())
    return failure();
  findBuffers();
  findLifetimes();
  addArguments();

  IRMapping mapping;
  OpBuilder builder(function.getContext());
  builder.setInsertionPointAfter(function);
  auto measure = cast<func::FuncOp>(function->clone(mapping));
  measure.setName((function.getName() + "_measure").str());
  symbols.insert(measure, ++Block::iterator(function));
  rewrite(measure, mapping, /*measures=*/true);
  rewrite(function, IRMapping(), /*measures=*/false);
  function->setAttr(kMeasureAttr,
                    FlatSymbolRefAttr::get(measure.getNameAttr()));
  function->setAttr(kLifetimesAttr, builder.getDenseI64ArrayAttr(lifetimes));
  return success();
}

namespace {
struct PlanDeviceBuffers
    : compress::impl::PlanDeviceBuffersPassBase<PlanDeviceBuffers> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    SmallVector<func::FuncOp> functions(getOperation().getOps<func::FuncOp>());
    for (func::FuncOp function : functions)
      if (!function.isExternal() &&
          failed(FunctionBuffers(function, symbols).plan()))
        return signalPassFailure();
  }
};
} // namespace
