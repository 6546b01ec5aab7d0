# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What was decided for every weight, as a dictionary and as a table."""

from __future__ import annotations

import html
import json
from typing import Any

_COLUMNS = ("site", "bits", "dense bytes", "bytes", "zeros", "SQNR (dB)", "scheme")


class Report(dict[str, Any]):
    """The report of a compressed module: the object of compress-opt's report.json,
    with `sites` and `totals`. Prints as a table, in notebooks as one of HTML."""

    def __init__(self, text: str, encoded: str):
        super().__init__(json.loads(encoded))
        self._text = text

    def __str__(self) -> str:
        return self._text

    def _repr_html_(self) -> str:
        rows = [self._row(site) for site in self["sites"]]
        totals = self["totals"]
        rows.append(
            [
                f"{totals['compressed']} of {totals['sites']} sites",
                "",
                f"{totals['dense_bytes']:,}",
                f"{totals['bytes']:,}",
                "",
                "",
                f"{totals['dense_bytes'] / max(totals['bytes'], 1):.2f}x smaller",
            ]
        )
        head = "".join(f"<th>{name}</th>" for name in _COLUMNS)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
            for row in rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    @staticmethod
    def _row(site: dict[str, Any]) -> list[str]:
        def number(key: str, form: str, scale: float = 1) -> str:
            value = site.get(key)
            return "" if value is None else format(value * scale, form)

        decided = [site["scheme"], site["activation"] and "activations " + site["activation"]]
        decided.append(site["reason"])
        return [
            site["site"],
            number("effective_bits", ".2f"),
            number("dense_bytes", ","),
            number("bytes", ","),
            "" if site.get("zeros") is None else f"{site['zeros']:.1%}",
            number("sqnr_db", ".2f"),
            "; ".join(text for text in decided if text),
        ]
