"""``ioclib cache``, as a newcomer runs it, and with something kept."""

import asyncio
import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ioclib import cli, config
from ioclib.cache import FolderOfLists, KeptAnswer, KeptResponse, Marks, Origin, SqliteAnswers, cache_key
from ioclib.indicators import IPv4


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.main, ["cache", *arguments])


@pytest.fixture
def kept() -> Path:
    """Two answers of one source, one of another, and a list of each."""
    folder = config.cache_folder()

    async def fill() -> None:
        answers = SqliteAnswers(folder / "answers.sqlite3")
        for source, address in [("virustotal", "8.8.8.8"), ("virustotal", "9.9.9.9"), ("greynoise", "8.8.8.8")]:
            key = cache_key(source, 1, "https://x.example", "secret", IPv4(address))
            body = KeptResponse(200, "application/json", b'{"a": 1}' * 200)
            await answers.put(key, KeptAnswer((body,), "found", 1_800_000_000.0), time.time() + 10**6)
        await answers.aclose()

    asyncio.run(fill())
    lists = FolderOfLists(folder / "lists")
    lists.save(Origin("tor", 1, "https://tor.example"), {"203.0.113.1": ""}, Marks())
    lists.save(Origin("virustotal", 1, "https://x.example"), {"203.0.113.1": "x" * 5000}, Marks())
    (folder / "lists" / "tor-0123.99").write_text("half of a list")
    return folder


def test_before_any_lookup() -> None:
    result = run("info")
    assert (result.exit_code, result.stderr) == (0, "")
    folder = config.cache_folder()
    assert result.stdout == (
        f"0 answers (0 B) in {folder / 'answers.sqlite3'}\n0 downloaded lists (0 B) in {folder / 'lists'}\n"
    )
    assert not folder.exists()


def test_json_before_any_lookup() -> None:
    result = run("info", "--json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert told["answers"] == {
        "where": str(config.cache_folder() / "answers.sqlite3"),
        "answers": 0,
        "bytes": 0,
        "oldest": None,
        "by_source": {},
    }
    assert told["lists"]["lists"] == []


def test_clear_before_any_lookup() -> None:
    for arguments in (["clear"], ["clear", "--source", "virustotal"]):
        result = run(*arguments)
        assert (result.exit_code, result.stdout) == (0, "Removed: 0 answers and 0 lists.\n")
    assert not config.cache_folder().exists()


@pytest.mark.parametrize("arguments", [[], ["--help"], ["info", "--help"], ["clear", "-h"]])
def test_help(arguments: list[str]) -> None:
    result = run(*arguments)
    assert "Usage" in result.output


def test_info(kept: Path) -> None:
    result = run("info")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].startswith("3 answers (")
    assert lines[0].endswith(str(kept / "answers.sqlite3"))
    assert lines[1] == "the oldest of 2027-01-15 08:00 UTC"
    assert [line.split()[0] for line in lines[2:4]] == ["greynoise", "virustotal"]
    assert lines[3].split()[-1] == "2"
    assert lines[4].startswith("2 downloaded lists (")
    assert lines[4].endswith(f" kB) in {kept / 'lists'}")
    assert [line.split()[0] for line in lines[5:]] == ["tor", "virustotal"]


def test_json(kept: Path) -> None:
    told = json.loads(run("info", "--json").stdout)
    assert told["answers"]["answers"] == 3
    assert told["answers"]["oldest"] == "2027-01-15T08:00:00Z"
    assert told["answers"]["by_source"]["virustotal"]["answers"] == 2
    sizes = {one["source"]: one["bytes"] for one in told["lists"]["lists"]}
    assert 0 < sizes["tor"] < sizes["virustotal"]


def test_clear_one_source(kept: Path) -> None:
    assert run("clear", "--source", "virustotal").stdout == "Removed: 2 answers and 1 list.\n"
    told = json.loads(run("info", "--json").stdout)
    assert list(told["answers"]["by_source"]) == ["greynoise"]
    assert [one["source"] for one in told["lists"]["lists"]] == ["tor"]


def test_clear_everything(kept: Path) -> None:
    assert run("clear").stdout == "Removed: 3 answers and 2 lists.\n"
    assert run("info").stdout.startswith("0 answers (0 B)")
    assert list((kept / "lists").iterdir()) == []
    assert b"8.8.8.8" not in (kept / "answers.sqlite3").read_bytes()
    assert run("clear").stdout == "Removed: 0 answers and 0 lists.\n"


def test_a_source_that_is_not_there(kept: Path) -> None:
    result = run("clear", "--source", "virustotl")
    assert result.exit_code == 2
    assert "did you mean 'virustotal'?" in result.stderr
    assert json.loads(run("info", "--json").stdout)["answers"]["answers"] == 3


def test_a_file_that_cannot_be_used() -> None:
    folder = config.cache_folder()
    (folder / "answers.sqlite3").mkdir(parents=True)
    for arguments in (["info"], ["clear"]):
        result = run(*arguments)
        assert result.exit_code == 2
        assert result.stderr.startswith(f"ioclib: {folder / 'answers.sqlite3'} cannot be used: ")
        assert result.stdout == ""


def test_inside_a_running_event_loop(kept: Path) -> None:
    from ioclib.client import cache_info

    async def notebook() -> int:
        return cache_info()[0].answers

    assert asyncio.run(notebook()) == 3
