"""AIL's onion lookup, at CIRCL: what a hidden service is known for. https://onion.ail-project.org/ (read 2026-11)

Unproven: how it answers was not at hand, so it is only told whether it knows one. No verdict.
"""

from msgspec import Raw

from ioclib.findings import Finding
from ioclib.indicators import Onion
from ioclib.source import Absent, Exposure, Request, Source, url


def request(onion: Onion) -> Request:
    return Request.get("/lookup", onion)


def read(record: Raw) -> Finding | None:
    return None if bytes(record) in {b"null", b"{}", b"[]"} else Finding(summary="known")


def link(onion: Onion) -> str:
    return url("https://onion.ail-project.org/onion", onion)


SOURCE: Source[Onion, Raw] = Source(
    name="ail_onion",
    about="What a hidden service is known for.",
    base="https://onion.ail-project.org/api",
    key=None,
    limits=(),
    exposure=Exposure.VENDOR,
    unproven=True,
    absent=Absent.status(404),
    request=request,
    payload=Raw,
    read=read,
    link=link,
)
