# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Importing from PyTorch, where that is installed."""

import compress
import numpy as np
import pytest
from compress import importer

torch = pytest.importorskip("torch")


class Small(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.table = torch.nn.Embedding(50, 64)
        self.fc = torch.nn.Linear(64, 32)

    def forward(self, ids, scale):
        return torch.relu(self.fc(self.table(ids) * scale))


@pytest.fixture
def model():
    torch.manual_seed(0)
    small = Small().eval()
    # Integers, so that every sum is exact.
    for parameter in small.parameters():
        parameter.data = torch.randint(-8, 9, parameter.shape).float()
    return small


ARGUMENTS = (torch.arange(12).reshape(4, 3), torch.ones(1))


def check(module, model):
    function = compress.compile(module)
    assert [spec.name for spec in function.inputs] == ["ids", "scale"]
    expected = model(*ARGUMENTS).detach().numpy()
    np.testing.assert_array_equal(function(*ARGUMENTS), expected)
    report = module.compress(quantize=True).report()
    assert {site["weight"] for site in report["sites"]} >= {"table.weight", "fc.weight"}
    assert report["totals"]["compressed"] == 2


def test_a_module_with_dynamic_extents(tmp_path, model):
    shapes = {"ids": {0: torch.export.Dim("batch")}, "scale": None}
    output = tmp_path / "model.mlir"
    module = importer.import_torch(model, ARGUMENTS, output, dynamic_shapes=shapes)
    assert compress.compile(module).inputs[0].shape == (None, 3)
    check(module, model)


def test_a_file(tmp_path, model):
    path, output = tmp_path / "model.pt2", tmp_path / "model.mlir"
    torch.export.save(torch.export.export(model, ARGUMENTS), path)
    assert importer.main([str(path), "-o", str(output), "--entry", "infer"]) == 0
    check(compress.Module.parse(output), model)


def test_errors(tmp_path):
    output = tmp_path / "model.mlir"
    with pytest.raises(importer.ImportModelError, match="found int"):
        importer.import_torch(1, (), output)
    with pytest.raises(importer.ImportModelError, match="missing.pt2: cannot be read"):
        importer.import_torch(tmp_path / "missing.pt2", (), output)
