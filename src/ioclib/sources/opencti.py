"""OpenCTI: the observables of your own platform. https://docs.opencti.io/latest/reference/api/ (read 2026-11)

Set ``sources.opencti.base_url`` to it. Verdict: by its score, malicious from 75, suspicious from 40; it is the score
that OpenCTI gives to observables, which analysts can change.
"""

from typing import Any

from msgspec import field

from ioclib.errors import Rejected, SourceError, Unauthorized
from ioclib.findings import Evidence, Finding, Verdict, facts, when
from ioclib.indicators import URL, Address, Domain, Email, Md5, Sha1, Sha256
from ioclib.source import Absent, Exposure, Keep, Key, Payload, Request, Source, url

Ioc = Address | Domain | URL | Email | Md5 | Sha1 | Sha256
SUSPICIOUS, MALICIOUS = 40, 75
QUERY = """query Known($filters: FilterGroup) {
  stixCyberObservables(first: 10, filters: $filters) {
    edges { node { id observable_value x_opencti_score created_at objectLabel { value } } }
  }
}"""


class Label(Payload):
    value: str


class Node(Payload):
    id: str
    x_opencti_score: int | None = None
    created_at: str | None = None
    objectLabel: list[Label] = []


class Edge(Payload):
    node: Node


class Observables(Payload):
    edges: list[Edge]


class Data(Payload):
    stixCyberObservables: Observables | None = None


class Answer(Payload):
    data: Data | None = None
    errors: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


def request(ioc: Ioc) -> Request:
    value = {"key": ["value", "hashes.MD5", "hashes.SHA-1", "hashes.SHA-256"], "values": [ioc], "operator": "eq"}
    filters = {"mode": "and", "filters": [value], "filterGroups": list[object]()}
    return Request.post("/graphql", json={"query": QUERY, "variables": {"filters": filters}})


def read(answer: Answer) -> Finding | SourceError | None:
    if answer.errors or answer.data is None or answer.data.stixCyberObservables is None:
        said = str(answer.errors[0].get("message", "")) if answer.errors else "no data"
        return Unauthorized(said) if "logged in" in said else Rejected(said)
    nodes = [edge.node for edge in answer.data.stixCyberObservables.edges]
    if not nodes:
        return None
    score = max(node.x_opencti_score or 0 for node in nodes)
    labels = tuple(label.value for node in nodes for label in node.objectLabel)
    return Finding(
        verdict=Verdict.of(score, suspicious=SUSPICIOUS, malicious=MALICIOUS),
        summary=facts(f"score {score} of 100", ", ".join(labels[:3])),
        tags=labels,
        first_seen=min(filter(None, (when(node.created_at) for node in nodes)), default=None),
    )


def link(_: Ioc) -> str:
    return url("https://docs.opencti.io/")


SOURCE: Source[Ioc, Answer] = Source(
    name="opencti",
    about="What your own OpenCTI knows.",
    base="https://opencti.internal",
    key=Key("OPENCTI_API_KEY", header="Authorization", prefix="Bearer ", get="https://docs.opencti.io/"),
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
