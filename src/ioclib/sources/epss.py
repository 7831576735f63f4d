"""EPSS: how likely a vulnerability is to be exploited within 30 days. https://www.first.org/epss/api (read 2026-11)

A probability is a matter of priority, and no verdict.
"""

from collections.abc import Mapping, Sequence

from ioclib.findings import Finding
from ioclib.indicators import CVE
from ioclib.source import Absent, Batch, Exposure, Keep, Limit, Payload, Request, Source, url

LIKELY_SCORE, LIKELY_PERCENTILE = 0.5, 0.95


class Row(Payload):
    cve: str
    epss: float
    percentile: float
    date: str


class Scores(Payload):
    data: list[Row]


def request(cve: CVE) -> Request:
    return Request.get("", cve=cve)


def read(scores: Scores) -> Finding | None:
    for row in scores.data:
        likely = row.epss >= LIKELY_SCORE or row.percentile >= LIKELY_PERCENTILE
        return Finding(
            summary=f"{row.epss:.1%} likely to be exploited within 30 days, more than {row.percentile:.1%} of all",
            tags=("exploitation-likely",) if likely else (),
        )
    return None


def request_many(cves: Sequence[CVE]) -> Request:
    return Request.get("", cve=",".join(map(str, cves)))


def apart(scores: Scores) -> Mapping[str, object]:
    return {row.cve: {"data": [row]} for row in scores.data}


def link(cve: CVE) -> str:
    return url("https://api.first.org/data/v1/epss", cve=cve)


SOURCE: Source[CVE, Scores] = Source(
    name="epss",
    about="How likely a vulnerability is to be exploited within 30 days.",
    base="https://api.first.org/data/v1/epss",
    key=None,
    limits=(Limit(1000, per="minute"),),
    exposure=Exposure.VENDOR,
    keep=Keep(found=86_400, not_found=3600),  # scores are of a day
    complete=True,
    absent=Absent.never,
    request=request,
    payload=Scores,
    read=read,
    batches=(Batch(size=80, request=request_many, payload=Scores, apart=apart, missing={"data": []}),),
    link=link,
)
