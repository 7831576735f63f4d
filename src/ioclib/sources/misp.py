"""MISP: the events of your own instance. https://www.misp-project.org/openapi/ (read 2026-11)

Set ``sources.misp.base_url`` to it. Verdict: suspicious where an analyst marked an attribute for detection, malicious
where its event is of a high threat level too; without that mark it is context.
"""

from ioclib.findings import Evidence, Finding, Verdict, facts, when
from ioclib.indicators import CIDR, URL, Address, Domain, Email, Md5, Sha1, Sha256, Sha512
from ioclib.source import Absent, Exposure, Keep, Key, Payload, Request, Source, url

Ioc = Address | CIDR | Domain | URL | Email | Md5 | Sha1 | Sha256 | Sha512
HIGH = "1"
SHOWN = 3


class Label(Payload):
    name: str


class Case(Payload):
    id: str
    info: str
    threat_level_id: str = ""


class Known(Payload):
    type: str
    to_ids: bool
    timestamp: str
    Event: Case
    Tag: list[Label] = []


class Attributes(Payload):
    Attribute: list[Known]


class Answer(Payload):
    response: Attributes


def request(ioc: Ioc) -> Request:
    wanted = {"value": ioc, "returnFormat": "json", "includeEventTags": True, "limit": 100}
    return Request.post("/attributes/restSearch", json=wanted)


def read(answer: Answer) -> Finding | None:
    found = answer.response.Attribute
    if not found:
        return None
    marked = [one for one in found if one.to_ids]
    grave = any(one.Event.threat_level_id == HIGH for one in marked)
    events = list(dict.fromkeys(one.Event.info for one in found))
    return Finding(
        verdict=Verdict.MALICIOUS if grave else Verdict.SUSPICIOUS if marked else Verdict.UNKNOWN,
        summary=facts(
            f"in {len(events)} event{'s' * (len(events) != 1)}: {'; '.join(events[:SHOWN])}",
            f"{len(marked)} of {len(found)} marked for detection",
        ),
        tags=tuple(tag.name for one in found for tag in one.Tag),
        first_seen=when(min(one.timestamp for one in found)),
        last_seen=when(max(one.timestamp for one in found)),
    )


def link(_: Ioc) -> str:
    return url("https://www.misp-project.org/")


SOURCE: Source[Ioc, Answer] = Source(
    name="misp",
    about="The events of your own MISP.",
    base="https://misp.internal",
    key=Key("MISP_API_KEY", header="Authorization", get="https://www.misp-project.org/documentation/"),
    limits=(),
    evidence=Evidence.CURATED,
    exposure=Exposure.VENDOR,
    own_platform=True,
    keep=Keep(found=600, not_found=60),
    absent=Absent.never,
    request=request,
    payload=Answer,
    read=read,
    link=link,
)
