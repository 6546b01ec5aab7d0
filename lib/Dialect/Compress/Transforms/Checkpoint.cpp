//===- Checkpoint.cpp - An open checkpoint of compressed-tensors
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Checkpoint.h"
#include "compress/Codec/Convert.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace mlir::compress;
using runtime::DType;
using runtime::QuantizationGroup;
using runtime::WordPacking;

static std::string join(StringRef directory, StringRef file) {
  SmallString<128> path(directory);
  llvm::sys::path::append(path, file);
  return path.str().str();
}

static llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
readText(StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return llvm::createStringError(
        "'" + path + "': cannot read: " + buffer.getError().message());
  return std::move(*buffer);
}

/// The safetensors files of a checkpoint.
static llvm::Expected<std::vector<std::string>> listFiles(StringRef directory) {
  std::string path = join(directory, "model.safetensors.index.json");
  if (!llvm::sys::fs::exists(path))
    return std::vector<std::string>{join(directory, "model.safetensors")};
  auto text = readText(path);
  if (!text)
    return text.takeError();
  auto root = runtime::parseJSONObject(path, (*text)->getBuffer());
  if (!root)
    return root.takeError();
  const llvm::json::Object *map = root->getObject("weight_map");
  if (!map)
    return llvm::createStringError("'" + path +
                                   "': expected an object 'weight_map'");
  llvm::StringSet<> seen;
  std::vector<std::string> files;
  for (const auto &item : *map) {
    std::optional<StringRef> file = item.second.getAsString();
    if (!file)
      return llvm::createStringError("'" + path + "': weight_map: '" +
                                     item.first.str() +
                                     "': expected the name of a file");
    if (seen.insert(*file).second)
      files.push_back(join(directory, *file));
  }
  llvm::sort(files);
  return files;
}

llvm::Expected<Checkpoint> Checkpoint::open(StringRef directory) {
  Checkpoint checkpoint;
  checkpoint.configPath = join(directory, "config.json");
  auto text = readText(checkpoint.configPath);
  if (!text)
    return text.takeError();
  auto config = runtime::QuantizationConfig::parse(checkpoint.configPath,
                                                   (*text)->getBuffer());
  if (!config)
    return config.takeError();
  checkpoint.config = std::move(*config);
  auto paths = listFiles(directory);
  if (!paths)
    return paths.takeError();
  for (const std::string &path : *paths) {
    auto file = runtime::SafetensorsFile::open(path);
    if (!file)
      return file.takeError();
    for (const runtime::SafetensorsTensor &tensor : (*file)->getTensors())
      if (!checkpoint.entries
               .try_emplace(tensor.name, Entry{&tensor, (*file)->getPath()})
               .second)
        return llvm::createStringError(
            "'" + path + "': tensor '" + tensor.name +
            "' is in another file of the checkpoint, too");
    checkpoint.files.push_back(std::move(*file));
  }
  return checkpoint;
}

const Checkpoint::Entry *Checkpoint::get(const Twine &name) const {
  auto found = entries.find(name.str());
  return found == entries.end() ? nullptr : &found->second;
}

std::string Checkpoint::listModules() const {
  std::vector<StringRef> names;
  for (const auto &entry : entries)
    if (StringRef name = entry.first(); name.consume_back(".weight_scale"))
      names.push_back(name);
  llvm::sort(names);
  std::string text;
  for (StringRef name : ArrayRef(names).take_front(3))
    text += (text.empty() ? "'" : ", '") + name.str() + "'";
  return text.empty() ? "none" : text;
}

/// The extents that weight_shape, an array of integers, states.
static llvm::SmallVector<int64_t>
readShape(const runtime::SafetensorsTensor &entry) {
  llvm::SmallVector<int64_t> shape;
  unsigned width = runtime::getByteWidth(entry.dtype);
  for (size_t at = 0; at < entry.data.size(); at += width)
    shape.push_back(
        entry.dtype == DType::I64
            ? llvm::support::endian::read64le(entry.data.data() + at)
            : llvm::support::endian::read32le(entry.data.data() + at));
  return shape;
}

/// The extent of a block of scales along outputs and inputs, 0 for all.
static SmallVector<int64_t, 2> getBlock(const QuantizationGroup &group) {
  switch (group.strategy) {
  case QuantizationGroup::Strategy::Tensor:
    return {0, 0};
  case QuantizationGroup::Strategy::Channel:
    return {1, 0};
  case QuantizationGroup::Strategy::Group:
    return {1, group.groupSize};
  case QuantizationGroup::Strategy::Block:
    return group.block;
  }
  llvm_unreachable("all strategies are handled");
}

/// Whether column i belongs to group i / size everywhere.
static bool isOrdered(const runtime::SafetensorsTensor &groups, int64_t size) {
  if (groups.dtype != DType::I32)
    return false;
  int64_t count = groups.data.size() / 4;
  for (int64_t i = 0; i < count; ++i)
    if (static_cast<int64_t>(llvm::support::endian::read32le(
            groups.data.data() + 4 * i)) != i / size)
      return false;
  return true;
}

llvm::Expected<std::optional<CheckpointWeight>>
Checkpoint::find(StringRef key, RankedTensorType dense) const {
  StringRef name = getModuleName(key);
  const Entry *scale = get(name + ".weight_scale");
  const Entry *packed = get(name + ".weight_packed");
  const Entry *plain = get(name + ".weight");
  if (!packed && !(scale && plain))
    return std::nullopt;
  const Entry &values = packed ? *packed : *plain;
  auto fail = [&](const Twine &message) {
    return llvm::createStringError("'" + values.path + "': '" + name +
                                   "': " + message);
  };
  if (!scale)
    return fail("expected an entry weight_scale, found none");
  auto found = config.findGroup(configPath, name);
  if (!found)
    return found.takeError();
  const QuantizationGroup &group = **found;
  if (dense.getRank() != 2)
    return fail("expected a weight of two dimensions, found " +
                runtime::formatShape(dense.getShape()));
  int64_t outputs = dense.getDimSize(0), inputs = dense.getDimSize(1);
  ArrayRef<int64_t> shape = values.tensor->shape;
  auto expectShape = [&](StringRef entry, ArrayRef<int64_t> actual,
                         ArrayRef<int64_t> expected) -> llvm::Error {
    if (actual == expected)
      return llvm::Error::success();
    return fail(entry + ": expected " + runtime::formatShape(expected) +
                " for the module's [outputs, inputs] = " +
                runtime::formatShape(dense.getShape()) + ", found " +
                runtime::formatShape(actual));
  };

  // Values.
  CheckpointComponent stored{values.tensor, values.path, std::nullopt};
  stored.width = group.numBits;
  if (packed) {
    if (group.isFloat || values.tensor->dtype != DType::I32)
      return fail("weight_packed: expected integers in I32, found " +
                  runtime::getName(values.tensor->dtype));
    if (const Entry *stated = get(name + ".weight_shape")) {
      DType dtype = stated->tensor->dtype;
      if (dtype != DType::I64 && dtype != DType::I32)
        return fail("weight_shape: expected I64 or I32, found " +
                    runtime::getName(dtype));
      if (llvm::Error error = expectShape(
              "weight_shape", readShape(*stated->tensor), dense.getShape()))
        return std::move(error);
    }
    // Widths that do not divide 32 have been packed in two ways.
    stored.packing = WordPacking::Dense;
    int64_t whole =
        runtime::getNumWords(WordPacking::WholeInWord, group.numBits, inputs);
    int64_t words =
        runtime::getNumWords(WordPacking::Dense, group.numBits, inputs);
    if (shape.size() == 2 && shape[1] != words && shape[1] == whole) {
      stored.packing = WordPacking::WholeInWord;
      words = whole;
    }
    if (llvm::Error error =
            expectShape("weight_packed", shape, {outputs, words}))
      return std::move(error);
  } else {
    DType expected = group.isFloat ? DType::F8_E4M3 : DType::I8;
    if (values.tensor->dtype != expected)
      return fail("weight: expected " + runtime::getName(expected) +
                  ", found " + runtime::getName(values.tensor->dtype));
    if (llvm::Error error = expectShape("weight", shape, dense.getShape()))
      return std::move(error);
  }
  if (const Entry *order = get(name + ".weight_g_idx"))
    if (group.strategy == QuantizationGroup::Strategy::Group &&
        !isOrdered(*order->tensor, group.groupSize))
      return fail("weight_g_idx: expected groups of consecutive inputs, found "
                  "another order (actorder: group), which no scheme has; "
                  "quantize with actorder: weight or none");

  // Scales.
  Builder builder(dense.getContext());
  Type scaleType;
  switch (scale->tensor->dtype) {
  case DType::F32:
    scaleType = builder.getF32Type();
    break;
  case DType::F16:
    scaleType = builder.getF16Type();
    break;
  case DType::BF16:
    scaleType = builder.getBF16Type();
    break;
  default:
    return fail("weight_scale: expected F32, F16 or BF16, found " +
                runtime::getName(scale->tensor->dtype));
  }
  SmallVector<int64_t, 2> block = getBlock(group);
  SmallVector<int64_t, 2> grid;
  for (auto [extent, size] : llvm::zip(dense.getShape(), block))
    grid.push_back(size ? llvm::divideCeil(extent, size) : 1);
  // One scale per tensor or channel may come without the dimensions of 1.
  auto expectGrid = [&](StringRef entry,
                        ArrayRef<int64_t> actual) -> llvm::Error {
    bool squeezed = grid[1] == 1 && (actual == ArrayRef(grid).take_front(1) ||
                                     (grid[0] == 1 && actual.empty()));
    return squeezed ? llvm::Error::success() : expectShape(entry, actual, grid);
  };
  if (llvm::Error error = expectGrid("weight_scale", scale->tensor->shape))
    return std::move(error);

  // Zero points.
  const Entry *zeroPoint = get(name + ".weight_zero_point");
  if (!group.symmetric && !zeroPoint)
    return fail("expected an entry weight_zero_point, since the weights are "
                "asymmetric, found none");
  if (zeroPoint && group.isFloat)
    return fail("expected floats without zero points, found weight_zero_point");
  CheckpointComponent zeros;
  if (zeroPoint) {
    zeros = {zeroPoint->tensor, zeroPoint->path, std::nullopt};
    ArrayRef<int64_t> actual = zeroPoint->tensor->shape;
    if (zeroPoint->tensor->dtype == DType::I32) {
      zeros.packing = stored.packing.value_or(WordPacking::Dense);
      zeros.width = group.numBits;
      zeros.alongOutputs = true;
      int64_t words =
          runtime::getNumWords(*zeros.packing, group.numBits, grid[0]);
      if (llvm::Error error =
              expectShape("weight_zero_point", actual, {words, grid[1]}))
        return std::move(error);
    } else if (zeroPoint->tensor->dtype == DType::I8) {
      if (llvm::Error error = expectGrid("weight_zero_point", actual))
        return std::move(error);
    } else {
      return fail(
          "weight_zero_point: expected I8, or I32 where packed, found " +
          runtime::getName(zeroPoint->tensor->dtype));
    }
  }

  CheckpointWeight weight;
  weight.hasActivations = group.hasActivations;
  MLIRContext *context = dense.getContext();
  auto scaling = ScalingAttr::get(context, block, scaleType);
  StorageAttrInterface storage;
  if (group.isFloat)
    storage =
        FloatStorageAttr::get(context, Float8E4M3FNType::get(context), scaling);
  else
    storage = AffineStorageAttr::get(context, group.numBits,
                                     /*symmetric=*/!zeroPoint, scaling);
  weight.type = CompressedTensorType::get(
      context, dense.getShape(), dense.getElementType(),
      SchemeAttr::get(DenseSparsityAttr::get(context), storage));
  weight.components.push_back(stored);
  weight.components.push_back({scale->tensor, scale->path, std::nullopt});
  if (zeroPoint)
    weight.components.push_back(zeros);
  return weight;
}

/// Integers of `width` bits, a row of `inputs` at a time, as bytes or packed
/// low bits first.
static void readRows(const CheckpointComponent &component, int64_t outputs,
                     int64_t inputs, std::vector<char> &result) {
  ArrayRef<char> data = component.entry->data;
  if (outputs == 0 || inputs == 0)
    return;
  size_t rowBytes = data.size() / outputs;
  size_t resultBytes = result.size() / outputs;
  std::vector<int8_t> values(inputs);
  MutableArrayRef<uint8_t> codes(reinterpret_cast<uint8_t *>(values.data()),
                                 values.size());
  for (int64_t row = 0; row < outputs; ++row) {
    ArrayRef<char> source = data.slice(row * rowBytes, rowBytes);
    if (component.packing)
      runtime::unpackWords(*component.packing, component.width, source, values);
    else
      llvm::copy(source, values.begin());
    codec::packBits(
        component.width, codes,
        MutableArrayRef(result).slice(row * resultBytes, resultBytes));
  }
}

/// Integers packed along the outputs, as bytes.
static void readColumns(const CheckpointComponent &component, int64_t outputs,
                        int64_t columns, std::vector<char> &result) {
  ArrayRef<char> data = component.entry->data;
  if (outputs == 0 || columns == 0)
    return;
  int64_t words = data.size() / 4 / columns;
  std::vector<char> column(words * 4);
  std::vector<int8_t> values(outputs);
  for (int64_t j = 0; j < columns; ++j) {
    for (int64_t i = 0; i < words; ++i)
      memcpy(column.data() + 4 * i, data.data() + 4 * (i * columns + j), 4);
    runtime::unpackWords(*component.packing, component.width, column, values);
    for (int64_t i = 0; i < outputs; ++i)
      result[i * columns + j] = values[i];
  }
}

std::vector<char> compress::readComponent(const CheckpointComponent &component,
                                          RankedTensorType type,
                                          ArrayRef<int64_t> dense) {
  int64_t numBytes = type.getNumElements() * type.getElementTypeBitWidth() / 8;
  std::vector<char> result(numBytes);
  if (component.alongOutputs)
    readColumns(component, type.getDimSize(0), type.getDimSize(1), result);
  else if (component.packing || component.width < 8)
    readRows(component, dense[0], dense[1], result);
  else
    llvm::copy(component.entry->data, result.begin());
  return result;
}
