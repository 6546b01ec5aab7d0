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

    Left alone: named ops, which `compress-fuse-elementwise` generalizes, and
    producers that depend on results of other ops, because a contraction would
    recompute them for each element of the other operand.
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def StreamContractsPass : Pass<"compress-stream-contracts", "::mlir::ModuleOp"> {
  let summary = "Give products with compressed weights to kernels that stream them";
  let description = [{
    A `compress.contract` of a dense x[b..., k] with a compressed w[k, n] or w[n, k] into
    y[b..., n] becomes a `compress_kernel.contract`, whose kernel reads the packed bytes
    once. Constant weights are given the layout that it reads (`compress-pack` with
    `layout=mma`), one copy for all readers; others must have it already. The schedule
    is the op's `compress_kernel.schedule`, where that is a `#compress_kernel.stream`, or
    what a cost model of the chip chooses. With `splits`, parts of the sum are added in
    their order by a `linalg.generic` that follows.

    Left alone, with a remark that says why: other contractions; weights of another
    scheme than `compress_kernel.contract` lists; weights that are no constants and have
    another layout. `convert-compress-to-linalg` serves them, as before.
  }];
  let options = [
    Option<"chip", "chip", "std::string", /*default=*/"\"sm_80\"",
           "The GPU that schedules are chosen for: sm_80 or sm_90a">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::compress::kernel::KernelDialect",
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

    A `compress_kernel.contract` on memrefs becomes a *stream* kernel, with the schedule of
    the op, or what a cost model of the chip chooses without splits: `mma.sync.m16n8k16` with the
    weight as its operand A, which goes from global memory straight to the lanes that
    decode it (sm_80 and later).

    A linalg op chooses its kernel:

    - *wgmma*, for a product of matrices of f16 or bf16, with batches or without,
      whose result is f32 or the same type, on chips that have it (sm_90a):
      `wgmma.mma_async` with f32 accumulators on tiles that bulk copies bring, by
      warpgroups that copy and warpgroups that multiply. Both operands are buffers of
      at most 5 dimensions, contiguous along one of the matrix's, all other strides
      static multiples of 16 bytes. The launch passes their tensor maps.
    - *mma*, for such products of other operands or on other chips:
      `mma.sync.m16n8k16` with f32
      accumulators on tiles in shared memory, which `cp.async` fills some stages
      ahead (sm_80 and later). Either dimension of an operand may be the contiguous
      one; an operand that the body computes, such as a weight that it decodes, is
      computed into the tiles. A convolution is such a product as well, with the
      positions of its output as M or N, and the window and channels as K (implicit
      GEMM). The schedule is the op's `compress_kernel.schedule`,
      or what a cost model of the chip chooses; the kernel has it as the same
      attribute.
      These two also compute an epilogue: the elementwise op that reads the result
      next, such as a bias, an activation, a residual or a conversion, where nothing
      else reads the result before, and nothing needs it afterwards.
    - *tile*, for an op with reduction loops some of whose inputs do not depend
      on all parallel loops (a contraction): a block of 256 threads computes
      `tile-rows * 8` by `tile-columns * 32` results over the two innermost
      dimensions of the output, a thread `tile-rows` by `tile-columns` of them,
      with accumulators in registers through the reduction loops. Values that
      the results of a thread share, the decoded weight first of all, are
      computed once per step.
    - *row*, for other reductions of 32-bit values whose combiner is one known
      associative op: a warp computes one result, its lanes taking every 32nd
      step of the innermost reduction loop; shuffles combine their partial
      results. The order of a sum differs from the sequential one.
    - *point*, for the rest: a thread computes one result.

    Sizes may be dynamic: threads outside the iteration space do nothing. The
    host function keeps the allocations and the launches. An accumulator starts
    with the value of the `linalg.fill` that fills the output just before.

    Errors: an output that two points of the parallel loops would write; a type
    that is not a multiple of bytes; a schedule on an op that is no such product, or
    that the chip has too little shared memory for; any op that is neither a launch, nor an
    allocation, a view or arithmetic of the host.
  }];
  let options = [
    Option<"tileRows", "tile-rows", "int64_t", /*default=*/"4",
           "Rows of the results that one thread of a contraction computes">,
    Option<"tileColumns", "tile-columns", "int64_t", /*default=*/"2",
           "Columns of the results that one thread of a contraction computes">,
    Option<"chip", "chip", "std::string", /*default=*/"\"sm_80\"",
           "The GPU that schedules are chosen for: sm_80 or sm_90a">,
    Option<"tensorCores", "tensor-cores", "bool", /*default=*/"true",
           "Multiply matrices of f16 and bf16 on tensor cores">
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
    Functions such as `exp`, `tanh` and `erf` become polynomials and arithmetic,
    so that a kernel calls no device library. Ops with an instruction of their
    own (`sqrt`, `abs`, `floor`, `fma`, ...) become LLVM intrinsics. Products and
    sums are marked `contract`, as CUDA's compilers do: a product that is only
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

#endif // COMPRESS_CONVERSION_GPUPASSES
