//===- Extension.cpp - The extension module of the package ----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Below compress/*.py, which is what people call: names, defaults and
// documentation are there.

#include "Program.h"
#include "compress/Runtime/ThreadPool.h"
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

using namespace mlir::compress;
using namespace mlir::compress::python;
namespace nb = nanobind;
using namespace nb::literals;

/// Name, element type in safetensors' spelling, and extents, -1 where dynamic.
using Spec = std::tuple<std::string, std::string, std::vector<int64_t>>;

static std::vector<Spec> getSpecs(llvm::ArrayRef<runtime::TensorSpec> specs) {
  std::vector<Spec> result;
  for (const runtime::TensorSpec &spec : specs) {
    std::vector<int64_t> shape;
    for (int64_t extent : spec.shape)
      shape.push_back(mlir::ShapedType::isDynamic(extent) ? -1 : extent);
    result.emplace_back(spec.name, runtime::getName(spec.dtype).str(), shape);
  }
  return result;
}

NB_MODULE(_compress, m) {
  nb::exception<CompressError>(m, "CompressError", PyExc_RuntimeError);

  using Release = nb::call_guard<nb::gil_scoped_release>;
  nb::class_<Module>(m, "Module")
      .def_static("parse", &Module::parse, "text"_a, "name"_a, "directories"_a,
                  Release())
      .def_static("load", &Module::load, "path"_a, "directories"_a, Release())
      .def(
          "run_pipeline",
          [](const Module &module, const std::string &pipeline) {
            std::string remarks;
            Module result = module.runPipeline(pipeline, remarks);
            return std::make_tuple(std::move(result), remarks);
          },
          "pipeline"_a, Release())
      .def(
          "compress",
          [](const Module &module, const std::optional<std::string> &quantize,
             const std::optional<std::string> &prune,
             const std::optional<std::string> &recipe,
             const std::string &nonFinite) {
            std::string remarks;
            Module result =
                module.compress(quantize, prune, recipe, nonFinite, remarks);
            return std::make_tuple(std::move(result), remarks);
          },
          "quantize"_a.none(), "prune"_a.none(), "recipe"_a.none(),
          "non_finite"_a, Release())
      .def("text", &Module::getText, Release())
      .def("report", &Module::getReport, "json"_a, Release())
      .def("save", &Module::save, "path"_a, "weights"_a.none(), "bytecode"_a,
           Release());

  nb::class_<Program>(m, "Program")
      .def(
          "__init__",
          [](Program *self, const Module &module, const std::string &entry,
             const std::string &target, const std::string &chip, bool tf32,
             int device, bool checks) {
            new (self)
                Program(module, entry, {target, chip, tf32, device, checks});
          },
          "module"_a, "entry"_a, "target"_a, "chip"_a, "tf32"_a, "device"_a,
          "checks"_a, Release())
      .def("inputs",
           [](const Program &self) { return getSpecs(self.getInputs()); })
      .def("outputs",
           [](const Program &self) { return getSpecs(self.getOutputs()); })
      .def("signature", &Program::formatSignature)
      .def("run", &Program::run, "inputs"_a);

  m.def("set_threads", &runtime::ThreadPool::setGlobalThreads, "threads"_a);
}
