# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Files of known types, all made of the standard library of Python.

Each module of the library gives one file of every type: its text, or what the
library's own writers make of it.
"""

import ast
import bz2
import csv
import gzip
import io
import json
import lzma
import marshal
import pickle
import plistlib
import pydoc
import sqlite3
import sysconfig
import tarfile
import tokenize
import wave
import zipfile
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

# Modules of every size and kind, which all releases of the last years have.
MODULES = ("argparse", "bisect", "contextlib", "fractions", "heapq", "textwrap")


def tokens(source):
    lines = io.StringIO(source).readline
    return [
        (tokenize.tok_name[t.type], t.string, *t.start)
        for t in tokenize.generate_tokens(lines)
        if t.string.strip()
    ]


def tree(node):
    """The syntax tree as nested dictionaries and lists."""
    if isinstance(node, ast.AST):
        fields = {name: tree(value) for name, value in ast.iter_fields(node)}
        return {"node": type(node).__name__, **fields}
    if isinstance(node, list):
        return [tree(item) for item in node]
    return node if isinstance(node, (str, int, bool, type(None))) else repr(node)


def as_python(name, source):
    return source.encode()


def as_bytecode(name, source):
    # The flags, time and size of a file that does not depend on them.
    header = MAGIC_NUMBER + bytes(12)
    return header + marshal.dumps(compile(source, f"{name}.py", "exec"))


def as_html(name, source):
    return pydoc.html.page(name, pydoc.html.document(__import__(name))).encode()


def as_json(name, source):
    return json.dumps(tree(ast.parse(source)), indent=1).encode()


def as_jsonl(name, source):
    keys = ("kind", "text", "line", "column")
    return "\n".join(json.dumps(dict(zip(keys, t))) for t in tokens(source)).encode()


def as_csv(name, source):
    file = io.StringIO()
    csv.writer(file).writerows([("kind", "text", "line", "column"), *tokens(source)])
    return file.getvalue().encode()


def as_xml(name, source):
    root = ElementTree.Element("tokens", module=name)
    for kind, text, line, column in tokens(source):
        place = {"line": str(line), "column": str(column)}
        ElementTree.SubElement(root, kind.lower(), place).text = text
    ElementTree.indent(root)
    return ElementTree.tostring(root, "utf-8", xml_declaration=True)


def as_plist(name, source):
    lines = {f"line{n}": text for n, text in enumerate(source.splitlines())}
    return plistlib.dumps(lines, fmt=plistlib.FMT_BINARY)


def as_sqlite(name, source):
    database = sqlite3.connect(":memory:")
    database.execute("create table token(kind, text, line, position)")
    database.executemany("insert into token values (?, ?, ?, ?)", tokens(source))
    database.commit()
    return database.serialize()


def as_zip(name, source):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}.py", source)
    return file.getvalue()


def as_tar(name, source):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        member = tarfile.TarInfo(f"{name}.py")
        member.size = len(source.encode())
        archive.addfile(member, io.BytesIO(source.encode()))
    return file.getvalue()


def as_wav(name, source):
    file = io.BytesIO()
    with wave.open(file, "w") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", "not compressed"))
        samples = np.frombuffer(source.encode(), np.uint8).astype("<i2") * 64
        sound.writeframes(samples.tobytes())
    return file.getvalue()


def as_npy(name, source):
    file = io.BytesIO()
    np.save(file, np.frombuffer(source.encode(), np.uint8).astype(np.float32))
    return file.getvalue()


def as_pickle(name, source):
    return pickle.dumps(tokens(source), protocol=4)


# The writers by the model's names of the types.
WRITERS = {
    "python": as_python,
    "pythonbytecode": as_bytecode,
    "html": as_html,
    "json": as_json,
    "jsonl": as_jsonl,
    "csv": as_csv,
    "xml": as_xml,
    "applebplist": as_plist,
    "sqlite": as_sqlite,
    "zip": as_zip,
    "tar": as_tar,
    "gzip": lambda name, source: gzip.compress(source.encode(), mtime=0),
    "bzip": lambda name, source: bz2.compress(source.encode()),
    "xz": lambda name, source: lzma.compress(source.encode()),
    "wav": as_wav,
    "npy": as_npy,
    "pickle": as_pickle,
}


def make(modules=MODULES):
    """Pairs of a type's name and the bytes of a file."""
    library = Path(sysconfig.get_paths()["stdlib"])
    files = []
    for name in modules:
        source = (library / f"{name}.py").read_text(encoding="utf-8")
        files += [(kind, write(name, source)) for kind, write in WRITERS.items()]
    return files
