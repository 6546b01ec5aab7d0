//===- Weights.cpp - Files that weights are in ----------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Model.h"
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace mlir::compress;
using namespace mlir::compress::runtime;

void runtime::findOwnDirectory(const void *data, char *directory, size_t size) {
  Dl_info info;
  directory[0] = 0;
  if (!dladdr(data, &info) || !info.dli_fname)
    return;
  snprintf(directory, size, "%s", info.dli_fname);
  char *slash = strrchr(directory, '/');
  if (slash)
    *slash = 0;
  else
    directory[0] = 0;
}

const char *runtime::mapWeightsFile(const char *model,
                                    const ModelConstant &constant,
                                    const char *directory,
                                    const unsigned char *&bytes) {
  char path[4096];
  bool isRelative = constant.file[0] != '/' && directory[0];
  snprintf(path, sizeof(path), "%s%s%s", isRelative ? directory : "",
           isRelative ? "/" : "", constant.file);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return fail("weights of %s: expected the file %s, which cannot be opened: "
                "%m. Put it there, or give its folder to the init function",
                model, path);
  struct stat status;
  if (fstat(file, &status) || status.st_size != constant.fileBytes) {
    close(file);
    return fail("weights of %s: expected %s to have %lld bytes, found %lld; "
                "the model was compiled with another file",
                model, path, static_cast<long long>(constant.fileBytes),
                static_cast<long long>(status.st_size));
  }
  void *data = mmap(nullptr, constant.fileBytes, PROT_READ, MAP_PRIVATE, file,
                    /*offset=*/0);
  close(file);
  if (data == MAP_FAILED)
    return fail("weights of %s: %s cannot be mapped: %m", model, path);
  bytes = static_cast<const unsigned char *>(data);
  if (hashFileBeginning(bytes, constant.fileBytes) == constant.fileHash)
    return nullptr;
  munmap(data, constant.fileBytes);
  return fail("weights of %s: %s does not begin as the file that the model was "
              "compiled with, and '%s' may be another there",
              model, path, constant.key);
}
