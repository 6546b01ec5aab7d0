// Calls host-input.mlir's function, compiled for the CPU, whose result's extent is
// what an input says.

#include "steps.h"
#include <stdio.h>

static void print(const char *error) { printf("%s\n", error ? error : "fine"); }

int main(void) {
  steps_model *model;
  print(steps_init(&model, 1, NULL));
  float x[3] = {1, 2, 3}, result[5];
  int64_t count = 2;
  steps_repeat_arguments call = {.x = x, .x_shape = {3}, .out0 = result};
  print(steps_repeat_sizes(model, &call));
  call.count = &count;
  print(steps_repeat_sizes(model, &call));
  printf("%d\n", (int)call.out0_shape[0]);
  print(steps_repeat(model, &call));
  for (int i = 0; i < 5; ++i)
    printf("%g ", result[i]);
  printf("\n");
  // The result would no longer fit.
  count = 3;
  print(steps_repeat(model, &call));
  count = -4;
  print(steps_repeat_sizes(model, &call));
  steps_destroy(model);
  return 0;
}
