//===- EmulatedCalls.cpp - Calls of the emulator --------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmulatedCalls.h"
#include "mlir/Interfaces/DataLayoutInterfaces.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::compress;

EmulatedCalls::EmulatedCalls(ModuleOp module)
    : module(module), symbols(module),
      pointer(LLVM::LLVMPointerType::get(module.getContext())) {}

Value EmulatedCalls::call(OpBuilder &builder, Location loc, StringRef name,
                          Type result, ValueRange arguments, bool isPure) {
  std::string symbol = ("compress_emulated_" + name).str();
  auto function = symbols.lookup<LLVM::LLVMFuncOp>(symbol);
  if (!function) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(module.getBody());
    function = LLVM::LLVMFuncOp::create(
        builder, module.getLoc(), symbol,
        LLVM::LLVMFunctionType::get(
            result ? result : LLVM::LLVMVoidType::get(builder.getContext()),
            llvm::to_vector(arguments.getTypes())));
    function.setNoUnwind(true);
    if (isPure) {
      auto none = LLVM::ModRefInfo::NoModRef;
      function.setMemoryEffectsAttr(LLVM::MemoryEffectsAttr::get(
          builder.getContext(), {none, none, none, none, none, none}));
      function.setWillReturn(true);
    }
    symbols.insert(function);
  }
  auto op = LLVM::CallOp::create(builder, loc, function, arguments);
  return result ? op.getResult() : Value();
}

Value EmulatedCalls::global(OpBuilder &builder, Location loc, StringRef prefix,
                            Type type, Attribute value) {
  LLVM::GlobalOp op;
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(module.getBody());
    op = LLVM::GlobalOp::create(builder, loc, type, /*isConstant=*/true,
                                LLVM::Linkage::Internal, prefix, value);
    symbols.insert(op);
  }
  return LLVM::AddressOfOp::create(builder, loc, op);
}

Value EmulatedCalls::text(OpBuilder &builder, Location loc, StringRef value) {
  std::string bytes = value.str();
  bytes.push_back('\0');
  return global(builder, loc, "emulated_text",
                LLVM::LLVMArrayType::get(builder.getI8Type(), bytes.size()),
                builder.getStringAttr(bytes));
}

/// The first place in a file that a location holds.
static FileLineColLoc findFile(Location loc) {
  FileLineColLoc file;
  loc->walk([&](Location part) {
    file = dyn_cast<FileLineColLoc>(part);
    return file ? WalkResult::interrupt() : WalkResult::advance();
  });
  return file;
}

Value EmulatedCalls::site(OpBuilder &builder, Operation *op) {
  std::string name;
  llvm::raw_string_ostream os(name);
  if (FileLineColLoc file = findFile(op->getLoc()))
    os << file.getFilename().getValue() << ":" << file.getLine() << ":"
       << file.getColumn() << ": ";
  os << "'" << op->getName() << "'";
  return text(builder, op->getLoc(), name);
}

Value EmulatedCalls::constantWords(OpBuilder &builder, Location loc,
                                   ArrayRef<int32_t> words) {
  auto type = RankedTensorType::get({static_cast<int64_t>(words.size())},
                                    builder.getI32Type());
  return global(builder, loc, "emulated_words",
                LLVM::LLVMArrayType::get(builder.getI32Type(), words.size()),
                DenseElementsAttr::get(type, words));
}

Value EmulatedCalls::constant(OpBuilder &builder, Location loc, int64_t value,
                              unsigned width) {
  return LLVM::ConstantOp::create(
      builder, loc,
      builder.getIntegerAttr(builder.getIntegerType(width), value));
}

Value EmulatedCalls::allocate(OpBuilder &builder, Operation *op, Type type,
                              int64_t count, unsigned alignment) {
  OpBuilder::InsertionGuard guard(builder);
  Region *region = op->getParentRegion();
  while (!isa<FunctionOpInterface>(region->getParentOp()))
    region = region->getParentOp()->getParentRegion();
  builder.setInsertionPointToStart(&region->front());
  return LLVM::AllocaOp::create(builder, op->getLoc(), pointer, type,
                                constant(builder, op->getLoc(), count, 64),
                                alignment);
}

Value EmulatedCalls::spill(OpBuilder &builder, Operation *op,
                           ValueRange values) {
  // A structure lays the values out; its fields have their natural alignment,
  // and those that one instruction takes have one size.
  auto type = LLVM::LLVMStructType::getLiteral(
      builder.getContext(), llvm::to_vector(values.getTypes()));
  Value memory = allocate(builder, op, type, 1);
  for (auto [index, value] : llvm::enumerate(values)) {
    Value field = LLVM::GEPOp::create(
        builder, op->getLoc(), pointer, type, memory,
        ArrayRef<LLVM::GEPArg>{0, static_cast<int32_t>(index)});
    LLVM::StoreOp::create(builder, op->getLoc(), value, field);
  }
  return memory;
}
