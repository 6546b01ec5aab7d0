// RUN: compress-translate %S/Inputs/mlp.mlir --target=cuda --chip=sm_80 --table=%t.json -o %t.80.ptx
// RUN: FileCheck %s --check-prefixes=PTX,SM80 --input-file=%t.80.ptx
// RUN: compress-translate %S/Inputs/mlp.mlir --target=cuda --chip=sm_90a | FileCheck %s --check-prefixes=PTX,SM90
// RUN: FileCheck %s --check-prefix=TABLE --input-file=%t.json

// A whole MLP: PTX for both chips, and a launch table that names its kernels.

// SM80:     .target sm_80
// SM90:     .target sm_90a
// PTX-NOT:  __nv_
// PTX-NOT:  .extern
// PTX-NOT:  call
// PTX:      .visible .entry mlp_tile(

// The int4 weight is decoded in the loop that multiplies by it: from the load of
// a byte to the sum there is no label, and a branch follows.
// PTX:      ld.global.b8
// PTX-NOT:  {{^}}$L__
// PTX:      cvt.rn.f32.s
// PTX-NOT:  {{^}}$L__
// PTX:      fma.rn.f32
// PTX-NOT:  {{^}}$L__
// PTX:      @%p{{[0-9]+}} bra $L__

// PTX:      .visible .entry mlp_point(
// PTX:      .visible .entry mlp_tile_0(
// PTX:      .visible .entry mlp_point_1(
// PTX-NOT:  .visible .entry

// TABLE:      "arguments": [
// TABLE:          "name": "arg0",
// TABLE-NEXT:     "shape": [
// TABLE-NEXT:       -1,
// TABLE-NEXT:       768
// TABLE:      "buffers": [
// TABLE:      "launches": [
// TABLE:        "kernel": "mlp_tile",
// TABLE:            "pointer": "arg0"
// TABLE:            "i64": [
// TABLE-NEXT:         "dim",
// TABLE-NEXT:         "arg0",
// TABLE-NEXT:         0
// TABLE:            "pointer": "arg1"
// TABLE:        "kernel": "mlp_point",
// TABLE:        "kernel": "mlp_tile_0",
// TABLE:        "kernel": "mlp_point_1",
// TABLE:      "results": [
// TABLE:          "name": "out0",
// TABLE:      "version": 1
