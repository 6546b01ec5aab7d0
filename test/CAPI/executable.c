/*===- executable.c - Compile and run in the C API --------------------------===
 *
 * Part of the Compress project, under the Apache License v2.0 with LLVM
 * Exceptions. See LICENSE for license information.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

// RUN: %build-c %t && %t 2>&1 | FileCheck %s

#include "compress-c/Executable.h"
#include "compress-c/Pipelines.h"
#include "mlir-c/BuiltinTypes.h"
#include <stdio.h>

/* The weight is a multiple of its scale, 1, so that int8 holds it exactly. */
static const char *const source =
    "func.func @f(%x: tensor<?x2xf32> {compress.name = \"x\"})\n"
    "    -> (tensor<?x2xf32> {compress.name = \"y\"}) {\n"
    "  %w = arith.constant dense<[[1.0, 127.0], [127.0, -3.0]]>\n"
    "      : tensor<2x2xf32>\n"
    "  %c0 = arith.constant 0 : index\n"
    "  %f0 = arith.constant 0.0 : f32\n"
    "  %rows = tensor.dim %x, %c0 : tensor<?x2xf32>\n"
    "  %empty = tensor.empty(%rows) : tensor<?x2xf32>\n"
    "  %zero = linalg.fill ins(%f0 : f32) outs(%empty : tensor<?x2xf32>)\n"
    "      -> tensor<?x2xf32>\n"
    "  %y = linalg.matmul ins(%x, %w : tensor<?x2xf32>, tensor<2x2xf32>)\n"
    "      outs(%zero : tensor<?x2xf32>) -> tensor<?x2xf32>\n"
    "  return %y : tensor<?x2xf32>\n"
    "}\n";

static MlirStringRef ref(const char *text) {
  return mlirStringRefCreateFromCString(text);
}

static void printStatus(CompressStatus status) {
  printf("%s\n", compressStatusIsSuccess(status) ? "success" : status.message);
  compressStatusDestroy(status);
}

static void printSpec(const char *kind, CompressArray array) {
  printf("%s %.*s %.*s", kind, (int)array.name.length, array.name.data,
         (int)array.dtype.length, array.dtype.data);
  for (intptr_t i = 0; i < array.rank; ++i)
    if (array.shape[i] == mlirShapedTypeGetDynamicSize())
      printf(" ?");
    else
      printf(" %d", (int)array.shape[i]);
  printf("\n");
}

int main(void) {
  MlirDialectRegistry registry = mlirDialectRegistryCreate();
  compressRegisterAllDialects(registry);
  MlirContext context = mlirContextCreateWithRegistry(registry, true);
  mlirDialectRegistryDestroy(registry);
  compressRegisterPasses();

  MlirModule module = mlirModuleCreateParse(context, ref(source));
  // CHECK: success
  printStatus(compressRunPipeline(
      module, ref("builtin.module(compress-pipeline{quantize=w8a16})"), NULL,
      NULL));

  CompressExecutable executable;
  MlirModule none = {NULL};
  // CHECK: expected a module, found null
  printStatus(compressExecutableCreate(none, ref(""), &executable));
  // CHECK: no public function is named 'g'; the module has: f
  printStatus(compressExecutableCreate(module, ref("g"), &executable));
  // CHECK: success
  printStatus(compressExecutableCreate(module, ref(""), &executable));
  // CHECK: input x F32 ? 2
  // CHECK: output y F32 ? 2
  // CHECK: 1 1
  printSpec("input", compressExecutableGetInput(executable, 0));
  printSpec("output", compressExecutableGetOutput(executable, 0));
  printf("%d %d\n", (int)compressExecutableGetNumInputs(executable),
         (int)compressExecutableGetNumOutputs(executable));
  // CHECK: beyond 0
  printf("beyond %d\n",
         (int)compressExecutableGetInput(executable, 1).name.length);

  /* x * w, in numbers that f32 holds exactly. */
  const float data[6] = {1, 0, 0, 1, 2, 3};
  const int64_t shape[2] = {3, 2};
  CompressArray x = {{NULL, 0}, {NULL, 0}, 2, NULL, NULL};
  x.name = ref("x");
  x.dtype = ref("F32");
  x.shape = shape;
  x.data = data;
  CompressResults results;
  // CHECK: success
  printStatus(compressExecutableRun(executable, 1, &x, &results));
  // CHECK: 1 result
  // CHECK: result y F32 3 2
  // CHECK: 1 127 127 -3 383 245
  printf("%d result\n", (int)compressResultsGetSize(results));
  CompressArray y = compressResultsGet(results, 0);
  printSpec("result", y);
  for (int i = 0; i < 6; ++i)
    printf("%g ", ((const float *)y.data)[i]);
  printf("\n");
  compressResultsDestroy(results);

  /* Inputs that are none. */
  // CHECK: missing input 'x'
  printStatus(compressExecutableRun(executable, 0, NULL, &results));
  CompressArray twice[2];
  twice[0] = twice[1] = x;
  // CHECK: input 'x' is given twice
  printStatus(compressExecutableRun(executable, 2, twice, &results));
  x.dtype = ref("F77");
  // CHECK: input 'x': expected a type such as F32, found 'F77'
  printStatus(compressExecutableRun(executable, 1, &x, &results));
  x.dtype = ref("F32");
  x.rank = 1;
  // CHECK: input 'x': expected {{.*}}, found shape [3]
  printStatus(compressExecutableRun(executable, 1, &x, &results));
  x.rank = 2;
  x.data = NULL;
  // CHECK: input 'x': expected data, found a null pointer
  printStatus(compressExecutableRun(executable, 1, &x, &results));

  compressExecutableDestroy(executable);
  mlirModuleDestroy(module);
  mlirContextDestroy(context);
  return 0;
}
