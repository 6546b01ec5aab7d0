//===- Emulator.cpp - The emulated device and its functions ---------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Runtime/Emulator.h"
#include "Device.h"
#include "llvm/Support/FormatVariadic.h"
#include <cstring>

using namespace llvm;
using namespace mlir::compress::runtime;
using namespace mlir::compress::runtime::emulated;

//===----------------------------------------------------------------------===//
// Emulator
//===----------------------------------------------------------------------===//

static thread_local Emulator *currentEmulator = nullptr;

Device *emulated::getCurrentDevice() {
  return currentEmulator ? &currentEmulator->getImpl() : nullptr;
}

Emulator::Emulator(const EmulatorOptions &options)
    : impl(std::make_unique<Impl>(options)) {}

Emulator::~Emulator() = default;

void Emulator::addBuffer(const void *data, size_t bytes, StringRef name,
                         bool isReadOnly) {
  impl->memory.addBuffer(data, bytes, name, isReadOnly);
}

void Emulator::removeBuffer(const void *data) {
  impl->memory.removeBuffer(data);
}

void Emulator::freeAllocations() { impl->memory.freeAllocations(); }

Emulator::Current::Current(Emulator &emulator) : previous(currentEmulator) {
  currentEmulator = &emulator;
}

Emulator::Current::~Current() { currentEmulator = previous; }

Error Emulator::takeError() {
  if (!impl->hasFault())
    return Error::success();
  return createStringError(impl->takeFault());
}

std::vector<KernelCounters> Emulator::getCounters() const {
  return impl->counters.getAll().vec();
}

json::Value Emulator::getCountersJSON() const {
  json::Array kernels;
  for (const KernelCounters &kernel : impl->counters.getAll()) {
    json::Object instructions;
    static constexpr StringLiteral classes[] = {"integer", "float", "convert",
                                                "branch", "other"};
    for (auto [name, count] : zip(classes, kernel.instructions))
      instructions[name] = count;
    kernels.push_back(
        json::Object{{"name", kernel.name},
                     {"launches", kernel.launches},
                     {"blocks", kernel.blocks},
                     {"threads", kernel.threads},
                     {"globalLoadBytes", kernel.globalLoadBytes},
                     {"globalStoreBytes", kernel.globalStoreBytes},
                     {"compulsoryLoadBytes", kernel.compulsoryLoadBytes},
                     {"compulsoryStoreBytes", kernel.compulsoryStoreBytes},
                     {"sharedAccesses", kernel.sharedAccesses},
                     {"bankConflicts", kernel.bankConflicts},
                     {"barriers", kernel.barriers},
                     {"shuffles", kernel.shuffles},
                     {"matrixInstructions", kernel.matrixInstructions},
                     {"instructions", std::move(instructions)}});
  }
  return json::Object{{"version", 1}, {"kernels", std::move(kernels)}};
}

//===----------------------------------------------------------------------===//
// Functions of kernels
//===----------------------------------------------------------------------===//

/// The device whose kernel runs; null when the host calls.
static Device *getRunning() {
  Device *device = getCurrentDevice();
  return device && device->current() ? device : nullptr;
}

extern "C" {

void compress_emulated_launch(const char *name, void (*kernel)(void **),
                              void **arguments, const int64_t *sizes,
                              int64_t staticShared, int64_t dynamicShared,
                              const char *site) {
  if (Device *device = getCurrentDevice())
    device->launch(name, kernel, arguments, sizes, staticShared, dynamicShared,
                   site);
}

void *compress_emulated_allocate(int64_t bytes, const char *site) {
  Device *device = getCurrentDevice();
  if (!device)
    return nullptr;
  void *data = bytes < 0 ? nullptr : device->memory.allocate(bytes);
  if (!data)
    device->hostFault(site, "allocation", Twine(bytes) + " bytes",
                      "a size that memory holds");
  return data;
}

void compress_emulated_free(void *data, const char *site) {
  Device *device = getCurrentDevice();
  if (device && data && !device->memory.free(data))
    device->hostFault(site, "free", formatv("{0}", data),
                      "what an allocation returned");
}

void compress_emulated_encode_tensor_map(void *map,
                                         const EmulatedTensorMap *parameters,
                                         const char *site) {
  Device *device = getCurrentDevice();
  if (!device)
    return;
  if (reinterpret_cast<uintptr_t>(map) % TensorMap::alignment)
    return device->hostFault(site, "tensor map", formatv("{0}", map),
                             "an address that is a multiple of 64");
  TensorMap made;
  TensorMapError error = encode(*parameters, made);
  if (error.found)
    return device->hostFault(site, "tensor map", error.found, error.expected);
  std::memcpy(map, &made, sizeof(made));
}

int32_t compress_emulated_register(int32_t which) {
  Device *device = getRunning();
  return device ? device->readRegister(static_cast<EmulatedRegister>(which))
                : 0;
}

void *compress_emulated_shared(int64_t offset) {
  Device *device = getRunning();
  if (!device)
    return nullptr;
  // Where a wrong offset leads is for the access to find.
  char *slot = device->memory.arena.getSlot(device->current()->block->rank);
  return reinterpret_cast<void *>(reinterpret_cast<uintptr_t>(slot) + offset);
}

void *compress_emulated_map_shared(void *address, int32_t rank,
                                   const char *site) {
  Device *device = getRunning();
  return device ? device->mapShared(address, rank, site) : nullptr;
}

void compress_emulated_access(void *address, int32_t bytes, int32_t alignment,
                              int32_t access, const char *site) {
  if (Device *device = getRunning())
    device->access(*device->current(), address, bytes, alignment,
                   static_cast<EmulatedAccess>(access), site);
}

void compress_emulated_count(int32_t kind, int32_t count) {
  if (Device *device = getRunning())
    device->count(static_cast<EmulatedClass>(kind), count);
}

void compress_emulated_barrier(int32_t id, int32_t threads, const char *site) {
  if (Device *device = getRunning())
    device->barrier(id, threads, /*waits=*/true, site);
}

void compress_emulated_barrier_arrive(int32_t id, int32_t threads,
                                      const char *site) {
  if (Device *device = getRunning())
    device->barrier(id, threads, /*waits=*/false, site);
}

void compress_emulated_cluster_arrive(const char *site) {
  if (Device *device = getRunning())
    device->clusterArrive(site);
}

void compress_emulated_cluster_wait(const char *site) {
  if (Device *device = getRunning())
    device->clusterWait(site);
}

void compress_emulated_syncwarp(int32_t mask, const char *site) {
  if (Device *device = getRunning())
    device->collect(Wait::SyncWarp, 0, mask, site, {});
}

int32_t compress_emulated_shuffle(int32_t mode, int32_t mask, int32_t value,
                                  int32_t lane, int32_t clamp, int8_t *inRange,
                                  const char *site) {
  int32_t result = 0;
  if (Device *device = getRunning()) {
    Collective::Lane own;
    own.result = &result;
    own.value = value;
    own.source = lane;
    own.clamp = clamp;
    own.inRange = inRange;
    device->collect(Wait::Shuffle, mode, mask, site, own);
  }
  return result;
}

int32_t compress_emulated_vote(int32_t mode, int32_t mask, int32_t predicate,
                               const char *site) {
  int32_t result = 0;
  if (Device *device = getRunning()) {
    Collective::Lane own;
    own.result = &result;
    own.value = predicate;
    device->collect(Wait::Vote, mode, mask, site, own);
  }
  return result;
}

int32_t compress_emulated_elect(const char *site) {
  int32_t result = 0;
  if (Device *device = getRunning()) {
    Collective::Lane own;
    own.result = &result;
    device->collect(Wait::Elect, 0, ~0u, site, own);
  }
  return result;
}

void compress_emulated_ldmatrix(uint32_t *result, void *address, int32_t count,
                                int32_t transpose, const char *site) {
  if (Device *device = getRunning()) {
    Collective::Lane own;
    own.result = result;
    own.a = address;
    device->accessMatrices(Wait::LoadMatrix, own, count, transpose, site);
  }
}

void compress_emulated_stmatrix(const uint32_t *values, void *address,
                                int32_t count, int32_t transpose,
                                const char *site) {
  if (Device *device = getRunning()) {
    Collective::Lane own;
    own.a = address;
    own.b = values;
    device->accessMatrices(Wait::StoreMatrix, own, count, transpose, site);
  }
}

void compress_emulated_mma(void *d, const void *a, const void *b, const void *c,
                           int32_t metadata, const EmulatedMma *form,
                           const char *site) {
  if (Device *device = getRunning()) {
    Collective::Lane own;
    own.result = d;
    own.a = a;
    own.b = b;
    own.c = c;
    own.value = metadata;
    device->collect(Wait::Mma, 0, ~0u, site, own, form);
  }
}

void compress_emulated_cp_async(void *shared, void *global, int32_t bytes,
                                int32_t sourceBytes, const char *site) {
  if (Device *device = getRunning())
    device->copyAsync(shared, global, bytes, sourceBytes, site);
}

void compress_emulated_cp_async_commit(const char *site) {
  if (Device *device = getRunning())
    device->commitCopies();
}

void compress_emulated_cp_async_wait(int32_t pending, const char *site) {
  if (Device *device = getRunning())
    device->waitForCopies(pending, site);
}

void compress_emulated_cp_async_arrive(void *barrier, int32_t noIncrement,
                                       const char *site) {
  if (Device *device = getRunning())
    device->arriveAfterCopies(barrier, noIncrement, site);
}

void compress_emulated_mbarrier_init(void *barrier, int32_t count,
                                     const char *site) {
  if (Device *device = getRunning())
    device->initBarrier(barrier, count, site);
}

void compress_emulated_mbarrier_inval(void *barrier, const char *site) {
  if (Device *device = getRunning())
    device->invalidateBarrier(barrier, site);
}

int64_t compress_emulated_mbarrier_arrive(void *barrier, int32_t count,
                                          int32_t transactionBytes,
                                          const char *site) {
  Device *device = getRunning();
  return device ? device->arriveAtBarrier(barrier, count, transactionBytes,
                                          /*drops=*/false, site)
                : 0;
}

void compress_emulated_mbarrier_expect(void *barrier, int32_t transactionBytes,
                                       const char *site) {
  if (Device *device = getRunning())
    device->expectBytes(barrier, transactionBytes, site);
}

int32_t compress_emulated_mbarrier_wait_parity(void *barrier, int32_t parity,
                                               const char *site) {
  if (Device *device = getRunning())
    device->waitForParity(barrier, parity, site);
  return 1;
}

int32_t compress_emulated_mbarrier_wait(void *barrier, int64_t state,
                                        const char *site) {
  if (Device *device = getRunning())
    device->waitForPhase(barrier, state, site);
  return 1;
}

int32_t compress_emulated_mbarrier_test(void *barrier, int64_t state,
                                        const char *site) {
  Device *device = getRunning();
  return device && device->testPhase(barrier, state, site);
}

int32_t compress_emulated_mbarrier_test_parity(void *barrier, int32_t parity,
                                               const char *site) {
  Device *device = getRunning();
  return device && device->testParity(barrier, parity, site);
}

int64_t compress_emulated_mbarrier_drop(void *barrier, int32_t count,
                                        int32_t transactionBytes,
                                        const char *site) {
  Device *device = getRunning();
  return device ? device->arriveAtBarrier(barrier, count, transactionBytes,
                                          /*drops=*/true, site)
                : 0;
}

void compress_emulated_mbarrier_complete(void *barrier,
                                         int32_t transactionBytes,
                                         const char *site) {
  if (Device *device = getRunning())
    device->completeBytes(barrier, transactionBytes, site);
}

void compress_emulated_fence_proxy(const char *site) {
  if (Device *device = getRunning())
    device->fenceProxy();
}

void compress_emulated_tma_load(void *shared, const void *map,
                                const int32_t *coordinates, int32_t rank,
                                void *barrier, int32_t multicast,
                                const char *site) {
  BulkCopy copy;
  Device *device = getRunning();
  if (device && device->makeBoxCopy(copy, map, shared, coordinates, rank, site))
    device->loadBulk(copy, barrier, multicast, site);
}

void compress_emulated_tma_store(const void *map, void *shared,
                                 const int32_t *coordinates, int32_t rank,
                                 const char *site) {
  BulkCopy copy;
  Device *device = getRunning();
  if (device && device->makeBoxCopy(copy, map, shared, coordinates, rank, site))
    device->storeBulk(copy, site);
}

void compress_emulated_bulk_load(void *shared, void *source, void *barrier,
                                 int32_t bytes, int32_t multicast,
                                 const char *site) {
  BulkCopy copy;
  Device *device = getRunning();
  if (device && device->makeBulkCopy(copy, source, shared, bytes, site))
    device->loadBulk(copy, barrier, multicast, site);
}

void compress_emulated_bulk_store(void *global, void *shared, int32_t bytes,
                                  const char *site) {
  BulkCopy copy;
  Device *device = getRunning();
  if (device && device->makeBulkCopy(copy, global, shared, bytes, site))
    device->storeBulk(copy, site);
}

void compress_emulated_bulk_commit(const char *site) {
  if (Device *device = getRunning())
    device->commitStores();
}

void compress_emulated_bulk_wait(int32_t pending, int32_t read,
                                 const char *site) {
  if (Device *device = getRunning())
    device->waitForStores(pending, read, site);
}

int64_t compress_emulated_wgmma_accumulator(const void *values, int32_t count,
                                            const char *site) {
  Device *device = getRunning();
  return device ? device->makeAccumulator(values, count, site) : 0;
}

void compress_emulated_wgmma_read(int64_t accumulator, void *values,
                                  const char *site) {
  if (Device *device = getRunning())
    device->readAccumulator(accumulator, values, site);
}

int64_t compress_emulated_wgmma(int64_t accumulator, const void *a,
                                int64_t descriptorA, int64_t descriptorB,
                                int32_t metadata, int32_t scaleD,
                                const EmulatedWgmma *form, const char *site) {
  Device *device = getRunning();
  return device ? device->issueWgmma(accumulator,
                                     {form, a, uint64_t(descriptorA),
                                      uint64_t(descriptorB), uint32_t(metadata),
                                      scaleD != 0, 0},
                                     site)
                : 0;
}

void compress_emulated_wgmma_fence(const char *site) {
  if (Device *device = getRunning())
    device->fenceWgmma();
}

void compress_emulated_wgmma_commit(const char *site) {
  if (Device *device = getRunning())
    device->commitWgmma(site);
}

void compress_emulated_wgmma_wait(int32_t pending, const char *site) {
  if (Device *device = getRunning())
    device->waitForWgmma(pending, site);
}

} // extern "C"

//===----------------------------------------------------------------------===//
// Symbols
//===----------------------------------------------------------------------===//

ArrayRef<std::pair<StringRef, void *>>
mlir::compress::runtime::getEmulatedSymbols() {
#define SYMBOL(name)                                                           \
  {                                                                            \
    #name, reinterpret_cast<void *>(&name)                                     \
  }
  static const std::pair<StringRef, void *> symbols[] = {
      SYMBOL(compress_emulated_launch),
      SYMBOL(compress_emulated_allocate),
      SYMBOL(compress_emulated_free),
      SYMBOL(compress_emulated_register),
      SYMBOL(compress_emulated_shared),
      SYMBOL(compress_emulated_map_shared),
      SYMBOL(compress_emulated_access),
      SYMBOL(compress_emulated_count),
      SYMBOL(compress_emulated_barrier),
      SYMBOL(compress_emulated_barrier_arrive),
      SYMBOL(compress_emulated_cluster_arrive),
      SYMBOL(compress_emulated_cluster_wait),
      SYMBOL(compress_emulated_syncwarp),
      SYMBOL(compress_emulated_shuffle),
      SYMBOL(compress_emulated_vote),
      SYMBOL(compress_emulated_elect),
      SYMBOL(compress_emulated_ldmatrix),
      SYMBOL(compress_emulated_stmatrix),
      SYMBOL(compress_emulated_mma),
      SYMBOL(compress_emulated_cp_async),
      SYMBOL(compress_emulated_cp_async_commit),
      SYMBOL(compress_emulated_cp_async_wait),
      SYMBOL(compress_emulated_cp_async_arrive),
      SYMBOL(compress_emulated_mbarrier_init),
      SYMBOL(compress_emulated_mbarrier_inval),
      SYMBOL(compress_emulated_mbarrier_arrive),
      SYMBOL(compress_emulated_mbarrier_expect),
      SYMBOL(compress_emulated_mbarrier_wait_parity),
      SYMBOL(compress_emulated_mbarrier_wait),
      SYMBOL(compress_emulated_mbarrier_test),
      SYMBOL(compress_emulated_mbarrier_test_parity),
      SYMBOL(compress_emulated_mbarrier_drop),
      SYMBOL(compress_emulated_mbarrier_complete),
      SYMBOL(compress_emulated_encode_tensor_map),
      SYMBOL(compress_emulated_fence_proxy),
      SYMBOL(compress_emulated_tma_load),
      SYMBOL(compress_emulated_tma_store),
      SYMBOL(compress_emulated_bulk_load),
      SYMBOL(compress_emulated_bulk_store),
      SYMBOL(compress_emulated_bulk_commit),
      SYMBOL(compress_emulated_bulk_wait),
      SYMBOL(compress_emulated_wgmma_accumulator),
      SYMBOL(compress_emulated_wgmma_read),
      SYMBOL(compress_emulated_wgmma),
      SYMBOL(compress_emulated_wgmma_fence),
      SYMBOL(compress_emulated_wgmma_commit),
      SYMBOL(compress_emulated_wgmma_wait),
  };
#undef SYMBOL
  return symbols;
}
