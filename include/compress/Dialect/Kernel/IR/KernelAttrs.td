//===- KernelAttrs.td - Schedules of kernels ---------------*- tablegen -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_KERNEL_IR_KERNELATTRS_TD
#define COMPRESS_DIALECT_KERNEL_IR_KERNELATTRS_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"

def Kernel_Dialect : Dialect {
  let name = "compress_kernel";
  let cppNamespace = "::mlir::compress::kernel";
  let summary = "How kernels for GPUs are put together";
  let description = [{
    A kernel is composed from a schedule, which an attribute of this dialect says.

    Discardable attributes:

    - `compress_kernel.schedule` (a schedule; linalg ops and kernels): on an op, the
      schedule that its kernel must have, in place of the one that the cost model
      would choose; on a `gpu.func`, the one that it was built with.
    - `compress_kernel.host` (a unit; function arguments): host code reads the
      buffer, such as a count of steps, and no kernel does, so that it stays in
      the host's memory. `convert-linalg-to-kernels` says so.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
  let useDefaultAttributePrinterParser = 1;
  let hasOperationAttrVerify = 1;
  let extraClassDeclaration = [{
    static constexpr StringLiteral kScheduleAttr = "compress_kernel.schedule";

    static constexpr StringLiteral kHostAttr = "compress_kernel.host";

    void registerOps();
  }];
}

def MmaSyncAttr : AttrDef<Kernel_Dialect, "MmaSync"> {
  let mnemonic = "mma_sync";
  let summary = "A matrix product by mma.sync from tiles that cp.async brings";
  let description = [{
    A block computes `tile[0]` by `tile[1]` results (M, N) and holds `tile[2]` elements
    of K at a time. Its warps stand in a grid of `warps[0]` by `warps[1]` over the
    tile, and each computes an equal part. Shared memory holds `stages` tiles of both
    operands, of which all but one are on their way.

    Elements have 16 bits, and the instruction is `mma.sync.m16n8k16` (sm_80 and
    later).

    Constraints:

    1. `tile` has three entries, `warps` two, all positive.
    2. Along M each warp has a multiple of 16, along N of 16, which is two instructions
       fed by one `ldmatrix`.
    3. K is a multiple of 64: a line of 128 bytes uses all banks of shared memory.
    4. There are at least 2 stages, and at most 1024 threads.
    5. A thread has at most 128 accumulators, of 255 registers.
    6. The stages fit into 227 KiB, the most that a block can have (CUDA C++
       Programming Guide, compute capability 9.0); a chip may have less.

    Example: `#compress_kernel.mma_sync<tile = [128, 128, 64], warps = [2, 4], stages = 3>`
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$tile,
                        ArrayRefParameter<"int64_t">:$warps,
                        "int64_t":$stages);
  let assemblyFormat = [{
    `<` `tile` `=` `[` $tile `]` `,` `warps` `=` `[` $warps `]` `,`
        `stages` `=` $stages `>`
  }];
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    int64_t getNumThreads() const { return getWarps()[0] * getWarps()[1] * 32; }
    /// Of all stages, in bytes.
    int64_t getSharedBytes() const;
    /// Of one thread.
    int64_t getNumAccumulators() const {
      return getTile()[0] * getTile()[1] / getNumThreads();
    }
  }];
}

#endif // COMPRESS_DIALECT_KERNEL_IR_KERNELATTRS_TD
