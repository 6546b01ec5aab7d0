//===- TestEmulator.h - Kernels in C++ on the emulator ----------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_UNIT_RUNTIME_TESTEMULATOR_H
#define COMPRESS_UNIT_RUNTIME_TESTEMULATOR_H

#include "compress/Runtime/EmulatedABI.h"
#include "compress/Runtime/Emulator.h"
#include "gtest/gtest.h"
#include <cstring>

namespace mlir::compress::runtime {

struct Sizes {
  int64_t grid = 1, block = 32, cluster = 1, shared = 0;
};

/// Whether the message has a part.
inline testing::AssertionResult has(const std::string &message,
                                    llvm::StringRef part) {
  if (llvm::StringRef(message).contains(part))
    return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << "expected '" << part.str() << "' in '" << message << "'";
}

/// A device, and what its kernels share with the test.
class TestDevice {
public:
  explicit TestDevice(bool checks = true, bool counters = false,
                      std::optional<uint64_t> seed = std::nullopt)
      : emulator(EmulatorOptions{checks, counters, seed}), current(emulator) {}

  /// Runs the kernel on the arguments; returns its fault, or nothing.
  std::string run(void (*kernel)(void **), Sizes sizes,
                  std::vector<void *> arguments = {}) {
    int64_t extents[9] = {sizes.grid,    1, 1, sizes.block, 1, 1,
                          sizes.cluster, 1, 1};
    compress_emulated_launch("kernel", kernel, arguments.data(), extents, 0,
                             sizes.shared, "launch");
    return llvm::toString(emulator.takeError());
  }

  template <typename T>
  T *add(std::vector<T> &data, llvm::StringRef name, bool isReadOnly = false) {
    emulator.addBuffer(data.data(), data.size() * sizeof(T), name, isReadOnly);
    return data.data();
  }

  Emulator emulator;

private:
  Emulator::Current current;
};

//===----------------------------------------------------------------------===//
// What kernels are written with
//===----------------------------------------------------------------------===//

inline int32_t getTid() {
  return compress_emulated_register(int32_t(EmulatedRegister::TidX));
}

inline int32_t getBlock() {
  return compress_emulated_register(int32_t(EmulatedRegister::CtaidX));
}

template <typename T = int32_t>
T *getShared(int64_t index = 0) {
  return static_cast<T *>(compress_emulated_shared(index * sizeof(T)));
}

template <typename T>
T load(T *address, const char *site) {
  compress_emulated_access(address, sizeof(T), alignof(T),
                           int32_t(EmulatedAccess::Load), site);
  return *address;
}

template <typename T>
void store(T *address, T value, const char *site) {
  compress_emulated_access(address, sizeof(T), alignof(T),
                           int32_t(EmulatedAccess::Store), site);
  *address = value;
}

template <typename T>
void atomicAdd(T *address, T value, const char *site) {
  compress_emulated_access(address, sizeof(T), alignof(T),
                           int32_t(EmulatedAccess::Atomic), site);
  *address += value;
}

inline void barrier(const char *site = "barrier") {
  compress_emulated_barrier(0, 0, site);
}

} // namespace mlir::compress::runtime

#endif // COMPRESS_UNIT_RUNTIME_TESTEMULATOR_H
