//===- codec.cpp - Speed of the codec against the memory ------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each encoding runs between two copies of the dense bytes with memcpy, on the
// same threads, so that both see the same machine. A row's ratio is the median
// time of the copies over the median time of the encoding.
//
//   compress-bench-codec [--json=FILE] [--rounds=N] [--num-threads=N]
//                        [--level=generic|avx2|avx512]
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
static cl::opt<Level> level(
    "level", cl::desc("Highest level of the instruction set to use"),
    cl::values(clEnumValN(Level::Generic, "generic", "any machine"),
               clEnumValN(Level::AVX2, "avx2", "AVX2 and F16C"),
               clEnumValN(Level::AVX512, "avx512", "AVX-512 F, BW, DQ, VL")),
    cl::init(Level::AVX512));

namespace {

struct Case {
  const char *name;
  Format format;
  /// What it should reach, or 0.
  double target;
  bool stats = false;
};

struct Row {
  std::string name, shape;
  double copySeconds, encodeSeconds, target;
  double getRatio() const { return copySeconds / encodeSeconds; }
};

} // namespace

static Format makeFormat(llvm::ArrayRef<int64_t> shape, ElementType expressed,
                         Sparsity sparsity, unsigned width,
                         llvm::ArrayRef<int64_t> block, bool symmetric = true) {
  Format format;
  format.shape.assign(shape.begin(), shape.end());
  format.expressed = expressed;
  format.sparsity = sparsity;
  AffineStorage storage;
  storage.width = width;
  storage.symmetric = symmetric;
  storage.block.assign(block.begin(), block.end());
  format.storage = storage;
  return format;
}

static std::vector<Case> getCases(llvm::ArrayRef<int64_t> shape) {
  const NMSparsity rows{2, 4, 0}, columns{2, 4, 1};
  auto f32 = [&](auto... arguments) {
    return makeFormat(shape, ElementType::F32, arguments...);
  };
  using Block = std::vector<int64_t>;
  DenseSparsity dense;
  return {
      {"i8 per column", f32(dense, 8, Block{0, 1}), 0.35},
      {"i8 per row", f32(dense, 8, Block{1, 0}), 0.35},
      {"i8 per column, statistics", f32(dense, 8, Block{0, 1}), 0, true},
      {"i8 per column, asymmetric", f32(dense, 8, Block{0, 1}, false), 0},
      {"i8 per tensor", f32(dense, 8, Block{0, 0}), 0},
      {"i4 groups of 128 rows", f32(dense, 4, Block{128, 1}), 0},
      {"2:4 + i4 groups of 128, axis 0", f32(rows, 4, Block{128, 1}), 0.2},
      {"2:4 + i4 groups of 128, axis 1", f32(columns, 4, Block{1, 128}), 0.2},
      {"2:4 + i4 axis 0, statistics", f32(rows, 4, Block{128, 1}), 0, true},
      {"f16: i8 per column",
       makeFormat(shape, ElementType::F16, dense, 8, Block{0, 1}), 0},
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

static Row run(const Case &test, llvm::ThreadPoolInterface &pool,
               MutableBytes dense, MutableBytes target) {
  std::vector<std::vector<char>> components;
  for (const Component &component : getComponents(test.format))
    components.emplace_back(component.getNumBytes());
  std::vector<MutableBytes> views(components.begin(), components.end());
  EncodeOptions options;
  options.select = true;
  options.threads = &pool;
  ErrorStats stats;
  auto encodeOnce = [&] {
    llvm::cantFail(encode(test.format, dense, views, options,
                          test.stats ? &stats : nullptr));
  };
  encodeOnce();
  copy(pool, dense, target);
  std::vector<double> copies, encodings;
  for (unsigned i = 0; i < rounds; ++i) {
    copies.push_back(measure([&] { copy(pool, dense, target); }));
    encodings.push_back(measure(encodeOnce));
  }
  std::string shape;
  llvm::raw_string_ostream os(shape);
  llvm::interleave(test.format.shape, os, "x");
  return {test.name, shape, getMedian(copies), getMedian(encodings),
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
          json.attribute("ratio", row.getRatio());
          if (row.target > 0)
            json.attribute("target", row.target);
        });
    });
  });
  file.keep();
  return llvm::Error::success();
}

int main(int argc, char **argv) {
  cl::ParseCommandLineOptions(argc, argv, "Speed of the codec\n");
  setLevel(level);
  llvm::DefaultThreadPool pool(llvm::hardware_concurrency(threadCount));
  std::vector<Row> rows;
  llvm::outs() << llvm::format("%-36s %-12s %9s %9s %7s %7s\n", "encoding",
                               "shape", "memcpy/ms", "encode/ms", "ratio",
                               "target");
  using Shape = std::vector<int64_t>;
  for (const Shape &shape :
       {Shape{4096, 4096}, Shape{4096, 11008}, Shape{11008, 4096}}) {
    std::vector<float> values(shape[0] * shape[1]);
    std::minstd_rand engine(1);
    // The sum of uniform numbers is close enough to a bell for a benchmark.
    for (float &value : values)
      value = float(engine() % 2048 + engine() % 2048) / 2048 - 1;
    std::vector<char> target(values.size() * sizeof(float));
    for (const Case &test : getCases(shape)) {
      size_t bytes = values.size() * getByteWidth(test.format.expressed);
      MutableBytes dense(reinterpret_cast<char *>(values.data()), bytes);
      std::vector<char> half;
      if (test.format.expressed != ElementType::F32) {
        Format narrow;
        narrow.shape = test.format.shape;
        narrow.storage = FloatStorage{test.format.expressed};
        half.resize(bytes);
        llvm::cantFail(
            encode(narrow,
                   ConstBytes(reinterpret_cast<char *>(values.data()),
                              values.size() * sizeof(float)),
                   {MutableBytes(half)}));
        dense = half;
      }
      Row row = run(test, pool, dense, MutableBytes(target).take_front(bytes));
      llvm::outs() << llvm::format(
          "%-36s %-12s %9.2f %9.2f %7.2f ", row.name.c_str(), row.shape.c_str(),
          row.copySeconds * 1e3, row.encodeSeconds * 1e3, row.getRatio());
      if (row.target > 0)
        llvm::outs() << llvm::format("%7.2f", row.target);
      llvm::outs() << "\n";
      llvm::outs().flush();
      rows.push_back(row);
    }
  }
  if (jsonFile.empty())
    return 0;
  if (llvm::Error error = writeJSON(rows, pool.getMaxConcurrency())) {
    llvm::WithColor::error() << llvm::toString(std::move(error)) << "\n";
    return 1;
  }
  return 0;
}
