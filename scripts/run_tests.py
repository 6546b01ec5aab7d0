#!/usr/bin/env python3
"""Builds everything and runs every test of a configured build tree.

The last line is "N passed, N failed, N skipped", summed over the build itself,
the GoogleTest cases and the lit tests; the exit status says whether any failed.
"""

import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

# A unit test binary that runs longer than this hangs.
UNIT_TEST_SECONDS = 900


def run_build(build, counts):
    """Builds all targets; warnings are errors in the tree bootstrap configures."""
    status = subprocess.run(["cmake", "--build", build]).returncode
    counts["failed" if status else "passed"] += 1
    return status == 0


def run_unit_tests(build, counts):
    """Runs each GoogleTest binary that ctest knows and sums its test cases."""
    listing = subprocess.run(
        ["ctest", "--test-dir", build, "--show-only=json-v1"],
        check=True, capture_output=True, text=True,
    )
    for test in json.loads(listing.stdout)["tests"]:
        with tempfile.TemporaryDirectory() as scratch:
            report = pathlib.Path(scratch, "report.json")
            command = test["command"] + ["--gtest_brief=1", f"--gtest_output=json:{report}"]
            print(f"-- {test['name']}", flush=True)
            try:
                status = subprocess.run(command, timeout=UNIT_TEST_SECONDS).returncode
            except subprocess.TimeoutExpired:
                print(f"{test['name']}: stopped after {UNIT_TEST_SECONDS} s")
                status = None
            if not report.exists():
                print(f"{test['name']}: ended with status {status} and without a report")
                counts["failed"] += 1
                continue
            failed = 0
            for suite in json.loads(report.read_text())["testsuites"]:
                for case in suite["testsuite"]:
                    if case.get("failures"):
                        failed += 1
                    elif case["result"] == "COMPLETED":
                        counts["passed"] += 1
                    else:
                        counts["skipped"] += 1
            # A failure outside every case, such as a crash at exit, counts too.
            if status and not failed:
                print(f"{test['name']}: ended with status {status}")
                failed = 1
            counts["failed"] += failed


# How lit's result codes are counted; a code that is not here is a failure.
LIT_CODES = {
    "PASS": "passed",
    "FLAKYPASS": "passed",
    "XFAIL": "passed",
    "UNSUPPORTED": "skipped",
}


def run_lit(lit, build, counts):
    """Runs the lit tests and sums their results."""
    with tempfile.TemporaryDirectory() as scratch:
        report = pathlib.Path(scratch, "report.json")
        command = [sys.executable, lit, "-sv", f"--output={report}", f"{build}/test"]
        status = subprocess.run(command).returncode
        if not report.exists():
            print(f"lit: ended with status {status} and without a report")
            counts["failed"] += 1
            return
        for test in json.loads(report.read_text())["tests"]:
            counts[LIT_CODES.get(test["code"], "failed")] += 1


def lit_command(build):
    """The lit beside the LLVM tools that the tree was configured with."""
    for line in pathlib.Path(build, "CMakeCache.txt").read_text().splitlines():
        if line.startswith("LLVM_DIR:"):
            return str(pathlib.Path(line.split("=", 1)[1], "../../../bin/lit").resolve())
    sys.exit(f"run_tests: {build}/CMakeCache.txt has no LLVM_DIR; configure the build first")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", help="the configured build tree")
    build = os.path.abspath(parser.parse_args().build)
    counts = collections.Counter()
    # Tests of a tree that does not build would only repeat that it does not.
    if run_build(build, counts):
        run_unit_tests(build, counts)
        run_lit(lit_command(build), build, counts)
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
