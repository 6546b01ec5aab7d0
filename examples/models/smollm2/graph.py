# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Prints SmolLM2 as MLIR: a transformer decoder with a key-value cache.

The architecture is Llama's (Touvron et al., 2023, arXiv:2302.13971): RMS norm
(arXiv:1910.07467), rotary position embedding (arXiv:2104.09864), grouped-query
attention (arXiv:2305.13245), SwiGLU (arXiv:2002.05202), and one matrix for the
embedding and the output. Linear layers contract [tokens, in] with the stored
[out, in] matrix.

A private function `forward` runs any number of tokens from any position on;
what the public ones add is described where they are printed.
"""

import argparse
from typing import NamedTuple

from mlir_text import Function, Module, Scalar, Value

WEIGHTS_FILE = "smollm2.gguf"


class Config(NamedTuple):
    layers: int
    heads: int
    kv_heads: int
    head_size: int
    intermediate: int
    vocabulary: int
    rope_base: float
    eps: float

    @property
    def hidden(self):
        return self.heads * self.head_size


SMOLLM2_135M = Config(30, 9, 3, 64, 1536, 49152, 100000.0, 1e-5)


class Printer:
    """Ops that are common to the functions."""

    def __init__(self, module, name, arguments):
        self.f = f = Function(module, name, arguments)
        self.zero = f.scalar("0.0")
        self.lowest = f.scalar("0xFF800000")

    def map(self, inputs, shape, maps, body, loc, element="f32"):
        """An elementwise op with a result of the given shape."""
        init = self.f.empty(shape, loc, element)
        maps = [*maps, "".join(str(i) for i in range(len(shape)))]
        return self.f.generic(inputs, init, "p" * len(shape), maps, body, loc)

    def reduce(self, x, body, init, loc, element="f32"):
        """Reduces the last dimension."""
        rank = len(x.shape)
        every = "".join(str(i) for i in range(rank))
        init = self.f.filled(x.shape[:-1], init, loc, element)
        iterators = "p" * (rank - 1) + "r"
        return self.f.generic([x], init, iterators, [every, every[:-1]], body, loc)

    def sum(self, x, loc):
        return self.reduce(x, ["{a} = arith.addf {acc}, {0} : f32"], self.zero, loc)

    def highest(self, x, loc):
        body = ["{a} = arith.maximumf {acc}, {0} : f32"]
        return self.reduce(x, body, self.lowest, loc)

    def argmax(self, x, highest, loc):
        """The first index of the last dimension where `x` is `highest`."""
        rank = len(x.shape)
        every = "".join(str(i) for i in range(rank))
        last = self.f.scalar(2**63 - 1, "i64")
        init = self.f.filled(x.shape[:-1], last, loc, "i64")
        body = [
            f"{{a}} = linalg.index {rank - 1} : index",
            "{b} = arith.index_cast {a} : index to i64",
            "{c} = arith.cmpf oeq, {0}, {1} : f32",
            f"{{d}} = arith.select {{c}}, {{b}}, {last} : i64",
            "{e} = arith.minsi {acc}, {d} : i64",
        ]
        iterators = "p" * (rank - 1) + "r"
        maps = [every, every[:-1], every[:-1]]
        return self.f.generic([x, highest], init, iterators, maps, body, loc)

    def contract(self, lhs, rhs, shape, iterators, maps, loc):
        """A contraction of two activations."""
        init = self.f.filled(shape, self.zero, loc)
        body = [
            "{a} = arith.mulf {0}, {1} : f32",
            "{b} = arith.addf {acc}, {a} : f32",
        ]
        return self.f.generic([lhs, rhs], init, iterators, maps, body, loc)


class Forward(Printer):
    """Logits of the tokens from number `first` on, and the new cache.

    The cache holds keys and values as [layer, head, position, head_size]; the
    tokens are at `position` and the ones after it.
    """

    NAME = "forward"

    @staticmethod
    def cache(config, name, capacity):
        shape = (config.layers, config.kv_heads, capacity, config.head_size)
        return Value(name, shape, "f32")

    def __init__(self, module, config):
        self.config = config
        self.tokens = Value("%tokens", ("%length",), "i64")
        self.keys = self.cache(config, "%keys", "%capacity")
        self.values = self.cache(config, "%values", "%capacity")
        self.position = Scalar("%position", "index")
        self.first = Scalar("%first", "index")
        super().__init__(
            module,
            self.NAME,
            [self.tokens, self.keys, self.values, self.position, self.first],
        )
        f = self.f
        f.dim("%length", self.tokens, 0)
        f.dim("%capacity", self.keys, 2)
        f.op("%end", "arith.addi %position, %length : index")
        f.op("%rows", "arith.subi %length, %first : index")
        self.one = f.scalar("1.0")
        self.eps = f.scalar(f"{config.eps:e}")
        self.hidden_size = f.scalar(f"{config.hidden}.0")
        self.attention_scale = f.scalar(f"{config.head_size**-0.5:.9e}")

    def rms_norm(self, x, name):
        """x / √(mean(x²) + eps) · weight."""
        weight = self.f.weight(f"{name}.weight", self.config.hidden)
        body = ["{a} = arith.mulf {0}, {0} : f32", "{b} = arith.addf {acc}, {a} : f32"]
        total = self.reduce(x, body, self.zero, name)
        return self.map(
            [x, total, weight],
            x.shape,
            ["01", "0", "1"],
            [
                f"{{a}} = arith.divf {{1}}, {self.hidden_size} : f32",
                f"{{b}} = arith.addf {{a}}, {self.eps} : f32",
                "{c} = math.sqrt {b} : f32",
                "{d} = arith.divf {0}, {c} : f32",
                "{e} = arith.mulf {d}, {2} : f32",
            ],
            name,
        )

    def linear(self, x, name, fan_out):
        weight = self.f.weight(f"{name}.weight", fan_out, x.shape[1])
        return self.f.matmul(x, weight, self.zero, name, transposed=True)

    def rotation_tables(self):
        """Cosines, and sines with the sign of the partner, as [length, head_size].

        The elements 2i and 2i + 1 of a head are the plane that turns by
        position · base^(-2i / head_size).
        """
        size, loc = self.config.head_size, "rope"
        rates = [self.config.rope_base ** -(d // 2 * 2 / size) for d in range(size)]
        rates = self.f.literal([f"{r:.9e}" for r in rates], "f32", loc)
        signs = self.f.literal(["-1.0", "1.0"] * (size // 2), "f32", loc)
        angle = [
            "{a} = linalg.index 0 : index",
            f"{{b}} = arith.addi {{a}}, {self.position.name} : index",
            "{c} = arith.index_cast {b} : index to i64",
            "{d} = arith.sitofp {c} : i64 to f32",
            "{e} = arith.mulf {d}, {0} : f32",
        ]
        shape = ("%length", size)
        cosine = self.map(
            [rates], shape, ["1"], [*angle, "{f} = math.cos {e} : f32"], loc
        )
        sine = [*angle, "{f} = math.sin {e} : f32", "{g} = arith.mulf {f}, {1} : f32"]
        return cosine, self.map([rates, signs], shape, ["1", "1"], sine, loc)

    def heads(self, x, count, loc):
        shape = ("%length", count, self.config.head_size)
        return self.f.reshape(x, "[[0], [1, 2]]", shape, loc)

    def rotated(self, x, tables, loc):
        """[length, heads, head_size] to [heads, length, head_size], turned."""
        length, heads, size = x.shape
        one = self.f.scalar(1, "index")
        body = [
            "{a} = linalg.index 0 : index",
            "{b} = linalg.index 1 : index",
            "{c} = linalg.index 2 : index",
            f"{{d}} = arith.xori {{c}}, {one} : index",
            f"{{e}} = tensor.extract {x.name}[{{b}}, {{a}}, {{d}}] : {x.type}",
            "{f} = arith.mulf {0}, {1} : f32",
            "{g} = arith.mulf {e}, {2} : f32",
            "{h} = arith.addf {f}, {g} : f32",
        ]
        shape = (heads, length, size)
        return self.map([x, *tables], shape, ["102", "12", "12"], body, loc)

    def cached(self, cache, part, layer, loc):
        """The cache with `part` at the position, and all it has of the layer."""
        heads, size = self.config.kv_heads, self.config.head_size
        shape = (1, heads, "%length", size)
        cache = self.f.insert(part, cache, (layer, 0, "%position", 0), shape, loc)
        shape = (1, heads, "%end", size)
        return cache, self.f.slice(cache, (layer, 0, 0, 0), shape, loc, dropped=(0,))

    def attention(self, x, layer, tables, name):
        config, f = self.config, self.f
        kv, group = config.kv_heads, config.heads // config.kv_heads
        size = config.head_size
        parts = {}
        for part, heads in (("q", config.heads), ("k", kv), ("v", kv)):
            loc = f"{name}.attn_{part}"
            parts[part] = self.heads(self.linear(x, loc, heads * size), heads, loc)
        query = self.rotated(parts["q"], tables, f"{name}.attn_q")
        key = self.rotated(parts["k"], tables, f"{name}.attn_k")
        loc = f"{name}.attn_v"
        value = self.map([parts["v"]], (kv, "%length", size), ["102"], [], loc)
        self.keys, keys = self.cached(self.keys, key, layer, f"{name}.attn_k")
        self.values, values = self.cached(self.values, value, layer, loc)
        # Query head h reads key-value head h // group.
        loc = f"{name}.scores"
        shape = (kv, group, "%length", size)
        query = f.reshape(query, "[[0, 1], [2], [3]]", shape, loc)
        shape = (kv, group, "%length", "%end")
        # Iteration space: key-value head, group, query, key, head size.
        scores = self.contract(
            query, keys, shape, "ppppr", ["0124", "034", "0123"], loc
        )
        scores = self.map(
            [scores],
            shape,
            ["0123"],
            [
                "{a} = linalg.index 2 : index",
                "{b} = linalg.index 3 : index",
                f"{{c}} = arith.addi {{a}}, {self.position.name} : index",
                "{d} = arith.cmpi ule, {b}, {c} : index",
                f"{{e}} = arith.mulf {{0}}, {self.attention_scale} : f32",
                f"{{f}} = arith.select {{d}}, {{e}}, {self.lowest} : f32",
            ],
            loc,
        )
        loc = f"{name}.softmax"
        weights = self.map(
            [scores, self.highest(scores, loc)],
            shape,
            ["0123", "012"],
            ["{a} = arith.subf {0}, {1} : f32", "{b} = math.exp {a} : f32"],
            loc,
        )
        weights = self.map(
            [weights, self.sum(weights, loc)],
            shape,
            ["0123", "012"],
            ["{a} = arith.divf {0}, {1} : f32"],
            loc,
        )
        loc = f"{name}.context"
        # Iteration space: query, key-value head, group, head size, key.
        context = self.contract(
            weights,
            values,
            ("%length", kv, group, size),
            "ppppr",
            ["1204", "143", "0123"],
            loc,
        )
        shape = ("%length", config.hidden)
        context = f.reshape(context, "[[0], [1, 2, 3]]", shape, loc)
        return self.linear(context, f"{name}.attn_output", config.hidden)

    def feed_forward(self, x, name):
        size = self.config.intermediate
        gate = self.linear(x, f"{name}.ffn_gate", size)
        up = self.linear(x, f"{name}.ffn_up", size)
        body = [
            "{a} = arith.negf {0} : f32",
            "{b} = math.exp {a} : f32",
            f"{{c}} = arith.addf {{b}}, {self.one} : f32",
            "{d} = arith.divf {0}, {c} : f32",
            "{e} = arith.mulf {d}, {1} : f32",
        ]
        inner = self.map([gate, up], gate.shape, ["01", "01"], body, f"{name}.ffn_gate")
        return self.linear(inner, f"{name}.ffn_down", self.config.hidden)

    def add(self, x, y, loc):
        body = ["{a} = arith.addf {0}, {1} : f32"]
        return self.map([x, y], x.shape, ["01", "01"], body, loc)

    def emit(self):
        config, f = self.config, self.f
        table = f.weight("token_embd.weight", config.vocabulary, config.hidden)
        x = self.map(
            [self.tokens],
            ("%length", config.hidden),
            ["0"],
            [
                "{a} = arith.index_cast {0} : i64 to index",
                "{b} = linalg.index 1 : index",
                f"{{c}} = tensor.extract {table.name}[{{a}}, {{b}}] : {table.type}",
            ],
            "token_embd",
        )
        tables = self.rotation_tables()
        for layer in range(config.layers):
            name = f"blk.{layer}"
            y = self.rms_norm(x, f"{name}.attn_norm")
            y = self.attention(y, layer, tables, name)
            x = self.add(x, y, f"{name}.attn_output")
            y = self.feed_forward(self.rms_norm(x, f"{name}.ffn_norm"), name)
            x = self.add(x, y, f"{name}.ffn_down")
        shape = ("%rows", config.hidden)
        x = f.slice(x, (self.first.name, 0), shape, "output_norm")
        x = self.rms_norm(x, "output_norm")
        logits = f.matmul(x, table, self.zero, "output", transposed=True)
        results = {"logits": logits, "keys": self.keys, "values": self.values}
        f.finish(results, private=True)


def generate(module, config):
    """`generate(prompt, count)`: the prompt and `count` tokens after it, greedily.

    The first step runs the whole prompt, each one after it the token before.
    """
    prompt = Value("%prompt", ("%length",), "i64")
    count = Value("%count", (), "i64")
    p = Printer(module, "generate", [prompt, count])
    f = p.f
    f.dim("%length", prompt, 0)
    f.op("%wide", f"tensor.extract {count.name}[] : {count.type}")
    f.op("%steps", "arith.index_cast %wide : i64 to index")
    f.op("%capacity", "arith.addi %length, %steps : index")
    zero, one = f.scalar(0, "index"), f.scalar(1, "index")
    text = f.empty(("%capacity",), "text", "i64")
    text = f.insert(prompt, text, (0,), ("%length",), "text")
    shape = Forward.cache(config, "", "%capacity").shape
    cache = [f.empty(shape, name) for name in ("keys", "values")]

    def step(text, keys, values):
        f.op("%end", "arith.addi %length, %step : index")
        f.op("%last", f"arith.subi %end, {one} : index")
        f.op("%is_first", f"arith.cmpi eq, %step, {zero} : index")
        start = f.op("%start", f"arith.select %is_first, {zero}, %last : index")
        size = f.op("%size", f"arith.subi %end, {start} : index")
        first = f.op("%first", f"arith.subi {size}, {one} : index")
        chunk = f.slice(text, (start,), (size,), "text")
        operands = [chunk, keys, values, Scalar(start, "index"), Scalar(first, "index")]
        logits = Value("", ("%rows", config.vocabulary), "f32")
        logits, keys, values = f.call(Forward.NAME, operands, [logits, keys, values])
        logits = f.slice(logits, (0, 0), (1, config.vocabulary), "argmax")
        token = p.argmax(logits, p.highest(logits, "argmax"), "argmax")
        return f.insert(token, text, ("%end",), (1,), "text"), keys, values

    text, *_ = f.loop("%step", "%steps", [text, *cache], step)
    f.finish({"text": text})


def score(module, config):
    """`score(tokens)`: what each row's tokens cost, given those before in the row.

    `loss` is minus the logarithm of the probability of the tokens from the
    second on, `predicted` the likeliest tokens in their places.
    """
    tokens = Value("%tokens", ("%windows", "%length"), "i64")
    p = Printer(module, "score", [tokens])
    f = p.f
    f.dim("%windows", tokens, 0)
    f.dim("%length", tokens, 1)
    zero, one = f.scalar(0, "index"), f.scalar(1, "index")
    f.op("%targets", f"arith.subi %length, {one} : index")
    shape = ("%windows", "%targets")
    results = [f.empty(shape, "loss"), f.empty(shape, "predicted", "i64")]
    shape = Forward.cache(config, "", "%targets").shape
    cache = [f.empty(shape, name) for name in ("keys", "values")]

    def window(losses, predicted):
        part = ("%window", 0), (1, "%targets")
        chunk = f.slice(tokens, *part, "tokens", dropped=(0,))
        target = f.slice(
            tokens, ("%window", 1), (1, "%targets"), "tokens", dropped=(0,)
        )
        operands = [chunk, *cache, Scalar(zero, "index"), Scalar(zero, "index")]
        logits = Value("", ("%targets", config.vocabulary), "f32")
        logits, _, _ = f.call(Forward.NAME, operands, [logits, *cache])
        highest = p.highest(logits, "loss")
        best = p.argmax(logits, highest, "predicted")
        total = f.generic(
            [logits, highest],
            f.filled(("%targets",), p.zero, "loss"),
            "pr",
            ["01", "0", "0"],
            [
                "{a} = arith.subf {0}, {1} : f32",
                "{b} = math.exp {a} : f32",
                "{c} = arith.addf {acc}, {b} : f32",
            ],
            "loss",
        )
        loss = p.map(
            [target, highest, total],
            ("%targets",),
            ["0", "0", "0"],
            [
                "{a} = linalg.index 0 : index",
                "{b} = arith.index_cast {0} : i64 to index",
                f"{{c}} = tensor.extract {logits.name}[{{a}}, {{b}}] : {logits.type}",
                "{d} = math.log {2} : f32",
                "{e} = arith.addf {1}, {d} : f32",
                "{f} = arith.subf {e}, {c} : f32",
            ],
            "loss",
        )
        return (
            f.insert(loss, losses, *part, "loss"),
            f.insert(best, predicted, *part, "predicted"),
        )

    losses, predicted = f.loop("%window", "%windows", results, window)
    f.finish({"loss": losses, "predicted": predicted})


def build(config=SMOLLM2_135M, weights_file=WEIGHTS_FILE):
    module = Module(weights_file)
    Forward(module, config).emit()
    generate(module, config)
    score(module, config)
    return str(module)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.parse_args()
    print(build(), end="")
