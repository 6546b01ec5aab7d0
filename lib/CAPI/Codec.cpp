//===- Codec.cpp - Encode and decode buffers ------------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress-c/Codec.h"
#include "Status.h"
#include "compress/Analysis/Weights.h"
#include "compress/Dialect/Compress/IR/Compress.h"
#include "mlir/CAPI/IR.h"
#include "mlir/IR/MLIRContext.h"

using namespace mlir;
using namespace mlir::compress;

static llvm::Error checkSize(const Twine &what, const void *data, size_t size,
                             int64_t expected) {
  if (static_cast<int64_t>(size) != expected)
    return llvm::createStringError("expected " + Twine(expected) +
                                   " bytes for " + what + ", found " +
                                   Twine(size));
  if (!data && size != 0)
    return llvm::createStringError("expected " + Twine(expected) +
                                   " bytes for " + what +
                                   ", found a null pointer");
  return llvm::Error::success();
}

/// Checks that there are all components of the tensor, and their sizes, and the
/// size of the dense buffer.
template <typename Bytes>
static llvm::Error checkBuffers(CompressedTensorType type,
                                intptr_t numComponents, const Bytes *components,
                                const void *dense, size_t denseSize) {
  if (!type)
    return llvm::createStringError("expected the type of a compressed tensor");
  auto denseType =
      RankedTensorType::get(type.getShape(), type.getElementType());
  if (!denseType.hasStaticShape())
    return llvm::createStringError("expected a static shape");
  SmallVector<ComponentSpec> specs = type.getComponents();
  if (numComponents != static_cast<intptr_t>(specs.size()))
    return llvm::createStringError("expected " + Twine(specs.size()) +
                                   " components, found " +
                                   Twine(numComponents));
  for (auto [i, spec] : llvm::enumerate(specs))
    if (llvm::Error error =
            checkSize("component '" + spec.name + "'", components[i].data,
                      components[i].size, getNumBytes(spec.type)))
      return error;
  return checkSize("the dense buffer", dense, denseSize,
                   getNumBytes(denseType));
}

static llvm::ThreadPoolInterface *getThreads(MLIRContext *context) {
  return context->isMultithreadingEnabled() ? &context->getThreadPool()
                                            : nullptr;
}

CompressStatus compressEncode(MlirType type, CompressBytes dense,
                              intptr_t numComponents,
                              const CompressMutableBytes *components,
                              const CompressEncodeOptions *options,
                              CompressErrorStats *stats) {
  auto tensor = dyn_cast_if_present<CompressedTensorType>(unwrap(type));
  if (llvm::Error error = checkBuffers(tensor, numComponents, components,
                                       dense.data, dense.size))
    return makeStatus(std::move(error));
  codec::EncodeOptions encodeOptions;
  encodeOptions.threads = getThreads(tensor.getContext());
  if (options) {
    encodeOptions.select = options->select;
    if (options->clampNonFinite)
      encodeOptions.nonFinite = codec::NonFinite::Clamp;
    if (Attribute attribute = unwrap(options->observer)) {
      auto observer = dyn_cast<ObserverAttr>(attribute);
      if (!observer)
        return makeFailure("the observer is no #compress.observer");
      encodeOptions.observer = observer.getCodecObserver();
    }
  }
  SmallVector<MutableArrayRef<char>> spans;
  for (intptr_t i = 0; i < numComponents; ++i)
    spans.emplace_back(static_cast<char *>(components[i].data),
                       components[i].size);
  codec::ErrorStats found;
  if (llvm::Error error = tensor.getScheme().encode(
          tensor.getShape(), tensor.getElementType(),
          ArrayRef(static_cast<const char *>(dense.data), dense.size), spans,
          encodeOptions, &found))
    return makeStatus(std::move(error));
  if (stats)
    *stats = {found.elements,    found.zeros,    found.saturated,
              found.maxAbsError, found.getMSE(), found.getSQNR()};
  return makeSuccess();
}

CompressStatus compressDecode(MlirType type, intptr_t numComponents,
                              const CompressBytes *components,
                              CompressMutableBytes dense) {
  auto tensor = dyn_cast_if_present<CompressedTensorType>(unwrap(type));
  if (llvm::Error error = checkBuffers(tensor, numComponents, components,
                                       dense.data, dense.size))
    return makeStatus(std::move(error));
  SmallVector<ArrayRef<char>> spans;
  for (intptr_t i = 0; i < numComponents; ++i)
    spans.emplace_back(static_cast<const char *>(components[i].data),
                       components[i].size);
  return makeStatus(tensor.getScheme().decode(
      tensor.getShape(), tensor.getElementType(), spans,
      MutableArrayRef(static_cast<char *>(dense.data), dense.size),
      getThreads(tensor.getContext())));
}
