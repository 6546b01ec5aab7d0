// Loads big.mlir's shared object, from the folder of weights that is given.

#include "big.h"
#include <stdio.h>

int main(int argc, char **argv) {
  big_model *model;
  const char *error = big_init(&model, 0, argc > 1 ? argv[1] : NULL);
  if (error)
    printf("error: %s\n", error);
  else
    printf("loaded\n");
  big_destroy(model);
  return error != NULL;
}
