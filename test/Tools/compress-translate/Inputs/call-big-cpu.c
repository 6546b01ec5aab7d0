// Calls big.mlir's shared object, with the folder of weights that is given, and
// prints how many results are what all bytes of the weight say.

#include "big.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static float x[512 * 512], y[512 * 512];

static void check(const char *error) {
  if (!error)
    return;
  printf("error: %s\n", error);
  exit(1);
}

int main(int argc, char **argv) {
  big_model *model;
  check(big_init(&model, 0, argc > 1 ? argv[1] : NULL));
  big_main_arguments call = {
      .arg0 = x, .arg0_shape = {512, 512}, .out0 = y, .out0_shape = {512, 512}};
  check(big_main(model, &call));
  int right = 0;
  float expected;
  memset(&expected, 0x3f, sizeof(expected));
  for (int i = 0; i < 512 * 512; ++i)
    right += y[i] == expected;
  printf("%d right\n", right);
  big_destroy(model);
  return 0;
}
