//===- FuseRows.cpp - One op for what happens to a row --------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowProgram.h"
#include "compress/Conversion/LinalgToGPU.h"
#include "compress/Dialect/Kernel/IR/Kernel.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"

namespace mlir::compress {
#define GEN_PASS_DEF_FUSEROWSPASS
#include "compress/Conversion/GPUPasses.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

namespace {
/// The ops of a block that another op of it depends on.
using Dependencies = llvm::DenseMap<Operation *, SmallVector<Operation *>>;

/// Ops of one block that compute on the same rows. Its loops are those of the
/// row program that they become: first those that say which row it is, then
/// those of a row.
class RowGroup {
public:
  RowGroup(const Dependencies &dependencies) : dependencies(dependencies) {}

  /// Begins with a reduction along the innermost dimensions of its operand.
  bool begin(linalg::GenericOp op);
  /// Adds the op if it fits; returns whether it did.
  bool add(linalg::GenericOp op);
  bool contains(Operation *op) const { return members.contains(op); }
  ArrayRef<Operation *> getMembers() const { return members.getArrayRef(); }
  /// Replaces the members by one op.
  void build();

private:
  /// The group's loop that each of an op's loops is.
  using Loops = SmallVector<int64_t>;

  bool isRowLoop(int64_t loop) const { return loop >= numOuter; }
  int64_t getNumLoops() const { return numOuter + numRow; }
  std::optional<Loops> getLoops(linalg::GenericOp op) const;
  bool suits(linalg::GenericOp op, const Loops &loops) const;
  bool isConvex(Operation *candidate) const;
  SmallVector<Operation *> getUsersAmong(Operation *candidate,
                                         bool &isConvex) const;
  AffineMap translate(linalg::GenericOp op, OpOperand &operand) const;
  void enter(linalg::GenericOp op, Loops loops);

  const Dependencies &dependencies;
  SetVector<Operation *> members;
  llvm::DenseMap<Operation *, Loops> memberLoops;
  /// The loop that indexes each dimension of a value that members read or make.
  llvm::DenseMap<Value, Loops> dims;
  int64_t numOuter = 0, numRow = 0;
};

struct FuseRows : compress::impl::FuseRowsPassBase<FuseRows> {
  void runOnOperation() override {
    SmallVector<Block *> blocks;
    getOperation().walk([&](Block *block) {
      if (!isa<linalg::LinalgOp>(block->getParentOp()))
        blocks.push_back(block);
    });
    for (Block *block : blocks)
      fuse(*block);
  }

  static void fuse(Block &block) {
    Dependencies dependencies;
    SmallVector<linalg::GenericOp> generics;
    for (Operation &op : block) {
      SetVector<Value> values(op.operand_begin(), op.operand_end());
      getUsedValuesDefinedAbove(op.getRegions(), values);
      for (Value value : values)
        if (Operation *def = value.getDefiningOp();
            def && def->getBlock() == &block)
          dependencies[&op].push_back(def);
      if (auto generic = dyn_cast<linalg::GenericOp>(op))
        if (generic.hasPureTensorSemantics() && generic.getNumDpsInits() == 1)
          generics.push_back(generic);
    }

    llvm::DenseSet<Operation *> done;
    for (linalg::GenericOp seed : generics) {
      RowGroup group(dependencies);
      if (done.contains(seed) || !group.begin(seed))
        continue;
      auto isNeighbour = [&](linalg::GenericOp op) {
        return llvm::any_of(dependencies.lookup(op),
                            [&](Operation *d) { return group.contains(d); }) ||
               llvm::any_of(op->getUsers(), [&](Operation *user) {
                 return group.contains(user);
               });
      };
      for (bool changed = true; changed;) {
        changed = false;
        for (linalg::GenericOp op : generics)
          if (!done.contains(op) && !group.contains(op) && isNeighbour(op))
            changed |= group.add(op);
      }
      if (group.getMembers().size() < 2)
        continue;
      done.insert_range(group.getMembers());
      group.build();
      // Ops have moved and gone.
      return fuse(block);
    }
  }
};
} // namespace

bool RowGroup::begin(linalg::GenericOp op) {
  OpOperand *full = getFullOperand(op);
  if (!full || !getCombiner(op))
    return false;
  AffineMap output = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  AffineMap input = op.getMatchingIndexingMap(full);
  if (!output.isProjectedPermutation() ||
      output.getNumResults() != op.getNumParallelLoops())
    return false;
  numRow = op.getNumReductionLoops();
  numOuter = op.getNumLoops() - numRow;
  Loops loops(op.getNumLoops(), -1);
  for (unsigned dim = 0; dim < output.getNumResults(); ++dim)
    loops[output.getDimPosition(dim)] = dim;
  // A row is contiguous.
  for (int64_t dim = 0; dim < numRow; ++dim) {
    int64_t &loop = loops[input.getDimPosition(numOuter + dim)];
    if (loop != -1)
      return false;
    loop = numOuter + dim;
  }
  enter(op, std::move(loops));
  return true;
}

void RowGroup::enter(linalg::GenericOp op, Loops loops) {
  members.insert(op);
  for (OpOperand &operand : op->getOpOperands()) {
    AffineMap map = op.getMatchingIndexingMap(&operand);
    if (!map.isProjectedPermutation() || !map.getNumResults())
      continue;
    Loops indices =
        llvm::map_to_vector(llvm::seq(map.getNumResults()), [&](unsigned dim) {
          return loops[map.getDimPosition(dim)];
        });
    dims.try_emplace(op.isDpsInit(&operand) ? op.getTiedOpResult(&operand)
                                            : operand.get(),
                     std::move(indices));
  }
  memberLoops[op] = std::move(loops);
}

/// Finds out which loops of the group an op's loops are: where it reads or
/// makes a value of the group, the dimensions say it; the rest follows from
/// values that both read, since loops that index one dimension are equally
/// long.
std::optional<RowGroup::Loops> RowGroup::getLoops(linalg::GenericOp op) const {
  Loops loops(op.getNumLoops(), -1);
  for (bool isOfGroup : {true, false})
    for (OpOperand &operand : op->getOpOperands()) {
      bool isOutput = op.isDpsInit(&operand);
      Value value = isOutput ? op.getTiedOpResult(&operand) : operand.get();
      bool isMembers = isOutput || contains(value.getDefiningOp());
      auto known = dims.find(value);
      if (isMembers != isOfGroup || known == dims.end())
        continue;
      AffineMap map = op.getMatchingIndexingMap(&operand);
      if (!map.isProjectedPermutation()) {
        if (isMembers)
          return std::nullopt;
        continue;
      }
      for (auto [dim, loop] : llvm::enumerate(known->second)) {
        int64_t &found = loops[map.getDimPosition(dim)];
        if (isMembers && found != -1 && found != loop)
          return std::nullopt;
        if (found == -1 && !llvm::is_contained(loops, loop))
          found = loop;
        else if (isMembers && found != loop)
          return std::nullopt;
      }
    }
  if (llvm::is_contained(loops, -1))
    return std::nullopt;
  return loops;
}

/// Whether an op with these loops is a step of a row: an elementwise one, of
/// every element or once, or another reduction of whole rows.
bool RowGroup::suits(linalg::GenericOp op, const Loops &loops) const {
  bool reduces = op.getNumReductionLoops() > 0;
  if (reduces && !getCombiner(op))
    return false;
  int64_t found = op.getNumLoops();
  if (found != getNumLoops() &&
      (found != numOuter || reduces ||
       llvm::any_of(loops, [&](int64_t loop) { return isRowLoop(loop); })))
    return false;
  if (reduces) {
    SmallVector<unsigned> reductions;
    op.getReductionDims(reductions);
    if (static_cast<int64_t>(reductions.size()) != numRow ||
        llvm::any_of(reductions,
                     [&](unsigned loop) { return !isRowLoop(loops[loop]); }))
      return false;
  }
  AffineMap output = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  if (!output.isProjectedPermutation() ||
      output.getNumResults() != op.getNumParallelLoops())
    return false;
  // Elements of a row stay contiguous: what is transposed is another kernel's.
  return llvm::all_of(op->getOpOperands(), [&](OpOperand &operand) {
    AffineMap map = op.getMatchingIndexingMap(&operand);
    if (op.isDpsInit(&operand) ? false : !map.isProjectedPermutation())
      return true;
    for (unsigned dim = 0; dim + 1 < map.getNumResults(); ++dim)
      if (loops[map.getDimPosition(dim)] == getNumLoops() - 1)
        return false;
    return true;
  });
}

/// The ops between the members, and the candidate, that depend on one of them.
/// None of the members may depend on these.
SmallVector<Operation *> RowGroup::getUsersAmong(Operation *candidate,
                                                 bool &isConvex) const {
  auto isMember = [&](Operation *op) {
    return op == candidate || contains(op);
  };
  size_t left = members.size() + (candidate && !contains(candidate));
  SetVector<Operation *> users;
  isConvex = true;
  for (Operation &op : *members.front()->getBlock()) {
    bool depends = llvm::any_of(dependencies.lookup(&op), [&](Operation *d) {
      return users.contains(d) || (!isMember(&op) && isMember(d));
    });
    if (isMember(&op)) {
      isConvex &= !depends;
      if (--left == 0)
        break;
    } else if (depends) {
      users.insert(&op);
    }
  }
  // They will be moved.
  isConvex &= llvm::all_of(users, [](Operation *op) { return isPure(op); });
  return users.takeVector();
}

bool RowGroup::isConvex(Operation *candidate) const {
  bool result;
  getUsersAmong(candidate, result);
  return result;
}

bool RowGroup::add(linalg::GenericOp op) {
  // A body that reads a tensor of the group by its own indices needs all of it.
  SetVector<Value> above;
  getUsedValuesDefinedAbove(op->getRegions(), above);
  if (llvm::any_of(above, [&](Value value) {
        return value.getDefiningOp() && contains(value.getDefiningOp());
      }))
    return false;
  std::optional<Loops> loops = getLoops(op);
  if (!loops || !suits(op, *loops) || !isConvex(op))
    return false;
  enter(op, std::move(*loops));
  return true;
}

/// The map of a member's operand, on the loops of the group.
AffineMap RowGroup::translate(linalg::GenericOp op, OpOperand &operand) const {
  MLIRContext *context = op.getContext();
  SmallVector<AffineExpr> loops =
      llvm::map_to_vector(memberLoops.at(op), [&](int64_t loop) {
        return getAffineDimExpr(loop, context);
      });
  return op.getMatchingIndexingMap(&operand).replaceDimsAndSymbols(
      loops, {}, getNumLoops(), 0);
}

/// Whether combining with a value changes nothing. A sum that begins with plus
/// zero only changes minus zero, as the order of the sum may.
static bool isIdentity(arith::AtomicRMWKind kind, Value value) {
  Attribute constant;
  if (!matchPattern(value, m_Constant(&constant)))
    return false;
  if (kind == arith::AtomicRMWKind::addf)
    return matchPattern(value, m_AnyZeroFloat());
  OpBuilder builder(value.getContext());
  return constant == arith::getIdentityValueAttr(kind, value.getType(), builder,
                                                 value.getLoc());
}

void RowGroup::build() {
  SmallVector<Operation *> ops = members.takeVector();
  llvm::sort(ops,
             [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  members.insert_range(ops);
  bool isConvex;
  SmallVector<Operation *> users = getUsersAmong(ops.front(), isConvex);

  // Everything that comes from elsewhere, each once for each map.
  SmallVector<Value> inputs, outputs, results;
  SmallVector<AffineMap> inputMaps, outputMaps;
  SmallVector<Location> locations;
  auto getInput = [&](Value value, AffineMap map) -> unsigned {
    for (auto [index, known, knownMap] : llvm::enumerate(inputs, inputMaps))
      if (known == value && knownMap == map)
        return index;
    inputs.push_back(value);
    inputMaps.push_back(map);
    return inputs.size() - 1;
  };
  llvm::DenseMap<OpOperand *, unsigned> inputOf;
  for (Operation *member : ops) {
    auto op = cast<linalg::GenericOp>(member);
    locations.push_back(op.getLoc());
    for (OpOperand &operand : op->getOpOperands()) {
      bool isFilled = op.isDpsInit(&operand) &&
                      operand.get().getDefiningOp<linalg::FillOp>();
      if (op.payloadUsesValueFromOperand(&operand) && !isFilled &&
          !contains(operand.get().getDefiningOp()))
        inputOf[&operand] = getInput(operand.get(), translate(op, operand));
    }
    Value result = op.getResult(0);
    if (llvm::all_of(result.getUsers(),
                     [&](Operation *user) { return contains(user); }))
      continue;
    OpOperand *init = op.getDpsInitOperand(0);
    Value output = init->get();
    // All of it is written, so that what fills it has no use.
    while (auto fill = output.getDefiningOp<linalg::FillOp>())
      output = fill.getDpsInitOperand(0)->get();
    results.push_back(result);
    outputs.push_back(output);
    outputMaps.push_back(translate(op, *init));
  }

  OpBuilder builder(ops.back());
  SmallVector<AffineMap> maps = inputMaps;
  llvm::append_range(maps, outputMaps);
  SmallVector<utils::IteratorType> iterators(getNumLoops(),
                                             utils::IteratorType::parallel);
  SmallVector<int64_t> rowLoops =
      llvm::to_vector(llvm::seq(numOuter, getNumLoops()));
  auto program = linalg::GenericOp::create(
      builder, builder.getFusedLoc(locations), TypeRange(ValueRange(results)),
      inputs, outputs, maps, iterators,
      [&](OpBuilder &b, Location, ValueRange arguments) {
        llvm::DenseMap<Value, Value> values;
        for (Operation *member : ops) {
          auto op = cast<linalg::GenericOp>(member);
          IRMapping local;
          for (OpOperand &operand : op->getOpOperands()) {
            BlockArgument argument = op.getMatchingBlockArgument(&operand);
            if (argument.use_empty())
              continue;
            if (auto input = inputOf.find(&operand); input != inputOf.end())
              local.map(argument, arguments[input->second]);
            else if (auto fill = operand.get().getDefiningOp<linalg::FillOp>();
                     fill && op.isDpsInit(&operand))
              local.map(argument, fill.value());
            else
              local.map(argument, values.lookup(operand.get()));
          }
          std::optional<Combiner> combiner = getCombiner(op);
          for (Operation &nested : op.getBody()->without_terminator()) {
            if (auto index = dyn_cast<linalg::IndexOp>(nested)) {
              local.map(
                  index.getResult(),
                  linalg::IndexOp::create(b, index.getLoc(),
                                          memberLoops[op][index.getDim()]));
              continue;
            }
            if (combiner && &nested == combiner->op) {
              Value value = kernel::RowReduceOp::create(
                  b, nested.getLoc(), combiner->kind,
                  local.lookupOrDefault(combiner->element), rowLoops);
              Value start = local.lookup(op.getRegionOutputArgs()[0]);
              if (!isIdentity(combiner->kind, start))
                value = arith::getReductionOp(combiner->kind, b,
                                              nested.getLoc(), start, value);
              local.map(nested.getResult(0), value);
              continue;
            }
            Operation *copy = b.clone(nested, local);
            copy->walk([&](linalg::IndexOp index) {
              index.setDim(memberLoops[op][index.getDim()]);
            });
          }
          values[op.getResult(0)] = local.lookupOrDefault(
              op.getBody()->getTerminator()->getOperand(0));
        }
        linalg::YieldOp::create(b, ops.back()->getLoc(),
                                llvm::map_to_vector(results, [&](Value result) {
                                  return values.lookup(result);
                                }));
      });
  for (auto [old, result] : llvm::zip(results, program.getResults()))
    old.replaceAllUsesWith(result);
  Operation *last = program;
  for (Operation *user : users) {
    user->moveAfter(last);
    last = user;
  }
  for (Operation *member : llvm::reverse(ops))
    member->erase();
}
