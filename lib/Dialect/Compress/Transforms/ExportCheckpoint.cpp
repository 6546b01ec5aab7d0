//===- ExportCheckpoint.cpp - Write a checkpoint of compressed-tensors
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Checkpoint.h"
#include "WeightsOut.h"
#include "compress/Analysis/Weights.h"
#include "compress/Codec/Convert.h"
#include "compress/Dialect/Compress/IR/ExternalStore.h"
#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Path.h"

namespace mlir::compress {
#define GEN_PASS_DEF_EXPORTCHECKPOINTPASS
#include "compress/Dialect/Compress/Transforms/Passes.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;
using runtime::DType;
using runtime::QuantizationGroup;
using Strategy = runtime::QuantizationGroup::Strategy;

namespace {
/// A compressed weight of the module.
struct Export {
  AssembleOp op;
  std::string module;
  /// In the order of the scheme's components.
  SmallVector<ElementsAttr, 3> components;
  /// The dimension that ops reduce; the other one is that of the outputs.
  unsigned inputAxis = 1;
  QuantizationGroup group;

  ArrayRef<int64_t> getShape() const {
    return AssembleOp(op).getType().getShape();
  }
  int64_t getInputs() const { return getShape()[inputAxis]; }
  int64_t getOutputs() const { return getShape()[1 - inputAxis]; }
};

struct ExportCheckpointPass
    : compress::impl::ExportCheckpointPassBase<ExportCheckpointPass> {
  using ExportCheckpointPassBase::ExportCheckpointPassBase;

  void runOnOperation() override {
    if (failed(run(getOperation())))
      signalPassFailure();
  }

private:
  LogicalResult run(ModuleOp module);
  LogicalResult collect(ModuleOp module, std::vector<Export> &exports);
  LogicalResult write(Export &item, runtime::SafetensorsWriter &writer);
  FailureOr<llvm::json::Object> readConfig(ModuleOp module);
};
} // namespace

//===----------------------------------------------------------------------===//
// What a weight is in the format
//===----------------------------------------------------------------------===//

/// Finds the dimensions of a weight that ops reduce. `dims[i]` is the weight's
/// dimension that dimension i of `value` is.
static void findInputAxes(Value value, ArrayRef<int64_t> dims,
                          SmallVectorImpl<int64_t> &axes) {
  for (OpOperand &use : value.getUses()) {
    Operation *user = use.getOwner();
    if (auto contract = dyn_cast<ContractOp>(user)) {
      Contraction contraction;
      for (AffineMap map :
           contract.getIndexingMaps().getAsValueRange<AffineMapAttr>())
        contraction.maps.push_back(map);
      for (int64_t axis :
           contraction.getReducedAxes(use.getOperandNumber() == 0 ? 0 : 1))
        axes.push_back(dims[axis]);
    } else if (auto decode = dyn_cast<DecodeOp>(user)) {
      findInputAxes(decode, dims, axes);
    } else if (auto transpose = dyn_cast<linalg::TransposeOp>(user)) {
      SmallVector<int64_t> permuted;
      for (int64_t dim : transpose.getPermutation())
        permuted.push_back(dims[dim]);
      findInputAxes(transpose->getResult(0), permuted, axes);
    } else if (auto op = dyn_cast<CompressibleOpInterface>(user)) {
      std::string reason;
      FailureOr<Contraction> contraction = op.getContraction(reason);
      if (failed(contraction))
        continue;
      for (int64_t axis : contraction->getReducedAxes(
               use.getOperandNumber() == contraction->lhs ? 0 : 1))
        axes.push_back(dims[axis]);
    }
  }
}

/// Describes a weight in the words of the format; returns why it cannot.
static std::string describe(Export &item) {
  CompressedTensorType type = item.op.getType();
  SchemeAttrInterface scheme = type.getScheme();
  if (type.getRank() != 2)
    return "the format has weights of two dimensions, this one has " +
           std::to_string(type.getRank());
  if (!isa<DenseSparsityAttr>(scheme.getSparsity()))
    return "the format stores sparse weights in no form that is still read";
  if (!isa<RowMajorLayoutAttr>(scheme.getLayout()))
    return "the format's values are row-major; export before compress-pack";
  QuantizationGroup &group = item.group;
  ScalingAttr scaling;
  if (auto affine = dyn_cast<AffineStorageAttr>(scheme.getStorage())) {
    scaling = affine.getScaling();
    group.numBits = affine.getWidth();
    group.symmetric = affine.getSymmetric();
    group.format = group.numBits == 8 ? "int-quantized" : "pack-quantized";
  } else if (auto floats = dyn_cast<FloatStorageAttr>(scheme.getStorage());
             floats && floats.getScaling() &&
             isa<Float8E4M3FNType>(floats.getType())) {
    scaling = floats.getScaling();
    group.isFloat = true;
    group.format = "float-quantized";
  }
  if (!scaling)
    return "the format has integers, and f8E4M3FN with scales";
  if (scaling.getSuperScaleType() ||
      !llvm::isa<Float32Type, Float16Type, BFloat16Type>(
          scaling.getScaleType()))
    return "the format has one level of scales in f32, f16 or bf16";

  SmallVector<int64_t, 2> block = {scaling.getBlockExtent(0),
                                   scaling.getBlockExtent(1)};
  for (auto [extent, size] : llvm::zip_equal(block, type.getShape()))
    if (extent >= size)
      extent = 0;
  SmallVector<int64_t> axes;
  findInputAxes(item.op, {0, 1}, axes);
  // One scale per output tells which dimension that is.
  if (block[0] == 1 && block[1] != 1)
    item.inputAxis = 1;
  else if (block[1] == 1 && block[0] != 1)
    item.inputAxis = 0;
  else if (!axes.empty())
    item.inputAxis = axes.front();
  if (!axes.empty() && !llvm::is_contained(axes, item.inputAxis))
    return "its scales vary along dimension " +
           std::to_string(1 - item.inputAxis) +
           ", which is reduced, one by one";

  int64_t perOutput = block[1 - item.inputAxis],
          perInput = block[item.inputAxis];
  if (perOutput == 0 && perInput == 0) {
    group.strategy = Strategy::Tensor;
  } else if (perOutput == 1 && perInput == 0) {
    group.strategy = Strategy::Channel;
  } else if (perOutput == 1) {
    group.strategy = Strategy::Group;
    group.groupSize = perInput;
    if (item.getInputs() % perInput != 0)
      return "the format's groups divide the inputs, but " +
             std::to_string(item.getInputs()) + " does not divide by " +
             std::to_string(perInput);
  } else if (perOutput != 0 && perInput != 0) {
    group.strategy = Strategy::Block;
    group.block = {perOutput, perInput};
  } else {
    return "the format has a scale per tensor, output, group of inputs or "
           "block, not per several whole outputs or inputs";
  }
  return {};
}

LogicalResult ExportCheckpointPass::collect(ModuleOp module,
                                            std::vector<Export> &exports) {
  SymbolTableCollection symbols;
  DenseSet<Attribute> known;
  LogicalResult result = success();
  module.walk([&](AssembleOp op) {
    if (failed(result))
      return;
    Export item;
    item.op = op;
    SmallVector<Attribute> identity;
    for (Value component : op.getComponents()) {
      std::string reason;
      FailureOr<Weight> weight = findWeight(component, symbols, reason);
      if (failed(weight) || !weight->views.empty()) {
        result = op.emitError()
                 << "cannot be exported: a component of it is no constant"
                 << (reason.empty() ? "" : ": ") << reason;
        return;
      }
      if (item.components.empty())
        item.module = weight->name;
      item.components.push_back(weight->elements);
      identity.push_back(weight->elements);
    }
    if (!known.insert(ArrayAttr::get(&getContext(), identity)).second)
      return;
    StringRef name = item.module;
    name.consume_back(".values");
    if (name.empty())
      if (auto site = op->getAttrOfType<StringAttr>(CompressDialect::kSiteAttr))
        name = site.getValue();
    if (name.empty()) {
      result = op.emitError() << "cannot be exported: its values have no name, "
                                 "such as the key of an external weight";
      return;
    }
    item.module = getModuleName(name).str();
    if (std::string reason = describe(item); !reason.empty()) {
      result = op.emitError()
               << "'" << item.module << "' cannot be exported: " << reason;
      return;
    }
    exports.push_back(std::move(item));
  });
  return result;
}

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

static DType getScaleType(const Export &item) {
  return *getDType(item.components[1].getShapedType().getElementType());
}

/// The shape of the scales: per tensor it is [1], otherwise the grid.
static SmallVector<int64_t, 4> getGrid(const Export &item) {
  if (item.group.strategy == Strategy::Tensor)
    return {1};
  ArrayRef<int64_t> grid = item.components[1].getShapedType().getShape();
  return {grid[1 - item.inputAxis], grid[item.inputAxis]};
}

/// Whether zero points are packed along the outputs.
static bool packsZeroPoints(const Export &item) {
  return item.group.format == "pack-quantized" &&
         (item.group.strategy == Strategy::Channel ||
          item.group.strategy == Strategy::Group);
}

static int64_t getNumWords(const Export &item, int64_t count) {
  return runtime::getNumWords(runtime::WordPacking::Dense, item.group.numBits,
                              count);
}

static void declare(const Export &item,
                    SmallVectorImpl<runtime::SafetensorsEntry> &entries) {
  auto add = [&](StringRef name, DType dtype, ArrayRef<int64_t> shape) {
    entries.push_back(
        {item.module + name.str(), dtype, SmallVector<int64_t, 4>(shape)});
  };
  int64_t outputs = item.getOutputs(), inputs = item.getInputs();
  SmallVector<int64_t, 4> grid = getGrid(item);
  if (item.group.format == "pack-quantized") {
    add(".weight_packed", DType::I32, {outputs, getNumWords(item, inputs)});
    add(".weight_shape", DType::I64, {2});
  } else {
    add(".weight", item.group.isFloat ? DType::F8_E4M3 : DType::I8,
        {outputs, inputs});
  }
  add(".weight_scale", getScaleType(item), grid);
  if (item.group.symmetric)
    return;
  if (packsZeroPoints(item))
    add(".weight_zero_point", DType::I32,
        {getNumWords(item, grid[0]), grid[1]});
  else
    add(".weight_zero_point", DType::I8, grid);
}

/// A matrix as [outputs, inputs].
static std::vector<char> orient(const Export &item, ArrayRef<int64_t> shape,
                                unsigned elementBytes, ArrayRef<char> data) {
  std::vector<char> result(data.begin(), data.end());
  if (item.inputAxis == 0)
    codec::transpose(shape, {1, 0}, elementBytes, data, result);
  return result;
}

/// The stored integers, a byte each, as the module has them.
static std::vector<char> unpackValues(const Export &item, ArrayRef<char> data) {
  unsigned width = item.group.numBits;
  int64_t rows = item.getShape()[0], columns = item.getShape()[1];
  std::vector<char> values(rows * columns);
  int64_t rowBytes = llvm::divideCeil(columns * width, 8);
  for (int64_t row = 0; row < rows; ++row) {
    MutableArrayRef<uint8_t> codes(
        reinterpret_cast<uint8_t *>(values.data()) + row * columns, columns);
    codec::unpackBits(width, data.slice(row * rowBytes, rowBytes), codes);
    for (uint8_t &code : codes)
      code = llvm::SignExtend32(code, width);
  }
  return values;
}

static ArrayRef<int8_t> toIntegers(ArrayRef<char> bytes) {
  return {reinterpret_cast<const int8_t *>(bytes.data()), bytes.size()};
}

/// Packs each row of bytes into words.
static std::vector<char> packRows(const Export &item, ArrayRef<char> values) {
  int64_t inputs = item.getInputs();
  int64_t rowBytes = 4 * getNumWords(item, inputs);
  std::vector<char> words(item.getOutputs() * rowBytes);
  for (int64_t row = 0, e = item.getOutputs(); row < e; ++row)
    runtime::packWords(item.group.numBits,
                       toIntegers(values.slice(row * inputs, inputs)),
                       MutableArrayRef(words).slice(row * rowBytes, rowBytes));
  return words;
}

/// Packs each column of bytes into words.
static std::vector<char> packColumns(const Export &item, ArrayRef<char> values,
                                     int64_t rows, int64_t columns) {
  int64_t numWords = getNumWords(item, rows);
  std::vector<char> result(4 * numWords * columns), words(4 * numWords);
  std::vector<int8_t> column(rows);
  for (int64_t j = 0; j < columns; ++j) {
    for (int64_t i = 0; i < rows; ++i)
      column[i] = values[i * columns + j];
    runtime::packWords(item.group.numBits, column, words);
    for (int64_t i = 0; i < numWords; ++i)
      memcpy(result.data() + 4 * (i * columns + j), words.data() + 4 * i, 4);
  }
  return result;
}

LogicalResult ExportCheckpointPass::write(Export &item,
                                          runtime::SafetensorsWriter &writer) {
  auto emit = [&] { return item.op.emitError(); };
  ExternalStore &store = getExternalStore(getOperation());
  auto put = [&](StringRef name, ArrayRef<char> bytes) -> LogicalResult {
    if (llvm::Error error = writer.write(item.module + name.str(), bytes))
      return emit() << "cannot write '" << item.module
                    << "': " << llvm::toString(std::move(error));
    return success();
  };
  bool packs = item.group.format == "pack-quantized";
  for (auto [number, elements] : llvm::enumerate(item.components)) {
    FailureOr<WeightBytes> read = readElements(elements, store, emit);
    if (failed(read))
      return failure();
    ShapedType type = elements.getShapedType();
    std::vector<char> bytes;
    if (number == 0) {
      bytes = orient(item, item.getShape(), 1, unpackValues(item, read->data));
      if (failed(packs ? put(".weight_packed", packRows(item, bytes))
                       : put(".weight", bytes)))
        return failure();
      continue;
    }
    bytes = orient(item, type.getShape(), type.getElementTypeBitWidth() / 8,
                   read->data);
    if (number == 2 && packsZeroPoints(item)) {
      SmallVector<int64_t, 4> grid = getGrid(item);
      bytes = packColumns(item, bytes, grid[0], grid[1]);
    }
    if (failed(
            put(number == 1 ? ".weight_scale" : ".weight_zero_point", bytes)))
      return failure();
  }
  if (!packs)
    return success();
  char shape[16];
  llvm::support::endian::write64le(shape, item.getOutputs());
  llvm::support::endian::write64le(shape + 8, item.getInputs());
  return put(".weight_shape", shape);
}

FailureOr<llvm::json::Object>
ExportCheckpointPass::readConfig(ModuleOp module) {
  if (config.empty())
    return llvm::json::Object();
  auto buffer = llvm::MemoryBuffer::getFile(config);
  if (!buffer)
    return module.emitError()
           << "'" << config
           << "': cannot read: " << buffer.getError().message();
  auto object = runtime::parseJSONObject(config, (*buffer)->getBuffer());
  if (!object)
    return module.emitError() << llvm::toString(object.takeError());
  return std::move(*object);
}

LogicalResult ExportCheckpointPass::run(ModuleOp module) {
  if (directory.empty())
    return module.emitError() << "compress-export-checkpoint needs the option "
                                 "directory, the one to write";
  std::vector<Export> exports;
  if (failed(collect(module, exports)))
    return failure();
  FailureOr<llvm::json::Object> root = readConfig(module);
  if (failed(root))
    return failure();

  // One group for all modules that are quantized alike.
  runtime::QuantizationConfig quantization;
  for (Export &item : exports) {
    QuantizationGroup &group = item.group;
    auto same = llvm::find_if(quantization.groups, [&](const auto &other) {
      return other.numBits == group.numBits && other.isFloat == group.isFloat &&
             other.symmetric == group.symmetric &&
             other.strategy == group.strategy &&
             other.groupSize == group.groupSize && other.block == group.block;
    });
    if (same == quantization.groups.end()) {
      group.name = "group_" + std::to_string(quantization.groups.size());
      same = quantization.groups.insert(same, group);
    }
    same->targets.push_back(item.module);
  }
  (*root)["quantization_config"] = quantization.toJSON();

  SmallVector<runtime::SafetensorsEntry> entries;
  DenseSet<Attribute> exported;
  for (Export &item : exports) {
    declare(item, entries);
    exported.insert(item.components.begin(), item.components.end());
  }
  UniqueNames names;
  for (const runtime::SafetensorsEntry &entry : entries)
    names.reserve(entry.name);
  SmallVector<DenseWeight> dense = collectDenseWeights(
      module, /*minBytes=*/0, names, [&](Operation *op, Value value) {
        if (auto constant = dyn_cast<arith::ConstantOp>(op))
          return exported.contains(constant.getValue()) ||
                 isa<DenseElementsAttr>(constant.getValue());
        if (auto global = dyn_cast<ml_program::GlobalOp>(op))
          return exported.contains(global.getValueAttr());
        auto argument = cast<BlockArgument>(value);
        return exported.contains(cast<func::FuncOp>(op).getArgAttr(
            argument.getArgNumber(), CompressDialect::kExternalAttr));
      });
  for (const DenseWeight &weight : dense)
    entries.push_back(getEntry(weight.key, weight.elements.getShapedType()));

  auto fail = [&](llvm::Error error) {
    return module.emitError() << "cannot write the checkpoint: "
                              << llvm::toString(std::move(error));
  };
  // The tool commits its outputs together; without one they appear here.
  runtime::OutputTransaction own;
  ExternalStore &store = getExternalStore(module);
  runtime::OutputTransaction *outputs = store.getOutputs();
  if (!outputs)
    outputs = &own;
  if (llvm::Error error = outputs->addDirectory(directory))
    return fail(std::move(error));
  auto getPath = [&](StringRef name) {
    SmallString<128> path(directory);
    llvm::sys::path::append(path, name);
    return path;
  };
  SmallString<128> weightsPath = getPath("model.safetensors");
  if (llvm::Error error = store.checkNotRead(weightsPath, {}))
    return fail(std::move(error));
  auto file = outputs->add(weightsPath);
  if (!file)
    return fail(file.takeError());
  auto writer =
      runtime::SafetensorsWriter::create(**file, entries, {{"format", "pt"}});
  if (!writer)
    return fail(writer.takeError());
  for (Export &item : exports)
    if (failed(write(item, **writer)))
      return failure();
  for (const DenseWeight &weight : dense) {
    FailureOr<WeightBytes> bytes = readElements(
        weight.elements, store, [&] { return emitError(weight.loc); });
    if (failed(bytes))
      return failure();
    if (llvm::Error error = (*writer)->write(weight.key, bytes->data))
      return fail(std::move(error));
  }
  if (llvm::Error error = (*writer)->finish())
    return fail(std::move(error));
  auto configFile = outputs->add(getPath("config.json"));
  if (!configFile)
    return fail(configFile.takeError());
  (*configFile)->os() << llvm::formatv("{0:2}\n",
                                       llvm::json::Value(std::move(*root)));
  if (outputs == &own)
    if (llvm::Error error = own.commit())
      return fail(std::move(error));
  return success();
}
