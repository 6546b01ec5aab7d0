#!/usr/bin/env python3
"""Checks that the relative links of Markdown pages lead to a file."""

import argparse
import pathlib
import re
import sys

LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)#\s]+)(#[^)]*)?\)")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", type=pathlib.Path, nargs="+")
    dead = 0
    for page in parser.parse_args().pages:
        for number, line in enumerate(page.read_text().splitlines(), 1):
            for link in LINK.finditer(line):
                target = link["target"]
                if not re.match(r"[a-z]+:", target) and not (page.parent / target).exists():
                    print(f"{page}:{number}: the link to '{target}' leads nowhere")
                    dead += 1
    return 1 if dead else 0


if __name__ == "__main__":
    sys.exit(main())
