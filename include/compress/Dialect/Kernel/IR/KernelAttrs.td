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
    A kernel is composed from a schedule, which an attribute of this dialect says. Ops
    are what kernels and their hosts need and other dialects lack.

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
  let useDefaultTypePrinterParser = 1;
  let hasOperationAttrVerify = 1;
  let extraClassDeclaration = [{
    static constexpr StringLiteral kScheduleAttr = "compress_kernel.schedule";

    static constexpr StringLiteral kHostAttr = "compress_kernel.host";
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

    Elements have 16 bits, and the instruction is `mma.sync.m16n8k16`, or they are f32
    that are rounded to tf32, and it is `mma.sync.m16n8k8` (sm_80 and later).

    Constraints:

    1. `tile` has three entries, `warps` two, all positive.
    2. Along M each warp has a multiple of 16, along N of 16, which is two instructions
       fed by one `ldmatrix`.
    3. K is a multiple of 64, or, for f32, of 32: a line of 128 bytes uses all banks of
       shared memory.
    4. There are at least 2 stages, and at most 1024 threads.
    5. A thread has at most 128 accumulators, of 255 registers.
    6. The stages, of elements of 16 bits, fit into 227 KiB, the most that a block can
       have (CUDA C++ Programming Guide, compute capability 9.0); f32 need twice as
       much, and a chip may have less.

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
    /// Of all stages, for elements of `width` bits, in bytes.
    int64_t getSharedBytes(unsigned width) const;
    /// Of one thread.
    int64_t getNumAccumulators() const {
      return getTile()[0] * getTile()[1] / getNumThreads();
    }
  }];
}

def StreamAttr : AttrDef<Kernel_Dialect, "Stream"> {
  let mnemonic = "stream";
  let summary = "A product with a packed weight, whose bytes go straight to registers";
  let description = [{
    A block computes `tile[0]` by `tile[1]` results (M, N). Its warps stand in a grid of
    `warps[0]` by `warps[1]` over N and K: in each step, every warp multiplies 64
    positions of K, all rows of the tile, and an equal part of its columns. Weights come
    through `cp.async`, `stages` - 1 steps ahead, to the lane that decodes them, so that
    no barrier stands between. The activations of 64 positions are shared by the warps
    beside each other. At the end the sums of the warps along K are added in their order.

    Blocks divide K into `splits` parts, which another op adds in their order.

    The instruction is `mma.sync.m16n8k16` with the weight as its operand A (sm_80 and
    later), so that few rows waste little of it.

    Constraints:

    1. `tile` has two entries: 8, 16, 32 or 64 rows, and a multiple of 32 columns, and
       of 16 for each warp along N.
    2. There are 1 to 16 warps along N and along K, and at most 16 in all.
    3. There are 2 to 8 stages, and 1 to 16 splits.
    4. A thread has at most 128 accumulators.

    Example: `#compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 4>`
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$tile,
                        ArrayRefParameter<"int64_t">:$warps,
                        "int64_t":$stages,
                        DefaultValuedParameter<"int64_t", "1">:$splits);
  let assemblyFormat = [{
    `<` `tile` `=` `[` $tile `]` `,` `warps` `=` `[` $warps `]` `,`
        `stages` `=` $stages (`,` `splits` `=` $splits^)? `>`
  }];
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Positions of K that a warp multiplies in a step.
    static constexpr int64_t kStepK = 64;
    int64_t getNumThreads() const { return getWarps()[0] * getWarps()[1] * 32; }
    /// Columns of one warp.
    int64_t getWarpColumns() const { return getTile()[1] / getWarps()[0]; }
    /// Of one thread.
    int64_t getNumAccumulators() const {
      return getTile()[0] * getWarpColumns() / 32;
    }
    /// Of the activations, and of the weight of `width` bits, in one stage.
    int64_t getInputBytes() const { return getTile()[0] * getWarps()[1] * kStepK * 2; }
    int64_t getWeightBytes(unsigned width) const {
      return getTile()[1] * getWarps()[1] * kStepK * width / 8;
    }
    /// Bytes from row to row of the sums of one warp along K: 4 more columns let the
    /// lanes of a fragment use different banks.
    int64_t getSumStride() const { return (getTile()[1] + 4) * 4; }
    /// Shared memory of a kernel for weights of `width` bits: the stages, or, after
    /// them, the sums.
    int64_t getSharedBytes(unsigned width) const;
  }];
}

def WgmmaAttr : AttrDef<Kernel_Dialect, "Wgmma"> {
  let mnemonic = "wgmma";
  let summary = "A matrix product by wgmma from tiles that one warpgroup brings";
  let description = [{
    Blocks stay for the whole product and take tile after tile of `tile[0]` by `tile[1]`
    results. One warpgroup brings `tile[2]` elements of K at a time to one of
    `stages` pairs of tiles in shared memory: by bulk copies where these can read an
    operand, otherwise by `cp.async`, as for the windows of a convolution, and what the
    op's body computes by stores. Each of `consumers` more multiplies an
    equal part of the rows, and writes its results.

    `tile[0]` goes along M of the instruction, which is 64, and that along M of the product;
    with `swap`, along its N, which pays where the product has few rows.

    Elements have 16 bits, and the instruction is `wgmma.mma_async.m64nNk16`, or they are
    f32 of which it takes the bits of tf32, and it is `wgmma.mma_async.m64nNk8` (sm_90a).

    Constraints:

    1. `tile` has three entries. Along M each consumer has 64 or 128; N is a multiple of
       16 up to 64, or of 64 up to 256; K is 64, or, for f32, 32: a line of 128 bytes. An
       operand of 16 bits that is not contiguous along K needs a multiple of 64; one of
       f32 is contiguous along K.
    2. There are 1 or 2 consumers, and 2 to 16 stages.
    3. A thread has at most 128 accumulators.
    4. The stages and their barriers fit into 227 KiB, the most that a block can have
       (CUDA C++ Programming Guide, compute capability 9.0).

    Example: `#compress_kernel.wgmma<tile = [128, 256, 64], consumers = 2, stages = 4>`
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$tile,
                        "int64_t":$consumers,
                        "int64_t":$stages,
                        DefaultValuedParameter<"bool", "false">:$swap);
  let assemblyFormat = [{
    `<` `tile` `=` `[` $tile `]` `,` `consumers` `=` $consumers `,`
        `stages` `=` $stages (`,` `swap` `=` $swap^)? `>`
  }];
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    static constexpr int64_t kWarpgroup = 128;
    /// Bytes of a line, which is a tile's extent along K.
    static constexpr int64_t kLineBytes = 128;
    int64_t getNumThreads() const { return (getConsumers() + 1) * kWarpgroup; }
    /// Of one stage, in bytes.
    int64_t getStageBytes() const {
      return (getTile()[0] + getTile()[1]) * kLineBytes;
    }
    /// Of all stages, their barriers, and what aligns them, in bytes.
    int64_t getSharedBytes() const;
    /// Along M and N of the product.
    int64_t getTileM() const { return getTile()[getSwap()]; }
    int64_t getTileN() const { return getTile()[!getSwap()]; }
    /// Of one thread that multiplies.
    int64_t getNumAccumulators() const {
      return getTile()[0] * getTile()[1] / (getConsumers() * kWarpgroup);
    }
  }];
}

def WgmmaDecodeAttr : AttrDef<Kernel_Dialect, "WgmmaDecode"> {
  let mnemonic = "wgmma_decode";
  let summary = "A product of many rows with a packed weight, decoded to operands of wgmma";
  let description = [{
    Blocks stay for the whole product and take tile after tile of `tile[0]` by `tile[1]`
    results (M, N). One warpgroup copies 64 positions of K at a time, of the activations and of
    the packed weight, to one of `stages` in shared memory; each of `consumers` more has an equal
    part of the columns: it decodes their weights to registers, while it multiplies those that
    it has decoded before.

    The transpose is computed: the weight is operand A of `wgmma.mma_async.m64nNk16`, from
    registers, and the activations are its operand B (sm_90a). So a weight is decoded once for all
    `tile[0]` rows.

    Constraints:

    1. `tile` has two entries: a multiple of 16 up to 64 rows, or of 64 up to 256, and 64 or 128
       columns for each consumer.
    2. There are 1 or 2 consumers, and 2 to 16 stages.
    3. A thread has at most 128 accumulators.
    4. The stages, with weights of 4 bits, their barriers and a part of the results fit into 227 KiB,
       the most that a block can have (CUDA C++ Programming Guide, compute capability 9.0);
       weights of more bits need more.

    Example: `#compress_kernel.wgmma_decode<tile = [256, 128], consumers = 2, stages = 5>`
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$tile,
                        "int64_t":$consumers,
                        "int64_t":$stages);
  let assemblyFormat = [{
    `<` `tile` `=` `[` $tile `]` `,` `consumers` `=` $consumers `,`
        `stages` `=` $stages `>`
  }];
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Positions of K in a stage.
    static constexpr int64_t kStepK = StreamAttr::kStepK;
    static constexpr int64_t kWarpgroup = WgmmaAttr::kWarpgroup;
    /// Of a warpgroup.
    static constexpr int64_t kWarps = kWarpgroup / 32;
    int64_t getNumThreads() const { return (getConsumers() + 1) * kWarpgroup; }
    /// Columns of one warp: 16 for each instruction.
    int64_t getWarpColumns() const { return getTile()[1] / getConsumers() / kWarps; }
    /// Of one thread that multiplies.
    int64_t getNumAccumulators() const { return getTile()[0] * getWarpColumns() / 32; }
    /// Of the activations in one stage.
    int64_t getInputBytes() const { return getTile()[0] * kStepK * 2; }
    /// Of one stage with weights of `width` bits.
    int64_t getStageBytes(unsigned width) const { return countStageBytes(getTile(), width); }
    /// A warp writes the results of 8 rows at a time, which pass through shared memory.
    static constexpr int64_t kStoredRows = 8;
    int64_t getStoredStride() const { return countStoredStride(getWarpColumns()); }
    /// Shared memory of a kernel for weights of `width` bits: the stages, their
    /// barriers, and the results of each warp.
    int64_t getSharedBytes(unsigned width) const {
      return countSharedBytes(getTile(), getConsumers(), getStages(), width);
    }
    /// The same of an attribute that is yet to be made.
    static int64_t countSharedBytes(ArrayRef<int64_t> tile, int64_t consumers,
                                    int64_t stages, unsigned width);
    static int64_t countStageBytes(ArrayRef<int64_t> tile, unsigned width) {
      return (tile[0] * 16 + tile[1] * width) * kStepK / 8;
    }
    /// Bytes from row to row: 4 more columns let the lanes of a fragment use different
    /// banks.
    static int64_t countStoredStride(int64_t columns) { return (columns + 4) * 4; }
  }];
}

#endif // COMPRESS_DIALECT_KERNEL_IR_KERNELATTRS_TD
