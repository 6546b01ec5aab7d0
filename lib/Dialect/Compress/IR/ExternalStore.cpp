//===- ExternalStore.cpp - The weight files of a context
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/IR/ExternalStore.h"
#include "compress/Runtime/OutputFile.h"
#include "compress/Runtime/Safetensors.h"
#include "compress/Runtime/WeightsFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace mlir::compress;

std::optional<runtime::DType> compress::getDType(Type type) {
  using runtime::DType;
  if (type.isF64())
    return DType::F64;
  if (type.isF32())
    return DType::F32;
  if (type.isF16())
    return DType::F16;
  if (type.isBF16())
    return DType::BF16;
  if (isa<Float8E4M3FNType>(type))
    return DType::F8_E4M3;
  if (isa<Float8E5M2Type>(type))
    return DType::F8_E5M2;
  auto integer = dyn_cast<IntegerType>(type);
  if (!integer)
    return std::nullopt;
  bool isUnsigned = integer.isUnsigned();
  switch (integer.getWidth()) {
  case 64:
    return isUnsigned ? DType::U64 : DType::I64;
  case 32:
    return isUnsigned ? DType::U32 : DType::I32;
  case 16:
    return isUnsigned ? DType::U16 : DType::I16;
  case 8:
    return isUnsigned ? DType::U8 : DType::I8;
  default:
    return std::nullopt;
  }
}

void ExternalStore::addSearchDirectory(StringRef directory) {
  std::lock_guard lock(mutex);
  directories.push_back(directory.str());
}

void ExternalStore::redirect(StringRef file, StringRef path) {
  std::lock_guard lock(mutex);
  redirections[file] = path.str();
  files.erase(file);
}

std::string ExternalStore::findPath(StringRef file) const {
  auto redirection = redirections.find(file);
  if (redirection != redirections.end())
    return redirection->second;
  if (llvm::sys::path::is_absolute(file))
    return file.str();
  for (const std::string &directory : directories) {
    SmallString<128> candidate(directory);
    llvm::sys::path::append(candidate, file);
    if (llvm::sys::fs::exists(candidate))
      return candidate.str().str();
  }
  return llvm::sys::fs::exists(file) ? file.str() : "";
}

llvm::Expected<std::shared_ptr<runtime::WeightsFile>>
ExternalStore::open(StringRef file) {
  std::lock_guard lock(mutex);
  auto known = files.find(file);
  if (known != files.end())
    return known->second;
  std::string path = findPath(file);
  if (path.empty()) {
    std::string searched;
    for (const std::string &directory : directories)
      searched += "'" + directory + "', ";
    return llvm::createStringError(
        "weights file '" + file + "' not found; searched " + searched +
        "and the current directory. Put it beside the module, or name its "
        "directory");
  }
  llvm::Expected<std::shared_ptr<runtime::WeightsFile>> opened =
      runtime::openWeightsFile(path);
  if (opened)
    files[file] = *opened;
  return opened;
}

llvm::Error ExternalStore::checkNotRead(StringRef path,
                                        ArrayRef<StringRef> named) {
  std::lock_guard lock(mutex);
  SmallVector<std::string> inputs;
  for (const auto &file : files)
    inputs.push_back(file.second->getPath().str());
  for (StringRef file : named)
    inputs.push_back(findPath(file));
  for (StringRef input : inputs)
    if (llvm::Error error = runtime::checkNotSameFile(input, path))
      return error;
  return llvm::Error::success();
}

FailureOr<ArrayRef<char>>
ExternalStore::resolve(ExternalAttr attr, std::vector<char> &storage,
                       function_ref<InFlightDiagnostic()> emitError) {
  auto opened = open(attr.getFile());
  if (!opened)
    return emitError() << llvm::toString(opened.takeError());
  const runtime::WeightsFile &file = **opened;
  llvm::Expected<runtime::WeightsFile::Entry> entry = file.find(attr.getKey());
  if (!entry)
    return emitError() << llvm::toString(entry.takeError());
  auto type = cast<RankedTensorType>(attr.getType());
  std::optional<runtime::DType> dtype = getDType(type.getElementType());
  // Files distinguish U8 and BOOL from I8, and have types for floats of 8 bits;
  // a signless integer is any of them.
  if (dtype && type.getElementType().isSignlessInteger())
    for (unsigned i = 0; i < runtime::kNumDTypes; ++i) {
      auto other = static_cast<runtime::DType>(i);
      bool isBits = runtime::getName(other).starts_with("U") ||
                    runtime::getByteWidth(other) == 1;
      if (isBits && !file.canRead(*entry, *dtype) &&
          file.canRead(*entry, other) &&
          runtime::getByteWidth(other) == runtime::getByteWidth(*dtype))
        dtype = other;
    }
  if (!dtype || !file.canRead(*entry, *dtype) ||
      entry->shape != type.getShape())
    return emitError() << "external weight \"" << attr.getKey() << "\" in '"
                       << attr.getFile() << "' is "
                       << runtime::formatShape(entry->shape) << " of "
                       << entry->type << ", expected " << type
                       << "; correct the type, or name another entry";
  ArrayRef<char> data = file.read(*entry, *dtype, storage);
  if (!attr.getChecksum())
    return data;
  {
    std::lock_guard lock(mutex);
    if (checked.contains(attr))
      return data;
  }
  uint64_t checksum = runtime::getChecksum(data);
  if (checksum != attr.getChecksum())
    return emitError() << "external weight \"" << attr.getKey() << "\" in '"
                       << attr.getFile() << "' has checksum " << checksum
                       << ", expected " << attr.getChecksum()
                       << "; the file has changed since the module was written";
  std::lock_guard lock(mutex);
  checked.insert(attr);
  return data;
}
