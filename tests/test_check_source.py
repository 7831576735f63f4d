"""``ioclib new-source`` and ``ioclib check-source``: what is right passes, and every fault is named."""

import json
import re
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ioclib import cli, config
from ioclib.conformance import check_file
from ioclib.conformance.template import write


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.main, arguments)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write("acme", tmp_path)[0]


def faults(file: Path, *changes: tuple[str, str]) -> str:
    """What is said of the template after some changes."""
    code = file.read_text()
    for before, after in changes:
        assert before in code
        code = code.replace(before, after)
    file.write_text(code)
    return "\n".join(check_file(file).faults)


def change_sample(file: Path, case: str, **changes: object) -> None:
    sample = file.parent / "samples" / "acme" / f"{case}.json"
    sample.write_text(json.dumps(json.loads(sample.read_text()) | changes))


@pytest.mark.parametrize("name", ["acme", "my_feed2"])
def test_a_new_source_is_found_and_conforms(name: str) -> None:
    written = run("new-source", name)
    assert written.exit_code == 0, written.output
    file = config.sources_folder() / f"{name}.py"
    assert f"ioclib check-source {file}" in written.stdout
    checked = run("check-source", str(file))
    assert (checked.exit_code, checked.stdout) == (0, f"{name} takes domain, ipv4\n5 samples, no faults\n")
    (entry,) = [one for one in json.loads(run("sources", "--json").stdout)["sources"] if one["name"] == name]
    assert (entry["state"], entry["key"]["variable"]) == ("no_key", f"{name.upper()}_API_KEY")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_nothing_is_written_over(tmp_path: Path) -> None:
    assert run("new-source", "acme", "--folder", str(tmp_path)).exit_code == 0
    (tmp_path / "acme.py").write_text("mine")
    again = run("new-source", "acme", "--folder", str(tmp_path))
    assert (again.exit_code, again.stderr) == (2, f"ioclib: {tmp_path / 'acme.py'} is there already\n")
    assert (tmp_path / "acme.py").read_text() == "mine"


@pytest.mark.parametrize("name", ["virustotal", "../acme", "Acme", "1st", "a-b", ""])
def test_a_name_that_cannot_be(name: str) -> None:
    assert run("new-source", name).exit_code == 2
    assert not config.sources_folder().exists()


def test_there_is_no_such_file(tmp_path: Path) -> None:
    missing = run("check-source", str(tmp_path / "acme.py"))
    assert (missing.exit_code, missing.stderr.startswith("ioclib: ")) == (2, True)


def test_what_stands_in_the_way_of_a_good_one(tmp_path: Path) -> None:
    (file := write("acme", tmp_path)[0]).write_text(
        file.read_text().replace('Key("ACME_API_KEY"', 'Key("ACME_API_KEY", aliases=("VT_API_KEY",)')
    )
    checked = run("check-source", str(file))
    assert checked.exit_code == 0
    assert "note: VT_API_KEY is the key of virustotal" in checked.stdout


def test_its_samples_may_lie_right_beside_it(file: Path) -> None:
    (file.parent / "samples" / "acme").rename(file.parent / "acme")
    assert check_file(file).samples == 5
    assert not faults(file)


REQUEST = 'Request.get("/v1", ioc.kind, ioc)'
LINK = 'url("https://acme.example/indicator", ioc)'
NOTHING = "if not answer.reports:"
PLANTED = [
    # types
    ("ioc: Domain | IPv4) -> Request", "ioc: str) -> Request", "is no indicator type"),
    ("ioc: Domain | IPv4) -> Request", "ioc: IPv4) -> Request", "whose type the source does not take"),
    # quoting
    (REQUEST, 'Request("GET", f"/v1/{ioc}")', "puts an address together"),
    (REQUEST, 'Request.get(f"/v1/{ioc}")', "puts an address together"),
    (REQUEST, 'Request.get("/v1/" + str(ioc))', "puts an address together"),
    (REQUEST, 'Request.get("/v1/%s" % ioc)', "puts an address together"),
    (REQUEST, 'Request.get("/v1/{}".format(ioc))', "puts an address together"),
    (REQUEST, 'Request.get("/a b", ioc)', "where something is not quoted"),
    (REQUEST, 'Request.get("/..", ioc)', "which leads elsewhere"),
    (REQUEST, 'Request.get("v1", ioc)', "which does not begin with a slash"),
    (REQUEST, 'Request.get("/v1?x=1", ioc)', "where something adds a parameter"),
    (LINK, 'f"https://acme.example/<{ioc}>"', "something is not quoted"),
    (LINK, '"ftp://acme.example"', "is no page"),
    (LINK, "str(1 / 0)", "ZeroDivisionError in acme.py, line"),
    # the key
    (REQUEST, 'Request.get("/v1", ioc.kind, ioc, apikey="s3cr3t")', "with the parameter apikey: the key is declared"),
    ('Key("ACME_API_KEY"', 'Key("ACME_TOKEN"', "its key is in ACME_TOKEN, not in ACME_API_KEY"),
    # no input, no output, nothing but declarations
    (NOTHING, "import os\n    if os.environ:", "imports os"),
    (NOTHING, "from urllib import request as r\n    r.urlopen('x')\n    if 1:", "imports urllib.request"),
    (NOTHING, "from ioclib.config import load\n    if load(()):", "imports ioclib.config.load"),
    (NOTHING, "from ioclib import config\n    if config:", "imports ioclib.config"),
    (NOTHING, "open('/dev/null').close()\n    if 1:", "calls open"),
    (NOTHING, "print(answer)\n    if 1:", "calls print"),
    (NOTHING, "if not answer.reports:\n        raise ValueError\n    if 0:", "raise: a source returns a SourceError"),
    (NOTHING, "try:\n        pass\n    finally:\n        pass\n    if 0:", "try"),
    # outcomes
    ("malicious=MALICIOUS", "malicious=101", "verdict is 'suspicious', not 'malicious'"),
    ("{answer.reports} reports", "{answer.reports} times", "summary is '7 times"),
    ("score: int", "score: list[int]", "outcome is 'failed', not 'found' (the answer has another shape"),
    ("score: int\n    reports: int", "score: int = 0\n    reports: int = 0", "outcome is 'found', not 'failed'"),
    ("return Finding(", "return 1 / 0 or Finding(", "ZeroDivisionError in the code of acme, line"),
    # the manifest
    ("One sentence for people.", "One sentence", "about is no sentence"),
    ("limits=(", "requests=0, limits=(", "a number of requests of nothing"),
    ("    exposure=Exposure.VENDOR,", "", "missing 1 required keyword-only argument: 'exposure'"),
]


@pytest.mark.parametrize(("before", "after", "said"), PLANTED, ids=range(len(PLANTED)))
def test_a_planted_fault_is_named(file: Path, before: str, after: str, said: str) -> None:
    assert said in faults(file, (before, after))


def test_somebody_elses_page_is_no_answer(file: Path) -> None:
    anything = (NOTHING, 'return Finding(summary="x")\n    if 0:'), ("payload=Answer", "payload=str")
    assert "somebody else's page with status 200 is Found to it, not Failed" in faults(file, *anything)


def test_reaching_out_by_another_door_is_seen_too(file: Path) -> None:
    hidden = "getattr(__builtins__, 'op' + 'en', None) or __builtins__['op' + 'en']"
    said = faults(file, (NOTHING, f"({hidden})('/dev/null').close()\n    {NOTHING}"))
    assert re.search(r"it reaches out while it is asked about .*: open", said)


STEPS = """
from ioclib.source import SteppedSource, Steps, ask

def lookup(ioc: IPv4) -> Steps:
    yield from ask(request(ioc), Answer)
    answer = yield from ask(request(ioc), Answer)
    return read(answer)

SOURCE = SteppedSource(
    name="acme", about=SOURCE.about, base=SOURCE.base, key=None, limits=(), exposure=SOURCE.exposure, link=link,
    lookup=lookup,
)
"""


def test_no_more_requests_than_declared(file: Path) -> None:
    answer = {"status": 200, "body": {"score": 90, "reports": 7}}
    change_sample(file, "found", answers=[answer, answer], expect={"outcome": "found"})
    file.write_text(file.read_text() + STEPS)
    assert "sample found: it took 2 requests; the source says that 1 are the most" in "\n".join(check_file(file).faults)
    assert "it took" not in faults(file, ("limits=(), exposure=SOURCE", "limits=(), requests=2, exposure=SOURCE"))


def test_the_samples_are_looked_at(file: Path) -> None:
    change_sample(file, "found", ask="198.51.100.0/24")
    change_sample(file, "absent", answers=[])
    change_sample(file, "denied", answers=[{"status": 401}, {"status": 401}])
    change_sample(file, "limited", expect={"outcome": "failed", "error": "server_error"})
    change_sample(file, "malformed", expect={"outcome": "lost"})
    said = faults(file)
    for fault in (
        "sample found: it asks about CIDR('198.51.100.0/24'), whose type the source does not take",
        "sample absent: LookupError",
        "it asked GET /v1/domain/nobody.example too, to which there is no answer",
        "sample denied: 1 of its answers were not asked for",
        "sample limited: error is 'rate_limited', not 'server_error'",
        "sample malformed: outcome is 'failed', not 'lost'",
    ):
        assert fault in said


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("found", "no sample in which it is found"),
        ("absent", "no sample in which it is not found"),
        ("denied", "no sample of a bad key"),
        ("limited", "no sample of a service that cannot"),
    ],
)
def test_what_matters_has_a_sample(file: Path, case: str, said: str) -> None:
    (file.parent / "samples" / "acme" / f"{case}.json").unlink()
    assert said in faults(file)


@pytest.mark.parametrize("text", ["{", '{"ask": "203.0.113.9", "answers": [], "expect": {}}', "[]", '{"asks": 1}'])
def test_a_sample_that_is_none_is_named(file: Path, text: str) -> None:
    (file.parent / "samples" / "acme" / "odd.json").write_text(text)
    assert "odd.json is no sample: " in faults(file)


def test_a_file_that_is_broken(file: Path) -> None:
    file.write_text("raise SystemExit(0)")
    checked = run("check-source", str(file))
    assert (checked.exit_code, checked.stdout) == (1, "fault: line 1: SystemExit: 0\n0 samples, 1 fault\n")
