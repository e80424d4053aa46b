"""Exports are harmless to whatever opens them."""

import csv
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.security.audit import csv_line, json_line


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://evil.example")',
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "  =1+1",
        "\N{FULLWIDTH EQUALS SIGN}1+1",
        "\N{FULLWIDTH PLUS SIGN}1",
        "\N{FULLWIDTH HYPHEN-MINUS}1",
        "\N{FULLWIDTH COMMERCIAL AT}SUM(1)",
        "\N{MINUS SIGN}1",
        "\N{ZERO WIDTH SPACE}=1+1",
        "\N{ZERO WIDTH NO-BREAK SPACE}=1",
    ],
)
def test_no_cell_is_a_formula(text: str) -> None:
    """Not even one spelled in full width, or behind blanks that a spreadsheet takes away."""
    assert csv_line([text]).startswith("\"'")


def test_what_is_no_formula_stays_as_it_is() -> None:
    assert csv_line(["ada", 12, None, 'say "a, b"', "Zoë = 1"]) == '"ada","12","","say ""a, b""","Zoë = 1"'


@given(st.lists(st.text(), min_size=1))
def test_a_row_is_one_line_whatever_is_in_it(cells: list[str]) -> None:
    line = csv_line(cells)
    assert len(line.splitlines()) == 1
    (row,) = csv.reader([line])
    assert len(row) == len(cells)


@given(st.dictionaries(st.text(), st.text()))
def test_json_is_one_line_whatever_is_in_it(values: dict[str, str]) -> None:
    line = json_line(values)
    assert len(line.splitlines()) == 1
    assert json.loads(line) == values
