// A permutation of bytes with a selector that is known when running, against its
// definition in NumPy: each of four nibbles names a byte of two words, or copies its sign.

// REQUIRES: python-numpy
// RUN: compress-run %s --entry=permute --target=emulated --outputs=%t.npz
// RUN: %python -c "import numpy as np; \
// RUN:   words = 0x80f1027f >> 0 | 0x13848596 << 32; \
// RUN:   byte = lambda n: words >> n %% 8 * 8 & 0xff; \
// RUN:   part = lambda n: byte(n) >> 7 and 0xff if n & 8 else byte(n); \
// RUN:   permute = lambda s: sum(part(s >> 4 * i & 15) << 8 * i for i in range(4)); \
// RUN:   expected = [permute(i * 0x05f9 & 0xffffffff) for i in range(128)]; \
// RUN:   found = np.load('%t.npz')['out0'].view(np.uint32).tolist(); \
// RUN:   assert found == expected, (found, expected)"

module attributes {gpu.container_module} {
  func.func @permute() -> tensor<128xi32> {
    %c1 = arith.constant 1 : index
    %c128 = arith.constant 128 : index
    %out = memref.alloc() : memref<128xi32>
    %b = memref.reinterpret_cast %out to offset: [0], sizes: [], strides: [] : memref<128xi32> to memref<i32>
    gpu.launch_func @kernels::@permute blocks in (%c1, %c1, %c1) threads in (%c128, %c1, %c1) args(%b : memref<i32>)
    %r = bufferization.to_tensor %out restrict : memref<128xi32> to tensor<128xi32>
    return %r : tensor<128xi32>
  }

  gpu.module @kernels {
    llvm.func @permute(%out: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel} {
      %lo = llvm.mlir.constant(0x80f1027f : i32) : i32
      %hi = llvm.mlir.constant(0x13848596 : i32) : i32
      %step = llvm.mlir.constant(0x05f9 : i32) : i32
      %tid = nvvm.read.ptx.sreg.tid.x : i32
      %selector = llvm.mul %tid, %step : i32
      %r = nvvm.prmt #nvvm.permute_mode<default> %selector, %lo, %hi : i32
      %to = llvm.getelementptr %out[%tid] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
      llvm.store %r, %to : i32, !llvm.ptr<1>
      llvm.return
    }
  }
}
