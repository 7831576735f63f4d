"""Lists are derived: the pages that show them are made from the code, and this fails when they are stale.

``python -m tests.test_docs`` writes them anew.
"""

from pathlib import Path

from ioclib.extract import defang
from ioclib.indicators import types

DOCS = Path(__file__).resolve().parents[1] / "docs"


def types_page() -> str:
    """Every indicator type, as its class says."""
    rows = [
        f"| `{kind.kind}` | {(kind.__doc__ or '').strip().partition(chr(10))[0]} | `{defang(kind.examples[0])}` "
        f"| `{kind.stix}` | `{kind.misp}` |"
        for kind in types()
    ]
    return "\n".join(
        [
            "# Indicator types",
            "",
            "Made from the classes in `src/ioclib/indicators/`. The examples are invented, and defanged here.",
            "",
            "| type | what it is | example | STIX 2.1 | MISP |",
            "| --- | --- | --- | --- | --- |",
            *(row.replace("``", "`") for row in rows),
            "",
        ]
    )


def test_the_page_of_types_is_current() -> None:
    assert (DOCS / "types.md").read_text(encoding="utf-8") == types_page()


if __name__ == "__main__":
    (DOCS / "types.md").write_text(types_page(), encoding="utf-8")
