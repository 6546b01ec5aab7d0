//===- CudaHeader.cpp - The C interface of a shared object ---------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Runtime/CudaABI.h"
#include "compress/Target/CudaProgram.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"

using namespace mlir;
using namespace mlir::compress;

std::string compress::makeIdentifier(StringRef name) {
  std::string identifier;
  for (char c : name)
    identifier.push_back(llvm::isAlnum(c) ? c : '_');
  if (identifier.empty() || llvm::isDigit(identifier.front()))
    identifier.insert(identifier.begin(), '_');
  return identifier;
}

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

llvm::Error compress::addCudaInterface(llvm::Module &module,
                                       const CudaProgram &program,
                                       StringRef name) {
  llvm::IRBuilder<> types(module.getContext());
  llvm::Type *pointer = types.getPtrTy(), *none = types.getVoidTy();
  llvm::GlobalVariable *data = module.getNamedGlobal(kCudaModuleName);
  data->setLinkage(llvm::GlobalValue::InternalLinkage);
  std::string prefix = name.str() + "_";
  llvm::StringSet<> names;
  for (StringRef own : {"init", "destroy", "signature", "synchronize", "model"})
    names.insert(prefix + own.str());

  addWrapper(module, prefix + "init", "compress_cuda_init", pointer,
             {pointer, types.getInt32Ty(), pointer},
             [&](llvm::Function *f) -> SmallVector<llvm::Value *> {
               return {data, f->getArg(1), f->getArg(2), f->getArg(0)};
             });
  addWrapper(module, prefix + "destroy", "compress_cuda_destroy", none,
             {pointer}, [&](llvm::Function *f) -> SmallVector<llvm::Value *> {
               return {f->getArg(0)};
             });
  addWrapper(module, prefix + "synchronize", "compress_cuda_synchronize",
             pointer, {pointer, pointer},
             [&](llvm::Function *f) -> SmallVector<llvm::Value *> {
               return {f->getArg(0), f->getArg(1)};
             });
  addWrapper(
      module, prefix + "signature", "compress_cuda_signature", pointer, {},
      [&](llvm::Function *) -> SmallVector<llvm::Value *> { return {data}; });
  for (auto [index, function] : llvm::enumerate(program.functions)) {
    std::string symbol = prefix + makeIdentifier(function.name);
    for (StringRef suffix : {"", "_sizes", "_arguments"})
      if (!names.insert(symbol + suffix.str()).second)
        return llvm::createStringError(
            "the C interface would have two things named " + symbol + suffix +
            "; rename the function '" + function.name + "'");
    llvm::Constant *number = types.getInt64(index);
    addWrapper(module, symbol + "_sizes", "compress_cuda_sizes", pointer,
               {pointer, pointer},
               [&](llvm::Function *f) -> SmallVector<llvm::Value *> {
                 return {f->getArg(0), number, f->getArg(1)};
               });
    addWrapper(module, symbol, "compress_cuda_run", pointer,
               {pointer, pointer, pointer},
               [&](llvm::Function *f) -> SmallVector<llvm::Value *> {
                 return {f->getArg(0), number, f->getArg(1), f->getArg(2)};
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
                        StringRef kind, llvm::StringSet<> &names) {
  for (const runtime::TensorSpec &spec : specs) {
    std::string field = makeIdentifier(spec.name);
    while (isReserved(field) || names.contains(field) ||
           names.contains(field + "_shape"))
      field += "_";
    names.insert(field);
    names.insert(field + "_shape");
    os << "  /* " << kind << " " << runtime::formatSpec(spec)
       << (spec.forHost ? ", in the memory of the host" : "") << " */\n  "
       << (kind == "input" ? "const " : "") << "void *" << field << ";\n";
    if (!spec.shape.empty())
      os << "  int64_t " << field << "_shape[" << spec.shape.size() << "];\n";
  }
}

void compress::writeCudaHeader(raw_ostream &os, const CudaProgram &program,
                               StringRef name) {
  std::string guard = name.upper() + "_H";
  os << "/* The interface of a model that was compiled for "
     << program.chip->name
     << ". Every function that\n   returns a text returns an error, or NULL "
        "when it succeeded; the text is valid\n   until the thread's next "
        "call. */\n\n"
     << "#ifndef " << guard << "\n#define " << guard
     << "\n\n#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" {\n"
        "#endif\n\n"
     << "typedef struct " << name << "_model " << name << "_model;\n\n"
     << "/* Loads the kernels into GPU number `device`, and uploads the "
        "weights, once. Weights\n   in files are looked up in "
        "`weights_directory`, or, when it is NULL, beside this\n   library. "
        "*/\n"
     << "const char *" << name << "_init(" << name
     << "_model **model, int device,\n                 const char "
        "*weights_directory);\n\n"
     << "/* Waits for what is under way, and frees everything. */\n"
     << "void " << name << "_destroy(" << name << "_model *model);\n\n"
     << "/* Waits until what was enqueued to `stream` is done. */\n"
     << "const char *" << name << "_synchronize(" << name
     << "_model *model, void *stream);\n\n"
     << "/* Functions, inputs and outputs as JSON. */\n"
     << "const char *" << name << "_signature(void);\n";
  for (const CudaProgram::Function &function : program.functions) {
    std::string symbol = name.str() + "_" + makeIdentifier(function.name);
    llvm::StringSet<> names;
    names.insert("workspace");
    names.insert("workspace_bytes");
    os << "\n/* Tensors are row-major. A pointer may be of the device, aligned "
          "to 16 bytes, or of\n   the host, which is copied on the stream. "
          "Extents that are not \"?\" are as written. */\n"
       << "typedef struct {\n";
    writeFields(os, function.signature.inputs, "input", names);
    writeFields(os, function.signature.outputs, "output", names);
    os << "  /* Memory of the device, aligned to 256 bytes, or NULL for the "
          "model's own. */\n"
          "  void *workspace;\n  int64_t workspace_bytes;\n} "
       << symbol << "_arguments;\n\n"
       << "/* From the shapes of the inputs, sets those of the outputs and "
          "workspace_bytes,\n   which counts a place for every tensor that is "
          "not on the device yet. */\n"
       << "const char *" << symbol << "_sizes(" << name
       << "_model *model,\n    " << symbol << "_arguments *arguments);\n\n"
       << "/* Enqueues a call to `stream`, a CUstream, and does not wait for "
          "it. Where all\n   tensors are on the device it can be captured as a "
          "graph. One call of a model at\n   a time. */\n"
       << "const char *" << symbol << "(" << name
       << "_model *model,\n    const " << symbol
       << "_arguments *arguments, void *stream);\n";
  }
  os << "\n#ifdef __cplusplus\n}\n#endif\n\n#endif /* " << guard << " */\n";
}
