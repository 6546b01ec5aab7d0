# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes the text recognizer of PP-OCRv4, with lines of rendered text as its task.

The package `rapidocr-onnxruntime` holds the model, whose metadata lists its
characters. The lines are words of WordNet's definitions in the font that Pillow
brings.
"""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

import onnx_models
from minilm import wordnet

PACKAGE = "rapidocr_onnxruntime"
MODEL = "models/ch_PP-OCRv4_rec_infer.onnx"
INPUT = "x"
# The model reads images of this height.
HEIGHT, WIDTH = 48, 320
FONT_SIZE = 28
LINES = 40
TIMED_LINES = 4


def text_lines(dictionary, count, width=WIDTH):
    """The words of definitions from the front, as many as fit into a line."""
    font = ImageFont.load_default(FONT_SIZE)
    lines = []
    for definition in wordnet.task(dictionary, 1, 2 * count)[1]:
        line = ""
        for word in definition.split():
            longer = f"{line} {word}".strip()
            if font.getlength(longer) > width - 20:
                break
            line = longer
        if len(line) >= 10:
            lines.append(line)
    return lines[:count]


def render(line, width=WIDTH):
    """A line in black on white, in three equal planes from -1 to 1."""
    image = Image.new("L", (width, HEIGHT), 255)
    font = ImageFont.load_default(FONT_SIZE)
    ImageDraw.Draw(image).text((10, HEIGHT // 2), line, 0, font, anchor="lm")
    plane = np.asarray(image, np.float32) / np.float32(127.5) - 1
    return np.stack([plane] * 3)


def characters(model):
    """What the classes stand for: nothing, the characters of the model's metadata,
    and a space."""
    import onnxruntime

    metadata = onnxruntime.InferenceSession(str(model)).get_modelmeta()
    listed = metadata.custom_metadata_map["character"].splitlines()
    return ["", *listed, " "]


def decode(classes, alphabet):
    """The text of one row: of equal neighbours one counts, and class 0 is nothing
    (connectionist temporal classification, Graves et al., 2006)."""
    kept = classes[np.append(True, classes[1:] != classes[:-1])]
    return "".join(alphabet[c] for c in kept)


def edit_distance(a, b):
    """Least number of characters to insert, remove or replace (Levenshtein)."""
    row = np.arange(len(b) + 1)
    for i, x in enumerate(a, 1):
        previous, row = row, np.empty_like(row)
        row[0] = i
        for j, y in enumerate(b, 1):
            row[j] = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (x != y))
    return int(row[-1])


def metrics(outputs, labels):
    (scores,) = outputs.values()
    alphabet = labels["alphabet"]
    # The model may see spaces at the ends, of which the labels have none.
    found = [decode(row.argmax(axis=1), alphabet).strip() for row in scores]
    pairs = list(zip(labels["text"].tolist(), found))
    wrong = sum(edit_distance(text, read) for text, read in pairs)
    return {
        "characters": 1 - wrong / sum(len(text) for text, _ in pairs),
        "lines": sum(text == read for text, read in pairs) / len(pairs),
    }


def prepare(directory, dictionary, count=LINES, width=WIDTH):
    model = onnx_models.package_directory(PACKAGE) / MODEL
    lines = text_lines(dictionary, count, width)
    inputs = {INPUT: np.stack([render(line, width) for line in lines])}
    labels = {"text": np.array(lines), "alphabet": np.array(characters(model))}
    task = (
        f"Share of characters and of whole lines that are read right, of {len(lines)} "
        f"lines; a timed call has {TIMED_LINES}.\n"
    )
    shapes = {INPUT: (None, 3, HEIGHT, None)}
    reference = onnx_models.prepare(
        directory, model, inputs, labels, TIMED_LINES, task, shapes
    )
    return metrics(reference, labels)
