// Calls the network of examples/quickstart by its C interface:
//
//   call-mlp BATCH INPUT OUTPUT
//
// Several threads call one model at the same time; all must get the same bits.

#include "mlp.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { kThreads = 4, kCalls = 20, kInputs = 64 };

static mlp_model *model;
static int64_t batch;
static const float *x;

static void check(const char *error) {
  if (!error)
    return;
  fprintf(stderr, "error: %s\n", error);
  exit(1);
}

static void *call(void *logits) {
  mlp_main_arguments arguments = {.x = x, .x_shape = {batch, kInputs}};
  check(mlp_main_sizes(model, &arguments));
  if (arguments.logits_shape[0] != batch || arguments.logits_shape[1] != 8)
    check("wrong sizes");
  arguments.logits = logits;
  for (int i = 0; i < kCalls; ++i)
    check(mlp_main(model, &arguments));
  return NULL;
}

int main(int argc, char **argv) {
  if (argc != 4)
    return 2;
  batch = atoll(argv[1]);
  size_t inputs = batch * kInputs, outputs = batch * 8;
  float *values = malloc(inputs * sizeof(float));
  float *logits = malloc(kThreads * outputs * sizeof(float));
  FILE *file = fopen(argv[2], "rb");
  if (!values || !logits || !file ||
      fread(values, sizeof(float), inputs, file) != inputs)
    return 2;
  fclose(file);
  x = values;

  // Another model of the library comes and goes, with its threads in use.
  mlp_model *other;
  check(mlp_init(&other, 3, NULL));
  check(mlp_init(&model, 0, NULL));
  mlp_destroy(other);
  pthread_t threads[kThreads];
  for (int i = 0; i < kThreads; ++i)
    if (pthread_create(&threads[i], NULL, call, logits + i * outputs))
      return 2;
  for (int i = 0; i < kThreads; ++i)
    pthread_join(threads[i], NULL);
  for (int i = 1; i < kThreads; ++i)
    if (memcmp(logits, logits + i * outputs, outputs * sizeof(float)))
      check("threads got different results");
  mlp_destroy(model);

  file = fopen(argv[3], "wb");
  if (!file || fwrite(logits, sizeof(float), outputs, file) != outputs)
    return 2;
  fclose(file);
  free(values);
  free(logits);
  return 0;
}
