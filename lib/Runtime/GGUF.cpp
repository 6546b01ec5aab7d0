//===- GGUF.cpp - Read GGUF files -----------------------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Runtime/GGUF.h"
#include "FileError.h"
#include "GGUFBlocks.h"
#include "compress/Codec/Convert.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MathExtras.h"
#include <cstring>

using namespace llvm;

namespace mlir::compress::runtime {

static constexpr StringLiteral magic = "GGUF";
/// The alignment of data in a file that does not state another.
static constexpr uint64_t defaultAlignment = 32;
static constexpr StringLiteral alignmentKey = "general.alignment";
/// As many as ggml has.
static constexpr uint32_t maxRank = 4;
/// Arrays of arrays are allowed; a hostile file could nest them until the stack
/// is exhausted.
static constexpr unsigned maxNesting = 8;

namespace {
/// The types of metadata values.
enum class ValueType : uint32_t {
  U8,
  I8,
  U16,
  I16,
  U32,
  I32,
  F32,
  Bool,
  String,
  Array,
  U64,
  I64,
  F64
};

/// Reads from the front of the file. After the first failure every read fails
/// with the same error, which the caller takes.
class Reader {
public:
  Reader(StringRef path, StringRef bytes) : path(path), bytes(bytes) {}

  Error fail(uint64_t at, const Twine &message) const {
    return makeFileError(path, "byte " + Twine(at) + ": " + message);
  }

  uint64_t getOffset() const { return offset; }
  uint64_t getNumLeft() const { return bytes.size() - offset; }

  /// Skips `count` bytes, which hold `what`, and returns them.
  Expected<StringRef> take(uint64_t count, const Twine &what) {
    if (count > getNumLeft())
      return fail(offset, "expected " + what + " of " + Twine(count) +
                              " bytes, found only " + Twine(getNumLeft()) +
                              " bytes to the end; the file is truncated or "
                              "damaged");
    StringRef taken = bytes.substr(offset, count);
    offset += count;
    return taken;
  }

  template <typename T>
  Error read(T &value, const Twine &what) {
    Expected<StringRef> taken = take(sizeof(T), what);
    if (!taken)
      return taken.takeError();
    value = support::endian::read<T, endianness::little>(taken->data());
    return Error::success();
  }

  Error readString(StringRef &value, const Twine &what) {
    uint64_t length;
    if (Error error = read(length, "the length of " + what))
      return error;
    Expected<StringRef> taken = take(length, what);
    if (!taken)
      return taken.takeError();
    value = *taken;
    return Error::success();
  }

  Error skipValue(uint32_t type, StringRef key, unsigned nesting = 0);

private:
  StringRef path;
  StringRef bytes;
  uint64_t offset = 0;
};
} // namespace

/// Bytes of a value of fixed size, 0 for strings and arrays, none for a number
/// that is no type.
static std::optional<uint64_t> getValueBytes(uint32_t type) {
  switch (static_cast<ValueType>(type)) {
  case ValueType::U8:
  case ValueType::I8:
  case ValueType::Bool:
    return 1;
  case ValueType::U16:
  case ValueType::I16:
    return 2;
  case ValueType::U32:
  case ValueType::I32:
  case ValueType::F32:
    return 4;
  case ValueType::U64:
  case ValueType::I64:
  case ValueType::F64:
    return 8;
  case ValueType::String:
  case ValueType::Array:
    return 0;
  }
  return std::nullopt;
}

/// A key or a name, for messages.
static std::string quote(StringRef text) {
  return "'" + json::fixUTF8(text) + "'";
}

Error Reader::skipValue(uint32_t type, StringRef key, unsigned nesting) {
  std::string what = "the value of " + quote(key);
  std::optional<uint64_t> size = getValueBytes(type);
  if (!size)
    return fail(offset - 4, "expected a type of values from 0 to 12 for " +
                                quote(key) + ", found " + Twine(type));
  if (*size)
    return take(*size, what).takeError();
  if (static_cast<ValueType>(type) == ValueType::String) {
    StringRef text;
    return readString(text, what);
  }
  if (nesting == maxNesting)
    return fail(offset, "expected at most " + Twine(maxNesting) +
                            " nested arrays in " + quote(key) + ", found more");
  uint32_t elementType;
  uint64_t count;
  if (Error error = read(elementType, "the type of elements of " + quote(key)))
    return error;
  std::optional<uint64_t> elementSize = getValueBytes(elementType);
  if (!elementSize)
    return fail(offset - 4, "expected a type of values from 0 to 12 for " +
                                quote(key) + ", found " + Twine(elementType));
  if (Error error = read(count, "the length of " + quote(key)))
    return error;
  // A string takes at least its length, an array type and length.
  uint64_t least = *elementSize ? *elementSize : 8;
  if (count > getNumLeft() / least)
    return fail(offset - 8, "expected at most " + Twine(getNumLeft() / least) +
                                " elements of " + quote(key) +
                                " before the end, found " + Twine(count) +
                                "; the file is truncated or damaged");
  if (*elementSize)
    return take(count * *elementSize, what).takeError();
  for (uint64_t i = 0; i < count; ++i)
    if (Error error = skipValue(elementType, key, nesting + 1))
      return error;
  return Error::success();
}

/// Reads keys and values, of which only the alignment matters here.
static Error readMetadata(Reader &reader, uint64_t count, uint64_t &alignment) {
  for (uint64_t i = 0; i < count; ++i) {
    StringRef key;
    uint32_t type;
    if (Error error =
            reader.readString(key, "key " + Twine(i) + " of " + Twine(count) +
                                       " of the metadata"))
      return error;
    if (Error error = reader.read(type, "the type of " + quote(key)))
      return error;
    if (key != alignmentKey) {
      if (Error error = reader.skipValue(type, key))
        return error;
      continue;
    }
    uint64_t at = reader.getOffset();
    uint32_t value;
    if (static_cast<ValueType>(type) != ValueType::U32)
      return reader.fail(at - 4, "expected " + quote(key) +
                                     " of type 4 (32 bits, unsigned), found " +
                                     Twine(type));
    if (Error error = reader.read(value, quote(key)))
      return error;
    if (!isPowerOf2_32(value))
      return reader.fail(at, "expected " + quote(key) +
                                 " to be a power of two, found " +
                                 Twine(value));
    alignment = value;
  }
  return Error::success();
}

namespace {
/// Where a tensor's data lies, counted from the beginning of all data.
struct Extent {
  /// Of the offset in the file.
  uint64_t at;
  uint64_t offset;
  uint64_t size;
};
} // namespace

/// Reads the description of a tensor.
static Error readTensor(Reader &reader, GGUFTensor &tensor, Extent &extent) {
  StringRef name;
  if (Error error = reader.readString(name, "the name of a tensor"))
    return error;
  uint64_t at = reader.getOffset();
  auto fail = [&](const Twine &message) {
    return reader.fail(at, "tensor " + quote(name) + ": " + message);
  };
  if (!json::isUTF8(name))
    return fail("expected a name in UTF-8");
  tensor.name = name.str();
  std::string what = "the description of tensor " + quote(name);

  uint32_t rank;
  if (Error error = reader.read(rank, what))
    return error;
  if (rank > maxRank)
    return fail("expected at most " + Twine(maxRank) + " dimensions, found " +
                Twine(rank));
  std::optional<int64_t> elements = 1;
  for (uint32_t i = 0; i < rank; ++i) {
    at = reader.getOffset();
    int64_t dimension;
    if (Error error = reader.read(dimension, what))
      return error;
    if (dimension < 0)
      return fail("expected extents from 0 to 2^63 - 1, found " +
                  Twine(static_cast<uint64_t>(dimension)));
    // Without zeros, which would hide an overflow.
    elements = checkedMul(*elements, std::max<int64_t>(dimension, 1));
    if (!elements)
      return fail("expected fewer than 2^63 elements");
    // Innermost first in the file.
    tensor.shape.insert(tensor.shape.begin(), dimension);
  }

  at = reader.getOffset();
  uint32_t typeId;
  if (Error error = reader.read(typeId, what))
    return error;
  tensor.type = getGGUFType(typeId);
  if (!tensor.type)
    return fail("expected one of the types " + listGGUFTypes() + ", found " +
                Twine(typeId) +
                "; convert the file to one of them with its own tools");
  int64_t block = tensor.type->blockElements;
  int64_t innermost = rank ? tensor.shape.back() : 1;
  if (innermost % block != 0)
    return fail("expected an innermost extent that divides by " + Twine(block) +
                ", the block of " + tensor.type->name + ", found " +
                Twine(innermost));
  std::optional<int64_t> bytes =
      checkedMul(*elements / block, tensor.type->blockBytes);
  if (!bytes)
    return fail("expected fewer than 2^63 bytes");
  extent.size = is_contained(tensor.shape, 0) ? 0 : *bytes;
  extent.at = reader.getOffset();
  return reader.read(extent.offset, what);
}

bool GGUFFile::isMagic(StringRef bytes) { return bytes.starts_with(magic); }

Expected<std::shared_ptr<GGUFFile>> GGUFFile::open(StringRef path) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> buffer = MemoryBuffer::getFile(
      path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return makeFileError(path, "cannot read", buffer.getError());
  Expected<std::shared_ptr<GGUFFile>> file = parse(std::move(*buffer));
  if (!file)
    return createStringError(toString(file.takeError()) +
                             "; download or write the file again");
  return file;
}

Expected<std::shared_ptr<GGUFFile>>
GGUFFile::parse(std::unique_ptr<MemoryBuffer> buffer) {
  StringRef path = buffer->getBufferIdentifier();
  Reader reader(path, buffer->getBuffer());
  Expected<StringRef> found = reader.take(magic.size(), "the word GGUF");
  if (!found)
    return found.takeError();
  if (!isMagic(*found))
    return reader.fail(0, "expected the word GGUF; this is no GGUF file");
  uint32_t version;
  if (Error error = reader.read(version, "the version"))
    return error;
  if (version != 2 && version != 3)
    return reader.fail(
        4, "expected version 2 or 3 in little-endian order, found " +
               Twine(version) + "; convert the file with its own tools");
  uint64_t numTensors, numValues;
  if (Error error = reader.read(numTensors, "the number of tensors"))
    return error;
  if (Error error = reader.read(numValues, "the number of metadata values"))
    return error;
  // Every value takes bytes, so that a false number is found soon; tensors are
  // allocated and so are checked at once.
  uint64_t alignment = defaultAlignment;
  if (Error error = readMetadata(reader, numValues, alignment))
    return error;
  // Name's length, rank, type and offset.
  constexpr uint64_t leastBytes = 8 + 4 + 4 + 8;
  if (numTensors > reader.getNumLeft() / leastBytes)
    return reader.fail(
        8, "expected at most " + Twine(reader.getNumLeft() / leastBytes) +
               " tensors, for which there are bytes, found " +
               Twine(numTensors) + "; the file is truncated or damaged");

  std::shared_ptr<GGUFFile> file(new GGUFFile);
  file->tensors.resize(numTensors);
  std::vector<Extent> extents(numTensors);
  for (auto [index, tensor] : enumerate(file->tensors)) {
    uint64_t at = reader.getOffset();
    if (Error error = readTensor(reader, tensor, extents[index]))
      return error;
    if (!file->indexOf.try_emplace(tensor.name, index).second)
      return reader.fail(at, "tensor " + quote(tensor.name) +
                                 ": expected each name once, found it again");
  }

  StringRef data = buffer->getBuffer();
  data = data.drop_front(
      std::min<uint64_t>(alignTo(reader.getOffset(), alignment), data.size()));
  for (auto [tensor, extent] : zip_equal(file->tensors, extents)) {
    auto fail = [&, &tensor = tensor, &extent = extent](const Twine &message) {
      return reader.fail(extent.at,
                         "tensor " + quote(tensor.name) + ": " + message);
    };
    if (extent.offset % alignment != 0)
      return fail("expected an offset that divides by " + Twine(alignment) +
                  ", found " + Twine(extent.offset));
    if (extent.offset > data.size() ||
        extent.size > data.size() - extent.offset)
      return fail("expected " + Twine(extent.size) + " bytes for shape " +
                  formatShape(tensor.shape) + " of " + tensor.type->name +
                  " within the " + Twine(data.size()) +
                  " bytes of data, found them from byte " +
                  Twine(extent.offset) + "; the file is truncated or damaged");
    tensor.data = ArrayRef(data.data() + extent.offset, extent.size);
  }
  file->buffer = std::move(buffer);
  return file;
}

std::vector<StringRef> GGUFFile::getNames() const {
  std::vector<StringRef> names;
  for (const GGUFTensor &tensor : tensors)
    names.push_back(tensor.name);
  return names;
}

Expected<WeightsFile::Entry> GGUFFile::find(StringRef name) const {
  auto it = indexOf.find(name);
  if (it == indexOf.end())
    return makeNoTensorError(getPath(), name, getNames());
  const GGUFTensor &tensor = tensors[it->second];
  return Entry{it->second, tensor.shape, tensor.type->name};
}

bool GGUFFile::canRead(const Entry &entry, DType dtype) const {
  const GGUFType &type = *tensors[entry.index].type;
  if (!type.dtype)
    return dtype == DType::F32 || dtype == DType::F16 || dtype == DType::BF16;
  if (*type.dtype == DType::F16 || *type.dtype == DType::BF16)
    return dtype == *type.dtype || dtype == DType::F32;
  return dtype == *type.dtype;
}

/// The codec's name for a float of 16 or 32 bits.
static codec::ElementType getElementType(DType dtype) {
  if (dtype == DType::F32)
    return codec::ElementType::F32;
  return dtype == DType::F16 ? codec::ElementType::F16
                             : codec::ElementType::BF16;
}

ArrayRef<char> GGUFFile::read(const Entry &entry, DType dtype,
                              std::vector<char> &storage) const {
  const GGUFTensor &tensor = tensors[entry.index];
  const GGUFType &type = *tensor.type;
  if (type.dtype == dtype)
    return tensor.data;
  int64_t numBlocks = tensor.data.size() / type.blockBytes;
  int64_t width = getByteWidth(dtype);
  storage.resize(numBlocks * type.blockElements * width);

  constexpr int64_t chunk = 4096;
  float values[chunk];
  int64_t step = chunk / type.blockElements;
  for (int64_t block = 0; block < numBlocks; block += step) {
    int64_t count = std::min(step, numBlocks - block);
    MutableArrayRef<float> decoded(values, count * type.blockElements);
    ArrayRef<char> source =
        tensor.data.slice(block * type.blockBytes, count * type.blockBytes);
    if (type.dtype)
      codec::convertToF32(getElementType(*type.dtype), source, decoded);
    else
      for (int64_t i = 0; i < count; ++i)
        type.decode(reinterpret_cast<const uint8_t *>(source.data()) +
                        i * type.blockBytes,
                    values + i * type.blockElements);
    codec::convertFromF32(
        decoded, getElementType(dtype),
        MutableArrayRef(storage).slice(block * type.blockElements * width,
                                       decoded.size() * width));
  }
  return storage;
}

} // namespace mlir::compress::runtime
