//===- PackContracts.cpp - Products with codes that are decoded in registers
//===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Utils/RowProduct.h"
#include "Contraction.h"
#include "DecodedTile.h"
#include "PackedCodes.h"
#include "Panels.h"
#include "compress/Conversion/Passes.h"
#include "compress/Dialect/Compress/IR/FloatCast.h"
#include "compress/Dialect/Compress/Transforms/Repack.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Remarks.h"

namespace mlir::compress {
#define GEN_PASS_DEF_PACKCONTRACTSPASS
#include "compress/Conversion/Passes.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

/// With more rows than this, a panel is decoded once for all of them.
static constexpr int64_t kRowsThatDecode = 16;

/// Rows of the left operand; an unknown number counts as `unknown`.
static int64_t getNumRows(ContractOp op, int64_t unknown = 0) {
  int64_t rows = 1;
  for (int64_t extent :
       cast<RankedTensorType>(op.getLhs().getType()).getShape().drop_back()) {
    if (ShapedType::isDynamic(extent))
      return unknown;
    rows *= extent;
  }
  return rows;
}

namespace {
/// Rewrites one product.
class Packing {
public:
  Packing(ContractOp op, const CodedWeight &weight, int64_t width,
          bool permutes)
      : b(op), op(op), loc(op.getLoc()), weight(weight), width(width),
        permutes(permutes),
        rank(cast<RankedTensorType>(op.getLhs().getType()).getRank()) {}

  LogicalResult rewrite() {
    auto assemble = op.getRhs().getDefiningOp<AssembleOp>();
    FailureOr<PackedCodes> found = packCodes(b, assemble, weight, width);
    if (failed(found))
      return failure();
    packed = *found;
    int64_t panels = llvm::divideCeil(weight.n, width);
    Value x = splitRows();
    Value init = createPanels(b, loc, op.getInit(), panels, width);
    Value product = getNumRows(op) <= kRowsThatDecode ? contractCodes(x, init)
                                                      : contractPanels(x, init);
    op.replaceAllUsesWith(unpackResult(b, loc, product, op.getInit()));
    op.erase();
    if (assemble->use_empty())
      eraseWithConstants(assemble);
    return success();
  }

private:
  /// Each row as groups, words, and the codes of a word.
  Value splitRows() {
    int64_t groups = weight.getNumGroups();
    Value x = padLastDimension(b, loc, op.getLhs(), groups * weight.group);
    auto type = cast<RankedTensorType>(x.getType());
    int64_t codes = weight.getCodesPerWord();
    SmallVector<int64_t> shape(type.getShape().drop_back());
    shape.append({groups, weight.group / codes, codes});
    SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(b, loc, x);
    sizes.pop_back();
    for (int64_t extent : ArrayRef(shape).take_back(3))
      sizes.push_back(b.getIndexAttr(extent));
    return tensor::ExpandShapeOp::create(b, loc, type.clone(shape), x,
                                         splitLastDimension(type.getRank(), 3),
                                         sizes);
  }

  AffineMap getMap(bool withRows, ArrayRef<CodedLoop> loops) {
    return getCodedMap(b.getContext(), rank - 1, withRows, loops);
  }

  SmallVector<Value> getCodeInputs() {
    SmallVector<Value> inputs = {packed.codes, packed.scales};
    if (packed.zeroPoints)
      inputs.push_back(packed.zeroPoints);
    return inputs;
  }

  /// Of an op with so many loops over rows.
  SmallVector<AffineMap> getCodeMaps(unsigned rows) {
    auto getMap = [&](ArrayRef<CodedLoop> loops) {
      return getCodedMap(b.getContext(), rows, /*withRows=*/false, loops);
    };
    SmallVector<AffineMap> maps = {getMap({kPanel, kGroup, kWord, kColumn}),
                                   getMap({kPanel, kGroup, kColumn})};
    if (packed.zeroPoints)
      maps.push_back(maps.back());
    return maps;
  }

  SmallVector<utils::IteratorType> getIterators() {
    SmallVector<utils::IteratorType> iterators(rank - 1 + kNumCodedLoops,
                                               utils::IteratorType::parallel);
    for (CodedLoop loop : {kGroup, kWord, kCode})
      iterators[rank - 1 + loop] = utils::IteratorType::reduction;
    return iterators;
  }

  /// One op that decodes and multiplies.
  Value contractCodes(Value x, Value init) {
    SmallVector<Value> inputs = {x};
    SmallVector<AffineMap> maps = {getMap(true, {kGroup, kWord, kCode})};
    llvm::append_range(inputs, getCodeInputs());
    llvm::append_range(maps, getCodeMaps(rank - 1));
    maps.push_back(getMap(true, {kPanel, kColumn}));
    auto product = linalg::GenericOp::create(
        b, loc, init.getType(), inputs, init, maps, getIterators(),
        [&](OpBuilder &nested, Location loc, ValueRange args) {
          Value value = decode(nested, loc, args.drop_front().drop_back(),
                               rank - 1 + kCode);
          Value part = arith::MulFOp::create(nested, loc, args[0], value);
          linalg::YieldOp::create(
              nested, loc,
              arith::AddFOp::create(nested, loc, args.back(), part)
                  .getResult());
        });
    product->setDiscardableAttrs(op->getDiscardableAttrDictionary());
    return product.getResult(0);
  }

  /// One op that decodes panels, and one that multiplies.
  Value contractPanels(Value x, Value init) {
    auto codes = cast<RankedTensorType>(packed.codes.getType());
    SmallVector<int64_t> shape(codes.getShape().drop_back());
    shape.append({weight.getCodesPerWord(), width});
    auto type = RankedTensorType::get(shape, b.getF32Type());
    SmallVector<AffineMap> maps = getCodeMaps(/*rows=*/0);
    maps.push_back(b.getMultiDimIdentityMap(kNumCodedLoops));
    SmallVector<utils::IteratorType> iterators(kNumCodedLoops,
                                               utils::IteratorType::parallel);
    Value panels =
        linalg::GenericOp::create(
            b, loc, type, getCodeInputs(),
            tensor::EmptyOp::create(b, loc, shape, type.getElementType())
                .getResult(),
            maps, iterators,
            [&](OpBuilder &nested, Location loc, ValueRange args) {
              linalg::YieldOp::create(
                  nested, loc, decode(nested, loc, args.drop_back(), kCode));
            })
            .getResult(0);
    AffineMap productMaps[] = {
        getMap(true, {kGroup, kWord, kCode}),
        getMap(false, {kPanel, kGroup, kWord, kCode, kColumn}),
        getMap(true, {kPanel, kColumn})};
    auto product = linalg::GenericOp::create(
        b, loc, init.getType(), ValueRange{x, panels}, init, productMaps,
        getIterators(), [&](OpBuilder &nested, Location loc, ValueRange args) {
          Value part = arith::MulFOp::create(nested, loc, args[0], args[1]);
          linalg::YieldOp::create(
              nested, loc,
              arith::AddFOp::create(nested, loc, args[2], part).getResult());
        });
    product->setDiscardableAttrs(op->getDiscardableAttrDictionary());
    return product.getResult(0);
  }

  /// (code - zero point) * scale, or what the table or a float of 8 bits has in
  /// the code's place: the arithmetic of compress.decode. `codeLoop` counts the
  /// codes of a word.
  Value decode(OpBuilder &nested, Location loc, ValueRange args,
               unsigned codeLoop) {
    ImplicitLocOpBuilder ib(loc, nested);
    Type i32 = ib.getI32Type(), f32 = ib.getF32Type();
    auto integer = [&](int64_t value) -> Value {
      return arith::ConstantIntOp::create(ib, i32, value);
    };
    Value value = args[0];
    if (weight.packedWidth == 4) {
      Value code = arith::IndexCastUIOp::create(
          ib, i32, linalg::IndexOp::create(ib, codeLoop));
      Value shift = arith::MulIOp::create(ib, code, integer(4));
      if (weight.integers && !permutes) {
        // To the highest bits, and back with the sign.
        shift = arith::SubIOp::create(ib, integer(28), shift);
        value = arith::ShLIOp::create(ib, value, shift);
        value = arith::ShRSIOp::create(ib, value, integer(28));
        value = arith::SIToFPOp::create(ib, f32, value);
      } else {
        value = arith::ShRUIOp::create(ib, value, shift);
        value = arith::AndIOp::create(ib, value, integer(15));
        auto type = VectorType::get(weight.table.size(), f32);
        Value table = arith::ConstantOp::create(
            ib, DenseElementsAttr::get(type, ArrayRef<float>(weight.table)));
        value = vector::ExtractOp::create(
            ib, table,
            arith::IndexCastUIOp::create(ib, ib.getIndexType(), value)
                .getResult());
      }
    } else if (weight.code) {
      value = buildFloatFromCode(ib, arith::ExtUIOp::create(ib, i32, value),
                                 weight.code);
    } else {
      value = arith::ExtSIOp::create(ib, i32, value);
      value = arith::SIToFPOp::create(ib, f32, value);
    }
    if (weight.hasZeroPoints) {
      // Exact: both are integers of few bits.
      Value zeroPoint = arith::ExtSIOp::create(ib, i32, args[2]);
      value = arith::SubFOp::create(
          ib, value, arith::SIToFPOp::create(ib, f32, zeroPoint));
    }
    return arith::MulFOp::create(ib, value, buildFloatCast(ib, args[1], f32));
  }

  OpBuilder b;
  ContractOp op;
  Location loc;
  const CodedWeight &weight;
  /// Columns of a panel; whether vectors can be permuted by a table.
  int64_t width;
  bool permutes;
  int64_t rank;
  PackedCodes packed;
};

struct PackContracts : compress::impl::PackContractsPassBase<PackContracts> {
  using PackContractsPassBase::PackContractsPassBase;

  void runOnOperation() override {
    if (vectorWidth < 1 || tileN < vectorWidth || tileN % vectorWidth) {
      getOperation().emitError()
          << "expected tile-n to be a positive multiple of vector-width, found "
             "vector-width="
          << vectorWidth.getValue() << " tile-n=" << tileN.getValue();
      return signalPassFailure();
    }
    SmallVector<ContractOp> ops;
    getOperation().walk([&](ContractOp op) { ops.push_back(op); });
    for (ContractOp op : ops) {
      std::string reason;
      FailureOr<CodedWeight> weight = match(op, reason);
      if (failed(weight)) {
        remark::missed(
            op->getLoc(),
            remark::RemarkOpts::name("not-packed").category("compress"))
            << remark::reason("{0}", reason);
        continue;
      }
      int64_t width = chooseColumns(weight->n, vectorWidth, tileN);
      if (failed(Packing(op, *weight, width, vectorWidth == 16).rewrite()))
        return signalPassFailure();
    }
  }

private:
  static FailureOr<CodedWeight> match(ContractOp op, std::string &reason) {
    auto fail = [&](const char *text) -> FailureOr<CodedWeight> {
      reason = text;
      return failure();
    };
    auto type = dyn_cast<CompressedTensorType>(op.getRhs().getType());
    auto xType = dyn_cast<RankedTensorType>(op.getLhs().getType());
    if (!type || !xType || !xType.getElementType().isF32() ||
        !op.getType().getElementType().isF32())
      return fail("it does not multiply a dense f32 operand with a weight on "
                  "its right into f32");
    std::optional<unsigned> reduced = getReducedOfRowProduct(op);
    if (!reduced)
      return fail("it is no product of rows with a matrix");
    auto assemble = op.getRhs().getDefiningOp<AssembleOp>();
    if (!assemble || !hasConstantComponents(assemble))
      return fail("the weight is computed when running");
    FailureOr<CodedWeight> weight = CodedWeight::match(type, *reduced, reason);
    // Their arithmetic is that of several products.
    if (succeeded(weight) && weight->code &&
        getNumRows(op, /*unknown=*/kRowsThatDecode + 1) > kRowsThatDecode)
      return fail("its rows would take longer to decode floats of 8 bits than "
                  "to read dense ones");
    return weight;
  }
};
} // namespace
