"""Calls the function of host-input.mlir from Python, and writes its inputs to a file."""

import ctypes
import os
import sys

import numpy

import compress_cuda

x = numpy.zeros(6, numpy.float32)


def report(model, count):
    try:
        print(model.repeat(x=x, count=count)["out0"].shape)
    except compress_cuda.Error as error:
        print(f"Error: {error}")


with compress_cuda.Model(sys.argv[1]) as model:
    print(model.repeat.__doc__)
    for count in [3, 0, -7]:
        report(model, numpy.array(count, numpy.int64))

    driver = ctypes.CDLL("libcuda.so.1")
    context, address = ctypes.c_void_p(), ctypes.c_uint64()
    driver.cuDevicePrimaryCtxRetain(ctypes.byref(context), 0)
    driver.cuCtxPushCurrent_v2(context)
    driver.cuMemAlloc_v2(ctypes.byref(address), ctypes.c_size_t(8))
    count = type("Device", (), {})()
    count.__cuda_array_interface__ = {
        "shape": (), "typestr": "<i8", "data": (address.value, False), "version": 3,
    }
    report(model, count)

numpy.savez(os.path.join(os.path.dirname(sys.argv[1]), "steps.npz"), x=x, count=numpy.array(3, numpy.int64))
