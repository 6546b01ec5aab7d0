//===- Safetensors.cpp - Read safetensors files ---------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Runtime/Safetensors.h"
#include "FileError.h"
#include "SafetensorsFormat.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;

namespace mlir::compress::runtime {

/// A header is an object of objects of arrays.
static constexpr size_t maxNesting = 3;

/// Checks what the JSON parser does not: that nesting is no deeper than a valid
/// header's (the parser recurses, so a hostile file could exhaust the stack)
/// and that no object has a key twice (the parser keeps the last).
static Error checkHeaderText(StringRef path, StringRef header) {
  // One per open bracket; the keys of an object.
  SmallVector<StringSet<>, maxNesting> keys;
  for (size_t i = 0; i < header.size(); ++i) {
    char c = header[i];
    if (c == '{' || c == '[') {
      if (keys.size() == maxNesting)
        return makeFileError(
            path, "header, byte " + Twine(i) + ": expected at most " +
                      Twine(maxNesting) + " nested brackets, found more");
      keys.emplace_back();
    } else if (c == '}' || c == ']') {
      if (!keys.empty())
        keys.pop_back();
    } else if (c == '"') {
      size_t begin = i++;
      while (i < header.size() && header[i] != '"')
        i += header[i] == '\\' ? 2 : 1;
      if (i >= header.size() || keys.empty() ||
          !header.drop_front(i + 1).ltrim(" \t\r\n").starts_with(":"))
        continue;
      // Two spellings of one key differ only in their escapes.
      Expected<json::Value> key = json::parse(header.slice(begin, i + 1));
      if (!key) {
        consumeError(key.takeError());
        continue;
      }
      if (!keys.back().insert(*key->getAsString()).second)
        return makeFileError(
            path, "header, byte " + Twine(begin) + ": duplicate key '" +
                      *key->getAsString() + "'; expected each key once");
    }
  }
  return Error::success();
}

/// What a value is, for messages.
static StringRef describe(const json::Value *value) {
  if (!value)
    return "nothing";
  switch (value->kind()) {
  case json::Value::Null:
    return "null";
  case json::Value::Boolean:
    return "a boolean";
  case json::Value::Number:
    return "a number";
  case json::Value::String:
    return "a string";
  case json::Value::Array:
    return "an array";
  case json::Value::Object:
    return "an object";
  }
  llvm_unreachable("all kinds are handled");
}

static std::string listDTypes() {
  std::string text;
  for (unsigned i = 0; i < kNumDTypes; ++i)
    text += (i ? ", " : "") + getName(static_cast<DType>(i)).str();
  return text;
}

namespace {
/// Reads the entries of the header.
class HeaderReader {
public:
  HeaderReader(StringRef path, ArrayRef<char> data) : path(path), data(data) {}

  Error readMetadata(const json::Value &value,
                     std::map<std::string, std::string> &metadata) const;
  Expected<SafetensorsTensor> readTensor(StringRef name,
                                         const json::Value &value) const;
  /// Checks that the tensors, in the order of their bytes, fill the data.
  Error checkCoverage(ArrayRef<SafetensorsTensor> tensors) const;

private:
  Error fail(StringRef name, const Twine &message) const {
    return makeFileError(path, "tensor '" + name + "': " + message);
  }

  StringRef path;
  ArrayRef<char> data;
};
} // namespace

Error HeaderReader::readMetadata(
    const json::Value &value,
    std::map<std::string, std::string> &metadata) const {
  const json::Object *object = value.getAsObject();
  if (!object)
    return makeFileError(path,
                         "__metadata__: expected an object of strings, found " +
                             describe(&value));
  for (const auto &item : *object) {
    std::optional<StringRef> text = item.second.getAsString();
    if (!text)
      return makeFileError(path, "__metadata__: '" + item.first.str() +
                                     "': expected a string, found " +
                                     describe(&item.second));
    metadata[item.first.str()] = text->str();
  }
  return Error::success();
}

Expected<SafetensorsTensor>
HeaderReader::readTensor(StringRef name, const json::Value &value) const {
  const json::Object *object = value.getAsObject();
  if (!object)
    return fail(name, "expected an object with dtype, shape and data_offsets, "
                      "found " +
                          describe(&value));
  SafetensorsTensor tensor;
  tensor.name = name.str();

  std::optional<StringRef> dtypeName = object->getString("dtype");
  if (!dtypeName)
    return fail(name, "dtype: expected a string, found " +
                          describe(object->get("dtype")));
  std::optional<DType> dtype = parseDType(*dtypeName);
  if (!dtype)
    return fail(name, "dtype: expected one of " + listDTypes() + ", found '" +
                          *dtypeName + "'");
  tensor.dtype = *dtype;

  const json::Array *shape = object->getArray("shape");
  if (!shape)
    return fail(name, "shape: expected an array of integers, found " +
                          describe(object->get("shape")));
  for (const json::Value &extent : *shape) {
    std::optional<int64_t> number = extent.getAsInteger();
    if (!number || *number < 0)
      return fail(name, "shape: expected integers from 0 to 2^63 - 1, found " +
                            formatv("{0}", extent).str());
    tensor.shape.push_back(*number);
  }
  std::optional<int64_t> numBytes = getNumBytes(tensor.dtype, tensor.shape);
  if (!numBytes)
    return fail(name, "shape: expected fewer than 2^63 bytes, found " +
                          formatShape(tensor.shape) + " of " + *dtypeName);

  const json::Array *offsets = object->getArray("data_offsets");
  if (!offsets || offsets->size() != 2)
    return fail(name, "data_offsets: expected an array [begin, end], found " +
                          (offsets ? Twine("an array of ") +
                                         Twine(offsets->size()) + " elements"
                                   : describe(object->get("data_offsets"))));
  uint64_t bounds[2];
  for (auto [bound, offset] : zip_equal(bounds, *offsets)) {
    std::optional<uint64_t> number = offset.getAsUINT64();
    if (!number)
      return fail(name, "data_offsets: expected integers from 0 to 2^64 - 1, "
                        "found " +
                            formatv("{0}", offset).str());
    bound = *number;
  }
  auto [begin, end] = bounds;
  if (begin > end)
    return fail(name, "data_offsets: expected begin <= end, found [" +
                          Twine(begin) + ", " + Twine(end) + "]");
  if (end > data.size())
    return fail(name, "data_offsets: expected offsets within the " +
                          Twine(data.size()) + " bytes of data, found [" +
                          Twine(begin) + ", " + Twine(end) +
                          "]; the file is truncated or damaged");
  if (end - begin != static_cast<uint64_t>(*numBytes))
    return fail(name, "expected " + Twine(*numBytes) + " bytes for shape " +
                          formatShape(tensor.shape) + " of " + *dtypeName +
                          ", found " + Twine(end - begin) +
                          " bytes in data_offsets [" + Twine(begin) + ", " +
                          Twine(end) + "]");
  tensor.data = data.slice(begin, end - begin);
  return tensor;
}

Error HeaderReader::checkCoverage(ArrayRef<SafetensorsTensor> tensors) const {
  uint64_t covered = 0;
  for (const SafetensorsTensor &tensor : tensors) {
    uint64_t begin = tensor.data.data() - data.data();
    if (begin != covered) {
      bool overlaps = begin < covered;
      return fail(tensor.name,
                  "expected the data to begin at byte " + Twine(covered) +
                      ", where the tensor before " + "it ends, found " +
                      Twine(begin) + ": " +
                      (overlaps ? "they overlap" : "there is a hole"));
    }
    covered += tensor.data.size();
  }
  if (covered != data.size())
    return makeFileError(path, "expected the tensors to fill the " +
                                   Twine(data.size()) +
                                   " bytes of data, found that they end at "
                                   "byte " +
                                   Twine(covered));
  return Error::success();
}

Expected<std::shared_ptr<SafetensorsFile>>
SafetensorsFile::open(StringRef path) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> buffer = MemoryBuffer::getFile(
      path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return makeFileError(path, "cannot read", buffer.getError());
  Expected<std::shared_ptr<SafetensorsFile>> file = parse(std::move(*buffer));
  if (!file)
    return createStringError(toString(file.takeError()) +
                             "; download or write the file again");
  return file;
}

Expected<std::shared_ptr<SafetensorsFile>>
SafetensorsFile::parse(std::unique_ptr<MemoryBuffer> buffer) {
  StringRef path = buffer->getBufferIdentifier();
  StringRef bytes = buffer->getBuffer();
  if (bytes.size() < kLengthBytes)
    return makeFileError(path, "expected at least " + Twine(kLengthBytes) +
                                   " bytes for the length of the header, "
                                   "found a file of " +
                                   Twine(bytes.size()) + " bytes");
  uint64_t length = support::endian::read64le(bytes.data());
  if (length > kMaxHeaderBytes)
    return makeFileError(path, "expected a header of at most " +
                                   Twine(kMaxHeaderBytes) + " bytes, found " +
                                   Twine(length) +
                                   "; this is no safetensors file");
  bytes = bytes.drop_front(kLengthBytes);
  if (length > bytes.size())
    return makeFileError(path, "expected a header of " + Twine(length) +
                                   " bytes, found only " + Twine(bytes.size()) +
                                   " bytes after its length; the file is "
                                   "truncated or damaged");
  StringRef header = bytes.take_front(length);
  if (!header.starts_with("{"))
    return makeFileError(path, "expected the header to begin with '{'; this is "
                               "no safetensors file");
  if (Error error = checkHeaderText(path, header))
    return error;
  Expected<json::Value> root = json::parse(header);
  if (!root)
    return makeFileError(path, "expected a header in JSON: " +
                                   toString(root.takeError()));
  const json::Object *entries = root->getAsObject();
  if (!entries)
    return makeFileError(path, "expected the header to be an object, found " +
                                   describe(&*root));

  std::shared_ptr<SafetensorsFile> file(new SafetensorsFile);
  StringRef data = bytes.drop_front(length);
  HeaderReader reader(path, ArrayRef(data.data(), data.size()));
  // By name, so that of several errors always the same is reported.
  std::vector<std::pair<StringRef, const json::Value *>> sorted;
  for (const auto &entry : *entries)
    sorted.emplace_back(StringRef(entry.first), &entry.second);
  llvm::sort(sorted, less_first());
  for (auto [name, value] : sorted) {
    if (name == kMetadataKey) {
      if (Error error = reader.readMetadata(*value, file->metadata))
        return error;
      continue;
    }
    Expected<SafetensorsTensor> tensor = reader.readTensor(name, *value);
    if (!tensor)
      return tensor.takeError();
    file->tensors.push_back(std::move(*tensor));
  }

  // An empty tensor shares its offset with the next one and comes first.
  llvm::sort(file->tensors, [](const auto &a, const auto &b) {
    return std::make_tuple(a.data.begin(), a.data.end(), StringRef(a.name)) <
           std::make_tuple(b.data.begin(), b.data.end(), StringRef(b.name));
  });
  if (Error error = reader.checkCoverage(file->tensors))
    return error;
  for (auto [index, tensor] : enumerate(file->tensors))
    file->indexOf[tensor.name] = index;
  file->buffer = std::move(buffer);
  return file;
}

Expected<const SafetensorsTensor *>
SafetensorsFile::lookup(StringRef name) const {
  if (auto it = indexOf.find(name); it != indexOf.end())
    return &tensors[it->second];
  return makeNoTensorError(getPath(), name, getNames());
}

std::vector<StringRef> SafetensorsFile::getNames() const {
  std::vector<StringRef> names;
  for (const SafetensorsTensor &tensor : tensors)
    names.push_back(tensor.name);
  return names;
}

Expected<WeightsFile::Entry> SafetensorsFile::find(StringRef name) const {
  Expected<const SafetensorsTensor *> tensor = lookup(name);
  if (!tensor)
    return tensor.takeError();
  return Entry{static_cast<size_t>(*tensor - tensors.data()), (*tensor)->shape,
               getName((*tensor)->dtype)};
}

bool SafetensorsFile::canRead(const Entry &entry, DType dtype) const {
  return tensors[entry.index].dtype == dtype;
}

ArrayRef<char> SafetensorsFile::read(const Entry &entry, DType dtype,
                                     std::vector<char> &storage) const {
  return tensors[entry.index].data;
}

uint64_t getChecksum(ArrayRef<char> data) {
  return xxh3_64bits(StringRef(data.data(), data.size()));
}

} // namespace mlir::compress::runtime
