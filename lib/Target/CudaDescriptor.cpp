//===- CudaDescriptor.cpp - The CudaModule as LLVM IR ---------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ModelDescriptor.h"
#include "compress/Target/CudaProgram.h"
#include "compress/Target/HostCode.h"

using namespace mlir;
using namespace mlir::compress;

llvm::Expected<std::unique_ptr<llvm::Module>>
compress::buildCudaModule(ModuleOp host, const CudaProgram &program,
                          StringRef name, WeightsPlace weights,
                          llvm::LLVMContext &context) {
  auto code = translateHostCode(host, context);
  if (!code)
    return code.takeError();
  ModelDescriptor data(**code, program);
  SmallVector<llvm::Constant *> kernels, functions;
  for (const std::string &kernel : program.kernels)
    kernels.push_back(data.text(kernel));
  for (auto [function, lifetimes] :
       llvm::zip(program.functions, program.lifetimes)) {
    auto fields = data.function(function);
    if (!fields)
      return fields.takeError();
    fields->append(
        {data.integer(lifetimes.size() / 2), data.integers(lifetimes)});
    functions.push_back(data.structure(*fields));
  }
  auto constants = data.constants(weights);
  if (!constants)
    return constants.takeError();
  // As in "sm_90a", where the letter says that no other chip runs the code.
  StringRef chip = program.chip->name;
  bool isSpecific = chip.ends_with("a");
  int64_t capability = 0;
  (void)chip.drop_front(3).rtrim('a').getAsInteger(10, capability);

  llvm::Constant *cubin =
      program.cubin ? data.bytes(program.cubin->bytes) : data.null();
  data.finish({data.text(name), data.text(chip), data.integer(capability),
               data.integer(isSpecific), cubin, data.text(program.ptx),
               data.integer(kernels.size()), data.array(kernels),
               data.integer(program.constants.size()), *constants,
               data.integer(functions.size()), data.array(functions),
               data.signatures(name, "chip", chip)},
              kCudaModuleName);
  return code;
}
