// RUN: compress-opt %s --split-input-file --verify-diagnostics --convert-launches-to-cuda

module attributes {gpu.container_module} {
  // expected-error @below {{launches kernels, but its last argument is not the call, a pointer; expected a function that compress-plan-device-buffers has planned}}
  func.func @unplanned(%x: memref<4xf32>) {
    %c1 = arith.constant 1 : index
    gpu.launch_func @kernels::@k blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%x : memref<4xf32>)
    return
  }
  gpu.module @kernels {
    llvm.func @k(%x: !llvm.ptr) attributes {gpu.kernel, nvvm.kernel} {
      llvm.return
    }
  }
}

// -----

module attributes {gpu.container_module} {
  func.func @types(%x: memref<4xf32>, %call: !llvm.ptr) {
    %c1 = arith.constant 1 : index
    // expected-error @below {{passes 'memref<4xf32>' where the kernel takes 'i64'}}
    gpu.launch_func @kernels::@k blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%x : memref<4xf32>)
    return
  }
  gpu.module @kernels {
    llvm.func @k(%x: i64) attributes {gpu.kernel, nvvm.kernel} {
      llvm.return
    }
  }
}

// -----

module attributes {gpu.container_module} {
  func.func @high(%x: memref<4xf32>, %call: !llvm.ptr) {
    %c1 = arith.constant 1 : index
    // expected-error @below {{launches a kernel that is not in the module as one of the LLVM dialect; expected a module that compress-kernels-to-nvvm has lowered}}
    gpu.launch_func @kernels::@k blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%x : memref<4xf32>)
    return
  }
  gpu.module @kernels {
    gpu.func @k(%x: memref<4xf32>) kernel {
      gpu.return
    }
  }
}

// -----

module attributes {gpu.container_module} {
  func.func @gaps(%x: memref<4xf32, strided<[2]>>, %y: memref<4xf32>, %call: !llvm.ptr) {
    // expected-error @below {{copies 'memref<4xf32, strided<[2]>>'; expected buffers without gaps}}
    memref.copy %x, %y : memref<4xf32, strided<[2]>> to memref<4xf32>
    return
  }
}
