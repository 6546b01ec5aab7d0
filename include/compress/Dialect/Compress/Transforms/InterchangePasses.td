//===- InterchangePasses.td - Other people's formats -------*- tablegen -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_COMPRESS_TRANSFORMS_INTERCHANGEPASSES
#define COMPRESS_DIALECT_COMPRESS_TRANSFORMS_INTERCHANGEPASSES

def ImportCheckpointPass : CompressPass<"compress-import-checkpoint"> {
  let summary = "Bind weights to a checkpoint of compressed-tensors";
  let description = [{
    For each weight of the module that is an entry of a weights file
    (`#compress.external`, in a constant, an immutable global, or bound to an
    argument), whose key the checkpoint in `directory` holds in compressed form,
    the dense tensor becomes the `decode` of an `assemble` of its components. The
    key decides, not the file. Of the key `M.weight`, the checkpoint has

    | format | entries |
    |---|---|
    | `pack-quantized` | `M.weight_packed`, `M.weight_shape`, `M.weight_scale`, and where asymmetric `M.weight_zero_point` |
    | `int-quantized`, `float-quantized`, `naive-quantized` | `M.weight` (I8 or F8_E4M3), `M.weight_scale`, `M.weight_zero_point` |

    in `model.safetensors` or the files that `model.safetensors.index.json` lists,
    and `config.json` says how it is quantized. Weights are stored, and must stand
    in the module, as [outputs, inputs]. Packed words are read with integers that
    cross words, and with whole integers in each word, as older releases write;
    their number tells which, from 160 inputs on.

    Components that lie in the file as we store them stay there; the others become
    resources, or go to the file `weights-out`, one at a time.

    Left alone: weights that the checkpoint does not hold compressed. With a
    remark: quantized activations. Errors: no weight of the module is in the
    checkpoint; formats, shapes and types that disagree; columns that
    `weight_g_idx` permutes, transforms of activations, sparse formats.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::compress::CompressDialect"];
  let options = [
    Option<"directory", "directory", "std::string", /*default=*/"",
           "The directory of config.json">,
    Option<"weightsOut", "weights-out", "std::string", /*default=*/"",
           "Write components to this safetensors file">
  ];
}

def ExportCheckpointPass : CompressPass<"compress-export-checkpoint"> {
  let summary = "Write the weights as a checkpoint of compressed-tensors";
  let description = [{
    Writes `model.safetensors` and `config.json` into `directory`: each compressed
    weight (an `assemble` of constants) in the format `int-quantized` (8-bit
    integers), `pack-quantized` (narrower ones) or `float-quantized` (f8E4M3FN),
    and, as they are, the other weights that have a name: external ones, resources
    and globals. The module does not change.

    A weight's name is that of its dense origin, which `compress-fold` keeps in the
    names of components. Of the name `M.weight` the module is M, of any other the
    name itself. Weights are transposed to [outputs, inputs]: the inputs are the
    dimension that the op reduces. `config` names a config.json whose other entries
    are kept.

    Errors: a compressed weight that the format cannot express, with the reason:
    sparsity, a tiled layout, another rank, scales that vary along the inputs
    otherwise than by equal groups, other storages.
  }];
  let options = [
    Option<"directory", "directory", "std::string", /*default=*/"",
           "The directory to write">,
    Option<"config", "config", "std::string", /*default=*/"",
           "A config.json to extend">
  ];
}

def ImportQuantPass : CompressPass<"compress-import-quant"> {
  let summary = "Replace quantized types of the quant dialect by compressed tensors";
  let description = [{
    Scales and zero points leave the types and become constants:

    | from | to |
    |---|---|
    | `dcast(scast(q))`, q integers | `decode(assemble(q, scales, zero points))` |
    | `dcast(qcast(x))` | `decode(encode(x) parameters(scales, zero points))` |
    | `scast(qcast(x))`, 8 bits, signed | the component `values` of that `encode` |

    for `!quant.uniform` types per layer, per axis and sub-channel, of 2 to 8 bits
    and an expressed type of f32, f16 or bf16. Scales take the expressed type, as
    in upstream's `lower-quant-ops`, and results agree with it bit for bit.
    Unsigned integers become signed ones, with zero points less 2^(w-1).

    Left alone, with a remark that says why: wider storage; integers that are no
    constant, where they have to be packed or shifted; a `qcast` to a part of the
    storage's range; values of quantized type that other ops take or give.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::compress::CompressDialect",
                           "::mlir::quant::QuantDialect"];
}

def ExportQuantPass : CompressPass<"compress-export-quant"> {
  let summary = "Write compressed tensors as quantized types of the quant dialect";
  let description = [{
    The inverse of `compress-import-quant`: a `decode` of an `assemble` of constants
    becomes `dcast(scast(q))`, one of an `encode` with constant parameters
    `dcast(qcast(x))`, with the type per layer, per axis or sub-channel.

    Left alone, with a remark that says why: what the types cannot express (other
    storages than affine integers, sparsity, tiled layouts, ragged blocks, scales
    that the expressed type does not contain), parameters that are no constants,
    and compressed tensors that other ops than a `decode` read: export before
    `compress-fuse`.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::compress::CompressDialect",
                           "::mlir::quant::QuantDialect"];
}

def ImportQDQPass : CompressPass<"compress-import-qdq"> {
  let summary = "Recognize dequantized weights";
  let description = [{
    A weight that is stored as integers and dequantized by an elementwise
    `linalg.generic`, as importers of quantized models write it, becomes the
    `decode` of an `assemble`. The generic has an output of the identity map and
    computes, of constant 8-bit integers q (identity map),

    ```
    float(q) * s        (float(q) - z) * s        float(int(q) - int(z)) * s
    ```

    with `arith.sitofp` (`uitofp` where q is unsigned), `extsi` (`extui`) to i16 or
    i32, s of the result's type, z of integers from -128 to 127 (0 to 255), or
    their float form. s and z are constants: scalars, or inputs whose map is a
    projection of the dimensions, the same for both when they are tensors.

    When the result is only read by a `tensor.collapse_shape` that joins each
    dimension of scales with the ones after it, as groups along the inputs are
    written, the scheme describes the collapsed tensor.

    Left alone: every other generic.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::compress::CompressDialect"];
}

def ImportSparseTensorPass : CompressPass<"compress-import-sparse-tensor"> {
  let summary = "Replace weights of sparse types by compressed tensors";
  let description = [{
    A weight of a sparse type is a `sparse_tensor.convert` of a dense weight, or a
    `sparse_tensor.assemble` of constant buffers. It becomes a compressed tensor
    in its own element type, and the ops that read it get its `decode`:

    | levels | sparsity |
    |---|---|
    | `(i : dense, j floordiv m : dense, j mod m : structured[n, m])` and i, j exchanged | `#compress.nm` |
    | `(i : dense, j : compressed)` | `#compress.csr` |
    | `(i floordiv a : dense, j floordiv b : compressed, i mod a : dense, j mod b : dense)` | `#compress.block` |

    Errors, with the reason: other levels, other element types than f32, f16 and
    bf16, and ops that read the sparse type and cannot read a dense one.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::compress::CompressDialect",
                           "::mlir::sparse_tensor::SparseTensorDialect"];
}

#endif // COMPRESS_DIALECT_COMPRESS_TRANSFORMS_INTERCHANGEPASSES
