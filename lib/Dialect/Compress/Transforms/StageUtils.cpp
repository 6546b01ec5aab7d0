//===- StageUtils.cpp - What planning passes share
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StageUtils.h"
#include "mlir/IR/BuiltinOps.h"

using namespace mlir;
using namespace mlir::compress;

LogicalResult compress::runStage(
    ModuleOp module, StringRef stage, const NameFilter &filter,
    function_ref<bool(const Site &)> isDone,
    function_ref<std::string(Site &, PlanEntry &)> decide,
    function_ref<LogicalResult(ArrayRef<const Site *>)> prepare) {
  llvm::Expected<NameMatcher> matcher = NameMatcher::create(filter);
  if (!matcher)
    return module.emitError() << "stage '" << stage
                              << "': " << llvm::toString(matcher.takeError());
  CompressionPlan plan = CompressionPlan::load(module);
  std::vector<Site> sites = collectSites(module);
  std::vector<NameMatcher::Match> matches;
  SmallVector<const Site *> selected;
  for (const Site &site : sites) {
    NameMatcher::Match match = matcher->match(
        {site.name, site.weight.name, site.op->getName().getStringRef()});
    matches.push_back(match);
    bool matched = match == NameMatcher::Match::All ||
                   match == NameMatcher::Match::Targeted;
    if (matched && site.isCompressible() && !isDone(site))
      selected.push_back(&site);
  }
  if (prepare && failed(prepare(selected)))
    return failure();
  bool failedTarget = false;
  // The first site that reads a weight as it is; it counts once in totals.
  DenseMap<Value, StringRef> readers;
  for (auto [site, match] : llvm::zip(sites, matches)) {
    PlanEntry &entry = getEntry(plan, site);
    // The first stage of a kind that takes a site wins.
    if (site.isCompressible() && isDone(site))
      continue;
    std::string reason;
    switch (match) {
    case NameMatcher::Match::Ignored:
      reason = ("ignored by stage '" + stage + "'").str();
      break;
    case NameMatcher::Match::NotTargeted:
      reason = ("not among the targets of stage '" + stage + "'").str();
      break;
    case NameMatcher::Match::All:
    case NameMatcher::Match::Targeted:
      reason = site.isCompressible() ? decide(site, entry) : site.reason;
      if (match == NameMatcher::Match::Targeted && !reason.empty()) {
        site.op->emitError()
            << "stage '" << stage << "' names '" << site.name
            << "', but it cannot be compressed: " << reason
            << "; remove it from the targets or add it to 'ignore'";
        failedTarget = true;
      }
      break;
    }
    if (reason.empty())
      entry.reasons.erase(stage.str());
    else
      entry.reasons[stage.str()] = reason;
    if (!entry.scheme && site.weight.root) {
      auto [reader, first] = readers.try_emplace(site.weight.root, site.name);
      entry.sharedWith = first ? "" : reader->second.str();
    }
    emitRemark(site, entry, stage);
  }
  plan.store(module);

  std::vector<std::string> unmatched = matcher->getUnmatched();
  if (!unmatched.empty()) {
    InFlightDiagnostic diag = module.emitError();
    diag << "stage '" << stage << "': no site, weight or op matches ";
    llvm::interleaveComma(unmatched, diag, [&](const std::string &pattern) {
      diag << "'" << pattern << "'";
    });
    constexpr size_t kShown = 16;
    Diagnostic &note = diag.attachNote();
    note << "there are " << sites.size() << " sites";
    for (const Site &site : ArrayRef(sites).take_front(kShown))
      note << "\n  " << site.name;
    if (sites.size() > kShown)
      note << "\n  ...";
    return failure();
  }
  return failure(failedTarget);
}

std::string
WeightRewriter::rewrite(Site &site, SchemeAttrInterface scheme,
                        ObserverAttr observer,
                        function_ref<Value(OpBuilder &, Value)> buildPrune) {
  Value operand = site.getOperand();
  Attribute key = ArrayAttr::get(
      scheme.getContext(),
      {scheme, observer ? Attribute(observer)
                        : Attribute(UnitAttr::get(scheme.getContext()))});
  DecodeOp &decode = made[{operand, key, site.getAnchor()->getBlock()}];
  auto siteName = StringAttr::get(scheme.getContext(), site.name);
  std::string sharedWith;
  if (decode) {
    sharedWith =
        decode->getAttrOfType<StringAttr>(CompressDialect::kSiteAttr).str();
  } else {
    Location loc = site.op->getLoc();
    // In the place of what it replaces, so that stages commute.
    Operation *anchor = site.getAnchor();
    bool inPlace = site.decode && site.decode->getBlock() == anchor->getBlock();
    builder.setInsertionPoint(inPlace ? site.decode.getOperation() : anchor);
    Value dense = operand;
    if (site.encode)
      dense = site.prune ? site.prune.getInput() : site.encode.getInput();
    auto type = cast<RankedTensorType>(dense.getType());
    if (buildPrune)
      dense = buildPrune(builder, dense);
    else if (site.prune)
      dense = cast<PruneOp>(builder.clone(*site.prune)).getResult();
    auto compressed = CompressedTensorType::get(
        type.getContext(), type.getShape(), type.getElementType(), scheme);
    auto encode = EncodeOp::create(builder, loc, compressed, dense,
                                   ValueRange(), observer);
    decode = DecodeOp::create(builder, loc, encode);
    for (Operation *op :
         {dense.getDefiningOp(), encode.getOperation(), decode.getOperation()})
      if (op && isa<CompressDialect>(op->getDialect()))
        op->setAttr(CompressDialect::kSiteAttr, siteName);
  }
  site.op->setOperand(site.getWeightNumber(), decode);
  for (Operation *old : {site.decode.getOperation(), site.encode.getOperation(),
                         site.prune.getOperation()})
    if (old && old->use_empty())
      builder.eraseOp(old);
  return sharedWith;
}
