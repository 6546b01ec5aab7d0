//===- MiniOps.td - A small dialect ------------------------*- tablegen -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINI_OPS_TD
#define MINI_OPS_TD

include "compress/Dialect/Compress/IR/CompressInterfaces.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/OpBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Mini_Dialect : Dialect {
  let name = "mini";
  let cppNamespace = "::mini";
  let summary = "Linear layers, as a small compiler has them";
}

class Mini_Op<string mnemonic, list<Trait> traits = []>
    : Op<Mini_Dialect, mnemonic, [Pure] # traits>;

def Mini_WeightOp : Mini_Op<"weight", [ConstantLike, AllTypesMatch<["value", "result"]>]> {
  let summary = "a constant tensor";
  let description = [{
    Passes of Compress take any op with the trait `ConstantLike` whose folder
    returns elements for a weight.

    Example: `%w = mini.weight dense<1.0> : tensor<4x8xf32>`
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$value attr-dict";
  let hasFolder = 1;
}

def Mini_LinearOp : Mini_Op<"linear",
    [DeclareOpInterfaceMethods<CompressibleOpInterface>]> {
  let summary = "input * transpose(weight)";
  let description = [{
    result[m, n] = sum over k of input[m, k] * weight[n, k]. There is no
    accumulator: the sum starts at zero.

    Example:

    ```mlir
    %y = mini.linear %x, %w : (tensor<?x8xf32>, tensor<4x8xf32>) -> tensor<?x4xf32>
    ```
  }];
  let arguments = (ins 2DTensorOf<[F32]>:$input, 2DTensorOf<[F32]>:$weight);
  let results = (outs 2DTensorOf<[F32]>:$result);
  let assemblyFormat = "$input `,` $weight attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

def Mini_TransposeOp : Mini_Op<"transpose",
    [DeclareOpInterfaceMethods<WeightViewOpInterface>]> {
  let summary = "exchanges rows and columns";
  let arguments = (ins 2DTensorOf<[F32]>:$input);
  let results = (outs 2DTensorOf<[F32]>:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}

def Mini_ReluOp : Mini_Op<"relu", [AllTypesMatch<["input", "result"]>]> {
  let summary = "max(input, 0), for each element";
  let arguments = (ins 2DTensorOf<[F32]>:$input);
  let results = (outs 2DTensorOf<[F32]>:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}

#endif // MINI_OPS_TD
