//===- WeightsOut.cpp - A safetensors file that a pass writes
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WeightsOut.h"
#include "compress/Dialect/Compress/IR/ExternalStore.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace mlir::compress;

/// The files that externals of the module name.
static SmallVector<StringRef> getNamedFiles(ModuleOp module) {
  llvm::SetVector<StringRef> files;
  AttrTypeWalker walker;
  walker.addWalk([&](ExternalAttr attr) { files.insert(attr.getFile()); });
  module.walk([&](Operation *op) { walker.walk(op->getAttrDictionary()); });
  return files.takeVector();
}

ExternalStore &compress::getExternalStore(ModuleOp module) {
  return module.getContext()
      ->getOrLoadDialect<CompressDialect>()
      ->getExternalStore();
}

runtime::SafetensorsEntry compress::getEntry(StringRef key, ShapedType type) {
  runtime::SafetensorsEntry entry;
  entry.name = key.str();
  entry.dtype = *getDType(type.getElementType());
  entry.shape.assign(type.getShape().begin(), type.getShape().end());
  return entry;
}

/// Whether a constant belongs into a file.
static bool isMovable(ElementsAttr elements, int64_t minBytes) {
  auto type = dyn_cast<RankedTensorType>(elements.getShapedType());
  if (!type || !getDType(type.getElementType()))
    return false;
  if (isa<ExternalAttr>(elements))
    return true;
  return isa<DenseElementsAttr, DenseResourceElementsAttr>(elements) &&
         !isSplat(elements) && getNumBytes(type) >= minBytes;
}

/// The key of a dense weight: its name in its source.
static std::string getKey(ElementsAttr elements, StringRef otherwise) {
  if (auto external = dyn_cast<ExternalAttr>(elements))
    return external.getKey().str();
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(elements))
    return resource.getRawHandle().getKey().str();
  return otherwise.str();
}

SmallVector<DenseWeight>
compress::collectDenseWeights(ModuleOp module, int64_t minBytes,
                              UniqueNames &names,
                              function_ref<bool(Operation *, Value)> skip) {
  llvm::MapVector<Attribute, DenseWeight> found;
  auto add = [&](Location loc, ElementsAttr elements, StringRef name,
                 std::function<void(ExternalAttr)> replace) {
    if (!isMovable(elements, minBytes))
      return;
    auto known = found.find(elements);
    if (known != found.end()) {
      // Every place of an equal constant is replaced alike.
      auto first = std::move(known->second.replace);
      known->second.replace = [first, replace](ExternalAttr attr) {
        first(attr);
        replace(attr);
      };
      return;
    }
    found.insert(
        {elements, DenseWeight{loc, elements, names.get(getKey(elements, name)),
                               std::move(replace)}});
  };
  module.walk([&](Operation *op) {
    if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
      auto elements = dyn_cast<ElementsAttr>(constant.getValue());
      if (elements && !skip(op, constant))
        add(op->getLoc(), elements, "constant", [constant](ExternalAttr attr) {
          arith::ConstantOp(constant).setValueAttr(attr);
        });
    } else if (auto global = dyn_cast<ml_program::GlobalOp>(op)) {
      auto elements = dyn_cast_or_null<ElementsAttr>(global.getValueAttr());
      if (elements && !skip(op, {}))
        add(op->getLoc(), elements, global.getSymName(),
            [global](ExternalAttr attr) {
              ml_program::GlobalOp(global).setValueAttr(attr);
            });
    } else if (auto function = dyn_cast<func::FuncOp>(op)) {
      for (unsigned i = 0, e = function.getNumArguments(); i < e; ++i)
        if (auto external = function.getArgAttrOfType<ExternalAttr>(
                i, CompressDialect::kExternalAttr);
            external &&
            (function.isExternal() || !skip(op, function.getArgument(i))))
          add(op->getLoc(), external, "", [function, i](ExternalAttr attr) {
            func::FuncOp(function).setArgAttr(i, CompressDialect::kExternalAttr,
                                              attr);
          });
    }
  });
  SmallVector<DenseWeight> weights;
  for (auto &[elements, weight] : found)
    weights.push_back(std::move(weight));
  return weights;
}

FailureOr<std::unique_ptr<WeightsOut>>
WeightsOut::create(ModuleOp module, StringRef path,
                   ArrayRef<runtime::SafetensorsEntry> entries) {
  ExternalStore &store = getExternalStore(module);
  auto fail = [&](llvm::Error error) {
    return module.emitError()
           << "cannot write weights: " << llvm::toString(std::move(error));
  };
  auto result = std::make_unique<WeightsOut>();
  result->module = module;
  result->path = path.str();
  result->reference = llvm::sys::path::filename(path).str();
  if (llvm::Error error = store.checkNotRead(path, getNamedFiles(module)))
    return fail(std::move(error));
  if (runtime::OutputTransaction *outputs = store.getOutputs()) {
    auto file = outputs->add(path);
    if (!file)
      return fail(file.takeError());
    result->file = *file;
  } else {
    auto file = runtime::OutputFile::create(path);
    if (!file)
      return fail(file.takeError());
    result->owned = std::move(*file);
    result->file = result->owned.get();
  }
  auto writer = runtime::SafetensorsWriter::create(*result->file, entries,
                                                   {{"format", "compress"}});
  if (!writer)
    return fail(writer.takeError());
  result->writer = std::move(*writer);
  return result;
}

FailureOr<ExternalAttr>
WeightsOut::write(StringRef key, ShapedType type, ArrayRef<char> data,
                  function_ref<InFlightDiagnostic()> emitError) {
  if (llvm::Error error = writer->write(key, data))
    return emitError() << "cannot write weight '" << key
                       << "': " << llvm::toString(std::move(error));
  return ExternalAttr::get(module.getContext(), reference, key,
                           runtime::getChecksum(data), type);
}

LogicalResult WeightsOut::copy(ArrayRef<DenseWeight> weights) {
  ExternalStore &store = getExternalStore(module);
  for (const DenseWeight &weight : weights) {
    auto emit = [&] { return emitError(weight.loc); };
    FailureOr<WeightBytes> bytes = readElements(weight.elements, store, emit);
    if (failed(bytes))
      return failure();
    FailureOr<ExternalAttr> attr =
        write(weight.key, weight.elements.getShapedType(), bytes->data, emit);
    if (failed(attr))
      return failure();
    weight.replace(*attr);
  }
  return success();
}

LogicalResult WeightsOut::finish() {
  auto fail = [&](llvm::Error error) {
    return module.emitError() << "cannot write weights to '" << path
                              << "': " << llvm::toString(std::move(error));
  };
  if (llvm::Error error = writer->finish())
    return fail(std::move(error));
  if (owned) {
    if (llvm::Error error = owned->commit())
      return fail(std::move(error));
  }
  getExternalStore(module).redirect(reference, file->getCurrentPath());
  return success();
}
