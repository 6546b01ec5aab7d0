//===- Inputs.cpp - Arrays from and to files ------------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Inputs.h"
#include "compress/Runtime/Npy.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/Support/Format.h"
#include <cstring>
#include <random>

using namespace mlir;
using namespace mlir::compress::runtime;

llvm::Expected<NdArrayMap>
mlir::compress::runtime::readInputs(const Executable &executable,
                                    ArrayRef<std::string> files) {
  NdArrayMap inputs;
  auto add = [&](StringRef name, NdArray array) {
    return inputs.insert({name.str(), std::move(array)}).second
               ? llvm::Error::success()
               : llvm::createStringError("input '" + name + "' is given twice");
  };
  for (StringRef argument : files) {
    auto [name, file] = argument.split('=');
    if (file.empty())
      std::swap(name, file);
    if (file.ends_with(".npz")) {
      if (!name.empty())
        return llvm::createStringError(
            "--inputs=" + argument +
            ": an .npz file has names of its own; leave '" + name + "=' out");
      auto arrays = readNpz(file);
      if (!arrays)
        return arrays.takeError();
      for (auto &[key, array] : *arrays)
        if (llvm::Error error = add(key, std::move(array)))
          return error;
    } else if (file.ends_with(".npy")) {
      if (name.empty() && executable.getInputs().size() != 1)
        return llvm::createStringError(
            "--inputs=" + argument +
            ": expected NAME=FILE.npy, as the function does not take exactly "
            "one input:\n" +
            executable.formatSignature());
      auto array = readNpy(file);
      if (!array)
        return array.takeError();
      if (llvm::Error error =
              add(name.empty() ? StringRef(executable.getInputs().front().name)
                               : name,
                  std::move(*array)))
        return error;
    } else {
      return llvm::createStringError("--inputs=" + argument +
                                     ": expected an .npy or .npz file");
    }
  }
  return inputs;
}

/// Calls `function` with a value of the C++ type that holds the element type,
/// except for narrow floats, which have none.
template <typename Function>
static void withType(DType dtype, Function &&function) {
  switch (dtype) {
  case DType::F64:
    return function(double());
  case DType::F32:
    return function(float());
  case DType::I64:
    return function(int64_t());
  case DType::U64:
    return function(uint64_t());
  case DType::I32:
    return function(int32_t());
  case DType::U32:
    return function(uint32_t());
  case DType::I16:
    return function(int16_t());
  case DType::U16:
    return function(uint16_t());
  case DType::I8:
    return function(int8_t());
  case DType::U8:
  case DType::BOOL:
    return function(uint8_t());
  case DType::F16:
  case DType::BF16:
  case DType::F8_E4M3:
  case DType::F8_E5M2:
    return;
  }
}

static const llvm::fltSemantics *getNarrowSemantics(DType dtype) {
  switch (dtype) {
  case DType::F16:
    return &llvm::APFloat::IEEEhalf();
  case DType::BF16:
    return &llvm::APFloat::BFloat();
  case DType::F8_E4M3:
    return &llvm::APFloat::Float8E4M3FN();
  case DType::F8_E5M2:
    return &llvm::APFloat::Float8E5M2();
  default:
    return nullptr;
  }
}

double mlir::compress::runtime::getElement(const NdArray &array,
                                           int64_t index) {
  unsigned width = getByteWidth(array.getDType());
  const char *at = array.getData().data() + index * width;
  if (const llvm::fltSemantics *semantics =
          getNarrowSemantics(array.getDType())) {
    uint16_t bits = 0;
    std::memcpy(&bits, at, width);
    llvm::APFloat value(*semantics, llvm::APInt(8 * width, bits));
    bool lost;
    value.convert(llvm::APFloat::IEEEdouble(),
                  llvm::APFloat::rmNearestTiesToEven, &lost);
    return value.convertToDouble();
  }
  double result = 0;
  withType(array.getDType(), [&](auto value) {
    std::memcpy(&value, at, sizeof(value));
    result = static_cast<double>(value);
  });
  return result;
}

llvm::Expected<NdArrayMap>
mlir::compress::runtime::makeRandomInputs(const Executable &executable,
                                          int64_t batch, unsigned seed) {
  NdArrayMap inputs;
  std::mt19937 generator(seed);
  for (const TensorSpec &spec : executable.getInputs()) {
    SmallVector<int64_t> shape;
    for (int64_t extent : spec.shape)
      shape.push_back(ShapedType::isDynamic(extent) ? batch : extent);
    auto array = NdArray::create(spec.dtype, shape);
    if (!array)
      return array.takeError();
    unsigned width = getByteWidth(spec.dtype);
    bool isFloat = spec.dtype == DType::F32 || spec.dtype == DType::F64;
    const llvm::fltSemantics *narrow = getNarrowSemantics(spec.dtype);
    char *at = array->getData().data();
    for (int64_t i = 0, e = array->getNumElements(); i < e; ++i, at += width) {
      uint32_t bits = generator();
      double uniform = bits * 0x1p-31 - 1.0;
      if (narrow) {
        llvm::APFloat value(uniform);
        bool lost;
        value.convert(*narrow, llvm::APFloat::rmNearestTiesToEven, &lost);
        uint64_t raw = value.bitcastToAPInt().getZExtValue();
        std::memcpy(at, &raw, width);
        continue;
      }
      withType(spec.dtype, [&](auto value) {
        value = static_cast<decltype(value)>(isFloat ? uniform : bits >> 31);
        std::memcpy(at, &value, sizeof(value));
      });
    }
    inputs[spec.name] = std::move(*array);
  }
  return inputs;
}

llvm::Error mlir::compress::runtime::writeOutputs(
    OutputTransaction &transaction, StringRef path, const NdArrayMap &arrays) {
  bool isNpy = path.ends_with(".npy");
  if (!isNpy && !path.ends_with(".npz"))
    return llvm::createStringError("--outputs=" + path +
                                   ": expected an .npy or .npz file");
  if (isNpy && arrays.size() != 1)
    return llvm::createStringError("--outputs=" + path +
                                   ": an .npy file holds one array, found " +
                                   Twine(arrays.size()) + " outputs; use .npz");
  auto file = transaction.add(path);
  if (!file)
    return file.takeError();
  return isNpy ? writeNpy(**file, arrays.begin()->second)
               : writeNpz(**file, arrays);
}

void mlir::compress::runtime::printArrays(const NdArrayMap &arrays,
                                          raw_ostream &os) {
  constexpr int64_t kShown = 16;
  for (const auto &[name, array] : arrays) {
    os << name << ": " << getName(array.getDType())
       << formatShape(array.getShape()) << " =";
    int64_t count = array.getNumElements();
    for (int64_t i = 0; i < std::min(count, kShown); ++i)
      os << " " << llvm::format("%g", getElement(array, i));
    os << (count > kShown ? " ...\n" : "\n");
  }
}
