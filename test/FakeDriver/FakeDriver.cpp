//===- FakeDriver.cpp - A CUDA driver without a GPU ----------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The functions of libcuda.so.1 that the runtime of compiled models uses, on
// the memory of the host. Kernels do not run. Every call that changes anything
// is written to the file that FAKE_CUDA_LOG names, device memory as #N+OFFSET
// of the N-th allocation. A call that a driver would refuse, or that real
// hardware would not survive, is an error and a line that begins with ERROR.
// FAKE_CUDA_FAULT plays faults: no-device, capability=NN, no-binary, no-ptx,
// allocation=N, launch=N (the N-th fails).
//
//===----------------------------------------------------------------------===//

#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace {

enum Error {
  Success = 0,
  InvalidValue = 1,
  OutOfMemory = 2,
  NoDevice = 100,
  InvalidDevice = 101,
  InvalidContext = 201,
  NoBinaryForGPU = 209,
  InvalidPTX = 218,
  InvalidHandle = 400,
  NotFound = 500,
  LaunchFailed = 719,
  CaptureUnsupported = 900,
};

struct Allocation {
  int number;
  size_t bytes;
};

struct Kernel {
  std::string name;
  /// Bytes of each parameter, where PTX says them.
  std::vector<size_t> parameters;
  int sharedLimit = 48 * 1024;
};

struct Module {
  std::map<std::string, Kernel> kernels;
  /// Machine code, whose kernels are not listed.
  bool isCubin = false;
};

struct Stream {
  int number;
  bool isCapturing = false;
  int nodes = 0;
};

struct Graph {
  int nodes;
};

/// Everything, which outlives all callers.
struct State {
  FILE *log = nullptr;
  std::string fault;
  std::map<uint64_t, Allocation> memory;
  std::set<Module *> modules;
  std::set<Stream *> streams;
  std::set<Graph *> graphs;
  std::set<int *> events;
  std::vector<void *> contexts;
  int allocations = 0, launches = 0, retained = 0, numStreams = 0;
  bool isInitialized = false;
  int context = 0;

  State() {
    if (const char *path = getenv("FAKE_CUDA_LOG"))
      log = fopen(path, "w");
    if (const char *value = getenv("FAKE_CUDA_FAULT"))
      fault = value;
  }
  ~State() {
    for (auto &[address, allocation] : memory)
      write("ERROR leaked #%d", allocation.number);
    if (!modules.empty() || !graphs.empty() || !events.empty() ||
        !streams.empty())
      write("ERROR leaked %zu modules, %zu graphs, %zu events, %zu streams",
            modules.size(), graphs.size(), events.size(), streams.size());
    if (retained)
      write("ERROR context retained %d times more than released", retained);
    if (log)
      fclose(log);
  }

  void write(const char *format, ...) {
    if (!log)
      return;
    va_list arguments;
    va_start(arguments, format);
    vfprintf(log, format, arguments);
    va_end(arguments);
    fputc('\n', log);
    fflush(log);
  }
  int getFault(const char *name) const {
    std::string prefix = std::string(name) + "=";
    return fault.rfind(prefix, 0) == 0 ? atoi(fault.c_str() + prefix.size())
                                       : 0;
  }
};

State state;

int refuse(int error, const char *text) {
  state.write("ERROR %s", text);
  return error;
}

bool isCapturing() {
  for (Stream *stream : state.streams)
    if (stream->isCapturing)
      return true;
  return false;
}

/// What a call needs that waits for the device, or allocates.
int checkBlocking(const char *name) {
  if (state.contexts.empty())
    return refuse(InvalidContext,
                  (std::string(name) + " without a context").c_str());
  if (isCapturing())
    return refuse(CaptureUnsupported,
                  (std::string(name) + " while a stream is captured").c_str());
  return Success;
}

/// The allocation around bytes, as #N+OFFSET; empty when there is none.
std::string describe(uint64_t address, size_t bytes) {
  auto after = state.memory.upper_bound(address);
  if (after == state.memory.begin())
    return "";
  auto &[base, allocation] = *--after;
  if (address - base + bytes > allocation.bytes ||
      address - base > allocation.bytes)
    return "";
  return "#" + std::to_string(allocation.number) + "+" +
         std::to_string(address - base);
}

Stream defaultStream{0};

/// Null for a stream that there is not.
Stream *getStream(void *handle) {
  if (!handle)
    return &defaultStream;
  auto *stream = static_cast<Stream *>(handle);
  return state.streams.count(stream) ? stream : nullptr;
}

int copy(const char *name, uint64_t device, void *to, const void *from,
         size_t bytes, Stream *stream) {
  if (state.contexts.empty())
    return refuse(InvalidContext, "copy without a context");
  std::string place = describe(device, bytes);
  if (place.empty())
    return refuse(InvalidValue, "copy beyond an allocation");
  if (!stream)
    state.write("%s %s bytes %zu", name, place.c_str(), bytes);
  else
    state.write("%s %s bytes %zu stream %d", name, place.c_str(), bytes,
                stream->number);
  if (stream && stream->isCapturing)
    ++stream->nodes;
  else
    memcpy(to, from, bytes);
  return Success;
}

/// The kernels of PTX and the sizes of their parameters.
void parsePTX(const char *text, Module &module) {
  while ((text = strstr(text, ".entry "))) {
    text += strlen(".entry ");
    const char *open = strchr(text, '('), *close = strchr(open, ')');
    Kernel kernel;
    kernel.name.assign(text, open);
    std::string parameters(open, close);
    for (size_t at = 0;
         (at = parameters.find(".param", at)) != std::string::npos; at += 6) {
      std::string one = parameters.substr(at, parameters.find(',', at) - at);
      size_t array = one.find('[');
      kernel.parameters.push_back(
          array != std::string::npos            ? atoi(one.c_str() + array + 1)
          : one.find("64") != std::string::npos ? 8
          : one.find(".b32") != std::string::npos ||
                  one.find(".u32") != std::string::npos ||
                  one.find(".f32") != std::string::npos
              ? 4
          : one.find("16 ") != std::string::npos ? 2
                                                 : 1);
    }
    module.kernels[kernel.name] = kernel;
    text = close;
  }
}

int launch(void *function, const unsigned *grid, const unsigned *block,
           unsigned shared, void *handle, void **parameters,
           const std::string &cluster) {
  auto *kernel = static_cast<Kernel *>(function);
  Stream *stream = getStream(handle);
  if (state.contexts.empty())
    return refuse(InvalidContext, "launch without a context");
  if (!stream)
    return refuse(InvalidHandle, "launch on an unknown stream");
  if (!grid[0] || !grid[1] || !grid[2] || grid[1] > 65535 || grid[2] > 65535)
    return refuse(InvalidValue, "launch with a grid that is not allowed");
  if (block[0] * block[1] * block[2] > 1024 ||
      static_cast<int>(shared) > kernel->sharedLimit)
    return refuse(InvalidValue, "launch beyond what a block may have");
  if (++state.launches == state.getFault("launch"))
    return LaunchFailed;
  std::string arguments;
  for (size_t i = 0; i < kernel->parameters.size(); ++i) {
    uint64_t value = 0;
    memcpy(&value, parameters[i], std::min<size_t>(kernel->parameters[i], 8));
    std::string place =
        kernel->parameters[i] == 8 ? describe(value, 0) : std::string();
    arguments += " " + (place.empty() ? std::to_string(value) : place);
  }
  state.write("cuLaunchKernel %s grid %u,%u,%u block %u,%u,%u%s shared %u "
              "stream %d%s%s",
              kernel->name.c_str(), grid[0], grid[1], grid[2], block[0],
              block[1], block[2], cluster.c_str(), shared, stream->number,
              arguments.empty() ? "" : " arguments", arguments.c_str());
  if (stream->isCapturing)
    ++stream->nodes;
  return Success;
}

} // namespace

extern "C" {

int cuInit(unsigned) {
  state.isInitialized = true;
  return state.fault == "no-device" ? NoDevice : Success;
}

int cuGetErrorName(int error, const char **name) {
  static const std::map<int, const char *> names = {
      {InvalidValue, "CUDA_ERROR_INVALID_VALUE"},
      {OutOfMemory, "CUDA_ERROR_OUT_OF_MEMORY"},
      {NoDevice, "CUDA_ERROR_NO_DEVICE"},
      {InvalidDevice, "CUDA_ERROR_INVALID_DEVICE"},
      {InvalidContext, "CUDA_ERROR_INVALID_CONTEXT"},
      {NoBinaryForGPU, "CUDA_ERROR_NO_BINARY_FOR_GPU"},
      {InvalidPTX, "CUDA_ERROR_INVALID_PTX"},
      {InvalidHandle, "CUDA_ERROR_INVALID_HANDLE"},
      {NotFound, "CUDA_ERROR_NOT_FOUND"},
      {LaunchFailed, "CUDA_ERROR_LAUNCH_FAILED"},
      {CaptureUnsupported, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED"}};
  auto found = names.find(error);
  if (found == names.end())
    return InvalidValue;
  *name = found->second;
  return Success;
}

int cuGetErrorString(int error, const char **text) {
  *text = "played by the fake driver";
  return Success;
}

int cuDeviceGetCount(int *count) {
  *count = 1;
  return state.isInitialized ? Success : refuse(InvalidValue, "no cuInit");
}

int cuDeviceGet(int *device, int number) {
  *device = number;
  return number == 0 ? Success : InvalidDevice;
}

int cuDeviceGetName(char *name, int bytes, int) {
  snprintf(name, bytes, "Fake GPU");
  return Success;
}

int cuDeviceGetAttribute(int *value, int attribute, int) {
  int capability = state.getFault("capability");
  if (!capability)
    capability = 90;
  if (attribute != 75 && attribute != 76)
    return refuse(InvalidValue, "unknown attribute of a device");
  *value = attribute == 75 ? capability / 10 : capability % 10;
  return Success;
}

int cuDevicePrimaryCtxRetain(void **context, int) {
  ++state.retained;
  *context = &state.context;
  return Success;
}

int cuDevicePrimaryCtxRelease_v2(int) {
  return state.retained-- > 0 ? Success
                              : refuse(InvalidContext, "release too often");
}

int cuCtxPushCurrent_v2(void *context) {
  if (context != &state.context || !state.retained)
    return refuse(InvalidContext, "unknown context");
  state.contexts.push_back(context);
  return Success;
}

int cuCtxPopCurrent_v2(void **context) {
  if (state.contexts.empty())
    return refuse(InvalidContext, "no context to pop");
  *context = state.contexts.back();
  state.contexts.pop_back();
  return Success;
}

int cuCtxSynchronize() {
  if (int error = checkBlocking("cuCtxSynchronize"))
    return error;
  state.write("cuCtxSynchronize");
  return Success;
}

int cuModuleLoadDataEx(void **module, const void *image, unsigned, int *,
                       void **) {
  if (int error = checkBlocking("cuModuleLoadDataEx"))
    return error;
  bool isCubin = !memcmp(image, "\177ELF", 4);
  state.write("cuModuleLoadDataEx %s", isCubin ? "cubin" : "ptx");
  if (isCubin && state.fault == "no-binary")
    return NoBinaryForGPU;
  if (!isCubin && state.fault == "no-ptx")
    return InvalidPTX;
  auto *loaded = new Module;
  loaded->isCubin = isCubin;
  if (!isCubin)
    parsePTX(static_cast<const char *>(image), *loaded);
  state.modules.insert(loaded);
  *module = loaded;
  return Success;
}

int cuModuleUnload(void *handle) {
  auto *module = static_cast<Module *>(handle);
  if (!state.modules.erase(module))
    return refuse(InvalidHandle, "unload of an unknown module");
  state.write("cuModuleUnload");
  delete module;
  return Success;
}

int cuModuleGetFunction(void **function, void *handle, const char *name) {
  auto *module = static_cast<Module *>(handle);
  if (!state.modules.count(module))
    return refuse(InvalidHandle, "function of an unknown module");
  if (module->isCubin)
    module->kernels[name].name = name;
  auto kernel = module->kernels.find(name);
  if (kernel == module->kernels.end())
    return NotFound;
  *function = &kernel->second;
  return Success;
}

int cuFuncLoad(void *) { return Success; }

int cuFuncSetAttribute(void *function, int attribute, int value) {
  auto *kernel = static_cast<Kernel *>(function);
  state.write("cuFuncSetAttribute %s %d %d", kernel->name.c_str(), attribute,
              value);
  if (attribute == 8)
    kernel->sharedLimit = value;
  return Success;
}

int cuLaunchKernel(void *function, unsigned gridX, unsigned gridY,
                   unsigned gridZ, unsigned blockX, unsigned blockY,
                   unsigned blockZ, unsigned shared, void *stream,
                   void **parameters, void **) {
  unsigned grid[] = {gridX, gridY, gridZ}, block[] = {blockX, blockY, blockZ};
  return launch(function, grid, block, shared, stream, parameters, "");
}

struct LaunchAttribute {
  int id;
  char pad[4];
  unsigned cluster[16];
};

struct LaunchConfig {
  unsigned grid[3], block[3], shared;
  void *stream;
  LaunchAttribute *attributes;
  unsigned numAttributes;
};

int cuLaunchKernelEx(const LaunchConfig *config, void *function,
                     void **parameters, void **) {
  std::string cluster;
  for (unsigned i = 0; i < config->numAttributes; ++i) {
    const LaunchAttribute &attribute = config->attributes[i];
    if (attribute.id != 4)
      return refuse(InvalidValue, "unknown attribute of a launch");
    for (int d = 0; d < 3; ++d) {
      if (config->grid[d] % attribute.cluster[d])
        return refuse(InvalidValue, "a grid that is no multiple of a cluster");
      cluster += (d ? "," : " cluster ") + std::to_string(attribute.cluster[d]);
    }
  }
  return launch(function, config->grid, config->block, config->shared,
                config->stream, parameters, cluster);
}

int cuMemAlloc_v2(uint64_t *address, size_t bytes) {
  if (int error = checkBlocking("cuMemAlloc"))
    return error;
  if (!bytes)
    return refuse(InvalidValue, "an allocation of no bytes");
  if (++state.allocations == state.getFault("allocation"))
    return OutOfMemory;
  void *memory = aligned_alloc(256, (bytes + 255) / 256 * 256);
  // What has not been written is not zero.
  memset(memory, 0xa5, bytes);
  *address = reinterpret_cast<uint64_t>(memory);
  state.memory[*address] = {state.allocations, bytes};
  state.write("cuMemAlloc #%d bytes %zu", state.allocations, bytes);
  return Success;
}

int cuMemFree_v2(uint64_t address) {
  if (int error = checkBlocking("cuMemFree"))
    return error;
  auto found = state.memory.find(address);
  if (found == state.memory.end())
    return refuse(InvalidValue, "free of what is not allocated");
  state.write("cuMemFree #%d", found->second.number);
  state.memory.erase(found);
  free(reinterpret_cast<void *>(address));
  return Success;
}

int cuMemcpyHtoD_v2(uint64_t to, const void *from, size_t bytes) {
  if (int error = checkBlocking("cuMemcpyHtoD"))
    return error;
  return copy("cuMemcpyHtoD", to, reinterpret_cast<void *>(to), from, bytes,
              nullptr);
}

int cuMemcpyDtoH_v2(void *to, uint64_t from, size_t bytes) {
  if (int error = checkBlocking("cuMemcpyDtoH"))
    return error;
  return copy("cuMemcpyDtoH", from, to, reinterpret_cast<void *>(from), bytes,
              nullptr);
}

int cuMemcpyHtoDAsync_v2(uint64_t to, const void *from, size_t bytes,
                         void *stream) {
  Stream *on = getStream(stream);
  if (!on)
    return refuse(InvalidHandle, "copy on an unknown stream");
  return copy("cuMemcpyHtoDAsync", to, reinterpret_cast<void *>(to), from,
              bytes, on);
}

int cuMemcpyDtoHAsync_v2(void *to, uint64_t from, size_t bytes, void *stream) {
  Stream *on = getStream(stream);
  if (!on)
    return refuse(InvalidHandle, "copy on an unknown stream");
  return copy("cuMemcpyDtoHAsync", from, to, reinterpret_cast<void *>(from),
              bytes, on);
}

int cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t bytes,
                         void *stream) {
  Stream *on = getStream(stream);
  std::string source = describe(from, bytes);
  if (!on || source.empty())
    return refuse(InvalidValue, "copy from an unknown place");
  return copy(("cuMemcpyDtoDAsync from " + source + " to").c_str(), to,
              reinterpret_cast<void *>(to), reinterpret_cast<void *>(from),
              bytes, on);
}

int cuPointerGetAttribute(void *value, int attribute, uint64_t address) {
  if (attribute != 2 || describe(address, 0).empty())
    return InvalidValue;
  *static_cast<unsigned *>(value) = 2;
  return Success;
}

int cuStreamCreate(void **stream, unsigned) {
  auto *created = new Stream{++state.numStreams};
  state.streams.insert(created);
  *stream = created;
  return Success;
}

int cuStreamDestroy_v2(void *handle) {
  auto *stream = static_cast<Stream *>(handle);
  if (!state.streams.erase(stream))
    return refuse(InvalidHandle, "destruction of an unknown stream");
  delete stream;
  return Success;
}

int cuStreamSynchronize(void *) {
  if (int error = checkBlocking("cuStreamSynchronize"))
    return error;
  state.write("cuStreamSynchronize");
  return Success;
}

int cuStreamIsCapturing(void *handle, int *status) {
  Stream *stream = getStream(handle);
  if (!stream)
    return refuse(InvalidHandle, "an unknown stream");
  *status = stream->isCapturing;
  return Success;
}

int cuStreamBeginCapture_v2(void *handle, int) {
  Stream *stream = getStream(handle);
  if (!stream || stream == &defaultStream || stream->isCapturing)
    return refuse(InvalidHandle, "a stream that cannot be captured");
  stream->isCapturing = true;
  stream->nodes = 0;
  state.write("cuStreamBeginCapture");
  return Success;
}

int cuStreamEndCapture(void *handle, void **graph) {
  Stream *stream = getStream(handle);
  if (!stream || !stream->isCapturing)
    return refuse(InvalidHandle, "the end of a capture that has not begun");
  stream->isCapturing = false;
  auto *created = new Graph{stream->nodes};
  state.graphs.insert(created);
  *graph = created;
  state.write("cuStreamEndCapture nodes %d", stream->nodes);
  return Success;
}

int cuGraphInstantiateWithFlags(void **executable, void *handle,
                                unsigned long long) {
  auto *graph = static_cast<Graph *>(handle);
  if (!state.graphs.count(graph))
    return refuse(InvalidHandle, "an unknown graph");
  auto *created = new Graph(*graph);
  state.graphs.insert(created);
  *executable = created;
  return Success;
}

int cuGraphDestroy(void *handle) {
  auto *graph = static_cast<Graph *>(handle);
  if (!state.graphs.erase(graph))
    return refuse(InvalidHandle, "destruction of an unknown graph");
  delete graph;
  return Success;
}

int cuGraphExecDestroy(void *graph) { return cuGraphDestroy(graph); }

int cuGraphLaunch(void *handle, void *stream) {
  auto *graph = static_cast<Graph *>(handle);
  if (!state.graphs.count(graph) || !getStream(stream))
    return refuse(InvalidHandle, "launch of an unknown graph");
  state.write("cuGraphLaunch nodes %d stream %d", graph->nodes,
              getStream(stream)->number);
  return Success;
}

int cuEventCreate(void **event, unsigned) {
  auto *created = new int(0);
  state.events.insert(created);
  *event = created;
  return Success;
}

int cuEventDestroy_v2(void *event) {
  if (!state.events.erase(static_cast<int *>(event)))
    return refuse(InvalidHandle, "destruction of an unknown event");
  delete static_cast<int *>(event);
  return Success;
}

int cuEventRecord(void *event, void *stream) {
  if (!state.events.count(static_cast<int *>(event)) || !getStream(stream))
    return refuse(InvalidHandle, "record of an unknown event");
  return Success;
}

int cuEventElapsedTime(float *milliseconds, void *, void *) {
  *milliseconds = 0.25f;
  return Success;
}

int cuTensorMapEncodeTiled(void *map, int type, uint32_t rank, void *address,
                           const uint64_t *extents, const uint64_t *strides,
                           const uint32_t *box, const uint32_t *elementStrides,
                           int interleave, int swizzle, int promotion,
                           int fill) {
  if (reinterpret_cast<uint64_t>(map) % 64 ||
      reinterpret_cast<uint64_t>(address) % 16 || rank < 1 || rank > 5)
    return refuse(InvalidValue, "a tensor map that the driver refuses");
  memset(map, 0, 128);
  std::string text;
  for (uint32_t i = 0; i < rank; ++i)
    text += (i ? "x" : "") + std::to_string(extents[i]) + "/" +
            std::to_string(box[i]);
  state.write("cuTensorMapEncodeTiled type %d %s extents/box %s swizzle %d",
              type, describe(reinterpret_cast<uint64_t>(address), 0).c_str(),
              text.c_str(), swizzle);
  return Success;
}

} // extern "C"
