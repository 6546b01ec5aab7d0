# Configuration of the lit tests. docs/Testing.md says how to write one.

import ctypes
import os
import shutil
import subprocess

import lit.formats
from lit.llvm import llvm_config
from lit.llvm.subst import ToolSubst

config.name = "Compress"
config.test_format = lit.formats.ShTest(execute_external=True)
config.suffixes = [".mlir", ".test"]
# Inputs of tests, and what is built for them.
config.excludes = ["Inputs", "consumer", "FakeDriver"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.compress_obj_root, "test")

# A test that hangs fails instead of stopping the run. lit needs psutil for it.
if lit_config.maxIndividualTestTimeIsSupported[0]:
    lit_config.maxIndividualTestTime = lit_config.maxIndividualTestTime or 600

tools_dir = os.path.join(config.compress_obj_root, "bin")
llvm_config.with_system_environment(["HOME", "TMPDIR", "LD_LIBRARY_PATH"])
# Test scripts find FileCheck and its kind, and our tools before any installed.
llvm_config.with_environment("PATH", config.llvm_tools_dir, append_path=True)
llvm_config.with_environment("PATH", tools_dir, append_path=True)

fake_driver_dir = os.path.join(config.compress_obj_root, "test", "FakeDriver")
for key, value in [
    ("%python", config.python_executable),
    ("%llvm_cmake_dir", config.llvm_cmake_dir),
    ("%cmake_generator", config.cmake_generator),
    ("%cmake", config.cmake_command),
    ("%cxx", config.cxx_compiler),
    ("%cc", config.c_compiler),
    ("%src_root", config.compress_src_root),
    ("%obj_root", config.compress_obj_root),
    # Runs a command with a driver that stands for a GPU's, and its folder.
    ("%fake-cuda", "env LD_LIBRARY_PATH=" + fake_driver_dir),
    ("%fake_driver", fake_driver_dir),
    ("%llvm_tools", config.llvm_tools_dir),
    ("%plugin", os.path.join(config.compress_obj_root, "lib", "CompressPlugin.so")),
    ("%examples", os.path.join(config.compress_src_root, "examples")),
]:
    config.substitutions.append((key, value))

llvm_config.add_tool_substitutions(
    [
        ToolSubst(tool, unresolved="ignore")
        for tool in [
            "compress-opt",
            "compress-run",
            "compress-translate",
            "compress-reduce",
            "compress-lsp-server",
        ]
    ],
    [tools_dir],
)
llvm_config.add_tool_substitutions(
    ["FileCheck", "count", "not", "split-file", "mlir-opt", "mlir-translate"],
    [config.llvm_tools_dir],
)

# The assembler and the disassembler of the test's Python packages, before any that
# the machine has: what they say of kernels depends on their version.
cuda_tools = subprocess.run(
    [config.python_executable, "-c", "import nvidia.cu13 as p; print(*p.__path__)"],
    capture_output=True,
    text=True,
).stdout.strip()
if cuda_tools:
    llvm_config.with_environment(
        "PATH", os.path.join(cuda_tools, "bin"), append_path=True
    )
for tool in ["ptxas", "nvdisasm"]:
    if shutil.which(tool, path=config.environment["PATH"]):
        config.available_features.add(tool)
if os.path.exists(os.path.join(config.compress_obj_root, "fuzz", "fuzz-codec")):
    config.available_features.add("fuzzers")
# What is said without a driver is tested where there is none.
try:
    ctypes.CDLL("libcuda.so.1")
except OSError:
    config.available_features.add("no-cuda-driver")
if shutil.which("shellcheck"):
    config.available_features.add("shellcheck")
if shutil.which("clang-format-22"):
    config.available_features.add("clang-format")
if os.path.isdir("/usr/share/datasets/fashion-mnist"):
    config.available_features.add("fashion-mnist")
# A full disk is a small RAM disk in a mount name space of the test's own.
if (
    shutil.which("unshare")
    and subprocess.run(
        ["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"],
        capture_output=True,
    ).returncode
    == 0
):
    config.available_features.add("tmpfs")
if (
    subprocess.run(
        [config.python_executable, "-c", "import numpy"], capture_output=True
    ).returncode
    == 0
):
    config.available_features.add("python-numpy")
