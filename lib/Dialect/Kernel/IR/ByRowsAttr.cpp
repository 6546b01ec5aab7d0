//===- ByRowsAttr.cpp - Schedules by the number of rows -------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Kernel/IR/Kernel.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace mlir::compress::kernel;

bool mlir::compress::kernel::isForPackedWeights(Attribute schedule) {
  if (auto byRows = dyn_cast<ByRowsAttr>(schedule))
    schedule = byRows.getSchedules().front();
  return isa<StreamAttr, WgmmaDecodeAttr>(schedule);
}

Attribute ByRowsAttr::getFor(int64_t rows) const {
  return getSchedules()[llvm::lower_bound(getMost(), rows) - getMost().begin()];
}

LogicalResult
ByRowsAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError,
                   ArrayRef<int64_t> most, ArrayRef<Attribute> schedules) {
  if (schedules.size() < 2 || most.size() + 1 != schedules.size())
    return emitError() << "there must be at least two schedules, and a bound "
                          "for each but the last, found "
                       << schedules.size() << " schedules and " << most.size()
                       << " bounds";
  for (size_t i = 0; i < most.size(); ++i)
    if (most[i] < 1 || (i > 0 && most[i] <= most[i - 1]))
      return emitError() << "bounds must be positive and ascend, found ["
                         << most << "]";
  for (Attribute schedule : schedules) {
    if (!isa<MmaSyncAttr, WgmmaAttr, StreamAttr, WgmmaDecodeAttr>(schedule))
      return emitError() << "each must be a schedule such as "
                            "#compress_kernel.mma_sync, found "
                         << schedule;
    if (isForPackedWeights(schedule) != isForPackedWeights(schedules.front()))
      return emitError() << "schedules must all be for dense products, or all "
                            "for packed weights, found "
                         << schedules.front() << " and " << schedule;
  }
  return success();
}
