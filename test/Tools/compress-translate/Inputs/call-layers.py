"""Calls the functions of layers.mlir from Python."""

import ctypes
import sys

import numpy

import compress_cuda


class Device:
    """Memory of the (fake) device, as __cuda_array_interface__ describes it."""

    def __init__(self, driver, shape, typestr="<f4", strides=None):
        address = ctypes.c_uint64()
        driver.cuMemAlloc_v2(ctypes.byref(address), ctypes.c_size_t(4 * int(numpy.prod(shape))))
        self.__cuda_array_interface__ = {
            "shape": shape, "typestr": typestr, "data": (address.value, False), "version": 3, "strides": strides,
        }


class Capsule:
    """An array that can only be reached by DLPack."""

    def __init__(self, array):
        self.array = array

    def __dlpack__(self):
        return self.array.__dlpack__()

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()


def report(function, **arguments):
    try:
        function(**arguments)
    except (TypeError, ValueError, compress_cuda.Error) as error:
        print(f"{type(error).__name__}: {error}")
    else:
        print("no error")


with compress_cuda.Model(sys.argv[1]) as model:
    x = numpy.arange(6, dtype=numpy.float16).reshape(2, 3)
    print(model.same(arg0=x)["out0"].tolist())
    print(model.same(arg0=Capsule(x + 1))["out0"].tolist())
    result = model.layers(x=numpy.zeros((5, 4), numpy.float32), **{"a.bias": numpy.zeros(5, numpy.float32)})
    print(result["y"].shape, result["y"].dtype)

    driver = ctypes.CDLL("libcuda.so.1")
    context = ctypes.c_void_p()
    driver.cuDevicePrimaryCtxRetain(ctypes.byref(context), 0)
    driver.cuCtxPushCurrent_v2(context)
    tensors = {"x": Device(driver, (5, 4)), "a.bias": Device(driver, (5,))}
    y = Device(driver, (5, 4))
    print(model.layers(out={"y": y}, **tensors)["y"] is y)

    report(model.layers, x=tensors["x"])
    report(model.layers, x=x, **{"a.bias": tensors["a.bias"]})
    report(model.layers, x=[1], **{"a.bias": tensors["a.bias"]})
    report(model.layers, x=Device(driver, (5, 4), strides=(4, 20)), **{"a.bias": tensors["a.bias"]})
    report(model.layers, x=numpy.zeros((4, 5), numpy.float32).T, **{"a.bias": tensors["a.bias"]})
    report(model.layers, x=numpy.zeros(4, numpy.float32), **{"a.bias": tensors["a.bias"]})
    report(model.layers, x=numpy.zeros((6, 4), numpy.float32), **{"a.bias": tensors["a.bias"]})
    report(model.layers, out={"y": Device(driver, (4, 4))}, **tensors)
    report(model.layers, out={"z": y}, **tensors)
    report(model.same, arg0=Capsule(x.astype(numpy.float32)))
report(model.same, arg0=x)
