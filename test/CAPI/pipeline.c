/*===- pipeline.c - Registration and pipelines of the C API -----------------===
 *
 * Part of the Compress project, under the Apache License v2.0 with LLVM
 * Exceptions. See LICENSE for license information.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

// RUN: %build-c %t && %t 2>&1 | FileCheck %s

#include "compress-c/Pipelines.h"
#include "mlir-c/BuiltinTypes.h"
#include <stdio.h>

static const char *const source =
    "func.func @f(%x: tensor<3x4xf32>) -> tensor<3x2xf32> {\n"
    "  %w = arith.constant dense<[[1.0, 5.0], [2.0, 6.0], [3.0, 7.0],\n"
    "                             [4.0, 8.0]]> : tensor<4x2xf32>\n"
    "  %zero = arith.constant dense<0.0> : tensor<3x2xf32>\n"
    "  %y = linalg.matmul ins(%x, %w : tensor<3x4xf32>, tensor<4x2xf32>)\n"
    "      outs(%zero : tensor<3x2xf32>) -> tensor<3x2xf32>\n"
    "  return %y : tensor<3x2xf32>\n"
    "}\n";

static MlirStringRef ref(const char *text) {
  return mlirStringRefCreateFromCString(text);
}

static void print(MlirStringRef text, void *userData) {
  (void)userData;
  printf("%.*s", (int)text.length, text.data);
}

/* Counts the diagnostics that it is given. */
static MlirLogicalResult count(MlirDiagnostic diagnostic, void *userData) {
  (void)diagnostic;
  ++*(int *)userData;
  return mlirLogicalResultSuccess();
}

/* Runs a pipeline on a module of its own, and prints the module or the error. */
static void run(MlirContext context, const char *pipeline,
                MlirDiagnosticHandler handler, void *userData) {
  MlirModule module = mlirModuleCreateParse(context, ref(source));
  CompressStatus status =
      compressRunPipeline(module, ref(pipeline), handler, userData);
  if (compressStatusIsSuccess(status))
    mlirOperationPrint(mlirModuleGetOperation(module), print, NULL);
  else
    printf("failed: %s\n", status.message);
  compressStatusDestroy(status);
  mlirModuleDestroy(module);
}

int main(void) {
  MlirDialectRegistry registry = mlirDialectRegistryCreate();
  compressRegisterAllDialects(registry);
  MlirContext context = mlirContextCreateWithRegistry(registry, true);
  mlirDialectRegistryDestroy(registry);
  compressRegisterPasses();
  compressRegisterPasses();

  // CHECK: compress.assemble
  // CHECK: compress.contract
  run(context,
      "builtin.module(compress-pipeline{quantize=w8a16 prune=2:4})", NULL,
      NULL);

  // What the text of a pipeline gets wrong.
  // CHECK: failed: {{.*}}unknown preset 'w9a16'; known are w8a16
  run(context, "builtin.module(compress-pipeline{quantize=w9a16})", NULL, NULL);
  // CHECK: failed: {{.*}}no-such-option
  run(context, "builtin.module(compress-pipeline{no-such-option=1})", NULL,
      NULL);
  // CHECK: failed: {{.*}}'no-such-pass' does not refer to a registered pass
  run(context, "builtin.module(no-such-pass)", NULL, NULL);
  // CHECK: failed: {{.*}}builtin.module
  run(context, "compress-normalize", NULL, NULL);
  // CHECK: failed: expected a pipeline on 'builtin.module', found one on 'func.func'
  run(context, "func.func()", NULL, NULL);

  // A module that could not be parsed.
  // CHECK: expected a module, found null
  MlirModule none = {NULL};
  CompressStatus status =
      compressRunPipeline(none, ref("builtin.module()"), NULL, NULL);
  printf("%s\n", status.message);
  compressStatusDestroy(status);

  // Errors of a run have their locations and notes, and go to the handler too.
  // CHECK: failed: the pipeline failed
  // CHECK-NEXT: -:0:0: error: stage 'quantize': no site, weight or op matches 'mlp'
  // CHECK-NEXT: -:0:0: note: there are 1 sites
  // CHECK: seen: 1
  int seen = 0;
  run(context,
      "builtin.module(compress-pipeline{quantize={targets: [mlp]}})", count,
      &seen);
  printf("seen: %d\n", seen);

  mlirContextDestroy(context);
  return 0;
}
