"""Writes a module whose two layers are followed by a batch norm with random
statistics, the second through a scaled accumulator."""

import sys

import numpy as np

rows, inner, columns = 5, 24, 16
rng = np.random.default_rng(7)


def constant(name, *shape, positive=False):
    values = rng.normal(size=shape).astype(np.float32)
    values = np.abs(values) + np.float32(0.1) if positive else values
    text = np.array2string(values, separator=", ", threshold=sys.maxsize, formatter={"float": lambda v: f"{v:.9e}"})
    return f"  %{name} = arith.constant dense<{text}> : tensor<{'x'.join(map(str, shape))}xf32>\n"


def layer(number, source):
    n = number
    width = inner if n == 0 else columns
    text = constant(f"w{n}", width, columns)
    for name in ("bias", "mean", "gamma", "beta"):
        text += constant(f"{name}{n}", columns)
    text += constant(f"variance{n}", columns, positive=True)
    accumulator = "%fill"
    if n == 1:
        text += f"""  %init1 = linalg.broadcast ins(%bias1 : tensor<{columns}xf32>)
      outs(%empty : tensor<{rows}x{columns}xf32>) dimensions = [0]
"""
        accumulator = "%init1"
    result = f"tensor<{rows}x{columns}xf32>"
    vector = f"tensor<{columns}xf32>"
    text += f"""  %y{n} = linalg.matmul ins({source}, %w{n} : tensor<{rows}x{width}xf32>, tensor<{width}x{columns}xf32>)
      outs({accumulator} : {result}) -> {result}
  %n{n} = linalg.generic {{indexing_maps = [#id, #col, #col, #col, #col, #col, #id],
      iterator_types = ["parallel", "parallel"]}}
      ins(%y{n}, %bias{n}, %mean{n}, %variance{n}, %gamma{n}, %beta{n} : {result}, {", ".join([vector] * 5)})
      outs(%empty : {result}) {{
  ^bb0(%a: f32, %b: f32, %m: f32, %v: f32, %g: f32, %t: f32, %o: f32):
    %epsilon = arith.constant 1.0e-5 : f32
    %0 = arith.addf %a, %b : f32
    %1 = arith.subf %0, %m : f32
    %2 = arith.addf %v, %epsilon : f32
    %3 = math.sqrt %2 : f32
    %4 = arith.divf %1, %3 : f32
    %5 = arith.mulf %4, %g : f32
    %6 = arith.addf %5, %t : f32
    linalg.yield %6 : f32
  }} -> {result}
"""
    return text


print("#id = affine_map<(m, n) -> (m, n)>\n#col = affine_map<(m, n) -> (n)>")
print(f"func.func @main(%x: tensor<{rows}x{inner}xf32>) -> tensor<{rows}x{columns}xf32> {{")
print("  %zero = arith.constant 0.0 : f32")
print(f"  %empty = tensor.empty() : tensor<{rows}x{columns}xf32>")
result = f"tensor<{rows}x{columns}xf32>"
print(f"  %fill = linalg.fill ins(%zero : f32) outs(%empty : {result}) -> {result}")
print(layer(0, "%x") + layer(1, "%n0"))
print(f"  return %n1 : {result}\n}}")
