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
    their number tells which.

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

#endif // COMPRESS_DIALECT_COMPRESS_TRANSFORMS_INTERCHANGEPASSES
