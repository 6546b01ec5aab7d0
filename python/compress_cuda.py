"""Calls models that compress-translate has compiled to shared objects for CUDA.

    model = Model("./mlp.so")
    logits = model.main(x=array)["logits"]

Tensors are arrays of NumPy, or anything with __cuda_array_interface__ or
__dlpack__. They stay where they are: memory of the host is copied by the call.
Element types that NumPy lacks (BF16, F8_E4M3, F8_E5M2) are unsigned integers of
their width there.
"""

import ctypes
import json
import os

import numpy

# safetensors' name of an element type: NumPy's, and DLPack's code and bits.
_TYPES = {
    "F64": ("float64", (2, 64)),
    "F32": ("float32", (2, 32)),
    "F16": ("float16", (2, 16)),
    "BF16": ("uint16", (4, 16)),
    "F8_E4M3": ("uint8", (10, 8)),
    "F8_E5M2": ("uint8", (12, 8)),
    "I64": ("int64", (0, 64)),
    "I32": ("int32", (0, 32)),
    "I16": ("int16", (0, 16)),
    "I8": ("int8", (0, 8)),
    "U64": ("uint64", (1, 64)),
    "U32": ("uint32", (1, 32)),
    "U16": ("uint16", (1, 16)),
    "U8": ("uint8", (1, 8)),
    "BOOL": ("bool", (6, 8)),
}


class Error(RuntimeError):
    """What the model or the CUDA driver reported."""


class _DLTensor(ctypes.Structure):
    """DLTensor of DLPack 1.0."""

    _fields_ = [
        ("data", ctypes.c_void_p),
        ("device_type", ctypes.c_int32),
        ("device_id", ctypes.c_int32),
        ("ndim", ctypes.c_int32),
        ("code", ctypes.c_uint8),
        ("bits", ctypes.c_uint8),
        ("lanes", ctypes.c_uint16),
        ("shape", ctypes.POINTER(ctypes.c_int64)),
        ("strides", ctypes.POINTER(ctypes.c_int64)),
        ("byte_offset", ctypes.c_uint64),
    ]


def _is_row_major(shape, strides, width):
    """Whether strides, in units of which an element has `width`, leave no gaps."""
    expected = width
    for extent, stride in zip(reversed(shape), reversed(strides)):
        if extent != 1 and stride != expected:
            return False
        expected *= extent
    return True


class _Tensor:
    """The address and shape of an array of a kind that is known; `owner` keeps
    the memory alive."""

    def __init__(self, value, spec, stream):
        numpy_type, dlpack_type = _TYPES[spec["type"]]
        self.owner = value
        if isinstance(value, numpy.ndarray):
            interface, contiguous = value.__array_interface__, value.flags.c_contiguous
            matches = self._matches(value.dtype, spec["type"], numpy_type)
        elif hasattr(value, "__cuda_array_interface__"):
            interface = value.__cuda_array_interface__
            dtype = numpy.dtype(interface["typestr"])
            matches = self._matches(dtype, spec["type"], numpy_type)
            strides = interface.get("strides")
            contiguous = strides is None or _is_row_major(interface["shape"], strides, dtype.itemsize)
        elif hasattr(value, "__dlpack__"):
            self._read_dlpack(value, spec, dlpack_type, stream)
            return
        else:
            raise TypeError(
                f"'{spec['name']}': expected an array of NumPy, or a tensor with __dlpack__ or "
                f"__cuda_array_interface__, found {type(value).__name__}"
            )
        self._check(matches, contiguous, spec, value)
        self.address, self.shape = interface["data"][0], tuple(interface["shape"])

    @staticmethod
    def _matches(dtype, type_name, numpy_type):
        # Types of ml_dtypes have the bytes of those that NumPy lacks.
        return dtype == numpy.dtype(numpy_type) or (
            dtype.name in {"BF16": ("bfloat16",), "F8_E4M3": ("float8_e4m3fn",), "F8_E5M2": ("float8_e5m2",)}.get(type_name, ())
        )

    @staticmethod
    def _check(matches, contiguous, spec, value):
        if not matches:
            found = getattr(value, "dtype", type(value).__name__)
            raise TypeError(f"'{spec['name']}': expected elements of type {spec['type']}, found {found}")
        if not contiguous:
            raise ValueError(f"'{spec['name']}': expected a row-major array without gaps; make it contiguous")

    def _read_dlpack(self, value, spec, dlpack_type, stream):
        kind = value.__dlpack_device__()[0]
        # 1 is the processor, 2 CUDA, 3 pinned and 13 managed memory. The producer
        # makes the stream wait for what it has under way; 1 is the default one.
        if kind not in (1, 2, 3, 13):
            raise TypeError(f"'{spec['name']}': expected memory of the host or of CUDA, found DLPack's device {kind}")
        capsule = value.__dlpack__() if kind == 1 else value.__dlpack__(stream=stream or 1)
        get = ctypes.pythonapi.PyCapsule_GetPointer
        get.restype, get.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
        tensor = _DLTensor.from_address(get(capsule, b"dltensor"))
        shape = tuple(tensor.shape[: tensor.ndim])
        strides = tensor.strides[: tensor.ndim] if tensor.strides else None
        self.owner = (value, capsule)
        self._check(
            (tensor.code, tensor.bits) == dlpack_type and tensor.lanes == 1,
            strides is None or _is_row_major(shape, strides, 1),
            spec,
            value,
        )
        self.address, self.shape = (tensor.data or 0) + tensor.byte_offset, shape


class Model:
    """A shared object, loaded into GPU number `device`. Its functions are
    methods, whose keyword arguments are the inputs."""

    def __init__(self, path, device=0, weights_directory=None):
        self._handle = ctypes.c_void_p()
        self._library = ctypes.CDLL(os.path.abspath(path))
        name = os.path.splitext(os.path.basename(path))[0].removeprefix("lib")
        name = "".join(c if c.isascii() and c.isalnum() else "_" for c in name)
        self._prefix = "_" + name if name[:1].isdigit() else name
        self.signature = json.loads(self._find("signature", 0)())
        directory = None if weights_directory is None else os.fsencode(weights_directory)
        self._check(self._find("init", 3)(ctypes.byref(self._handle), ctypes.c_int(device), directory))
        for function in self.signature["functions"]:
            setattr(self, function["symbol"], self._bind(function))

    def _find(self, name, count):
        try:
            function = getattr(self._library, f"{self._prefix}_{name}")
        except AttributeError:
            raise Error(
                f"no function {self._prefix}_{name}: expected a shared object that compress-translate wrote, by the name it was written under"
            ) from None
        function.restype = ctypes.c_char_p
        if count and name != "init":
            function.argtypes = [ctypes.c_void_p] * count
        return function

    @staticmethod
    def _check(error):
        if error:
            raise Error(error.decode(errors="replace"))

    def close(self):
        """Waits for what is under way, and frees the memory of the GPU."""
        if self._handle:
            self._find("destroy", 1)(self._handle)
            self._handle = ctypes.c_void_p()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __del__(self):
        if getattr(self, "_handle", None):
            self.close()

    def _bind(self, function):
        specs, results = function["inputs"], function["outputs"]
        symbol = function["symbol"]
        sizes, run, wait = self._find(symbol + "_sizes", 2), self._find(symbol, 3), self._find("synchronize", 2)

        def call(*, out=None, stream=None, **inputs):
            if not self._handle:
                raise Error("the model is closed")
            expected = {spec["name"] for spec in specs}
            if set(inputs) != expected:
                raise TypeError(f"{symbol}: expected the inputs {sorted(expected)}, found {sorted(inputs)}")
            out = out or {}
            if unknown := set(out) - {spec["name"] for spec in results}:
                raise TypeError(f"{symbol}: there is no output {sorted(unknown)}")
            tensors = [_Tensor(inputs[spec["name"]], spec, stream) for spec in specs]
            words = []
            for spec, tensor in zip(specs, tensors):
                if len(tensor.shape) != len(spec["shape"]):
                    raise ValueError(f"'{spec['name']}': expected {len(spec['shape'])} dimensions, found {len(tensor.shape)}")
                words += [tensor.address, *tensor.shape]
            start = len(words)
            for spec in results:
                words += [0] * (1 + len(spec["shape"]))
            call_words = (ctypes.c_int64 * (len(words) + 2))(*words)
            self._check(sizes(self._handle, call_words))

            arrays = {}
            for spec in results:
                shape = tuple(call_words[start + 1 : start + 1 + len(spec["shape"])])
                array = out.get(spec["name"])
                if array is None:
                    array = numpy.empty(shape, _TYPES[spec["type"]][0])
                tensor = _Tensor(array, spec, stream)
                if tensor.shape != shape:
                    raise ValueError(f"'{spec['name']}': expected the shape {shape}, found {tensor.shape}")
                call_words[start] = tensor.address
                tensors.append(tensor)
                arrays[spec["name"]] = array
                start += 1 + len(shape)
            # The model's own workspace.
            call_words[start] = call_words[start + 1] = 0
            self._check(run(self._handle, call_words, stream))
            if len(out) < len(results):
                self._check(wait(self._handle, stream))
            return arrays

        call.__name__ = symbol
        call.__doc__ = f"Inputs {specs}, outputs {results}."
        return call
