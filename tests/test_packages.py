"""Data that an installed package brings, and the warning lists that are read from it."""

import asyncio
import json
from pathlib import Path

import pytest

from ioclib import Client
from ioclib.client import here
from ioclib.errors import SourceError, UnexpectedAnswer, Unreachable
from ioclib.transport import Network, make_transport
from ioclib.wire import WireRequest, WireResponse


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package of version 1.7, with two documents."""
    data = tmp_path / "somelists" / "data"
    for name, text in [("b/list.json", '{\n  "b": "1\\n2"\n}\n'), ("a/list.json", "[]"), ("a/readme.md", "#")]:
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_text(text)
    (tmp_path / "somelists" / "__init__.py").write_text("raise SystemExit('data is read, not run')")
    about = tmp_path / "somelists-1.7.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: somelists\nVersion: 1.7\n")
    monkeypatch.syspath_prepend(tmp_path)
    return "package://somelists/data"


def fetched(url: str, max_bytes: int = 1000, **headers: str) -> WireResponse:
    transport = make_transport("httpx2", Network())
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = WireRequest(source="x", method="GET", url=url, headers=named, max_bytes=max_bytes)
    return asyncio.run(transport.fetch(request))


def test_every_document_is_one_line(package: str) -> None:
    answer = fetched(package)
    assert [json.loads(line) for line in answer.body.splitlines()] == [[], {"b": "1\n2"}]
    assert answer.headers["etag"] == '"1.7"'


def test_what_has_been_read_is_not_read_again(package: str) -> None:
    assert fetched(package, If_None_Match='"1.7"').status == 304
    assert fetched(package, If_None_Match='"1.6"').status == 200


@pytest.mark.parametrize(
    ("url", "max_bytes", "error"),
    [("package://nothing_here/data", 1000, Unreachable), ("package://somelists/data", 10, UnexpectedAnswer)],
)
@pytest.mark.usefixtures("package")
def test_what_is_not_there_is_a_failure(url: str, max_bytes: int, error: type[SourceError]) -> None:
    with pytest.raises(error):
        fetched(url, max_bytes)


@pytest.mark.slow
async def test_the_real_lists_say_what_their_own_library_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(here, "is_missing", lambda _: False)
    from pymispwarninglists.api import WarningLists

    theirs = WarningLists(slow_search=True)  # which also looks into networks
    known = {"1.1.1.1": "unknown", "8.8.8.8": "unknown", "d41d8cd98f00b204e9800998ecf8427e": "benign"}
    known |= {"www.google.com": "unknown", "104.16.3.4": "unknown"}
    unknown = ["surely-not-listed-anywhere-at-all.org", "a3f5d41d8cd98f00b204e9800998ecf8"]
    async with Client(sources=["warninglists"], timeout=120) as client:
        for value in (*known, *unknown):
            (answer,) = (await client.lookup(value)).answers
            assert answer.verdict == known.get(value), value
            assert bool(theirs.search(value)) == (answer.outcome == "found"), value
