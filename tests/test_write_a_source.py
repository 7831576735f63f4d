"""The page for authors of sources tells the truth: its examples conform, and the type checkers find what it says."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from ioclib import config, registry
from ioclib.conformance import Checked, check_file
from ioclib.conformance.template import write

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "write-a-source.md").read_text(encoding="utf-8")
API, FEED = re.findall(r"```python\n([\s\S]*?)```", PAGE)
(FOUND,) = re.findall(r"```json\n([\s\S]*?)```", PAGE)
ABSENT = {"ask": "good.example", "answers": [{"status": 404, "body": {"error": "no opinion"}}]}
DENIED = {"ask": "good.example", "answers": [{"status": 401}], "expect": {"outcome": "failed", "error": "unauthorized"}}
DOWN = {"ask": "good.example", "answers": [{"status": 502}], "expect": {"outcome": "failed", "error": "server_error"}}
LIST = "# blocked\n198.51.100.0/24,scans us\n.bad.example,phishing\n"


def checked(folder: Path, name: str, code: str, samples: Mapping[str, str]) -> Checked:
    (folder / f"{name}.py").write_text(code)
    for case, sample in samples.items():
        path = folder / "samples" / name / f"{case}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(sample)
    return check_file(folder / f"{name}.py")


def test_the_api_of_the_page_conforms(tmp_path: Path) -> None:
    absent = json.dumps(ABSENT | {"expect": {"outcome": "not_found"}})
    samples = {"found": FOUND, "absent": absent, "denied": json.dumps(DENIED), "failed": json.dumps(DOWN)}
    assert "samples/corp/found.json" in PAGE
    assert checked(tmp_path, "corp", API, samples).faults == ()


@pytest.mark.parametrize(
    ("ask", "expect"),
    [
        ("198.51.100.7", {"outcome": "found", "verdict": "malicious", "summary": "blocked: scans us"}),
        ("www.bad.example", {"outcome": "found", "verdict": "malicious", "summary": "blocked: phishing"}),
    ],
)
def test_the_feed_of_the_page_conforms(tmp_path: Path, ask: str, expect: dict[str, str]) -> None:
    found = {"ask": ask, "answers": [{"text": LIST}], "expect": expect}
    absent = {"ask": "203.0.113.9", "answers": [{"text": LIST}], "expect": {"outcome": "not_found"}}
    other = {"ask": ask, "answers": [{"text": "<html>"}], "expect": {"outcome": "failed", "error": "unexpected_answer"}}
    samples = {"found": json.dumps(found), "absent": json.dumps(absent), "malformed": json.dumps(other)}
    assert checked(tmp_path, "corp_feed", FEED, samples).faults == ()


def test_both_are_found_where_the_page_says() -> None:
    folder = config.sources_folder()
    folder.mkdir(mode=0o700, parents=True)
    for name, code in (("corp", API), ("corp_feed", FEED)):
        (folder / f"{name}.py").write_text(code)
        (folder / f"{name}.py").chmod(0o600)
    assert registry.with_plugins(folder).origins.keys() == {"corp", "corp_feed"}
    assert not registry.with_plugins(folder).broken


@pytest.mark.parametrize("code", [API, FEED], ids=["api", "feed"])
def test_they_are_short(code: str) -> None:
    assert len(code.splitlines()) < 30


# What the type checkers find

REQUEST = 'Request.get("/opinions", ioc.kind, ioc)'
MATCH = """match ioc:
        case Domain():
            return Request.get("/domain", ioc)"""
PLANTED = {
    "an indicator in an f-string address": (REQUEST, 'Request.get(f"/opinions/{ioc}")'),
    "an indicator in an added address": (REQUEST, 'Request.get("/opinions/" + str(ioc))'),
    "an indicator in a formatted address": (REQUEST, 'Request.get("/opinions/{}".format(ioc))'),
    "an indicator in an f-string link": (
        'url("https://intel.corp.example/opinions", ioc)',
        'url(f"https://a.b/{ioc}")',
    ),
    "a type that is forgotten in a match": (f"return {REQUEST}", MATCH),
    "a type that request does not take": ("def request(ioc: Domain | IPv4)", "def request(ioc: Domain)"),
    "a type that link does not take": ("def link(ioc: Domain | IPv4)", "def link(ioc: IPv4)"),
    "a type that is no indicator": ("Source[Domain | IPv4, Opinion]", "Source[str, Opinion]"),
    "no annotation of the type": ("def request(ioc: Domain | IPv4)", "def request(ioc)"),
    "a missing name": ('name="corp", ', ""),
    "a missing base": (' base="https://intel.corp.example/api/v1",', ""),
    "a missing rule for what is not known": ('absent=Absent.status(404, says="no opinion"),', ""),
    "missing limits": ("limits=(), ", ""),
    "a missing exposure": (" exposure=Exposure.VENDOR,", ""),
    "a missing link": (", link=link", ""),
    "a missing payload": (" payload=Opinion,", ""),
    "a missing key": (re.findall(r"    key=.*\n", API)[0], ""),
    "a key without its page": (', get="https://intel.corp.example/account"', ""),
    "another payload than is read": ("payload=Opinion", "payload=str"),
    "a field that the payload has not": ("opinion.analyst", "opinion.author"),
    "a verdict of nobody's": ("verdict=opinion.verdict", 'verdict="bad"'),
    "a finding without its summary": ('summary=f"said by {opinion.analyst}", ', ""),
    "a reading that is none": ("-> Finding:\n    return Finding(", "-> bool:\n    return bool("),
    "a field of the manifest that there is not": ("limits=()", "limit=(), limits=()"),
    "an exposure that is a word": ("Exposure.VENDOR", '"none"'),
}


@pytest.fixture(scope="module")
def flagged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """By file, the checkers that found an error in it: each runs once, over all mistakes."""
    folder = tmp_path_factory.mktemp("planted")
    for number, (before, after) in enumerate(PLANTED.values()):
        assert before in API, before
        (folder / f"planted_{number}.py").write_text(API.replace(before, after))
    (folder / "right_api.py").write_text(API)
    (folder / "right_feed.py").write_text(FEED)
    write("right_template", folder)
    (folder / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}')
    found: dict[str, set[str]] = {}
    for line in _run(folder, "mypy", "--strict", "--config-file=", ".").splitlines():
        if match := re.match(r"(\w+)\.py:\d+: error", line):
            found.setdefault(match[1], set()).add("mypy")
    said = json.loads(_run(folder, "basedpyright", "--pythonpath", sys.executable, "--outputjson", "."))
    for one in said["generalDiagnostics"]:
        if one["severity"] == "error":
            found.setdefault(Path(one["file"]).stem, set()).add("basedpyright")
    assert said["summary"]["filesAnalyzed"] == len(PLANTED) + 3
    return found


def _run(folder: Path, checker: str, *arguments: str) -> str:
    command = shutil.which(checker, path=Path(sys.executable).parent)
    assert command
    return subprocess.run([command, *arguments], cwd=folder, capture_output=True, text=True, check=False).stdout


def test_what_is_right_has_no_errors(flagged: dict[str, set[str]]) -> None:
    assert [name for name in flagged if name.startswith("right")] == []


@pytest.mark.parametrize("number", range(len(PLANTED)), ids=list(PLANTED))
def test_a_planted_mistake_is_a_type_error(flagged: dict[str, set[str]], number: int) -> None:
    assert flagged.get(f"planted_{number}")
