//===- Npz.cpp - Read and write .npz files --------------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FileError.h"
#include "NpyFormat.h"
#include "compress/Runtime/Npy.h"
#include "compress/Runtime/OutputFile.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/MemoryBuffer.h"
#include <deque>
#include <zip.h>

using namespace llvm;

namespace mlir::compress::runtime {

static constexpr StringLiteral suffix = ".npy";

/// Deflate expands at most 1032-fold (zlib's technical details, "Maximum
/// Compression Factor"), so an entry that claims more is damaged or hostile.
static constexpr uint64_t maxExpansion = 1032;

namespace {
struct CloseEntry {
  void operator()(zip_file_t *entry) const { zip_fclose(entry); }
};
struct DiscardArchive {
  void operator()(zip_t *archive) const { zip_discard(archive); }
};
} // namespace
using Entry = std::unique_ptr<zip_file_t, CloseEntry>;
using Archive = std::unique_ptr<zip_t, DiscardArchive>;

static Error fail(StringRef name, const Twine &what, zip_error_t *error) {
  return makeFileError(name, what + ": " + zip_error_strerror(error));
}

/// Opens an archive on a source, which is released.
static Expected<Archive> openArchive(StringRef name, const Twine &what,
                                     zip_source_t *source, int flags,
                                     zip_error_t *error) {
  if (!source)
    return fail(name, what, error);
  zip_t *archive = zip_open_from_source(source, flags, error);
  if (archive)
    return Archive(archive);
  zip_source_free(source);
  // libzip's text for this is about files.
  if (zip_error_code_zip(error) == ZIP_ER_EXISTS)
    return makeFileError(name, what + ": two entries have the same name");
  return fail(name, what, error);
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace {
/// Reads the bytes of one entry in sequence.
class EntryReader {
public:
  EntryReader(StringRef name, Entry entry)
      : name(name), entry(std::move(entry)) {}

  Error read(MutableArrayRef<char> bytes) {
    while (!bytes.empty()) {
      zip_int64_t count = zip_fread(entry.get(), bytes.data(), bytes.size());
      if (count < 0)
        return fail(name, "cannot read the entry",
                    zip_file_get_error(entry.get()));
      if (count == 0)
        return makeFileError(name, "is truncated: expected " +
                                       Twine(bytes.size()) + " more bytes");
      bytes = bytes.drop_front(count);
    }
    return Error::success();
  }

  /// Checks that nothing is left; only then is the check sum compared.
  Error readEnd() {
    char byte;
    zip_int64_t count = zip_fread(entry.get(), &byte, 1);
    if (count < 0)
      return fail(name, "cannot read the entry",
                  zip_file_get_error(entry.get()));
    if (count > 0)
      return makeFileError(name, "has more bytes than the archive declares");
    return Error::success();
  }

private:
  StringRef name;
  Entry entry;
};
} // namespace

/// Checks what the directory of an archive of `archiveSize` bytes says about an
/// entry, before anything is allocated for it.
static Error checkEntry(StringRef name, const zip_stat_t &stat,
                        uint64_t archiveSize) {
  constexpr zip_uint64_t needed = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE |
                                  ZIP_STAT_COMP_METHOD |
                                  ZIP_STAT_ENCRYPTION_METHOD;
  if ((stat.valid & needed) != needed)
    return makeFileError(name, "expected a size and a method of compression, "
                               "found none");
  if (stat.encryption_method != ZIP_EM_NONE)
    return makeFileError(name, "is encrypted; expected a plain archive as "
                               "numpy.savez writes it");
  if (stat.comp_size > archiveSize)
    return makeFileError(name, "declares " + Twine(stat.comp_size) +
                                   " compressed bytes, expected at most the " +
                                   Twine(archiveSize) +
                                   " bytes of the archive");
  bool plausible;
  switch (stat.comp_method) {
  case ZIP_CM_STORE:
    plausible = stat.size == stat.comp_size;
    break;
  case ZIP_CM_DEFLATE:
    plausible = stat.size / maxExpansion <= stat.comp_size;
    break;
  default:
    return makeFileError(name, "expected a stored or deflated entry, found "
                               "method " +
                                   Twine(stat.comp_method));
  }
  if (!plausible)
    return makeFileError(
        name, "declares " + Twine(stat.size) + " bytes, which its " +
                  Twine(stat.comp_size) + " stored bytes cannot hold");
  return Error::success();
}

static Expected<NdArray> readEntry(StringRef name, zip_t *archive,
                                   uint64_t index, uint64_t size) {
  Entry entry(zip_fopen_index(archive, index, 0));
  if (!entry)
    return fail(name, "cannot open the entry", zip_get_error(archive));
  EntryReader reader(name, std::move(entry));

  std::string start(std::min(size, kMaxNpyHeaderBytes), '\0');
  if (Error error = reader.read(MutableArrayRef(start.data(), start.size())))
    return error;
  Expected<NpyHeader> header = parseNpyHeader(name, start, size);
  if (!header)
    return header.takeError();
  Expected<NdArray> array = NdArray::create(header->dtype, header->shape);
  if (!array)
    return createFileError(name, array.takeError());
  StringRef elements = StringRef(start).drop_front(header->size);
  MutableArrayRef<char> data = array->getData();
  llvm::copy(elements, data.begin());
  if (Error error = reader.read(data.drop_front(elements.size())))
    return error;
  if (Error error = reader.readEnd())
    return error;
  return finishNpy(name, *header, std::move(*array));
}

Expected<NdArrayMap> readNpz(StringRef path) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> buffer = MemoryBuffer::getFile(
      path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return makeFileError(path, "cannot read", buffer.getError());
  return parseNpz((*buffer)->getMemBufferRef());
}

Expected<NdArrayMap> parseNpz(MemoryBufferRef buffer) {
  StringRef path = buffer.getBufferIdentifier();
  // libzip takes no bytes for a new archive.
  if (buffer.getBufferSize() == 0)
    return makeFileError(path, "cannot read as a .npz file: it is empty");
  zip_error_t error;
  zip_error_init(&error);
  scope_exit cleanup([&] { zip_error_fini(&error); });
  zip_source_t *source = zip_source_buffer_create(
      buffer.getBufferStart(), buffer.getBufferSize(), /*freep=*/0, &error);
  Expected<Archive> archive =
      openArchive(path, "cannot read as a .npz file", source,
                  ZIP_RDONLY | ZIP_CHECKCONS, &error);
  if (!archive)
    return archive.takeError();

  NdArrayMap arrays;
  uint64_t storedBytes = 0;
  zip_int64_t count = zip_get_num_entries(archive->get(), 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    zip_stat_t stat;
    zip_stat_init(&stat);
    if (zip_stat_index(archive->get(), i, 0, &stat) < 0)
      return fail(path, "cannot read entry " + Twine(i),
                  zip_get_error(archive->get()));
    StringRef key = stat.valid & ZIP_STAT_NAME ? StringRef(stat.name) : "";
    std::string name = (path + ":" + key).str();
    if (!key.consume_back(suffix))
      return makeFileError(name, "expected a name that ends with .npy, as "
                                 "numpy.savez writes it");
    if (Error error = checkEntry(name, stat, buffer.getBufferSize()))
      return error;
    // Entries that share their bytes could expand without bound.
    storedBytes += stat.comp_size;
    if (storedBytes > buffer.getBufferSize())
      return makeFileError(name, "overlaps another entry: together they have "
                                 "more bytes than the archive");
    Expected<NdArray> array = readEntry(name, archive->get(), i, stat.size);
    if (!array)
      return array.takeError();
    arrays.insert({key.str(), std::move(*array)});
  }
  return arrays;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

namespace {
/// Where libzip writes an archive.
struct Sink {
  explicit Sink(OutputFile &file) : file(file) { zip_error_init(&error); }
  ~Sink() {
    zip_error_fini(&error);
    consumeError(std::move(failure));
  }

  OutputFile &file;
  uint64_t offset = 0;
  uint64_t size = 0;
  zip_error_t error;
  /// The failed write, of which libzip keeps only the fact.
  Error failure = Error::success();
};
} // namespace

/// libzip's view of a Sink: an archive that is empty when it is read.
static zip_int64_t handleSink(void *user, void *data, zip_uint64_t length,
                              zip_source_cmd_t command) {
  Sink &sink = *static_cast<Sink *>(user);
  switch (command) {
  case ZIP_SOURCE_SUPPORTS:
    return ZIP_SOURCE_SUPPORTS_WRITABLE;
  case ZIP_SOURCE_STAT: {
    auto *stat = static_cast<zip_stat_t *>(data);
    zip_stat_init(stat);
    stat->size = 0;
    stat->valid = ZIP_STAT_SIZE;
    return sizeof(zip_stat_t);
  }
  case ZIP_SOURCE_WRITE: {
    ArrayRef<char> bytes(static_cast<const char *>(data), length);
    if (Error error = sink.file.writeAt(sink.offset, bytes)) {
      sink.failure = joinErrors(std::move(sink.failure), std::move(error));
      zip_error_set(&sink.error, ZIP_ER_WRITE, 0);
      return -1;
    }
    sink.offset += length;
    sink.size = std::max(sink.size, sink.offset);
    return length;
  }
  case ZIP_SOURCE_SEEK_WRITE: {
    zip_int64_t offset = zip_source_seek_compute_offset(
        sink.offset, sink.size, data, length, &sink.error);
    if (offset < 0)
      return -1;
    sink.offset = offset;
    return 0;
  }
  case ZIP_SOURCE_TELL_WRITE:
    return sink.offset;
  case ZIP_SOURCE_ERROR:
    return zip_error_to_data(&sink.error, data, length);
  default:
    return 0;
  }
}

Error writeNpz(OutputFile &file, const NdArrayMap &arrays) {
  StringRef path = file.getPath();
  // libzip removes an archive of nothing instead of writing it. What remains of
  // the format then is the record of the end of the directory, with zero
  // counts.
  if (arrays.empty())
    return file.writeAt(
        0, StringRef("PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22));

  // The archive writes its entries when it is closed, so all of this outlives
  // it.
  Sink sink(file);
  std::deque<std::string> headers;
  zip_error_t error;
  zip_error_init(&error);
  scope_exit cleanup([&] { zip_error_fini(&error); });
  zip_source_t *target = zip_source_function_create(handleSink, &sink, &error);
  Expected<Archive> archive =
      openArchive(path, "cannot write a .npz file", target,
                  ZIP_CREATE | ZIP_TRUNCATE, &error);
  if (!archive)
    return archive.takeError();

  for (const auto &[key, array] : arrays) {
    std::string entryName = key + suffix.str();
    std::string name = (path + ":" + entryName).str();
    Expected<std::string> header = formatNpyHeader(name, array);
    if (!header)
      return header.takeError();
    headers.push_back(std::move(*header));
    zip_buffer_fragment_t fragments[2];
    auto setFragment = [](zip_buffer_fragment_t &fragment,
                          ArrayRef<char> bytes) {
      // libzip's type is not const, but it only reads.
      fragment.data =
          reinterpret_cast<zip_uint8_t *>(const_cast<char *>(bytes.data()));
      fragment.length = bytes.size();
    };
    setFragment(fragments[0],
                ArrayRef(headers.back().data(), headers.back().size()));
    setFragment(fragments[1], array.getData());
    zip_source_t *source =
        zip_source_buffer_fragment(archive->get(), fragments, 2, /*freep=*/0);
    zip_int64_t index = -1;
    if (source)
      index = zip_file_add(archive->get(), entryName.c_str(), source,
                           ZIP_FL_ENC_UTF_8);
    if (source && index < 0)
      zip_source_free(source);
    // The first day that the format can express: equal arrays, equal bytes.
    constexpr zip_uint16_t firstDay = (1 << 5) | 1;
    if (index < 0 ||
        zip_set_file_compression(archive->get(), index, ZIP_CM_STORE, 0) < 0 ||
        zip_file_set_dostime(archive->get(), index, 0, firstDay, 0) < 0)
      return fail(name, "cannot add the entry", zip_get_error(archive->get()));
  }
  if (zip_close(archive->get()) < 0) {
    if (sink.failure)
      return std::move(sink.failure);
    return fail(path, "cannot write a .npz file",
                zip_get_error(archive->get()));
  }
  archive->release();
  return Error::success();
}

} // namespace mlir::compress::runtime
