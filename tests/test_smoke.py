"""What must work after ``pip install ioclib`` without extras: runs against the source and against the built wheel."""

import json
import subprocess
import sys

import pytest

import ioclib

pytestmark = pytest.mark.smoke


def test_the_library() -> None:
    report = ioclib.lookup("update-heron[.]example", sandbox=True)
    assert any(answer.verdict == "malicious" for answer in report.answers)
    assert ioclib.Sha256("0" * 64).get_result(sandbox=True)["schema"] == 1
    assert list(ioclib.stream("203.0.113.66", sandbox=True))


def test_the_command_line() -> None:
    command = [sys.executable, "-m", "ioclib", "check", "--sandbox", "--json", "203.0.113.66"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    answers = json.loads(done.stdout)["indicators"][0]["answers"]
    assert len([answer for answer in answers if answer["outcome"] in {"found", "not_found"}]) >= 10


def test_every_source_and_its_twin_are_in_the_package() -> None:
    from ioclib import sandbox
    from ioclib.registry import all_sources

    assert len(all_sources()) >= 20
    assert len(sandbox.twins()) >= 17


def test_types_are_shipped() -> None:
    from importlib.resources import files

    assert files("ioclib").joinpath("py.typed").is_file()


def test_a_report_is_told_to_people() -> None:
    from ioclib.render import markdown, page

    report = ioclib.lookup("203.0.113.66", sandbox=True)
    assert "203[.]0[.]113[.]66" in page(report)
    assert "203[.]0[.]113[.]66" in markdown(report)
    assert "203[.]0[.]113[.]66" in report._repr_html_()
