//===- Buffers.h - Memory of compiled code ----------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_RUNTIME_BUFFERS_H
#define COMPRESS_RUNTIME_BUFFERS_H

#include <cstdint>

extern "C" {

/// Memory for a buffer of compiled code, aligned to 64 bytes, its contents
/// unspecified. Blocks that were freed are given out again, so that a call that
/// is like the one before asks the system for nothing: fresh pages would have
/// to be cleared and mapped in each call. Ends the process when memory is
/// exhausted, as compiled code has no way to report it. Thread-safe.
void *compress_allocate_buffer(int64_t bytes);

/// Takes back what compress_allocate_buffer gave; null is nothing. As many
/// bytes stay at hand as were twice in use at one time.
void compress_free_buffer(void *buffer);

/// Returns the blocks at hand to the system.
void compress_release_buffers();

} // extern "C"

#endif // COMPRESS_RUNTIME_BUFFERS_H
