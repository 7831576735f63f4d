"""ioclib: look up indicators of compromise, every source at once, one JSON report out.

::

    from ioclib import Client, Sha256, extract, lookup, stream

    Sha256("275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f").get_result()
    report = lookup("hxxps://evil[.]example/login")
    found = extract("seen at 45[.]155.205.233 and evil[.]example")

Everything is imported when it is first used.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from ioclib._version import __version__

if TYPE_CHECKING:
    from ioclib.answers import Answer, Failed, Found, NotFound, Outcome, Skipped
    from ioclib.client import Client, Options, lookup, read_report, stream
    from ioclib.errors import ConfigurationError, InvalidIndicator, IoclibError, SourceError, UnreadableFile
    from ioclib.extract import Extracted, defang, detect, extract, extract_file, extract_stream, readings, refang
    from ioclib.indicators import CIDR, CVE, URL, Domain, Email, Indicator, IPv4, IPv6, Md5, Onion, Sha1, Sha256, Sha512
    from ioclib.render import render
    from ioclib.report import Report
    from ioclib.source import Finding, Verdict

__all__ = [
    "CIDR",
    "CVE",
    "URL",
    "Answer",
    "Client",
    "ConfigurationError",
    "Domain",
    "Email",
    "Extracted",
    "Failed",
    "Finding",
    "Found",
    "IPv4",
    "IPv6",
    "Indicator",
    "InvalidIndicator",
    "IoclibError",
    "Md5",
    "NotFound",
    "Onion",
    "Options",
    "Outcome",
    "Report",
    "Sha1",
    "Sha256",
    "Sha512",
    "Skipped",
    "SourceError",
    "UnreadableFile",
    "Verdict",
    "__version__",
    "defang",
    "detect",
    "extract",
    "extract_file",
    "extract_stream",
    "lookup",
    "read_report",
    "readings",
    "refang",
    "render",
    "stream",
]

_HOMES = {
    "answers": ("Answer", "Failed", "Found", "NotFound", "Outcome", "Skipped"),
    "client": ("Client", "Options", "lookup", "read_report", "stream"),
    "errors": ("ConfigurationError", "InvalidIndicator", "IoclibError", "SourceError", "UnreadableFile"),
    "extract": ("Extracted", "defang", "detect", "extract", "extract_file", "extract_stream", "readings", "refang"),
    "indicators": (
        "CIDR", "CVE", "URL", "Domain", "Email", "Indicator", "IPv4",
        "IPv6", "Md5", "Onion", "Sha1", "Sha256", "Sha512",
    ),
    "render": ("render",),
    "report": ("Report",),
    "source": ("Finding", "Verdict"),
}  # fmt: skip


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"ioclib.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class _Package(ModuleType):
    """`ioclib.extract` and `ioclib.render` are the functions, also when the rooms of these names are imported later."""

    def __setattr__(self, name: str, value: object) -> None:
        if name in {"extract", "render"} and isinstance(value, ModuleType):
            value = getattr(value, name)
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
