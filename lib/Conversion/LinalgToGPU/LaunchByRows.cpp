//===- LaunchByRows.cpp - Products of which the host chooses --------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LaunchByRows.h"
#include "Matmul.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::compress;

static constexpr StringLiteral kScheduleAttr =
    kernel::KernelDialect::kScheduleAttr;

Value compress::countRows(OpBuilder &host, linalg::GenericOp op,
                          ArrayRef<unsigned> loops) {
  Value rows;
  for (unsigned loop : loops)
    for (OpOperand &operand : op->getOpOperands()) {
      std::optional<unsigned> dim = Matmul::getDim(operand, loop);
      if (!dim || !isa<MemRefType>(operand.get().getType()))
        continue;
      Value extent =
          host.createOrFold<memref::DimOp>(op.getLoc(), operand.get(), *dim);
      rows = rows ? host.createOrFold<arith::MulIOp>(op.getLoc(), rows, extent)
                  : extent;
      break;
    }
  return rows;
}

Value compress::countRows(OpBuilder &host, kernel::ContractOp op) {
  return host.createOrFold<memref::DimOp>(op.getLoc(), op.getX(), 0);
}

SmallVector<Product> compress::branchByRows(OpBuilder &host, Product product,
                                            kernel::ByRowsAttr schedules,
                                            Value rows) {
  Location loc = product.op->getLoc();
  SmallVector<Product> copies;
  OpBuilder::InsertionGuard guard(host);
  for (auto [index, schedule] : llvm::enumerate(schedules.getSchedules())) {
    bool isLast = index == schedules.getMost().size();
    scf::IfOp branch;
    if (!isLast) {
      Value most =
          arith::ConstantIndexOp::create(host, loc, schedules.getMost()[index]);
      Value isFor = arith::CmpIOp::create(host, loc, arith::CmpIPredicate::ule,
                                          rows, most);
      branch = scf::IfOp::create(host, loc, isFor, /*withElseRegion=*/true);
      if (index == 0)
        branch->setAttr(kScheduleAttr, schedules);
      host.setInsertionPointToStart(branch.thenBlock());
    }
    Product copy = {host.clone(*product.op), {}};
    copy.op->setAttr(kScheduleAttr, schedule);
    if (product.epilogue) {
      copy.epilogue.op =
          cast<linalg::GenericOp>(host.clone(*product.epilogue.op));
      copy.epilogue.operand = &copy.epilogue.op->getOpOperand(
          product.epilogue.operand->getOperandNumber());
    }
    copies.push_back(copy);
    if (!isLast)
      host.setInsertionPointToStart(branch.elseBlock());
  }
  return copies;
}
