//===- ExecutableTest.cpp - Tests of compiled functions
//---------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Runtime/Executable.h"
#include "TestFiles.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

using namespace mlir;
using namespace mlir::compress::runtime;

namespace {

/// Both results are one value, and so one buffer.
constexpr llvm::StringLiteral kNegateTwice = R"mlir(
func.func @main(%x: tensor<4xf32> {compress.name = "x"}) -> (tensor<4xf32>, tensor<4xf32>) {
  %e = tensor.empty() : tensor<4xf32>
  %y = linalg.generic {
    indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]
  } ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) {
  ^bb0(%a: f32, %o: f32):
    %n = arith.negf %a : f32
    linalg.yield %n : f32
  } -> tensor<4xf32>
  return %y, %y : tensor<4xf32>, tensor<4xf32>
}
)mlir";

TEST(Executable, ReadsInputsInPlaceAndHandsItsBuffersOut) {
  DialectRegistry registry;
  registerExecutableDialects(registry);
  MLIRContext context(registry);
  auto executable = get(Executable::compile(
      parseSourceString<ModuleOp>(kNegateTwice, &context), ""));
  auto input = std::make_shared<std::vector<float>>(
      std::initializer_list<float>{1, 2, 3, 4});
  NdArrayMap inputs;
  inputs["x"] = get(NdArray::wrap(
      DType::F32, {4}, {input, reinterpret_cast<char *>(input->data())}));
  NdArrayMap first = get(executable->run(inputs));
  (*input)[0] = 9;
  NdArrayMap second = get(executable->run(inputs));
  auto at = [](NdArrayMap &map, llvm::StringRef name) {
    return reinterpret_cast<float *>(map[name.str()].getData().data());
  };
  EXPECT_EQ(at(first, "out0")[0], -1);
  EXPECT_EQ(at(second, "out0")[0], -9);
  EXPECT_EQ(at(first, "out0"), at(first, "out1"));
  // One result goes, the other stays whole.
  first["out0"] = NdArray();
  EXPECT_EQ(at(first, "out1")[3], -4);
}

} // namespace
