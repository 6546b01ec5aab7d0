//===- CPUTarget.cpp - A processor that code is for -----------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Target/CPUTarget.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"

using namespace mlir;
using namespace mlir::compress;
using llvm::StringRef;

/// LLVM's generator of code for an architecture.
static llvm::Expected<const llvm::Target *>
findTarget(const llvm::Triple &triple) {
  static const bool initialized = [] {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
    return true;
  }();
  (void)initialized;
  std::string message;
  const llvm::Target *target =
      llvm::TargetRegistry::lookupTarget(triple, message);
  if (!target)
    return llvm::createStringError(message);
  return target;
}

/// The features of a processor and its architecture, or null where there is no
/// such processor.
static llvm::Expected<std::unique_ptr<llvm::MCSubtargetInfo>>
describe(const llvm::Triple &triple, StringRef cpu,
         const std::vector<std::string> &changes) {
  auto target = findTarget(triple);
  if (!target)
    return target.takeError();
  std::unique_ptr<llvm::MCSubtargetInfo> known(
      (*target)->createMCSubtargetInfo(triple, /*CPU=*/"", /*Features=*/""));
  if (!known || (!cpu.empty() && !known->isCPUStringValid(cpu)))
    return nullptr;
  // An unknown feature would be a warning of LLVM's.
  for (StringRef change : changes)
    if (llvm::none_of(known->getAllProcessorFeatures(),
                      [&](const llvm::SubtargetFeatureKV &feature) {
                        return change.drop_front() == feature.Key;
                      }))
      return llvm::createStringError("unknown feature '" + change.drop_front() +
                                     "' of a processor of " +
                                     triple.getArchName() +
                                     ", expected one of LLVM's names, such as "
                                     "avx512vnni or dotprod");
  return std::unique_ptr<llvm::MCSubtargetInfo>(
      (*target)->createMCSubtargetInfo(triple, cpu, llvm::join(changes, ",")));
}

static void setFeatures(CPUTarget &target, const llvm::MCSubtargetInfo &info) {
  for (const llvm::SubtargetFeatureKV &feature :
       info.getEnabledProcessorFeatures())
    target.features[feature.Key] = true;
}

const CPUTarget &CPUTarget::getHost() {
  static const CPUTarget host = [] {
    CPUTarget target;
    target.triple = llvm::Triple(llvm::sys::getProcessTriple());
    target.cpu = llvm::sys::getHostCPUName().str();
    target.features = llvm::sys::getHostCPUFeatures();
    for (const auto &feature : target.features)
      target.changes.push_back((feature.second ? "+" : "-") +
                               feature.first().str());
    // The order of a hash table is nobody's business.
    llvm::sort(target.changes);
    return target;
  }();
  return host;
}

const CPUTarget &CPUTarget::getBaseline() {
  static const CPUTarget baseline = [] {
    CPUTarget target;
    target.triple = getHost().triple;
    // What LLVM runs on, it has a description of.
    if (auto info = llvm::expectedToOptional(
            describe(target.triple, target.cpu, target.changes));
        info && *info)
      setFeatures(target, **info);
    return target;
  }();
  return baseline;
}

llvm::Expected<CPUTarget> CPUTarget::parse(StringRef text) {
  if (text == "host")
    return getHost();
  llvm::SmallVector<StringRef> parts;
  text.split(parts, '+');
  StringRef name = parts.front();
  std::vector<std::string> changes;
  for (StringRef feature : llvm::drop_begin(parts))
    changes.push_back(("+" + feature).str());
  constexpr llvm::StringLiteral aarch64 = "aarch64";
  for (StringRef architecture : {StringRef("x86_64"), StringRef(aarch64)}) {
    if (name.empty() || (name == aarch64 && architecture != aarch64))
      continue;
    CPUTarget target;
    target.triple = getHost().triple;
    target.triple.setArchName(architecture);
    target.cpu = name == aarch64 ? "" : name.str();
    target.changes = changes;
    auto info = describe(target.triple, target.cpu, changes);
    if (!info)
      return info.takeError();
    if (!*info)
      continue;
    setFeatures(target, **info);
    return target;
  }
  return llvm::createStringError(
      "unknown processor '" + text +
      "', expected host, x86-64-v2, x86-64-v3, x86-64-v4, aarch64 or another "
      "of LLVM's names for x86-64 and AArch64, and features after it as in "
      "x86-64-v4+avx512vnni");
}

bool CPUTarget::isHostArchitecture() const {
  return triple.getArch() == getHost().triple.getArch();
}

llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
CPUTarget::createMachine() const {
  auto target = findTarget(triple);
  if (!target)
    return target.takeError();
  std::unique_ptr<llvm::TargetMachine> machine(
      (*target)->createTargetMachine(triple, cpu, llvm::join(changes, ","),
                                     llvm::TargetOptions(), llvm::Reloc::PIC_));
  if (!machine)
    return llvm::createStringError("LLVM has no code generator for " +
                                   triple.str());
  return machine;
}
