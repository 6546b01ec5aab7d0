# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A retrieval task from WordNet: find the definition of a word in use.

WordNet 3.0 (Miller, 1995, Communications of the ACM 38(11)) groups words of one
meaning into synsets, each with a definition, and some with example sentences. A
query is the words of a noun synset and its first example; the corpus is the
definitions of many synsets.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

DICTIONARY = Path("/usr/share/wordnet")
SEED = 0


class Synset(NamedTuple):
    words: tuple
    definition: str
    example: str


def synsets(dictionary):
    """Every noun synset of two words or more with an example, in file order."""
    path = dictionary / "data.noun"
    if not path.exists():
        raise SystemExit(
            f"error: {path}: no such file; install the Debian package "
            "wordnet-base or pass the folder of the dictionary with --wordnet"
        )
    result = []
    # The licence at the top is indented; fields are described in wndb(5WN).
    for line in path.read_text("utf-8").splitlines():
        if line.startswith(" "):
            continue
        fields, gloss = line.split(" | ", 1)
        fields = fields.split(" ")
        count = int(fields[3], 16)
        words = tuple(w.replace("_", " ") for w in fields[4 : 4 + 2 * count : 2])
        definition, *examples = gloss.split('"')
        if count >= 2 and examples:
            result.append(Synset(words, definition.strip(" ;"), examples[0].strip()))
    return result


def task(dictionary, queries, definitions):
    """Texts of the queries, texts of the corpus, and each query's answer."""
    rng = np.random.default_rng(SEED)
    found = synsets(dictionary)
    chosen = [found[i] for i in rng.permutation(len(found))[:definitions]]
    answers = rng.permutation(definitions)[:queries]
    texts = [f"{', '.join(chosen[i].words)}: {chosen[i].example}" for i in answers]
    return texts, [s.definition for s in chosen], answers
