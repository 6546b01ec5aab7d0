//===- CompressDialect.cpp - The dialect
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/IR/Compress.h"
#include "compress/Dialect/Compress/IR/ExternalStore.h"
#include "compress/Dialect/Compress/IR/LinalgModels.h"
#include "compress/Dialect/Compress/IR/LookupModels.h"
#include "compress/Dialect/Compress/IR/QuantizedModels.h"
#include "compress/Dialect/Compress/IR/TosaModels.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Transforms/InliningUtils.h"

using namespace mlir;
using namespace mlir::compress;

#include "compress/Dialect/Compress/IR/CompressDialect.cpp.inc"

namespace {
/// All ops are pure and may be inlined anywhere.
struct CompressInlinerInterface : DialectInlinerInterface {
  using DialectInlinerInterface::DialectInlinerInterface;

  bool isLegalToInline(Operation *, Region *, bool, IRMapping &) const final {
    return true;
  }
};
} // namespace

void CompressDialect::initialize() {
  registerAttributes();
  registerTypes();
  addOperations<
#define GET_OP_LIST
#include "compress/Dialect/Compress/IR/CompressOps.cpp.inc"
      >();
  addInterfaces<CompressInlinerInterface>();
  externalStore = std::make_shared<ExternalStore>();

  // Loading this dialect is enough to make upstream's ops compressible, also
  // for a tool that loads nothing but our passes.
  DialectRegistry registry;
  registerLinalgModels(registry);
  registerLookupModels(registry);
  registerQuantizedModels(registry);
  registerTosaModels(registry);
  getContext()->appendDialectRegistry(registry);
}

LogicalResult CompressDialect::verifyOperationAttribute(Operation *op,
                                                        NamedAttribute attr) {
  if (attr.getName() == kSiteAttr) {
    if (!isa<StringAttr>(attr.getValue()))
      return op->emitOpError()
             << "attribute '" << kSiteAttr << "' must be a string, found "
             << attr.getValue();
    return success();
  }
  if (attr.getName() == kPlanAttr) {
    auto entries = dyn_cast<ArrayAttr>(attr.getValue());
    if (!isa<ModuleOp>(op))
      return op->emitOpError()
             << "attribute '" << kPlanAttr << "' must be on a module";
    if (!entries)
      return op->emitOpError()
             << "attribute '" << kPlanAttr << "' must be an array, found "
             << attr.getValue();
    for (Attribute entry : entries) {
      auto dictionary = dyn_cast<DictionaryAttr>(entry);
      if (!dictionary || !dictionary.getAs<StringAttr>("site"))
        return op->emitOpError()
               << "attribute '" << kPlanAttr
               << "' must hold dictionaries with a string 'site', found "
               << entry;
    }
    return success();
  }
  return op->emitOpError() << "attribute '" << attr.getName().strref()
                           << "' is not known on an op; known are '"
                           << kSiteAttr << "' and '" << kPlanAttr << "'";
}

/// Checks that `compress.name` is a nonempty string.
static LogicalResult verifyName(Operation *op, NamedAttribute attr) {
  auto name = dyn_cast<StringAttr>(attr.getValue());
  if (!name || name.getValue().empty())
    return op->emitOpError()
           << "attribute '" << attr.getName().strref()
           << "' must be a nonempty string, found " << attr.getValue();
  return success();
}

LogicalResult CompressDialect::verifyRegionArgAttribute(Operation *op,
                                                        unsigned regionIndex,
                                                        unsigned argIndex,
                                                        NamedAttribute attr) {
  if (attr.getName() == kNameAttr)
    return verifyName(op, attr);
  if (attr.getName() == kConstantAttr) {
    if (!isa<ElementsAttr>(attr.getValue()))
      return op->emitOpError()
             << "attribute '" << kConstantAttr
             << "' must be a tensor constant, found " << attr.getValue();
    return success();
  }
  if (attr.getName() == kExternalAttr) {
    auto external = dyn_cast<ExternalAttr>(attr.getValue());
    if (!external)
      return op->emitOpError()
             << "attribute '" << kExternalAttr
             << "' must be #compress.external, found " << attr.getValue();
    auto function = dyn_cast<FunctionOpInterface>(op);
    Type type = function ? function.getArgumentTypes()[argIndex] : Type();
    // Bufferization and the conversion to LLVM give it other types.
    if (type && isa<TensorType, CompressedTensorType>(type) &&
        type != external.getType())
      return op->emitOpError() << "argument " << argIndex << " of type " << type
                               << " is bound to an external weight of type "
                               << external.getType();
    return success();
  }
  return op->emitOpError() << "attribute '" << attr.getName().strref()
                           << "' is not known on an argument; known are '"
                           << kNameAttr << "' and '" << kExternalAttr << "'";
}

LogicalResult CompressDialect::verifyRegionResultAttribute(
    Operation *op, unsigned regionIndex, unsigned resultIndex,
    NamedAttribute attr) {
  if (attr.getName() == kNameAttr)
    return verifyName(op, attr);
  return op->emitOpError() << "attribute '" << attr.getName().strref()
                           << "' is not known on a result; known is '"
                           << kNameAttr << "'";
}
