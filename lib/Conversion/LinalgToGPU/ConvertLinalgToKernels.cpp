//===- ConvertLinalgToKernels.cpp - One kernel for each linalg op ---------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChoosePacked.h"
#include "ColumnsKernel.h"
#include "ContractParts.h"
#include "LaunchByRows.h"
#include "MatmulKernel.h"
#include "PointKernel.h"
#include "RowsKernel.h"
#include "ScalarKernel.h"
#include "StreamKernel.h"
#include "WarpgroupDecodeKernel.h"
#include "WarpgroupKernel.h"
#include "compress/Conversion/LinalgToGPU.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

namespace mlir::compress {
#define GEN_PASS_DEF_CONVERTLINALGTOKERNELSPASS
#include "compress/Conversion/GPUPasses.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

/// The fill that gives `output` all of the value that `op` finds there, where
/// nothing else reads or writes the buffer between the two: the buffer is an
/// allocation of the same block, and every other use comes after `op` or is the
/// fill itself.
static linalg::FillOp getFillBefore(Operation *op, Value output) {
  auto alloc = output.getDefiningOp<memref::AllocOp>();
  if (!alloc || alloc->getBlock() != op->getBlock())
    return nullptr;
  linalg::FillOp fill;
  SmallVector<Operation *> others;
  for (Operation *user : output.getUsers()) {
    if (user->getBlock() != op->getBlock())
      return nullptr;
    if (user == op || op->isBeforeInBlock(user))
      continue;
    // A view made earlier could be used at any place. Only the launches that
    // were made here take metadata, right after it.
    if (isa<ViewLikeOpInterface>(user) &&
        !isa<memref::ExtractStridedMetadataOp>(user))
      return nullptr;
    if (auto candidate = dyn_cast<linalg::FillOp>(user))
      if (!fill || fill->isBeforeInBlock(candidate))
        fill = candidate;
    others.push_back(user);
  }
  if (!fill || llvm::any_of(others, [&](Operation *user) {
        return fill->isBeforeInBlock(user);
      }))
    return nullptr;
  return fill;
}

/// Whether a buffer is an argument that host code reads elements of, such as a
/// count of steps, while no kernel has it.
static bool isForHost(Value buffer) {
  auto argument = dyn_cast<BlockArgument>(buffer);
  return argument && isa<func::FuncOp>(argument.getOwner()->getParentOp()) &&
         llvm::any_of(argument.getUsers(), llvm::IsaPred<memref::LoadOp>) &&
         llvm::all_of(argument.getUsers(),
                      llvm::IsaPred<memref::LoadOp, memref::DimOp>);
}

/// Rejects an op whose threads each have a result where few of them would have
/// all the work.
static LogicalResult checkThreads(linalg::GenericOp op) {
  static constexpr int64_t kMostSteps = 4096;
  int64_t results = 1, steps = 1;
  bool isLong = false;
  for (auto [extent, iterator] :
       llvm::zip(op.getStaticLoopRanges(), op.getIteratorTypesArray())) {
    if (linalg::isReductionIterator(iterator)) {
      isLong |= ShapedType::isDynamic(extent);
      steps *= ShapedType::isDynamic(extent) ? 1 : extent;
    } else if (ShapedType::isDynamic(extent)) {
      return success();
    } else {
      results *= extent;
    }
  }
  if (results >= kWarpSize || (!isLong && steps <= kMostSteps))
    return success();
  return op.emitOpError("would give ")
         << results
         << " threads all the work: expected a reduction by one associative op "
            "of arith that reads an operand at each point, which threads "
            "share, "
            "or at least "
         << kWarpSize << " results, or at most " << kMostSteps
         << " steps for each";
}

namespace {
struct ConvertLinalgToKernels
    : compress::impl::ConvertLinalgToKernelsPassBase<ConvertLinalgToKernels> {
  using ConvertLinalgToKernelsPassBase::ConvertLinalgToKernelsPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (tileRows < 1 || tileColumns < 1) {
      module.emitError("tile-rows and tile-columns must be at least 1, found ")
          << tileRows << " and " << tileColumns;
      return signalPassFailure();
    }
    llvm::Expected<const Chip &> found = findChip(chip);
    if (!found) {
      module.emitError(llvm::toString(found.takeError()));
      return signalPassFailure();
    }
    target = &*found;
    // Kernels that the module brings along are not touched.
    auto own = module.getOps<gpu::GPUModuleOp>();
    if (own.empty()) {
      OpBuilder builder(module.getBodyRegion());
      builder.setInsertionPointToEnd(module.getBody());
      kernels = gpu::GPUModuleOp::create(builder, module.getLoc(), "kernels");
      module->setAttr(gpu::GPUDialect::getContainerModuleAttrName(),
                      builder.getUnitAttr());
    } else {
      kernels = *own.begin();
    }
    SymbolTable table(kernels);
    symbols = &table;
    for (auto function : module.getOps<func::FuncOp>())
      if (!function.isExternal() &&
          (failed(convert(function)) || failed(checkHost(function))))
        return signalPassFailure();
    if (kernels.getBody()->empty()) {
      module.emitError("has nothing to run on a GPU: expected a function with "
                       "linalg ops");
      return signalPassFailure();
    }
  }

  LogicalResult convert(func::FuncOp function) {
    IRRewriter rewriter(&getContext());
    SmallVector<Operation *> ops;
    WalkResult result = function.walk([&](Operation *op) {
      rewriter.setInsertionPoint(op);
      if (isa<linalg::GenericOp, kernel::ContractOp>(op)) {
        ops.push_back(op);
      } else if (auto copy = dyn_cast<memref::CopyOp>(op)) {
        ops.push_back(linalg::makeMemRefCopyOp(
            rewriter, copy.getLoc(), copy.getSource(), copy.getTarget()));
        rewriter.eraseOp(copy);
      } else if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
                 linalgOp && !isa<linalg::FillOp>(op)) {
        DictionaryAttr attributes = op->getDiscardableAttrDictionary();
        auto generic = linalg::generalizeNamedOp(rewriter, linalgOp);
        if (failed(generic))
          return WalkResult::interrupt();
        (*generic)->setDiscardableAttrs(attributes);
        ops.push_back(*generic);
      }
      return WalkResult::advance();
    });
    if (result.wasInterrupted())
      return failure();

    // A launch hides what it writes from those that look for epilogues past it,
    // so epilogues come first; fills are looked at by the ops that follow them,
    // so they come last.
    SmallPtrSet<Operation *, 8> fused;
    DenseMap<Operation *, Epilogue> epilogues;
    for (Operation *op : ops)
      if (takesEpilogue(op))
        if (Epilogue epilogue =
                findEpilogue(cast<DestinationStyleOpInterface>(op));
            epilogue && fused.insert(epilogue.op).second)
          epilogues[op] = epilogue;
    StringRef name = function.getName();
    for (Operation *op : ops) {
      if (fused.contains(op))
        continue;
      Epilogue epilogue = epilogues.lookup(op);
      auto contract = dyn_cast<kernel::ContractOp>(op);
      if (failed(contract
                     ? launch(contract, epilogue, name)
                     : launch(cast<linalg::GenericOp>(op), epilogue, name)))
        return failure();
    }
    SmallVector<linalg::FillOp> fills;
    function.walk([&](linalg::FillOp fill) { fills.push_back(fill); });
    for (linalg::FillOp fill : fills) {
      rewriter.setInsertionPoint(fill);
      auto generic = linalg::generalizeNamedOp(rewriter, fill);
      if (failed(generic) || failed(launch(*generic, /*epilogue=*/{}, name)))
        return failure();
    }
    return success();
  }

  /// Whether the kernel of an op can compute what follows it.
  bool takesEpilogue(Operation *op) {
    if (auto contract = dyn_cast<kernel::ContractOp>(op))
      return contract.getSplits() == 1;
    if (!tensorCores)
      return false;
    std::optional<Matmul> matmul = matchMatmul(cast<linalg::GenericOp>(op));
    return matmul && isForTensorCores(*matmul, tf32);
  }

  LogicalResult launch(linalg::GenericOp op, Epilogue epilogue,
                       StringRef function) {
    SmallVector<Value> initial;
    SmallVector<linalg::FillOp> fills;
    for (OpOperand &output : op.getDpsInitsMutable()) {
      linalg::FillOp fill;
      if (op.getNumReductionLoops() > 0)
        fill = getFillBefore(op, output.get());
      initial.push_back(fill ? fill.value() : nullptr);
      fills.push_back(fill);
    }

    if (failed(launch(op, initial, epilogue, function)))
      return failure();
    for (linalg::FillOp fill : fills)
      if (fill)
        fill.erase();
    return success();
  }

  /// Builds the kernels of an op that finds the initial values in its outputs,
  /// where they are not null.
  LogicalResult launch(linalg::GenericOp op, ArrayRef<Value> initial,
                       Epilogue epilogue, StringRef function) {
    SmallVector<std::unique_ptr<Kernel>> bodies;
    Attribute schedule = op->getAttr(kernel::KernelDialect::kScheduleAttr);
    if (schedule && kernel::isForPackedWeights(schedule))
      return op.emitOpError("has a schedule for packed weights, ")
             << schedule << ", which compress_kernel.contract alone can have";
    std::optional<Matmul> matmul = tensorCores ? matchMatmul(op) : std::nullopt;
    if (matmul && isForTensorCores(*matmul, tf32)) {
      MatmulExtents extents = getExtents(op, *matmul);
      std::unique_ptr<WarpgroupKernel> warpgroup;
      if (target->warpgroupProducts)
        warpgroup = WarpgroupKernel::match(op, initial, *matmul, *target);
      Attribute used = schedule;
      if (!used)
        used = chooseProduct(extents, *matmul, warpgroup.get());
      if (auto byRows = dyn_cast_if_present<kernel::ByRowsAttr>(used)) {
        if (ShapedType::isDynamic(extents.m)) {
          OpBuilder host(epilogue ? epilogue.op : op);
          return launchByRows(host, op, initial, epilogue, byRows,
                              countRows(host, op, matmul->m), function);
        }
        used = byRows.getFor(extents.m);
      }
      if (auto product = buildProduct(op, initial, std::move(*matmul), used,
                                      std::move(warpgroup))) {
        product->fuse(epilogue);
        bodies.push_back(std::move(product));
      }
    }
    if (tensorCores && bodies.empty() && schedule)
      return rejectSchedule(op, schedule);
    assert((!epilogue || !bodies.empty()) && "what takes an epilogue has a "
                                             "kernel that computes it");
    if (bodies.empty())
      bodies = matchOthers(op, initial);
    if (bodies.empty() && failed(checkThreads(op)))
      return failure();
    if (bodies.empty())
      bodies.push_back(std::make_unique<ScalarKernel>(
          op, chooseSchedule(op, tileRows, tileColumns), initial));

    OpBuilder host(epilogue ? epilogue.op : op);
    linalg::GenericOp rest;
    for (std::unique_ptr<Kernel> &body : bodies) {
      if (failed(addLaunch(host, op, *body, function)))
        return failure();
      if (linalg::GenericOp left = body->buildRest(host))
        rest = left;
    }
    erase(op, epilogue);
    if (rest)
      return launch(rest, initial, /*epilogue=*/{}, function);
    return success();
  }

  /// What the cost model chooses for a product on tensor cores; `warpgroup` is
  /// its kernel by wgmma, where it has one.
  Attribute chooseProduct(const MatmulExtents &extents, const Matmul &matmul,
                          const WarpgroupKernel *warpgroup) {
    MatmulLimits limits;
    MatmulKernel::setLimits(matmul, limits);
    limits.forWgmma = warpgroup != nullptr;
    if (warpgroup)
      warpgroup->setLimits(limits);
    return chooseMatmul(&getContext(), extents, limits, *target);
  }

  /// The kernel of a product with a schedule; none where it cannot have that.
  static std::unique_ptr<ContractionKernel>
  buildProduct(linalg::GenericOp op, ArrayRef<Value> initial, Matmul matmul,
               Attribute schedule, std::unique_ptr<WarpgroupKernel> warpgroup) {
    if (auto portable = dyn_cast_if_present<kernel::MmaSyncAttr>(schedule))
      return MatmulKernel::match(op, initial, std::move(matmul), portable);
    if (schedule && warpgroup &&
        warpgroup->setSchedule(cast<kernel::WgmmaAttr>(schedule)))
      return warpgroup;
    return nullptr;
  }

  /// The kernels of an op that is no product on tensor cores, and whose threads
  /// do more than compute a result each; none where it has no such kernel.
  SmallVector<std::unique_ptr<Kernel>> matchOthers(linalg::GenericOp op,
                                                   ArrayRef<Value> initial) {
    // Other operands have no kernel, which the last one says.
    if (!llvm::all_of(op->getOperandTypes(), [](Type type) {
          return getElementTypeOrSelf(type).isIntOrIndexOrFloat();
        }))
      return {};
    SmallVector<std::unique_ptr<Kernel>> kernels =
        RowsKernel::match(op, initial, *target);
    auto add = [&](std::unique_ptr<Kernel> kernel) {
      if (kernels.empty() && kernel)
        kernels.push_back(std::move(kernel));
    };
    add(ColumnsKernel::match(op, initial, *target));
    add(TransposeKernel::match(op, initial));
    add(PointKernel::match(op, initial, *target));
    return kernels;
  }

  /// Launches a product by each of the schedules, in branches between which the
  /// host chooses by the number of rows.
  template <typename Op, typename Initial>
  LogicalResult launchByRows(OpBuilder &host, Op op, Initial initial,
                             Epilogue epilogue, kernel::ByRowsAttr schedules,
                             Value rows, StringRef function) {
    for (Product product : branchByRows(host, {op, epilogue}, schedules, rows))
      if (failed(launch(cast<Op>(product.op), initial, product.epilogue,
                        function)))
        return failure();
    erase(op, epilogue);
    return success();
  }

  /// Erases an op that has its launches, with what they computed of it.
  static void erase(Operation *op, Epilogue epilogue) {
    op->erase();
    if (epilogue)
      epilogue.op->erase();
  }

  LogicalResult launch(kernel::ContractOp op, Epilogue epilogue,
                       StringRef function) {
    linalg::FillOp fill = getFillBefore(op, op.getInit());
    if (failed(launch(op, fill ? fill.value() : nullptr, epilogue, function)))
      return failure();
    if (fill)
      fill.erase();
    return success();
  }

  LogicalResult launch(kernel::ContractOp op, Value initial, Epilogue epilogue,
                       StringRef function) {
    auto inputs = cast<MemRefType>(op.getX().getType());
    int64_t rows = inputs.getDimSize(0);
    bool canCopy = WarpgroupDecodeKernel::canCopy(inputs);
    Attribute schedule = op.getSchedule();
    if (!schedule)
      schedule =
          ShapedType::isDynamic(rows)
              ? choosePackedByRows(getWeight(op), *target, canCopy)
              : choosePacked(getWeight(op), rows, *target, canCopy).schedule;
    OpBuilder host(epilogue ? epilogue.op : op);
    auto byRows = dyn_cast<kernel::ByRowsAttr>(schedule);
    if (byRows && !ShapedType::isDynamic(rows))
      schedule = byRows.getFor(rows);
    if (isa<kernel::ByRowsAttr>(schedule))
      return launchByRows(host, op, initial, epilogue, byRows,
                          countRows(host, op), function);
    if (kernel::getSplits(schedule) > 1 &&
        cast<MemRefType>(op.getInit().getType()).getRank() == 2) {
      ContractParts parts = buildParts(host, op, initial, epilogue, schedule);
      if (failed(launch(parts.product, parts.zero, {}, function)) ||
          failed(launch(parts.sum, {}, function)))
        return failure();
    } else {
      auto body = buildPackedKernel(op, initial, schedule);
      if (failed(body))
        return failure();
      (*body)->fuse(epilogue);
      if (failed(addLaunch(host, op, **body, function)))
        return failure();
    }
    erase(op, epilogue);
    return success();
  }

  /// The kernel with that schedule.
  FailureOr<std::unique_ptr<PackedKernel>>
  buildPackedKernel(kernel::ContractOp op, Value initial, Attribute schedule) {
    auto inputs = cast<MemRefType>(op.getX().getType());
    if (auto stream = dyn_cast<kernel::StreamAttr>(schedule))
      return std::unique_ptr<PackedKernel>(
          new StreamKernel(op, initial, stream));
    if (!target->warpgroupProducts)
      return op.emitOpError("has a schedule by wgmma, which ")
             << target->name << " does not have";
    if (!WarpgroupDecodeKernel::canCopy(inputs))
      return op.emitOpError(
                 "has a schedule by wgmma, but bulk copies cannot read its "
                 "activations: expected the stride 1 along K, and the other "
                 "and the offset static multiples of 16 bytes, found ")
             << inputs;
    return std::unique_ptr<PackedKernel>(new WarpgroupDecodeKernel(
        op, initial, cast<kernel::WgmmaDecodeAttr>(schedule), *target));
  }

  /// Builds a kernel of the op and its launch.
  LogicalResult addLaunch(OpBuilder &host, Operation *op, KernelBuilder &body,
                          StringRef function) {
    Location loc = op->getLoc();
    if (body.getSharedBytes() > target->blockSharedBytes)
      return op->emitOpError("has a schedule that needs ")
             << body.getSharedBytes() << " bytes of shared memory; expected at "
             << "most " << target->blockSharedBytes << ", which "
             << target->name << " has";
    KernelArguments arguments(host, loc);
    FailureOr<Value> blocks = body.buildHost(host, arguments);
    if (failed(blocks))
      return failure();

    OpBuilder device(kernels.getBodyRegion());
    device.setInsertionPointToEnd(kernels.getBody());
    auto kernel = gpu::GPUFuncOp::create(
        device, loc, (function + "_" + body.getSuffix()).str(),
        device.getFunctionType(arguments.getOperands().getTypes(), {}));
    kernel->setAttr(gpu::GPUDialect::getKernelFuncAttrName(),
                    device.getUnitAttr());
    if (Attribute used = body.getSchedule())
      kernel->setAttr(kernel::KernelDialect::kScheduleAttr, used);
    int64_t numThreads = body.getNumThreads();
    kernel.setKnownBlockSize(
        ArrayRef<int32_t>{static_cast<int32_t>(numThreads), 1, 1});
    device.setInsertionPointToStart(&kernel.getBody().front());
    body.buildKernel(device, arguments, kernel.getBody().getArguments());
    gpu::ReturnOp::create(device, loc);
    kernel = share(kernel);

    Value one = arith::ConstantIndexOp::create(host, loc, 1);
    Value threads = arith::ConstantIndexOp::create(host, loc, numThreads);
    Value sharedBytes;
    if (int64_t bytes = body.getSharedBytes())
      sharedBytes = arith::ConstantIntOp::create(host, loc, bytes, 32);
    gpu::LaunchFuncOp::create(host, loc, kernel,
                              gpu::KernelDim3{*blocks, one, one},
                              gpu::KernelDim3{threads, one, one}, sharedBytes,
                              arguments.getOperands());
    return success();
  }

  LogicalResult rejectSchedule(linalg::GenericOp op, Attribute schedule) {
    if (!isa<kernel::WgmmaAttr>(schedule))
      return op.emitOpError(
          "has a schedule, but is no product of two matrices for tensor cores: "
          "expected f16 or bf16, with tile[2] a multiple of 64, or f32 with "
          "the option tf32");
    if (!target->warpgroupProducts)
      return op.emitOpError("has a schedule by wgmma, which ")
             << target->name << " does not have";
    return op.emitOpError(
        "has a schedule by wgmma, but is no product for it: expected operands "
        "of f16 or of bf16, or of f32 with the option tf32, in buffers that "
        "are contiguous along K; a tile that is a multiple of 64 along a "
        "dimension of 16-bit elements that is contiguous instead of K; and "
        "along K 64, or 32 for f32");
  }

  /// Returns an equal kernel that is there already, or enters the new one.
  gpu::GPUFuncOp share(gpu::GPUFuncOp kernel) {
    for (auto other : kernels.getOps<gpu::GPUFuncOp>())
      if (other != kernel &&
          other.getFunctionType() == kernel.getFunctionType() &&
          OperationEquivalence::isRegionEquivalentTo(
              &other.getBody(), &kernel.getBody(),
              OperationEquivalence::IgnoreLocations)) {
        kernel.erase();
        return other;
      }
    kernel->remove();
    symbols->insert(kernel);
    return kernel;
  }

  /// What is left on the host is the plan of the launches: allocations, views,
  /// and arithmetic on sizes.
  LogicalResult checkHost(func::FuncOp function) {
    for (BlockArgument argument : function.getArguments())
      if (isForHost(argument))
        function.setArgAttr(argument.getArgNumber(),
                            kernel::KernelDialect::kHostAttr,
                            UnitAttr::get(&getContext()));
    WalkResult result = function.walk([&](Operation *op) {
      if (op == function ||
          isa<memref::AllocOp, memref::DeallocOp, memref::DimOp,
              memref::GetGlobalOp, memref::ExtractStridedMetadataOp,
              gpu::LaunchFuncOp, kernel::EncodeTensorMapOp, func::ReturnOp>(
              op) ||
          isa<ViewLikeOpInterface>(op) ||
          (isa<memref::LoadOp>(op) &&
           isForHost(cast<memref::LoadOp>(op).getMemRef())) ||
          isa<arith::ArithDialect, affine::AffineDialect, scf::SCFDialect>(
              op->getDialect()))
        return WalkResult::advance();
      op->emitOpError(
          "has no lowering to a GPU kernel; expected linalg ops, or "
          "ops on tensors that become views and copies");
      return WalkResult::interrupt();
    });
    return failure(result.wasInterrupted());
  }

  const Chip *target = nullptr;
  gpu::GPUModuleOp kernels;
  /// The kernels' names, while the pass runs.
  SymbolTable *symbols = nullptr;
};
} // namespace
