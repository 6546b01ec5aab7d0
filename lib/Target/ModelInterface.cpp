//===- ModelInterface.cpp - The C interface of a compiled model -----------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ModelInterface.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"

using namespace mlir;
using namespace mlir::compress;

/// Calls `callee`, which is declared here, with `arguments`; the module's
/// address and constants may be among them.
static void addWrapper(
    llvm::Module &module, StringRef name, StringRef callee, llvm::Type *result,
    ArrayRef<llvm::Type *> parameters,
    function_ref<SmallVector<llvm::Value *>(llvm::Function *)> getArguments) {
  auto *function =
      llvm::Function::Create(llvm::FunctionType::get(result, parameters, false),
                             llvm::Function::ExternalLinkage, name, module);
  llvm::IRBuilder<> builder(
      llvm::BasicBlock::Create(module.getContext(), "entry", function));
  SmallVector<llvm::Value *> arguments = getArguments(function);
  SmallVector<llvm::Type *> types;
  for (llvm::Value *argument : arguments)
    types.push_back(argument->getType());
  llvm::FunctionCallee target = module.getOrInsertFunction(
      callee, llvm::FunctionType::get(result, types, false));
  llvm::Value *value = builder.CreateCall(target, arguments);
  if (result->isVoidTy())
    builder.CreateRetVoid();
  else
    builder.CreateRet(value);
}

llvm::Error compress::addModelInterface(llvm::Module &module,
                                        const ModelProgram &program,
                                        const ModelInterface &interface,
                                        StringRef name) {
  llvm::IRBuilder<> types(module.getContext());
  llvm::Type *pointer = types.getPtrTy(), *none = types.getVoidTy();
  llvm::GlobalVariable *data = module.getNamedGlobal(interface.data);
  data->setLinkage(llvm::GlobalValue::InternalLinkage);
  std::string prefix = name.str() + "_";
  auto getCallee = [&](StringRef function) {
    return ("compress_" + interface.runtime + "_" + function).str();
  };
  llvm::StringSet<> names;
  for (StringRef own : {"init", "destroy", "signature", "synchronize", "model"})
    names.insert(prefix + own.str());

  addWrapper(module, prefix + "init", getCallee("init"), pointer,
             {pointer, types.getInt32Ty(), pointer},
             [&](llvm::Function *f) -> SmallVector<llvm::Value *> {
               return {data, f->getArg(1), f->getArg(2), f->getArg(0)};
             });
  addWrapper(module, prefix + "destroy", getCallee("destroy"), none, {pointer},
             [&](llvm::Function *f) -> SmallVector<llvm::Value *> {
               return {f->getArg(0)};
             });
  if (interface.hasStreams)
    addWrapper(module, prefix + "synchronize", getCallee("synchronize"),
               pointer, {pointer, pointer},
               [&](llvm::Function *f) -> SmallVector<llvm::Value *> {
                 return {f->getArg(0), f->getArg(1)};
               });
  addWrapper(
      module, prefix + "signature", getCallee("signature"), pointer, {},
      [&](llvm::Function *) -> SmallVector<llvm::Value *> { return {data}; });
  for (auto [index, function] : llvm::enumerate(program.functions)) {
    std::string symbol = prefix + makeIdentifier(function.name);
    for (StringRef suffix : {"", "_sizes", "_arguments"})
      if (!names.insert(symbol + suffix.str()).second)
        return llvm::createStringError(
            "the C interface would have two things named " + symbol + suffix +
            "; rename the function '" + function.name + "'");
    llvm::Constant *number = types.getInt64(index);
    addWrapper(module, symbol + "_sizes", getCallee("sizes"), pointer,
               {pointer, pointer},
               [&](llvm::Function *f) -> SmallVector<llvm::Value *> {
                 return {f->getArg(0), number, f->getArg(1)};
               });
    addWrapper(module, symbol, getCallee("run"), pointer,
               SmallVector<llvm::Type *>(interface.hasStreams ? 3 : 2, pointer),
               [&](llvm::Function *f) {
                 SmallVector<llvm::Value *> arguments{f->getArg(0), number};
                 for (llvm::Argument &argument : llvm::drop_begin(f->args()))
                   arguments.push_back(&argument);
                 return arguments;
               });
  }
  return llvm::Error::success();
}

/// Names that a field of a struct cannot have, in C or in C++.
static bool isReserved(StringRef name) {
  static const llvm::StringSet<> words = {
      "alignas",  "alignof",  "and",       "asm",       "auto",   "bool",
      "break",    "case",     "catch",     "char",      "class",  "const",
      "continue", "default",  "delete",    "do",        "double", "else",
      "enum",     "explicit", "export",    "extern",    "false",  "float",
      "for",      "friend",   "goto",      "if",        "inline", "int",
      "long",     "mutable",  "namespace", "new",       "not",    "nullptr",
      "operator", "or",       "private",   "protected", "public", "register",
      "requires", "restrict", "return",    "short",     "signed", "sizeof",
      "static",   "struct",   "switch",    "template",  "this",   "throw",
      "true",     "try",      "typedef",   "typeof",    "union",  "unsigned",
      "using",    "virtual",  "void",      "volatile",  "while",  "xor"};
  return words.contains(name);
}

static void writeFields(raw_ostream &os, ArrayRef<runtime::TensorSpec> specs,
                        StringRef kind, const ModelInterface &interface,
                        llvm::StringSet<> &names) {
  for (const runtime::TensorSpec &spec : specs) {
    std::string field = makeIdentifier(spec.name);
    while (isReserved(field) || names.contains(field) ||
           names.contains(field + "_shape"))
      field += "_";
    names.insert(field);
    names.insert(field + "_shape");
    os << "  /* " << kind << " " << runtime::formatSpec(spec)
       << (spec.forHost ? interface.forHost : StringRef()) << " */\n  "
       << (kind == "input" ? "const " : "") << "void *" << field << ";\n";
    if (!spec.shape.empty())
      os << "  int64_t " << field << "_shape[" << spec.shape.size() << "];\n";
  }
}

/// Writes a comment, wrapped as the rest of the header.
static void writeComment(raw_ostream &os, StringRef text) {
  size_t column = 3;
  os << "/*";
  SmallVector<StringRef> words;
  text.split(words, ' ');
  for (StringRef word : words) {
    if (column + word.size() > 84) {
      os << "\n  ";
      column = 3;
    }
    os << ' ' << word;
    column += word.size() + 1;
  }
  os << " */\n";
}

void compress::writeModelHeader(raw_ostream &os, const ModelProgram &program,
                                const ModelInterface &interface,
                                StringRef name) {
  std::string guard = name.upper() + "_H";
  std::string prefix = "const char *" + name.str() + "_";
  std::string model = name.str() + "_model *model";
  writeComment(os, ("The interface of a model that was compiled for " +
                    interface.target +
                    ". Every function that returns a text returns an error, or "
                    "NULL when it succeeded; the text is valid until the "
                    "thread's next call.")
                       .str());
  os << "\n#ifndef " << guard << "\n#define " << guard
     << "\n\n#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" {\n"
        "#endif\n\n"
     << "typedef struct " << name << "_model " << name << "_model;\n\n";
  writeComment(os, (interface.init +
                    " Weights in files are looked up in `weights_directory`, "
                    "or, when it is NULL, beside this library.")
                       .str());
  os << prefix << "init(" << name << "_model **model, int " << interface.number
     << ",\n                 const char *weights_directory);\n\n";
  writeComment(os, interface.destroy);
  os << "void " << name << "_destroy(" << model << ");\n\n";
  if (interface.hasStreams) {
    writeComment(os, "Waits until what was enqueued to `stream` is done.");
    os << prefix << "synchronize(" << model << ", void *stream);\n\n";
  }
  writeComment(os, "Functions, inputs and outputs as JSON.");
  os << prefix << "signature(void);\n";
  for (const ModelProgram::Function &function : program.functions) {
    std::string call = prefix + makeIdentifier(function.name);
    std::string arguments =
        name.str() + "_" + makeIdentifier(function.name) + "_arguments";
    llvm::StringSet<> names;
    names.insert("workspace");
    names.insert("workspace_bytes");
    os << "\n";
    writeComment(os, interface.tensors);
    os << "typedef struct {\n";
    writeFields(os, function.signature.inputs, "input", interface, names);
    writeFields(os, function.signature.outputs, "output", interface, names);
    os << interface.fields << "} " << arguments << ";\n\n";
    writeComment(os, interface.sizes);
    os << call << "_sizes(" << model << ",\n    " << arguments
       << " *arguments);\n\n";
    writeComment(os, interface.run);
    os << call << "(" << model << ",\n    const " << arguments << " *arguments"
       << (interface.hasStreams ? ", void *stream" : "") << ");\n";
  }
  os << "\n#ifdef __cplusplus\n}\n#endif\n\n#endif /* " << guard << " */\n";
}
