//===- KernelOps.td - What kernels lack elsewhere ----------*- tablegen -*-===//
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
include "compress/Dialect/Kernel/IR/MatrixOps.td"
include "compress/Dialect/Kernel/IR/WeightOps.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

def Kernel_TensorMapType : TypeDef<Kernel_Dialect, "TensorMap"> {
  let mnemonic = "tensor_map";
  let summary = "A tensor of global memory, as bulk copies are told of it";
  let description = [{
    The 128 bytes that `cuTensorMapEncodeTiled` of the CUDA driver fills, and that a
    kernel takes by value (PTX ISA, "Tensor-map").
  }];
}

//===----------------------------------------------------------------------===//
// Ops of the host
//===----------------------------------------------------------------------===//

class Kernel_Op<string mnemonic, list<Trait> traits = []>
    : Op<Kernel_Dialect, mnemonic, traits>;

def Kernel_EncodeTensorMapOp : Kernel_Op<"encode_tensor_map", [Pure]> {
  let summary = "Describes a buffer to the bulk copies of a kernel";
  let description = [{
    Returns the tensor map of a buffer in device memory, for copies of a `box` of it to
    or from shared memory; what lies outside of the buffer is read as zeros and not
    written. The dimensions of both are in the order of the buffer's, the innermost one
    last. With `swizzle`, chunk c of 16 bytes in line r of the box, of that many bytes a
    line, lies at place c ^ (r % 8) (CUDA driver API, `cuTensorMapEncodeTiled`, modes
    `NONE` and `128B`). With `tf32`, elements of f32 become tf32 on their way to shared
    memory (data type `TFLOAT32`; its page does not say whether they are rounded or
    cut).

    Constraints:

    1. The buffer has 1 to 5 dimensions, of which the innermost has the static stride 1,
       and elements of f16, bf16, f32 or i8.
    2. The box has an extent of 1 to 256 for each dimension.
    3. Its lines are a multiple of 16 bytes, and with a swizzle 128 bytes.
    4. With `tf32`, elements are f32.

    The driver has more, which depend on values: the address and the other strides are
    multiples of 16 bytes.

    Example:

    ```mlir
    %map = compress_kernel.encode_tensor_map %x box = [128, 64] swizzle = 128 : memref<?x4096xf16>
    ```
  }];
  let arguments = (ins AnyStridedMemRef:$tensor,
                       DenseI64ArrayAttr:$box,
                       DefaultValuedAttr<I64Attr, "0">:$swizzle,
                       UnitAttr:$tf32);
  let results = (outs Kernel_TensorMapType:$map);
  let assemblyFormat = [{
    $tensor `box` `=` $box (`swizzle` `=` $swizzle^)? (`tf32` $tf32^)?
        attr-dict `:` type($tensor)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Bytes of a line that a swizzle permutes.
    static constexpr int64_t kSwizzle = 128;
  }];
}

//===----------------------------------------------------------------------===//
// Ops of kernels
//===----------------------------------------------------------------------===//

def Kernel_HalfPair : VectorOfLengthAndType<[2], [F16, BF16]>;

def Kernel_WgmmaOp : Kernel_Op<"wgmma",
    [AllTypesMatch<["accumulator", "result"]>,
     AllTypesMatch<["a0", "a1", "a2", "a3"]>]> {
  let summary = "Starts a product of a warpgroup whose operand A is in registers";
  let description = [{
    For A of 64 by 16, B of 16 by N and the accumulator of 64 by N,

        result[i, j] = accumulator[i, j] + sum over k of A[i, k] * B[k, j]

    in f32, when what follows has waited for it (`wgmma.mma_async.sync.aligned.m64nNk16`, PTX ISA
    8.0, sm_90a). `nvvm.wgmma.mma_async` takes A from shared memory only. Fences, groups and
    waits are those of the NVVM dialect, or `compress_kernel.wgmma_wait`.

    Warp w of the warpgroup has rows 16 w to 16 w + 15 of A, as the fragment of `mma.m16n8k16`: four
    registers with two neighbours along k each; and the same rows of the accumulator, N / 2
    registers. B lies in shared memory with k along its lines, where the descriptor says.

    Constraints:

    1. The accumulator is a structure of N / 2 f32, with N a multiple of 8 in 8 to 256.
    2. A is four pairs of f16, or four pairs of bf16, as B is.

    Example:

    ```mlir
    %r = compress_kernel.wgmma %sums, [%a0, %a1, %a2, %a3], %descriptor
           : !llvm.struct<(f32, f32, f32, f32)>, vector<2xf16>
    ```
  }];
  let arguments = (ins Kernel_Struct:$accumulator,
                       Kernel_HalfPair:$a0, Kernel_HalfPair:$a1,
                       Kernel_HalfPair:$a2, Kernel_HalfPair:$a3,
                       I64:$descriptor);
  let results = (outs Kernel_Struct:$result);
  let assemblyFormat = [{
    $accumulator `,` `[` $a0 `,` $a1 `,` $a2 `,` $a3 `]` `,` $descriptor attr-dict
        `:` type($accumulator) `,` type($a0)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The registers of A.
    OperandRange getA() { return getOperation()->getOperands().slice(1, 4); }
    /// Columns of B; two for each register of the accumulator.
    int64_t getNumColumns();
  }];
}

def Kernel_WgmmaWaitOp : Kernel_Op<"wgmma_wait",
    [AllTypesMatch<["accumulator", "result"]>]> {
  let summary = "Waits for the wgmmas that compute an accumulator";
  let description = [{
    All wgmmas that the warp has committed have ended (`wgmma.wait_group 0`, PTX ISA
    8.0, sm_90a). The result is the accumulator that they have computed. Unlike
    `nvvm.wgmma.wait.group.sync.aligned` it leaves no doubt that what reads the
    result comes after the wait.

    Example:

    ```mlir
    %done = compress_kernel.wgmma_wait %sums : !llvm.struct<(f32, f32, f32, f32)>
    ```
  }];
  let arguments = (ins AnyType:$accumulator);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$accumulator attr-dict `:` type($accumulator)";
}

//===----------------------------------------------------------------------===//
// Ops of bodies
//===----------------------------------------------------------------------===//

def Kernel_RowReduceOp : Kernel_Op<"row_reduce", [Pure, SameOperandsAndResultType]> {
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
