//===- CudaExecutable.cpp - A function on a GPU --------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Cuda/Model.h"
#include "Cuda/Workspace.h"
#include "Executables.h"
#include "JIT.h"
#include "compress/Conversion/LinalgToGPU.h"
#include "compress/Conversion/Passes.h"
#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "compress/Target/CudaProgram.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"

using namespace mlir;
using namespace mlir::compress;
using namespace mlir::compress::runtime;

static llvm::Error toError(const char *text) {
  return text ? llvm::createStringError(text) : llvm::Error::success();
}

namespace {
/// Runs the same host code, by the same runtime, as a shared object has.
class CudaExecutable : public Executable {
public:
  CudaExecutable(Signature signature, CudaProgram program, bool graph)
      : Executable(std::move(signature)), program(std::move(program)),
        graph(graph) {}
  ~CudaExecutable() override;

  llvm::Error load(ModuleOp host, int device);
  llvm::Expected<NdArrayMap> run(const NdArrayMap &inputs) override;
  llvm::Expected<double> time(const NdArrayMap &inputs) override;

private:
  /// Copies inputs to the device, runs once, and waits.
  const char *execute(const NdArrayMap &inputs, float &milliseconds);
  const char *bind(const NdArrayMap &inputs);
  const char *capture();
  void release();

  const Driver &getDriver() const { return model->driver; }

  /// Holds the weights.
  CudaProgram program;
  std::unique_ptr<JIT> jit;
  CudaModel *model = nullptr;
  bool graph;
  CUstream stream = nullptr;
  CUevent begin = nullptr, end = nullptr;
  /// Of the shapes that were bound last: a call's words, whose tensors and
  /// workspace are in `memory`, and the captured call.
  std::vector<int64_t> words;
  CUdeviceptr memory = 0;
  CUgraphExec captured = nullptr;
};
} // namespace

llvm::Expected<std::unique_ptr<Executable>>
Executable::compileForCuda(OwningOpRef<ModuleOp> module, StringRef entryName,
                           const CudaTarget &target) {
  auto entry = selectEntry(*module, entryName, [&](OpPassManager &pm) {
    buildCompressToKernelsPipeline(pm, *target.chip);
    pm.addPass(createConvertCompressToLinalgPass());
  });
  if (!entry)
    return entry.takeError();
  std::optional<std::string> ptxas = findPtxas();
  auto program =
      compress::compileForCuda(*module, *target.chip, target.tf32, ptxas);
  if (!program)
    return program.takeError();
  Signature signature = program->functions.front().signature;
  auto result = std::make_unique<CudaExecutable>(
      std::move(signature), std::move(*program), target.graph);
  if (llvm::Error error = result->load(*module, target.device))
    return error;
  return result;
}

llvm::Error CudaExecutable::load(ModuleOp host, int device) {
  auto context = std::make_unique<llvm::LLVMContext>();
  auto code = buildCudaModule(host, program, program.functions.front().name,
                              WeightsPlace::InPlace, *context);
  if (!code)
    return code.takeError();
  auto compiled =
      JIT::create(std::move(*code), std::move(context), kCudaModuleName);
  if (!compiled)
    return compiled.takeError();
  jit = std::move(*compiled);
  if (const char *error =
          compress_cuda_init(static_cast<CudaModule *>(jit->getAddress()),
                             device, /*directory=*/nullptr, &model))
    return toError(error);
  CurrentContext current(getDriver(), model->device.context);
  if (const char *error = current.getError())
    return toError(error);
  auto create = [&]() -> const char * {
    COMPRESS_CUDA_CALL(getDriver(), cuStreamCreate, &stream,
                       CU_STREAM_NON_BLOCKING);
    COMPRESS_CUDA_CALL(getDriver(), cuEventCreate, &begin, /*Flags=*/0);
    COMPRESS_CUDA_CALL(getDriver(), cuEventCreate, &end, /*Flags=*/0);
    return nullptr;
  };
  return toError(create());
}

CudaExecutable::~CudaExecutable() {
  if (!model)
    return;
  {
    CurrentContext current(getDriver(), model->device.context);
    if (!current.getError()) {
      release();
      if (begin)
        getDriver().cuEventDestroy_v2(begin);
      if (end)
        getDriver().cuEventDestroy_v2(end);
      if (stream)
        getDriver().cuStreamDestroy_v2(stream);
    }
  }
  compress_cuda_destroy(model);
}

void CudaExecutable::release() {
  if (captured)
    getDriver().cuGraphExecDestroy(captured);
  if (memory)
    getDriver().cuMemFree_v2(memory);
  captured = nullptr;
  memory = 0;
  words.clear();
}

static int64_t countBytes(const TensorSpec &spec, const int64_t *extents) {
  int64_t bytes = getByteWidth(spec.dtype);
  for (size_t d = 0; d < spec.shape.size(); ++d)
    bytes *= extents[d];
  return bytes;
}

const char *CudaExecutable::bind(const NdArrayMap &inputs) {
  std::vector<int64_t> shapes;
  bool isSame = memory != 0;
  for (const TensorSpec &spec : signature.inputs) {
    const NdArray &input = inputs.find(spec.name)->second;
    ArrayRef<int64_t> shape = input.getShape();
    // A plan follows from what the host reads.
    shapes.push_back(
        spec.forHost ? reinterpret_cast<intptr_t>(input.getData().data()) : 0);
    isSame = isSame && !spec.forHost &&
             shape.equals(ArrayRef(words).slice(shapes.size(), shape.size()));
    llvm::append_range(shapes, shape);
  }
  if (!isSame) {
    release();
    std::vector<int64_t> call = shapes;
    for (const TensorSpec &spec : signature.outputs)
      call.resize(call.size() + 1 + spec.shape.size());
    call.resize(call.size() + 2);
    // Without pointers there is a place in the workspace for every tensor.
    if (const char *error = compress_cuda_sizes(model, 0, call.data()))
      return error;
    int64_t bytes = call.back();
    COMPRESS_CUDA_CALL(getDriver(), cuMemAlloc_v2, &memory,
                       std::max<int64_t>(bytes, 1));
    CUdeviceptr at = memory;
    int64_t *word = call.data();
    for (const std::vector<TensorSpec> *specs :
         {&signature.inputs, &signature.outputs})
      for (const TensorSpec &spec : *specs) {
        if (!spec.forHost) {
          *word = at;
          at += alignBuffer(countBytes(spec, word + 1));
        }
        word += 1 + spec.shape.size();
      }
    call[call.size() - 2] = at;
    call.back() = bytes - (at - memory);
    words = std::move(call);
  }
  const int64_t *at = words.data();
  for (const TensorSpec &spec : signature.inputs) {
    llvm::ArrayRef<char> data = inputs.find(spec.name)->second.getData();
    if (!data.empty() && !spec.forHost)
      COMPRESS_CUDA_CALL(getDriver(), cuMemcpyHtoD_v2, *at, data.data(),
                         data.size());
    at += 1 + spec.shape.size();
  }
  return nullptr;
}

const char *CudaExecutable::capture() {
  if (!getDriver().cuGraphInstantiateWithFlags)
    return fail("graphs need the driver of CUDA 11.4 or later; update it");
  COMPRESS_CUDA_CALL(getDriver(), cuStreamBeginCapture_v2, stream,
                     CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
  const char *error = compress_cuda_run(model, 0, words.data(), stream);
  CUgraph recorded = nullptr;
  CUresult result = getDriver().cuStreamEndCapture(stream, &recorded);
  if (!error)
    error = check(getDriver(), result, "cuStreamEndCapture");
  if (!error)
    error = check(getDriver(),
                  getDriver().cuGraphInstantiateWithFlags(&captured, recorded,
                                                          /*flags=*/0),
                  "cuGraphInstantiateWithFlags");
  if (recorded)
    getDriver().cuGraphDestroy(recorded);
  return error;
}

const char *CudaExecutable::execute(const NdArrayMap &inputs,
                                    float &milliseconds) {
  if (const char *error = bind(inputs))
    return error;
  if (graph && !captured)
    if (const char *error = capture())
      return error;
  COMPRESS_CUDA_CALL(getDriver(), cuEventRecord, begin, stream);
  if (graph)
    COMPRESS_CUDA_CALL(getDriver(), cuGraphLaunch, captured, stream);
  else if (const char *error =
               compress_cuda_run(model, 0, words.data(), stream))
    return error;
  COMPRESS_CUDA_CALL(getDriver(), cuEventRecord, end, stream);
  COMPRESS_CUDA_CALL(getDriver(), cuStreamSynchronize, stream);
  COMPRESS_CUDA_CALL(getDriver(), cuEventElapsedTime, &milliseconds, begin,
                     end);
  return nullptr;
}

llvm::Expected<double> CudaExecutable::time(const NdArrayMap &inputs) {
  CurrentContext current(getDriver(), model->device.context);
  if (const char *error = current.getError())
    return toError(error);
  float milliseconds = 0;
  if (const char *error = execute(inputs, milliseconds))
    return toError(error);
  return milliseconds;
}

llvm::Expected<NdArrayMap> CudaExecutable::run(const NdArrayMap &inputs) {
  if (llvm::Error error = checkInputs(inputs))
    return error;
  CurrentContext current(getDriver(), model->device.context);
  if (const char *error = current.getError())
    return toError(error);
  float milliseconds;
  if (const char *error = execute(inputs, milliseconds))
    return toError(error);

  const int64_t *at = words.data();
  for (const TensorSpec &spec : signature.inputs)
    at += 1 + spec.shape.size();
  NdArrayMap results;
  for (const TensorSpec &spec : signature.outputs) {
    auto array =
        NdArray::create(spec.dtype, ArrayRef(at + 1, spec.shape.size()));
    if (!array)
      return array.takeError();
    llvm::MutableArrayRef<char> data = array->getData();
    if (!data.empty())
      if (const char *error =
              check(getDriver(),
                    getDriver().cuMemcpyDtoH_v2(data.data(), *at, data.size()),
                    "cuMemcpyDtoH"))
        return toError(error);
    results[spec.name] = std::move(*array);
    at += 1 + spec.shape.size();
  }
  return results;
}
