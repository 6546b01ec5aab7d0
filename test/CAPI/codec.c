/*===- codec.c - Compressed tensors and buffers in the C API ----------------===
 *
 * Part of the Compress project, under the Apache License v2.0 with LLVM
 * Exceptions. See LICENSE for license information.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

// RUN: %build-c %t && %t 2>&1 | FileCheck %s

#include "compress-c/Codec.h"
#include "compress-c/Pipelines.h"
#include "mlir-c/BuiltinAttributes.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static MlirStringRef ref(const char *text) {
  return mlirStringRefCreateFromCString(text);
}

static void print(MlirStringRef text, void *userData) {
  (void)userData;
  printf("%.*s", (int)text.length, text.data);
}

static void printStatus(CompressStatus status) {
  printf("%s\n", compressStatusIsSuccess(status) ? "success" : status.message);
  compressStatusDestroy(status);
}

enum { COMPONENTS = 3 };

int main(void) {
  MlirContext context = mlirContextCreate();
  MlirDialectRegistry registry = mlirDialectRegistryCreate();
  compressRegisterDialects(registry);
  mlirContextAppendDialectRegistry(context, registry);
  mlirDialectRegistryDestroy(registry);
  mlirContextGetOrLoadDialect(context, ref("compress"));

  MlirType dense = mlirTypeParseGet(context, ref("tensor<2x8xf32>"));
  MlirAttribute scheme = mlirAttributeParseGet(
      context, ref("#compress.scheme<sparsity = #compress.nm<2:4, axis = 1>, "
                   "storage = #compress.affine<i8, block = [1, *]>>"));
  MlirType type;
  CompressStatus status = compressTensorTypeGet(dense, scheme, &type);
  // CHECK: success
  printStatus(status);
  // CHECK: scheme: 1 0, tensor: 1 0
  printf("scheme: %d %d, tensor: %d %d\n", compressAttributeIsAScheme(scheme),
         compressAttributeIsAScheme(mlirUnitAttrGet(context)),
         compressTypeIsATensor(type), compressTypeIsATensor(dense));
  // CHECK: tensor<2x8xf32>
  mlirTypePrint(compressTensorTypeGetDense(type), print, NULL);
  // CHECK: same scheme: 1
  printf("\nsame scheme: %d\n",
         mlirAttributeEqual(compressTensorTypeGetScheme(type), scheme));

  /* 8 values, 2 scales of 4 bytes, 8 indices of 2 bits. */
  // CHECK: bytes: 18
  // CHECK: values: 8 bytes of tensor<2x4xi8>
  // CHECK: scales: 8 bytes of tensor<2x1xf32>
  // CHECK: indices: 2 bytes of tensor<2x1xi8>
  printf("bytes: %d\n", (int)compressTensorTypeGetNumBytes(type));
  intptr_t count = compressTensorTypeGetNumComponents(type);
  if (count != COMPONENTS)
    return 1;
  CompressMutableBytes components[COMPONENTS];
  CompressBytes stored[COMPONENTS];
  for (intptr_t i = 0; i < count; ++i) {
    components[i].size =
        (size_t)compressTensorTypeGetComponentNumBytes(type, i);
    components[i].data = malloc(components[i].size);
    stored[i].size = components[i].size;
    stored[i].data = components[i].data;
    print(compressTensorTypeGetComponentName(type, i), NULL);
    printf(": %d bytes of ", (int)components[i].size);
    mlirTypePrint(compressTensorTypeGetComponentType(type, i), print, NULL);
    printf("\n");
  }
  /* What there is not. */
  // CHECK: beyond: 0 0 1 0 0
  printf("beyond: %d %d %d %d %d\n",
         (int)compressTensorTypeGetComponentName(type, count).length,
         (int)compressTensorTypeGetComponentNumBytes(type, -1),
         mlirTypeIsNull(compressTensorTypeGetComponentType(type, count)),
         (int)compressTensorTypeGetNumComponents(dense),
         (int)compressTensorTypeGetNumBytes(dense));

  /* The greatest value of each row is 127 times its scale. */
  const float values[16] = {127, 0, -3, 0, 0, 0, 8, 9,
                            0, 63.5f, 1, 0, -2, 0, 0, 0};
  CompressBytes bytes = {values, sizeof(values)};
  CompressErrorStats stats;
  // CHECK: success
  printStatus(compressEncode(type, bytes, count, components, NULL, &stats));
  // CHECK: elements 16, zeros 9, saturated 0, error 0, infinite 1
  printf("elements %d, zeros %d, saturated %d, error %g, infinite %d\n",
         (int)stats.elements, (int)stats.zeros, (int)stats.saturated,
         stats.maxAbsError, isinf(stats.signalToNoise) != 0);
  const float *scales = stored[1].data;
  // CHECK: scales: 1 0.5
  printf("scales: %g %g\n", scales[0], scales[1]);
  float decoded[16];
  CompressMutableBytes result = {decoded, sizeof(decoded)};
  // CHECK: success
  printStatus(compressDecode(type, count, stored, result));
  // CHECK: 127 0 -3 0 0 0 8 9 0 63.5 1 0 -2 0 0 0
  for (int i = 0; i < 16; ++i)
    printf("%g ", decoded[i]);
  printf("\n");

  /* Pruning on the way, and what it takes: 1 + 2 of the first row. */
  const float full[16] = {127, 1, -3, 2, 0, 0, 8, 9,
                          0, 63.5f, 1, 0, -2, 0, 0, 0};
  CompressBytes fullBytes = {full, sizeof(full)};
  // CHECK: expected at most 2 nonzeros in each 4
  printStatus(compressEncode(type, fullBytes, count, components, NULL, NULL));
  CompressEncodeOptions options = {{NULL}, true, false};
  // CHECK: success
  printStatus(
      compressEncode(type, fullBytes, count, components, &options, &stats));
  // CHECK: greatest error 2
  printf("greatest error %g\n", stats.maxAbsError);
  options.observer = mlirUnitAttrGet(context);
  // CHECK: the observer is no #compress.observer
  printStatus(
      compressEncode(type, fullBytes, count, components, &options, NULL));
  options.observer = mlirAttributeParseGet(
      context, ref("#compress.observer<mse>"));
  // CHECK: success
  printStatus(
      compressEncode(type, fullBytes, count, components, &options, NULL));
  const float odd[16] = {NAN};
  CompressBytes oddBytes = {odd, sizeof(odd)};
  // CHECK: {{[Nn]}}a{{[Nn]}}
  printStatus(compressEncode(type, oddBytes, count, components, NULL, NULL));
  options.clampNonFinite = true;
  // CHECK: success
  printStatus(
      compressEncode(type, oddBytes, count, components, &options, NULL));

  /* Errors. */
  // CHECK: expected 3 components, found 2
  printStatus(compressEncode(type, bytes, 2, components, NULL, NULL));
  bytes.size = 7;
  // CHECK: expected 64 bytes for the dense buffer, found 7
  printStatus(compressEncode(type, bytes, count, components, NULL, NULL));
  stored[2].size = 1;
  // CHECK: expected 2 bytes for component 'indices', found 1
  printStatus(compressDecode(type, count, stored, result));
  // CHECK: expected the type of a compressed tensor
  printStatus(compressDecode(dense, count, stored, result));
  // CHECK: the attribute is no scheme
  printStatus(compressTensorTypeGet(dense, mlirUnitAttrGet(context), &type));
  MlirType odd2 = mlirTypeParseGet(context, ref("tensor<2x7xf32>"));
  // CHECK: error: {{.*}}7
  printStatus(compressTensorTypeGet(odd2, scheme, &type));

  for (intptr_t i = 0; i < count; ++i)
    free(components[i].data);
  mlirContextDestroy(context);
  return 0;
}
