//===- Ptxas.cpp - PTX to machine code ------------------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Scratch.h"
#include "compress/Target/PTX.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/Regex.h"

using namespace mlir;
using llvm::StringRef;

std::optional<std::string> compress::findPtxas() {
  if (llvm::ErrorOr<std::string> path = llvm::sys::findProgramByName("ptxas"))
    return *path;
  if (std::optional<std::string> home =
          llvm::sys::Process::GetEnv("CUDA_HOME")) {
    llvm::SmallString<128> bin(*home);
    llvm::sys::path::append(bin, "bin");
    if (llvm::ErrorOr<std::string> path =
            llvm::sys::findProgramByName("ptxas", StringRef(bin)))
      return *path;
  }
  return std::nullopt;
}

llvm::Expected<compress::Cubin>
compress::assemblePTX(StringRef ptx, const Chip &chip, StringRef ptxas) {
  auto scratch = Scratch::create();
  if (!scratch)
    return scratch.takeError();
  if (llvm::Error error = scratch->write("kernels.ptx", ptx))
    return error;
  std::string source = scratch->getPath("kernels.ptx"),
              output = scratch->getPath("kernels.cubin"), log;
  std::string chipOption = ("--gpu-name=" + chip.name).str();
  auto status = scratch->run(
      ptxas,
      {"--verbose", "--warn-on-spills", chipOption, source, "-o", output}, log);
  if (!status)
    return status.takeError();
  if (*status > 0)
    return llvm::createStringError("ptxas rejects the kernels:\n" + log);
  if (llvm::Regex("C75[0-9][0-9]").match(log))
    return llvm::createStringError(
        "ptxas gave up asynchronous instructions of the kernels:\n" + log);

  Cubin cubin;
  llvm::Expected<std::string> bytes = scratch->read("kernels.cubin");
  if (!bytes)
    return bytes.takeError();
  cubin.bytes = std::move(*bytes);
  cubin.resourceUsage = std::move(log);
  cubin.spills =
      llvm::Regex("[1-9][0-9]* bytes spill").match(cubin.resourceUsage);
  return cubin;
}
