// Rules that compress-prune rejects. What does not match or cannot be pruned is
// in stages-invalid.mlir.

// RUN: not compress-opt %s --compress-prune='rule={pattern: "0:4"}' 2>&1 | FileCheck %s --check-prefix=ZERO
// ZERO: error: stage 'prune': {{.*}}pattern n:m must have 0 < n <= m <= 256, found '0:4'
// RUN: not compress-opt %s --compress-prune='rule={pattern: "1:257"}' 2>&1 | FileCheck %s --check-prefix=LARGE
// LARGE: error: stage 'prune': {{.*}}pattern n:m must have 0 < n <= m <= 256, found '1:257'
// RUN: not compress-opt %s --compress-prune=rule=half 2>&1 | FileCheck %s --check-prefix=WORD
// WORD: error: stage 'prune': pattern must be n:m, such as 2:4, found 'half'
// RUN: not compress-opt %s --compress-prune='rule={sparsity: 0.5}' 2>&1 | FileCheck %s --check-prefix=KEY
// KEY: error: stage 'prune': {{.*}}unknown key 'sparsity'; the keys are pattern, targets, ignore
// RUN: not compress-opt %s --compress-prune='rule={ignore: ["re:["]}' 2>&1 | FileCheck %s --check-prefix=REGEX
// REGEX: error: stage 'prune': pattern 're:[' is no regular expression:
module {}
