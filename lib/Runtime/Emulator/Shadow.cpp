//===- Shadow.cpp - Who touched which byte last ---------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Shadow.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::compress::runtime::emulated {

void ShadowPage::refine(unsigned newShift) {
  if (cells.empty()) {
    shift = newShift;
    cells.resize(bytes >> shift);
  }
  if (newShift >= shift)
    return;
  std::vector<Cell> finer(bytes >> newShift);
  for (size_t i = 0, e = finer.size(); i != e; ++i)
    finer[i] = cells[i >> (shift - newShift)];
  cells = std::move(finer);
  shift = newShift;
}

void RaceDetector::startOver() {
  nodes.clear();
  known.clear();
  ++generation;
}

void RaceDetector::startLaunch(uint32_t run) {
  atomicRuns.clear();
  firstRun = run;
}

void RaceDetector::noteAtomic(uint32_t run) {
  size_t index = run - firstRun;
  if (index >= atomicRuns.size())
    atomicRuns.resize(index + 1);
  atomicRuns[index] = true;
}

bool RaceDetector::mayBeOrdered(const Accessor &by, uint32_t run) const {
  auto isAtomic = [&](uint32_t run) {
    size_t index = run - firstRun;
    return index < atomicRuns.size() && atomicRuns[index];
  };
  return isAtomic(by.run) && isAtomic(run);
}

uint32_t RaceDetector::addNode(Stamp stamp, uint32_t next) {
  auto [entry, isNew] = known.try_emplace({next, stamp.getKey()}, nodes.size());
  if (isNew)
    nodes.push_back({stamp, next, next == end ? 1 : nodes[next].length + 1});
  return entry->second;
}

/// The list without the reads that come before the accessor.
uint32_t RaceDetector::dropOrdered(uint32_t head, const Accessor &by) {
  llvm::SmallVector<Stamp> kept;
  for (uint32_t i = head; i != end; i = nodes[i].next)
    if (!by.isAfter(nodes[i].stamp))
      kept.push_back(nodes[i].stamp);
  uint32_t list = end;
  for (const Stamp &stamp : llvm::reverse(kept))
    list = addNode(stamp, list);
  return list;
}

/// Whether the last write of the cell comes before the access.
std::optional<Conflict> RaceDetector::checkWrite(const Cell &cell,
                                                 const Accessor &by,
                                                 Stamp stamp) const {
  const Stamp &write = cell.write;
  bool areAtomic = stamp.kind == Stamp::Atomic && write.kind == Stamp::Atomic;
  if (cell.writeRun == by.run) {
    if (write.kind == Stamp::InFlight)
      return Conflict{Conflict::InFlight, write, cell.writeRun, true};
    if (!areAtomic && !by.isAfter(write))
      return Conflict{Conflict::Race, write, cell.writeRun, true};
  } else if (cell.writeRun >= by.firstRun && !areAtomic &&
             !mayBeOrdered(by, cell.writeRun)) {
    return Conflict{Conflict::Blocks, write, cell.writeRun, true};
  }
  return std::nullopt;
}

std::optional<Conflict> RaceDetector::read(Cell &cell, const Accessor &by,
                                           Stamp stamp) {
  if (cell.writeRun >= by.firstRun)
    if (std::optional<Conflict> conflict = checkWrite(cell, by, stamp))
      return conflict;
  Stamp &last = cell.read;
  if (last.kind != Stamp::List) {
    if (cell.readRun != by.run || by.isAfter(last)) {
      last = stamp;
      cell.readRun = by.run;
      return std::nullopt;
    }
    // Two readers at once.
    last.epoch = addNode(last, end);
    last.kind = Stamp::List;
    cell.generation = generation;
  } else if (cell.readRun != by.run || cell.generation != generation) {
    last = stamp;
    cell.readRun = by.run;
    return std::nullopt;
  }
  // Readers that come before this one say nothing that it does not.
  uint32_t head = last.epoch;
  while (head != end && by.isAfter(nodes[head].stamp))
    head = nodes[head].next;
  // The rest of the list is looked at whenever it has doubled.
  if (head != end && nodes[head].length >= 8 &&
      llvm::isPowerOf2_32(nodes[head].length))
    head = dropOrdered(head, by);
  if (head == end) {
    last = stamp;
    return std::nullopt;
  }
  if (nodes.size() >= mostNodes) {
    startOver();
    last = stamp;
    return std::nullopt;
  }
  last = Stamp(addNode(stamp, head), stamp.site, stamp.thread, Stamp::List);
  return std::nullopt;
}

std::optional<Conflict> RaceDetector::write(Cell &cell, const Accessor &by,
                                            Stamp stamp) {
  if (std::optional<Conflict> conflict = checkWrite(cell, by, stamp))
    return conflict;
  if (cell.readRun == by.run) {
    if (cell.read.kind != Stamp::List) {
      if (!by.isAfter(cell.read))
        return Conflict{Conflict::Race, cell.read, by.run, false};
    } else if (cell.generation == generation) {
      for (uint32_t i = cell.read.epoch; i != end; i = nodes[i].next)
        if (!by.isAfter(nodes[i].stamp))
          return Conflict{Conflict::Race, nodes[i].stamp, by.run, false};
    }
  } else if (cell.readRun >= by.firstRun && cell.readRun != 0 &&
             !mayBeOrdered(by, cell.readRun)) {
    return Conflict{Conflict::Blocks, cell.read, cell.readRun, false};
  }
  cell.write = stamp;
  cell.writeRun = by.run;
  cell.readRun = 0;
  cell.read = Stamp();
  return std::nullopt;
}

} // namespace mlir::compress::runtime::emulated
