"""The command line, as analysts and scripts use it."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ioclib import cli
from ioclib.render import extracted_table
from ioclib.wire import WireRequest, WireResponse
from tests.doubles import Scripted, json_response

pytestmark = pytest.mark.usefixtures("unpaced")

C2 = "203.0.113.66"


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(cli.main, arguments, input=stdin)


Network = Callable[[Callable[[WireRequest], WireResponse]], Scripted]


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    def install(answer: Callable[[WireRequest], WireResponse]) -> Scripted:
        transport = Scripted(answer)
        monkeypatch.setattr("ioclib.client.front.make_transport", lambda *_, **__: transport)
        return transport

    return install


def test_plain_lines_when_not_a_terminal() -> None:
    result = run("check", "--sandbox", C2)
    assert result.exit_code == 0
    assert "203[.]0[.]113[.]66  virustotal" in result.stdout
    assert C2 not in result.stdout
    assert "malicious" in result.stdout
    assert "SANDBOX" in result.stdout
    assert "\x1b" not in result.stdout
    assert re.fullmatch(r"(\d+) of \1 lookups answered: .*", result.stdout.rstrip().splitlines()[-1])


def test_json_is_exact_and_one_document() -> None:
    result = run("check", "--sandbox", "--json", "203[.]0[.]113[.]66", "hxxp://update-heron[.]example/gate.php")
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert [one["value"] for one in report["indicators"]] == [C2, "http://update-heron.example/gate.php"]
    assert [one["given"] for one in report["indicators"]] == [
        "203[.]0[.]113[.]66",
        "hxxp://update-heron[.]example/gate.php",
    ]
    assert result.stderr == ""


def test_stdin() -> None:
    result = run("check", "--sandbox", "--json", "-", "update-heron.example", stdin=f"{C2}\n\n  {C2}  \n")
    assert [one["value"] for one in json.loads(result.stdout)["indicators"]] == [C2, "update-heron.example"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["check", "nonsense"], "'nonsense' is no indicator"),
        (["check", C2, "999.1.1.1"], "octet 999"),
        (["check", "8.8.8.8", "--source", "virustotl"], "did you mean 'virustotal'?"),
        (["check", "8.8.8.8", "--exclude", "nobody"], "there is no source 'nobody'"),
        (["check", "-"], "no indicator was given"),
        (["check"], "Missing argument"),
        (["check", "8.8.8.8", "--timeout", "0"], "timeout"),
        (["check", "8.8.8.8", "--unknown"], "No such option"),
    ],
)
def test_bad_input_is_refused_and_nothing_is_sent(arguments: list[str], says: str, network: Any) -> None:
    transport = network(lambda _: json_response(b"{}"))
    result = run(*arguments, stdin="")
    assert result.exit_code == 2
    assert says in result.stderr
    assert result.stdout == ""
    assert not transport.sent


def test_each_wrong_indicator_has_its_line() -> None:
    result = run("check", "-", stdin="8.8.8.8\n999.1.1.1\nnonsense\n")
    assert result.exit_code == 2
    assert [line.partition(" is ")[0] for line in result.stderr.splitlines()] == [
        "ioclib: '999.1.1.1'",
        "ioclib: 'nonsense'",
    ]


@pytest.mark.parametrize(
    ("indicator", "fail_on", "code"),
    [
        (C2, "malicious", 1),
        (C2, "suspicious", 1),
        ("198.51.100.140", "malicious", 0),
        ("198.51.100.77", "suspicious", 1),
        ("203.0.113.200", "suspicious", 0),
    ],
)
def test_fail_on(indicator: str, fail_on: str, code: int) -> None:
    assert run("check", "--sandbox", "--fail-on", fail_on, indicator).exit_code == code


def test_exit_3_when_nobody_answered(network: Any) -> None:
    network(lambda _: json_response(b"", 503))
    assert run("check", "8.8.8.8").exit_code == 3
    assert run("check", "10.0.0.1").exit_code == 0, "nobody was to be asked"


def test_a_type_that_no_source_takes_is_said() -> None:
    result = run("check", "--sandbox", "CWE-79")
    assert result.exit_code == 0
    assert "no source that was chosen takes the type cwe" in result.stderr
    assert "nobody was asked" in result.stdout


def test_quiet() -> None:
    result = run("check", "--sandbox", "--quiet", "--fail-on", "malicious", C2)
    assert (result.output, result.exit_code) == ("", 1)
    assert json.loads(run("check", "--sandbox", "--quiet", "--json", C2).stdout)["sandbox"]


def test_choosing_sources() -> None:
    result = run("check", "--sandbox", "--json", "--source", "tor", "--source", "otx", "--exclude", "otx", C2)
    assert [answer["source"] for answer in json.loads(result.stdout)["indicators"][0]["answers"]] == ["tor"]


def test_internal_and_the_way_around(network: Any) -> None:
    transport = network(lambda _: json_response(b"{}", 503))
    assert "skipped     internal: private; sent nowhere" in run("check", "10.0.0.1").stdout
    assert not transport.sent
    run("check", "10.0.0.1", "--include-internal")
    assert transport.sent


def test_what_a_source_says_is_not_obeyed(network: Any) -> None:
    hostile = "\x1b]0;owned\x07\x1b[2J\u202eabc\u2066 \x9b31m [bold red]not markup[/] http://evil.example/x \x85 end"

    def answer(sent: WireRequest) -> WireResponse:
        return json_response(json.dumps({"message": hostile, "status": hostile}, ensure_ascii=False).encode(), 400)

    network(answer)
    for arguments in (["check", "8.8.8.8"], ["check", "8.8.8.8", "--json"]):
        result = run(*arguments)
        assert not set(result.stdout) & set("\x1b\x07\u202e\u2066\x9b\x85")
    plain = run("check", "8.8.8.8").stdout
    assert "[bold red]not markup[/]" in plain
    assert "hxxp://evil[.]example/x" in plain
    assert "http://evil" not in plain


def test_sources() -> None:
    result = run("sources")
    assert result.exit_code == 0
    for expected in ("virustotal", "none needed", "retired", "2025-07-30", "target", "4/minute", "VIRUSTOTAL_API_KEY"):
        assert expected in result.stdout


def test_sources_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VT_API_KEY", "some-secret-key")
    monkeypatch.setenv("IOCLIB_SOURCES__OTX__ENABLED", "false")
    monkeypatch.setenv("IOCLIB_SOURCES__URLHAUS__LIMITS", "7/second")
    result = run("sources", "--json")
    listed = {one["name"]: one for one in json.loads(result.stdout)["sources"]}
    assert list(listed) == sorted(listed)
    assert set(listed["virustotal"]) >= {"name", "types", "key", "exposure", "limits", "state"}
    assert listed["virustotal"]["state"] == "ready"
    assert listed["virustotal"]["key"]["set"] is True
    assert listed["virustotal"]["limits"] == ["4/minute", "500/day", "15500/month"]
    assert listed["shodan"]["state"] == "no_key"
    assert listed["otx"]["state"] == "disabled"
    assert listed["screenshotapi"]["state"] == "active"
    assert listed["threatminer"]["state"] == "retired"
    assert listed["urlhaus"]["limits"] == ["7/second"]
    assert listed["crtsh"]["key"] is None
    assert "some-secret-key" not in result.stdout


def test_a_wrong_config_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("timeout = 'soon'")
    monkeypatch.setenv("IOCLIB_CONFIG", str(tmp_path / "config.toml"))
    for arguments in (["check", "8.8.8.8"], ["sources"]):
        result = run(*arguments)
        assert result.exit_code == 2
        assert "config.toml" in result.stderr
        assert "$.timeout" in result.stderr


def test_version_and_help() -> None:
    assert run("--version").stdout == "ioclib 0.1.0\n"
    assert "Exit codes" in run("check", "--help").stdout


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_the_sandbox_server_prints_how_to_be_used() -> None:
    import signal

    command = [sys.executable, "-m", "ioclib", "sandbox"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    ) as server:
        assert server.stdout
        exports = {}
        for line in server.stdout:
            if line.startswith("export "):
                name, _, value = line.removeprefix("export ").strip().partition("=")
                exports[name] = value.strip("'")
            elif exports:
                break
        try:
            asked = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "ioclib",
                    "check",
                    "--json",
                    "--include-internal",
                    "--exclude",
                    "warninglists",
                    C2,
                ],
                env={**os.environ, **exports},
                capture_output=True,
                text=True,
                check=True,
            )
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(10)
    answers = {answer["source"]: answer for answer in json.loads(asked.stdout)["indicators"][0]["answers"]}
    assert json.loads(asked.stdout)["sandbox"] is False
    assert answers["virustotal"]["verdict"] == "malicious"
    assert {answer["outcome"] for answer in answers.values()} == {"found", "not_found", "skipped"}
    assert server.returncode == 0


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c_ends_it_at_once() -> None:
    import signal

    environment = {**os.environ, "IOCLIB_SOURCES__ROBTEX__BASE_URL": "http://127.0.0.1:9"}
    code = (
        "import asyncio, ioclib.client.front as c\n"
        "class Never:\n"
        "    async def fetch(self, request): print('asked', flush=True); await asyncio.sleep(3600)\n"
        "    async def aclose(self): pass\n"
        "c.make_transport = lambda *_, **__: Never()\n"
        "from ioclib.cli import main\n"
        "main(['check', '8.8.8.8', '--source', 'robtex'])\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout
    assert process.stdout.readline() == "asked\n"
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=10)
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert time.monotonic() - began < 5


@pytest.fixture
def report_file(tmp_path: Path) -> Path:
    path = tmp_path / "report.txt"
    path.write_text("C2 at 45[.]77.10.1 and hxxp://evil-one[.]com/a\nagain: evil-one.com 45.77.10.1\n")
    return path


def test_extract_prints_lines_for_people(report_file: Path) -> None:
    result = run("extract", str(report_file), "--context", "8")
    assert result.exit_code == 0
    first, second, *_ = result.stdout.splitlines()
    assert first.startswith("ipv4          45[.]77[.]10[.]1  (")
    assert "line 1" in first
    assert "hxxp://evil-one[.]com/a" in second
    assert "http://" not in result.stdout


def test_a_table_has_no_column_that_says_nothing() -> None:
    row = {"type": "md5", "value": "ab" * 16, "file": "a.txt", "place": "", "line": 3, "context": ""}
    headings = [column.header for column in extracted_table([row, row | {"line": 4}]).columns]
    assert headings == ["type", "value", "line"]
    headings = [column.header for column in extracted_table([row, row | {"file": "b.eml", "place": "body"}]).columns]
    assert headings == ["type", "value", "file", "place", "line"]
    assert [column.header for column in extracted_table([]).columns] == ["value"]


def test_extract_for_machines(report_file: Path) -> None:
    rows = json.loads(run("extract", "--json", str(report_file)).stdout)["indicators"]
    assert [(row["type"], row["value"], row["defanged"], row["line"]) for row in rows] == [
        ("ipv4", "45.77.10.1", True, 1),
        ("url", "http://evil-one.com/a", True, 1),
        ("domain", "evil-one.com", False, 2),
        ("ipv4", "45.77.10.1", False, 2),
    ]
    lines = run("extract", "--jsonl", "--unique", "--type", "ipv4,url", str(report_file)).stdout.splitlines()
    assert [json.loads(line)["value"] for line in lines] == ["45.77.10.1", "http://evil-one.com/a"]
    table = run("extract", "--csv", "--defang", "--type", "url", str(report_file)).stdout.splitlines()
    assert table[0].startswith("type,value,written,defanged,")
    assert table[1].startswith("url,hxxp://evil-one[.]com/a,")


def test_extract_reads_standard_input() -> None:
    assert "evil-one[.]com" in run("extract", "-", stdin="see evil-one.com\n").stdout
    nothing = run("extract", "-", stdin="all is well\n")
    assert (nothing.exit_code, nothing.stdout, nothing.stderr) == (0, "", "No indicator was found.\n")


def test_a_formula_is_inert_in_csv() -> None:
    table = run("extract", "--csv", "--context", "12", "-", stdin="=cmd|x evil-one.com").stdout
    assert ",'=cmd|x evil-one.com" in table


def test_a_file_that_cannot_be_read_does_not_stop_the_others(report_file: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 and nothing else")
    result = run("extract", "--jsonl", str(tmp_path / "absent.txt"), str(broken), str(report_file))
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 4
    assert len(result.stderr.splitlines()) == 2
    assert "absent.txt" in result.stderr
    assert "broken.pdf" in result.stderr


def test_extract_knows_its_types() -> None:
    result = run("extract", "--type", "ipv4,ipv5", "-", stdin="")
    assert result.exit_code == 2
    assert "no type 'ipv5'" in result.stderr


# Plan -----------------------------------------------------------------------------------------------------------------


def test_a_plan_says_who_would_be_told_and_sends_nothing(network: Network) -> None:
    transport = network(lambda _: json_response(b"{}"))
    done = run("plan", "8.8.8.8", "db.corp", "--source", "robtex", "--source", "tor", "--source", "virustotal")
    assert done.exit_code == 0
    assert not transport.sent
    assert re.search(r"robtex +vendor +1 +1 +1 of 1/second", done.stdout)
    assert re.search(r"tor +nobody +1 +0 ", done.stdout)
    assert "not asked: virustotal: no_key" in done.stdout
    assert re.search(r"not asked: .*: internal: .*\(db\[\.\]corp\)", done.stdout)
    assert done.stdout.rstrip().endswith("Nothing was sent.")


def test_a_plan_as_json(network: Network) -> None:
    transport = network(lambda _: json_response(b"{}"))
    done = run("plan", "8.8.8.8", "--source", "robtex", "--source", "doh_reverse", "--tlp", "green", "--json")
    plan = json.loads(done.stdout)
    assert plan["indicators"][0]["asked"] == ["robtex"]
    assert [one["reason"]["kind"] for one in plan["indicators"][0]["skipped"]] == ["tlp"]
    assert plan["sources"][0]["requests"] == 1
    assert not transport.sent


def test_a_plan_knows_what_was_kept_and_how_long_quotas_last(network: Network) -> None:
    network(lambda _: json_response(b'{"status": "ok", "act": [], "pas": []}'))
    first = json.loads(run("check", "8.8.8.8", "--source", "robtex", "--json").stdout)
    assert first["indicators"][0]["answers"][0]["outcome"] in {"found", "not_found"}, first
    plan = json.loads(run("plan", *(f"8.8.8.{n}" for n in range(8, 18)), "--source", "robtex", "--json").stdout)
    (robtex,) = plan["sources"]
    assert (robtex["lookups"], robtex["kept"], robtex["requests"]) == (10, 1, 9)
    assert plan["last_at"] == robtex["last_at"]
    assert robtex["last_at"]


@pytest.mark.parametrize("age", ["5", "1 hour", "-3h", "1y", ""])
def test_an_age_needs_a_unit(age: str) -> None:
    done = run("check", "8.8.8.8", f"--max-age={age}")
    assert done.exit_code == 2
    assert "such as 30m" in done.stderr
