#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "compress/Dialect/Compress/IR/Compress.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/SparseTensor/IR/SparseTensor.h"
namespace mlir::compress {
#define GEN_PASS_DEF_EXPORTQUANTPASS
#include "compress/Dialect/Compress/Transforms/Passes.h.inc"
} // namespace mlir::compress
namespace {
struct ExportQuantPass : mlir::compress::impl::ExportQuantPassBase<ExportQuantPass> {
  void runOnOperation() override {}
};
} // namespace
