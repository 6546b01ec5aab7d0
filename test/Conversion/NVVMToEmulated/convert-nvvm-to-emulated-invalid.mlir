// RUN: compress-opt %s --convert-nvvm-to-emulated --split-input-file \
// RUN:   --verify-diagnostics

gpu.module @kernels {
  llvm.func @assembly() attributes {gpu.kernel, nvvm.kernel} {
    // expected-error@+1 {{is not emulated: expected an op of its own for the instruction}}
    llvm.inline_asm has_side_effects "membar.gl;", "" : () -> ()
    llvm.return
  }
}

// -----

gpu.module @kernels {
  // expected-error@+1 {{of a GPU is called by kernels, but the emulator knows kernels only: inline it}}
  llvm.func @helper() {
    llvm.return
  }
}

// -----

gpu.module @kernels {
  llvm.mlir.global internal constant @table(dense<1> : tensor<4xi32>) {addr_space = 4 : i32} : !llvm.array<4 x i32>
  llvm.func @read() attributes {gpu.kernel, nvvm.kernel} {
    // expected-error@+1 {{takes the address of 'table'; the emulator knows variables in shared memory only}}
    %0 = llvm.mlir.addressof @table : !llvm.ptr<4>
    llvm.return
  }
}

// -----

gpu.module @kernels {
  llvm.func @unknown(%d: i64) attributes {gpu.kernel, nvvm.kernel} {
    // expected-error@+1 {{is not an instruction that the emulator knows}}
    nvvm.cluster.arrive.relaxed
    llvm.return
  }
}

// -----

gpu.module @kernels {
  llvm.func @relaxed(%barrier: !llvm.ptr<3>) attributes {gpu.kernel, nvvm.kernel} {
    // expected-error@+1 {{without an order of memory is not emulated}}
    %0 = nvvm.mbarrier.arrive %barrier {relaxed = true} : !llvm.ptr<3> -> i64
    llvm.return
  }
}

// -----

gpu.module @kernels {
  llvm.func @masked(%global: !llvm.ptr<1>, %shared: !llvm.ptr<3>, %bytes: i32, %mask: i16) attributes {gpu.kernel, nvvm.kernel} {
    // expected-error@+1 {{with a mask of bytes is not emulated}}
    nvvm.cp.async.bulk.global.shared.cta %global, %shared, %bytes byte_mask = %mask : !llvm.ptr<1>, !llvm.ptr<3>
    llvm.return
  }
}

// -----

gpu.module @kernels {
  llvm.func @predicated(%map: !llvm.ptr, %shared: !llvm.ptr<3>, %full: !llvm.ptr<3>, %x: i32, %p: i1) attributes {gpu.kernel, nvvm.kernel} {
    // expected-error@+1 {{with a predicate is not emulated}}
    nvvm.cp.async.bulk.tensor.shared.cluster.global %shared, %map, %full, box[%x] predicate = %p : !llvm.ptr<3>, !llvm.ptr
    llvm.return
  }
}

// -----

gpu.module @kernels {
  llvm.func @columns(%map: !llvm.ptr, %shared: !llvm.ptr<7>, %full: !llvm.ptr<3>, %x: i32, %o: i16) attributes {gpu.kernel, nvvm.kernel} {
    // expected-error@+1 {{is emulated in tile mode only}}
    nvvm.cp.async.bulk.tensor.shared.cluster.global %shared, %map, %full, box[%x, %x, %x] im2col[%o] {mode = #nvvm.tma_load_mode<im2col>} : !llvm.ptr<7>, !llvm.ptr
    llvm.return
  }
}

// -----

gpu.module @kernels {
  llvm.func @convert(%x: f32) attributes {gpu.kernel, nvvm.kernel} {
    // expected-error@+1 {{is emulated with rounding rna only}}
    %0 = nvvm.convert.float.to.tf32 %x {rnd = #nvvm.fp_rnd_mode<rz>}
    llvm.return
  }
}

// -----

module attributes {gpu.container_module} {
  func.func @host(%buffer: memref<f32>) {
    %one = arith.constant 1 : index
    // expected-error@+1 {{passes 1 arguments; expected 2}}
    gpu.launch_func @kernels::@two blocks in (%one, %one, %one) threads in (%one, %one, %one) args(%buffer : memref<f32>)
    return
  }
  gpu.module @kernels {
    llvm.func @two(%a: !llvm.ptr, %b: !llvm.ptr) attributes {gpu.kernel, nvvm.kernel} {
      llvm.return
    }
  }
}
