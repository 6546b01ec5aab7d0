# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Prints all-MiniLM-L6-v2 as MLIR: BERT encoder, mean pooling, L2 norm.

The architecture is BERT's (Devlin et al., 2019, arXiv:1810.04805) with the
pooling of Sentence-BERT (Reimers and Gurevych, 2019, arXiv:1908.10084). The
sequence length is static, the batch is dynamic. Linear layers contract
[tokens, in] with the stored [out, in] matrix, so no weight is transposed.
"""

import argparse

from mlir_text import Function, Module, Value

LAYERS = 6
HEADS = 12
HEAD_SIZE = 32
HIDDEN = HEADS * HEAD_SIZE
INTERMEDIATE = 1536
VOCABULARY = 30522
POSITIONS = 512
LAYER_NORM_EPS = 1e-12
MASKED_SCORE = -1e9
WEIGHTS_FILE = "model.safetensors"
SEQUENCE = 32


class Encoder:
    def __init__(self, sequence):
        batch = ("%batch", sequence)
        self.ids = Value("%input_ids", batch, "i64")
        self.mask = Value("%attention_mask", batch, "i64")
        self.sequence = sequence
        self.module = Module(WEIGHTS_FILE)
        self.f = f = Function(self.module, "main", [self.ids, self.mask])
        f.dim("%batch", self.ids, 0)
        length = f.scalar(sequence, "index")
        f.op("%tokens", f"arith.muli %batch, {length} : index")
        self.zero = f.scalar("0.0")
        self.one = f.scalar("1.0")
        self.lowest = f.scalar("0xFF800000")
        self.half = f.scalar("0.5")
        self.rsqrt2 = f.scalar("0.707106781")
        self.hidden_size = f.scalar(f"{HIDDEN}.0")
        self.eps = f.scalar(f"{LAYER_NORM_EPS:e}")
        self.attention_scale = f.scalar(f"{HEAD_SIZE**-0.5:.9e}")
        self.masked = f.scalar(f"{MASKED_SCORE:e}")
        self.pool_floor = f.scalar("1.0e-09")
        self.norm_floor = f.scalar("1.0e-12")

    def map(self, inputs, shape, maps, body, loc):
        """An elementwise op with a result of the given shape."""
        init = self.f.empty(shape, loc)
        maps = [*maps, "".join(str(i) for i in range(len(shape)))]
        return self.f.generic(inputs, init, "p" * len(shape), maps, body, loc)

    def reduce(self, x, combine, init, loc):
        """Reduces the last dimension."""
        rank = len(x.shape)
        every = "".join(str(i) for i in range(rank))
        init = self.f.filled(x.shape[:-1], init, loc)
        return self.f.generic(
            [x],
            init,
            "p" * (rank - 1) + "r",
            [every, every[:-1]],
            [f"{{a}} = {combine} {{0}}, {{acc}} : f32"],
            loc,
        )

    def contract(self, lhs, rhs, shape, iterators, maps, loc):
        """A contraction of two activations."""
        init = self.f.filled(shape, self.zero, loc)
        body = [
            "{a} = arith.mulf {0}, {1} : f32",
            "{b} = arith.addf {acc}, {a} : f32",
        ]
        return self.f.generic([lhs, rhs], init, iterators, maps, body, loc)

    def linear(self, x, name, fan_out, extra=()):
        """x · weightᵀ + bias; `extra` continues the body from {a}."""
        fan_in = x.shape[1]
        weight = self.f.weight(f"{name}.weight", fan_out, fan_in)
        bias = self.f.weight(f"{name}.bias", fan_out)
        product = self.f.matmul(x, weight, self.zero, name, transposed=True)
        body = ["{a} = arith.addf {0}, {1} : f32", *extra]
        return self.map(
            [product, bias], product.shape, ["01", "1"], body, f"{name}.bias"
        )

    def gelu(self):
        """x · (1 + erf(x / √2)) / 2, on {a}."""
        return [
            f"{{b}} = arith.mulf {{a}}, {self.rsqrt2} : f32",
            "{c} = math.erf {b} : f32",
            f"{{d}} = arith.addf {{c}}, {self.one} : f32",
            f"{{e}} = arith.mulf {{a}}, {self.half} : f32",
            "{f} = arith.mulf {e}, {d} : f32",
        ]

    def layer_norm(self, x, name):
        """(x - mean) / √(variance + eps) · weight + bias over the last dim."""
        weight = self.f.weight(f"{name}.weight", HIDDEN)
        bias = self.f.weight(f"{name}.bias", HIDDEN)
        total = self.reduce(x, "arith.addf", self.zero, name)
        centred = self.map(
            [x, total],
            x.shape,
            ["01", "0"],
            [
                f"{{a}} = arith.divf {{1}}, {self.hidden_size} : f32",
                "{b} = arith.subf {0}, {a} : f32",
            ],
            name,
        )
        square = self.map(
            [centred], x.shape, ["01"], ["{a} = arith.mulf {0}, {0} : f32"], name
        )
        variance = self.reduce(square, "arith.addf", self.zero, name)
        return self.map(
            [centred, variance, weight, bias],
            x.shape,
            ["01", "0", "1", "1"],
            [
                f"{{a}} = arith.divf {{1}}, {self.hidden_size} : f32",
                f"{{b}} = arith.addf {{a}}, {self.eps} : f32",
                "{c} = math.sqrt {b} : f32",
                "{d} = arith.divf {0}, {c} : f32",
                "{e} = arith.mulf {d}, {2} : f32",
                "{f} = arith.addf {e}, {3} : f32",
            ],
            name,
        )

    def add(self, x, y, loc):
        return self.map(
            [x, y], x.shape, ["01", "01"], ["{a} = arith.addf {0}, {1} : f32"], loc
        )

    def embeddings(self):
        """Word + position + token type 0, then layer norm, as [tokens, HIDDEN]."""
        f, name = self.f, "embeddings"
        word = f.weight(f"{name}.word_embeddings.weight", VOCABULARY, HIDDEN)
        position = f.weight(f"{name}.position_embeddings.weight", POSITIONS, HIDDEN)
        kind = f.weight(f"{name}.token_type_embeddings.weight", 2, HIDDEN)
        first = f.scalar(0, "index")
        x = self.map(
            [self.ids],
            ("%batch", self.sequence, HIDDEN),
            ["01"],
            [
                "{a} = arith.index_cast {0} : i64 to index",
                "{b} = linalg.index 1 : index",
                "{c} = linalg.index 2 : index",
                f"{{d}} = tensor.extract {word.name}[{{a}}, {{c}}] : {word.type}",
                f"{{e}} = tensor.extract {position.name}[{{b}}, {{c}}] : {position.type}",
                f"{{f}} = tensor.extract {kind.name}[{first}, {{c}}] : {kind.type}",
                "{g} = arith.addf {d}, {f} : f32",
                "{h} = arith.addf {g}, {e} : f32",
            ],
            name,
        )
        x = f.reshape(x, "[[0, 1], [2]]", ("%tokens", HIDDEN), name)
        return self.layer_norm(x, f"{name}.LayerNorm")

    def split_heads(self, x, loc):
        shape = ("%batch", self.sequence, HEADS, HEAD_SIZE)
        return self.f.reshape(x, "[[0, 1], [2, 3]]", shape, loc)

    def attention(self, x, bias, name):
        heads = {}
        for part in ("query", "key", "value"):
            loc = f"{name}.self.{part}"
            heads[part] = self.split_heads(self.linear(x, loc, HIDDEN), loc)
        loc = f"{name}.self.scores"
        shape = ("%batch", HEADS, self.sequence, self.sequence)
        # Iteration space: batch, head, query position, key position, head size.
        scores = self.contract(
            heads["query"], heads["key"], shape, "ppppr", ["0214", "0314", "0123"], loc
        )
        scores = self.map(
            [scores, bias],
            shape,
            ["0123", "03"],
            [
                f"{{a}} = arith.mulf {{0}}, {self.attention_scale} : f32",
                "{b} = arith.addf {a}, {1} : f32",
            ],
            loc,
        )
        loc = f"{name}.self.softmax"
        highest = self.reduce(scores, "arith.maximumf", self.lowest, loc)
        weights = self.map(
            [scores, highest],
            shape,
            ["0123", "012"],
            ["{a} = arith.subf {0}, {1} : f32", "{b} = math.exp {a} : f32"],
            loc,
        )
        total = self.reduce(weights, "arith.addf", self.zero, loc)
        weights = self.map(
            [weights, total],
            shape,
            ["0123", "012"],
            ["{a} = arith.divf {0}, {1} : f32"],
            loc,
        )
        loc = f"{name}.self.context"
        # Iteration space: batch, query position, head, head size, key position.
        context = self.contract(
            weights,
            heads["value"],
            ("%batch", self.sequence, HEADS, HEAD_SIZE),
            "ppppr",
            ["0214", "0423", "0123"],
            loc,
        )
        shape = ("%tokens", HIDDEN)
        context = self.f.reshape(context, "[[0, 1], [2, 3]]", shape, loc)
        return self.linear(context, f"{name}.output.dense", HIDDEN)

    def layer(self, x, bias, name):
        attended = self.attention(x, bias, f"{name}.attention")
        loc = f"{name}.attention.output.LayerNorm"
        x = self.layer_norm(self.add(attended, x, loc), loc)
        inner = self.linear(x, f"{name}.intermediate.dense", INTERMEDIATE, self.gelu())
        outer = self.linear(inner, f"{name}.output.dense", HIDDEN)
        loc = f"{name}.output.LayerNorm"
        return self.layer_norm(self.add(outer, x, loc), loc)

    def attention_bias(self):
        """0 where a token is, MASKED_SCORE where padding is."""
        return self.map(
            [self.mask],
            self.mask.shape,
            ["01"],
            [
                "{a} = arith.sitofp {0} : i64 to f32",
                f"{{b}} = arith.subf {self.one}, {{a}} : f32",
                f"{{c}} = arith.mulf {{b}}, {self.masked} : f32",
            ],
            "attention_mask",
        )

    def pooled(self, x):
        """Mean over the tokens that the mask keeps, divided by its L2 norm."""
        loc, shape = "pooling", ("%batch", self.sequence, HIDDEN)
        x = self.f.reshape(x, "[[0, 1], [2]]", shape, loc)
        mask = self.map(
            [self.mask],
            self.mask.shape,
            ["01"],
            ["{a} = arith.sitofp {0} : i64 to f32"],
            loc,
        )
        count = self.reduce(mask, "arith.addf", self.zero, loc)
        shape = ("%batch", HIDDEN)
        total = self.contract(x, mask, shape, "ppr", ["021", "02", "01"], loc)
        mean = self.map(
            [total, count],
            shape,
            ["01", "0"],
            [
                f"{{a}} = arith.maximumf {{1}}, {self.pool_floor} : f32",
                "{b} = arith.divf {0}, {a} : f32",
            ],
            loc,
        )
        loc = "normalize"
        square = self.map(
            [mean], shape, ["01"], ["{a} = arith.mulf {0}, {0} : f32"], loc
        )
        norm = self.reduce(square, "arith.addf", self.zero, loc)
        return self.map(
            [mean, norm],
            shape,
            ["01", "0"],
            [
                "{a} = math.sqrt {1} : f32",
                f"{{b}} = arith.maximumf {{a}}, {self.norm_floor} : f32",
                "{c} = arith.divf {0}, {b} : f32",
            ],
            loc,
        )


def build(sequence=SEQUENCE):
    encoder = Encoder(sequence)
    x = encoder.embeddings()
    bias = encoder.attention_bias()
    for i in range(LAYERS):
        x = encoder.layer(x, bias, f"encoder.layer.{i}")
    encoder.f.finish({"embedding": encoder.pooled(x)})
    return str(encoder.module)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--sequence", type=int, default=SEQUENCE, help="tokens per sequence"
    )
    print(build(parser.parse_args().sequence), end="")
