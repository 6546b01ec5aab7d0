//===- Program.cpp - Compiled functions as Python calls them --------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Program.h"
#include "compress/Target/Chip.h"
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>

using namespace mlir;
using namespace mlir::compress;
using namespace mlir::compress::python;
using namespace mlir::compress::runtime;
namespace nb = nanobind;

using AnyArray = nb::ndarray<nb::ro>;

//===----------------------------------------------------------------------===//
// Element types
//===----------------------------------------------------------------------===//

static nb::dlpack::dtype getDLPackType(DType dtype) {
  using Code = nb::dlpack::dtype_code;
  auto make = [&](Code code) {
    return nb::dlpack::dtype{static_cast<uint8_t>(code),
                             static_cast<uint8_t>(getByteWidth(dtype) * 8), 1};
  };
  switch (dtype) {
  case DType::F64:
  case DType::F32:
  case DType::F16:
    return make(Code::Float);
  case DType::BF16:
    return make(Code::Bfloat);
  case DType::F8_E4M3:
    return make(Code::Float8_E4M3FN);
  case DType::F8_E5M2:
    return make(Code::Float8_E5M2);
  case DType::I64:
  case DType::I32:
  case DType::I16:
  case DType::I8:
    return make(Code::Int);
  case DType::U64:
  case DType::U32:
  case DType::U16:
  case DType::U8:
    return make(Code::UInt);
  case DType::BOOL:
    return make(Code::Bool);
  }
  llvm_unreachable("unknown element type");
}

/// The type that NumPy has for it, or an integer of its width.
static nb::dlpack::dtype getNumPyType(DType dtype) {
  switch (dtype) {
  case DType::BF16:
    return getDLPackType(DType::U16);
  case DType::F8_E4M3:
  case DType::F8_E5M2:
    return getDLPackType(DType::U8);
  default:
    return getDLPackType(dtype);
  }
}

/// The type of an array for an input of type `expected`: that, when the array
/// has its bits under the name that NumPy has for them.
static std::optional<DType> findType(nb::dlpack::dtype found, DType expected) {
  if (found == getDLPackType(expected) || found == getNumPyType(expected))
    return expected;
  for (unsigned i = 0; i < kNumDTypes; ++i)
    if (getDLPackType(static_cast<DType>(i)) == found)
      return static_cast<DType>(i);
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Arrays
//===----------------------------------------------------------------------===//

static bool isRowMajor(const AnyArray &array) {
  int64_t expected = 1;
  for (size_t i = array.ndim(); i-- > 0;) {
    if (array.shape(i) != 1 && array.stride(i) != expected)
      return false;
    expected *= array.shape(i);
  }
  return true;
}

/// Wraps the memory of an array; `holders` keep it alive. Null when the input
/// takes no name, which checkInputs reports.
static NdArray wrapInput(const std::string &name, nb::handle value,
                         const TensorSpec *spec,
                         std::vector<AnyArray> &holders) {
  auto fail = [&](const std::string &message) {
    return "input '" + name + "': " + message;
  };
  AnyArray array;
  if (!nb::try_cast(value, array, /*convert=*/false)) {
    std::string found = nb::cast<std::string>(nb::str(
        nb::handle(reinterpret_cast<PyObject *>(Py_TYPE(value.ptr())))));
    throw nb::type_error(
        fail("expected an array of NumPy or of another library that has "
             "__dlpack__, in memory of the host, found " +
             found)
            .c_str());
  }
  // Of the kinds of memory that DLPack knows, the processor reads its own,
  // pinned and managed memory.
  int device = array.device_type();
  if (device != nb::device::cpu::value &&
      device != nb::device::cuda_host::value &&
      device != nb::device::cuda_managed::value)
    throw nb::type_error(
        fail("expected memory of the host, found another device's; copy it to "
             "the host")
            .c_str());
  std::optional<DType> dtype =
      findType(array.dtype(), spec ? spec->dtype : DType::F32);
  if (!dtype)
    throw nb::value_error(
        fail("its element type is none that modules have").c_str());
  if (array.size() != 0 &&
      (!isRowMajor(array) ||
       reinterpret_cast<uintptr_t>(array.data()) % getByteWidth(*dtype) != 0))
    throw nb::value_error(
        fail("expected a row-major array without gaps, aligned for its type; "
             "make it contiguous")
            .c_str());
  SmallVector<int64_t> shape;
  for (size_t i = 0; i < array.ndim(); ++i)
    shape.push_back(array.shape(i));
  holders.push_back(array);
  // Inputs are only read, and `holders` outlive them.
  std::shared_ptr<char> data(
      std::shared_ptr<char>(),
      const_cast<char *>(static_cast<const char *>(array.data())));
  llvm::Expected<NdArray> result = NdArray::wrap(*dtype, shape, data);
  if (!result)
    throw nb::value_error(fail(llvm::toString(result.takeError())).c_str());
  return std::move(*result);
}

static nb::object makeResult(NdArray array) {
  auto owned = std::make_unique<NdArray>(std::move(array));
  SmallVector<size_t> shape(owned->getShape());
  char *data = owned->getData().data();
  nb::dlpack::dtype dtype = getNumPyType(owned->getDType());
  nb::capsule owner(owned.release(), [](void *array) noexcept {
    delete static_cast<NdArray *>(array);
  });
  return nb::cast(nb::ndarray<nb::numpy>(data, shape.size(), shape.data(),
                                         owner, /*strides=*/nullptr, dtype));
}

//===----------------------------------------------------------------------===//
// Programs
//===----------------------------------------------------------------------===//

Program::Program(const Module &module, const std::string &entry,
                 const TargetOptions &options)
    : context(module.shareContext()), runsOnHost(options.target == "cpu") {
  std::lock_guard<std::mutex> lock(context->mutex);
  Diagnostics diagnostics(context->context);
  auto fail = [&](llvm::Error error) {
    std::string message = llvm::toString(std::move(error));
    diagnostics.fail(message);
  };
  llvm::Expected<const Chip &> chip = findChip(options.chip);
  if (!chip)
    fail(chip.takeError());
  std::optional<EmulatedTarget> emulator;
  if (options.target == "emulated") {
    emulator.emplace();
    emulator->chip = &*chip;
    emulator->tf32 = options.tf32;
    emulator->checks = options.checks;
  }
  auto compiled =
      options.target == "cuda"
          ? Executable::compileForCuda(
                module.clone(), entry,
                CudaTarget{&*chip, options.tf32, options.device, false})
          : Executable::compile(module.clone(), entry, emulator);
  if (!compiled)
    fail(compiled.takeError());
  executable = std::move(*compiled);
}

nb::dict Program::run(nb::dict inputs) {
  std::vector<AnyArray> holders;
  NdArrayMap arrays;
  for (auto [key, value] : inputs) {
    auto name = nb::cast<std::string>(key);
    auto specs = getInputs();
    const TensorSpec *spec = llvm::find_if(
        specs, [&](const TensorSpec &spec) { return spec.name == name; });
    arrays[name] =
        wrapInput(name, value, spec == specs.end() ? nullptr : spec, holders);
  }
  if (llvm::Error error = executable->checkInputs(arrays))
    throw nb::value_error(llvm::toString(std::move(error)).c_str());
  NdArrayMap results;
  {
    nb::gil_scoped_release release;
    std::unique_lock<std::mutex> lock(mutex, std::defer_lock);
    if (!runsOnHost)
      lock.lock();
    llvm::Expected<NdArrayMap> outputs = executable->run(arrays);
    if (!outputs)
      throw CompressError(llvm::toString(outputs.takeError()));
    results = std::move(*outputs);
  }
  nb::dict named;
  for (auto &[name, array] : results)
    named[name.c_str()] = makeResult(std::move(array));
  return named;
}
