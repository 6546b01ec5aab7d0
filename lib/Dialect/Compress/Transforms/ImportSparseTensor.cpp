#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "compress/Dialect/Compress/IR/Compress.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/SparseTensor/IR/SparseTensor.h"
namespace mlir::compress {
#define GEN_PASS_DEF_IMPORTSPARSETENSORPASS
#include "compress/Dialect/Compress/Transforms/Passes.h.inc"
} // namespace mlir::compress
namespace {
struct ImportSparseTensorPass : mlir::compress::impl::ImportSparseTensorPassBase<ImportSparseTensorPass> {
  void runOnOperation() override {}
};
} // namespace
