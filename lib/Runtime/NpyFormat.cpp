//===- NpyFormat.cpp - The header of a .npy file --------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NpyFormat.h"
#include "FileError.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace mlir::compress::runtime {

static constexpr StringLiteral magic = "\x93NUMPY";

/// NumPy aligns the elements to this.
static constexpr uint64_t elementAlignment = 64;

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

/// NumPy's name of a type without the byte order, empty if it has none.
static StringRef getNumPyName(DType dtype) {
  switch (dtype) {
  case DType::F64:
    return "f8";
  case DType::F32:
    return "f4";
  case DType::F16:
    return "f2";
  case DType::I64:
    return "i8";
  case DType::I32:
    return "i4";
  case DType::I16:
    return "i2";
  case DType::I8:
    return "i1";
  case DType::U64:
    return "u8";
  case DType::U32:
    return "u4";
  case DType::U16:
    return "u2";
  case DType::U8:
    return "u1";
  case DType::BOOL:
    return "b1";
  case DType::BF16:
  case DType::F8_E4M3:
  case DType::F8_E5M2:
    return "";
  }
  llvm_unreachable("all types are handled");
}

static Expected<DType> parseDescr(StringRef name, StringRef descr) {
  for (unsigned i = 0; i < kNumDTypes; ++i) {
    DType dtype = static_cast<DType>(i);
    if (getNumPyName(dtype).empty() ||
        descr.drop_front(!descr.empty()) != getNumPyName(dtype))
      continue;
    char order = descr.front();
    if (order == '<' ||
        (getByteWidth(dtype) == 1 && StringRef("|>=").contains(order)))
      return dtype;
    if (order == '>')
      return makeFileError(name, "descr: expected little-endian elements, "
                                 "found '" +
                                     descr + "'; convert with a.astype('<" +
                                     getNumPyName(dtype) + "')");
  }
  return makeFileError(name,
                       "descr: expected f2, f4, f8, i1, i2, i4, i8, u1, u2, "
                       "u4, u8 or b1 in little-endian order, found '" +
                           descr + "'; convert with a.astype('float32')");
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace {
/// Parses the text of a header: a Python dictionary with the keys descr (a
/// string), fortran_order (a boolean) and shape (a tuple of integers), in any
/// order.
class HeaderParser {
public:
  HeaderParser(StringRef name, StringRef text)
      : name(name), text(text), rest(text) {}

  Error parse(NpyHeader &header);

private:
  Error fail(const Twine &message) {
    return makeFileError(name, "header, character " +
                                   Twine(text.size() - rest.size()) + ": " +
                                   message);
  }
  bool consume(StringRef token) {
    rest = rest.ltrim();
    return rest.consume_front(token);
  }
  Expected<StringRef> parseString(const Twine &what);
  Error parseShape(SmallVectorImpl<int64_t> &shape);
  Error parseItem(StringRef key, NpyHeader &header);

  StringRef name, text, rest;
};
} // namespace

Expected<StringRef> HeaderParser::parseString(const Twine &what) {
  rest = rest.ltrim();
  if (!rest.starts_with("'") && !rest.starts_with("\""))
    return fail("expected " + what);
  size_t end = rest.find(rest.front(), 1);
  if (end == StringRef::npos)
    return fail("expected a closing quote");
  StringRef string = rest.slice(1, end);
  rest = rest.drop_front(end + 1);
  return string;
}

Error HeaderParser::parseShape(SmallVectorImpl<int64_t> &shape) {
  if (!consume("("))
    return fail("expected '(' of the shape");
  bool needsComma = false;
  while (!consume(")")) {
    if (needsComma)
      return fail("expected ',' or ')' in the shape");
    rest = rest.ltrim();
    StringRef digits = rest.take_while(isDigit);
    int64_t extent;
    if (digits.getAsInteger(10, extent))
      return fail("expected an extent from 0 to 2^63 - 1");
    rest = rest.drop_front(digits.size());
    shape.push_back(extent);
    needsComma = !consume(",");
    // In Python (3) is a number, only (3,) is a tuple.
    if (needsComma && shape.size() == 1)
      return fail("expected ',' after the first extent");
  }
  return Error::success();
}

Error HeaderParser::parseItem(StringRef key, NpyHeader &header) {
  if (key == "descr") {
    Expected<StringRef> descr = parseString(
        "a type as a string such as '<f4' (structured types are not read)");
    if (!descr)
      return descr.takeError();
    Expected<DType> dtype = parseDescr(name, *descr);
    if (!dtype)
      return dtype.takeError();
    header.dtype = *dtype;
    return Error::success();
  }
  if (key == "fortran_order") {
    header.fortranOrder = consume("True");
    if (!header.fortranOrder && !consume("False"))
      return fail("expected True or False");
    return Error::success();
  }
  if (key == "shape")
    return parseShape(header.shape);
  return fail("expected the keys descr, fortran_order and shape, found '" +
              key + "'");
}

Error HeaderParser::parse(NpyHeader &header) {
  if (!consume("{"))
    return fail("expected '{'");
  SmallVector<StringRef, 3> keys;
  while (!consume("}")) {
    if (!keys.empty() && !consume(","))
      return fail("expected ',' or '}'");
    // A comma may follow the last item.
    if (!keys.empty() && consume("}"))
      break;
    Expected<StringRef> key = parseString("a key in quotes");
    if (!key)
      return key.takeError();
    if (is_contained(keys, *key))
      return fail("expected each key once, found '" + *key + "' again");
    if (!consume(":"))
      return fail("expected ':' after the key '" + *key + "'");
    if (Error error = parseItem(*key, header))
      return error;
    keys.push_back(*key);
  }
  for (StringRef key : {"descr", "fortran_order", "shape"})
    if (!is_contained(keys, key))
      return fail("expected the key '" + key + "', found a header without it");
  rest = rest.ltrim();
  if (!rest.empty())
    return fail("expected nothing but spaces after '}'");
  return Error::success();
}

Expected<NpyHeader> parseNpyHeader(StringRef name, StringRef start,
                                   uint64_t fileSize) {
  if (!start.starts_with(magic))
    return makeFileError(name, "expected the file to begin with \\x93NUMPY; "
                               "this is no .npy file");
  StringRef rest = start.drop_front(magic.size());
  if (rest.size() < 2)
    return makeFileError(name, "is truncated: expected a version after "
                               "\\x93NUMPY");
  unsigned major = static_cast<uint8_t>(rest[0]);
  unsigned minor = static_cast<uint8_t>(rest[1]);
  if (major < 1 || major > 3 || minor != 0)
    return makeFileError(name, "expected version 1.0, 2.0 or 3.0, found " +
                                   Twine(major) + "." + Twine(minor));
  rest = rest.drop_front(2);
  unsigned lengthBytes = major == 1 ? 2 : 4;
  if (rest.size() < lengthBytes)
    return makeFileError(name, "is truncated: expected the length of the "
                               "header in " +
                                   Twine(lengthBytes) + " bytes, found " +
                                   Twine(rest.size()));
  uint64_t length = major == 1 ? support::endian::read16le(rest.data())
                               : support::endian::read32le(rest.data());
  rest = rest.drop_front(lengthBytes);
  NpyHeader header;
  header.size = start.size() - rest.size() + length;
  if (header.size > kMaxNpyHeaderBytes)
    return makeFileError(name, "expected a header of at most 65535 bytes, "
                               "found " +
                                   Twine(length));
  if (length > rest.size())
    return makeFileError(name, "is truncated: expected a header of " +
                                   Twine(length) + " bytes, found " +
                                   Twine(rest.size()));
  if (Error error = HeaderParser(name, rest.take_front(length)).parse(header))
    return error;

  std::optional<int64_t> bytes = getNumBytes(header.dtype, header.shape);
  if (!bytes)
    return makeFileError(name, "shape: expected fewer than 2^63 bytes, found " +
                                   formatShape(header.shape) + " of " +
                                   getName(header.dtype));
  if (static_cast<uint64_t>(*bytes) != fileSize - header.size)
    return makeFileError(
        name, "expected " + Twine(*bytes) + " bytes for shape " +
                  formatShape(header.shape) + " of " + getName(header.dtype) +
                  ", found " + Twine(fileSize - header.size) +
                  " bytes after the header");
  return header;
}

/// Copies from Fortran order (the first index runs fastest) to C order.
static void copyFromFortranOrder(ArrayRef<int64_t> shape, size_t width,
                                 const char *source, char *result) {
  SmallVector<int64_t, 4> strides, index(shape.size(), 0);
  int64_t stride = width;
  for (int64_t extent : shape) {
    strides.push_back(stride);
    stride *= extent;
  }
  // `stride` is now the size of the array in bytes.
  for (int64_t done = 0; done < stride; done += width) {
    std::memcpy(result + done, source, width);
    for (size_t d = shape.size(); d-- > 0;) {
      source += strides[d];
      if (++index[d] < shape[d])
        break;
      source -= strides[d] * shape[d];
      index[d] = 0;
    }
  }
}

Expected<NdArray> finishNpy(StringRef name, const NpyHeader &header,
                            NdArray array) {
  if (header.dtype == DType::BOOL)
    for (auto [i, byte] : enumerate(array.getData()))
      if (static_cast<uint8_t>(byte) > 1)
        return makeFileError(name, "element " + Twine(i) +
                                       ": expected a boolean of 0 or 1, found "
                                       "the byte " +
                                       Twine(unsigned(uint8_t(byte))));
  if (!header.fortranOrder || header.shape.size() < 2)
    return array;
  Expected<NdArray> converted = NdArray::create(header.dtype, header.shape);
  if (converted)
    copyFromFortranOrder(header.shape, getByteWidth(header.dtype),
                         array.getData().data(), converted->getData().data());
  return converted;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

Expected<std::string> formatNpyHeader(StringRef name, const NdArray &array) {
  StringRef type = getNumPyName(array.getDType());
  if (type.empty())
    return makeFileError(name, "NumPy has no type " +
                                   getName(array.getDType()) +
                                   "; convert the array to F32 first");
  std::string text;
  raw_string_ostream os(text);
  os << "{'descr': '" << (getByteWidth(array.getDType()) == 1 ? '|' : '<')
     << type << "', 'fortran_order': False, 'shape': (";
  for (auto [i, extent] : enumerate(array.getShape()))
    os << (i ? " " : "") << extent << ',';
  os << "), }";

  constexpr uint64_t preamble = magic.size() + 2 + 2;
  // Padded with spaces, and ended by a newline.
  uint64_t size = alignTo(preamble + text.size() + 1, elementAlignment);
  if (size > kMaxNpyHeaderBytes)
    return makeFileError(name, "expected a header of at most 65535 bytes, but "
                               "an array of rank " +
                                   Twine(array.getShape().size()) + " takes " +
                                   Twine(size - preamble));
  text.resize(size - preamble - 1, ' ');
  text += '\n';
  char length[2];
  support::endian::write16le(length, text.size());
  std::string header = magic.str();
  header.append({1, 0, length[0], length[1]});
  return header + text;
}

} // namespace mlir::compress::runtime
