//===- Sites.cpp - The ops that can be compressed
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Analysis/Sites.h"
#include "compress/Analysis/UniqueNames.h"
#include "compress/Dialect/Compress/IR/Convolution.h"
#include "compress/Dialect/Compress/IR/ElementTypes.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Remarks.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace mlir::compress;

/// Weights below this size are no loss when they stay dense.
static constexpr int64_t kSmallestLooseWeight = 1024;

std::optional<int64_t> Site::getReducedAxis() const {
  if (lookup)
    return std::nullopt;
  SmallVector<int64_t> axes = contraction.getReducedChannelAxes(side);
  if (axes.empty())
    return std::nullopt;
  for (int64_t axis : llvm::reverse(axes))
    if (getType().getDimSize(axis) != 1)
      return axis;
  return axes.back();
}

SmallVector<int64_t> Site::getBlockAxes() const {
  return lookup ? lookup->rowAxes : contraction.getReducedAxes(side);
}

SmallVector<int64_t> Site::getGroupAxes() const {
  return lookup ? lookup->rowAxes : contraction.getReducedChannelAxes(side);
}

SmallVector<int64_t> Site::getFreeAxes() const {
  if (!lookup)
    return contraction.getFreeAxes(side);
  SmallVector<int64_t> axes;
  for (int64_t axis = 0; axis < getType().getRank(); ++axis)
    if (!llvm::is_contained(lookup->rowAxes, axis))
      axes.push_back(axis);
  return axes;
}

Operation *Site::getAnchor() const {
  return lookup ? getOperand().getParentRegion()->findAncestorOpInRegion(*op)
                : op;
}

/// The name that a front end has given to a location.
static std::string getLocationName(Location loc) {
  std::string name;
  loc->walk([&](Location part) {
    auto named = dyn_cast<NameLoc>(part);
    if (!named)
      return WalkResult::advance();
    name = named.getName().str();
    return WalkResult::interrupt();
  });
  return name;
}

/// Looks through what compression has put between a weight and its op.
static Value skipCompression(Site &site, Value operand) {
  site.decode = operand.getDefiningOp<DecodeOp>();
  if (!site.decode)
    return operand;
  site.encode = site.decode.getInput().getDefiningOp<EncodeOp>();
  if (!site.encode)
    return operand;
  Value input = site.encode.getInput();
  site.prune = input.getDefiningOp<PruneOp>();
  return site.prune ? site.prune.getInput() : input;
}

/// Takes `operand` for the site's weight; fails with the reason why it is none.
static bool takeWeight(Site &site, Value operand,
                       SymbolTableCollection &symbols, std::string &reason) {
  Value source = skipCompression(site, operand);
  FailureOr<Weight> weight = findWeight(source, symbols, reason);
  if (failed(weight))
    return false;
  site.weight = std::move(*weight);
  auto type = dyn_cast<RankedTensorType>(operand.getType());
  if (!type || !getCodecElementType(type.getElementType()))
    site.reason = "its weight must be f32, f16 or bf16";
  else if (isSplat(site.weight.elements))
    site.reason = "its weight is one value repeated";
  return true;
}

/// Finds which operand is the weight, or says why none is.
static void findSide(Site &site, SymbolTableCollection &symbols) {
  std::string reasons[2];
  // A constant times a constant has its weight on the right.
  for (unsigned side : {1u, 0u}) {
    site.side = side;
    if (takeWeight(site, site.getOperand(), symbols, reasons[side]))
      return;
  }
  site.side = 1;
  site.prune = {};
  site.encode = {};
  site.decode = {};
  site.reason = "no operand is a weight: of the left one, " + reasons[0] +
                "; of the right one, " + reasons[1];
}

/// Why the description of an op cannot be right, empty when it can. The ops of
/// other compilers describe themselves, and passes index by what they say.
static std::string checkContraction(Operation *op,
                                    const Contraction &contraction) {
  std::string wrong = checkConvolutionMaps(contraction.maps);
  if (!wrong.empty())
    return wrong;
  unsigned number = std::max({contraction.lhs, contraction.rhs,
                              contraction.init.value_or(contraction.lhs)});
  if (number >= op->getNumOperands() || op->getNumResults() != 1)
    return "expected operand " + std::to_string(number) +
           " and one result, found " + std::to_string(op->getNumOperands()) +
           " operands and " + std::to_string(op->getNumResults()) + " results";
  // An op without an accumulator may give its result in another shape.
  SmallVector<std::pair<StringRef, Type>> operands = {
      {"lhs", op->getOperand(contraction.lhs).getType()},
      {"rhs", op->getOperand(contraction.rhs).getType()}};
  if (contraction.init)
    operands.emplace_back("accumulator",
                          op->getOperand(*contraction.init).getType());
  for (auto [operand, map] : llvm::zip(operands, contraction.maps)) {
    auto tensor = dyn_cast<RankedTensorType>(operand.second);
    if (!tensor || tensor.getRank() != map.getNumResults())
      return (operand.first + " must be a tensor of rank " +
              Twine(map.getNumResults()) + ", as its map says")
          .str();
  }
  return {};
}

/// The sites of compressible ops, without names.
static std::vector<Site> findSites(ModuleOp module) {
  std::vector<Site> sites;
  SymbolTableCollection symbols;
  module.walk([&](CompressibleOpInterface op) {
    Site site;
    site.op = op;
    std::string reason;
    FailureOr<Contraction> contraction = op.getContraction(reason);
    if (succeeded(contraction)) {
      site.contraction = std::move(*contraction);
      std::string wrong = checkContraction(op, site.contraction);
      if (wrong.empty())
        findSide(site, symbols);
      else
        site.reason = "it does not describe itself as what it is: " + wrong;
    } else if ((site.lookup = op.getLookup())) {
      // Most lookups are of values that are computed at run time.
      std::string runTime;
      if (!takeWeight(site, site.getOperand(), symbols, runTime))
        return;
    } else if (op.isAlwaysListed()) {
      site.reason = reason;
    } else {
      return;
    }
    sites.push_back(std::move(site));
  });
  return sites;
}

void compress::assignSiteNames(ModuleOp module) {
  UniqueNames names;
  std::vector<Site> sites = findSites(module);
  for (const Site &site : sites)
    if (auto name =
            site.op->getAttrOfType<StringAttr>(CompressDialect::kSiteAttr))
      names.reserve(name.getValue());
  for (auto [number, site] : llvm::enumerate(sites)) {
    if (site.op->hasAttr(CompressDialect::kSiteAttr))
      continue;
    std::string base = getLocationName(site.op->getLoc());
    if (base.empty())
      base = site.weight.name;
    if (base.empty()) {
      auto function = site.op->getParentOfType<FunctionOpInterface>();
      base = (function ? function.getName().str() + "/" : std::string()) +
             site.op->getName().getStringRef().str() + "_" +
             std::to_string(number);
    }
    site.op->setAttr(CompressDialect::kSiteAttr,
                     StringAttr::get(module.getContext(), names.get(base)));
  }
}

/// Whether an op makes a weight rather than computes.
static bool isWeightSource(Operation *op) {
  return op->hasTrait<OpTrait::ConstantLike>() ||
         isa<ml_program::GlobalLoadConstOp>(op);
}

std::vector<Site> compress::collectSites(ModuleOp module) {
  assignSiteNames(module);
  std::vector<Site> sites = findSites(module);
  DenseSet<Value> read;
  SymbolTableCollection symbols;
  for (Site &site : sites) {
    site.name =
        site.op->getAttrOfType<StringAttr>(CompressDialect::kSiteAttr).str();
    if (site.weight.root)
      read.insert(site.weight.root);
    // What pruning rests on is no weight.
    if (!site.prune)
      continue;
    for (Value operand : site.prune->getOperands().drop_front()) {
      std::string reason;
      FailureOr<Weight> criterion = findWeight(operand, symbols, reason);
      if (succeeded(criterion))
        read.insert(criterion->root);
    }
  }
  std::vector<Site> loose;
  module.walk([&](Operation *op) {
    if (!isWeightSource(op) || op->getNumResults() != 1 || op->use_empty() ||
        read.contains(op->getResult(0)))
      return;
    auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
    std::string reason;
    if (!type || !type.getElementType().isIntOrFloat() ||
        !type.hasStaticShape() || getNumBytes(type) < kSmallestLooseWeight)
      return;
    FailureOr<Weight> weight = findWeight(op->getResult(0), symbols, reason);
    if (failed(weight) || isSplat(weight->elements))
      return;
    Operation *user = *op->user_begin();
    // Components of a compressed tensor are accounted for by their site.
    if (isa<AssembleOp>(user))
      return;
    Site site;
    site.op = op;
    site.weight = std::move(*weight);
    site.name = site.weight.name.empty()
                    ? "constant_" + std::to_string(loose.size())
                    : site.weight.name;
    std::string why = "it is no contraction with a weight";
    if (auto contraction = dyn_cast<CompressibleOpInterface>(user))
      (void)contraction.getContraction(why);
    site.reason =
        ("it is read by '" + user->getName().getStringRef() + "': " + why)
            .str();
    loose.push_back(std::move(site));
  });
  llvm::append_range(sites, loose);
  return sites;
}

PlanEntry &compress::getEntry(CompressionPlan &plan, const Site &site) {
  PlanEntry &entry = plan.get(site.name);
  entry.op = site.op->getName().getStringRef().str();
  entry.weight = site.weight.name;
  if (!isa<CompressibleOpInterface>(site.op))
    entry.type = site.weight.getRootType();
  else if (site.weight.root)
    entry.type = site.getType();
  return entry;
}

std::string compress::checkScheme(const Site &site,
                                  SchemeAttrInterface scheme) {
  std::string reason;
  RankedTensorType type = site.getType();
  // A verifier reports; here its text is the reason.
  ScopedDiagnosticHandler handler(type.getContext(), [&](Diagnostic &diag) {
    reason = diag.str();
    return success();
  });
  Location loc = site.op->getLoc();
  if (failed(scheme.verifyScheme([&] { return emitError(loc); },
                                 type.getShape(), type.getElementType())))
    return reason;
  auto op = cast<CompressibleOpInterface>(site.op);
  if (!op.isLegalScheme(site.getWeightNumber(), scheme, reason))
    return reason;
  return {};
}

void compress::emitRemark(const Site &site, const PlanEntry &entry,
                          StringRef stage) {
  Location loc = site.op->getLoc();
  auto reason = entry.reasons.find(stage.str());
  if (reason != entry.reasons.end()) {
    auto opts = remark::RemarkOpts::name("stays-dense").category("compress");
    auto text = entry.scheme ? remark::add("'{0}' is left alone by stage '{1}'",
                                           entry.site, stage.str())
                             : remark::add("'{0}' stays dense", entry.site);
    remark::missed(loc, opts) << text << remark::reason("{0}", reason->second);
    return;
  }
  if (!entry.scheme)
    return;
  std::string scheme;
  llvm::raw_string_ostream(scheme) << Attribute(entry.scheme);
  auto opts = remark::RemarkOpts::name("compressed").category("compress");
  remark::passed(loc, opts) << remark::add("'{0}' is compressed", entry.site)
                            << remark::metric("Scheme", scheme);
}
