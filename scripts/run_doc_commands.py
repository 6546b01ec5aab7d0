#!/usr/bin/env python3
"""Runs the commands that Markdown pages show, so that no page shows a dead one.

Every fenced block marked "sh" runs with bash in a scratch folder that looks like
the repository's root, with the built tools on PATH; blocks of one page share the
folder, in order. A block that cannot run here says why in its fence:
"```sh no-run: installs packages".
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

FENCE = re.compile(r"^(?P<indent> *)```(?P<info>.*)$")
# The longest block regenerates a table from a real model.
BLOCK_SECONDS = 900


def shell_blocks(page):
    """Yields (line, text) of each block to run, or raises ValueError."""
    opened = None
    for number, line in enumerate(page.read_text().splitlines(), 1):
        fence = FENCE.match(line)
        if opened is None:
            if fence:
                opened, lines = (number, fence["indent"], fence["info"].strip()), []
        elif fence and not fence["info"]:
            start, indent, info = opened
            opened = None
            language, _, rest = info.partition(" ")
            if language in ("bash", "shell", "console"):
                raise ValueError(
                    f"{page}:{start}: found a '{language}' fence, which nobody checks; "
                    "expected 'sh', or 'sh no-run: REASON'"
                )
            if language != "sh":
                continue
            if not rest:
                yield start, "\n".join(text.removeprefix(indent) for text in lines)
            elif not re.match(r"no-run: \S", rest):
                raise ValueError(f"{page}:{start}: found '{rest}' after 'sh'; expected 'no-run: REASON'")
        else:
            lines.append(line)
    if opened is not None:
        raise ValueError(f"{page}:{opened[0]}: this fence is never closed")


def run_page(page, root, build):
    """Runs the blocks of a page; returns whether all succeeded, and how many ran."""
    blocks = list(shell_blocks(page))
    if not blocks:
        return True, 0
    with tempfile.TemporaryDirectory() as scratch:
        for entry in root.iterdir():
            if entry.name not in ("build", ".git"):
                pathlib.Path(scratch, entry.name).symlink_to(entry)
        pathlib.Path(scratch, "build").symlink_to(build)
        path = os.pathsep.join([str(build / "bin"), os.path.dirname(sys.executable), os.environ["PATH"]])
        for line, text in blocks:
            try:
                result = subprocess.run(
                    ["bash", "-euo", "pipefail", "-c", text],
                    cwd=scratch, env={**os.environ, "PATH": path}, timeout=BLOCK_SECONDS,
                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                )
            except subprocess.TimeoutExpired:
                print(f"{page}:{line}: this block was stopped after {BLOCK_SECONDS} s\n{text}")
                return False, len(blocks)
            if result.returncode:
                print(f"{page}:{line}: this block ended with status {result.returncode}\n{text}\n{result.stdout}")
                return False, len(blocks)
    return True, len(blocks)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=pathlib.Path, required=True, help="the repository")
    parser.add_argument("--build", type=pathlib.Path, required=True, help="the build tree with the tools")
    parser.add_argument("pages", type=pathlib.Path, nargs="+")
    arguments = parser.parse_args()
    failed = False
    for page in arguments.pages:
        try:
            passed, count = run_page(page, arguments.root.resolve(), arguments.build.resolve())
        except ValueError as error:
            print(error)
            passed, count = False, 0
        failed |= not passed
        print(f"{page.name}: {count} blocks, {'passed' if passed else 'FAILED'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
