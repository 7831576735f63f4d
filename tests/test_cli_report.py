"""What `check` makes of files and pastes, its formats, `report`, `diff` and completion."""

import csv
import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ioclib import cli, lookup, read_report, render
from ioclib.report import Report

pytestmark = pytest.mark.usefixtures("unpaced")

C2, NAME = "203.0.113.66", "update-heron.example"
FORMS = ("table", "json", "jsonl", "csv", "markdown", "html", "stix", "misp")
MAIL = b"""\
From: "Harbour Bank" <billing@harbour-bank.example>
To: clerk@quay.example
Subject: invoice
Content-Type: text/plain

Please confirm at hxxp://update-heron[.]example/gate.php before noon.
"""

_WITH = '{"schema": 1, "started": "2026-01-01T00:00:00Z", "indicators": [%s]}'


def run(*arguments: str, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(cli.main, list(arguments), input=stdin)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of two indicators, as JSON."""
    file = tmp_path_factory.mktemp("reports") / "saved.json"
    few = ["virustotal", "threatfox", "doh", "urlhaus", "rdap"]
    file.write_bytes(lookup(NAME, "198.51.100.140", sandbox=True, sources=few, tlp="amber").to_json())
    return file


@pytest.mark.parametrize("form", FORMS)
def test_every_format_says_what_it_is_and_who_may_see_it(saved: Path, form: str) -> None:
    result = run("report", str(saved), "--format", form)
    assert result.exit_code == 0, result.stderr
    assert "sandbox" in result.stdout.lower()
    assert "amber" in result.stdout.lower()
    machines = form in {"json", "jsonl", "stix", "misp"}
    assert (NAME in result.stdout) or not machines
    assert ("update-heron[.]example" in result.stdout) != machines
    assert result.stdout.endswith("\n")


@pytest.mark.parametrize("form", FORMS)
def test_every_format_can_be_had_the_other_way_round(saved: Path, form: str) -> None:
    machines = form in {"json", "jsonl", "stix", "misp"}
    shown = run("report", str(saved), "--format", form, "--defang" if machines else "--exact").stdout
    if form in {"stix", "misp"}:  # values and patterns must match what they are of; texts are defanged
        assert "update-heron[.]example" in shown or "update-heron.example" in shown
    else:
        assert ("update-heron[.]example" in shown) == machines


@pytest.mark.parametrize("form", FORMS)
def test_the_same_report_is_the_same_bytes(saved: Path, form: str) -> None:
    assert render(read_report(saved), form) == render(read_report(saved), form)


def test_a_saved_report_is_what_it_was(saved: Path) -> None:
    assert read_report(saved).to_json() == saved.read_bytes()
    assert run("report", str(saved), "--json").stdout.encode() == saved.read_bytes() + b"\n"
    assert run("report", "-", "--json", stdin=saved.read_bytes()).stdout.encode() == saved.read_bytes() + b"\n"


def test_verdicts_are_made_anew_from_the_answers(saved: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    document = json.loads(saved.read_bytes())
    document["indicators"][0]["overall"] = {"verdict": "benign"}
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(document), encoding="utf-8")
    assert read_report(changed).indicators[0].overall.verdict == "malicious"
    (tmp_path / "ours.txt").write_text(f"{NAME}\n", encoding="utf-8")
    config = tmp_path / "config.toml"
    config.write_text(f'[verdict]\nallow = ["{(tmp_path / "ours.txt").as_posix()}"]\n', encoding="utf-8")
    monkeypatch.setenv("IOCLIB_CONFIG", str(config))
    overall = read_report(saved).indicators[0].overall
    assert overall.verdict == "benign"
    assert overall.reasons[0].says == "on your allow list: ours.txt, line 1"


def test_verdicts_are_as_of_the_time_of_the_report(saved: Path, tmp_path: Path) -> None:
    document = json.loads(saved.read_bytes())
    document["started"] = "2031-01-01T00:00:00Z"
    later = tmp_path / "later.json"
    later.write_text(json.dumps(document), encoding="utf-8")
    now, then = read_report(saved).indicators[0].overall, read_report(later).indicators[0].overall
    assert sum(one.weight for one in then.reasons) < sum(one.weight for one in now.reasons)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no report"),
        ("{}", "schema"),
        ('{"schema": 2, "started": "2026-01-01T00:00:00Z", "indicators": []}', "schema"),
        ('{"schema": 1, "started": "yesterday", "indicators": []}', "started"),
        (_WITH % '{"type": "ipv4", "value": "x", "answers": []}', "'x'"),
        (_WITH % '{"type": "z", "value": "x", "answers": []}', "'z'"),
    ],
)
def test_what_is_no_report_is_refused_in_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "other.json"
    file.write_text(text, encoding="utf-8")
    result = run("report", str(file))
    assert result.exit_code == 2
    assert says in result.stderr
    assert "other.json" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert run("report", str(tmp_path / "nowhere.json")).exit_code == 2


def test_output_goes_into_a_file(saved: Path, tmp_path: Path) -> None:
    page = tmp_path / "case.html"
    result = run("report", str(saved), "--format", "html", "-o", str(page))
    assert result.exit_code == 0
    assert result.stdout == ""
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert run("report", str(saved), "-o", str(tmp_path / "no" / "such" / "folder")).exit_code == 2


# Files and pastes -----------------------------------------------------------------------------------------------------


def test_a_mail_becomes_something_to_hand_over(tmp_path: Path) -> None:
    mail = tmp_path / "invoice.eml"
    mail.write_bytes(MAIL)
    result = run("check", "--sandbox", str(mail), "--format", "markdown", "--source", "virustotal", "--source", "doh")
    assert result.exit_code == 0, result.stderr
    assert "http://update-heron" not in result.stdout
    assert "hxxp://update-heron[.]example/gate.php" in result.stdout
    assert "invoice[.]eml: body" in result.stdout
    assert "found" in result.stderr
    assert "asking 1 source: 1 lookup" in result.stderr


def test_where_an_indicator_stood_is_told(tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text(f"first {C2}\nthen {NAME}\nagain {C2}\n", encoding="utf-8")
    report = json.loads(run("check", "--sandbox", "--json", "--source", "doh", str(notes), "198.51.100.7").stdout)
    seen = {one["value"]: one["seen"] for one in report["indicators"]}
    assert seen == {C2: [f"{notes}, line 1", f"{notes}, line 3"], NAME: [f"{notes}, line 2"], "198.51.100.7": []}


@pytest.mark.parametrize("command", ["check", "plan"])
def test_a_paste_is_read_for_its_indicators(command: str) -> None:
    paste = b"We saw beacons to 203[.]0[.]113[.]66 and hxxp://update-heron[.]example/gate.php today.\n"
    result = run(command, "--sandbox", "--json", "--source", "virustotal", "-", stdin=paste)
    assert [one["value"] for one in json.loads(result.stdout)["indicators"]] == [C2, f"http://{NAME}/gate.php"]


def test_a_list_with_a_mistake_is_not_read_as_a_text() -> None:
    result = run("check", "--sandbox", "-", stdin=f"{C2}\n999.1.1.1\n".encode())
    assert result.exit_code == 2
    assert "octet" in result.stderr


def test_a_file_without_indicators_is_told(tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.write_text("nothing here\n", encoding="utf-8")
    result = run("check", "--sandbox", str(empty))
    assert result.exit_code == 2
    assert "no indicator was found" in result.stderr


def test_a_broken_file_does_not_stop_the_others(tmp_path: Path) -> None:
    broken, good = tmp_path / "broken.pdf", tmp_path / "good.txt"
    broken.write_bytes(b"%PDF-1.7 and then nothing")
    good.write_text(C2, encoding="utf-8")
    result = run("check", "--sandbox", "--json", "--source", "virustotal", str(broken), str(good))
    assert [one["value"] for one in json.loads(result.stdout)["indicators"]] == [C2]
    assert "broken.pdf" in result.stderr


def test_many_are_not_asked_about_without_a_word(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text("\n".join(f"203.0.113.{one}" for one in range(1, 150)), encoding="utf-8")
    result = run("check", "--sandbox", "--source", "tor", str(log))
    assert result.exit_code == 2
    assert "--yes" in result.stderr
    assert run("check", "--sandbox", "--source", "tor", "--yes", "--json", str(log)).exit_code == 0


def test_an_indicator_is_never_taken_for_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / NAME).write_text(C2, encoding="utf-8")
    report = json.loads(run("check", "--sandbox", "--json", "--source", "doh", NAME).stdout)
    assert [one["value"] for one in report["indicators"]] == [NAME]


def test_jsonl_is_a_line_an_answer() -> None:
    result = run("check", "--sandbox", "--format", "jsonl", "--source", "virustotal", "--source", "tor", C2)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert {one["source"] for one in lines} == {"virustotal", "tor"}
    assert {(one["type"], one["value"], one["tlp"], one["sandbox"]) for one in lines} == {("ipv4", C2, "clear", True)}


def test_fail_on_is_of_the_overall_verdict() -> None:
    assert run("check", "--sandbox", "--quiet", "--source", "virustotal", "--fail-on", "malicious", C2).exit_code == 0
    assert run("check", "--sandbox", "--quiet", "--source", "virustotal", "--fail-on", "suspicious", C2).exit_code == 1


# Differences ----------------------------------------------------------------------------------------------------------


def _edited(saved: Path, tmp_path: Path, edit: Any) -> Path:
    document = json.loads(saved.read_bytes())
    edit(document)
    file = tmp_path / "new.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


def test_nothing_has_changed(saved: Path) -> None:
    result = run("diff", str(saved), str(saved))
    assert result.exit_code == 0
    assert "2 unchanged" in result.stdout


def test_what_has_changed_is_told(saved: Path, tmp_path: Path) -> None:
    def edit(document: Any) -> None:
        first, second = document["indicators"]
        by_name = {one["source"]: one for one in first["answers"]}
        by_name["virustotal"] |= {"verdict": "suspicious", "summary": "1 of 94 engines", "tags": ["parked"]}
        by_name["threatfox"] |= {"outcome": "failed", "error": {"kind": "timeout", "message": "", "retry_at": None}}
        by_name["threatfox"] |= {"verdict": None, "summary": None}
        by_name["urlhaus"] |= {"outcome": "not_found", "verdict": None}
        second["value"] = "198.51.100.141"

    new = _edited(saved, tmp_path, edit)
    result = run("diff", str(saved), str(new))
    assert result.exit_code == 1
    assert "update-heron[.]example (domain): malicious -> suspicious" in result.stdout
    assert "threatfox: outcome: found -> failed" in result.stdout
    assert "verdict: malicious -> suspicious" in result.stdout
    assert "+parked" in result.stdout
    assert "198[.]51[.]100[.]141 (ipv4): new" in result.stdout
    assert "198[.]51[.]100[.]140 (ipv4): gone" in result.stdout
    made = json.loads(run("diff", "--json", str(saved), str(new)).stdout)
    assert [(one["value"], one["state"]) for one in made["indicators"]] == [
        (NAME, "changed"),
        ("198.51.100.141", "new"),
        ("198.51.100.140", "gone"),
    ]
    facts = {one["field"]: one for one in made["indicators"][0]["sources"][-1]["changes"]}
    assert facts["verdict"] == {"field": "verdict", "old": "malicious", "new": "suspicious"}


# A shell --------------------------------------------------------------------------------------------------------------


def completed(words: str) -> list[str]:
    environment = {"_IOCLIB_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    result = CliRunner(env=environment).invoke(cli.main, prog_name="ioclib")
    return [line.partition(",")[2] for line in result.stdout.splitlines()]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("ioclib che", {"check", "check-source"}),
        ("ioclib check --source virus", {"virustotal"}),
        ("ioclib check --exclude mal", {"maltiverse", "malwarebazaar"}),
        ("ioclib check --profile q", {"quick"}),
        ("ioclib check --format st", {"stix"}),
        ("ioclib extract --type ipv", {"ipv4", "ipv6"}),
        ("ioclib extract --type url,ipv", {"url,ipv4", "url,ipv6"}),
        ("ioclib doctor greynoise_com", {"greynoise_community"}),
    ],
)
def test_what_a_shell_completes(words: str, wanted: set[str]) -> None:
    assert set(completed(words)) == wanted


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_a_shell(shell: str) -> None:
    script = run("completion", shell).stdout
    assert "_IOCLIB_COMPLETE" in script
    if shell == "bash":
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)


@pytest.mark.parametrize("command", ["check", "report", "diff", "extract", "plan", "completion", "doctor", "setup"])
def test_help_has_examples_that_can_be_copied(command: str) -> None:
    assert f"\n   ioclib {command} " in run(command, "--help").stdout


@pytest.mark.skipif(os.name != "posix", reason="pipes")
def test_a_broken_pipe_is_silent() -> None:
    script = f"{sys.executable} -m ioclib report - --format csv | head -1"
    answers = ["virustotal", "threatfox", "doh"]
    document = lookup(NAME, sandbox=True, sources=answers).to_json()
    many = json.loads(document)
    many["indicators"] *= 500
    done = subprocess.run(script, shell=True, input=json.dumps(many).encode(), capture_output=True, check=False)
    assert done.stdout.startswith(b"type,value")
    assert done.stderr == b""


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("form", ["json", "table", "csv"])
def test_ctrl_c_reports_what_has_landed(form: str) -> None:
    import signal

    process = subprocess.Popen(
        [sys.executable, "-c", _SLOW, "check", "--sandbox", "--format", form, "--timeout", "60", C2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    assert process.stderr.readline() == "landed\n"
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in errors
    if form == "json":
        answers = json.loads(output)["indicators"][0]["answers"]
        outcomes = {one["source"]: one["outcome"] for one in answers}
        assert outcomes["tor"] == "not_found"
        assert outcomes["virustotal"] == "failed"
        assert {one["error"]["message"] for one in answers if one["source"] == "virustotal"} == {
            "broken off before it answered"
        }
    elif form == "csv":
        assert any(row["source"] == "tor" for row in csv.DictReader(StringIO(output)))
    else:
        assert "tor" in output
        assert "lookups answered" in output


_SLOW = """
import sys
from ioclib.cli import main
from ioclib.sandbox.faults import Faults
from ioclib.client import front
made = front.Client.__init__
def hanging(self, **options):
    made(self, **{**options, "sources": ("virustotal", "tor"), "faults": Faults(hang=("virustotal",))})
front.Client.__init__ = hanging
ask = front.Client.lookup_asked
async def told(self, asked, on_answer):
    def land(answer):
        on_answer(answer)
        print("landed", file=sys.stderr, flush=True)
    return await ask(self, asked, land)
front.Client.lookup_asked = told
main(sys.argv[1:])
"""


def test_a_report_that_was_broken_off_is_whole() -> None:
    from ioclib import Client
    from ioclib.client import asked_about

    client = Client(sandbox=True, sources=["virustotal", "tor"])
    report: Report = client.broken_off(asked_about([C2]), [], read_report_time(), 1.5)
    assert [(one.source, one.outcome) for one in report.answers] == [("tor", "failed"), ("virustotal", "failed")]
    assert report.indicators[0].overall.coverage.answered == 0


def read_report_time() -> Any:
    from datetime import UTC, datetime

    return datetime(2026, 11, 24, tzinfo=UTC)


def test_a_table_tells_the_worst_in_full() -> None:
    addresses = [f"203.0.113.{number}" for number in range(60, 85)]
    text = render(lookup(*addresses, sandbox=True, sources=["tor", "feodo"]), "table")
    assert "25 indicators" in text
    assert text.count("source  ") == 20
    assert text.index(f"{defanged(C2)} (ipv4)") < text.index(f"{defanged('203.0.113.60')} (ipv4)")
    assert "every other format has all answers" in text


def defanged(address: str) -> str:
    return address.replace(".", "[.]")
