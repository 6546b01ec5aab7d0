// RUN: rm -rf %t && split-file %s %t
// RUN: compress-run %t/make.mlir --entry=good --outputs=%t/good.npz
// RUN: compress-run %t/make.mlir --entry=shape --outputs=%t/shape.npz
// RUN: compress-run %t/make.mlir --entry=rank --outputs=%t/rank.npz
// RUN: compress-run %t/make.mlir --entry=type --outputs=%t/type.npz
// RUN: compress-run %t/make.mlir --entry=name --outputs=%t/name.npz
// RUN: compress-run %t/make.mlir --entry=single --outputs=%t/single.npy

// RUN: compress-run %t/take.mlir --inputs=%t/good.npz | FileCheck %s --check-prefix=GOOD
// GOOD: y: F32[2, 3] = 1 2 3 4 5 6

// RUN: not compress-run %t/take.mlir --inputs=%t/shape.npz 2>&1 | FileCheck %s --check-prefix=SHAPE
// SHAPE:      error: input 'x': expected x: F32[?, 3], found shape [2, 4]
// SHAPE-NEXT: the function takes:
// SHAPE-NEXT: input x: F32[?, 3]
// SHAPE-NEXT: output y: F32[?, 3]
// RUN: not compress-run %t/take.mlir --inputs=%t/rank.npz 2>&1 | FileCheck %s --check-prefix=RANK
// RANK: error: input 'x': expected x: F32[?, 3], found shape [3]
// RUN: not compress-run %t/take.mlir --inputs=%t/type.npz 2>&1 | FileCheck %s --check-prefix=TYPE
// TYPE: error: input 'x': expected type F32, found I32
// RUN: not compress-run %t/take.mlir --inputs=%t/name.npz 2>&1 | FileCheck %s --check-prefix=NAME
// NAME:      error: unknown input 'z'
// NAME-NEXT: the function takes:
// NAME-NEXT: input x: F32[?, 3]
// RUN: not compress-run %t/take.mlir 2>&1 | FileCheck %s --check-prefix=MISSING
// MISSING: error: missing input 'x'
// RUN: not compress-run %t/take.mlir --inputs=%t/good.npz --inputs=x=%t/single.npy 2>&1 | FileCheck %s --check-prefix=TWICE
// TWICE: error: input 'x' is given twice
// RUN: not compress-run %t/take.mlir --inputs=x=%t/good.npz 2>&1 | FileCheck %s --check-prefix=NAMED
// NAMED: an .npz file has names of its own; leave 'x=' out
// RUN: not compress-run %t/make.mlir --entry=good --inputs=%t/single.npy 2>&1 | FileCheck %s --check-prefix=UNNAMED
// UNNAMED: expected NAME=FILE.npy, as the function does not take exactly one input
// RUN: not compress-run %t/take.mlir --inputs=%t/good.txt 2>&1 | FileCheck %s --check-prefix=SUFFIX
// SUFFIX: expected an .npy or .npz file
// RUN: not compress-run %t/take.mlir --inputs=%t/none.npz 2>&1 | FileCheck %s --check-prefix=NOFILE
// NOFILE: error: {{.*}}none.npz
// RUN: not compress-run %t/none.mlir 2>&1 | FileCheck %s --check-prefix=NOMODULE
// NOMODULE: error: {{.*}}none.mlir

// Extents that the function ties together are checked before it runs.
// RUN: compress-run %t/tied-inputs.mlir --entry=good --outputs=%t/tied.npz
// RUN: compress-run %t/tied.mlir --inputs=%t/tied.npz | FileCheck %s --check-prefix=TIED
// TIED: out0: F32[2, 4] = 4 4 4 4 4 4 4 4
// RUN: compress-run %t/tied-inputs.mlir --entry=rows --outputs=%t/rows.npz
// RUN: not compress-run %t/tied.mlir --inputs=%t/rows.npz 2>&1 | FileCheck %s --check-prefix=ROWS
// ROWS: error: input 'b': expected dimension 0 to be 2, as dimension 0 of input 'a', found 3
// RUN: compress-run %t/tied-inputs.mlir --entry=columns --outputs=%t/columns.npz
// RUN: not compress-run %t/tied.mlir --inputs=%t/columns.npz 2>&1 | FileCheck %s --check-prefix=COLUMNS
// COLUMNS: error: input 'c': expected dimension 0 to be 4, as the function needs, found 5

// RUN: not compress-run %t/make.mlir 2>&1 | FileCheck %s --check-prefix=SEVERAL
// SEVERAL: error: {{.*}}make.mlir: expected one public function, found several: good, shape, {{.*}}; name one of them with --entry
// RUN: not compress-run %t/make.mlir --entry=main 2>&1 | FileCheck %s --check-prefix=ENTRY
// ENTRY: error: {{.*}}make.mlir: no public function is named 'main'; the module has: good, shape,
// RUN: not compress-run %t/scalar.mlir 2>&1 | FileCheck %s --check-prefix=SCALAR
// SCALAR: function 'main': argument 0 must be a ranked tensor of a standard integer or float type to be read from or written to an array, found f32
// RUN: not compress-run %t/same.mlir 2>&1 | FileCheck %s --check-prefix=SAME
// SAME: function 'main': two of its arguments or of its results are named 'x'
// RUN: not compress-run %t/external.mlir 2>&1 | FileCheck %s --check-prefix=EXTERNAL
// EXTERNAL: function 'main' calls 'elsewhere', which has no body in this module
// RUN: not compress-run %t/short.mlir 2>&1 | FileCheck %s --check-prefix=SHORT
// SHORT: resource 'w': expected 16 bytes for its type, found 8
// RUN: not compress-run %t/syntax.mlir 2>&1 | FileCheck %s --check-prefix=SYNTAX
// SYNTAX: syntax.mlir:1:
// SYNTAX: error: {{.*}}syntax.mlir: cannot be read as a module

// RUN: not compress-run %t/make.mlir --entry=good --outputs=%t/two.txt 2>&1 | FileCheck %s --check-prefix=OUTPUT
// OUTPUT: two.txt: expected an .npy or .npz file
// RUN: not compress-run %t/make.mlir --entry=two --outputs=%t/two.npy 2>&1 | FileCheck %s --check-prefix=TWO
// TWO: an .npy file holds one array, found 2 outputs; use .npz
// RUN: not compress-run %t/make.mlir --entry=good --outputs=%t/no/dir.npz 2>&1 | FileCheck %s --check-prefix=UNWRITABLE
// UNWRITABLE: error: {{.*}}dir.npz
// RUN: not compress-run %t/make.mlir --entry=good --bench=often 2>&1 | FileCheck %s --check-prefix=BENCH
// BENCH: error: --bench: expected a number of runs, found 'often'
// RUN: not compress-run %t/take.mlir --bench --batch=0 2>&1 | FileCheck %s --check-prefix=BATCH
// BATCH: error: --batch: expected a positive number, found 0
// RUN: not compress-run %t/make.mlir --entry=good --json=%t/out.json 2>&1 | FileCheck %s --check-prefix=NOTHING
// NOTHING: error: --json: nothing to write without --bench or --reference

// No failed run leaves a file.
// RUN: not ls %t/two.txt %t/two.npy %t/out.json

//--- make.mlir
func.func @good() -> (tensor<2x3xf32> {compress.name = "x"}) {
  %a = arith.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  return %a : tensor<2x3xf32>
}
func.func @shape() -> (tensor<2x4xf32> {compress.name = "x"}) {
  %a = arith.constant dense<1.0> : tensor<2x4xf32>
  return %a : tensor<2x4xf32>
}
func.func @rank() -> (tensor<3xf32> {compress.name = "x"}) {
  %a = arith.constant dense<1.0> : tensor<3xf32>
  return %a : tensor<3xf32>
}
func.func @type() -> (tensor<2x3xi32> {compress.name = "x"}) {
  %a = arith.constant dense<1> : tensor<2x3xi32>
  return %a : tensor<2x3xi32>
}
func.func @name() -> (tensor<2x3xf32> {compress.name = "z"}) {
  %a = arith.constant dense<1.0> : tensor<2x3xf32>
  return %a : tensor<2x3xf32>
}
func.func @single() -> tensor<2x3xf32> {
  %a = arith.constant dense<1.0> : tensor<2x3xf32>
  return %a : tensor<2x3xf32>
}
func.func @two() -> (tensor<1xf32>, tensor<1xf32>) {
  %a = arith.constant dense<1.0> : tensor<1xf32>
  return %a, %a : tensor<1xf32>, tensor<1xf32>
}

//--- take.mlir
func.func @main(%x: tensor<?x3xf32> {compress.name = "x"}) -> (tensor<?x3xf32> {compress.name = "y"}) {
  return %x : tensor<?x3xf32>
}

//--- scalar.mlir
func.func @main(%x: f32) {
  return
}

//--- same.mlir
func.func @main(%x: tensor<f32> {compress.name = "x"}, %y: tensor<f32> {compress.name = "x"}) {
  return
}

//--- external.mlir
func.func private @elsewhere(tensor<4xf32>) -> tensor<4xf32>
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %r = call @elsewhere(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

//--- short.mlir
func.func @main() -> tensor<4xf32> {
  %a = arith.constant dense_resource<w> : tensor<4xf32>
  return %a : tensor<4xf32>
}

{-#
  dialect_resources: {
    builtin: {
      w: "0x040000000000803F00000040"
    }
  }
#-}

//--- syntax.mlir
func.func @main(

//--- tied.mlir
func.func @main(%a: tensor<?x4xf32> {compress.name = "a"}, %b: tensor<?x4xf32> {compress.name = "b"},
                %c: tensor<?xf32> {compress.name = "c"}) -> tensor<?x4xf32> {
  %c0 = arith.constant 0 : index
  %m = tensor.dim %a, %c0 : tensor<?x4xf32>
  %e = tensor.empty(%m) : tensor<?x4xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b, %c : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?xf32>) outs(%e : tensor<?x4xf32>) {
  ^bb0(%x: f32, %y: f32, %z: f32, %o: f32):
    %s = arith.addf %x, %y : f32
    %t = arith.addf %s, %z : f32
    linalg.yield %t : f32
  } -> tensor<?x4xf32>
  return %r : tensor<?x4xf32>
}

//--- tied-inputs.mlir
func.func @good() -> (tensor<2x4xf32> {compress.name = "a"}, tensor<2x4xf32> {compress.name = "b"}, tensor<4xf32> {compress.name = "c"}) {
  %a = arith.constant dense<1.0> : tensor<2x4xf32>
  %c = arith.constant dense<2.0> : tensor<4xf32>
  return %a, %a, %c : tensor<2x4xf32>, tensor<2x4xf32>, tensor<4xf32>
}
func.func @rows() -> (tensor<2x4xf32> {compress.name = "a"}, tensor<3x4xf32> {compress.name = "b"}, tensor<4xf32> {compress.name = "c"}) {
  %a = arith.constant dense<1.0> : tensor<2x4xf32>
  %b = arith.constant dense<1.0> : tensor<3x4xf32>
  %c = arith.constant dense<2.0> : tensor<4xf32>
  return %a, %b, %c : tensor<2x4xf32>, tensor<3x4xf32>, tensor<4xf32>
}
func.func @columns() -> (tensor<2x4xf32> {compress.name = "a"}, tensor<2x4xf32> {compress.name = "b"}, tensor<5xf32> {compress.name = "c"}) {
  %a = arith.constant dense<1.0> : tensor<2x4xf32>
  %c = arith.constant dense<2.0> : tensor<5xf32>
  return %a, %a, %c : tensor<2x4xf32>, tensor<2x4xf32>, tensor<5xf32>
}
