//===- codec.cpp - Speed of the codec against the memory ------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each encoding and each decoding runs between two copies of the dense bytes
// with memcpy, on the same threads, so that all see the same machine. A row's
// ratios are the median time of the copies over the median time of the encoding
// and of the decoding.
//
//   compress-bench-codec [--json=FILE] [--rounds=N] [--num-threads=N]
//                        [--level=generic|avx2|avx512] [--filter=TEXT]
//
//===----------------------------------------------------------------------===//

#include "compress/Codec/Codec.h"
#include "Kernels.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Support/ToolOutputFile.h"
#include "llvm/Support/WithColor.h"
#include <algorithm>
#include <chrono>
#include <cstring>
#include <random>

using namespace mlir::compress::codec;
namespace cl = llvm::cl;

static cl::opt<std::string> jsonFile("json", cl::desc("Write results to FILE"),
                                     cl::value_desc("FILE"));
static cl::opt<unsigned> rounds("rounds", cl::desc("Measurements of each row"),
                                cl::init(15));
static cl::opt<unsigned> threadCount("num-threads",
                                     cl::desc("Threads; 0 for all cores"),
                                     cl::init(0));
static cl::opt<std::string> filter("filter",
                                   cl::desc("Rows whose name contains TEXT"),
                                   cl::value_desc("TEXT"));
static cl::opt<Level> level(
    "level", cl::desc("Highest level of the instruction set to use"),
    cl::values(clEnumValN(Level::Generic, "generic", "any machine"),
               clEnumValN(Level::AVX2, "avx2", "AVX2 and F16C"),
               clEnumValN(Level::AVX512, "avx512", "AVX-512 F, BW, DQ, VL")),
    cl::init(Level::AVX512));

namespace {

struct Case {
  const char *name;
  Storage storage;
  Sparsity sparsity;
  /// The fraction of the copies' speed that encoding should reach, or 0.
  double target = 0;
  bool stats = false;
  ElementType expressed = ElementType::F32;
};

struct Row {
  std::string name, shape;
  double copySeconds, encodeSeconds, decodeSeconds, target;
  double getEncodeRatio() const { return copySeconds / encodeSeconds; }
  double getDecodeRatio() const { return copySeconds / decodeSeconds; }
};

using Block = llvm::SmallVector<int64_t, 4>;

} // namespace

static Storage makeAffine(unsigned width, Block block, bool symmetric = true) {
  return AffineStorage(width, symmetric, ElementType::F32, block);
}

/// The storages that are encoded for each shape.
static std::vector<Case> getCases() {
  const NMSparsity rows{2, 4, 0}, columns{2, 4, 1};
  const DenseSparsity dense;
  return {
      {"i8 per column", makeAffine(8, {0, 1}), dense, 0.35},
      {"i8 per row", makeAffine(8, {1, 0}), dense, 0.35},
      {"i8 per column, statistics", makeAffine(8, {0, 1}), dense, 0, true},
      {"i8 per column, asymmetric", makeAffine(8, {0, 1}, false), dense},
      {"i8 per tensor", makeAffine(8, {0, 0}), dense},
      {"i4 groups of 128 rows", makeAffine(4, {128, 1}), dense},
      {"2:4 + i4 groups of 128, axis 0", makeAffine(4, {128, 1}), rows, 0.2},
      {"2:4 + i4 groups of 128, axis 1", makeAffine(4, {1, 128}), columns, 0.2},
      {"2:4 + i4 axis 0, statistics", makeAffine(4, {128, 1}), rows, 0, true},
      {"f16: i8 per column", makeAffine(8, {0, 1}), dense, 0, false,
       ElementType::F16},
  };
}

/// Every other storage and sparsity, for one shape of `elements`.
static std::vector<Case> getMoreCases(int64_t elements) {
  using Kind = CodebookStorage::Kind;
  const DenseSparsity dense;
  auto scaled = [](ElementType type, Block block) {
    return Scaling{type, block, {}, {}};
  };
  const Scaling perColumn = scaled(ElementType::F32, {0, 1});
  const Scaling mx = scaled(ElementType::F8E8M0FNU, {32, 1});
  const Scaling mxRows = scaled(ElementType::F8E8M0FNU, {1, 32});
  const Scaling nv{ElementType::F8E4M3FN, {16, 1}, ElementType::F32, {0, 0}};
  const Scaling nvRows{
      ElementType::F8E4M3FN, {1, 16}, ElementType::F32, {0, 0}};
  const Scaling f16Column = scaled(ElementType::F16, {0, 1});
  const Storage i8 = makeAffine(8, {0, 1});
  const int64_t kept = elements * 3 / 10;
  return {
      {"f16", FloatStorage(ElementType::F16), dense},
      {"f8E4M3FN", FloatStorage(ElementType::F8E4M3FN), dense},
      {"fp8: f8E4M3FN per column",
       FloatStorage(ElementType::F8E4M3FN, perColumn), dense, 0.2},
      {"f8E5M2 per column", FloatStorage(ElementType::F8E5M2, perColumn), dense,
       0.2},
      {"mxfp8, 32 rows", FloatStorage(ElementType::F8E4M3FN, mx), dense, 0.2},
      {"mxfp4, 32 rows", FloatStorage(ElementType::F4E2M1FN, mx), dense, 0.2},
      {"mxfp4, 32 columns", FloatStorage(ElementType::F4E2M1FN, mxRows), dense,
       0.2},
      {"nvfp4, 16 rows", FloatStorage(ElementType::F4E2M1FN, nv), dense},
      {"nvfp4, 16 columns", FloatStorage(ElementType::F4E2M1FN, nvRows), dense},
      {"nf4, 64 rows",
       CodebookStorage(Kind::NF4, 4, scaled(ElementType::F32, {64, 1})), dense,
       0.2},
      {"nf4, 64 columns",
       CodebookStorage(Kind::NF4, 4, scaled(ElementType::F32, {1, 64})), dense,
       0.2},
      {"ternary per column", CodebookStorage(Kind::Ternary, 2, perColumn),
       dense},
      {"ternary per tensor",
       CodebookStorage(Kind::Ternary, 2, scaled(ElementType::F32, {0, 0})),
       dense},
      {"quantile i4 per column", CodebookStorage(Kind::Quantile, 4, f16Column),
       dense},
      {"kmeans i4 per column", CodebookStorage(Kind::KMeans, 4, f16Column),
       dense},
      {"2:4 + mxfp4", FloatStorage(ElementType::F4E2M1FN, mx),
       NMSparsity{2, 4, 0}},
      {"2:4 + nf4",
       CodebookStorage(Kind::NF4, 4, scaled(ElementType::F32, {64, 1})),
       NMSparsity{2, 4, 0}},
      {"bitmap 30% + i8 per column", i8, BitmapSparsity{kept}},
      {"csr 30% + i8 per column", i8, CSRSparsity{kept}},
      {"32x32 blocks, 30% + i8 per column", i8,
       BlockSparsity{{32, 32}, kept / (32 * 32)}},
  };
}

static double measure(llvm::function_ref<void()> work) {
  auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin)
      .count();
}

static double getMedian(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + values.size() / 2,
                   values.end());
  return values[values.size() / 2];
}

/// memcpy, each thread one piece.
static void copy(llvm::ThreadPoolInterface &pool, ConstBytes source,
                 MutableBytes target) {
  size_t parts = pool.getMaxConcurrency();
  llvm::ThreadPoolTaskGroup group(pool);
  for (size_t i = 0; i < parts; ++i)
    group.async([=] {
      size_t begin = source.size() * i / parts;
      size_t end = source.size() * (i + 1) / parts;
      std::memcpy(target.data() + begin, source.data() + begin, end - begin);
    });
  group.wait();
}

static Row run(const Case &test, const Format &format,
               llvm::ThreadPoolInterface &pool, MutableBytes dense,
               MutableBytes target) {
  std::vector<std::vector<char>> components;
  for (const Component &component : getComponents(format))
    components.emplace_back(component.getNumBytes());
  std::vector<MutableBytes> views(components.begin(), components.end());
  std::vector<ConstBytes> encoded(components.begin(), components.end());
  EncodeOptions options;
  options.select = true;
  options.threads = &pool;
  ErrorStats stats;
  auto encodeOnce = [&] {
    llvm::cantFail(
        encode(format, dense, views, options, test.stats ? &stats : nullptr));
  };
  auto decodeOnce = [&] {
    llvm::cantFail(decode(format, encoded, target, &pool));
  };
  encodeOnce();
  decodeOnce();
  std::vector<double> copies, encodings, decodings;
  // Tables take seconds to learn.
  constexpr double maxSeconds = 20;
  double spent = 0;
  for (unsigned i = 0; i < rounds && spent < maxSeconds; ++i) {
    copies.push_back(measure([&] { copy(pool, dense, target); }));
    encodings.push_back(measure(encodeOnce));
    copies.push_back(measure([&] { copy(pool, dense, target); }));
    decodings.push_back(measure(decodeOnce));
    spent += encodings.back() + decodings.back();
  }
  std::string shape;
  llvm::raw_string_ostream os(shape);
  llvm::interleave(format.shape, os, "x");
  return {test.name,
          shape,
          getMedian(copies),
          getMedian(encodings),
          getMedian(decodings),
          test.target};
}

static llvm::Error writeJSON(llvm::ArrayRef<Row> rows, unsigned threads) {
  std::error_code code;
  llvm::ToolOutputFile file(jsonFile, code, llvm::sys::fs::OF_Text);
  if (code)
    return llvm::createStringError(code, "cannot write '%s'", jsonFile.c_str());
  llvm::json::OStream json(file.os(), 2);
  json.object([&] {
    json.attribute("threads", threads);
    json.attributeArray("rows", [&] {
      for (const Row &row : rows)
        json.object([&] {
          json.attribute("name", row.name);
          json.attribute("shape", row.shape);
          json.attribute("memcpy_seconds", row.copySeconds);
          json.attribute("encode_seconds", row.encodeSeconds);
          json.attribute("decode_seconds", row.decodeSeconds);
          json.attribute("ratio", row.getEncodeRatio());
          json.attribute("decode_ratio", row.getDecodeRatio());
          if (row.target > 0)
            json.attribute("target", row.target);
        });
    });
  });
  file.keep();
  return llvm::Error::success();
}

static void print(const Row &row) {
  llvm::outs() << llvm::format(
      "%-36s %-12s %9.2f %9.2f %9.2f %7.2f %7.2f", row.name.c_str(),
      row.shape.c_str(), row.copySeconds * 1e3, row.encodeSeconds * 1e3,
      row.decodeSeconds * 1e3, row.getEncodeRatio(), row.getDecodeRatio());
  if (row.target > 0)
    llvm::outs() << llvm::format(" %7.2f", row.target);
  llvm::outs() << "\n";
  llvm::outs().flush();
}

/// Runs the cases on one tensor.
static void runAll(llvm::ArrayRef<Case> cases, llvm::ArrayRef<int64_t> shape,
                   llvm::ThreadPoolInterface &pool, std::vector<Row> &rows) {
  std::vector<float> values(shape[0] * shape[1]);
  std::minstd_rand engine(1);
  // The sum of uniform numbers is close enough to a bell for a benchmark.
  for (float &value : values)
    value = float(engine() % 2048 + engine() % 2048) / 2048 - 1;
  ConstBytes bytes(reinterpret_cast<char *>(values.data()),
                   values.size() * sizeof(float));
  std::vector<char> target(bytes.size());
  for (const Case &test : cases) {
    if (!llvm::StringRef(test.name).contains(filter))
      continue;
    Format format;
    format.shape.assign(shape.begin(), shape.end());
    format.expressed = test.expressed;
    format.storage = test.storage;
    format.sparsity = test.sparsity;
    Format narrow;
    narrow.shape = format.shape;
    narrow.storage = FloatStorage(test.expressed);
    std::vector<char> dense(getNumBytes(narrow));
    llvm::cantFail(encode(narrow, bytes, {MutableBytes(dense)}));
    rows.push_back(run(test, format, pool, dense,
                       MutableBytes(target).take_front(dense.size())));
    print(rows.back());
  }
}

int main(int argc, char **argv) {
  cl::ParseCommandLineOptions(argc, argv, "Speed of the codec\n");
  setLevel(level);
  llvm::DefaultThreadPool pool(llvm::hardware_concurrency(threadCount));
  std::vector<Row> rows;
  llvm::outs() << llvm::format("%-36s %-12s %9s %9s %9s %7s %7s %7s\n",
                               "storage", "shape", "memcpy/ms", "encode/ms",
                               "decode/ms", "encode", "decode", "target");
  using Shape = std::vector<int64_t>;
  for (const Shape &shape :
       {Shape{4096, 4096}, Shape{4096, 11008}, Shape{11008, 4096}})
    runAll(getCases(), shape, pool, rows);
  runAll(getMoreCases(4096 * 4096), Shape{4096, 4096}, pool, rows);
  if (jsonFile.empty())
    return 0;
  if (llvm::Error error = writeJSON(rows, pool.getMaxConcurrency())) {
    llvm::WithColor::error() << llvm::toString(std::move(error)) << "\n";
    return 1;
  }
  return 0;
}
