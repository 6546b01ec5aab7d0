//===- KernelOps.td - Ops of kernels -----------------------*- tablegen -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_KERNEL_IR_KERNELOPS_TD
#define COMPRESS_DIALECT_KERNEL_IR_KERNELOPS_TD

include "compress/Dialect/Kernel/IR/KernelAttrs.td"
include "mlir/Dialect/Arith/IR/ArithBase.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class Kernel_Op<string mnemonic, list<Trait> traits = []>
    : Op<Kernel_Dialect, mnemonic, traits>;

def RowReduceOp : Kernel_Op<"row_reduce", [Pure, SameOperandsAndResultType]> {
  let summary = "Combines a value over the points of a row";
  let description = [{
    Stands in the body of a `linalg.generic` whose loops are all parallel: a *row
    program*. The loops that `loops` names make a row, the others say which one.
    The result is the same at all points of a row,

        result = fold(kind, identity(kind), {value at p : p in row})

    in an order that is not said, so that a sum of floats differs from the
    sequential one by rounding; sums and products of f16 and bf16 are formed in f32
    and rounded once. All points of a row reach the op, so it stands in no
    region of the body.

    So softmax over the last dimension is one op:

    ```mlir
    linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
        ins(%x : tensor<?x77xf32>) outs(%empty : tensor<?x77xf32>) {
    ^bb0(%in: f32, %out: f32):
      %max = compress_kernel.row_reduce maximumf %in over [1] : f32
      %centred = arith.subf %in, %max : f32
      %exp = math.exp %centred : f32
      %sum = compress_kernel.row_reduce addf %exp over [1] : f32
      %y = arith.divf %exp, %sum : f32
      linalg.yield %y : f32
    } -> tensor<?x77xf32>
    ```

    Constraints:

    1. `kind` is not `assign`, and one of floats where the value is a float, of
       integers where it is an integer.
    2. The parent is a `linalg.generic`, all of whose loops are parallel.
    3. `loops` names at least one of its loops, in ascending order, and all
       `row_reduce` of a body name the same.
  }];
  let arguments = (ins AtomicRMWKindAttr:$kind,
                       AnyTypeOf<[AnySignlessInteger, AnyFloat]>:$value,
                       DenseI64ArrayAttr:$loops);
  let results = (outs AnyTypeOf<[AnySignlessInteger, AnyFloat]>:$result);
  let assemblyFormat = [{
    $kind $value `over` $loops attr-dict `:` type($value)
  }];
  let hasVerifier = 1;
}

#endif // COMPRESS_DIALECT_KERNEL_IR_KERNELOPS_TD
