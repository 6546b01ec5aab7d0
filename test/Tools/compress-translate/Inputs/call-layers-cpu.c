// Calls the functions of layers.mlir, compiled for the CPU, rightly and wrongly.

#include "layers.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(const char *error) {
  if (!error)
    return;
  printf("error: %s\n", error);
  exit(1);
}

static void print(const char *error) { printf("%s\n", error ? error : "fine"); }

static layers_model *model;

// All numbers on the way are multiples of 1/16 below 2^20, which f32 holds.
static void callLayers(void) {
  static const float w[4][4] = {
      {1, 2, 3, 4}, {5, 6, 7, 8}, {1.5, 2.5, 3.5, 4.5}, {5.5, 6.5, 7.5, 8.5}};
  float x[3][4] = {{1}, {0, 2}, {0, 0, 1, 3}}, bias[3] = {1, 2, 3}, y[3][4];
  layers_layers_arguments call = {.x = x,
                                  .x_shape = {3, 4},
                                  .a_bias = bias,
                                  .a_bias_shape = {3},
                                  .y = y};
  check(layers_layers_sizes(model, &call));
  printf("%dx%d\n", (int)call.y_shape[0], (int)call.y_shape[1]);
  check(layers_layers(model, &call));
  float expected[3][4];
  memcpy(expected, x, sizeof(x));
  for (int layer = 0; layer < 4; ++layer) {
    float next[3][4] = {{0}};
    for (int i = 0; i < 3; ++i)
      for (int j = 0; j < 4; ++j)
        for (int k = 0; k < 4; ++k)
          next[i][j] += expected[i][k] * w[k][j];
    memcpy(expected, next, sizeof(next));
  }
  int differ = 0;
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 4; ++j)
      differ += y[i][j] != expected[i][j] + bias[i];
  printf("%d differ\n", differ);
}

// A result that is an argument, and one that is computed, in halves.
static void callSame(void) {
  uint16_t in[6] = {0, 0x8000, 0, 0, 0, 0}, same[6], exponentials[6];
  layers_same_arguments call = {
      .arg0 = in, .arg0_shape = {2, 3}, .out0 = same, .out1 = exponentials};
  check(layers_same_sizes(model, &call));
  check(layers_same(model, &call));
  printf("%s, %#x %#x\n", memcmp(in, same, sizeof(in)) ? "differs" : "same",
         exponentials[1], exponentials[5]);
}

static void callWrongly(void) {
  float x[12] = {1}, bias[3] = {1}, y[12];
  layers_layers_arguments call = {
      .x = x, .x_shape = {3, 5}, .a_bias = bias, .a_bias_shape = {3}, .y = y};
  print(layers_layers_sizes(model, &call));
  call.x_shape[1] = 4;
  call.a_bias_shape[0] = 2;
  print(layers_layers(model, &call));
  call.a_bias_shape[0] = call.x_shape[0] = INT64_MAX / 2;
  print(layers_layers(model, &call));
  call.a_bias_shape[0] = call.x_shape[0] = 3;
  print(layers_layers(model, &call));
  call.y_shape[0] = INT64_MAX / 2;
  call.y_shape[1] = 4;
  print(layers_layers(model, &call));
  check(layers_layers_sizes(model, &call));
  call.y = NULL;
  print(layers_layers(model, &call));
  call.y = (char *)y + 1;
  print(layers_layers(model, &call));
  call.a_bias = NULL;
  print(layers_layers(model, &call));

  // No elements need no memory.
  layers_layers_arguments empty = {.x_shape = {0, 4}};
  check(layers_layers_sizes(model, &empty));
  print(layers_layers(model, &empty));

  layers_model *none = model;
  print(layers_init(&none, -1, NULL));
  printf("%s\n", none ? "a model" : "none");
  layers_destroy(none);
}

int main(void) {
  check(layers_init(&model, 0, NULL));
  callLayers();
  callSame();
  callWrongly();
  layers_destroy(model);
  // After the last model the threads begin anew.
  check(layers_init(&model, 2, NULL));
  callSame();
  puts(layers_signature());
  layers_destroy(model);
  return 0;
}
