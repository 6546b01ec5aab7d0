//===- Access.cpp - Loads, stores and atomics -----------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Device.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace mlir::compress::runtime::emulated {

static StringRef getName(EmulatedAccess access) {
  switch (access) {
  case EmulatedAccess::Load:
    return "load";
  case EmulatedAccess::Store:
    return "store";
  case EmulatedAccess::Atomic:
    return "atomic";
  }
  return "access";
}

static std::string describeAccess(EmulatedAccess access, uint32_t bytes) {
  return (getName(access) + " of " + Twine(bytes) + " bytes").str();
}

/// The widest cells, as a power of two, that an access fills.
static unsigned getShift(uintptr_t address, uint32_t bytes) {
  return std::min(4u, unsigned(countr_zero(uint64_t(address) | bytes)));
}

void Device::checkAccess(Thread &thread, const void *address, uint32_t bytes,
                         uint32_t alignment, EmulatedAccess access,
                         const char *site) {
  auto value = reinterpret_cast<uintptr_t>(address);
  if (alignment > 1 && value % alignment)
    return fault(&thread, site, "misaligned " + describeAccess(access, bytes),
                 formatv("{0}", address), "a multiple of " + Twine(alignment));
  int slot = findShared(address);
  if (slot >= 0)
    return checkShared(thread, getAccessor(thread), thread.clock.epoch, slot,
                       value, bytes, access, site);
  // The thread's own variables.
  uintptr_t stack =
      value - reinterpret_cast<uintptr_t>(stacks.getBottom(thread.index));
  if (stack < Stacks::stackBytes)
    return;
  checkGlobal(thread, value, bytes, access, site);
}

//===----------------------------------------------------------------------===//
// Shared memory
//===----------------------------------------------------------------------===//

ShadowPage &Device::getSharedPage(uintptr_t address, unsigned shift) {
  std::vector<std::unique_ptr<ShadowPage>> &pages = memory.sharedPages;
  size_t index =
      (address - reinterpret_cast<uintptr_t>(memory.arena.getSlot(0))) /
      ShadowPage::bytes;
  if (index >= pages.size())
    pages.resize(Arena::numSlots * Arena::slotBytes / ShadowPage::bytes);
  std::unique_ptr<ShadowPage> &page = pages[index];
  if (!page)
    page = std::make_unique<ShadowPage>();
  if (page->run != run) {
    page->run = run;
    page->cells.clear();
    std::fill(std::begin(page->initialized), std::end(page->initialized), 0);
  }
  page->refine(shift);
  return *page;
}

/// Calls `fn(bit mask word, mask)` for the words that hold bits of the bytes.
template <typename Fn>
static void forEachMask(ShadowPage &page, uint32_t offset, uint32_t bytes,
                        Fn fn) {
  for (uint32_t end = offset + bytes; offset < end;) {
    uint32_t bit = offset % 64, count = std::min(64 - bit, end - offset);
    fn(page.initialized[offset / 64], maskTrailingOnes<uint64_t>(count) << bit);
    offset += count;
  }
}

void Device::checkCells(Thread &thread, const Accessor &by, ShadowPage &page,
                        uint32_t offset, uint32_t bytes, bool isWrite,
                        Stamp stamp, uintptr_t address, const char *site) {
  uint32_t end = (offset + bytes - 1) >> page.shift;
  for (uint32_t i = offset >> page.shift; i <= end; ++i) {
    std::optional<Conflict> conflict =
        isWrite ? races.write(page.cells[i], by, stamp)
                : races.read(page.cells[i], by, stamp);
    if (!conflict)
      continue;
    const void *where = reinterpret_cast<const void *>(
        address - offset + (uintptr_t(i) << page.shift));
    const char *mine = isWrite ? "write" : "read";
    const char *other = conflict->otherWrites ? "write" : "read";
    if (conflict->kind == Conflict::InFlight)
      return fault(&thread, site, Twine("copy in flight: ") + mine, *conflict,
                   where);
    if (conflict->kind == Conflict::Race)
      return fault(&thread, site,
                   Twine("race: ") + mine + " after another thread's " + other,
                   *conflict, where);
    return fault(&thread, site,
                 Twine("race of blocks: ") + mine + " after another block's " +
                     other,
                 *conflict, where);
  }
}

void Device::checkShared(Thread &thread, const Accessor &by, uint32_t epoch,
                         int slot, uintptr_t address, uint32_t bytes,
                         EmulatedAccess access, const char *site) {
  auto begin = reinterpret_cast<uintptr_t>(memory.arena.getSlot(slot));
  uint64_t offset = address - begin;
  if (uint32_t(slot) >= blocks.size())
    return fault(&thread, site,
                 describeAccess(access, bytes) + " out of bounds",
                 "shared memory of block " + Twine(slot) + " of the cluster",
                 "a cluster of " + Twine(blocks.size()) + " blocks");
  if (offset + bytes > launched.sharedBytes)
    return fault(&thread, site,
                 describeAccess(access, bytes) + " out of bounds",
                 "byte " + Twine(offset) + " of shared memory",
                 "at most " + Twine(launched.sharedBytes) + " bytes");
  bool isWrite = access != EmulatedAccess::Load;
  if (isWrite && !sources.empty())
    checkSources(thread, address, bytes, site);
  Stamp stamp(epoch, numberSite(site), by.thread,
              access == EmulatedAccess::Atomic ? Stamp::Atomic : Stamp::Plain);
  while (bytes) {
    uint32_t inPage = address % ShadowPage::bytes;
    uint32_t count = std::min<uint64_t>(bytes, ShadowPage::bytes - inPage);
    ShadowPage &page = getSharedPage(address, getShift(address, count));
    checkCells(thread, by, page, inPage, count, isWrite, stamp, address, site);
    if (access != EmulatedAccess::Store) {
      bool isInitialized = true;
      forEachMask(page, inPage, count, [&](uint64_t &word, uint64_t mask) {
        isInitialized &= (word & mask) == mask;
      });
      if (!isInitialized)
        return fault(&thread, site, "uninitialised shared memory",
                     describeAccess(access, bytes) + " at byte " +
                         Twine(address - begin),
                     "bytes that the block has written");
    }
    if (isWrite)
      forEachMask(page, inPage, count,
                  [](uint64_t &word, uint64_t mask) { word |= mask; });
    address += count;
    bytes -= count;
  }
}

/// Stamps the last write of the cells of bytes of one page.
static void stampCells(ShadowPage &page, uintptr_t address, uint32_t bytes,
                       Stamp stamp) {
  uint32_t offset = address % ShadowPage::bytes;
  for (uint32_t i = offset >> page.shift,
                end = (offset + bytes - 1) >> page.shift;
       i <= end; ++i)
    page.cells[i].write = stamp;
}

void Device::startCopy(Thread &thread, const void *address, uint32_t bytes,
                       const char *site) {
  auto value = reinterpret_cast<uintptr_t>(address);
  // A write now, as far as other accesses of the bytes go.
  checkShared(thread, getAccessor(thread), thread.clock.epoch,
              findShared(address), value, bytes, EmulatedAccess::Store, site);
  stampCells(getSharedPage(value, getShift(value, bytes)), value, bytes,
             Stamp(thread.clock.epoch, numberSite(site), thread.index,
                   Stamp::InFlight));
}

void Device::finishCopy(const void *address, uint32_t bytes, Stamp stamp) {
  auto value = reinterpret_cast<uintptr_t>(address);
  stampCells(getSharedPage(value, getShift(value, bytes)), value, bytes, stamp);
}

void Device::fenceProxy() {
  Thread &thread = *running;
  thread.fencedEpoch = thread.clock.epoch++;
  thread.fencedKnown = thread.clock.known;
}

void Device::checkProxy(Thread &thread, const void *address, uint32_t bytes,
                        const char *site) {
  auto value = reinterpret_cast<uintptr_t>(address);
  ShadowPage &page = getSharedPage(value, getShift(value, bytes));
  uint32_t offset = value % ShadowPage::bytes;
  for (uint32_t i = offset >> page.shift,
                end = (offset + bytes - 1) >> page.shift;
       i <= end; ++i) {
    const Cell &cell = page.cells[i];
    const Stamp &write = cell.write;
    // Agents are of the async proxy.
    if (cell.writeRun != run || write.thread >= threads.size() ||
        write.epoch <= threads[write.thread].fencedEpoch ||
        write.epoch <= (*thread.fencedKnown)[write.thread])
      continue;
    return fault(&thread, site, "read by the async proxy after a generic write",
                 Conflict{Conflict::Proxy, write, run, true}, address);
  }
}

void Device::checkOperand(Thread &thread, uint32_t agent, uint32_t epoch,
                          const void *address, uint32_t bytes,
                          const char *site) {
  Accessor by = getAccessor(thread);
  by.thread = agent;
  int slot = findShared(address);
  if (slot < 0)
    return fault(&thread, site, "wgmma", formatv("an operand at {0}", address),
                 "one in shared memory");
  checkShared(thread, by, epoch, slot, reinterpret_cast<uintptr_t>(address),
              bytes, EmulatedAccess::Load, site);
  checkProxy(thread, address, bytes, site);
}

//===----------------------------------------------------------------------===//
// Global memory
//===----------------------------------------------------------------------===//

/// Calls `fn(page, address, bytes)` for the bytes of each page.
template <typename Fn>
static void forEachGlobalPage(Buffer &buffer, uintptr_t address, uint32_t bytes,
                              Fn fn) {
  uintptr_t origin = alignDown(buffer.begin, ShadowPage::bytes);
  while (bytes) {
    uint32_t inPage = address % ShadowPage::bytes;
    uint32_t count = std::min<uint64_t>(bytes, ShadowPage::bytes - inPage);
    size_t index = (address - origin) / ShadowPage::bytes;
    if (index >= buffer.pages.size())
      buffer.pages.resize(index + 1);
    std::unique_ptr<ShadowPage> &page = buffer.pages[index];
    if (!page)
      page = std::make_unique<ShadowPage>();
    page->refine(getShift(address, count));
    fn(*page, address, count);
    address += count;
    bytes -= count;
  }
}

bool Device::isReadOnly(const void *address) {
  Buffer *buffer = memory.find(reinterpret_cast<uintptr_t>(address));
  return buffer && buffer->isReadOnly;
}

void Device::checkGlobal(Thread &thread, uintptr_t address, uint32_t bytes,
                         EmulatedAccess access, const char *site) {
  Buffer *buffer = memory.find(address);
  if (!buffer || bytes > buffer->end - address)
    return fault(&thread, site,
                 describeAccess(access, bytes) + " out of bounds",
                 formatv("{0}, {1}", reinterpret_cast<const void *>(address),
                         memory.describeNearest(address)),
                 "bytes of one buffer");
  if (buffer->isReadOnly) {
    if (access != EmulatedAccess::Load)
      fault(&thread, site, describeAccess(access, bytes),
            "'" + buffer->name + "', which is read-only",
            "a buffer that kernels may write");
    return;
  }
  bool isWrite = access != EmulatedAccess::Load;
  if (access == EmulatedAccess::Atomic)
    races.noteAtomic(run);
  if (isWrite && !sources.empty())
    checkSources(thread, address, bytes, site);
  Stamp stamp(thread.clock.epoch, numberSite(site), thread.index,
              access == EmulatedAccess::Atomic ? Stamp::Atomic : Stamp::Plain);
  forEachGlobalPage(*buffer, address, bytes,
                    [&](ShadowPage &page, uintptr_t at, uint32_t count) {
                      checkCells(thread, getAccessor(thread), page,
                                 at % ShadowPage::bytes, count, isWrite, stamp,
                                 at, site);
                    });
}

void Device::startGlobalCopy(Thread &thread, const void *address,
                             uint32_t bytes, const char *site) {
  checkAccess(thread, address, bytes, 1, EmulatedAccess::Store, site);
  stampGlobal(address, bytes,
              Stamp(thread.clock.epoch, numberSite(site), thread.index,
                    Stamp::InFlight));
}

void Device::finishGlobalCopy(Thread &thread, const void *address,
                              uint32_t bytes, const char *site) {
  stampGlobal(
      address, bytes,
      Stamp(thread.clock.epoch, numberSite(site), thread.index, Stamp::Plain));
}

void Device::stampGlobal(const void *address, uint32_t bytes, Stamp stamp) {
  auto value = reinterpret_cast<uintptr_t>(address);
  if (Buffer *buffer = memory.find(value))
    forEachGlobalPage(*buffer, value, bytes,
                      [&](ShadowPage &page, uintptr_t at, uint32_t count) {
                        stampCells(page, at, count, stamp);
                      });
}

//===----------------------------------------------------------------------===//
// Counters
//===----------------------------------------------------------------------===//

void Device::countAccess(Thread &thread, const void *address, uint32_t bytes,
                         EmulatedAccess access, const char *site) {
  auto value = reinterpret_cast<uintptr_t>(address);
  Traffic traffic = Traffic::Shared;
  if (findShared(address) < 0) {
    uintptr_t stack =
        value - reinterpret_cast<uintptr_t>(stacks.getBottom(thread.index));
    if (stack < Stacks::stackBytes)
      return;
    traffic = access == EmulatedAccess::Load ? Traffic::GlobalLoad
                                             : Traffic::GlobalStore;
  }
  counters.note(thread.warp->groups, thread.block->rank, traffic, value, bytes,
                thread.lane, thread.warp->live, site);
}

} // namespace mlir::compress::runtime::emulated
