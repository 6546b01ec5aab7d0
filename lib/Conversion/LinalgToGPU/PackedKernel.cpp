//===- PackedKernel.cpp - Products with packed weights --------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PackedKernel.h"
#include "VectorAccess.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::compress;

kernel::StreamedWeight compress::getWeight(kernel::ContractOp op) {
  std::string reason;
  // The op's verifier has seen to it.
  return *kernel::StreamedWeight::match(
      cast<CompressedTensorType>(op.getWeight()), op.getTransposed() ? 1 : 0,
      reason);
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

LogicalResult PackedKernel::passOperands(KernelArguments &arguments,
                                         bool passesInputs) {
  SmallVector<Value> values(op.getComponents());
  if (passesInputs)
    values.insert(values.begin(), op.getX());
  // Results that start from a known value, and go elsewhere, have no buffer.
  if (!initial || !epilogue || epilogue.getTarget().get() == op.getInit())
    values.push_back(op.getInit());
  if (initial)
    values.push_back(initial);
  for (Value value : values)
    if (failed(arguments.add(value)))
      return op.emitOpError("cannot be a GPU kernel: operand of type ")
             << value.getType() << " is no buffer with strides";
  for (Value component : op.getComponents())
    if (!cast<MemRefType>(component.getType()).getLayout().isIdentity())
      return op.emitOpError("cannot be a GPU kernel: component of type ")
             << component.getType() << " is not contiguous; copy it first";
  rows = arguments.getSize(op.getX(), 0);
  return epilogue ? epilogue.pass(arguments) : success();
}

void PackedKernel::buildKernel(OpBuilder &kernel,
                               const KernelArguments &arguments,
                               ValueRange blockArguments) {
  builder = &kernel;
  arguments.materialize(kernel, blockArguments, mapping);
  m = arguments.materialize(kernel, blockArguments, rows);
  buildBody();
}

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

int64_t PackedKernel::getNumGroups() const {
  if (weight.isScaledByChannel())
    return 1;
  if (weight.blockK % kStepK == 0)
    return 1;
  return weight.blockK % 32 == 0 ? 2 : 4;
}

SmallVector<Value> PackedKernel::getOwnBlock(Value tileN, int64_t row,
                                             int64_t extentN) {
  OpBuilder &b = *builder;
  Value n = number(tileN) * kMmaN + Value(toIndex(number(lane) / 4) + row * 8);
  // What lies beyond the edge is not stored.
  n = arith::MinUIOp::create(b, loc, n, constant(weight.n - 1));
  SmallVector<Value> at = {constant(0), number(n) / extentN};
  if (weight.reduced == 1)
    std::swap(at[0], at[1]);
  return at;
}

void PackedKernel::loadConstantParameters(Value firstTileN, int64_t tiles) {
  OpBuilder &b = *builder;
  superScales.clear();
  tables.clear();
  if (!weight.superScale && !weight.entry)
    return;
  Value component = mapping.lookup(op.getComponents().back());
  for (int64_t tile = 0; tile < tiles; ++tile)
    for (int64_t row : {0, 1}) {
      Value tileN = number(firstTileN) + tile;
      if (weight.superScale) {
        Value scale = memref::LoadOp::create(
            b, loc, component, getOwnBlock(tileN, row, weight.superN));
        if (!weight.superScale.isF32())
          scale = LLVM::FPExtOp::create(b, loc, b.getF32Type(), scale);
        superScales.push_back(scale);
        continue;
      }
      SmallVector<Value> at = getOwnBlock(tileN, row, weight.blockN);
      at.append(2, constant(0));
      SmallVector<Value> entries;
      int64_t width = kVectorBytes / getElementBytes(weight.entry);
      for (int64_t first = 0; first < 16; first += width) {
        at[2] = constant(first);
        llvm::append_range(entries, loadVector(b, loc, component, at, width));
      }
      tables.push_back(
          WeightDecode(b, loc, weight, entry).prepareTable(entries));
    }
}

/// There are those of each group and every two tiles along N: a lane has those
/// of one of their 32 channels, so that a line of them is read by one load.
/// Scales of 16 bits and zero points share a word.
SmallVector<Value> PackedKernel::loadParameters(Value slice, Value firstTileN,
                                                int64_t tiles) {
  OpBuilder &b = *builder;
  if (weight.entry)
    return {};
  SmallVector<Value> parameters;
  for (int64_t tile = 0; tile < tiles; tile += 2)
    for (int64_t group = 0; group < getNumGroups(); ++group) {
      int64_t channels = std::min<int64_t>(tiles - tile, 2) * kMmaN;
      // What lies beyond the edges is multiplied with zeros, or not stored.
      Value n = (number(firstTileN) + tile) * kMmaN +
                toIndex(number(lane) % channels);
      n = arith::MinUIOp::create(b, loc, n, constant(weight.n - 1));
      Value k = number(slice) * kStepK + group * (kStepK / getNumGroups());
      k = arith::MinUIOp::create(b, loc, k, constant(weight.k - 1));
      SmallVector<Value> at = {number(k) / weight.blockK,
                               number(n) / weight.blockN};
      if (weight.reduced == 1)
        std::swap(at[0], at[1]);
      auto load = [&](unsigned component) -> Value {
        return memref::LoadOp::create(
            b, loc, mapping.lookup(op.getComponents()[component]), at);
      };
      Value scale = load(1);
      unsigned bits = weight.scale.getWidth();
      Value word =
          LLVM::BitcastOp::create(b, loc, b.getIntegerType(bits), scale);
      if (bits < 32)
        word = LLVM::ZExtOp::create(b, loc, b.getI32Type(), word);
      Value zeroPoint;
      if (weight.hasZeroPoints)
        zeroPoint = LLVM::SExtOp::create(b, loc, b.getI32Type(), load(2));
      if (zeroPoint && bits < 32) {
        Value sixteen = number(word).get(16);
        zeroPoint = LLVM::ShlOp::create(b, loc, zeroPoint, sixteen);
        word = LLVM::OrOp::create(b, loc, word, zeroPoint);
        zeroPoint = {};
      }
      parameters.push_back(word);
      if (zeroPoint)
        parameters.push_back(zeroPoint);
    }
  return parameters;
}

/// The parameters come from the lane that has loaded them.
WeightDecode::Channel PackedKernel::getChannel(ValueRange parameters,
                                               int64_t tileN, int64_t row,
                                               int64_t k) {
  if (weight.entry)
    return tables[tileN * 2 + row];
  OpBuilder &b = *builder;
  int64_t group = k / (kStepK / getNumGroups());
  bool isShared = weight.scale.getWidth() < 32;
  int64_t count = weight.hasZeroPoints && !isShared ? 2 : 1;
  int64_t first = (tileN / 2 * getNumGroups() + group) * count;
  Value from = number(lane) / 4 + (tileN % 2 * kMmaN + row * 8);
  auto get = [&](Value word) -> Value {
    Number all = number(lane);
    return NVVM::ShflOp::create(b, loc, b.getI32Type(), all.get(-1), word, from,
                                all.get(kWarpSize - 1), NVVM::ShflKind::idx,
                                /*returnValueAndIsValid=*/UnitAttr());
  };
  Value scale = get(parameters[first]), zeroPoint;
  if (weight.hasZeroPoints && !isShared)
    zeroPoint = get(parameters[first + 1]);
  if (weight.hasZeroPoints && isShared)
    zeroPoint = LLVM::AShrOp::create(b, loc, scale, number(scale).get(16));
  Value superScale;
  if (weight.superScale)
    superScale = superScales[tileN * 2 + row];
  return WeightDecode(b, loc, weight, entry)
      .prepare(scale, zeroPoint, superScale);
}

SmallVector<Value, 4> PackedKernel::loadWords(Value address) {
  OpBuilder &b = *builder;
  Value loaded = LLVM::LoadOp::create(
      b, loc, VectorType::get(4, b.getI32Type()), address, kMmaLaneBytes);
  SmallVector<Value, 4> words;
  for (int32_t i = 0; i < 4; ++i)
    words.push_back(LLVM::ExtractElementOp::create(
        b, loc, loaded,
        LLVM::ConstantOp::create(b, loc, b.getI32IntegerAttr(i))));
  return words;
}

SmallVector<Value, 4>
PackedKernel::decodeFragment(ArrayRef<Value> words, int64_t k,
                             const WeightDecode::Channel &even,
                             const WeightDecode::Channel &odd) {
  WeightDecode decode(*builder, loc, weight, entry);
  unsigned count = decode.getNumWords();
  return decode.decode(words.slice(k / kMmaK * count, count), even, odd);
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

void PackedKernel::storeResult(Value row, Value column, Value sum, Value part) {
  OpBuilder &b = *builder;
  Type element = cast<MemRefType>(op.getInit().getType()).getElementType();
  SmallVector<Value> at = {row, column};
  if (part)
    at.insert(at.begin(), part);
  Value known = initial ? mapping.lookup(initial) : Value();
  if (!known || !matchPattern(known, m_AnyZeroFloat())) {
    Value addend = known ? known
                         : Value(memref::LoadOp::create(
                               b, loc, mapping.lookup(op.getInit()), at));
    if (!addend.getType().isF32())
      addend = arith::ExtFOp::create(b, loc, b.getF32Type(), addend);
    sum = arith::AddFOp::create(b, loc, sum, addend);
  }
  if (!element.isF32())
    sum = arith::TruncFOp::create(b, loc, element, sum);
  Value output = op.getInit();
  if (epilogue) {
    OpOperand &target = epilogue.getTarget();
    SmallVector<Value> point = epilogue.getPoint(at);
    sum = epilogue.compute(b, loc, mapping, point, sum);
    at = applyMap(b, loc, epilogue.op.getMatchingIndexingMap(&target), point);
    output = target.get();
  }
  memref::StoreOp::create(b, loc, sum, mapping.lookup(output), at);
}
