"""The README tells the truth."""

import re
import shlex
from pathlib import Path
from typing import Any, Self

import pytest
from click.testing import CliRunner

from ioclib import cli
from ioclib.indicators.base import Indicator
from ioclib.registry import all_sources

pytestmark = pytest.mark.usefixtures("unpaced")

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```console\n\$ ioclib (.*)\n([\s\S]*?)```", README)


@pytest.mark.parametrize(("command", "output"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_examples_are_true(command: str, output: str) -> None:
    result = CliRunner().invoke(cli.main, shlex.split(command))
    told, shown = result.stdout.splitlines(), output.splitlines()
    assert set(shown[:-1]) - {"…"} <= set(told), "answers land in any order, and not all are shown"
    assert "…" in shown or len(told) == len(shown)
    assert re.sub(r"\d+", "", told[-1]) == re.sub(r"\d+", "", shown[-1]), "how many answer grows with the sources"


def test_the_two_commands_are_there() -> None:
    assert EXAMPLES
    for command in ("uv run ioclib check --sandbox 203.0.113.66", "uv run pytest"):
        assert f"    python3 -m pip install uv && python3 -m {command}\n" in README


def test_the_exit_codes_are_those_of_the_help() -> None:
    from ioclib.cli.check import EXIT_CODES

    documented = re.findall(r"^\| (\d+) \|", README, re.MULTILINE)
    assert documented == re.findall(r"\b(\d+) (?=[a-z])", EXIT_CODES)


def test_the_example_source_of_the_contributors_page_works() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    code, _ = re.findall(r"```python\n([\s\S]*?)```", text)
    module: dict[str, Any] = {"__name__": "abuseipdb"}
    exec(compile(code, "abuseipdb.py", "exec"), module)
    source = module["SOURCE"]
    assert [kind.kind for kind in source.types] == ["ipv4", "ipv6"]


def test_the_example_type_of_the_contributors_page_works() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    _, code = re.findall(r"```python\n([\s\S]*?)```", text)
    module: dict[str, Any] = {"__name__": "weaknesses", "re": re, "Self": Self, "Indicator": Indicator}
    exec(compile(code, "weaknesses.py", "exec"), module)
    cwe = module["Cwe"]
    assert [str(cwe.parse(example)) for example in cwe.examples] == list(cwe.examples)
    assert str(cwe.parse("cwe 079")) == "CWE-079"


def test_every_source_is_in_the_changelog() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").lower().replace(".", "")
    other_names = {
        "doh": "dns over https",
        "otx": "otx",
        "intelx": "intelligence x",
        "crtsh": "crtsh",
        "hibp": "have i been pwned",
    }
    for name in all_sources():
        stem = name.partition("_")[0]
        assert other_names.get(stem, stem) in changelog, name
