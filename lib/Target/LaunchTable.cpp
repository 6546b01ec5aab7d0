//===- LaunchTable.cpp - How to launch a module's kernels -----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Target/LaunchTable.h"
#include "compress/Dialect/Compress/IR/Compress.h"
#include "compress/Dialect/Kernel/IR/Kernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/Base64.h"

using namespace mlir;
namespace json = llvm::json;

/// The table's name of an operator on sizes, or an empty string.
static StringRef getOperator(Operation *op) {
  return llvm::TypeSwitch<Operation *, StringRef>(op)
      .Case<arith::AddIOp>([](auto) { return "add"; })
      .Case<arith::SubIOp>([](auto) { return "sub"; })
      .Case<arith::MulIOp>([](auto) { return "mul"; })
      .Case<arith::DivUIOp, arith::DivSIOp, arith::FloorDivSIOp>(
          [](auto) { return "div"; })
      .Case<arith::CeilDivUIOp, arith::CeilDivSIOp>(
          [](auto) { return "ceildiv"; })
      .Case<arith::RemUIOp, arith::RemSIOp>([](auto) { return "rem"; })
      .Case<arith::MinUIOp, arith::MinSIOp>([](auto) { return "min"; })
      .Case<arith::MaxUIOp, arith::MaxSIOp>([](auto) { return "max"; })
      .Default(StringRef());
}

static std::string printType(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

/// Where the bytes of a constant that became an argument come from.
static LogicalResult addConstant(Location loc, Attribute value,
                                 json::Object &entry) {
  if (auto external = dyn_cast<compress::ExternalAttr>(value)) {
    entry["file"] = external.getFile();
    entry["key"] = external.getKey();
    return success();
  }
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
    entry["resource"] = resource.getRawHandle().getKey();
    return success();
  }
  // Elements of one bit are packed in the attribute but not in a buffer.
  auto dense = dyn_cast<DenseElementsAttr>(value);
  if (!dense || dense.isSplat() || dense.getElementType().isInteger(1))
    return emitError(loc, "a launch table cannot hold the constant ")
           << value << "; leave the table out";
  entry["base64"] = llvm::encodeBase64(dense.getRawData());
  return success();
}

namespace {
/// The table of one function.
class FunctionTable {
public:
  explicit FunctionTable(func::FuncOp function) : function(function) {}

  FailureOr<json::Value> build();

private:
  FailureOr<json::Value> getSize(Value value);
  FailureOr<json::Value> getSize(OpFoldResult value);
  FailureOr<json::Value> getDim(Value buffer, int64_t dim);
  FailureOr<std::string> getPointer(Value buffer);
  LogicalResult addBuffer(memref::AllocOp alloc);
  FailureOr<json::Value> getTensorMap(compress::kernel::EncodeTensorMapOp op);
  LogicalResult addLaunch(gpu::LaunchFuncOp launch);
  LogicalResult addBlock(Block &block);
  LogicalResult addBranches(scf::IfOp branch);
  LogicalResult addResults(func::ReturnOp op);

  static json::Value makeProduct(json::Value a, json::Value b) {
    if (auto x = a.getAsInteger(), y = b.getAsInteger(); x && y)
      return *x * *y;
    if (a.getAsInteger() == 1)
      return b;
    return json::Array{"mul", std::move(a), std::move(b)};
  }

  func::FuncOp function;
  llvm::DenseMap<Value, std::string> names;
  json::Array buffers, launches, results;
  /// What must hold for the launches of the branch that is gone through.
  json::Array conditions;
};
} // namespace

FailureOr<json::Value> FunctionTable::getSize(OpFoldResult value) {
  if (auto constant = getConstantIntValue(value))
    return json::Value(*constant);
  return getSize(cast<Value>(value));
}

FailureOr<json::Value> FunctionTable::getSize(Value value) {
  if (auto constant = getConstantIntValue(value))
    return json::Value(*constant);
  Operation *op = value.getDefiningOp();
  if (!op)
    return emitError(value.getLoc(), "a launch table cannot say that a size is "
                                     "a scalar argument; leave the table out");
  if (auto dim = dyn_cast<memref::DimOp>(op))
    if (auto index = dim.getConstantIndex())
      return getDim(dim.getSource(), *index);
  StringRef name = getOperator(op);
  if (name.empty())
    return op->emitError("a launch table has no operator for '")
           << op->getName() << "'; leave the table out";
  FailureOr<json::Value> lhs = getSize(op->getOperand(0));
  FailureOr<json::Value> rhs = getSize(op->getOperand(1));
  if (failed(lhs) || failed(rhs))
    return failure();
  return json::Value(json::Array{name, std::move(*lhs), std::move(*rhs)});
}

/// The size of a dimension of an argument, an allocation or a view.
FailureOr<json::Value> FunctionTable::getDim(Value buffer, int64_t dim) {
  auto type = cast<MemRefType>(buffer.getType());
  if (!type.isDynamicDim(dim))
    return json::Value(type.getDimSize(dim));
  if (isa<BlockArgument>(buffer))
    return json::Value(json::Array{"dim", names.lookup(buffer), dim});
  Operation *op = buffer.getDefiningOp();
  if (auto alloc = dyn_cast<memref::AllocOp>(op))
    return getSize(alloc.getMixedSizes()[dim]);
  if (auto cast = dyn_cast<memref::CastOp>(op))
    return getDim(cast.getSource(), dim);
  if (auto subview = dyn_cast<memref::SubViewOp>(op))
    if (subview.getSourceType().getRank() == type.getRank())
      return getSize(subview.getMixedSizes()[dim]);
  if (auto reinterpret = dyn_cast<memref::ReinterpretCastOp>(op))
    return getSize(reinterpret.getMixedSizes()[dim]);
  if (auto expand = dyn_cast<memref::ExpandShapeOp>(op))
    return getSize(expand.getMixedOutputShape()[dim]);
  if (auto collapse = dyn_cast<memref::CollapseShapeOp>(op)) {
    json::Value product = 1;
    ReassociationIndices sources = collapse.getReassociationIndices()[dim];
    for (int64_t source : sources) {
      FailureOr<json::Value> size = getDim(collapse.getSrc(), source);
      if (failed(size))
        return failure();
      product = makeProduct(std::move(product), std::move(*size));
    }
    return product;
  }
  return op->emitError("a launch table cannot say a size of the result of '")
         << op->getName() << "'; leave the table out";
}

/// The argument or allocation that a buffer is a view of.
FailureOr<std::string> FunctionTable::getPointer(Value buffer) {
  while (Operation *op = buffer.getDefiningOp()) {
    if (auto metadata = dyn_cast<memref::ExtractStridedMetadataOp>(op))
      buffer = metadata.getSource();
    else if (auto view = dyn_cast<ViewLikeOpInterface>(op))
      buffer = view.getViewSource();
    else
      break;
  }
  auto name = names.find(buffer);
  if (name == names.end())
    return emitError(buffer.getLoc(),
                     "a launch table knows arguments and allocations only, not "
                     "this buffer; leave the table out");
  return name->second;
}

LogicalResult FunctionTable::addBuffer(memref::AllocOp alloc) {
  Type element = alloc.getType().getElementType();
  int64_t width = element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
  json::Value bytes = 1;
  for (OpFoldResult mixed : alloc.getMixedSizes()) {
    FailureOr<json::Value> size = getSize(mixed);
    if (failed(size))
      return failure();
    bytes = makeProduct(std::move(bytes), std::move(*size));
  }
  std::string name = "buffer" + std::to_string(buffers.size());
  names[alloc] = name;
  buffers.push_back(
      json::Object{{"name", name},
                   {"bytes", makeProduct(std::move(bytes), (width + 7) / 8)}});
  return success();
}

/// What cuTensorMapEncodeTiled is told of a buffer, outermost dimension first.
FailureOr<json::Value>
FunctionTable::getTensorMap(compress::kernel::EncodeTensorMapOp op) {
  Value buffer = op.getTensor();
  auto type = cast<MemRefType>(buffer.getType());
  FailureOr<std::string> pointer = getPointer(buffer);
  SmallVector<int64_t> strides;
  int64_t offset;
  if (failed(pointer) || failed(type.getStridesAndOffset(strides, offset)))
    return failure();
  if (offset != 0 || llvm::is_contained(strides, ShapedType::kDynamic))
    return op.emitError(
        "a launch table cannot say a tensor map whose offset or "
        "strides are dynamic; leave the table out");
  int64_t bytes = type.getElementTypeBitWidth() / 8;
  json::Array extents, byteStrides;
  for (int64_t dim = 0; dim < type.getRank(); ++dim) {
    FailureOr<json::Value> size = getDim(buffer, dim);
    if (failed(size))
      return failure();
    extents.push_back(std::move(*size));
    byteStrides.push_back(strides[dim] * bytes);
  }
  return json::Value(json::Object{
      {"pointer", *pointer},
      {"type", op.getTf32() ? "tf32" : printType(type.getElementType())},
      {"extents", std::move(extents)},
      {"strides", std::move(byteStrides)},
      {"box", json::Array(op.getBox())},
      {"swizzle", op.getSwizzle()}});
}

LogicalResult FunctionTable::addLaunch(gpu::LaunchFuncOp launch) {
  auto getTriple = [&](gpu::KernelDim3 sizes) -> FailureOr<json::Value> {
    json::Array triple;
    for (Value value : {sizes.x, sizes.y, sizes.z}) {
      FailureOr<json::Value> size = getSize(value);
      if (failed(size))
        return failure();
      triple.push_back(std::move(*size));
    }
    return json::Value(std::move(triple));
  };
  FailureOr<json::Value> grid = getTriple(launch.getGridSizeOperandValues());
  FailureOr<json::Value> block = getTriple(launch.getBlockSizeOperandValues());
  if (failed(grid) || failed(block))
    return failure();
  json::Array parameters;
  for (Value operand : launch.getKernelOperands()) {
    if (isa<MemRefType>(operand.getType())) {
      FailureOr<std::string> pointer = getPointer(operand);
      if (failed(pointer))
        return failure();
      parameters.push_back(json::Object{{"pointer", *pointer}});
    } else if (operand.getType().isIndex()) {
      FailureOr<json::Value> size = getSize(operand);
      if (failed(size))
        return failure();
      parameters.push_back(json::Object{{"i64", std::move(*size)}});
    } else if (auto encode =
                   operand
                       .getDefiningOp<compress::kernel::EncodeTensorMapOp>()) {
      FailureOr<json::Value> map = getTensorMap(encode);
      if (failed(map))
        return failure();
      parameters.push_back(json::Object{{"tensorMap", std::move(*map)}});
    } else {
      return launch.emitError("a launch table cannot say a parameter of type ")
             << operand.getType() << "; leave the table out";
    }
  }
  json::Object entry{{"kernel", launch.getKernelName().getValue()},
                     {"grid", std::move(*grid)},
                     {"block", std::move(*block)},
                     {"parameters", std::move(parameters)}};
  if (Value bytes = launch.getDynamicSharedMemorySize()) {
    FailureOr<json::Value> size = getSize(bytes);
    if (failed(size))
      return failure();
    entry["sharedBytes"] = std::move(*size);
  }
  if (!conditions.empty())
    entry["if"] = json::Array(conditions);
  launches.push_back(std::move(entry));
  return success();
}

/// Branches that only sizes decide on, by one being at most another.
LogicalResult FunctionTable::addBranches(scf::IfOp branch) {
  auto compare = branch.getCondition().getDefiningOp<arith::CmpIOp>();
  if (!compare || compare.getPredicate() != arith::CmpIPredicate::ule ||
      branch.getNumResults() > 0)
    return branch.emitError("a launch table cannot say a branch but by one "
                            "size being at most another; leave the table out");
  FailureOr<json::Value> size = getSize(compare.getLhs());
  FailureOr<json::Value> most = getSize(compare.getRhs());
  if (failed(size) || failed(most))
    return failure();
  for (Region &region : branch->getRegions()) {
    if (region.empty())
      continue;
    StringRef name = &region == &branch.getThenRegion() ? "le" : "gt";
    conditions.push_back(json::Array{name, *size, *most});
    if (failed(addBlock(region.front())))
      return failure();
    conditions.pop_back();
  }
  return success();
}

LogicalResult FunctionTable::addBlock(Block &block) {
  for (Operation &op : block) {
    LogicalResult result =
        llvm::TypeSwitch<Operation *, LogicalResult>(&op)
            .Case([&](memref::AllocOp op) { return addBuffer(op); })
            .Case([&](gpu::LaunchFuncOp op) { return addLaunch(op); })
            .Case([&](scf::IfOp op) { return addBranches(op); })
            .Case([&](func::ReturnOp op) { return addResults(op); })
            .Default([](Operation *op) -> LogicalResult {
              if (op->getNumRegions() > 0)
                return op->emitError("a launch table cannot say a loop; leave "
                                     "the table out");
              return success();
            });
    if (failed(result))
      return failure();
  }
  return success();
}

LogicalResult FunctionTable::addResults(func::ReturnOp op) {
  for (auto [index, value] : llvm::enumerate(op.getOperands())) {
    auto type = dyn_cast<MemRefType>(value.getType());
    if (!type)
      return op.emitError("a launch table has buffers as results only, not ")
             << value.getType() << "; leave the table out";
    FailureOr<std::string> pointer = getPointer(value);
    if (failed(pointer))
      return failure();
    json::Array shape;
    for (int64_t dim = 0; dim < type.getRank(); ++dim) {
      FailureOr<json::Value> size = getDim(value, dim);
      if (failed(size))
        return failure();
      shape.push_back(std::move(*size));
    }
    auto name = function.getResultAttrOfType<StringAttr>(
        index, compress::CompressDialect::kNameAttr);
    results.push_back(json::Object{
        {"name", name ? name.str() : "out" + std::to_string(index)},
        {"type", printType(type.getElementType())},
        {"buffer", *pointer},
        {"shape", std::move(shape)}});
  }
  return success();
}

FailureOr<json::Value> FunctionTable::build() {
  json::Array arguments;
  int64_t constants = 0;
  for (BlockArgument argument : function.getArguments()) {
    unsigned index = argument.getArgNumber();
    auto attribute = function.getArgAttrOfType<StringAttr>(
        index, compress::CompressDialect::kNameAttr);
    std::string name =
        attribute ? attribute.str() : "arg" + std::to_string(index);
    json::Object entry;
    if (Attribute constant = function.getArgAttr(
            index, compress::CompressDialect::kConstantAttr)) {
      if (failed(addConstant(argument.getLoc(), constant, entry)))
        return failure();
      if (!attribute)
        name = "constant" + std::to_string(constants++);
    }
    names[argument] = name;
    entry["name"] = name;
    if (auto type = dyn_cast<MemRefType>(argument.getType())) {
      json::Array shape;
      for (int64_t size : type.getShape())
        shape.push_back(ShapedType::isDynamic(size) ? -1 : size);
      entry["type"] = printType(type.getElementType());
      entry["shape"] = std::move(shape);
    } else {
      entry["type"] = printType(argument.getType());
    }
    arguments.push_back(std::move(entry));
  }
  if (!llvm::hasSingleElement(function.getBody()))
    return function.emitError("a launch table cannot say branches between "
                              "blocks; leave the table out");
  if (failed(addBlock(function.getBody().front())))
    return failure();
  return json::Value(json::Object{{"name", function.getName()},
                                  {"arguments", std::move(arguments)},
                                  {"buffers", std::move(buffers)},
                                  {"launches", std::move(launches)},
                                  {"results", std::move(results)}});
}

FailureOr<json::Value> compress::buildLaunchTable(ModuleOp module) {
  json::Array functions;
  for (auto function : module.getOps<func::FuncOp>()) {
    if (function.isExternal())
      continue;
    FailureOr<json::Value> table = FunctionTable(function).build();
    if (failed(table))
      return failure();
    functions.push_back(std::move(*table));
  }
  return json::Value(
      json::Object{{"version", 1}, {"functions", std::move(functions)}});
}
