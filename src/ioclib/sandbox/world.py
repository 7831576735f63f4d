"""The sandbox's small invented world, the same for every simulated provider.

One campaign ("Gilded Heron", a loader and the stealer that it drops), its infrastructure, a phishing page, a tool that
some call unwanted, a shared host that others abuse, a Tor exit, a noisy scanner, and things that are well known and
harmless. Everything else is unknown. All addresses are from the documentation blocks (RFC 5737, RFC 3849), all names
end in ``.example`` (RFC 2606), and the hashes are those of the sentences in `File.content`: nothing here exists.
"""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

Nature = Literal["malicious", "suspicious", "benign", "unremarkable"]

COUNTRIES = {"BR": "Brazil", "DE": "Germany", "NL": "Netherlands", "US": "United States"}
"""The names of the countries that there are; XX is none."""

# abuse.ch gives one key for all its services
ABUSECH_KEY = "0abc" * 12
ABUSECH_SPENT_KEY = "0dd5" * 12


@dataclass(frozen=True, kw_only=True)
class File:
    """A file that somebody has seen."""

    content: bytes
    name: str
    mime: str
    type: str
    nature: Nature
    family: str | None = None
    tags: tuple[str, ...] = ()
    first_seen: str = "2026-09-14 07:42:11"
    last_seen: str = "2026-11-02 18:03:55"
    engines: tuple[int, int] = (0, 60)
    """How many engines detect it, of how many."""
    known_source: str | None = None
    """The distribution that it is part of, if it is part of one."""
    contacts: tuple[str, ...] = ()
    """Names, addresses and links that it talks to when it runs."""
    c2: tuple[str, ...] = ()
    """Those of them that its configuration names as its control servers."""
    drops: tuple[str, ...] = ()
    """Names of files it writes."""

    @cached_property
    def md5(self) -> str:
        return hashlib.md5(self.content, usedforsecurity=False).hexdigest()

    @cached_property
    def sha1(self) -> str:
        return hashlib.sha1(self.content, usedforsecurity=False).hexdigest()

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @cached_property
    def imphash(self) -> str:
        """Of what it imports: programs of one nature import the same."""
        return hashlib.md5(f"what {self.nature} programs import".encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Host:
    """An address on the (invented) Internet."""

    ip: str
    nature: Nature
    names: tuple[str, ...] = ()
    """What resolves to it."""
    reverse: str | None = None
    """Its PTR record."""
    asn: int = 64500
    organisation: str = "Example Hosting"
    country: str = "NL"
    ports: tuple[int, ...] = ()
    tags: tuple[str, ...] = ()
    vulns: tuple[str, ...] = ()
    engines: tuple[int, int] = (0, 92)
    scanner: Literal["malicious", "suspicious", "benign", "unknown"] | None = None
    """What it is called when it is seen scanning."""
    service: str | None = None
    """The well-known business service that it is."""
    tor_exit: bool = False


@dataclass(frozen=True, kw_only=True)
class Name:
    """A domain name."""

    domain: str
    nature: Nature
    a: tuple[str, ...] = ()
    aaaa: tuple[str, ...] = ()
    mx: tuple[str, ...] = ()
    ns: tuple[str, ...] = ("ns1.registrar.example", "ns2.registrar.example")
    txt: tuple[str, ...] = ()
    registered: str = "2026-09-10"
    engines: tuple[int, int] = (0, 94)
    tags: tuple[str, ...] = ()
    certificates: int = 0
    """How many certificates were issued for it."""


@dataclass(frozen=True, kw_only=True)
class Link:
    """A URL that somebody has seen."""

    url: str
    nature: Nature
    threat: Literal["malware", "phishing", "unwanted"] | None = None
    online: bool = False
    engines: tuple[int, int] = (0, 92)
    tags: tuple[str, ...] = ()
    payload: str | None = None
    """The name of the file that it serves."""
    first_seen: str = "2026-09-15 05:12:40"


LOADER = File(
    content=b"Nothing here exists: the loader of the Gilded Heron campaign.",
    name="invoice_8841.exe",
    mime="application/x-dosexec",
    type="exe",
    nature="malicious",
    family="GildedHeron",
    tags=("gildedheron", "loader"),
    engines=(51, 70),
    contacts=("update-heron.example", "203.0.113.66", "http://update-heron.example/gate.php"),
    c2=("update-heron.example", "203.0.113.66"),
    drops=("hstl.dll",),
)
STEALER = File(
    content=b"Nothing here exists: the stealer that the loader drops.",
    name="hstl.dll",
    mime="application/x-dosexec",
    type="dll",
    nature="malicious",
    family="HeronStealer",
    tags=("gildedheron", "stealer"),
    engines=(38, 71),
    contacts=("203.0.113.67", "cdn.shared-files.example"),
    c2=("203.0.113.67:8443",),
)
TOOLBAR = File(
    content=b"Nothing here exists: a toolbar that nobody asked for.",
    name="coupon_bar.exe",
    mime="application/x-dosexec",
    type="exe",
    nature="suspicious",
    tags=("pua",),
    engines=(3, 69),
)
INSTALLER = File(
    content=b"Nothing here exists: the installer of a text editor.",
    name="harbour-editor-setup.exe",
    mime="application/x-dosexec",
    type="exe",
    nature="benign",
    engines=(0, 72),
    known_source="NSRL",
)
FILES = (LOADER, STEALER, TOOLBAR, INSTALLER)

HOSTS = (
    Host(
        ip="203.0.113.66",
        nature="malicious",
        names=("update-heron.example", "login-harbour-bank.example"),
        reverse="vps66.bulletproof.example",
        asn=64501,
        organisation="Bulletproof Hosting",
        country="XX",
        ports=(22, 80, 443),
        tags=("c2",),
        engines=(11, 92),
        scanner="malicious",
    ),
    Host(
        ip="203.0.113.67",
        nature="malicious",
        reverse="vps67.bulletproof.example",
        asn=64501,
        organisation="Bulletproof Hosting",
        country="XX",
        ports=(8443,),
        engines=(6, 92),
    ),
    Host(
        ip="198.51.100.23",
        nature="malicious",
        asn=64502,
        organisation="Broadband Example",
        country="BR",
        ports=(23, 8080),
        vulns=("CVE-2021-44228",),
        tags=("compromised",),
        engines=(7, 92),
        scanner="malicious",
    ),
    Host(
        ip="198.51.100.77",
        nature="suspicious",
        reverse="exit.relay.example",
        asn=64503,
        organisation="Relay Friends",
        country="DE",
        ports=(9001,),
        tags=("tor",),
        engines=(2, 92),
        scanner="suspicious",
        tor_exit=True,
    ),
    Host(
        ip="198.51.100.140",
        nature="benign",
        reverse="probe.research-scan.example",
        asn=64504,
        organisation="Research Scan Project",
        country="US",
        ports=(80,),
        tags=("scanner",),
        scanner="benign",
    ),
    Host(
        ip="192.0.2.53",
        nature="benign",
        names=("dns.harbour-resolver.example",),
        reverse="dns.harbour-resolver.example",
        asn=64505,
        organisation="Harbour Public DNS",
        country="US",
        ports=(53, 443, 853),
        engines=(1, 92),
        service="Harbour Public DNS",
    ),
    Host(
        ip="192.0.2.80",
        nature="benign",
        names=("www.harbour-bank.example", "harbour-bank.example"),
        reverse="www.harbour-bank.example",
        asn=64506,
        organisation="Harbour Bank",
        country="NL",
        ports=(80, 443),
    ),
    Host(
        ip="192.0.2.200",
        nature="unremarkable",
        names=("cdn.shared-files.example",),
        reverse="edge200.shared-files.example",
        asn=64507,
        organisation="Shared Files CDN",
        country="US",
        ports=(80, 443),
        tags=("cdn",),
    ),
    Host(
        ip="2001:db8:66::66",
        nature="malicious",
        names=("update-heron.example",),
        reverse="vps66.bulletproof.example",
        asn=64501,
        organisation="Bulletproof Hosting",
        country="XX",
        ports=(443,),
        engines=(5, 92),
    ),
)

NAMES = (
    Name(
        domain="update-heron.example",
        nature="malicious",
        a=("203.0.113.66",),
        aaaa=("2001:db8:66::66",),
        engines=(14, 94),
        tags=("gildedheron", "c2"),
        certificates=2,
    ),
    Name(
        domain="login-harbour-bank.example",
        nature="malicious",
        a=("203.0.113.66",),
        mx=("mail.login-harbour-bank.example",),
        engines=(9, 94),
        tags=("phishing",),
        registered="2026-11-01",
        certificates=1,
    ),
    Name(
        domain="cdn.shared-files.example",
        nature="unremarkable",
        a=("192.0.2.200",),
        registered="2014-03-01",
        engines=(1, 94),
        certificates=3,
    ),
    Name(
        domain="harbour-bank.example",
        nature="benign",
        a=("192.0.2.80",),
        mx=("mx1.harbour-bank.example", "mx2.harbour-bank.example"),
        txt=("v=spf1 mx -all",),
        registered="1999-05-04",
        certificates=4,
    ),
    Name(
        domain="dns.harbour-resolver.example",
        nature="benign",
        a=("192.0.2.53",),
        registered="2009-12-03",
        certificates=1,
    ),
)

LINKS = (
    Link(
        url="http://update-heron.example/dl/invoice_8841.exe",
        nature="malicious",
        threat="malware",
        online=True,
        engines=(12, 92),
        tags=("exe", "gildedheron"),
        payload="invoice_8841.exe",
    ),
    Link(
        url="http://update-heron.example/gate.php",
        nature="malicious",
        threat="malware",
        engines=(8, 92),
        tags=("gildedheron",),
    ),
    Link(
        url="https://login-harbour-bank.example/verify?session=1",
        nature="malicious",
        threat="phishing",
        online=True,
        engines=(9, 92),
        tags=("phishing",),
    ),
    Link(
        url="https://cdn.shared-files.example/u/8841/coupon_bar.exe",
        nature="suspicious",
        threat="unwanted",
        engines=(1, 92),
        payload="coupon_bar.exe",
    ),
    Link(url="https://harbour-bank.example/", nature="benign"),
    Link(
        url="http://198.51.100.23:8080/bin.sh",
        nature="malicious",
        threat="malware",
        online=True,
        engines=(6, 92),
    ),
)

VICTIM = "clerk@harbour-bank.example"
"""A mailbox whose owner had a stealer."""
SENDER = "billing@login-harbour-bank.example"
"""A mailbox that phishing mails came from."""
KNOWN_MAILBOX = "info@harbour-bank.example"
"""A mailbox that is well known and clean."""


@dataclass(frozen=True)
class World:
    """Finding things in it."""

    files: dict[str, File] = field(
        default_factory=lambda: {digest: one for one in FILES for digest in (one.md5, one.sha1, one.sha256)}
    )
    hosts: dict[str, Host] = field(default_factory=lambda: {one.ip: one for one in HOSTS})
    names: dict[str, Name] = field(default_factory=lambda: {one.domain: one for one in NAMES})
    links: dict[str, Link] = field(default_factory=lambda: {one.url: one for one in LINKS})

    def file_named(self, name: str | None) -> File | None:
        """The file of this name, if there is one."""
        return next((one for one in FILES if one.name == name), None)

    def links_of(self, host: str) -> list[Link]:
        """The links whose host is this name or address."""
        return [one for one in self.links.values() if one.url.split("/")[2].partition(":")[0] == host]

    def files_that_contact(self, value: str) -> list[File]:
        """The files that talk to this name, address or link when they run."""
        return [one for one in FILES if value in one.contacts]


WORLD = World()
