//===- RequiredPTX.cpp - What our instructions need of a GPU --------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RequiredPTX.h"
#include "compress/Dialect/Kernel/IR/Kernel.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::compress;

/// The "Target ISA Notes" and "PTX ISA Notes" of an instruction.
namespace {
struct Requirement {
  /// Two digits, as in the names of features.
  unsigned version = 0;
  /// The one chip that has it, or else the least number of a chip.
  StringRef chip = {};
  unsigned leastChip = 0;
};
} // namespace

static Requirement getRequirement(Operation *op) {
  return llvm::TypeSwitch<Operation *, Requirement>(op)
      .Case<kernel::WgmmaOp, kernel::WgmmaWaitOp>(
          [](Operation *) { return Requirement{80, "sm_90a"}; })
      .Case([](kernel::WgmmaSpOp product) {
        // Two types of integers in one product are younger.
        bool isMixed = isa<IntegerType>(product.getTypeA()) &&
                       product.getTypeA() != product.getTypeB();
        return Requirement{isMixed ? 84u : 82u, "sm_90a"};
      })
      .Case([](kernel::MmaOp product) {
        unsigned version = product.getMetadata()   ? 85
                           : product.hasWideSums() ? 84
                                                   : 87;
        return Requirement{version, {}, 89};
      })
      .Default([](Operation *) { return Requirement{}; });
}

FailureOr<std::string> compress::getRequiredPTX(Operation *kernels,
                                                const Chip &chip) {
  constexpr StringLiteral feature = "+ptx";
  unsigned version = 0, number = 0;
  StringRef features = chip.features, name = chip.name;
  [[maybe_unused]] bool isVersion =
      features.consume_front(feature) && !features.getAsInteger(10, version);
  [[maybe_unused]] bool isNumber =
      name.consume_front("sm_") && !name.consumeInteger(10, number);
  assert(isVersion && isNumber && "the table of chips has other names");
  WalkResult result = kernels->walk([&](Operation *op) {
    Requirement required = getRequirement(op);
    if ((!required.chip.empty() && required.chip != chip.name) ||
        number < required.leastChip) {
      InFlightDiagnostic error = op->emitOpError("is an instruction of ");
      if (required.chip.empty())
        error << "sm_" << required.leastChip << " and later";
      else
        error << required.chip;
      error << ", but the kernels are for " << chip.name;
      return WalkResult::interrupt();
    }
    version = std::max(version, required.version);
    return WalkResult::advance();
  });
  if (result.wasInterrupted())
    return failure();
  return feature.str() + std::to_string(version);
}
