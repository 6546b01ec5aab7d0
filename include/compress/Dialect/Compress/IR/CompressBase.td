//===- CompressBase.td - The dialect -*- tablegen -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_COMPRESS_IR_COMPRESSBASE_TD
#define COMPRESS_DIALECT_COMPRESS_IR_COMPRESSBASE_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"

def Compress_Dialect : Dialect {
  let name = "compress";
  let cppNamespace = "::mlir::compress";
  let summary = "Quantized and sparse tensors, and the ops that compute with them";
  let description = [{
    A compressed tensor is a value of type `!compress.tensor`. Its *scheme*
    answers three independent questions: which positions are kept (*sparsity*),
    how a kept value is stored (*storage*), and where the bytes lie (*layout*).
    Any combination is a type, and one pair of ops, `compress.encode` and
    `compress.decode`, serves all of them.

    The type is opaque: it is no `tensor`, so no pass that knows nothing of
    compression can mistake it for one. Scales, zero points and indices are
    values (`compress.assemble`, `compress.component`), not parts of the type.

    Discardable attributes:

    - `compress.name` (string; function arguments and results): the name in
      `.npz` files, headers and error messages.
    - `compress.constant` (a tensor constant; function arguments): the value of
      an argument that `compress-hoist-constants` made, bound by whoever calls
      the compiled function;
    - `compress.external` (`#compress.external`; function arguments): the
      argument is bound to an entry of a weights file.
    - `compress.site` (string; ops): the name of a compressed layer in plans,
      patterns and reports.
    - `compress.plan` (array of dictionaries; modules): what was decided for
      every site, see `CompressionPlan`.
  }];
  let useDefaultAttributePrinterParser = 1;
  let useDefaultTypePrinterParser = 1;
  let hasOperationAttrVerify = 1;
  let hasRegionArgAttrVerify = 1;
  let hasRegionResultAttrVerify = 1;
  let extraClassDeclaration = [{
    /// Names of the discardable attributes.
    static constexpr StringLiteral kNameAttr = "compress.name";
    static constexpr StringLiteral kExternalAttr = "compress.external";
    static constexpr StringLiteral kConstantAttr = "compress.constant";
    static constexpr StringLiteral kSiteAttr = "compress.site";
    static constexpr StringLiteral kPlanAttr = "compress.plan";

    /// The weight files that attributes of this context refer to.
    ExternalStore &getExternalStore() { return *externalStore; }

  private:
    std::shared_ptr<ExternalStore> externalStore;
    void registerAttributes();
    void registerTypes();

  public:
  }];
}

class Compress_Attr<string name, string attrMnemonic, list<Trait> traits = []>
    : AttrDef<Compress_Dialect, name, traits> {
  let mnemonic = attrMnemonic;
}

#endif // COMPRESS_DIALECT_COMPRESS_IR_COMPRESSBASE_TD
