// Rules that compress-prune rejects. What does not match or cannot be pruned is
// in stages-invalid.mlir.

// RUN: not compress-opt %s --compress-prune='rule={pattern: "0:4"}' 2>&1 | FileCheck %s --check-prefix=ZERO
// ZERO: error: stage 'prune': {{.*}}pattern n:m must have 0 < n <= m <= 256, found '0:4'
// RUN: not compress-opt %s --compress-prune='rule={pattern: "1:257"}' 2>&1 | FileCheck %s --check-prefix=LARGE
// LARGE: error: stage 'prune': {{.*}}pattern n:m must have 0 < n <= m <= 256, found '1:257'
// RUN: not compress-opt %s --compress-prune=rule=half 2>&1 | FileCheck %s --check-prefix=WORD
// WORD: error: stage 'prune': pattern must be n:m, such as 2:4, n:mt for transposable, a fraction such as 0.7, or block:32x32@0.8, found 'half'
// RUN: not compress-opt %s --compress-prune='rule={sparsity: 0.5}' 2>&1 | FileCheck %s --check-prefix=KEY
// KEY: error: stage 'prune': {{.*}}unknown key 'sparsity'; the keys are pattern, format, budget, scores, mask, targets, ignore
// RUN: not compress-opt %s --compress-prune='rule={ignore: ["re:["]}' 2>&1 | FileCheck %s --check-prefix=REGEX
// REGEX: error: stage 'prune': pattern 're:[' is no regular expression:
// RUN: not compress-opt %s --compress-prune=rule=4:8t 2>&1 | FileCheck %s --check-prefix=TILE
// TILE: error: stage 'prune': a transposable pattern n:mt must have m <= 4, found '4:8t'
// RUN: not compress-opt %s --compress-prune=rule=1.5 2>&1 | FileCheck %s --check-prefix=FRACTION
// FRACTION: error: stage 'prune': the fraction that a pattern removes must lie between 0 and 1, found '1.5'
// RUN: not compress-opt %s --compress-prune=rule=block:4x0@0.5 2>&1 | FileCheck %s --check-prefix=BLOCK
// BLOCK: error: stage 'prune': a pattern of blocks must be block:AxB@fraction, such as block:32x32@0.8, found 'block:4x0@0.5'
// RUN: not compress-opt %s --compress-prune=rule=block:4x4 2>&1 | FileCheck %s --check-prefix=NONE
// NONE: error: stage 'prune': the fraction that a pattern removes must lie between 0 and 1, found 'block:4x4'
// RUN: not compress-opt %s --compress-prune='rule={pattern: 2:4, format: csr}' 2>&1 | FileCheck %s --check-prefix=FORMAT
// FORMAT: error: stage 'prune': {{.*}}format needs a fraction as the pattern, found '2:4'
// RUN: not compress-opt %s --compress-prune='rule={pattern: block:4x4@0.5, budget: global}' 2>&1 | FileCheck %s --check-prefix=BUDGET
// BUDGET: error: stage 'prune': {{.*}}budget row or global needs a fraction as the pattern, found 'block:4x4@0.5'
// RUN: not compress-opt %s --compress-prune='rule={pattern: 0.5, budget: column}' 2>&1 | FileCheck %s --check-prefix=COLUMN
// COLUMN: error: stage 'prune': {{.*}}unknown enumerated scalar
// RUN: not compress-opt %s --compress-prune='rule={scores: a, mask: b}' 2>&1 | FileCheck %s --check-prefix=BOTH
// BOTH: error: stage 'prune': {{.*}}a stage takes scores or a mask, found both
// RUN: not compress-opt %s --compress-prune='rule={pattern: 0.5, budget: row, mask: b}' 2>&1 | FileCheck %s --check-prefix=MASK
// MASK: error: stage 'prune': {{.*}}a mask leaves nothing to choose, found budget row or global
module {}
