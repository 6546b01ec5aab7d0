//===- WeightOps.td - Products with packed weights ---------*- tablegen -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_KERNEL_IR_WEIGHTOPS_TD
#define COMPRESS_DIALECT_KERNEL_IR_WEIGHTOPS_TD

include "compress/Dialect/Kernel/IR/KernelAttrs.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Kernel_Pointer : Type<CPred<"::llvm::isa<::mlir::LLVM::LLVMPointerType>($_self)">,
                          "pointer of the LLVM dialect">;

def Kernel_ContractOp : Op<Kernel_Dialect, "contract",
    [DestinationStyleOpInterface,
     DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "A product with a weight whose bytes lie as a kernel reads them";
  let description = [{
    For an activation x of M by K, a weight w of K by N that the components stand for,
    and an accumulator of M by N:

    ```
    result[m, n] = init[m, n] + sum over k of x[m, k] * decode(w)[k, n]
    ```

    where `weight` is the weight's type and `decode` is `compress.decode`, rounded to the
    type's element as there. With `transposed` the weight is N by K. Products and sums
    are those of f32, in any order, and the result is rounded to its type once.

    With a schedule that has `splits`, the accumulator has a leading dimension of as many
    parts: part p holds init[p, m, n] plus the sum over its own range of k.

    The op has tensors, or buffers and no result. `convert-linalg-to-kernels` makes a
    kernel of it.

    Constraints:

    1. x has two dimensions, and the weight's element type, f16 or bf16.
    2. The weight is dense and of two static dimensions, in the layout `mma` of
       `compress-pack`: affine integers of 4 or 8 bits, scaled floats of f4E2M1FN, f8E4M3FN
       or f8E5M2, nf4, or codes of 4 bits for learned tables. A block covers a multiple of
       16 positions of K, or all; a table, and a super scale, all.
    3. The components are those of the weight's type.
    4. The result has f32 or the weight's element type, and with `splits` f32.
    5. A schedule of its own is a `#compress_kernel.stream` or `#compress_kernel.wgmma_decode`, or
       a `#compress_kernel.by_rows` of these.

    Example:

    ```mlir
    %y = compress_kernel.contract ins(%x, %values, %scales
           : tensor<?x128xf16>, tensor<2x4x64x8xi8>, tensor<1x64xf16>)
         outs(%init : tensor<?x64xf32>) {weight = !compress.tensor<128x64xf16, ...>}
         -> tensor<?x64xf32>
    ```
  }];
  let arguments = (ins
    AnyTypeOf<[AnyRankedTensor, AnyStridedMemRef]>:$x,
    Variadic<AnyTypeOf<[AnyRankedTensor, AnyStridedMemRef]>>:$components,
    AnyTypeOf<[AnyRankedTensor, AnyStridedMemRef]>:$init,
    TypeAttr:$weight,
    UnitAttr:$transposed);
  let results = (outs Optional<AnyRankedTensor>:$result);
  let assemblyFormat = [{
    `ins` `(` $x `,` $components `:` type($x) `,` type($components) `)`
    `outs` `(` $init `:` type($init) `)` attr-dict (`->` type($result)^)?
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    MutableOperandRange getDpsInitsMutable() { return getInitMutable(); }
    /// Its own schedule, or null.
    Attribute getSchedule() {
      return (*this)->getAttr(KernelDialect::kScheduleAttr);
    }
    /// Parts of K that its schedule adds up apart.
    int64_t getSplits();
  }];
}

def Kernel_Lop3Op : Op<Kernel_Dialect, "lop3", [Pure]> {
  let summary = "Any function of three bits, for each bit of a word";
  let description = [{
    Bit i of the result is bit `4 * a + 2 * b + c` of `table`, for the bits i of the
    operands a, b and c (PTX ISA 4.3, `lop3.b32`, sm_50 and later). So the table of an
    expression is its value for a = 0xf0, b = 0xcc and c = 0xaa.

    An expression of `llvm.and` and `llvm.or` with two constants takes two instructions,
    since the assembler does not put them together.

    Example, `(a & b) ^ c`:

    ```mlir
    %r = compress_kernel.lop3 %a, %b, %c table = 106
    ```
  }];
  let arguments = (ins I32:$a, I32:$b, I32:$c,
                       ConfinedAttr<I32Attr, [IntMinValue<0>, IntMaxValue<255>]>:$table);
  let results = (outs I32:$result);
  let assemblyFormat = "$a `,` $b `,` $c `table` `=` $table attr-dict";
}

def Kernel_EvictFirstOp : Op<Kernel_Dialect, "evict_first", [Pure]> {
  let summary = "The policy of a cache for bytes that are read once";
  let description = [{
    A policy that lets the L2 cache give up a line before others (PTX ISA 7.4,
    `createpolicy.fractional.L2::evict_first.b64`, sm_80 and later). It changes no
    result.

    Example:

    ```mlir
    %policy = compress_kernel.evict_first
    ```
  }];
  let results = (outs I64:$policy);
  let assemblyFormat = "attr-dict";
}

def Kernel_CpAsyncOp : Op<Kernel_Dialect, "cp_async"> {
  let summary = "A copy of 16 bytes to shared memory, with a policy for the cache";
  let description = [{
    Starts a copy of `bytes` bytes, 0 to 16, and zeros for the rest of 16, as
    `nvvm.cp.async.shared.global` does with the modifier `cg`, and gives the L2 cache the
    policy (PTX ISA 7.4, `cp.async.cg.shared.global.L2::cache_hint`, sm_80 and later).
    Groups and waits are those of the NVVM dialect. Both addresses are multiples of 16.

    Example:

    ```mlir
    compress_kernel.cp_async %to, %from, %bytes, %policy : !llvm.ptr<3>, !llvm.ptr<1>
    ```
  }];
  let arguments = (ins Kernel_Pointer:$to, Kernel_Pointer:$from, I32:$bytes,
                       I64:$policy);
  let assemblyFormat = [{
    $to `,` $from `,` $bytes `,` $policy attr-dict `:` type($to) `,` type($from)
  }];
}

#endif // COMPRESS_DIALECT_KERNEL_IR_WEIGHTOPS_TD
