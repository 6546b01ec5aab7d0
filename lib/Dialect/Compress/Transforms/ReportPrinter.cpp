//===- ReportPrinter.cpp - The plan as a table and as JSON
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/Transforms/Report.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>

using namespace mlir;
using namespace mlir::compress;

namespace {
/// Sums over sites; a weight that several sites read counts once.
struct Totals {
  int64_t sites = 0, compressed = 0;
  int64_t denseBytes = 0, bytes = 0;
  /// The most that folding holds at a time: a transposed copy of one weight and
  /// its components.
  int64_t memory = 0;

  explicit Totals(const CompressionPlan &plan) {
    llvm::StringSet<> seen;
    for (const PlanEntry &entry : plan.getEntries()) {
      ++sites;
      if (entry.scheme)
        ++compressed;
      if (!entry.sharedWith.empty() ||
          (!entry.weight.empty() && !entry.scheme &&
           !seen.insert(entry.weight).second))
        continue;
      denseBytes += entry.getDenseBytes();
      bytes += getBytes(entry);
      if (entry.scheme)
        memory = std::max(memory, entry.getDenseBytes() + getBytes(entry));
    }
  }

  /// What is stored for a site.
  static int64_t getBytes(const PlanEntry &entry) {
    if (!entry.scheme)
      return entry.getDenseBytes();
    if (entry.result)
      return entry.result->bytes;
    return entry.scheme.getNumBytes(entry.type.getShape(),
                                    entry.type.getElementType());
  }
};
} // namespace

/// Bits that a weight takes, parameters and indices included.
static double getEffectiveBits(const PlanEntry &entry) {
  return Totals::getBytes(entry) * 8.0 /
         std::max<int64_t>(entry.type.getNumElements(), 1);
}

static std::string toString(Attribute attr) {
  std::string text;
  llvm::raw_string_ostream(text) << attr;
  return text;
}

void compress::printReportText(const CompressionPlan &plan,
                               llvm::raw_ostream &os) {
  size_t width = 4;
  for (const PlanEntry &entry : plan.getEntries())
    width = std::max(width, entry.site.size());
  auto pad = [&](StringRef text) {
    os << text << std::string(width - text.size(), ' ');
  };
  pad("site");
  os << "   bits        dense        bytes   zeros    SQNR  scheme, or why it "
        "stays dense\n";
  for (const PlanEntry &entry : plan.getEntries()) {
    pad(entry.site);
    if (!entry.type) {
      os << llvm::formatv("  {0,5}  {1,11}  {2,11}  {3,6}  {4,6}  {5}\n", "-",
                          "-", "-", "-", "-", entry.getReason());
      continue;
    }
    os << llvm::format("  %5.2f  %11lld  %11lld", getEffectiveBits(entry),
                       static_cast<long long>(entry.getDenseBytes()),
                       static_cast<long long>(Totals::getBytes(entry)));
    if (entry.result && std::isfinite(entry.result->sqnr))
      os << llvm::format("  %5.1f%%  %6.2f", entry.result->zeros * 100,
                         entry.result->sqnr);
    else if (entry.result)
      os << llvm::format("  %5.1f%%   exact", entry.result->zeros * 100);
    else
      os << "       -       -";
    os << "  ";
    StringRef separator;
    auto add = [&](const llvm::Twine &text) {
      os << separator << text;
      separator = "; ";
    };
    if (entry.scheme)
      add(toString(entry.scheme));
    if (entry.activation)
      add("activations " + toString(entry.activation));
    if (!entry.sharedWith.empty())
      add("shared with " + entry.sharedWith);
    if (!entry.reasons.empty())
      add(entry.getReason());
    os << '\n';
  }
  Totals totals(plan);
  os << totals.compressed << " of " << totals.sites << " sites compressed; "
     << totals.denseBytes << " -> " << totals.bytes << " bytes";
  if (totals.bytes)
    os << llvm::format(" (%.2fx smaller)",
                       static_cast<double>(totals.denseBytes) / totals.bytes);
  os << "\nfolding into a weights file holds at most " << totals.memory
     << " bytes of weights at a time\n";
}

void compress::printReportJSON(const CompressionPlan &plan,
                               llvm::raw_ostream &os) {
  llvm::json::OStream json(os, 2);
  auto optional = [&](StringRef key, StringRef value) {
    json.attribute(key, value.empty() ? llvm::json::Value(nullptr)
                                      : llvm::json::Value(value));
  };
  Totals totals(plan);
  json.object([&] {
    json.attribute("version", 1);
    json.attributeArray("sites", [&] {
      for (const PlanEntry &entry : plan.getEntries())
        json.object([&] {
          json.attribute("site", entry.site);
          json.attribute("op", entry.op);
          optional("weight", entry.weight);
          optional("scheme", entry.scheme ? toString(entry.scheme) : "");
          optional("activation",
                   entry.activation ? toString(entry.activation) : "");
          optional("reason", entry.getReason());
          optional("shared_with", entry.sharedWith);
          if (entry.type) {
            json.attributeArray("shape", [&] {
              for (int64_t extent : entry.type.getShape())
                json.value(extent);
            });
            json.attribute("dense_bytes", entry.getDenseBytes());
            json.attribute("bytes", Totals::getBytes(entry));
            json.attribute("effective_bits", getEffectiveBits(entry));
          }
          if (entry.result) {
            json.attribute("zeros", entry.result->zeros);
            json.attribute("saturated", entry.result->saturated);
            json.attribute("max_abs_error", entry.result->maxAbsError);
            json.attribute("mse", entry.result->mse);
            json.attribute("sqnr_db",
                           std::isfinite(entry.result->sqnr)
                               ? llvm::json::Value(entry.result->sqnr)
                               : llvm::json::Value(nullptr));
          }
        });
    });
    json.attributeObject("totals", [&] {
      json.attribute("sites", totals.sites);
      json.attribute("compressed", totals.compressed);
      json.attribute("dense_bytes", totals.denseBytes);
      json.attribute("bytes", totals.bytes);
      json.attribute("fold_memory_bytes", totals.memory);
    });
  });
  os << '\n';
}
