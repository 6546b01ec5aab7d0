//===- CompressTypes.td - Types -*- tablegen -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_COMPRESS_IR_COMPRESSTYPES_TD
#define COMPRESS_DIALECT_COMPRESS_IR_COMPRESSTYPES_TD

include "compress/Dialect/Compress/IR/CompressAttrs.td"

def CompressedTensorType : TypeDef<Compress_Dialect, "CompressedTensor"> {
  let mnemonic = "tensor";
  let summary = "a compressed tensor";
  let description = [{
    A tensor of the given dense shape and element type, stored by a scheme. It is
    no `tensor` type: only the ops of this dialect read it.

    Constraints: element type f32, f16 or bf16; the scheme's constraints for the
    shape. A dimension may be dynamic where no component packs several elements
    into a byte along it.

    Example:

    ```mlir
    !compress.tensor<4096x4096xf16, #compress.scheme<storage = #compress.affine<i8>>>
    ```
  }];
  let parameters = (ins
    ArrayRefParameter<"int64_t", "dense shape">:$shape,
    "Type":$elementType,
    "SchemeAttrInterface":$scheme
  );
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    int64_t getRank() const { return getShape().size(); }
    bool hasStaticShape() const { return !ShapedType::isDynamicShape(getShape()); }
    /// The dense tensor type.
    RankedTensorType getDenseType() const {
      return RankedTensorType::get(getShape(), getElementType());
    }
    /// The components in canonical order.
    SmallVector<ComponentSpec> getComponents() const;
  }];
}

#endif // COMPRESS_DIALECT_COMPRESS_IR_COMPRESSTYPES_TD
