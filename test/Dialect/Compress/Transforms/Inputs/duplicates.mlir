ml_program.global private @first(#compress.external<"w.safetensors", "first"> : tensor<64x32xf32>) : tensor<64x32xf32>
ml_program.global private @second(#compress.external<"w.safetensors", "tied"> : tensor<64x32xf32>) : tensor<64x32xf32>
func.func @main() -> (tensor<64x32xf32>, tensor<64x32xf32>, tensor<64x32xf32>, tensor<64x32xf32>, tensor<2048xf32>) {
  %0 = ml_program.global_load_const @first : tensor<64x32xf32>
  %1 = ml_program.global_load_const @second : tensor<64x32xf32>
  %2 = arith.constant #compress.external<"w.safetensors", "copy"> : tensor<64x32xf32>
  %3 = arith.constant #compress.external<"w.safetensors", "close"> : tensor<64x32xf32>
  %4 = arith.constant #compress.external<"w.safetensors", "flat"> : tensor<2048xf32>
  return %0, %1, %2, %3, %4 : tensor<64x32xf32>, tensor<64x32xf32>, tensor<64x32xf32>, tensor<64x32xf32>, tensor<2048xf32>
}
