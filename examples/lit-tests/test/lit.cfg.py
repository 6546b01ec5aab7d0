# Tests of what the tools of Compress do to modules. Finds the tools where CMake
# says, or, without CMake, on PATH: lit -sv test

import os
import tempfile

import lit.formats

config.name = "LitTests"
config.test_format = lit.formats.ShTest()
config.suffixes = [".mlir", ".test"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = lit_config.params.get("exec_root") or tempfile.mkdtemp()
config.environment["PATH"] = lit_config.params.get("path") or os.environ["PATH"]
