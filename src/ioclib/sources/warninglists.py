"""Well-known values: the MISP warning lists. https://github.com/MISP/misp-warninglists (read 2026-11)

They say what is often reported by mistake: resolvers, clouds, popular sites, hashes of empty files. The data comes from
the package pymispwarninglists, and is looked up on this machine.

Verdict: benign only for the lists in `HARMLESS`, whose entries are what they are, whoever uses them. A cloud's address
or a popular site can be abused by its customers: the other lists explain, and leave the verdict open.
"""

from collections import defaultdict
from collections.abc import Mapping

from msgspec import Raw, field, json

from ioclib.findings import Evidence, Finding, Verdict
from ioclib.indicators import Domain, Email, IPv4, IPv6, Md5, Sha1, Sha224, Sha256, Sha384, Sha512
from ioclib.source import Exposure, Lines, ListSource, Payload, Request, url

Known = IPv4 | IPv6 | Domain | Email | Md5 | Sha1 | Sha224 | Sha256 | Sha384 | Sha512

HARMLESS = (
    "false-positive",
    "false positive",
    "hashes for empty files",
    "hashes for benign files",
    "hashes for EICAR",
    "trusted CA",
    "intermediate of trusted",
    "CRL and OCSP",
    "RFC ",
    "link local",
    "Googlebot",
)
RENTED = ("Amazon AWS", "GCP", "Azure", "Ovh", "vpn-ipv", "VPN providers")
HANDED_OUT = ("LOTS", "dynamic DNS", "link in Bio", "URL Shorteners", "IPFS")  # or pages are, below these names
POPULAR = ("Top ", "most-used", "University", "bank domains", "dax30", "Covid-19", "covid-19")
KINDS = (("known-harmless", HARMLESS), ("sinkhole", ("sinkholes",)), ("known-scanner", ("Scanning", "Scanner")))
TOO_BROAD = ("google-chrome-crux", "TLDs", "phone", "Azure Appl", "Common contact")  # or said by another list
PATTERNS = {"hostname": ".{}", "string": "{}", "cidr": "{}"}
DISPOSABLE = "disposable email"
SHOWN = 4


class WarningList(Payload):
    name: str
    type: str
    values: Raw = field(name="list")  # a million in some: decoded one list at a time

    @property
    def about(self) -> str:
        return self.name.removeprefix("List of ").removeprefix("known ")

    @property
    def pattern(self) -> str | None:
        """A key of the index, from a value of the list; None for what cannot be looked up, or says nothing."""
        if any(word in self.name for word in TOO_BROAD):
            return None
        return "@{}" if DISPOSABLE in self.name else PATTERNS.get(self.type)


def entries(lists: Lines[WarningList]) -> Mapping[str, str] | None:
    names: dict[str, str] = defaultdict(str)
    for one in lists.rows:
        if pattern := one.pattern:
            for value in json.decode(one.values, type=list[str]):
                key = pattern.format(value.lower())
                about = f"{one.about}: {value}" if word_in(HANDED_OUT, one.name) else one.about
                names[key] = f"{names[key]}\n{about}" if key in names else about
    return names or None


def listed(ioc: Known, line: str) -> Finding:
    names = line.split("\n")
    kind = kind_of(ioc, names)
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return Finding(
        verdict=Verdict.BENIGN if kind == "known-harmless" else Verdict.UNKNOWN,
        summary=f"well known: {'; '.join(names[:SHOWN])}{more}",
        tags=(kind,),
    )


def kind_of(ioc: Known, names: list[str]) -> str:
    """What the lists say of it: a service is answerable for itself, not for its customers."""
    for kind, words in KINDS:
        if any(word_in(words, name) for name in names):
            return kind
    handed_out = [name.rpartition(": ")[2] for name in names if word_in(HANDED_OUT, name)]
    if isinstance(ioc, Domain) and str(ioc) not in handed_out and (handed_out or ioc.is_customers):
        return "customers-name"
    if all(word_in(POPULAR, name) for name in names):
        return "popular"
    return "rented" if all(word_in(RENTED + POPULAR, name) for name in names) else "well-known"


def word_in(words: tuple[str, ...], name: str) -> bool:
    return any(word in name for word in words)


def link(_: Known) -> str:
    return url("https://github.com/MISP/misp-warninglists")


SOURCE: ListSource[Known, Lines[WarningList]] = ListSource(
    name="warninglists",
    about="Values that are well known, and often reported by mistake.",
    base="package://pymispwarninglists",
    key=None,
    limits=(),
    evidence=Evidence.VOUCHED,
    exposure=Exposure.NONE,
    package="pymispwarninglists",
    timeout=60,  # to read it the first time takes several seconds
    complete=True,
    download=Request.get("/data/misp-warninglists/lists"),
    payload=Lines[WarningList],
    entries=entries,
    listed=listed,
    max_age=86_400,
    link=link,
)
