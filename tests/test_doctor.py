"""The doctor: everybody is well in the sandbox, and what is wrong is named rightly."""

import asyncio
import json
from typing import Any

import pytest
from click.testing import CliRunner

from ioclib.cli import main
from ioclib.doctor import examined
from ioclib.listings import CheckupEntry
from ioclib.registry import all_sources
from ioclib.sandbox import Faults
from ioclib.sandbox.faults import Trouble
from ioclib.sandbox.twin import Reply, Twin
from ioclib.source import Exposure
from tests.doubles import Scripted, json_response

QUICK = ("hashlookup", "shodan_internetdb", "tor", "virustotal")


def checkups(*names: str, **options: Any) -> dict[str, CheckupEntry]:
    async def collect() -> dict[str, CheckupEntry]:
        return {one.source: one async for one in examined(names, timeout=20, **options)}

    return asyncio.run(collect())


def told(one: CheckupEntry) -> tuple[Any, ...]:
    return one.state, one.reachable, one.key, one.shape


def test_everybody_is_well_in_the_sandbox() -> None:
    found = checkups(sandbox=True)
    assert {one.says for one in found.values() if one.state != "healthy"} == set()
    expected = {
        name
        for name, one in all_sources().items()
        if not (one.personal or one.unproven or one.retired or one.exposure is Exposure.TARGET)
    }
    assert found.keys() == expected


def test_who_is_named_is_asked_whoever_it_is() -> None:
    found = checkups("hibp", "threatminer", sandbox=True)
    assert {name: one.state for name, one in found.items()} == {"hibp": "healthy", "threatminer": "healthy"}


@pytest.mark.parametrize(
    ("faults", "state"),
    [
        (Faults(hang=["virustotal"]), ("unhealthy", False, None, None)),
        (Faults(limit=0), ("unhealthy", True, True, None)),
    ],
)
def test_a_fault_is_named(faults: Faults, state: tuple[Any, ...]) -> None:
    options: dict[str, Any] = {"sandbox": True, "faults": faults}

    async def ask() -> CheckupEntry:
        (one,) = [found async for found in examined(["virustotal"], timeout=0.5, **options)]
        return one

    assert told(asyncio.run(ask())) == state


@pytest.mark.parametrize(
    ("status", "body", "says", "state"),
    [
        (401, b'{"error": {"message": "Wrong key"}}', "key not accepted: HTTP 401: Wrong key", (True, False, None)),
        (500, b"{}", "the service fails: HTTP 500", (True, None, None)),
        (200, b'{"data": {"attributes": {}}}', "the answer has changed: ", (True, True, False)),
        (200, b"<html>", "the answer has changed: the answer is not JSON", (True, True, False)),
        (404, b'{"error": {"code": "NotFoundError"}}', "does not know 1.1.1.1", (True, True, True)),
        (429, b'{"error": {"code": "QuotaExceededError"}}', "the allowance is used up: HTTP 429", (True, True, None)),
    ],
)
def test_what_a_service_does_is_told(
    status: int, body: bytes, says: str, state: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIRUSTOTAL_API_KEY", "a-recognisable-key")
    monkeypatch.setattr(
        "ioclib.client.front.make_transport", lambda *_, **__: Scripted(lambda _: json_response(body, status))
    )
    one = checkups("virustotal")["virustotal"]
    assert one.says.startswith(says)
    assert told(one)[1:] == state


def test_the_field_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    known = json_response(b'{"ip": "1.1.1.1", "tags": []}')
    monkeypatch.setattr("ioclib.client.front.make_transport", lambda *_, **__: Scripted(lambda _: known))
    assert "missing required field `ports`" in checkups("shodan_internetdb")["shodan_internetdb"].says


def test_who_has_no_key_is_not_asked() -> None:
    one = checkups("virustotal")["virustotal"]
    assert told(one) == ("skipped", None, None, None)
    assert one.says.startswith("set VIRUSTOTAL_API_KEY")


# At the command line ----------------------------------------------------------------------------------------------


def run(*arguments: str) -> Any:
    return CliRunner().invoke(main, ["doctor", *arguments])


def test_the_table_and_the_exit_code() -> None:
    well = run("--sandbox", *QUICK)
    assert well.exit_code == 0, well.output
    assert well.stdout.splitlines()[-2:] == ["SANDBOX: these answers are invented.", "4 healthy"]
    ill = run("--sandbox", "--hang", "virustotal", "--timeout", "0.5", *QUICK)
    assert ill.exit_code == 1
    assert "virustotal: hangs: no answer before the deadline of 0.5 s" in ill.stdout
    assert ill.stdout.splitlines()[-1] == "3 healthy, 1 unhealthy"


def test_json() -> None:
    document = json.loads(run("--sandbox", "--json", *QUICK).stdout)
    assert document["sandbox"] is True
    assert {one["source"]: one["state"] for one in document["sources"]} == dict.fromkeys(QUICK, "healthy")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--hang", "virustotal"], "faults are for the simulated providers: add --sandbox"),
        (["--sandbox", "--hang", "virustotall"], "there is no service 'virustotall'"),
        (["virustotall"], "did you mean 'virustotal'"),
    ],
)
def test_what_cannot_be_is_refused(arguments: list[str], says: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert says in result.output


# The faults -------------------------------------------------------------------------------------------------------

TWIN = Twin(name="one", hosts=("one.example",), answer=lambda _: Reply.json({"a": 1}))
GOOD = Reply.json({"a": 1, "b": 2})


@pytest.mark.parametrize(("share", "least", "most"), [(0, 0, 0), (0.25, 35, 70), (1, 200, 200)])
def test_so_many_answers_are_faults(share: float, least: int, most: int) -> None:
    trouble = Trouble(Faults(fail=share))
    spoiled = [trouble.spoiled(TWIN, GOOD) for _ in range(200)]
    assert least <= sum(one != GOOD for one in spoiled) <= most
    again = Trouble(Faults(fail=share))
    assert spoiled == [again.spoiled(TWIN, GOOD) for _ in range(200)], "the same chance every time"


def test_each_service_has_a_limit_of_its_own() -> None:
    trouble = Trouble(Faults(limit=2))
    other = Twin(name="other", hosts=(), answer=TWIN.answer)
    statuses = [trouble.spoiled(twin, GOOD).status for twin in (TWIN, TWIN, TWIN, other)]
    assert statuses == [200, 200, 429, 200]


def test_who_hangs_is_named_by_twin_or_source() -> None:
    trouble = Trouble(Faults(latency=0.5, hang={"one", "two_source"}))
    assert trouble.delay(TWIN) > 60
    other = Twin(name="two", hosts=(), answer=TWIN.answer)
    assert trouble.delay(other, "two_source") > 60
    assert trouble.delay(other, "two_others") == 0.5


def test_what_is_left_is_of_after_the_question() -> None:
    first = checkups("virustotal", sandbox=True)["virustotal"].left[0]
    assert (first.limit, first.left) == ("4/minute", 3)
