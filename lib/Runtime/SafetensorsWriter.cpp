//===- SafetensorsWriter.cpp - Write safetensors files --------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FileError.h"
#include "SafetensorsFormat.h"
#include "compress/Runtime/OutputFile.h"
#include "compress/Runtime/Safetensors.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace mlir::compress::runtime {

/// Bytes from the start of the file to the data are a multiple of this.
static constexpr uint64_t dataAlignment = 64;

Expected<std::unique_ptr<SafetensorsWriter>>
SafetensorsWriter::create(OutputFile &file, ArrayRef<SafetensorsEntry> entries,
                          const std::map<std::string, std::string> &metadata) {
  StringRef path = file.getPath();
  std::unique_ptr<SafetensorsWriter> writer(new SafetensorsWriter(file));

  auto order = to_vector(make_pointer_range(entries));
  llvm::sort(order, [](const auto *a, const auto *b) {
    unsigned widthA = getByteWidth(a->dtype), widthB = getByteWidth(b->dtype);
    return widthA != widthB ? widthA > widthB : a < b;
  });

  for (const auto &[key, value] : metadata)
    if (!json::isUTF8(key) || !json::isUTF8(value))
      return makeFileError(path, "metadata '" + json::fixUTF8(key) +
                                     "': expected a key and a text in UTF-8");

  std::string header;
  raw_string_ostream headerStream(header);
  json::OStream json(headerStream);
  json.objectBegin();
  if (!metadata.empty()) {
    json.attributeObject(kMetadataKey, [&] {
      for (const auto &[key, value] : metadata)
        json.attribute(key, value);
    });
  }
  int64_t offset = 0;
  for (const SafetensorsEntry *pointer : order) {
    const SafetensorsEntry &entry = *pointer;
    auto fail = [&](const Twine &message) {
      return makeFileError(path, "tensor '" + json::fixUTF8(entry.name) +
                                     "': " + message);
    };
    if (entry.name == kMetadataKey || !json::isUTF8(entry.name))
      return fail("expected a name in UTF-8 other than " + kMetadataKey);
    std::optional<int64_t> size = getNumBytes(entry.dtype, entry.shape);
    std::optional<int64_t> end =
        size ? checkedAdd(offset, *size) : std::nullopt;
    if (!end)
      return fail("expected extents from 0 and a file of fewer than 2^63 "
                  "bytes, found shape " +
                  formatShape(entry.shape) + " of " + getName(entry.dtype));
    if (!writer->slots.try_emplace(entry.name, offset, *size).second)
      return fail("is declared twice");
    json.attributeObject(entry.name, [&] {
      json.attribute("dtype", getName(entry.dtype));
      json.attributeArray("shape", [&] {
        for (int64_t extent : entry.shape)
          json.value(extent);
      });
      json.attributeArray("data_offsets", [&] {
        json.value(offset);
        json.value(*end);
      });
    });
    offset = *end;
  }
  json.objectEnd();
  header.resize(
      alignTo(kLengthBytes + header.size(), dataAlignment) - kLengthBytes, ' ');
  if (header.size() > kMaxHeaderBytes)
    return makeFileError(path, "expected a header of at most " +
                                   Twine(kMaxHeaderBytes) +
                                   " bytes, which the format allows, but " +
                                   Twine(entries.size()) + " tensors take " +
                                   Twine(header.size()));

  char length[kLengthBytes];
  support::endian::write64le(length, header.size());
  if (Error error = file.writeAt(0, length))
    return error;
  if (Error error =
          file.writeAt(kLengthBytes, ArrayRef(header.data(), header.size())))
    return error;
  writer->dataBegin = kLengthBytes + header.size();
  return writer;
}

Error SafetensorsWriter::write(StringRef name, ArrayRef<char> data) {
  auto fail = [&](const Twine &message) {
    return makeFileError(file.getPath(), "tensor '" + name + "': " + message);
  };
  auto it = slots.find(name);
  if (it == slots.end())
    return fail("is written but has not been declared");
  Slot &slot = it->second;
  if (data.size() != slot.size)
    return fail("expected " + Twine(slot.size) + " bytes as declared, found " +
                Twine(data.size()));
  State expected = State::Declared;
  if (!slot.state.compare_exchange_strong(expected, State::Started))
    return fail("is written twice");
  if (Error error = file.writeAt(dataBegin + slot.offset, data))
    return error;
  slot.state = State::Written;
  return Error::success();
}

Error SafetensorsWriter::finish() {
  std::vector<StringRef> missing;
  for (const auto &slot : slots)
    if (slot.second.state != State::Written)
      missing.push_back(slot.first());
  if (missing.empty())
    return Error::success();
  return makeFileError(file.getPath(),
                       Twine(missing.size()) + " of " + Twine(slots.size()) +
                           " declared tensors have not been written, among "
                           "them '" +
                           *llvm::min_element(missing) + "'");
}

} // namespace mlir::compress::runtime
