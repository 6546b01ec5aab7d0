//===- RowsKernel.cpp - Kernels whose threads share rows ------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowsKernel.h"
#include "VectorAccess.h"
#include "compress/Dialect/Kernel/IR/Kernel.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::compress;

SmallVector<std::unique_ptr<Kernel>> RowsKernel::match(linalg::GenericOp op,
                                                       ArrayRef<Value> initial,
                                                       const Chip &chip) {
  SmallVector<unsigned> rowLoops = getRowLoops(op);
  if (rowLoops.empty())
    return {};
  if (op.getNumReductionLoops() > 0) {
    OpOperand *full = getFullOperand(op);
    if (!full || !getCombiner(op))
      return {};
    // In the order in which the operand has them.
    AffineMap map = op.getMatchingIndexingMap(full);
    llvm::sort(rowLoops, [&](unsigned a, unsigned b) {
      MLIRContext *context = op.getContext();
      return *map.getResultPosition(getAffineDimExpr(a, context)) <
             *map.getResultPosition(getAffineDimExpr(b, context));
    });
    if (map.getDimPosition(map.getNumResults() - 1) != rowLoops.back())
      return {};
  }
  SmallVector<std::unique_ptr<Kernel>> kernels;
  for (RowsSchedule schedule : chooseRowsSchedules(op, rowLoops, chip)) {
    auto kernel =
        std::unique_ptr<RowsKernel>(new RowsKernel(op, initial, schedule));
    kernel->rowLoops = rowLoops;
    for (unsigned loop = 0; loop < op.getNumLoops(); ++loop)
      if (!llvm::is_contained(rowLoops, loop))
        kernel->outerLoops.push_back(loop);
    kernel->classify();
    if (schedule.splits > 1)
      kernel->partials = Partials{op, *kernel->combiner, kernel->outerLoops,
                                  /*isPartFirst=*/false};
    kernels.push_back(std::move(kernel));
  }
  return kernels;
}

RowsKernel::RowsKernel(linalg::GenericOp op, ArrayRef<Value> initial,
                       RowsSchedule schedule)
    : Kernel(op, initial), schedule(schedule), combiner(getCombiner(op)) {}

bool RowsKernel::isReduction(Operation *nested) const {
  return isa<kernel::RowReduceOp>(nested) ||
         (combiner && nested == combiner->op);
}

arith::AtomicRMWKind RowsKernel::getKind(Operation *reduction) const {
  auto reduce = dyn_cast<kernel::RowReduceOp>(reduction);
  return reduce ? reduce.getKind() : combiner->kind;
}

Value RowsKernel::getReduced(Operation *reduction) const {
  auto reduce = dyn_cast<kernel::RowReduceOp>(reduction);
  return reduce ? reduce.getValue() : combiner->element;
}

/// Finds out which values of the body differ between the elements of a row, and
/// after how many reductions they are known.
void RowsKernel::classify() {
  for (OpOperand &operand : op->getOpOperands())
    if (isFunctionOf(op.getMatchingIndexingMap(&operand), rowLoops))
      elements.insert(op.getMatchingBlockArgument(&operand));
  for (Operation &nested : op.getBody()->without_terminator()) {
    bool isElement = false;
    unsigned pass = 0;
    if (isReduction(&nested)) {
      pass = getPass(getReduced(&nested)) + 1;
      numPasses = std::max(numPasses, pass);
    } else {
      nested.walk([&](linalg::IndexOp index) {
        isElement |= llvm::is_contained(rowLoops, index.getDim());
      });
      for (Value operand : getBodyOperands(nested)) {
        isElement |= this->isElement(operand);
        pass = std::max(pass, getPass(operand));
      }
    }
    for (Value result : nested.getResults()) {
      passes[result] = pass;
      if (isElement)
        elements.insert(result);
    }
  }
}

//===----------------------------------------------------------------------===//
// Host
//===----------------------------------------------------------------------===//

int64_t RowsKernel::getNumThreads() const {
  return schedule.threads > kWarpSize ? schedule.threads
                                      : RowsSchedule::kBlockThreads;
}

LogicalResult RowsKernel::checkOutputs() {
  for (Operation &nested : *op.getBody())
    if (isReduction(&nested)) {
      Type type = getReduced(&nested).getType();
      unsigned width = type.getIntOrFloatBitWidth();
      if (width > 32 && width != 64)
        return op.emitOpError("cannot be a GPU kernel: it combines values of "
                              "type ")
               << type << ", expected at most 32 bits, or 64";
    }
  auto yield = op.getBody()->getTerminator();
  for (auto [output, value] :
       llvm::zip(op.getDpsInitsMutable(), yield->getOperands())) {
    AffineMap map = op.getMatchingIndexingMap(&output);
    bool isOfElements = isFunctionOf(map, rowLoops);
    ArrayRef<unsigned> needed =
        isOfElements ? ArrayRef<unsigned>(rowLoops) : ArrayRef<unsigned>();
    unsigned count = outerLoops.size() + needed.size();
    if (!map.isProjectedPermutation() || map.getNumResults() != count ||
        !llvm::all_of(outerLoops,
                      [&](unsigned loop) { return map.isFunctionOfDim(loop); }))
      return op.emitOpError("cannot be a GPU kernel: output ")
             << output.getOperandNumber() - op.getNumDpsInputs()
             << " is indexed by " << AffineMapAttr::get(map)
             << ", expected each loop once, or each but those of a row";
    if (!isOfElements && isElement(value))
      return op.emitOpError("cannot be a GPU kernel: output ")
             << output.getOperandNumber() - op.getNumDpsInputs()
             << " has one value for a row, but what is yielded differs "
                "between its elements; expected a row_reduce of it";
    if (!combiner && op.payloadUsesValueFromOperand(&output))
      return op.emitOpError("cannot be a GPU kernel: the body of a row program "
                            "reads output ")
             << output.getOperandNumber() - op.getNumDpsInputs()
             << "; expected an input";
  }
  return success();
}

/// One where rows of this length are for the kernel, zero elsewhere, so that
/// the grid of every other kernel is empty.
static Value isFor(OpBuilder &host, Location loc, Value length,
                   RowsSchedule schedule) {
  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(host, loc, value);
  };
  Value nonzero =
      arith::MaxUIOp::create(host, loc, length, constant(1)).getResult();
  auto fits = [&](int64_t limit) -> Value {
    Value times = arith::DivUIOp::create(host, loc, constant(limit), nonzero);
    return arith::MinUIOp::create(host, loc, times, constant(1));
  };
  Value below = schedule.limit ? fits(schedule.limit) : constant(1);
  if (!schedule.above)
    return below;
  return arith::SubIOp::create(host, loc, below, fits(schedule.above));
}

LogicalResult RowsKernel::passMore(OpBuilder &host,
                                   KernelArguments &arguments) {
  if (!partials)
    return success();
  partials->allocate(host, schedule.splits);
  return arguments.add(partials->buffer);
}

linalg::GenericOp RowsKernel::buildRest(OpBuilder &host) {
  return partials ? partials->buildCombination(host) : nullptr;
}

Value RowsKernel::countBlocks(OpBuilder &host) {
  auto multiply = [&](ArrayRef<unsigned> loops) {
    Value product = arith::ConstantIndexOp::create(host, loc, 1);
    for (unsigned loop : loops)
      product = host.createOrFold<arith::MulIOp>(loc, product,
                                                 countTiles(host, loop, 1));
    return product;
  };
  Value blocks = multiply(outerLoops);
  if (schedule.threads <= kWarpSize)
    blocks = host.createOrFold<arith::CeilDivUIOp>(
        loc, blocks,
        arith::ConstantIndexOp::create(
            host, loc, RowsSchedule::kBlockThreads / schedule.threads));
  if (schedule.splits > 1)
    blocks = host.createOrFold<arith::MulIOp>(
        loc, blocks,
        arith::ConstantIndexOp::create(host, loc, schedule.splits));
  if (schedule.above || schedule.limit)
    blocks = host.createOrFold<arith::MulIOp>(
        loc, blocks, isFor(host, loc, multiply(rowLoops), schedule));
  return blocks;
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

/// `count` neighbouring elements, the first of which has the given number.
RowsKernel::Slots RowsKernel::makeSlots(Value first, int64_t count,
                                        bool isSure) {
  OpBuilder &b = *builder;
  Value inside = isRow;
  if (!isSure) {
    inside =
        arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, first, length);
    if (isRow)
      inside = arith::AndIOp::create(b, loc, inside, isRow);
  }
  Point point = rowPoint;
  delinearize(first, rowLoops, point);
  Slots slots;
  for (int64_t i = 0; i < count; ++i) {
    slots.push_back({point, inside, once});
    if (i)
      slots.back().point[rowLoops.back()] =
          arith::AddIOp::create(b, loc, point[rowLoops.back()], constant(i));
  }
  return slots;
}

/// Slots are neighbours in groups of the schedule's vector.
void RowsKernel::loadElements(BlockArgument argument,
                              MutableArrayRef<Slot> slots) {
  OpOperand &operand = *op.getMatchingOpOperand(argument);
  AffineMap map = op.getMatchingIndexingMap(&operand);
  int64_t width =
      getVectorWidth(operand, rowLoops.back(), getExtent(op, rowLoops.back()),
                     schedule.vector);
  for (size_t first = 0; first < slots.size(); first += schedule.vector) {
    auto group = slots.slice(first, schedule.vector);
    SmallVector<Value> values = loadIf(*builder, loc, group[0].inside, [&] {
      SmallVector<Value> loaded;
      for (int64_t i = 0; i < schedule.vector; i += width)
        llvm::append_range(
            loaded, loadVector(*builder, loc, mapping.lookup(operand.get()),
                               applyMap(map, group[i].point), width));
      return loaded;
    });
    for (auto [slot, value] : llvm::zip(group, values))
      slot.values.map(argument, value);
  }
}

/// Computes an op for each element.
void RowsKernel::run(Operation *nested, MutableArrayRef<Slot> slots) {
  for (Value operand : getBodyOperands(*nested))
    if (auto argument = dyn_cast<BlockArgument>(operand))
      if (isElement(argument) && !slots[0].values.contains(argument))
        loadElements(argument, slots);
  for (Slot &slot : slots)
    copyOp(*nested, slot.point, slot.values);
}

/// Computes an op that has one value for the row.
void RowsKernel::runOnce(Operation *nested) { copyOp(*nested, rowPoint, once); }

void RowsKernel::storeElements(MutableArrayRef<Slot> slots) {
  OpBuilder &b = *builder;
  for (auto [output, value] :
       llvm::zip(op.getDpsInitsMutable(),
                 op.getBody()->getTerminator()->getOperands())) {
    AffineMap map = op.getMatchingIndexingMap(&output);
    if (!isFunctionOf(map, rowLoops))
      continue;
    // What is only passed on has been loaded by no op.
    if (auto argument = dyn_cast<BlockArgument>(value))
      if (isElement(argument) && !slots[0].values.contains(argument))
        loadElements(argument, slots);
    int64_t width =
        getVectorWidth(output, rowLoops.back(), getExtent(op, rowLoops.back()),
                       schedule.vector);
    for (size_t first = 0; first < slots.size(); first += schedule.vector) {
      auto group = slots.slice(first, schedule.vector);
      OpBuilder::InsertionGuard insertion(b);
      if (group[0].inside)
        b.setInsertionPointToStart(
            scf::IfOp::create(b, loc, group[0].inside).thenBlock());
      for (int64_t i = 0; i < schedule.vector; i += width)
        storeVector(
            b, loc,
            llvm::map_to_vector(group.slice(i, width),
                                [&, value = value](Slot &slot) {
                                  return slot.values.lookupOrDefault(value);
                                }),
            mapping.lookup(output.get()), applyMap(map, group[i].point));
    }
  }
}

/// One thread stores what the row has one value of.
void RowsKernel::storeOnce() {
  OpBuilder &b = *builder;
  OpBuilder::InsertionGuard insertion(b);
  bool isEntered = false;
  for (auto [index, output, value] :
       llvm::enumerate(op.getDpsInitsMutable(),
                       op.getBody()->getTerminator()->getOperands())) {
    AffineMap map = op.getMatchingIndexingMap(&output);
    if (isFunctionOf(map, rowLoops))
      continue;
    if (!isEntered)
      b.setInsertionPointToStart(
          scf::IfOp::create(b, loc, isFirst).thenBlock());
    isEntered = true;
    if (partials) {
      Value result = once.lookup(combiner->op->getResult(0));
      memref::StoreOp::create(b, loc, widen(b, loc, combiner->kind, result),
                              mapping.lookup(partials->buffer),
                              partials->getIndices(part, rowPoint));
      continue;
    }
    SmallVector<Value> indices = applyMap(map, rowPoint);
    Value buffer = mapping.lookup(output.get());
    Value result = once.lookupOrDefault(value);
    if (combiner) {
      Value start = !initial.empty() && initial[index]
                        ? mapping.lookup(initial[index])
                        : memref::LoadOp::create(b, loc, buffer, indices);
      result = arith::getReductionOp(combiner->kind, b, loc, start, result);
    }
    memref::StoreOp::create(b, loc, result, buffer, indices);
  }
}

//===----------------------------------------------------------------------===//
// Kernel
//===----------------------------------------------------------------------===//

/// Finds the thread's row. What is built from here on happens where there is
/// one, except that lanes that share a warp with other rows go along.
void RowsKernel::enterRow() {
  OpBuilder &b = *builder;
  Value block = gpu::BlockIdOp::create(b, loc, gpu::Dimension::x);
  thread = gpu::ThreadIdOp::create(b, loc, gpu::Dimension::x);
  Value row = block;
  auto product = [&](ArrayRef<unsigned> loops) {
    Value result = constant(1);
    for (unsigned loop : loops)
      result = b.createOrFold<arith::MulIOp>(loc, result, extent(loop));
    return result;
  };
  length = product(rowLoops);
  begin = constant(0);
  if (schedule.splits > 1) {
    Value parts = constant(schedule.splits);
    part = arith::RemUIOp::create(b, loc, block, parts);
    row = arith::DivUIOp::create(b, loc, block, parts);
    // Parts begin where vectors do.
    Value size = b.createOrFold<arith::CeilDivUIOp>(
        loc, length, constant(schedule.splits * schedule.vector));
    size = b.createOrFold<arith::MulIOp>(loc, size, constant(schedule.vector));
    begin = arith::MulIOp::create(b, loc, part, size);
    length = arith::MinUIOp::create(
        b, loc, arith::AddIOp::create(b, loc, begin, size), length);
  }
  if (schedule.threads <= kWarpSize) {
    int64_t rows = RowsSchedule::kBlockThreads / schedule.threads;
    Value group =
        arith::DivUIOp::create(b, loc, thread, constant(schedule.threads));
    thread = arith::RemUIOp::create(b, loc, thread, constant(schedule.threads));
    row = arith::AddIOp::create(
        b, loc, arith::MulIOp::create(b, loc, block, constant(rows)), group);
    Value total = product(outerLoops);
    isRow =
        arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, row, total);
    if (schedule.threads == kWarpSize) {
      b.setInsertionPointToStart(scf::IfOp::create(b, loc, isRow).thenBlock());
      isRow = nullptr;
    } else {
      Value last = arith::SubIOp::create(b, loc, total, constant(1));
      row = arith::MinUIOp::create(b, loc, row, last);
    }
  }
  isFirst = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, thread,
                                  constant(0));
  if (isRow)
    isFirst = arith::AndIOp::create(b, loc, isFirst, isRow);

  rowPoint.assign(op.getNumLoops(), nullptr);
  delinearize(row, outerLoops, rowPoint);
  once = mapping;
  for (OpOperand *input : op.getDpsInputOperands()) {
    BlockArgument argument = op.getMatchingBlockArgument(input);
    if (!isElement(argument) && !argument.use_empty())
      once.map(argument, loadInput(*input, rowPoint));
  }
}

void RowsKernel::buildBody() {
  OpBuilder::InsertionGuard insertion(*builder);
  enterRow();
  if (schedule.slots)
    buildInRegisters();
  else
    buildInPasses();
  storeOnce();
}

void RowsKernel::buildInRegisters() {
  OpBuilder &b = *builder;
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  int64_t known = 1;
  for (unsigned loop : rowLoops)
    known = ShapedType::isDynamic(ranges[loop]) || !known
                ? 0
                : known * ranges[loop];
  Slots slots;
  int64_t step = schedule.threads * schedule.vector;
  Value own = arith::MulIOp::create(b, loc, thread, constant(schedule.vector));
  for (int64_t first = 0; first < schedule.slots * schedule.threads;
       first += step)
    llvm::append_range(
        slots, makeSlots(arith::AddIOp::create(b, loc, own, constant(first)),
                         schedule.vector, first + step <= known));
  for (Operation &nested : op.getBody()->without_terminator()) {
    if (!isReduction(&nested) &&
        llvm::any_of(nested.getResults(),
                     [&](Value result) { return isElement(result); })) {
      run(&nested, slots);
      continue;
    }
    if (isReduction(&nested))
      finish(&nested, fold(&nested, nullptr, slots));
    else
      runOnce(&nested);
    for (Slot &slot : slots)
      for (Value result : nested.getResults())
        slot.values.map(result, once.lookup(result));
  }
  storeElements(slots);
}

SmallVector<Operation *> RowsKernel::getElementOps(ValueRange values) {
  llvm::SmallPtrSet<Operation *, 16> found;
  SmallVector<Value> work(values);
  while (!work.empty()) {
    Value value = work.pop_back_val();
    Operation *definition = value.getDefiningOp();
    if (definition && isElement(value) && found.insert(definition).second)
      llvm::append_range(work, getBodyOperands(*definition));
  }
  SmallVector<Operation *> ops;
  for (Operation &nested : *op.getBody())
    if (found.contains(&nested))
      ops.push_back(&nested);
  return ops;
}

/// Reads the row again for each reduction that depends on another, and once
/// more for the results.
void RowsKernel::buildInPasses() {
  OpBuilder &b = *builder;
  Value first = arith::AddIOp::create(
      b, loc, begin,
      arith::MulIOp::create(b, loc, thread, constant(schedule.vector)));
  Value step = constant(schedule.threads * schedule.vector);
  // A loop over the thread's elements.
  auto iterate = [&](ValueRange accumulators,
                     llvm::function_ref<SmallVector<Value>(
                         MutableArrayRef<Slot>, ValueRange)>
                         body) {
    auto loop = scf::ForOp::create(b, loc, first, length, step, accumulators);
    OpBuilder::InsertionGuard insertion(b);
    b.setInsertionPointToStart(loop.getBody());
    Slots slots = makeSlots(loop.getInductionVar(), schedule.vector,
                            /*isSure=*/true);
    SmallVector<Value> results = body(slots, loop.getRegionIterArgs());
    if (!results.empty())
      scf::YieldOp::create(b, loc, results);
    return SmallVector<Value>(loop.getResults());
  };

  auto body = op.getBody()->without_terminator();
  for (unsigned pass = 0; pass <= numPasses; ++pass) {
    SmallVector<Operation *> reductions;
    SmallVector<Value> reduced, accumulators;
    for (Operation &nested : body) {
      if (isReduction(&nested)) {
        if (getPass(getReduced(&nested)) == pass) {
          reductions.push_back(&nested);
          reduced.push_back(getReduced(&nested));
          accumulators.push_back(getNeutral(&nested));
        }
      } else if (nested.getNumResults() && !isElement(nested.getResult(0)) &&
                 getPass(nested.getResult(0)) == pass) {
        runOnce(&nested);
      }
    }
    if (reductions.empty())
      continue;
    SmallVector<Value> partials = iterate(
        accumulators, [&](MutableArrayRef<Slot> slots, ValueRange values) {
          for (Operation *nested : getElementOps(reduced))
            run(nested, slots);
          SmallVector<Value> next;
          for (auto [reduction, value] : llvm::zip(reductions, values))
            next.push_back(fold(reduction, value, slots));
          return next;
        });
    for (auto [reduction, partial] : llvm::zip(reductions, partials))
      finish(reduction, partial);
  }
  SmallVector<Value> yielded;
  for (auto [output, value] :
       llvm::zip(op.getDpsInitsMutable(),
                 op.getBody()->getTerminator()->getOperands()))
    if (isFunctionOf(op.getMatchingIndexingMap(&output), rowLoops))
      yielded.push_back(value);
  if (yielded.empty())
    return;
  iterate({}, [&](MutableArrayRef<Slot> slots, ValueRange) {
    for (Operation *nested : getElementOps(yielded))
      run(nested, slots);
    storeElements(slots);
    return SmallVector<Value>();
  });
}
