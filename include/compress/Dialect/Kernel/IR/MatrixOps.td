//===- MatrixOps.td - Matrix products that NVVM lacks ------*- tablegen -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_KERNEL_IR_MATRIXOPS_TD
#define COMPRESS_DIALECT_KERNEL_IR_MATRIXOPS_TD

include "compress/Dialect/Kernel/IR/KernelAttrs.td"
include "mlir/IR/OpBase.td"
include "mlir/Interfaces/InferTypeOpInterface.td"

def Kernel_Struct : Type<CPred<"::llvm::isa<::mlir::LLVM::LLVMStructType>($_self)">,
                         "structure of the LLVM dialect">;

def Kernel_MmaOp : Op<Kernel_Dialect, "mma",
    [AttrSizedOperandSegments, AllTypesMatch<["accumulator", "result"]>]> {
  let summary = "A product of a warp of floats of 8 bits, dense or with sparse rows";
  let description = [{
    For A of 16 by K, B of K by 8 and the accumulator of 16 by 8,

        result[i, j] = accumulator[i, j] + sum over k of A[i, k] * B[k, j]

    K is 32 (`mma.sync.aligned.m16n8k32.row.col`), or with `metadata` 64, and two
    of every four elements of a row of A are kept
    (`mma.sp::ordered_metadata.sync.aligned.m16n8k64.row.col`). Products are exact; the
    order of the sum, and what of a term is cut off, is the machine's. All lanes of the warp
    execute the op together. `nvvm.mma.sync` does not take these types, and
    `nvvm.mma.sp.sync` wants half of their registers of A; both have the other types.

    Fragments (PTX ISA, "Matrix Fragments for mma.m16n8k32", and "Matrix Fragments for sparse
    mma.m16n8k64 with .e5m2, .e4m3 ... type"): lane l is of group g = l / 4, and in it
    t = l % 4. A register has four neighbours along K, or four that are kept of eight,
    the first in its low byte. Register r of A is number t + 4 (r / 2) of row
    g + 8 (r % 2); register r of B is number t + 4 r of column g; and element i of the
    accumulator is (g + 8 (i / 2), 2 t + i % 2).

    The metadata has four bits for each four elements of a row: the places of the two that
    are kept, two bits each, the lower place in the low bits. Lanes t = 0 and 2 have those of
    row g, for its first 32 elements and its last; t = 1 and 3 those of row g + 8.
    Two equal places, or two in the other order, are undefined.

    Constraints:

    1. The types of A and B are f8E4M3FN or f8E5M2, each.
    2. A has four registers; B has two, or with `metadata` four.
    3. The accumulator is a structure of four f32, or, without `metadata`, of two
       pairs of f16.

    Chips: sm_89 and later. Sums of f16 need PTX ISA 8.7, the others 8.4, and 8.5 with
    `metadata`. sm_90a and sm_100a convert the elements to f16 for two products of 16
    bits, so that the op gains nothing over those there.

    Example:

    ```mlir
    %d = compress_kernel.mma [%a0, %a1, %a2, %a3], [%b0, %b1], %c
           : f8E4M3FN, f8E5M2, !llvm.struct<(f32, f32, f32, f32)>
    %s = compress_kernel.mma [%a0, %a1, %a2, %a3], [%b0, %b1, %b2, %b3], %c metadata = %e
           : f8E4M3FN, f8E5M2, !llvm.struct<(f32, f32, f32, f32)>
    ```
  }];
  // The accumulator is first: the result's type is found by its number.
  let arguments = (ins Kernel_Struct:$accumulator, Variadic<I32>:$a,
                       Variadic<I32>:$b, Optional<I32>:$metadata,
                       TypeAttr:$typeA, TypeAttr:$typeB);
  let results = (outs Kernel_Struct:$result);
  let assemblyFormat = [{
    ` ` `[` $a `]` `,` `[` $b `]` `,` $accumulator (`metadata` `=` $metadata^)? attr-dict
        `:` $typeA `,` $typeB `,` type($accumulator)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Rows of B.
    int64_t getDepth() { return getMetadata() ? 64 : 32; }
    /// Whether sums have f32, and not f16.
    bool hasWideSums();
  }];
}

def Kernel_WgmmaSpOp : Op<Kernel_Dialect, "wgmma_sp",
    [AttrSizedOperandSegments, AllTypesMatch<["accumulator", "result"]>]> {
  let summary = "Starts a product of a warpgroup whose operand A has sparse rows";
  let description = [{
    For A of 64 by K, of which every row keeps one half, B of K by N and the accumulator of
    64 by N,

        result[i, j] = accumulator[i, j] + sum over k of A[i, k] * B[k, j]

    when what follows has waited for it (`wgmma.mma_async.sp.sync.aligned.m64nNkK`, PTX
    ISA 8.2, sm_90a). Fences, groups and waits are those of the NVVM dialect, or
    `compress_kernel.wgmma_wait`.

    A row of A has 32 bytes, which stand for K elements; a column of B has 64 bytes:

    | types of A and B | K | sums | kept | lanes with the metadata |
    | --- | --- | --- | --- | --- |
    | f16, bf16 | 32 | f32 | two of four | two of each four, by `selector` |
    | tf32 | 16 | f32 | one of two | two of each four, by `selector` |
    | f8E4M3FN, f8E5M2 | 64 | f32 | two of four | all |
    | i8 (signed), ui8 | 64 | i32 | two of four | all |

    A lies in shared memory, where its descriptor says, or is four registers, in which warp w of
    the warpgroup has rows 16 w to 16 w + 15, as the fragment that a dense product of the
    same type and one half of K has. B lies in shared memory. Both have k along their lines
    (PTX ISA, "Matrix Descriptor Format"); columns of 64 bytes need a swizzle of 64 or 128
    bytes, or none.

    Metadata (PTX ISA, "Sparse matrix storage" and "Matrix Fragments for sparse mma"): each warp has
    that of its rows as `mma.sp` has. A nibble has the places of the two elements that
    are kept of four, the lower place in the low bits; for tf32 it is 4 when the first of
    two is kept and 14 when the second is. In group g = lane / 4, of 16 and 32 bits, lanes
    2 `selector` and 2 `selector` + 1 have four nibbles each of row g, and above them those
    of row g + 8. Of 8 bits, lanes 0 and 2 have eight nibbles each of row g, and lanes 1 and
    3 those of row g + 8. Two equal places, or two in the other order, are undefined.

    Constraints:

    1. A is a descriptor or four registers.
    2. The types of A and B are those of one line of the table, and equal for 16 and 32 bits.
    3. The accumulator is a structure of N / 2 sums of the type in the table, with N a multiple
       of 8 in 8 to 256, and for integers above 32 a multiple of 16.
    4. `selector` is 0 or 1, and 0 for 8 bits.

    Example:

    ```mlir
    %r = compress_kernel.wgmma_sp %sums, [%a0, %a1, %a2, %a3], %b, %metadata selector = 1
           : !llvm.struct<(f32, f32, f32, f32)>, bf16, bf16
    %s = compress_kernel.wgmma_sp %sums, %a, %b, %metadata selector = 0
           : !llvm.struct<(f32, f32, f32, f32)>, f8E4M3FN, f8E5M2
    ```
  }];
  let arguments = (ins Kernel_Struct:$accumulator, Variadic<I32>:$registersA,
                       Optional<I64>:$descriptorA, I64:$descriptorB,
                       I32:$metadata, I32Attr:$selector, TypeAttr:$typeA,
                       TypeAttr:$typeB);
  let results = (outs Kernel_Struct:$result);
  let assemblyFormat = [{
    $accumulator `,` (`[` $registersA^ `]`) : ($descriptorA)? `,` $descriptorB `,`
        $metadata `selector` `=` $selector attr-dict
        `:` type($accumulator) `,` $typeA `,` $typeB
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Columns of B; two for each register of the accumulator.
    int64_t getNumColumns();
    /// Rows of B.
    int64_t getDepth();
  }];
}

#endif // COMPRESS_DIALECT_KERNEL_IR_MATRIXOPS_TD
