// Calls the functions of layers.mlir: with memory of the host in the way of the
// first argument, "host", or of the device, "device"; "errors" misuses them.

#include "layers.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Of the driver.
int cuMemAlloc_v2(uint64_t *address, size_t bytes);
int cuMemFree_v2(uint64_t address);
int cuDevicePrimaryCtxRetain(void **context, int device);
int cuDevicePrimaryCtxRelease_v2(int device);
int cuCtxPushCurrent_v2(void *context);
int cuCtxPopCurrent_v2(void **context);
int cuStreamCreate(void **stream, unsigned flags);
int cuStreamDestroy_v2(void *stream);
int cuStreamBeginCapture_v2(void *stream, int mode);
int cuStreamEndCapture(void *stream, void **graph);
int cuGraphDestroy(void *graph);

static void check(const char *error) {
  if (!error)
    return;
  printf("error: %s\n", error);
  exit(1);
}

static void print(const char *error) { printf("%s\n", error ? error : "fine"); }

static layers_model *model;

static void callWithHostMemory(void) {
  float x[12] = {1}, bias[3] = {1}, y[12];
  layers_layers_arguments call = {
      .x = x, .x_shape = {3, 4}, .a_bias = bias, .a_bias_shape = {3}, .y = y};
  check(layers_layers_sizes(model, &call));
  printf("%dx%d, workspace %d\n", (int)call.y_shape[0], (int)call.y_shape[1],
         (int)call.workspace_bytes);
  check(layers_layers(model, &call, NULL));
  check(layers_layers(model, &call, NULL));

  // Kernels do not run, but the first result is the argument.
  int16_t in[6] = {1, 2, 3, 4, 5, 6}, same[6], exponentials[6];
  layers_same_arguments other = {
      .arg0 = in, .arg0_shape = {2, 3}, .out0 = same, .out1 = exponentials};
  check(layers_same_sizes(model, &other));
  check(layers_same(model, &other, NULL));
  check(layers_synchronize(model, NULL));
  printf("%s\n", memcmp(in, same, sizeof(in)) ? "differs" : "same");
}

static void callWithDeviceMemory(void) {
  void *context, *stream, *graph;
  uint64_t x, bias, y, workspace;
  cuDevicePrimaryCtxRetain(&context, 0);
  cuCtxPushCurrent_v2(context);
  cuStreamCreate(&stream, 0);
  cuMemAlloc_v2(&x, 5 * 16);
  cuMemAlloc_v2(&bias, 5 * 4);
  cuMemAlloc_v2(&y, 5 * 16);
  layers_layers_arguments call = {.x = (void *)x,
                                  .x_shape = {5, 4},
                                  .a_bias = (void *)bias,
                                  .a_bias_shape = {5},
                                  .y = (void *)y};
  check(layers_layers_sizes(model, &call));
  cuMemAlloc_v2(&workspace, call.workspace_bytes);
  call.workspace = (void *)workspace;

  cuStreamBeginCapture_v2(stream, 0);
  check(layers_layers(model, &call, stream));
  call.workspace = NULL;
  print(layers_layers(model, &call, stream));
  cuStreamEndCapture(stream, &graph);

  call.x = (void *)(x + 4);
  print(layers_layers(model, &call, stream));
  call.x = (void *)x;
  call.workspace = (void *)workspace;
  call.workspace_bytes = 8;
  print(layers_layers(model, &call, stream));

  cuGraphDestroy(graph);
  for (uint64_t memory[] = {x, bias, y, workspace}, i = 0; i < 4; ++i)
    cuMemFree_v2(memory[i]);
  cuStreamDestroy_v2(stream);
  cuCtxPopCurrent_v2(&context);
  cuDevicePrimaryCtxRelease_v2(0);
}

static void callWrongly(void) {
  float x[12] = {1}, bias[3] = {1}, y[12];
  layers_layers_arguments call = {
      .x = x, .x_shape = {3, 5}, .a_bias = bias, .a_bias_shape = {3}, .y = y};
  print(layers_layers_sizes(model, &call));
  call.x_shape[1] = 4;
  call.a_bias_shape[0] = 2;
  print(layers_layers(model, &call, NULL));
  call.a_bias_shape[0] = call.x_shape[0] = -1;
  print(layers_layers(model, &call, NULL));
  call.a_bias_shape[0] = call.x_shape[0] = INT64_MAX / 2;
  print(layers_layers(model, &call, NULL));
  call.a_bias_shape[0] = call.x_shape[0] = 3;
  print(layers_layers(model, &call, NULL));
  check(layers_layers_sizes(model, &call));
  call.a_bias = NULL;
  print(layers_layers(model, &call, NULL));

  // No elements are no launch and need no memory.
  layers_layers_arguments empty = {.x_shape = {0, 4}};
  check(layers_layers_sizes(model, &empty));
  print(layers_layers(model, &empty, NULL));
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  check(layers_init(&model, 0, NULL));
  if (!strcmp(what, "host"))
    callWithHostMemory();
  if (!strcmp(what, "device"))
    callWithDeviceMemory();
  if (!strcmp(what, "errors"))
    callWrongly();
  layers_destroy(model);
  return 0;
}
