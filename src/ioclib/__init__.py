"""ioclib: look up indicators of compromise, every source at once, one JSON report out.

::

    from ioclib import Client, Sha256, lookup, stream

    Sha256("275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f").get_result()
    report = lookup("hxxps://evil[.]example/login")
"""

from ioclib._version import __version__
from ioclib.answers import Answer, Failed, Found, NotFound, Outcome, Skipped
from ioclib.client import Client, Options, lookup, stream
from ioclib.errors import ConfigurationError, InvalidIndicator, IoclibError, SourceError
from ioclib.extract import defang, detect, refang
from ioclib.indicators import URL, Domain, Indicator, IPv4, IPv6, Md5, Sha1, Sha256
from ioclib.report import Report
from ioclib.source import Finding, Verdict

__all__ = [
    "URL",
    "Answer",
    "Client",
    "ConfigurationError",
    "Domain",
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
    "Options",
    "Outcome",
    "Report",
    "Sha1",
    "Sha256",
    "Skipped",
    "SourceError",
    "Verdict",
    "__version__",
    "defang",
    "detect",
    "lookup",
    "refang",
    "stream",
]
