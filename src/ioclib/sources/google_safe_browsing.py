"""Google Safe Browsing: what browsers warn of.

https://developers.google.com/safe-browsing/reference/rest (read 2026-11). The search by hashes of version 5: a link is
put into one spelling and hashed, together with each of its hosts and folders, and only the first 4 bytes of each hash
are sent. Google answers with whole hashes, which are compared here.

Verdict: malware and social engineering are malicious, unwanted software, and what is bad only inside frames, are
suspicious. Not to be listed says nothing.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from itertools import accumulate
from typing import Annotated
from urllib.parse import unquote_to_bytes

from ioclib.errors import RateLimited, Unauthorized
from ioclib.findings import Evidence, Finding, Verdict
from ioclib.indicators import URL, Address, Domain, IPv6
from ioclib.indicators.addresses import loose_ipv4
from ioclib.source import Exposure, Keep, Key, Number, Payload, Refusal, Request, SteppedSource, Steps, ask, url

PREFIX_BYTES = 4  # of a hash: all that leaves this machine
LAST_LABELS = 7  # of a host; the documentation names 5, and counts from the registrable domain elsewhere
FOLDERS = 3  # below the root

VERDICTS: dict[str | int, Verdict] = {
    "MALWARE": Verdict.MALICIOUS,
    "SOCIAL_ENGINEERING": Verdict.MALICIOUS,
    "UNWANTED_SOFTWARE": Verdict.SUSPICIOUS,
    "POTENTIALLY_HARMFUL_APPLICATION": Verdict.SUSPICIOUS,
}
THREAT_NUMBERS = {1: "MALWARE", 2: "SOCIAL_ENGINEERING", 3: "UNWANTED_SOFTWARE", 4: "POTENTIALLY_HARMFUL_APPLICATION"}
ATTRIBUTE_NUMBERS = {1: "CANARY", 2: "FRAME_ONLY"}

SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
ESCAPED = re.compile(r"[\x00-\x20\x7f-\xff#%]")
NAT64 = IPv6Network("64:ff9b::/96")


class Detail(Payload):
    """A value that is not known here comes as its number; the whole detail is then to be ignored."""

    threatType: Annotated[str | int, Number(1, THREAT_NUMBERS)] = ""
    attributes: Annotated[list[str | int], Number(2, ATTRIBUTE_NUMBERS)] = []


class FullHash(Payload):
    fullHash: Annotated[bytes, Number(1)]
    fullHashDetails: Annotated[list[Detail], Number(2)] = []


class Answer(Payload):
    fullHashes: Annotated[list[FullHash], Number(1)] = []


def lookup(ioc: URL | Address | Domain) -> Steps:
    ours = {sha256(text.encode()).digest(): text for text in expressions(page(ioc))}
    answer = yield from ask(request(ours), Answer)
    return read(answer or Answer(), ours)


def request(ours: Mapping[bytes, str]) -> Request:
    prefixes = {b64encode(digest[:PREFIX_BYTES]).decode() for digest in ours}
    return Request.get("/v5/hashes:search", hashPrefixes=sorted(prefixes), alt="json")


def read(answer: Answer, ours: Mapping[bytes, str]) -> Finding | None:
    """Only a whole hash counts: the first bytes are shared by others."""
    listed = [
        (verdict, str(detail.threatType), ours[full.fullHash])
        for full in answer.fullHashes
        if full.fullHash in ours
        for detail in full.fullHashDetails
        if (verdict := verdict_of(detail))
    ]
    if not listed:
        return None
    threats = tuple(dict.fromkeys(threat for _, threat, _ in listed))
    widest = min((text for _, _, text in listed), key=len)
    return Finding(
        verdict=Verdict.MALICIOUS if any(found is Verdict.MALICIOUS for found, _, _ in listed) else Verdict.SUSPICIOUS,
        summary=f"{', '.join(threats)}: {widest if len(widest) <= 80 else widest[:79] + '…'}",
        tags=threats,
    )


def verdict_of(detail: Detail) -> Verdict | None:
    """What one listing means; None if it is not to be acted on."""
    attributes = set(detail.attributes)
    if "CANARY" in attributes or attributes - {"FRAME_ONLY"}:
        return None
    verdict = VERDICTS.get(detail.threatType)
    return Verdict.SUSPICIOUS if verdict and attributes else verdict


def page(ioc: URL | Address | Domain) -> str:
    match ioc:
        case URL():
            return str(ioc)
        case IPv6():
            return f"http://[{ioc}]/"
        case _:
            return f"http://{ioc}/"


def expressions(link: str) -> list[str]:
    """Everything under which a link may be listed: each of its hosts with each of its paths."""
    host, path, query = canonical(link)
    return [one + other for one in hosts(host) for other in paths(path, query)]


def hosts(host: str) -> list[str]:
    """The host, and what is left of it when labels are taken off its front; never a bare top-level domain."""
    if host.startswith("[") or loose_ipv4(host) is not None:
        return [host]
    labels = host.split(".")
    starts = range(max(1, len(labels) - LAST_LABELS), len(labels) - 1)
    return [host, *(".".join(labels[start:]) for start in starts)]


def paths(path: str, query: str) -> list[str]:
    """The path with its query and without, and the folders that lead to it."""
    folders = (folder + "/" for folder in path.split("/")[1:-1][:FOLDERS])
    whole = [f"{path}?{query}"] if query else []
    return list(dict.fromkeys([*whole, path, *accumulate(folders, initial="/")]))


def canonical(link: str) -> tuple[str, str, str]:
    """Host, path and query in the one spelling that is hashed.

    https://developers.google.com/safe-browsing/v4/urls-hashing#canonicalization (read 2026-11)
    """
    plain = link.strip(" ").translate(dict.fromkeys(map(ord, "\t\r\n"))).partition("#")[0].encode()
    while (unquoted := unquote_to_bytes(plain)) != plain:
        plain = unquoted
    text = SCHEME.sub("", plain.decode("latin-1"), count=1)
    before, _, query = text.partition("?")
    authority, _, path = before.partition("/")
    return escaped(canonical_host(authority)), escaped(canonical_path(path)), escaped(query)


def canonical_host(authority: str) -> str:
    """Without user and port; any spelling of an IPv4 address becomes its usual one."""
    host = re.sub(r":\d*$", "", authority.rpartition("@")[2])
    if host.startswith("["):
        address = IPv6Address(host[1:-1])
        inner = IPv4Address(int(address) & 0xFFFF_FFFF) if address in NAT64 else address.ipv4_mapped
        return str(inner) if inner else f"[{address}]"
    host = re.sub(r"\.{2,}", ".", host.strip(".")).lower()
    number = loose_ipv4(host)
    return host if number is None else str(IPv4Address(number))


def canonical_path(path: str) -> str:
    """With ``.``, ``..`` and repeated slashes resolved."""
    kept: list[str] = []
    for segment in path.split("/"):
        match segment:
            case "..":
                del kept[-1:]
            case "" | ".":
                pass
            case _:
                kept.append(segment)
    is_folder = path.endswith(("/", "/.", "/.."))
    return "/" + "/".join(kept) + ("/" if kept and is_folder else "")


def escaped(text: str) -> str:
    return ESCAPED.sub(lambda found: f"%{ord(found[0]):02X}", text)


def link(ioc: URL | Address | Domain) -> str:
    return url("https://transparencyreport.google.com/safe-browsing/search", url=page(ioc))


SOURCE: SteppedSource[URL | Address | Domain] = SteppedSource(
    name="google_safe_browsing",
    about="Links and hosts that browsers warn of; only the first bytes of hashes are sent.",
    base="https://safebrowsing.googleapis.com",
    key=Key(
        "GOOGLE_SAFE_BROWSING_API_KEY",
        aliases=("SAFE_BROWSING_API_KEY", "GOOGLESAFEBROWSING_API_KEY"),
        header="X-Goog-Api-Key",
        get="https://console.cloud.google.com/apis/library/safebrowsing.googleapis.com",
    ),
    limits=(),
    keep=Keep(found=300, not_found=300),  # the cacheDuration of its answers
    evidence=Evidence.CURATED,
    exposure=Exposure.VENDOR,
    refusals=(
        Refusal(400, Unauthorized, says="API_KEY_INVALID"),
        Refusal(400, Unauthorized, says="API key not valid"),
        Refusal(429, RateLimited, says="per minute"),
    ),
    lookup=lookup,
    link=link,
)
