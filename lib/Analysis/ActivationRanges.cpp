//===- ActivationRanges.cpp - Extremes of activations
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Analysis/ActivationRanges.h"
#include "compress/Runtime/Npy.h"
#include "compress/Runtime/Safetensors.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/YAMLTraits.h"
#include <cmath>
#include <cstring>

using namespace mlir::compress;
using namespace llvm;

namespace {
/// The extremes of one site, as text.
struct RangeText {
  double min = 0, max = 0;
};
} // namespace

namespace llvm::yaml {
template <>
struct MappingTraits<RangeText> {
  static void mapping(IO &io, RangeText &range) {
    io.mapRequired("min", range.min);
    io.mapRequired("max", range.max);
  }
};

template <>
struct CustomMappingTraits<std::map<std::string, RangeText>> {
  static void inputOne(IO &io, StringRef key,
                       std::map<std::string, RangeText> &ranges) {
    io.mapRequired(key, ranges[key.str()]);
  }
  static void output(IO &, std::map<std::string, RangeText> &) {}
};
} // namespace llvm::yaml

/// Adds the range of a site after checking it.
static Error add(ActivationRanges &ranges, StringRef path, StringRef site,
                 double min, double max) {
  ActivationRange range{static_cast<float>(min), static_cast<float>(max)};
  if (!std::isfinite(range.min) || !std::isfinite(range.max) ||
      range.min > range.max)
    return createStringError(
        formatv("{0}: the range of '{1}' must be two finite f32 values, min <= "
                "max, found {2} and {3}",
                path, site, min, max));
  ranges[site.str()] = range;
  return Error::success();
}

/// Adds the range that an array holds.
static Error addArray(ActivationRanges &ranges, StringRef path, StringRef site,
                      runtime::DType type, ArrayRef<int64_t> shape,
                      ArrayRef<char> data) {
  if (shape != ArrayRef<int64_t>(2) ||
      (type != runtime::DType::F32 && type != runtime::DType::F64))
    return createStringError(formatv(
        "{0}: the range of '{1}' must be two f32 or f64 values (min, max), "
        "found {2} of shape {3}",
        path, site, runtime::getName(type), runtime::formatShape(shape)));
  if (type == runtime::DType::F32) {
    float values[2];
    std::memcpy(values, data.data(), sizeof(values));
    return add(ranges, path, site, values[0], values[1]);
  }
  double values[2];
  std::memcpy(values, data.data(), sizeof(values));
  return add(ranges, path, site, values[0], values[1]);
}

static Expected<ActivationRanges> readText(StringRef path) {
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer)
    return createFileError(path, buffer.getError());
  std::string message;
  auto handler = [](const SMDiagnostic &diag, void *context) {
    auto &message = *static_cast<std::string *>(context);
    if (message.empty())
      message =
          formatv("{0}:{1}:{2}: {3}", diag.getFilename(), diag.getLineNo(),
                  diag.getColumnNo() + 1, diag.getMessage());
  };
  std::map<std::string, RangeText> parsed;
  yaml::Input input((*buffer)->getMemBufferRef(), nullptr, handler, &message);
  input >> parsed;
  if (input.error())
    return createStringError(
        (message.empty() ? path.str() : message) +
        "; expected a map of sites to maps with the keys min and max");
  ActivationRanges ranges;
  for (const auto &[site, range] : parsed)
    if (Error error = add(ranges, path, site, range.min, range.max))
      return error;
  return ranges;
}

Expected<ActivationRanges>
mlir::compress::readActivationRanges(StringRef path) {
  ActivationRanges ranges;
  if (path.ends_with(".npz")) {
    Expected<runtime::NdArrayMap> arrays = runtime::readNpz(path);
    if (!arrays)
      return arrays.takeError();
    for (const auto &[site, array] : *arrays)
      if (Error error = addArray(ranges, path, site, array.getDType(),
                                 array.getShape(), array.getData()))
        return error;
    return ranges;
  }
  if (path.ends_with(".safetensors")) {
    auto file = runtime::SafetensorsFile::open(path);
    if (!file)
      return file.takeError();
    for (const runtime::SafetensorsTensor &tensor : (*file)->getTensors())
      if (Error error = addArray(ranges, path, tensor.name, tensor.dtype,
                                 tensor.shape, tensor.data))
        return error;
    return ranges;
  }
  return readText(path);
}
