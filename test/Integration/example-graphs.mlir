// The checked-in graphs are modules of the dialect: every layer's name is a
// location, every weight an entry of a file.

// RUN: compress-opt %examples/models/fashion_mnist/fashion_mnist.mlir --mlir-print-debuginfo | FileCheck %s --check-prefix=MLP
// MLP: func.func @main(%{{.*}}: tensor<?x784xf32> {compress.name = "input"}
// MLP: #compress.external<"fashion_mnist.safetensors", "fc1.weight"> : tensor<784x256xf32>
// MLP: = loc("fc3")

// RUN: compress-opt %examples/models/minilm/minilm.mlir --mlir-print-debuginfo | FileCheck %s --check-prefix=BERT
// BERT: func.func @main(%{{.*}}: tensor<?x32xi64> {compress.name = "input_ids"}
// BERT: #compress.external<"model.safetensors", "encoder.layer.5.output.dense.weight"> : tensor<384x1536xf32>
// BERT: = loc("encoder.layer.5.output.dense")
