//===- GPUPasses.td - Conversion passes for GPUs -----------*- tablegen -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_CONVERSION_GPUPASSES
#define COMPRESS_CONVERSION_GPUPASSES

include "mlir/Pass/PassBase.td"

def FuseDecodePass : Pass<"compress-fuse-decode", "::mlir::func::FuncOp"> {
  let summary = "Fuse the decoding of weights into the ops that read them";
  let description = [{
    An elementwise `linalg.generic` that depends on nothing but function
    arguments and constants, and that computes with cheap arithmetic only
    (`arith` without division of floats, `tensor.extract`, `linalg.index`), is
    fused into every `linalg.generic` that reads its result, with or without
    reduction loops. So a weight is decoded element by element inside the
    contraction's loop, and its dense form never becomes a buffer. A decode with
    several readers is fused into each of them.

    A reshape between the two is folded into the loops of the reader. Every op
    that accumulates gets a `linalg.fill` of its own, so that none has to copy the
    buffer of another.

    A contraction decodes the weight again for every tile of the other operand. Where its
    extents are known, and a cost model of the chip predicts that it takes less time to
    decode the weight once into a buffer, by a kernel of its own, the decode stays.
    Where one is dynamic there may be few rows, and the decode is fused.

    Left alone: named ops, which `compress-fuse-elementwise` generalizes, and
    producers that depend on results of other ops, because a contraction would
    recompute them for each element of the other operand.
  }];
  let options = [
    Option<"chip", "chip", "std::string", /*default=*/"\"sm_80\"",
           "The GPU that times are predicted for: sm_80, sm_89, sm_90a, sm_100a or sm_120">,
    Option<"tf32", "tf32", "bool", /*default=*/"false",
           "Products of f32 run on tensor cores">
  ];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::compress::kernel::KernelDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def FuseRowsPass : Pass<"compress-fuse-rows", "::mlir::func::FuncOp"> {
  let summary = "Make one op of what happens to a row";
  let description = [{
    A reduction along the innermost dimensions of an operand, and the ops around
    it that work on the same rows, become one `linalg.generic` with
    `compress_kernel.row_reduce` in its body. So softmax (maximum, exponentials, their
    sum, a division) or a layer norm is one kernel that reads a row once.

    The ops of a group are `linalg.generic` with one result:

    - other reductions of the same rows, whose combiner is one known associative
      op of `arith`;
    - elementwise ops on the rows' elements, before or after, whose operands and
      result have the elements of a row side by side;
    - elementwise ops on one value for each row.

    Which rows an op works on follows from the dimensions of the values that it
    shares with the group, of any rank and with dynamic sizes. A result that is
    read outside of the group stays a result.

    Left alone: reductions whose innermost dimension is not reduced, such as sums of
    columns; products of matrices, since none of their operands has all loops;
    ops that would have to come both before and after the group; ops whose body
    reads a tensor of the group by indices of its own.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::compress::kernel::KernelDialect",
                           "::mlir::linalg::LinalgDialect"];
}

def StreamContractsPass : Pass<"compress-stream-contracts", "::mlir::ModuleOp"> {
  let summary = "Give products with compressed weights to kernels that stream them";
  let description = [{
    A `compress.contract` of a dense x[b..., k] with a compressed w[k, n] or w[n, k] into
    y[b..., n] becomes a `compress_kernel.contract`, whose kernel reads the packed bytes
    once. Constant weights are given the layout that it reads (`compress-pack` with
    `layout=mma`), one copy for all readers; others must have it already. The schedule
    is the op's `compress_kernel.schedule`, where that is one for packed weights, or what a
    cost model of the chip chooses; where that is one by wgmma, and for a dynamic number of
    rows on chips that have it, the product gets none, since `convert-linalg-to-kernels`
    alone sees whether bulk copies can read the activations, and chooses again. With
    `splits`, parts of the sum are added in their order by a `linalg.generic` that follows.

    Left alone, with a remark that says why: other contractions; weights of another
    scheme than `compress_kernel.contract` lists; weights that are no constants and have
    another layout; products of so many rows, as static extents show, that the model
    predicts less time where the weight is decoded into a buffer first.
    `convert-compress-to-linalg` serves them, as before.
  }];
  let options = [
    Option<"chip", "chip", "std::string", /*default=*/"\"sm_80\"",
           "The GPU that schedules are chosen for: sm_80, sm_89, sm_90a, sm_100a or sm_120">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::compress::kernel::KernelDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def CollapseEpiloguesPass : Pass<"compress-collapse-epilogues", "::mlir::func::FuncOp"> {
  let summary = "Give the op after a product with a packed weight its shape";
  let description = [{
    Where the result of a `compress_kernel.contract` is expanded to batches, and one
    elementwise `linalg.generic` alone reads that, the op is rewritten to the
    matrix's shape, and its result is expanded instead. Then the kernel of the product
    can compute it as its epilogue.

    Left alone: elementwise ops with an operand that has some of the batch dimensions
    but not all, since its loops cannot become one.
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def ConvertLinalgToKernelsPass
    : Pass<"convert-linalg-to-kernels", "::mlir::ModuleOp"> {
  let summary = "Turn linalg ops on buffers into GPU kernels and their launches";
  let description = [{
    Every `linalg` op on memrefs, and every `memref.copy`, becomes a
    `gpu.launch_func` of a kernel in the module's one `gpu.module`, which is made
    where there is none. Kernels that are equal up to their names are shared. A kernel takes a pointer for each
    buffer and an `index` for each size, stride or offset that is not static;
    constants are part of its body.

    A `compress_kernel.contract` on memrefs becomes one of two kernels, by the schedule of
    the op, or what a cost model of the chip chooses without splits:

    - *stream*: `mma.sync.m16n8k16` with the weight as its operand A, which goes from
      global memory straight to the lanes that decode it (sm_80 and later);
    - *wgmma_decode*, on chips that have it (sm_90a): `wgmma.mma_async` with the weight as
      its operand A, decoded in registers while products of what was decoded before go on.
      Bulk copies bring the weight and the activations: these are contiguous along K, their
      other stride and their offset static multiples of 16 bytes. It is chosen where there
      are many rows.

    Without splits both compute an epilogue, as the products below do.

    Products of a dynamic number of rows, with packed weights or dense, have a kernel for few
    rows and others for more, where the weight's extents are static: an `scf.if` of the host,
    or several, launches one of them. Which schedules these are, and up to how many rows,
    is a `#compress_kernel.by_rows`, the op's own, or the model's choice; the first
    `scf.if` has it as its `compress_kernel.schedule`. The model compares schedules for
    1 to 8192 rows, powers of two and what lies in the middle, and takes the fewest of
    which none is predicted to take 5 % longer than the best for a number, but at most
    four; what is lost for one row counts four times. Parts of a sum by `splits` are in a buffer that the branch allocates. The rows of
    a product with several loops for them are all of their points together.

    A linalg op chooses its kernel:

    - *wgmma*, for a product of matrices of f16 or bf16, or with `tf32` f32, with
      batches or without, whose result is f32 or the same type, on chips that have it
      (sm_90a): `wgmma.mma_async` with f32 accumulators on tiles in shared memory, by
      a warpgroup that brings them and warpgroups that multiply. Bulk copies bring a
      buffer of at most 5 dimensions, contiguous along one of the matrix's, all other
      strides static multiples of 16 bytes; the launch passes its tensor map. Loops
      that make up M, N or K together are then side by side in the buffer. The
      threads of the warpgroup copy any other buffer piece by piece (`cp.async`), and
      compute what the body computes. f32 is contiguous along K. It is chosen where a
      cost model predicts that *mma* takes longer.
    - *mma*, for other such products and on other chips:
      `mma.sync.m16n8k16`, or for f32 `m16n8k8`, with f32
      accumulators on tiles in shared memory, which `cp.async` fills some stages
      ahead (sm_80 and later). Either dimension of an operand may be the contiguous
      one; an operand that the body computes, such as a weight that it decodes, is
      computed into the tiles. The schedule is the op's `compress_kernel.schedule`,
      or what a cost model of the chip chooses; the kernel has it as the same
      attribute.
      A convolution is a product for these two as well, with the positions of its
      output as M or N, and the window and channels as K (implicit GEMM; Chellapilla
      et al., High Performance Convolutional Neural Networks for Document Processing,
      2006). They also compute an epilogue: the elementwise op that reads the result
      next, such as a bias, an activation, a residual or a conversion, where nothing
      else reads the result before, and nothing needs it afterwards.
    - *tile*, for an op with reduction loops some of whose inputs do not depend
      on all parallel loops (a contraction): a block of 256 threads computes
      `tile-rows * 8` by `tile-columns * 32` results over the two innermost
      dimensions of the output, a thread `tile-rows` by `tile-columns` of them,
      with accumulators in registers through the reduction loops. Values that
      the results of a thread share, the decoded weight first of all, are
      computed once per step.
    - *rows*, for a row program (`compress_kernel.row_reduce`) and for a reduction by one
      known associative op of `arith` along the innermost dimension of an operand
      that it reads at each point. Threads share a row: some lanes or all of a warp,
      up to 32 elements in the registers of each; a block, up to 16; or, for longer
      rows, a block that reads the row once for each reduction that depends on
      another and once for the results. Where the length is dynamic there is a kernel
      for each of the three, and all but one have an empty grid. Shuffles, and shared
      memory between the warps of a block, combine partial results.
    - *columns*, for such a reduction that keeps the innermost dimension: lanes have
      neighbouring columns, the warps of a block every eighth row, and shared memory
      brings them together.
    - *transpose*, for an elementwise op that reads a buffer across the order in which
      it writes: tiles of 32 by 32 elements go through shared memory.
    - *point*, for other elementwise ops: a thread computes as many neighbouring
      elements as fit into 16 bytes, where they are contiguous and aligned, and a grid
      of at most 8 blocks for each multiprocessor passes over all.
    - *point* as well, for the reductions that are left, such as poolings: a thread
      computes one result.

    With `tf32`, the operands of a product of f32 become tf32, which has the range of
    f32 and a significand of 11 bits; products and sums are f32 as before. Without it
    nothing of f32 is rounded to fewer bits. *mma* rounds to nearest (`cvt.rna`), so
    that a normal operand is off by a part of 2^-11 at most, a product of two by 2^-10 + 2^-22,
    and a result by as much of the sum of its products' magnitudes, beside what f32
    sums are off. That costs a conversion of each register of a fragment, 4 of A and
    2 of B, which all products of a warp with it share. *wgmma* reads f32 as
    they are, or what bulk copies have made of them, and is taken to cut off what does not fit: an operand is off by
    less than 2^-10, a product by 2^-9 + 2^-20.

    Where a reduction has few results, as static extents show, blocks share each of
    them (*rows*, *columns*): their partial results go to a buffer, and a second kernel
    combines them in one order, so that equal runs give equal bits. Sums of 16-bit
    floats are formed in f32; a block's part is rounded where blocks share one.
    The order of every shared reduction differs from the sequential one.

    An argument of the function that only host code reads, as a count of steps, is
    marked `compress_kernel.host`.

    Every buffer begins at a multiple of 16 bytes.

    Sizes may be dynamic: threads outside the iteration space do nothing. The
    host function keeps the allocations and the launches. An accumulator starts
    with the value of the `linalg.fill` that fills the output just before.

    Errors: an output that two points of the parallel loops would write; a reduction
    to fewer than 32 results with more than 4096, or a dynamic number of, steps each
    that no threads can share, because it is not by one associative op; a type that is not a multiple of bytes; a schedule on an op that is no such product, or
    that the chip has too little shared memory for; any op that is neither a launch, nor an
    allocation, a view or arithmetic of the host.
  }];
  let options = [
    Option<"tileRows", "tile-rows", "int64_t", /*default=*/"4",
           "Rows of the results that one thread of a contraction computes">,
    Option<"tileColumns", "tile-columns", "int64_t", /*default=*/"2",
           "Columns of the results that one thread of a contraction computes">,
    Option<"chip", "chip", "std::string", /*default=*/"\"sm_80\"",
           "The GPU that schedules are chosen for: sm_80, sm_89, sm_90a, sm_100a or sm_120">,
    Option<"tensorCores", "tensor-cores", "bool", /*default=*/"true",
           "Multiply matrices of f16 and bf16 on tensor cores">,
    Option<"tf32", "tf32", "bool", /*default=*/"false",
           "Multiply matrices of f32 on tensor cores too, rounded to tf32">
  ];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::gpu::GPUDialect",
                           "::mlir::compress::kernel::KernelDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::NVVM::NVVMDialect",
                           "::mlir::scf::SCFDialect"];
}

def ExpandDeviceMathPass
    : Pass<"compress-expand-device-math", "::mlir::gpu::GPUModuleOp"> {
  let summary = "Expand math ops that PTX has no instruction for";
  let description = [{
    Functions become instructions, polynomials and arithmetic, so that a kernel calls
    no device library. Ops with an instruction of their own (`sqrt`, `abs`, `floor`,
    `fma`, ...) become LLVM intrinsics.

    On f32, some become approximate instructions of PTX, whose bounds (PTX ISA,
    floating-point instructions) are part of these, relative to the result:

    | Function | By | Error at most |
    |---|---|---|
    | `exp2` | `ex2.approx.ftz` | 2^-22; zero where the result is below 2^-126 |
    | `exp` | `ex2.approx.ftz` of x log2(e) in two parts | 2^-21; zero likewise |
    | `rsqrt` | `rsqrt.approx` | 2^-22 |
    | `tanh` | 1 - 2 / (exp(2x) + 1) with `rcp.approx.ftz`; a polynomial below 0.55 | 2^-20 |
    | `erf` | upstream's rational approximation | 2^-20 |
    | `log` | upstream's polynomial; a subnormal counts as 2^-126 | 2^-21 |

    NaN, infinities and zeros give what the functions have there. On f16 and bf16 the
    same is computed in f32 and rounded.

    Products and sums are marked `contract`, as CUDA's compilers do: a product that is only
    added may be fused with the addition, which rounds once instead of twice.
    An op with neither is an error that names it.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::vector::VectorDialect"];
}

def ConvertKernelsToNVVMPass
    : Pass<"convert-kernels-to-nvvm", "::mlir::gpu::GPUModuleOp"> {
  let summary = "Convert kernels on buffers to the NVVM and LLVM dialects";
  let description = [{
    Converts the functions of a `gpu.module` whose bodies hold `arith`, `cf`,
    `memref` and `gpu` ops. A buffer parameter, which is a memref of rank zero,
    becomes a pointer. Unlike the upstream conversion it leaves intrinsics such
    as `llvm.intr.sqrt` alone and never introduces calls of a device library.
  }];
  let dependentDialects = ["::mlir::cf::ControlFlowDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::NVVM::NVVMDialect"];
}

def ConvertInstructionsToPTXPass
    : Pass<"convert-instructions-to-ptx", "::mlir::gpu::GPUModuleOp"> {
  let summary = "Turn instructions of compress_kernel into inline assembly";
  let description = [{
    The instructions that the NVVM dialect lacks become `llvm.inline_asm`, as the last
    step before PTX. For the emulator `convert-nvvm-to-emulated` takes them as they
    are.

    Errors: an accumulator that is no struct of registers of 32 bits.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def ConvertNVVMToEmulatedPass
    : Pass<"convert-nvvm-to-emulated", "::mlir::ModuleOp"> {
  let summary = "Turn kernels in the NVVM dialect into functions of the host";
  let description = [{
    Every kernel of the module's `gpu.module`s becomes an `llvm.func` that runs one
    thread of it, and every `gpu.launch_func` a call of the emulator with the
    address of that function, unless the grid has no blocks. It is the code that would become PTX: instructions
    of the NVVM dialect become calls of functions named `compress_emulated_*`,
    each of which is told the op's location, and everything else is compiled as
    it is.

    Pointers of all memory spaces become pointers of the host. Variables in
    shared memory become offsets into the block's, those of a static size first;
    a variable without a size is the dynamic part.

    With `check-accesses`, a call comes before every load, store and atomic but
    those of the function's own stack, so that the emulator can check and count
    them.

    Errors: an instruction that the emulator does not know, inline assembly,
    functions of the `gpu.module` that are no kernels, variables in other memory
    spaces, launches that are asynchronous.
  }];
  let options = [
    Option<"checkAccesses", "check-accesses", "bool", /*default=*/"true",
           "Let the emulator see every access of memory">,
    Option<"count", "count", "bool", /*default=*/"false",
           "Count instructions by class">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect"];
}

def PlanDeviceBuffersPass
    : Pass<"compress-plan-device-buffers", "::mlir::ModuleOp"> {
  let summary = "Give the buffers of host functions places in one workspace";
  let description = [{
    For functions on buffers of a GPU that hold launches, allocations, views,
    `scf` and arithmetic on sizes and on elements of arguments marked
    `compress_kernel.host`, as `convert-linalg-to-kernels` leaves them. A
    function `f` of n results gets n + 3 arguments for its results, and returns
    nothing: the bytes of each result, `memref<?xi8>`; the workspace,
    `memref<?xi8>`; the plan, `memref<?xindex>`, in the memory of the host; and the
    call, `!llvm.ptr`, which launches will pass on.

    Allocation number i becomes a `memref.view` of the workspace at offset
    `plan[i]`. An allocation that is all of exactly one result becomes a view of
    that result's bytes instead; any other result (an argument, a buffer that is
    returned twice) is copied at the end.

    A function `f_measure` of the same arguments is added. It writes the bytes of
    allocation i to `plan[i]` (in a loop, the most of all iterations), and after
    these the extents of the results, in order. The places are found by whoever
    calls, from these sizes and the lifetimes of the buffers, an attribute of `f`:
    so they are right for any extents, and buffers share memory whenever the sizes
    of the call let them. `compress_cuda.lifetimes` has two positions for each
    allocation, of the first and the last op that use it, both inclusive, where views and sizes
    are no uses; two buffers whose intervals meet must not overlap.

    A buffer that an iteration of `scf.for` allocates and hands to the next one is
    copied, at the end of the iteration, to an allocation before the loop.

    Errors: host code that reads or writes another buffer; calls; control flow between
    blocks; results with gaps; a loop that hands on a buffer other than an
    allocation of a size known before it.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::memref::MemRefDialect"];
}

def ConvertLaunchesToCUDAPass
    : Pass<"convert-launches-to-cuda", "::mlir::ModuleOp"> {
  let summary = "Turn launches into calls of the CUDA runtime";
  let description = [{
    In functions that `compress-plan-device-buffers` has planned, every
    `gpu.launch_func` becomes a call of `compress_cuda_launch`, every
    `compress_kernel.encode_tensor_map` one of `compress_cuda_encode_tensor_map`, and
    every `memref.copy`, of buffers without gaps, one of `compress_cuda_copy`
    (compress/Runtime/CudaABI.h). Kernels are known by their number, which is their
    position in the module; the module's attribute `compress_cuda.kernels` has
    their names. The `gpu.module`s are erased.

    Errors: a launch whose arguments are not those of its kernel, or of a kernel
    that is not in the LLVM dialect; asynchronous launches; a function that has not
    been planned.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::memref::MemRefDialect"];
}

#endif // COMPRESS_CONVERSION_GPUPASSES
