# The parameters come from compress_add_lit_tests in CMakeLists.txt.

import os

import lit.formats

config.name = "Mini"
config.test_format = lit.formats.ShTest()
config.suffixes = [".mlir"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = lit_config.params["exec_root"]
config.environment["PATH"] = lit_config.params["path"]
