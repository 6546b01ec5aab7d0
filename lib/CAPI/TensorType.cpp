//===- TensorType.cpp - Compressed tensors and their components -----------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress-c/TensorType.h"
#include "Status.h"
#include "compress/Analysis/Weights.h"
#include "compress/Dialect/Compress/IR/Compress.h"
#include "mlir/CAPI/IR.h"
#include "mlir/CAPI/Support.h"

using namespace mlir;
using namespace mlir::compress;

/// The type, or null for another one.
static CompressedTensorType getTensor(MlirType type) {
  return dyn_cast_if_present<CompressedTensorType>(unwrap(type));
}

/// A component, none where there is none at this position.
static std::optional<ComponentSpec> getComponent(MlirType type, intptr_t pos) {
  CompressedTensorType tensor = getTensor(type);
  if (!tensor || pos < 0)
    return std::nullopt;
  SmallVector<ComponentSpec> components = tensor.getComponents();
  if (pos >= static_cast<intptr_t>(components.size()))
    return std::nullopt;
  return components[pos];
}

bool compressAttributeIsAScheme(MlirAttribute attribute) {
  return isa_and_present<SchemeAttrInterface>(unwrap(attribute));
}

bool compressTypeIsATensor(MlirType type) { return bool(getTensor(type)); }

CompressStatus compressTensorTypeGet(MlirType dense, MlirAttribute scheme,
                                     MlirType *result) {
  auto type = dyn_cast_if_present<RankedTensorType>(unwrap(dense));
  if (!type)
    return makeFailure("the dense type must be a ranked tensor");
  auto attribute = dyn_cast_if_present<SchemeAttrInterface>(unwrap(scheme));
  if (!attribute)
    return makeFailure("the attribute is no scheme, such as "
                       "#compress.scheme<storage = #compress.affine<i8>>");
  MLIRContext *context = type.getContext();
  CollectedErrors errors(context);
  auto checked = CompressedTensorType::getChecked(
      [&] { return emitError(UnknownLoc::get(context)); }, context,
      type.getShape(), type.getElementType(), attribute);
  if (!checked)
    return errors.makeFailure();
  *result = wrap(checked);
  return makeSuccess();
}

MlirType compressTensorTypeGetDense(MlirType type) {
  CompressedTensorType tensor = getTensor(type);
  return wrap(tensor ? Type(RankedTensorType::get(tensor.getShape(),
                                                  tensor.getElementType()))
                     : Type());
}

MlirAttribute compressTensorTypeGetScheme(MlirType type) {
  CompressedTensorType tensor = getTensor(type);
  return wrap(tensor ? Attribute(tensor.getScheme()) : Attribute());
}

int64_t compressTensorTypeGetNumBytes(MlirType type) {
  CompressedTensorType tensor = getTensor(type);
  if (!tensor || ShapedType::isDynamicShape(tensor.getShape()))
    return 0;
  return tensor.getScheme().getNumBytes(tensor.getShape(),
                                        tensor.getElementType());
}

intptr_t compressTensorTypeGetNumComponents(MlirType type) {
  CompressedTensorType tensor = getTensor(type);
  return tensor ? tensor.getComponents().size() : 0;
}

MlirStringRef compressTensorTypeGetComponentName(MlirType type, intptr_t pos) {
  std::optional<ComponentSpec> component = getComponent(type, pos);
  return wrap(component ? component->name : StringRef());
}

MlirType compressTensorTypeGetComponentType(MlirType type, intptr_t pos) {
  std::optional<ComponentSpec> component = getComponent(type, pos);
  return wrap(component ? Type(component->type) : Type());
}

int64_t compressTensorTypeGetComponentNumBytes(MlirType type, intptr_t pos) {
  std::optional<ComponentSpec> component = getComponent(type, pos);
  if (!component || !component->type.hasStaticShape())
    return 0;
  return getNumBytes(component->type);
}
