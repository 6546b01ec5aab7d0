//===- Passes.td - Conversion passes -----------------------*- tablegen -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_CONVERSION_PASSES
#define COMPRESS_CONVERSION_PASSES

include "mlir/Pass/PassBase.td"

//===----------------------------------------------------------------------===//
// DenseToLinalg
//===----------------------------------------------------------------------===//

def ConvertDenseToLinalgPass : Pass<"convert-dense-to-linalg", "::mlir::ModuleOp"> {
  let summary = "Lower dense ops that the back ends do not read";
  let description = [{
    The back ends read linalg, tensor, arith, math and scf. This pass lowers to
    them what models hold besides, and upstream's bufferization does not take:

    - TOSA, by upstream's conversions;
    - `tensor.gather`, to a `linalg.generic` with a `tensor.extract`;
    - `linalg.pack` to pad, reshape and transpose, and `linalg.unpack` likewise.

    Left alone: everything else. Errors: a `linalg.pack` or `linalg.unpack` with
    inner tiles of dynamic sizes.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::tensor::TensorDialect",
                           "::mlir::tosa::TosaDialect"];
}

//===----------------------------------------------------------------------===//
// LinalgToCPU
//===----------------------------------------------------------------------===//

def HoistConstantsPass : Pass<"compress-hoist-constants", "::mlir::ModuleOp"> {
  let summary = "Turn large constants into trailing function arguments";
  let description = [{
    Every constant tensor (`arith.constant`, or an `ml_program.global_load_const`
    or `ml_program.global_load` of an immutable global) that is a resource, an
    external weight, or `dense` and of at least `min-bytes` bytes becomes a
    trailing argument of the function that uses it. The argument carries the
    constant's value in the attribute `compress.constant`, from which the caller
    binds it, so that the bytes are never copied into the compiled code. Equal constants share one argument. A large splat becomes
    `linalg.fill` of a `tensor.empty`.

    Left alone: smaller constants, loads of mutable globals, elements that are
    not whole bytes, and functions that something in the module refers to, whose
    callers would have to pass the arguments (inline first).
  }];
  let options = [
    Option<"minBytes", "min-bytes", "int64_t", /*default=*/"1024",
           "Hoist dense constants of at least this many bytes">
  ];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect",
                           "::mlir::compress::CompressDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def PackContractsPass : Pass<"compress-pack-contracts", "::mlir::ModuleOp"> {
  let summary = "Give products with coded weights the form of tiles that decode";
  let description = [{
    A `compress.contract` of f32 rows x[..., k] with a constant weight of codes becomes
    `linalg.generic` on constants whose bytes lie as register tiles read them: panels of as
    many columns as a tile (see `compress-pack-weights`), in each the groups of k that share
    parameters, in each words of eight codes of 4 bits, or single codes of 8 bits, of
    neighbouring columns. `compress-lower-contractions` makes of a word of a column a lane of
    a vector, and of the body arithmetic on vectors; scales multiply the sum of a group.

    The form depends on the rows: with at most 16, or an unknown number, one op decodes and
    multiplies, so that a weight is read once and never stored; with more, one op decodes a
    panel for all rows, and one multiplies.

    The arithmetic is that of `compress.decode`, but for the order of sums and that a group
    is summed before its scale multiplies it.

    Weights: dense matrices with affine integers of 2 to 8 bits, nf4, ternary, or floats of
    f4E2M1FN, f8E4M3FN and f8E5M2 with scales. Codes of fewer than 4 bits are packed as 4,
    those of 5 to 7 bits as 8, and rows of k padded to whole groups.

    Left alone, with a remark: weights that are sparse, of other types, with learned tables
    or computed when running, floats of 8 bits with more than 16 rows or an unknown number,
    and other contractions. `compress-decode-weights` decodes constant ones.
  }];
  let options = [
    Option<"vectorWidth", "vector-width", "int64_t", /*default=*/"16",
           "Elements of 32 bits in a vector register">,
    Option<"tileN", "tile-n", "int64_t", /*default=*/"64",
           "Columns of a register tile at most, a multiple of the vector width">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::compress::CompressDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect",
                           "::mlir::vector::VectorDialect"];
}

def DecodeWeightsPass : Pass<"compress-decode-weights", "::mlir::ModuleOp"> {
  let summary = "Decode constant weights when compiling";
  let description = [{
    A constant weight whose values a `compress.contract`, `compress.conv` or
    `compress.decode` computes with becomes one of its element type without sparsity: the
    codec decodes it once, in memory, to the values of `compress.decode`. Run after
    `compress-pack-contracts`, this is for what loops do not decode in registers, such as
    filters of convolutions, sparse weights and learned tables: they take as much memory as
    dense ones while the model is loaded, and as much time.

    Left alone: weights of products of integers, which read stored values; tables that
    `compress.extract` reads a few rows of; and what is computed when running.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::compress::CompressDialect"];
}

def MeasureResultsPass : Pass<"compress-measure-results", "::mlir::ModuleOp"> {
  let summary = "Add functions that compute the extents of results";
  let description = [{
    Every public function with a body and with a tensor of dynamic extents among its
    results gets another beside it, `NAME_measure`, and its name as the attribute
    `compress_cpu.measure`. That function takes the same arguments and a
    `memref<?xindex>`, which it writes the extents of all results to, in their order,
    so that a caller can provide the memory of results before the call. Extents are
    resolved through ops that say how theirs follow (`ReifyRankedShapedTypeOpInterface`);
    what they do not depend on is left out. A function that branches between blocks is
    an error.

    ```mlir
    func.func @f(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
      %y = linalg.exp ins(%x : tensor<?x4xf32>) outs(%x : tensor<?x4xf32>) -> tensor<?x4xf32>
      return %y : tensor<?x4xf32>
    }
    // gets
    func.func @f_measure(%x: tensor<?x4xf32>, %extents: memref<?xindex>) {
      %n = tensor.dim %x, %c0 : tensor<?x4xf32>
      memref.store %n, %extents[%c0] : memref<?xindex>
      memref.store %c4, %extents[%c1] : memref<?xindex>
      return
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::tensor::TensorDialect"];
}

def PackWeightsPass : Pass<"compress-pack-weights", "::mlir::ModuleOp"> {
  let summary = "Give constant operands of contractions the order of register tiles";
  let description = [{
    The right-hand side w of a contraction, the operand that has the result's innermost
    dimension, becomes a constant whose bytes lie panel by panel, where it is a weight:
    a constant, a resource, an immutable global or an external weight, behind any chain of
    transposes and reshapes. A panel is as many columns as a register tile; the result is
    computed panel by panel as well, and reshaped.

    ```
    w[k, n]                      becomes  w[n / N][k][n % N]
    w[n, k]                      likewise
    filter[kh, kw, c, f]         becomes  filter[f / N][kh][kw][c][f % N]
    ```

    N is a multiple of `vector-width` and at most `tile-n`, less where so few rows are
    multiplied that they are one tile, with the least padding, which is zeros. What the contraction adds to, unless it is zero, is added afterwards.

    Products of signed 8-bit integers in i32 take the form of the instructions that add
    neighbouring products in one lane, by `dot-length`:

    - 4: `vpdpbusd` multiplies unsigned by signed bytes (Intel 64 and IA-32 Architectures
      Software Developer's Manual, volume 2, "VPDPBUSD"). So x + 128 is multiplied, and
      128 times the sum of each column of w subtracted: the same integers modulo 2^32.
      `w[n / N][k / 4][n % N][k % 4]`.
    - 2: `vpmaddwd` multiplies 16-bit integers, which both operands are extended to.
      `w[n / N][k / 2][n % N][k % 2]`.
    - 1: no such form.

    Left alone: constants that are equal everywhere, operands on the left, what is computed
    from a weight otherwise, and images.
  }];
  let options = [
    Option<"vectorWidth", "vector-width", "int64_t", /*default=*/"16",
           "Elements of 32 bits in a vector register">,
    Option<"tileN", "tile-n", "int64_t", /*default=*/"64",
           "Columns of a register tile at most, a multiple of the vector width">,
    Option<"accumulators", "accumulators", "int64_t", /*default=*/"24",
           "Vector registers that hold accumulators">,
    Option<"dotLength", "dot-length", "int64_t", /*default=*/"1",
           "Products of 8-bit integers that a lane of an instruction adds: 1, 2 or 4">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::compress::CompressDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def TileForCPUPass : Pass<"compress-tile-for-cpu", "::mlir::func::FuncOp"> {
  let summary = "Tile linalg ops on tensors into parallel loops";
  let description = [{
    A contraction is tiled by `tile-n` along the innermost dimension of its
    result and by one along batch dimensions, as an `scf.forall`. The chain of
    elementwise ops that yields its right-hand side (which decodes a
    weight) is fused into the loop, so that each panel of a weight is decoded
    once a call, whatever the number of rows. Its fill is fused too. When there
    are too few panels and nothing is decoded, the rows are tiled as well. A
    convolution is tiled alike, but what yields an image on the right is not
    fused: tiles of an image overlap.

    Other linalg ops are tiled along their outermost parallel dimensions, in
    chunks of about `grain` elements. Ops on fewer elements than that, and ops
    without a parallel dimension, stay.
  }];
  let options = [
    Option<"tileN", "tile-n", "int64_t", /*default=*/"64",
           "Columns of a contraction's parallel tile">,
    Option<"tileM", "tile-m", "int64_t", /*default=*/"64",
           "Rows of a contraction's parallel tile, where rows are tiled">,
    Option<"grain", "grain", "int64_t", /*default=*/"16384",
           "Elements of an elementwise op's parallel tile">
  ];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::tensor::TensorDialect"];
}

def FuseElementwisePass : Pass<"compress-fuse-elementwise", "::mlir::func::FuncOp"> {
  let summary = "Generalize linalg ops and fuse elementwise ones";
  let description = [{
    Named linalg ops become `linalg.generic`, `linalg.softmax` is decomposed, and
    an elementwise op is fused into its only consumer. Left alone: a producer of
    a contraction, which would be recomputed for every row of the other
    operand, and a producer whose value the consumer broadcasts, which would be
    recomputed for every element.
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::tensor::TensorDialect"];
}

def SeparateLoopInitsPass : Pass<"compress-separate-loop-inits"> {
  let summary = "Give each value that a loop carries an empty tensor of its own";
  let description = [{
    Merging equal operations also merges equal `tensor.empty`, and two values
    that a loop carries may then start as the same one. Their contents being
    undefined, bufferization sees no conflict and puts both values into one
    buffer. This pass runs right before it and clones a `tensor.empty` that is
    the start of a carried value and has other uses.

    Left alone: destinations of `scf.forall`, each of whose iterations writes a
    slice that no other reads.
  }];
}

def LowerContractionsPass : Pass<"compress-lower-contractions"> {
  let summary = "Lower contractions on buffers to register tiles of vectors";
  let description = [{
    A contraction (`linalg.generic` on memrefs with two inputs and one output
    whose body multiplies and adds) becomes loops around a register tile:
    rows times vectors of accumulators that live in registers through the loop
    over the reduced dimensions. The right-hand side is copied into a panel of
    contiguous rows first, unless it is such a panel already or there are too
    few rows to repay the copy. Rows and columns that do not fill a tile get
    narrower tiles and masks, so that nothing outside the operands is touched.
    A convolution is one whose image's index is a sum; where the image is on the
    right, the panel holds its windows. Products that `compress-pack-weights` gave
    the form of `vpdpbusd` or `vpmaddwd` become these instructions.

    Left alone: ops whose result's innermost dimension is a batch dimension or
    not contiguous, and products of a matrix of contiguous rows with few vectors,
    which `compress-lower-generics` turns into dot products.
  }];
  let options = [
    Option<"vectorWidth", "vector-width", "int64_t", /*default=*/"16",
           "Elements of 32 bits in a vector register">,
    Option<"tileN", "tile-n", "int64_t", /*default=*/"64",
           "Columns of a register tile, a multiple of the vector width">,
    Option<"accumulators", "accumulators", "int64_t", /*default=*/"24",
           "Vector registers that hold accumulators">,
    Option<"dotLength", "dot-length", "int64_t", /*default=*/"1",
           "Products of integers that a lane of an instruction adds: 1, 2 or 4">
  ];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect"];
}

def LowerGenericsPass : Pass<"compress-lower-generics"> {
  let summary = "Lower linalg ops on buffers to loops with scalar accumulators";
  let description = [{
    Every `linalg` op on memrefs becomes a nest of `scf.for`. Where the
    innermost loop reduces, the accumulator is carried in a register through the
    reduction loops, and floating-point additions and multiplications of the
    accumulator may be reassociated, so that the back end vectorizes them.
    Where it does not, the loops keep the op's order.
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect"];
}

def OutlineParallelPass : Pass<"compress-outline-parallel", "::mlir::ModuleOp"> {
  let summary = "Outline parallel loops into functions that a thread pool runs";
  let description = [{
    The body of every outermost `scf.forall` on buffers becomes an `llvm.func`
    that runs a range of the linearized iterations, and the loop a call of
    `compress_parallel_for(function, context, iterations)`. The context holds
    the captured values. Constants are cloned into the body. A nested
    `scf.forall` becomes sequential loops.
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::scf::SCFDialect"];
}

def ApproximateMathPass : Pass<"compress-approximate-math"> {
  let summary = "Replace math functions by polynomials that vectorize";
  let description = [{
    Upstream's polynomial approximations of `math.exp`, `math.tanh`, `math.erf`
    and others in f32, and in narrower types through f32, take the place of
    calls of the C library, which the back end cannot vectorize. Conversions
    between bf16 and f32 become integer arithmetic: without hardware support the
    back end would call a function of the compiler's run-time library. Functions
    without an approximation, and f64, stay.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::vector::VectorDialect"];
}

#endif // COMPRESS_CONVERSION_PASSES
