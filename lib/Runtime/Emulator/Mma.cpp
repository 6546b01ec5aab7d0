//===- Mma.cpp - mma.sync and mma.sp.sync ---------------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Fragments are as the PTX ISA lays them out, section "Warp Level Matrix
// Multiply-Accumulate Instructions". All of its forms here agree on this: lane
// l is of group g = l / 4 and in it t = l % 4. Register r of A is word
// t + 4 * (r / R) of row g + 8 * (r % R), where R = m / 8 and a row of A is a
// sequence of 32-bit words; register r of B is word t + 4 * r of column g; and
// element i of C and D is (g + 8 * (i / 2), 2 * t + i % 2).
//
// Floats: products are exact and summed in double, with C, then rounded once to
// the type of D. Hardware does not say in which order it adds nor how it cuts
// off what it shifts out; its result lies within (k + 1) * 2^-23 times the sum
// of the terms' magnitudes of ours for an f32 D.
//
//===----------------------------------------------------------------------===//

#include "Device.h"
#include "Elements.h"
#include "SparseMetadata.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>
#include <cstring>

using namespace llvm;

namespace mlir::compress::runtime::emulated {

using Type = EmulatedType;

static constexpr unsigned mostRows = 16, numColumns = 8, mostDepth = 64;

/// Whether the PTX ISA has the form, and this file too.
static bool isSupported(const EmulatedMma &form) {
  auto isOneOf = [](auto value, auto... values) {
    return ((value == values) || ...);
  };
  if (form.n != int32_t(numColumns))
    return false;
  if (form.a == Type::F64)
    return form.m == 8 && form.k == 4 && !form.sparse && form.b == Type::F64 &&
           form.c == Type::F64 && form.d == Type::F64;
  if (form.m != int32_t(mostRows))
    return false;
  if (isInteger(form.a)) {
    unsigned bits = getBits(form.a);
    if (!isInteger(form.b) || getBits(form.b) != bits || form.c != Type::S32 ||
        form.d != Type::S32)
      return false;
    if (form.sparse)
      return bits == 8 && form.k == 64;
    return bits == 8 ? isOneOf(form.k, 16, 32) : isOneOf(form.k, 32, 64);
  }
  // Of 8 bits, only the dense ones have sums of f16.
  bool hasHalf = form.a == Type::F16 || (getBits(form.a) == 8 && !form.sparse);
  if (form.c != form.d ||
      !(form.d == Type::F32 || (hasHalf && form.d == Type::F16)))
    return false;
  switch (form.a) {
  case Type::F16:
  case Type::BF16:
    return form.b == form.a &&
           (form.sparse ? form.k == 32 : isOneOf(form.k, 8, 16));
  case Type::TF32:
    return form.b == form.a &&
           (form.sparse ? form.k == 16 : isOneOf(form.k, 4, 8));
  case Type::E4M3:
  case Type::E5M2:
    return isOneOf(form.b, Type::E4M3, Type::E5M2) &&
           form.k == (form.sparse ? 64 : 32);
  default:
    return false;
  }
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

/// The rows of A or columns of B, as words.
using Words = std::array<uint32_t, mostRows * mostDepth / 4>;

/// The columns, of the k of B, that the elements of A stand for.
using Places = std::array<uint8_t, mostRows * mostDepth>;

//===----------------------------------------------------------------------===//
// Accumulators
//===----------------------------------------------------------------------===//

/// Calls `fn(lane, i, row, column)` for the elements of C and D.
template <typename Fn>
static void forEachAccumulator(unsigned rows, Fn fn) {
  for (unsigned lane = 0; lane < warpSize; ++lane)
    for (unsigned i = 0; i < rows / 4; ++i)
      fn(lane, i, lane / 4 + 8 * (i / 2), lane % 4 * 2 + i % 2);
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

/// The products of A's rows and B's columns: A has `depth` columns, which stand
/// for rows `places` of B.
template <typename Element, typename Sum>
static void multiply(const EmulatedMma &form, unsigned depth,
                     const Words &aWords, const Words &bWords,
                     const Places &places, Sum *sums) {
  std::array<Element, mostRows * mostDepth> a;
  std::array<Element, numColumns * mostDepth> b;
  widen(form.a, aWords.data(), form.m * depth, MutableArrayRef<Element>(a));
  widen(form.b, bWords.data(), numColumns * form.k,
        MutableArrayRef<Element>(b));
  std::array<std::array<Sum, numColumns>, mostDepth> rows;
  for (int32_t k = 0; k < form.k; ++k)
    for (unsigned n = 0; n < numColumns; ++n)
      rows[k][n] = b[n * form.k + k];
  for (int32_t m = 0; m < form.m; ++m) {
    Sum *sum = sums + m * numColumns;
    for (unsigned k = 0; k < depth; ++k) {
      Sum left = a[m * depth + k];
      const std::array<Sum, numColumns> &right =
          rows[form.sparse ? places[m * depth + k] : k];
      for (unsigned n = 0; n < numColumns; ++n)
        sum[n] += left * right[n];
    }
  }
}

static void multiplyDoubles(const Collective &collective) {
  constexpr unsigned rows = 8, depth = 4;
  std::array<double, rows * numColumns> sums = {};
  forEachAccumulator(rows, [&](unsigned lane, unsigned i, unsigned m,
                               unsigned n) {
    sums[m * numColumns + n] = readElement<double>(collective.lanes[lane].c, i);
  });
  for (unsigned m = 0; m < rows; ++m)
    for (unsigned n = 0; n < numColumns; ++n)
      for (unsigned k = 0; k < depth; ++k)
        sums[m * numColumns + n] =
            std::fma(readElement<double>(collective.lanes[4 * m + k].a, 0),
                     readElement<double>(collective.lanes[4 * n + k].b, 0),
                     sums[m * numColumns + n]);
  forEachAccumulator(rows, [&](unsigned lane, unsigned i, unsigned m,
                               unsigned n) {
    writeElement(collective.lanes[lane].result, i, sums[m * numColumns + n]);
  });
}

static void multiplyIntegers(const EmulatedMma &form, unsigned depth,
                             const Words &a, const Words &b,
                             const Places &places,
                             const Collective &collective) {
  std::array<int32_t, mostRows * numColumns> products = {};
  // At most 64 products of 16 bits: no overflow.
  multiply<int32_t, int32_t>(form, depth, a, b, places, products.data());
  forEachAccumulator(
      mostRows, [&](unsigned lane, unsigned i, unsigned m, unsigned n) {
        int64_t sum = int64_t(products[m * numColumns + n]) +
                      readElement<int32_t>(collective.lanes[lane].c, i);
        if (form.saturate)
          sum = std::clamp<int64_t>(sum, INT32_MIN, INT32_MAX);
        writeElement(collective.lanes[lane].result, i, uint32_t(sum));
      });
}

static void multiplyFloats(const EmulatedMma &form, unsigned depth,
                           const Words &a, const Words &b, const Places &places,
                           const Collective &collective) {
  std::array<double, mostRows * numColumns> sums = {};
  multiply<float, double>(form, depth, a, b, places, sums.data());
  forEachAccumulator(
      mostRows, [&](unsigned lane, unsigned i, unsigned m, unsigned n) {
        const Collective::Lane &own = collective.lanes[lane];
        double sum = sums[m * numColumns + n];
        if (form.d == Type::F32)
          return writeElement(own.result, i,
                              float(sum + readElement<float>(own.c, i)));
        sum += widenHalf(readElement<uint16_t>(own.c, i));
        writeElement(own.result, i, narrowToHalf(sum));
      });
}

void Device::performMma(Warp &warp, Collective &collective) {
  ++counters.get().matrixInstructions;
  const EmulatedMma &form = *collective.form;
  const char *what = form.sparse ? "mma.sp" : "mma";
  if (collective.arrived != ~0u)
    return fault(running, collective.site, what,
                 "lanes 0x" + Twine::utohexstr(collective.arrived),
                 "all lanes of the warp");
  if (!isSupported(form))
    return fault(running, collective.site, what,
                 "m" + Twine(form.m) + "n" + Twine(form.n) + "k" +
                     Twine(form.k) + " of these types",
                 "a form of the PTX ISA that the emulator knows");
  if (form.a == Type::F64)
    return multiplyDoubles(collective);

  unsigned depth = form.sparse ? form.k / 2 : form.k;
  unsigned aWordsPerRow = depth * getBits(form.a) / 32;
  unsigned bWordsPerColumn = form.k * getBits(form.b) / 32;
  Words a, b;
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    unsigned group = lane / 4, inGroup = lane % 4;
    const Collective::Lane &own = collective.lanes[lane];
    for (unsigned r = 0, e = aWordsPerRow / 2; r < e; ++r)
      a[(group + 8 * (r % 2)) * aWordsPerRow + inGroup + 4 * (r / 2)] =
          readElement<uint32_t>(own.a, r);
    for (unsigned r = 0, e = bWordsPerColumn / 4; r < e; ++r)
      b[group * bWordsPerColumn + inGroup + 4 * r] =
          readElement<uint32_t>(own.b, r);
  }
  Places places;
  if (form.sparse) {
    int32_t mostSelector = getMostSelector(form.a);
    if (form.selector < 0 || form.selector > mostSelector)
      return fault(running, collective.site, what,
                   "selector " + Twine(form.selector),
                   "0 to " + Twine(mostSelector));
    int lane = readSparseMetadata(
        form.a, depth, form.selector,
        [&](unsigned i) { return collective.lanes[i].value; }, places);
    if (lane >= 0)
      return fault(&warp.threads[lane], collective.site, what,
                   "metadata 0x" +
                       Twine::utohexstr(uint32_t(collective.lanes[lane].value)),
                   "places of different elements, in order, in each nibble");
  }
  if (isInteger(form.a))
    multiplyIntegers(form, depth, a, b, places, collective);
  else
    multiplyFloats(form, depth, a, b, places, collective);
}

} // namespace mlir::compress::runtime::emulated
