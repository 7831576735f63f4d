"""What the mutants of `just mutants` say of the tests: of each file how many lived, and which.

SQL's words have no case: mutants that differ in that alone are none, and are not counted.
"""

import json
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

MOST = 0.1
"""The share of a file's mutants that may live."""

_ROOT = Path("mutants")
_SQL = re.compile(r'"(?:select|insert|delete|update|pragma|vacuum|(?:page|freelist)_(?:count|size))\b', re.IGNORECASE)


def change(diff: str) -> tuple[str, str]:
    """What stood there, and what stands there instead."""
    lines = [line for line in diff.splitlines() if not line.startswith(("---", "+++"))]
    before, after = ("\n".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in "-+")
    return before, after


def results() -> Iterator[tuple[str, int, int, dict[str, tuple[str, str, str]]]]:
    """Of each file its name, the mutants that were killed, those that are none, and those that live."""
    difference: Any = import_module("mutmut.mutation.diff_apply").get_diff_for_mutant
    status: Any = import_module("mutmut.stats").status_by_exit_code
    for meta in sorted(_ROOT.rglob("*.py.meta")):
        killed, none = 0, 0
        alive: dict[str, tuple[str, str, str]] = {}
        path = meta.relative_to(_ROOT).with_suffix("")
        for name, code in json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"].items():
            if status[code] in {"killed", "timeout", "not checked"}:
                killed += status[code] != "not checked"
                continue
            before, after = change(difference(name, path=path))
            if before.lower() == after.lower() and _SQL.search(before):
                none += 1
            else:
                alive[name] = status[code], before, after
        if killed or alive:
            yield str(path), killed, none, alive


def main() -> None:
    failed = False
    table: list[str] = []
    for path, killed, none, alive in results():
        share = len(alive) / (killed + len(alive))
        failed |= share > MOST
        table.append(f"{path:<32}{killed + len(alive):>8}{killed:>8}{len(alive):>8}{share:>8.1%}{none:>10}")
        for name, (status, before, after) in alive.items():
            print(f"{name}: {status}\n  - {before}\n  + {after}")
    print(f"{'file':<32}{'mutants':>8}{'killed':>8}{'live':>8}{'share':>8}{'none':>10}", *table, sep="\n")
    sys.exit(failed)


if __name__ == "__main__":
    main()
