// Rules that compress-quantize rejects. What does not match or cannot be
// compressed is in stages-invalid.mlir.

// RUN: not compress-opt %s --compress-quantize='rule={num_bits: 9}' 2>&1 | FileCheck %s --check-prefix=BITS
// BITS: error: stage 'quantize': {{.*}}num_bits of type int must be 2 to 8, found 9
// RUN: not compress-opt %s --compress-quantize='rule={num_bits: 1}' 2>&1 | FileCheck %s --check-prefix=ONE
// ONE: error: stage 'quantize': {{.*}}num_bits of type int must be 2 to 8, found 1
// RUN: not compress-opt %s --compress-quantize='rule={type: float, num_bits: 12}' 2>&1 | FileCheck %s --check-prefix=FLOAT
// FLOAT: error: stage 'quantize': {{.*}}num_bits of type float must be 4, 8, 16 or 32, found 12
// RUN: not compress-opt %s --compress-quantize='rule={type: bfloat, num_bits: 32}' 2>&1 | FileCheck %s --check-prefix=BFLOAT
// BFLOAT: error: stage 'quantize': {{.*}}num_bits of type bfloat must be 16, found 32
// RUN: not compress-opt %s --compress-quantize='rule={strategy: group, group_size: 0}' 2>&1 | FileCheck %s --check-prefix=GROUP
// GROUP: error: stage 'quantize': {{.*}}group_size must be positive, found 0
// RUN: not compress-opt %s --compress-quantize='rule={strategy: block, block_structure: [128]}' 2>&1 | FileCheck %s --check-prefix=BLOCK
// BLOCK: error: stage 'quantize': {{.*}}block_structure must be two positive extents
// RUN: not compress-opt %s --compress-quantize='rule={type: kmeans, vector_size: 3}' 2>&1 | FileCheck %s --check-prefix=VECTOR
// VECTOR: error: stage 'quantize': {{.*}}vector_size must be 1, 2, 4 or 8, found 3
// RUN: not compress-opt %s --compress-quantize='rule={type: kmeans, vector_size: 2}' 2>&1 | FileCheck %s --check-prefix=VECTORS
// VECTORS: error: stage 'quantize': {{.*}}vector_size needs type kmeans or quantile and strategy tensor
// RUN: not compress-opt %s --compress-quantize='rule={preset: nf4, symmetric: false}' 2>&1 | FileCheck %s --check-prefix=SYMMETRIC
// SYMMETRIC: error: stage 'quantize': {{.*}}symmetric must be true for types other than int, found false
// RUN: not compress-opt %s --compress-quantize='rule={preset: kmeans4, scale_dtype: f8E5M2}' 2>&1 | FileCheck %s --check-prefix=TABLE
// TABLE: error: stage 'quantize': {{.*}}scale_dtype of a learned codebook, the type of its entries, must be f32, f16 or bf16
// RUN: not compress-opt %s --compress-quantize='rule={preset: nvfp4, scale_dtype: f32}' 2>&1 | FileCheck %s --check-prefix=LEVELS
// LEVELS: error: stage 'quantize': {{.*}}scale_dtype of strategy tensor_group must be f16, f8E4M3FN or f8E5M2
// RUN: not compress-opt %s --compress-quantize='rule={preset: kmeans4, strategy: tensor_group}' 2>&1 | FileCheck %s --check-prefix=LEARNED
// LEARNED: error: stage 'quantize': {{.*}}strategy tensor_group needs scales, which kmeans and quantile lack
// RUN: not compress-opt %s --compress-quantize='rule={preset: nvfp4, global_scale_dtype: f8E5M2}' 2>&1 | FileCheck %s --check-prefix=GLOBAL
// GLOBAL: error: stage 'quantize': {{.*}}global_scale_dtype must be f32, f16 or bf16
// RUN: not compress-opt %s --compress-quantize='rule={observer: percentile, percentile: 49}' 2>&1 | FileCheck %s --check-prefix=PERCENTILE
// PERCENTILE: error: stage 'quantize': {{.*}}percentile must be 50 to 100, found 49
// RUN: not compress-opt %s --compress-quantize='rule={strategy: row}' 2>&1 | FileCheck %s --check-prefix=VALUE
// VALUE: error: stage 'quantize': quantize:1:{{[0-9]+}}: unknown enumerated scalar
// RUN: not compress-opt %s --compress-quantize='rule={bits: 4}' 2>&1 | FileCheck %s --check-prefix=KEY
// KEY: error: stage 'quantize': {{.*}}unknown key 'bits'; the keys are preset, num_bits, type, symmetric, strategy, group_size, block_structure, scale_dtype, global_scale_dtype, vector_size, observer, percentile, activations, input_activations, ranges, targets, ignore
// RUN: not compress-opt %s --compress-quantize='rule={preset: w9, num_bits: 4}' 2>&1 | FileCheck %s --check-prefix=PRESET
// PRESET: error: stage 'quantize': {{.*}}unknown preset 'w9'; known are w8a16, {{.*}}nf4
// RUN: not compress-opt %s --compress-quantize='rule={targets: ["re:("]}' 2>&1 | FileCheck %s --check-prefix=REGEX
// REGEX: error: stage 'quantize': pattern 're:(' is no regular expression:
module {}
