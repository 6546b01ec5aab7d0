//===- ModelDescriptor.h - A compiled model as LLVM IR ----------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_TARGET_MODELDESCRIPTOR_H
#define COMPRESS_LIB_TARGET_MODELDESCRIPTOR_H

#include "compress/Target/ModelProgram.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Module.h"

namespace mlir::compress {

/// Builds the constant data of compress/Runtime/ModelABI.h, fields of 8 bytes.
class ModelDescriptor {
public:
  ModelDescriptor(llvm::Module &module, const ModelProgram &program)
      : module(module), program(program), context(module.getContext()),
        pointer(llvm::PointerType::get(context, 0)) {}

  using Fields = ArrayRef<llvm::Constant *>;

  llvm::Constant *integer(int64_t value) {
    return llvm::ConstantInt::getSigned(llvm::Type::getInt64Ty(context), value);
  }
  llvm::Constant *null() { return llvm::ConstantPointerNull::get(pointer); }
  llvm::GlobalVariable *global(llvm::Constant *value) {
    return new llvm::GlobalVariable(module, value->getType(),
                                    /*isConstant=*/true,
                                    llvm::GlobalValue::PrivateLinkage, value);
  }
  llvm::Constant *structure(Fields fields) {
    return llvm::ConstantStruct::getAnon(context, fields);
  }
  /// The address of fields one after another.
  llvm::Constant *array(Fields fields) {
    return fields.empty() ? null() : global(structure(fields));
  }
  llvm::Constant *integers(ArrayRef<int64_t> values) {
    SmallVector<llvm::Constant *> fields;
    for (int64_t value : values)
      fields.push_back(integer(value));
    return array(fields);
  }
  llvm::GlobalVariable *bytes(StringRef data) {
    return global(llvm::ConstantDataArray::getRaw(
        data, data.size(), llvm::Type::getInt8Ty(context)));
  }
  llvm::Constant *text(StringRef value) {
    return global(llvm::ConstantDataArray::getString(context, value));
  }

  /// The fields of a ModelFunction. `measure` is null where the function has
  /// none.
  llvm::Expected<SmallVector<llvm::Constant *>>
  function(const ModelProgram::Function &function);

  /// The address of a ModelConstant for each weight.
  llvm::Expected<llvm::Constant *> constants(WeightsPlace place);

  /// The signatures as JSON, for callers that find functions by name; `target`
  /// is the value of the key `kind`.
  llvm::Constant *signatures(StringRef name, StringRef kind, StringRef target);

  /// Enters the whole as a symbol of the module, and makes all functions
  /// internal: only the data refers to them.
  void finish(Fields fields, StringRef symbol);

private:
  llvm::Constant *tensors(ArrayRef<runtime::TensorSpec> specs);
  llvm::Expected<llvm::Constant *>
  constant(const ModelProgram::Constant &constant, WeightsPlace place);

  llvm::Module &module;
  const ModelProgram &program;
  llvm::LLVMContext &context;
  llvm::PointerType *pointer;
};

} // namespace mlir::compress

#endif // COMPRESS_LIB_TARGET_MODELDESCRIPTOR_H
