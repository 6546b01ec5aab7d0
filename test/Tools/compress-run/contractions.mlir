// RUN: rm -rf %t && split-file %s %t
// RUN: compress-run %t/tiled.mlir --reference=%t/scalar.mlir --entry=matmul --batch=1 | FileCheck %t/tiled.mlir
// RUN: compress-run %t/tiled.mlir --reference=%t/scalar.mlir --entry=matmul --batch=3 | FileCheck %t/tiled.mlir
// RUN: compress-run %t/tiled.mlir --reference=%t/scalar.mlir --entry=matmul --batch=8 | FileCheck %t/tiled.mlir
// RUN: compress-run %t/tiled.mlir --reference=%t/scalar.mlir --entry=matmul --batch=13 | FileCheck %t/tiled.mlir
// RUN: compress-run %t/tiled.mlir --reference=%t/scalar.mlir --entry=matmul --batch=65 | FileCheck %t/tiled.mlir
// RUN: compress-run %t/tiled.mlir --reference=%t/scalar.mlir --entry=even --batch=1 | FileCheck %t/tiled.mlir
// RUN: compress-run %t/tiled.mlir --reference=%t/scalar.mlir --entry=even --batch=21 | FileCheck %t/tiled.mlir
// RUN: compress-run %t/tiled.mlir --reference=%t/scalar.mlir --entry=narrow --batch=1 | FileCheck %t/tiled.mlir
// RUN: compress-run %t/tiled.mlir --reference=%t/scalar.mlir --entry=narrow --batch=21 | FileCheck %t/tiled.mlir
// RUN: compress-run %t/tiled.mlir --reference=%t/scalar.mlir --entry=transposed --batch=1 | FileCheck %t/tiled.mlir
// RUN: compress-run %t/tiled.mlir --reference=%t/scalar.mlir --entry=transposed --batch=21 | FileCheck %t/tiled.mlir
// RUN: compress-run %t/tiled.mlir --reference=%t/scalar.mlir --entry=fixed | FileCheck %t/tiled.mlir
// RUN: compress-run %t/tiled.mlir --reference=%t/scalar.mlir --entry=batch | FileCheck %t/tiled.mlir
// RUN: compress-run %t/tiled.mlir --reference=%t/scalar.mlir --entry=heads --batch=1 | FileCheck %t/tiled.mlir
// RUN: compress-run %t/tiled.mlir --reference=%t/scalar.mlir --entry=heads --batch=21 | FileCheck %t/tiled.mlir
// RUN: compress-run %t/tiled.mlir --reference=%t/scalar.mlir --entry=sequence --batch=1 | FileCheck %t/tiled.mlir
// RUN: compress-run %t/tiled.mlir --reference=%t/scalar.mlir --entry=sequence --batch=21 | FileCheck %t/tiled.mlir
// RUN: compress-run %t/tiled.mlir --reference=%t/scalar.mlir --entry=vector | FileCheck %t/tiled.mlir
// RUN: compress-run %t/tiled.mlir --reference=%t/scalar.mlir --entry=integers --batch=1 | FileCheck %t/tiled.mlir
// RUN: compress-run %t/tiled.mlir --reference=%t/scalar.mlir --entry=integers --batch=21 | FileCheck %t/tiled.mlir
// RUN: compress-run %t/tiled.mlir --reference=%t/scalar.mlir --entry=matmul --batch=70 --threads=1 | FileCheck %t/tiled.mlir
// RUN: compress-run %t/tiled.mlir --reference=%t/scalar.mlir --entry=matmul --batch=70 --threads=2 | FileCheck %t/tiled.mlir
// RUN: compress-run %t/tiled.mlir --reference=%t/scalar.mlir --entry=matmul --batch=70 --threads=5 | FileCheck %t/tiled.mlir

// Contractions of random bits with weights from -2 to 2: every sum is an
// integer below 2^24, so that the result must be the scalar loop's exactly,
// whatever the order of additions.

//--- tiled.mlir

// CHECK: out0 {{ *}}0 {{ *}}inf

// Dynamic rows, columns that fill no tile.
func.func @matmul(%bits: tensor<?x37xi8>) -> tensor<?x100xf32> {
  %c0 = arith.constant 0 : index
  %m = tensor.dim %bits, %c0 : tensor<?x37xi8>
  %xe = tensor.empty(%m) : tensor<?x37xf32>
  %x = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
      ins(%bits : tensor<?x37xi8>) outs(%xe : tensor<?x37xf32>) {
  ^bb0(%b: i8, %o: f32):
    %f = arith.sitofp %b : i8 to f32
    linalg.yield %f : f32
  } -> tensor<?x37xf32>
  %we = tensor.empty() : tensor<37x100xf32>
  %w = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%we : tensor<37x100xf32>) {
  ^bb0(%o: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %c2 = arith.constant 2 : index
    %c3 = arith.constant 3 : index
    %c5 = arith.constant 5 : index
    %c7 = arith.constant 7 : index
    %p = arith.muli %i, %c7 : index
    %q = arith.muli %j, %c3 : index
    %r = arith.addi %p, %q : index
    %u = arith.remui %r, %c5 : index
    %s = arith.subi %u, %c2 : index
    %n = arith.index_cast %s : index to i32
    %w = arith.sitofp %n : i32 to f32
    linalg.yield %w : f32
  } -> tensor<37x100xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty(%m) : tensor<?x100xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?x100xf32>) -> tensor<?x100xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<?x37xf32>, tensor<37x100xf32>) outs(%f : tensor<?x100xf32>) {
  ^bb0(%x0: f32, %w0: f32, %acc: f32):
    %p = arith.mulf %x0, %w0 : f32
    %r = arith.addf %acc, %p : f32
    linalg.yield %r : f32
  } -> tensor<?x100xf32>
  return %r : tensor<?x100xf32>
}

// Columns that fill tiles.
func.func @even(%bits: tensor<?x16xi8>) -> tensor<?x96xf32> {
  %c0 = arith.constant 0 : index
  %m = tensor.dim %bits, %c0 : tensor<?x16xi8>
  %xe = tensor.empty(%m) : tensor<?x16xf32>
  %x = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
      ins(%bits : tensor<?x16xi8>) outs(%xe : tensor<?x16xf32>) {
  ^bb0(%b: i8, %o: f32):
    %f = arith.sitofp %b : i8 to f32
    linalg.yield %f : f32
  } -> tensor<?x16xf32>
  %we = tensor.empty() : tensor<16x96xf32>
  %w = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%we : tensor<16x96xf32>) {
  ^bb0(%o: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %c2 = arith.constant 2 : index
    %c3 = arith.constant 3 : index
    %c5 = arith.constant 5 : index
    %c7 = arith.constant 7 : index
    %p = arith.muli %i, %c7 : index
    %q = arith.muli %j, %c3 : index
    %r = arith.addi %p, %q : index
    %u = arith.remui %r, %c5 : index
    %s = arith.subi %u, %c2 : index
    %n = arith.index_cast %s : index to i32
    %w = arith.sitofp %n : i32 to f32
    linalg.yield %w : f32
  } -> tensor<16x96xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty(%m) : tensor<?x96xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?x96xf32>) -> tensor<?x96xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<?x16xf32>, tensor<16x96xf32>) outs(%f : tensor<?x96xf32>) {
  ^bb0(%x0: f32, %w0: f32, %acc: f32):
    %p = arith.mulf %x0, %w0 : f32
    %r = arith.addf %acc, %p : f32
    linalg.yield %r : f32
  } -> tensor<?x96xf32>
  return %r : tensor<?x96xf32>
}

// One reduced element, columns fewer than a vector.
func.func @narrow(%bits: tensor<?x1xi8>) -> tensor<?x3xf32> {
  %c0 = arith.constant 0 : index
  %m = tensor.dim %bits, %c0 : tensor<?x1xi8>
  %xe = tensor.empty(%m) : tensor<?x1xf32>
  %x = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
      ins(%bits : tensor<?x1xi8>) outs(%xe : tensor<?x1xf32>) {
  ^bb0(%b: i8, %o: f32):
    %f = arith.sitofp %b : i8 to f32
    linalg.yield %f : f32
  } -> tensor<?x1xf32>
  %we = tensor.empty() : tensor<1x3xf32>
  %w = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%we : tensor<1x3xf32>) {
  ^bb0(%o: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %c2 = arith.constant 2 : index
    %c3 = arith.constant 3 : index
    %c5 = arith.constant 5 : index
    %c7 = arith.constant 7 : index
    %p = arith.muli %i, %c7 : index
    %q = arith.muli %j, %c3 : index
    %r = arith.addi %p, %q : index
    %u = arith.remui %r, %c5 : index
    %s = arith.subi %u, %c2 : index
    %n = arith.index_cast %s : index to i32
    %w = arith.sitofp %n : i32 to f32
    linalg.yield %w : f32
  } -> tensor<1x3xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty(%m) : tensor<?x3xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?x3xf32>) -> tensor<?x3xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<?x1xf32>, tensor<1x3xf32>) outs(%f : tensor<?x3xf32>) {
  ^bb0(%x0: f32, %w0: f32, %acc: f32):
    %p = arith.mulf %x0, %w0 : f32
    %r = arith.addf %acc, %p : f32
    linalg.yield %r : f32
  } -> tensor<?x3xf32>
  return %r : tensor<?x3xf32>
}

// A weight whose rows are reduced.
func.func @transposed(%bits: tensor<?x33xi8>) -> tensor<?x70xf32> {
  %c0 = arith.constant 0 : index
  %m = tensor.dim %bits, %c0 : tensor<?x33xi8>
  %xe = tensor.empty(%m) : tensor<?x33xf32>
  %x = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
      ins(%bits : tensor<?x33xi8>) outs(%xe : tensor<?x33xf32>) {
  ^bb0(%b: i8, %o: f32):
    %f = arith.sitofp %b : i8 to f32
    linalg.yield %f : f32
  } -> tensor<?x33xf32>
  %we = tensor.empty() : tensor<70x33xf32>
  %w = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%we : tensor<70x33xf32>) {
  ^bb0(%o: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %c2 = arith.constant 2 : index
    %c3 = arith.constant 3 : index
    %c5 = arith.constant 5 : index
    %c7 = arith.constant 7 : index
    %p = arith.muli %i, %c7 : index
    %q = arith.muli %j, %c3 : index
    %r = arith.addi %p, %q : index
    %u = arith.remui %r, %c5 : index
    %s = arith.subi %u, %c2 : index
    %n = arith.index_cast %s : index to i32
    %w = arith.sitofp %n : i32 to f32
    linalg.yield %w : f32
  } -> tensor<70x33xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty(%m) : tensor<?x70xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?x70xf32>) -> tensor<?x70xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<?x33xf32>, tensor<70x33xf32>) outs(%f : tensor<?x70xf32>) {
  ^bb0(%x0: f32, %w0: f32, %acc: f32):
    %p = arith.mulf %x0, %w0 : f32
    %r = arith.addf %acc, %p : f32
    linalg.yield %r : f32
  } -> tensor<?x70xf32>
  return %r : tensor<?x70xf32>
}

// Rows known: full tiles and one rest.
func.func @fixed(%bits: tensor<13x5xi8>) -> tensor<13x49xf32> {
  %c0 = arith.constant 0 : index
  %xe = tensor.empty() : tensor<13x5xf32>
  %x = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
      ins(%bits : tensor<13x5xi8>) outs(%xe : tensor<13x5xf32>) {
  ^bb0(%b: i8, %o: f32):
    %f = arith.sitofp %b : i8 to f32
    linalg.yield %f : f32
  } -> tensor<13x5xf32>
  %we = tensor.empty() : tensor<5x49xf32>
  %w = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%we : tensor<5x49xf32>) {
  ^bb0(%o: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %c2 = arith.constant 2 : index
    %c3 = arith.constant 3 : index
    %c5 = arith.constant 5 : index
    %c7 = arith.constant 7 : index
    %p = arith.muli %i, %c7 : index
    %q = arith.muli %j, %c3 : index
    %r = arith.addi %p, %q : index
    %u = arith.remui %r, %c5 : index
    %s = arith.subi %u, %c2 : index
    %n = arith.index_cast %s : index to i32
    %w = arith.sitofp %n : i32 to f32
    linalg.yield %w : f32
  } -> tensor<5x49xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<13x49xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<13x49xf32>) -> tensor<13x49xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<13x5xf32>, tensor<5x49xf32>) outs(%f : tensor<13x49xf32>) {
  ^bb0(%x0: f32, %w0: f32, %acc: f32):
    %p = arith.mulf %x0, %w0 : f32
    %r = arith.addf %acc, %p : f32
    linalg.yield %r : f32
  } -> tensor<13x49xf32>
  return %r : tensor<13x49xf32>
}

// A batch dimension in both operands.
func.func @batch(%bits: tensor<4x5x6xi8>) -> tensor<4x5x50xf32> {
  %c0 = arith.constant 0 : index
  %xe = tensor.empty() : tensor<4x5x6xf32>
  %x = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%bits : tensor<4x5x6xi8>) outs(%xe : tensor<4x5x6xf32>) {
  ^bb0(%b: i8, %o: f32):
    %f = arith.sitofp %b : i8 to f32
    linalg.yield %f : f32
  } -> tensor<4x5x6xf32>
  %we = tensor.empty() : tensor<4x6x50xf32>
  %w = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} outs(%we : tensor<4x6x50xf32>) {
  ^bb0(%o: f32):
    %i = linalg.index 1 : index
    %j = linalg.index 2 : index
    %c2 = arith.constant 2 : index
    %c3 = arith.constant 3 : index
    %c5 = arith.constant 5 : index
    %c7 = arith.constant 7 : index
    %p = arith.muli %i, %c7 : index
    %q = arith.muli %j, %c3 : index
    %r = arith.addi %p, %q : index
    %u = arith.remui %r, %c5 : index
    %s = arith.subi %u, %c2 : index
    %n = arith.index_cast %s : index to i32
    %w = arith.sitofp %n : i32 to f32
    linalg.yield %w : f32
  } -> tensor<4x6x50xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x5x50xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<4x5x50xf32>) -> tensor<4x5x50xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d3, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<4x5x6xf32>, tensor<4x6x50xf32>) outs(%f : tensor<4x5x50xf32>) {
  ^bb0(%x0: f32, %w0: f32, %acc: f32):
    %p = arith.mulf %x0, %w0 : f32
    %r = arith.addf %acc, %p : f32
    linalg.yield %r : f32
  } -> tensor<4x5x50xf32>
  return %r : tensor<4x5x50xf32>
}

// Two reduced dimensions.
func.func @heads(%bits: tensor<?x3x4xi8>) -> tensor<?x50xf32> {
  %c0 = arith.constant 0 : index
  %m = tensor.dim %bits, %c0 : tensor<?x3x4xi8>
  %xe = tensor.empty(%m) : tensor<?x3x4xf32>
  %x = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%bits : tensor<?x3x4xi8>) outs(%xe : tensor<?x3x4xf32>) {
  ^bb0(%b: i8, %o: f32):
    %f = arith.sitofp %b : i8 to f32
    linalg.yield %f : f32
  } -> tensor<?x3x4xf32>
  %we = tensor.empty() : tensor<50x3x4xf32>
  %w = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} outs(%we : tensor<50x3x4xf32>) {
  ^bb0(%o: f32):
    %i = linalg.index 1 : index
    %j = linalg.index 2 : index
    %c2 = arith.constant 2 : index
    %c3 = arith.constant 3 : index
    %c5 = arith.constant 5 : index
    %c7 = arith.constant 7 : index
    %p = arith.muli %i, %c7 : index
    %q = arith.muli %j, %c3 : index
    %r = arith.addi %p, %q : index
    %u = arith.remui %r, %c5 : index
    %s = arith.subi %u, %c2 : index
    %n = arith.index_cast %s : index to i32
    %w = arith.sitofp %n : i32 to f32
    linalg.yield %w : f32
  } -> tensor<50x3x4xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty(%m) : tensor<?x50xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?x50xf32>) -> tensor<?x50xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction", "reduction"]}
      ins(%x, %w : tensor<?x3x4xf32>, tensor<50x3x4xf32>) outs(%f : tensor<?x50xf32>) {
  ^bb0(%x0: f32, %w0: f32, %acc: f32):
    %p = arith.mulf %x0, %w0 : f32
    %r = arith.addf %acc, %p : f32
    linalg.yield %r : f32
  } -> tensor<?x50xf32>
  return %r : tensor<?x50xf32>
}

// Two dimensions of rows.
func.func @sequence(%bits: tensor<?x5x9xi8>) -> tensor<?x5x52xf32> {
  %c0 = arith.constant 0 : index
  %m = tensor.dim %bits, %c0 : tensor<?x5x9xi8>
  %xe = tensor.empty(%m) : tensor<?x5x9xf32>
  %x = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%bits : tensor<?x5x9xi8>) outs(%xe : tensor<?x5x9xf32>) {
  ^bb0(%b: i8, %o: f32):
    %f = arith.sitofp %b : i8 to f32
    linalg.yield %f : f32
  } -> tensor<?x5x9xf32>
  %we = tensor.empty() : tensor<9x52xf32>
  %w = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%we : tensor<9x52xf32>) {
  ^bb0(%o: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %c2 = arith.constant 2 : index
    %c3 = arith.constant 3 : index
    %c5 = arith.constant 5 : index
    %c7 = arith.constant 7 : index
    %p = arith.muli %i, %c7 : index
    %q = arith.muli %j, %c3 : index
    %r = arith.addi %p, %q : index
    %u = arith.remui %r, %c5 : index
    %s = arith.subi %u, %c2 : index
    %n = arith.index_cast %s : index to i32
    %w = arith.sitofp %n : i32 to f32
    linalg.yield %w : f32
  } -> tensor<9x52xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty(%m) : tensor<?x5x52xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?x5x52xf32>) -> tensor<?x5x52xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d3)>, affine_map<(d0, d1, d2, d3) -> (d3, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<?x5x9xf32>, tensor<9x52xf32>) outs(%f : tensor<?x5x52xf32>) {
  ^bb0(%x0: f32, %w0: f32, %acc: f32):
    %p = arith.mulf %x0, %w0 : f32
    %r = arith.addf %acc, %p : f32
    linalg.yield %r : f32
  } -> tensor<?x5x52xf32>
  return %r : tensor<?x5x52xf32>
}

// A vector times a matrix.
func.func @vector(%bits: tensor<19xi8>) -> tensor<65xf32> {
  %c0 = arith.constant 0 : index
  %xe = tensor.empty() : tensor<19xf32>
  %x = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
      ins(%bits : tensor<19xi8>) outs(%xe : tensor<19xf32>) {
  ^bb0(%b: i8, %o: f32):
    %f = arith.sitofp %b : i8 to f32
    linalg.yield %f : f32
  } -> tensor<19xf32>
  %we = tensor.empty() : tensor<19x65xf32>
  %w = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%we : tensor<19x65xf32>) {
  ^bb0(%o: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %c2 = arith.constant 2 : index
    %c3 = arith.constant 3 : index
    %c5 = arith.constant 5 : index
    %c7 = arith.constant 7 : index
    %p = arith.muli %i, %c7 : index
    %q = arith.muli %j, %c3 : index
    %r = arith.addi %p, %q : index
    %u = arith.remui %r, %c5 : index
    %s = arith.subi %u, %c2 : index
    %n = arith.index_cast %s : index to i32
    %w = arith.sitofp %n : i32 to f32
    linalg.yield %w : f32
  } -> tensor<19x65xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<65xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<65xf32>) -> tensor<65xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d1, d0)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]}
      ins(%x, %w : tensor<19xf32>, tensor<19x65xf32>) outs(%f : tensor<65xf32>) {
  ^bb0(%x0: f32, %w0: f32, %acc: f32):
    %p = arith.mulf %x0, %w0 : f32
    %r = arith.addf %acc, %p : f32
    linalg.yield %r : f32
  } -> tensor<65xf32>
  return %r : tensor<65xf32>
}

// Bytes, accumulated in 32 bits.
func.func @integers(%bits: tensor<?x35xi8>) -> tensor<?x53xi32> {
  %c0 = arith.constant 0 : index
  %m = tensor.dim %bits, %c0 : tensor<?x35xi8>
  %we = tensor.empty() : tensor<35x53xi8>
  %w = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%we : tensor<35x53xi8>) {
  ^bb0(%o: i8):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %c2 = arith.constant 2 : index
    %c3 = arith.constant 3 : index
    %c5 = arith.constant 5 : index
    %c7 = arith.constant 7 : index
    %p = arith.muli %i, %c7 : index
    %q = arith.muli %j, %c3 : index
    %r = arith.addi %p, %q : index
    %u = arith.remui %r, %c5 : index
    %s = arith.subi %u, %c2 : index
    %w = arith.index_cast %s : index to i8
    linalg.yield %w : i8
  } -> tensor<35x53xi8>
  %zero = arith.constant 0 : i32
  %e = tensor.empty(%m) : tensor<?x53xi32>
  %f = linalg.fill ins(%zero : i32) outs(%e : tensor<?x53xi32>) -> tensor<?x53xi32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%bits, %w : tensor<?x35xi8>, tensor<35x53xi8>) outs(%f : tensor<?x53xi32>) {
  ^bb0(%x0: i8, %w0: i8, %acc: i32):
    %a = arith.extsi %x0 : i8 to i32
    %b = arith.extsi %w0 : i8 to i32
    %p = arith.muli %a, %b : i32
    %r = arith.addi %acc, %p : i32
    linalg.yield %r : i32
  } -> tensor<?x53xi32>
  return %r : tensor<?x53xi32>
}

//--- scalar.mlir

func.func @matmul(%bits: tensor<?x37xi8>) -> tensor<?x100xf32> {
  %c0 = arith.constant 0 : index
  %m = tensor.dim %bits, %c0 : tensor<?x37xi8>
  %xe = tensor.empty(%m) : tensor<?x37xf32>
  %x = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
      ins(%bits : tensor<?x37xi8>) outs(%xe : tensor<?x37xf32>) {
  ^bb0(%b: i8, %o: f32):
    %f = arith.sitofp %b : i8 to f32
    linalg.yield %f : f32
  } -> tensor<?x37xf32>
  %we = tensor.empty() : tensor<37x100xf32>
  %w = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%we : tensor<37x100xf32>) {
  ^bb0(%o: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %c2 = arith.constant 2 : index
    %c3 = arith.constant 3 : index
    %c5 = arith.constant 5 : index
    %c7 = arith.constant 7 : index
    %p = arith.muli %i, %c7 : index
    %q = arith.muli %j, %c3 : index
    %r = arith.addi %p, %q : index
    %u = arith.remui %r, %c5 : index
    %s = arith.subi %u, %c2 : index
    %n = arith.index_cast %s : index to i32
    %w = arith.sitofp %n : i32 to f32
    linalg.yield %w : f32
  } -> tensor<37x100xf32>
  %zero = arith.constant 0.0 : f32
  %c1 = arith.constant 1 : index
  %k2 = arith.constant 37 : index
  %r = tensor.generate %m {
  ^bb0(%i0: index, %i1: index):
    %s2 = scf.for %i2 = %c0 to %k2 step %c1 iter_args(%a2 = %zero) -> (f32) {
      %x0 = tensor.extract %x[%i0, %i2] : tensor<?x37xf32>
      %w0 = tensor.extract %w[%i2, %i1] : tensor<37x100xf32>
      %p = arith.mulf %x0, %w0 : f32
      %t = arith.addf %a2, %p : f32
      scf.yield %t : f32
    }
    tensor.yield %s2 : f32
  } : tensor<?x100xf32>
  return %r : tensor<?x100xf32>
}

func.func @even(%bits: tensor<?x16xi8>) -> tensor<?x96xf32> {
  %c0 = arith.constant 0 : index
  %m = tensor.dim %bits, %c0 : tensor<?x16xi8>
  %xe = tensor.empty(%m) : tensor<?x16xf32>
  %x = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
      ins(%bits : tensor<?x16xi8>) outs(%xe : tensor<?x16xf32>) {
  ^bb0(%b: i8, %o: f32):
    %f = arith.sitofp %b : i8 to f32
    linalg.yield %f : f32
  } -> tensor<?x16xf32>
  %we = tensor.empty() : tensor<16x96xf32>
  %w = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%we : tensor<16x96xf32>) {
  ^bb0(%o: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %c2 = arith.constant 2 : index
    %c3 = arith.constant 3 : index
    %c5 = arith.constant 5 : index
    %c7 = arith.constant 7 : index
    %p = arith.muli %i, %c7 : index
    %q = arith.muli %j, %c3 : index
    %r = arith.addi %p, %q : index
    %u = arith.remui %r, %c5 : index
    %s = arith.subi %u, %c2 : index
    %n = arith.index_cast %s : index to i32
    %w = arith.sitofp %n : i32 to f32
    linalg.yield %w : f32
  } -> tensor<16x96xf32>
  %zero = arith.constant 0.0 : f32
  %c1 = arith.constant 1 : index
  %k2 = arith.constant 16 : index
  %r = tensor.generate %m {
  ^bb0(%i0: index, %i1: index):
    %s2 = scf.for %i2 = %c0 to %k2 step %c1 iter_args(%a2 = %zero) -> (f32) {
      %x0 = tensor.extract %x[%i0, %i2] : tensor<?x16xf32>
      %w0 = tensor.extract %w[%i2, %i1] : tensor<16x96xf32>
      %p = arith.mulf %x0, %w0 : f32
      %t = arith.addf %a2, %p : f32
      scf.yield %t : f32
    }
    tensor.yield %s2 : f32
  } : tensor<?x96xf32>
  return %r : tensor<?x96xf32>
}

func.func @narrow(%bits: tensor<?x1xi8>) -> tensor<?x3xf32> {
  %c0 = arith.constant 0 : index
  %m = tensor.dim %bits, %c0 : tensor<?x1xi8>
  %xe = tensor.empty(%m) : tensor<?x1xf32>
  %x = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
      ins(%bits : tensor<?x1xi8>) outs(%xe : tensor<?x1xf32>) {
  ^bb0(%b: i8, %o: f32):
    %f = arith.sitofp %b : i8 to f32
    linalg.yield %f : f32
  } -> tensor<?x1xf32>
  %we = tensor.empty() : tensor<1x3xf32>
  %w = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%we : tensor<1x3xf32>) {
  ^bb0(%o: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %c2 = arith.constant 2 : index
    %c3 = arith.constant 3 : index
    %c5 = arith.constant 5 : index
    %c7 = arith.constant 7 : index
    %p = arith.muli %i, %c7 : index
    %q = arith.muli %j, %c3 : index
    %r = arith.addi %p, %q : index
    %u = arith.remui %r, %c5 : index
    %s = arith.subi %u, %c2 : index
    %n = arith.index_cast %s : index to i32
    %w = arith.sitofp %n : i32 to f32
    linalg.yield %w : f32
  } -> tensor<1x3xf32>
  %zero = arith.constant 0.0 : f32
  %c1 = arith.constant 1 : index
  %k2 = arith.constant 1 : index
  %r = tensor.generate %m {
  ^bb0(%i0: index, %i1: index):
    %s2 = scf.for %i2 = %c0 to %k2 step %c1 iter_args(%a2 = %zero) -> (f32) {
      %x0 = tensor.extract %x[%i0, %i2] : tensor<?x1xf32>
      %w0 = tensor.extract %w[%i2, %i1] : tensor<1x3xf32>
      %p = arith.mulf %x0, %w0 : f32
      %t = arith.addf %a2, %p : f32
      scf.yield %t : f32
    }
    tensor.yield %s2 : f32
  } : tensor<?x3xf32>
  return %r : tensor<?x3xf32>
}

func.func @transposed(%bits: tensor<?x33xi8>) -> tensor<?x70xf32> {
  %c0 = arith.constant 0 : index
  %m = tensor.dim %bits, %c0 : tensor<?x33xi8>
  %xe = tensor.empty(%m) : tensor<?x33xf32>
  %x = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
      ins(%bits : tensor<?x33xi8>) outs(%xe : tensor<?x33xf32>) {
  ^bb0(%b: i8, %o: f32):
    %f = arith.sitofp %b : i8 to f32
    linalg.yield %f : f32
  } -> tensor<?x33xf32>
  %we = tensor.empty() : tensor<70x33xf32>
  %w = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%we : tensor<70x33xf32>) {
  ^bb0(%o: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %c2 = arith.constant 2 : index
    %c3 = arith.constant 3 : index
    %c5 = arith.constant 5 : index
    %c7 = arith.constant 7 : index
    %p = arith.muli %i, %c7 : index
    %q = arith.muli %j, %c3 : index
    %r = arith.addi %p, %q : index
    %u = arith.remui %r, %c5 : index
    %s = arith.subi %u, %c2 : index
    %n = arith.index_cast %s : index to i32
    %w = arith.sitofp %n : i32 to f32
    linalg.yield %w : f32
  } -> tensor<70x33xf32>
  %zero = arith.constant 0.0 : f32
  %c1 = arith.constant 1 : index
  %k2 = arith.constant 33 : index
  %r = tensor.generate %m {
  ^bb0(%i0: index, %i1: index):
    %s2 = scf.for %i2 = %c0 to %k2 step %c1 iter_args(%a2 = %zero) -> (f32) {
      %x0 = tensor.extract %x[%i0, %i2] : tensor<?x33xf32>
      %w0 = tensor.extract %w[%i1, %i2] : tensor<70x33xf32>
      %p = arith.mulf %x0, %w0 : f32
      %t = arith.addf %a2, %p : f32
      scf.yield %t : f32
    }
    tensor.yield %s2 : f32
  } : tensor<?x70xf32>
  return %r : tensor<?x70xf32>
}

func.func @fixed(%bits: tensor<13x5xi8>) -> tensor<13x49xf32> {
  %c0 = arith.constant 0 : index
  %xe = tensor.empty() : tensor<13x5xf32>
  %x = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
      ins(%bits : tensor<13x5xi8>) outs(%xe : tensor<13x5xf32>) {
  ^bb0(%b: i8, %o: f32):
    %f = arith.sitofp %b : i8 to f32
    linalg.yield %f : f32
  } -> tensor<13x5xf32>
  %we = tensor.empty() : tensor<5x49xf32>
  %w = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%we : tensor<5x49xf32>) {
  ^bb0(%o: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %c2 = arith.constant 2 : index
    %c3 = arith.constant 3 : index
    %c5 = arith.constant 5 : index
    %c7 = arith.constant 7 : index
    %p = arith.muli %i, %c7 : index
    %q = arith.muli %j, %c3 : index
    %r = arith.addi %p, %q : index
    %u = arith.remui %r, %c5 : index
    %s = arith.subi %u, %c2 : index
    %n = arith.index_cast %s : index to i32
    %w = arith.sitofp %n : i32 to f32
    linalg.yield %w : f32
  } -> tensor<5x49xf32>
  %zero = arith.constant 0.0 : f32
  %c1 = arith.constant 1 : index
  %k2 = arith.constant 5 : index
  %r = tensor.generate  {
  ^bb0(%i0: index, %i1: index):
    %s2 = scf.for %i2 = %c0 to %k2 step %c1 iter_args(%a2 = %zero) -> (f32) {
      %x0 = tensor.extract %x[%i0, %i2] : tensor<13x5xf32>
      %w0 = tensor.extract %w[%i2, %i1] : tensor<5x49xf32>
      %p = arith.mulf %x0, %w0 : f32
      %t = arith.addf %a2, %p : f32
      scf.yield %t : f32
    }
    tensor.yield %s2 : f32
  } : tensor<13x49xf32>
  return %r : tensor<13x49xf32>
}

func.func @batch(%bits: tensor<4x5x6xi8>) -> tensor<4x5x50xf32> {
  %c0 = arith.constant 0 : index
  %xe = tensor.empty() : tensor<4x5x6xf32>
  %x = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%bits : tensor<4x5x6xi8>) outs(%xe : tensor<4x5x6xf32>) {
  ^bb0(%b: i8, %o: f32):
    %f = arith.sitofp %b : i8 to f32
    linalg.yield %f : f32
  } -> tensor<4x5x6xf32>
  %we = tensor.empty() : tensor<4x6x50xf32>
  %w = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} outs(%we : tensor<4x6x50xf32>) {
  ^bb0(%o: f32):
    %i = linalg.index 1 : index
    %j = linalg.index 2 : index
    %c2 = arith.constant 2 : index
    %c3 = arith.constant 3 : index
    %c5 = arith.constant 5 : index
    %c7 = arith.constant 7 : index
    %p = arith.muli %i, %c7 : index
    %q = arith.muli %j, %c3 : index
    %r = arith.addi %p, %q : index
    %u = arith.remui %r, %c5 : index
    %s = arith.subi %u, %c2 : index
    %n = arith.index_cast %s : index to i32
    %w = arith.sitofp %n : i32 to f32
    linalg.yield %w : f32
  } -> tensor<4x6x50xf32>
  %zero = arith.constant 0.0 : f32
  %c1 = arith.constant 1 : index
  %k3 = arith.constant 6 : index
  %r = tensor.generate  {
  ^bb0(%i0: index, %i1: index, %i2: index):
    %s3 = scf.for %i3 = %c0 to %k3 step %c1 iter_args(%a3 = %zero) -> (f32) {
      %x0 = tensor.extract %x[%i0, %i1, %i3] : tensor<4x5x6xf32>
      %w0 = tensor.extract %w[%i0, %i3, %i2] : tensor<4x6x50xf32>
      %p = arith.mulf %x0, %w0 : f32
      %t = arith.addf %a3, %p : f32
      scf.yield %t : f32
    }
    tensor.yield %s3 : f32
  } : tensor<4x5x50xf32>
  return %r : tensor<4x5x50xf32>
}

func.func @heads(%bits: tensor<?x3x4xi8>) -> tensor<?x50xf32> {
  %c0 = arith.constant 0 : index
  %m = tensor.dim %bits, %c0 : tensor<?x3x4xi8>
  %xe = tensor.empty(%m) : tensor<?x3x4xf32>
  %x = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%bits : tensor<?x3x4xi8>) outs(%xe : tensor<?x3x4xf32>) {
  ^bb0(%b: i8, %o: f32):
    %f = arith.sitofp %b : i8 to f32
    linalg.yield %f : f32
  } -> tensor<?x3x4xf32>
  %we = tensor.empty() : tensor<50x3x4xf32>
  %w = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} outs(%we : tensor<50x3x4xf32>) {
  ^bb0(%o: f32):
    %i = linalg.index 1 : index
    %j = linalg.index 2 : index
    %c2 = arith.constant 2 : index
    %c3 = arith.constant 3 : index
    %c5 = arith.constant 5 : index
    %c7 = arith.constant 7 : index
    %p = arith.muli %i, %c7 : index
    %q = arith.muli %j, %c3 : index
    %r = arith.addi %p, %q : index
    %u = arith.remui %r, %c5 : index
    %s = arith.subi %u, %c2 : index
    %n = arith.index_cast %s : index to i32
    %w = arith.sitofp %n : i32 to f32
    linalg.yield %w : f32
  } -> tensor<50x3x4xf32>
  %zero = arith.constant 0.0 : f32
  %c1 = arith.constant 1 : index
  %k2 = arith.constant 3 : index
  %k3 = arith.constant 4 : index
  %r = tensor.generate %m {
  ^bb0(%i0: index, %i1: index):
    %s2 = scf.for %i2 = %c0 to %k2 step %c1 iter_args(%a2 = %zero) -> (f32) {
    %s3 = scf.for %i3 = %c0 to %k3 step %c1 iter_args(%a3 = %a2) -> (f32) {
      %x0 = tensor.extract %x[%i0, %i2, %i3] : tensor<?x3x4xf32>
      %w0 = tensor.extract %w[%i1, %i2, %i3] : tensor<50x3x4xf32>
      %p = arith.mulf %x0, %w0 : f32
      %t = arith.addf %a3, %p : f32
      scf.yield %t : f32
    }
    scf.yield %s3 : f32
    }
    tensor.yield %s2 : f32
  } : tensor<?x50xf32>
  return %r : tensor<?x50xf32>
}

func.func @sequence(%bits: tensor<?x5x9xi8>) -> tensor<?x5x52xf32> {
  %c0 = arith.constant 0 : index
  %m = tensor.dim %bits, %c0 : tensor<?x5x9xi8>
  %xe = tensor.empty(%m) : tensor<?x5x9xf32>
  %x = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%bits : tensor<?x5x9xi8>) outs(%xe : tensor<?x5x9xf32>) {
  ^bb0(%b: i8, %o: f32):
    %f = arith.sitofp %b : i8 to f32
    linalg.yield %f : f32
  } -> tensor<?x5x9xf32>
  %we = tensor.empty() : tensor<9x52xf32>
  %w = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%we : tensor<9x52xf32>) {
  ^bb0(%o: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %c2 = arith.constant 2 : index
    %c3 = arith.constant 3 : index
    %c5 = arith.constant 5 : index
    %c7 = arith.constant 7 : index
    %p = arith.muli %i, %c7 : index
    %q = arith.muli %j, %c3 : index
    %r = arith.addi %p, %q : index
    %u = arith.remui %r, %c5 : index
    %s = arith.subi %u, %c2 : index
    %n = arith.index_cast %s : index to i32
    %w = arith.sitofp %n : i32 to f32
    linalg.yield %w : f32
  } -> tensor<9x52xf32>
  %zero = arith.constant 0.0 : f32
  %c1 = arith.constant 1 : index
  %k3 = arith.constant 9 : index
  %r = tensor.generate %m {
  ^bb0(%i0: index, %i1: index, %i2: index):
    %s3 = scf.for %i3 = %c0 to %k3 step %c1 iter_args(%a3 = %zero) -> (f32) {
      %x0 = tensor.extract %x[%i0, %i1, %i3] : tensor<?x5x9xf32>
      %w0 = tensor.extract %w[%i3, %i2] : tensor<9x52xf32>
      %p = arith.mulf %x0, %w0 : f32
      %t = arith.addf %a3, %p : f32
      scf.yield %t : f32
    }
    tensor.yield %s3 : f32
  } : tensor<?x5x52xf32>
  return %r : tensor<?x5x52xf32>
}

func.func @vector(%bits: tensor<19xi8>) -> tensor<65xf32> {
  %c0 = arith.constant 0 : index
  %xe = tensor.empty() : tensor<19xf32>
  %x = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
      ins(%bits : tensor<19xi8>) outs(%xe : tensor<19xf32>) {
  ^bb0(%b: i8, %o: f32):
    %f = arith.sitofp %b : i8 to f32
    linalg.yield %f : f32
  } -> tensor<19xf32>
  %we = tensor.empty() : tensor<19x65xf32>
  %w = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%we : tensor<19x65xf32>) {
  ^bb0(%o: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %c2 = arith.constant 2 : index
    %c3 = arith.constant 3 : index
    %c5 = arith.constant 5 : index
    %c7 = arith.constant 7 : index
    %p = arith.muli %i, %c7 : index
    %q = arith.muli %j, %c3 : index
    %r = arith.addi %p, %q : index
    %u = arith.remui %r, %c5 : index
    %s = arith.subi %u, %c2 : index
    %n = arith.index_cast %s : index to i32
    %w = arith.sitofp %n : i32 to f32
    linalg.yield %w : f32
  } -> tensor<19x65xf32>
  %zero = arith.constant 0.0 : f32
  %c1 = arith.constant 1 : index
  %k1 = arith.constant 19 : index
  %r = tensor.generate  {
  ^bb0(%i0: index):
    %s1 = scf.for %i1 = %c0 to %k1 step %c1 iter_args(%a1 = %zero) -> (f32) {
      %x0 = tensor.extract %x[%i1] : tensor<19xf32>
      %w0 = tensor.extract %w[%i1, %i0] : tensor<19x65xf32>
      %p = arith.mulf %x0, %w0 : f32
      %t = arith.addf %a1, %p : f32
      scf.yield %t : f32
    }
    tensor.yield %s1 : f32
  } : tensor<65xf32>
  return %r : tensor<65xf32>
}

func.func @integers(%bits: tensor<?x35xi8>) -> tensor<?x53xi32> {
  %c0 = arith.constant 0 : index
  %m = tensor.dim %bits, %c0 : tensor<?x35xi8>
  %we = tensor.empty() : tensor<35x53xi8>
  %w = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%we : tensor<35x53xi8>) {
  ^bb0(%o: i8):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %c2 = arith.constant 2 : index
    %c3 = arith.constant 3 : index
    %c5 = arith.constant 5 : index
    %c7 = arith.constant 7 : index
    %p = arith.muli %i, %c7 : index
    %q = arith.muli %j, %c3 : index
    %r = arith.addi %p, %q : index
    %u = arith.remui %r, %c5 : index
    %s = arith.subi %u, %c2 : index
    %w = arith.index_cast %s : index to i8
    linalg.yield %w : i8
  } -> tensor<35x53xi8>
  %zero = arith.constant 0 : i32
  %c1 = arith.constant 1 : index
  %k2 = arith.constant 35 : index
  %r = tensor.generate %m {
  ^bb0(%i0: index, %i1: index):
    %s2 = scf.for %i2 = %c0 to %k2 step %c1 iter_args(%a2 = %zero) -> (i32) {
      %x0 = tensor.extract %bits[%i0, %i2] : tensor<?x35xi8>
      %w0 = tensor.extract %w[%i2, %i1] : tensor<35x53xi8>
      %a = arith.extsi %x0 : i8 to i32
      %b = arith.extsi %w0 : i8 to i32
      %p = arith.muli %a, %b : i32
      %t = arith.addi %a2, %p : i32
      scf.yield %t : i32
    }
    tensor.yield %s2 : i32
  } : tensor<?x53xi32>
  return %r : tensor<?x53xi32>
}
