// Rules that compress-quantize rejects. What does not match or cannot be
// compressed is in stages-invalid.mlir.

// RUN: not compress-opt %s --compress-quantize='rule={num_bits: 9}' 2>&1 | FileCheck %s --check-prefix=BITS
// BITS: error: stage 'quantize': {{.*}}num_bits of type int must be 2 to 8, found 9
// RUN: not compress-opt %s --compress-quantize='rule={num_bits: 1}' 2>&1 | FileCheck %s --check-prefix=ONE
// ONE: error: stage 'quantize': {{.*}}num_bits of type int must be 2 to 8, found 1
// RUN: not compress-opt %s --compress-quantize='rule={type: float}' 2>&1 | FileCheck %s --check-prefix=FLOAT
// FLOAT: error: stage 'quantize': {{.*}}num_bits of type float must be 16 or 32, found 8
// RUN: not compress-opt %s --compress-quantize='rule={type: bfloat, num_bits: 32}' 2>&1 | FileCheck %s --check-prefix=BFLOAT
// BFLOAT: error: stage 'quantize': {{.*}}num_bits of type bfloat must be 16, found 32
// RUN: not compress-opt %s --compress-quantize='rule={strategy: group, group_size: 0}' 2>&1 | FileCheck %s --check-prefix=GROUP
// GROUP: error: stage 'quantize': {{.*}}group_size must be positive, found 0
// RUN: not compress-opt %s --compress-quantize='rule={observer: percentile, percentile: 49}' 2>&1 | FileCheck %s --check-prefix=PERCENTILE
// PERCENTILE: error: stage 'quantize': {{.*}}percentile must be 50 to 100, found 49
// RUN: not compress-opt %s --compress-quantize='rule={strategy: row}' 2>&1 | FileCheck %s --check-prefix=VALUE
// VALUE: error: stage 'quantize': quantize:1:{{[0-9]+}}: unknown enumerated scalar
// RUN: not compress-opt %s --compress-quantize='rule={bits: 4}' 2>&1 | FileCheck %s --check-prefix=KEY
// KEY: error: stage 'quantize': {{.*}}unknown key 'bits'; the keys are preset, num_bits, type, symmetric, strategy, group_size, scale_type, observer, percentile, activations, targets, ignore
// RUN: not compress-opt %s --compress-quantize='rule={preset: w9, num_bits: 4}' 2>&1 | FileCheck %s --check-prefix=PRESET
// PRESET: error: stage 'quantize': {{.*}}unknown preset 'w9'; known are w8a16, w8a8 and w4a16
// RUN: not compress-opt %s --compress-quantize='rule={targets: ["re:("]}' 2>&1 | FileCheck %s --check-prefix=REGEX
// REGEX: error: stage 'quantize': pattern 're:(' is no regular expression:
module {}
