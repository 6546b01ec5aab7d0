//===- Passes.td - Passes on the dialect -------------------*- tablegen -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_COMPRESS_TRANSFORMS_PASSES
#define COMPRESS_DIALECT_COMPRESS_TRANSFORMS_PASSES

include "mlir/Pass/PassBase.td"

/// A pass on modules that makes or reads ops of the dialect.
class CompressPass<string argument> : Pass<argument, "::mlir::ModuleOp"> {
  let dependentDialects = ["::mlir::compress::CompressDialect"];
}

def NormalizePass : CompressPass<"compress-normalize"> {
  let summary = "Bring a dense module into the form that the other passes read";
  let description = [{
    - Names every compressible op: the attribute `compress.site` takes the op's
      location name, else its weight's name (external key, resource, otherwise
      global or argument), else `function/op_N`; a repeated name gets a number.
    - Folds branches (`scf.if`, `cf.cond_br`, `arith.select`) on conditions that
      constants decide.
    - Folds batch norms, scales and biases behind a compressible op into its
      weight and one bias: a chain of elementwise ops, each the only reader of the
      one before, whose other inputs are constants that vary along the channels
      only, y = scale * x + offset per channel. The weight is multiplied by the
      scale in f64 and rounded once, the offset added by one op.
    - Composes `linalg.transpose` of a `linalg.transpose`, and removes one that
      permutes nothing.
    - Merges weights of equal type and bytes, and removes dead ones: constants and
      loads of globals without uses, and private globals that nothing loads.

    Each of them emits a remark. Left alone: everything else but ops without
    effects and uses, which go; a scale behind a weight that has another reader, is
    an argument or no f32. The module computes the same, bit for bit but for
    folded chains, which round at other places in f32.

    Sources: Ioffe and Szegedy, Batch Normalization, 2015 (arXiv:1502.03167);
    folding as in Jacob et al., 2018 (arXiv:1712.05877).
  }];
  let dependentDialects = ["::mlir::compress::CompressDialect",
                           "::mlir::linalg::LinalgDialect"];
}

def PrunePass : CompressPass<"compress-prune"> {
  let summary = "Plan the sparsity of weights";
  let description = [{
    Inserts `prune`, `encode` and `decode` between the weight of each compressible
    op that the rule names and the op. Where `compress-quantize` has been before,
    it inserts the `prune` and gives the `encode` its sparsity; both orders give
    the same module. Without quantization the storage is the weight's own type.

    The rule is a stage of a recipe, as a YAML flow map:

    | key | value | default |
    |---|---|---|
    | `pattern` | `n:m`, `n:mt`, a fraction, `block:AxB@fraction` | `2:4` |
    | `format` | `bitmap`, `csr`; `auto` is what takes fewer bytes | `auto` |
    | `budget` | `layer`, `row`, `global` | `layer` |
    | `scores` | a safetensors file with an f32 tensor for each weight | none |
    | `mask` | a safetensors file with a mask for each weight | none |
    | `targets` | list of names, or regular expressions after `re:` | all |
    | `ignore` | the same | none |

    A name is that of a site, a weight or an op (`linalg.matmul`).

    - `n:m`: zeros lie along the innermost reduced dimension of the weight, of a
      filter along its input channels; with `t`, along its innermost channel too.
    - A fraction, such as `0.7`, is the share of elements that is removed, rounded
      to whole elements: of each weight (`layer`), of each row along the innermost
      dimension (`row`), or of all weights of the stage together (`global`, for
      which the weights are read). The count is part of the weight's scheme.
    - `block:32x32@0.8` removes that share of the blocks; it has an extent for each
      dimension of the weight.

    With `scores`, greater scores are kept instead of greater magnitudes. A `mask`
    (bool or 8 bits, 0 removes) replaces the choice; the pattern says how the rest
    is stored, and its fraction is not used. Entries have the weight's name (an
    inline constant's have the site's) and its shape before any transposes.

    Left alone, with the reason in the plan and a remark: ops without a weight,
    lookups, poolings, weights without a dimension that is reduced (of a filter: an
    input channel, which depthwise ones lack), whose extent does not
    divide by m, or whose rank is not that of the blocks, weights without an entry
    in the file, ignored ones. Errors: a name that
    matches nothing; a weight named by `targets` that cannot be pruned.
  }];
  // Scores and masks take the way of their weight.
  let dependentDialects = ["::mlir::compress::CompressDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
  let options = [
    Option<"rule", "rule", "std::string", /*default=*/"", "Stage of a recipe">
  ];
}

def QuantizePass : CompressPass<"compress-quantize"> {
  let summary = "Plan the storage of weights and activations";
  let description = [{
    Inserts `encode` and `decode` between the weight of each compressible op that
    the rule names and the op. Where `compress-prune` has been before, it gives
    the `encode` its storage. With `activations`, the other operand gets `encode`
    and `decode`. Dynamic activations have a `choose_qparams` before: parameters
    are computed at run time, for each position that is not reduced (`token`; of a
    convolution, whose windows share elements, each image and group) or for the
    tensor. Static ones have constant parameters, from the range of values
    that the file `ranges` gives for the site: a `.npz` or `.safetensors` file with
    an array of two floats (min, max) named after each site, or a YAML or JSON map
    such as `{encoder.dense: {min: -3.5, max: 4.25}}`. Values outside of the range
    saturate.

    The rule is a stage of a recipe, as a YAML flow map:

    | key | value | default |
    |---|---|---|
    | `preset` | `w8a16`, `w8a8`, `w8a8-static`, `w4a16`, `w3a16`, `w2a16`, `fp8`, `mxfp8`, `mxfp4`, `nvfp4`, `nf4`, `ternary`, `kmeans4` | `w8a16` |
    | `num_bits` | 2 to 8 (`int`), 4, 8, 16 or 32 (`float`), 1 to 8 (`kmeans`, `quantile`) | the preset's |
    | `type` | `int`, `float` (f4E2M1FN, f8E4M3FN, f16, f32), `float_e5m2`, `bfloat`, `normal_float`, `ternary`, `kmeans`, `quantile` | the preset's |
    | `symmetric` | `true`, `false` (`int` only) | `true` |
    | `strategy` | `tensor`, `channel`, `group`, `block`, `tensor_group` (groups, and a scale over all scales) | the preset's |
    | `group_size` | extent of a group along the reduced dimension, a filter's input channels | the preset's |
    | `block_structure` | extents of a block along the channels and the reduced dimension | `[128, 128]` |
    | `scale_dtype` | `f32`, `f16`, `bf16`, `f8E4M3FN`, `f8E5M2`, `f8E8M0FNU`; the type of a learned codebook | the preset's |
    | `global_scale_dtype` | type of the scale of `tensor_group`: `f32`, `f16`, `bf16` | `f32` |
    | `vector_size` | values that share a code of `kmeans` or `quantile`: 1, 2, 4, 8 | 1 |
    | `observer` | `minmax`, `mse`, `percentile` | `minmax` |
    | `percentile` | 50 to 100 | 99.9 |
    | `activations` | `none`, `int8` | the preset's |
    | `input_activations` | a map of `num_bits` (2 to 8), `type` (`int`), `symmetric`, `dynamic` and `strategy` (`token`, `tensor`; static only `tensor`); implies `activations` | 8 bits, symmetric, dynamic, `token` |
    | `ranges` | file of the ranges that static activations need | none |
    | `targets`, `ignore` | as for `compress-prune` | all, none |

    The names are those of compressed-tensors' configuration where it has them. When
    several stages name a site, the first wins. Of a table whose rows are looked up
    (by `tensor.extract`, `tensor.gather`, `tosa.gather`), a channel is a row, and
    groups lie along its innermost dimension. A channel of a filter is an output
    channel; where a weight has no input channels, a group is the channel.

    Left alone, with the reason in the plan and a remark: ops without a weight,
    poolings among them, ignored ones, and weights of at least 1 KiB that no
    contraction or convolution in f32, f16 or bf16 reads. Errors: as for `compress-prune`; with static activations, a site
    without a range, and a range of no site.
  }];
  let options = [
    Option<"rule", "rule", "std::string", /*default=*/"", "Stage of a recipe">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::compress::CompressDialect"];
}

def PropagatePass : CompressPass<"compress-propagate"> {
  let summary = "Move compressed forms to where they are used";
  let description = [{
    - `linalg.transpose(decode(x))`, x from an `encode`: the transpose moves before
      the `encode`, with the scheme permuted, so that the `decode` reaches the
      contraction.
    - `linalg.transpose(decode(x))` used by a contraction, x of any origin: the
      permutation moves into the contraction's indexing map, which becomes a
      `linalg.contract`, or, of a convolution, a `linalg.generic`.
    - `encode(decode(x))` of the same type and without parameters becomes x.

    Left alone: reshapes of a `decode`, whose blocks and groups need not survive.
  }];
  let dependentDialects = ["::mlir::compress::CompressDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def FoldPass : CompressPass<"compress-fold"> {
  let summary = "Compute the compressed bytes of weights";
  let description = [{
    Replaces each `encode` of a weight (through `prune`, `linalg.transpose`,
    `linalg.pack`, `tensor.collapse_shape`, `tensor.expand_shape`, `tosa.transpose`
    and `tosa.reshape`) by an `assemble` of constant components, a `prune` that
    nothing encodes by the pruned constant, and a `fake_quantize` by its values.
    Weights
    are constants, resources, `ml_program` globals, entries of safetensors files,
    and arguments bound to such entries.

    With `weights-out`, components go to a new safetensors file, named
    `<weight>.<component>`, one tensor at a time; the dense weights that the module
    still reads are copied to it, so that the file is complete, and every entry
    carries its checksum. Without it, components become resources; those of up to
    256 bytes are written inline.

    Left alone: an `encode` of a value that is computed at run time, such as an
    activation; an argument bound to an entry when there is no `weights-out`.
    Errors: NaN or infinity in a weight, unless `non-finite=clamp`; a tensor that
    violates the sparsity of its scheme; a missing or inconsistent weights file.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::compress::CompressDialect"];
  let options = [
    Option<"weightsOut", "weights-out", "std::string", /*default=*/"",
           "Write weights to this safetensors file">,
    Option<"bigWeightsOut", "big-weights-out", "std::string", /*default=*/"",
           "As weights-out, but only for a module that has external weights or "
           "more than 64 MiB of them">,
    Option<"nonFinite", "non-finite", "::mlir::compress::codec::NonFinite",
           /*default=*/"::mlir::compress::codec::NonFinite::Error",
           "What to do with NaN and infinity in weights",
           [{::llvm::cl::values(
             clEnumValN(::mlir::compress::codec::NonFinite::Error, "error",
                        "Fail, naming weight and index"),
             clEnumValN(::mlir::compress::codec::NonFinite::Clamp, "clamp",
                        "NaN to 0, infinity to the largest finite value"))}]>
  ];
}

def FusePass : CompressPass<"compress-fuse"> {
  let summary = "Fuse decodes into the ops that compute with them";
  let description = [{
    A compressible op whose operand is a `decode` is rebuilt to read the compressed
    tensor: contractions become `compress.contract`, convolutions `compress.conv`
    (named ones and those written as `linalg.generic` alike), lookups read their
    elements by `compress.extract`.

    Left alone, with a remark that names the user: a `decode` that another op
    reads.
  }];
  // What implementations of CompressibleOpInterface build accumulators of.
  let dependentDialects = ["::mlir::compress::CompressDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def PackPass : CompressPass<"compress-pack"> {
  let summary = "Give weights the layout that a target reads";
  let description = [{
    Sets the layout of every weight: of an `encode` that is not folded yet, and of
    an `assemble` of constants, whose bytes are rearranged. `layout` is
    `row_major`; the tile of `#compress.tiled` as extents joined by `x`, such
    as `16x64`, for weights of that rank; or `mma`, for matrices of codes of 4 or
    8 bits that `compress.contract` reads: tiles of 16 output channels by 64 or 32
    reduced positions, permuted so that a lane of a warp finds the fragments of
    `mma.m16n8k16` that it multiplies in 16 bytes beside each other (PTX ISA, matrix
    fragments for mma.m16n8k16; Frantar et al., MARLIN, 2024, arXiv:2408.11743).

    Left alone: an `encode` with parameters, which is an activation's. With a
    remark: tensors of another rank or of a dynamic shape, what `mma` does not
    serve, a tile that exceeds the stored extents, and tensors whose type a `component`, a function, a call or
    control flow fixes.
  }];
  let options = [
    Option<"layout", "layout", "std::string", /*default=*/"\"row_major\"",
           "row_major, mma, or a tile such as 16x64">
  ];
}

def ExplodePass : CompressPass<"compress-explode"> {
  let summary = "Replace compressed tensors by their components";
  let description = [{
    Function arguments, results, calls, `scf` and `cf` control flow and
    `arith.select` of compressed type get one value per component. What remains of
    the type is local: an `assemble` in front of the ops that read it. An argument
    `W` (its `compress.name`, else `argN`) becomes `W.values`, `W.scales`, ..., a
    result likewise (else `outN`); other attributes go to every component, and those
    of other arguments stay with them.

    Errors: an op of another dialect that takes or gives a compressed tensor.
  }];
  let dependentDialects = ["::mlir::compress::CompressDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::scf::SCFDialect"];
}

def ReportPass : CompressPass<"compress-report"> {
  let summary = "Write what was decided, and what it costs";
  let description = [{
    Writes `report.txt` (a table) and `report.json` (`"version": 1`) into the
    directory `output`: for each site the scheme, effective bits per weight
    including scales and indices, bytes before and after, share of zeros, and
    signal to quantization noise in dB, or the reason why it stays dense; then
    totals. Without `output` the table goes to the standard error, with `-` to
    the standard output.
  }];
  let options = [
    Option<"output", "output", "std::string", /*default=*/"",
           "Directory of report.txt and report.json">
  ];
}

def ExternalizeWeightsPass : CompressPass<"compress-externalize-weights"> {
  let summary = "Move weights from the module to a safetensors file";
  let description = [{
    Constants and resources of at least `min-bytes` bytes, and external weights,
    are written to `weights-out` and replaced by `#compress.external` with a
    checksum. No weight passes through text.

    Left alone: smaller constants, splats, and element types that safetensors
    lacks (such as i4).
  }];
  let options = [
    Option<"weightsOut", "weights-out", "std::string", /*default=*/"",
           "The safetensors file to write">,
    Option<"minBytes", "min-bytes", "int64_t", /*default=*/"1024",
           "Leave smaller constants in the module">
  ];
}

def ConvertCompressToLinalgPass : CompressPass<"convert-compress-to-linalg"> {
  let summary = "The reference lowering of every op";
  let description = [{
    Lowers the dialect to linalg on tensors: the executable form of each op's
    formula, against which every other back end is tested. A compressed tensor
    becomes its components, as `compress-explode` does; a `decode` becomes one
    elementwise generic that reads packed bytes; a `contract` or `conv` becomes the
    decodes of its operands and a generic by its maps, or, for two affine integer operands whose
    parameters do not vary along the reduced dimensions, the same in i32 and a
    generic that scales it. An `extract` reads the bytes of its element.

    Errors: an `encode` with an observer other than `minmax`, which only
    `compress-fold` can compute.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::compress::CompressDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::tensor::TensorDialect"];
}

include "compress/Dialect/Compress/Transforms/InterchangePasses.td"

#endif // COMPRESS_DIALECT_COMPRESS_TRANSFORMS_PASSES
