# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The error of the example models' tools."""


class Failure(Exception):
    """A tool failed or a result is wrong; the text says which and how."""
