"""ThreatMiner: reports, samples and passive DNS of 2014 to 2022. https://www.threatminer.org/api.php (read 2026-11)

Verdict: a file that antivirus engines detected is malicious, whatever a report names suspicious; the rest is context.
"""

from datetime import date

from ioclib.errors import UnexpectedAnswer
from ioclib.findings import Finding, Verdict
from ioclib.indicators import Domain, Hash, IPv4, Md5, Sha1, Sha256
from ioclib.source import Exposure, Limit, Payload, Request, Retired, SteppedSource, Steps, ask_all, url

REPORTS, RELATED, PASSIVE_DNS = 6, 4, 2  # report types of domains and addresses
FILE_REPORTS, DETECTIONS, METADATA = 7, 6, 1  # report types of files


class Detection(Payload):
    av: str = ""


class Result(Payload):
    """A row of any report type; related samples are plain strings instead."""

    av_detections: list[Detection] = []
    file_type: str | None = None


class Answer(Payload):
    status_code: int
    results: list[Result | str] | None = None

    @property
    def detections(self) -> int:
        """How many engines detected the file."""
        return sum(len(row.av_detections) for row in self.results or () if isinstance(row, Result))


def lookup(ioc: IPv4 | Domain | Hash) -> Steps:
    match ioc:
        case Md5() | Sha1() | Sha256():
            wanted = [Request.get("/sample.php", q=ioc, rt=rt) for rt in (FILE_REPORTS, DETECTIONS, METADATA)]
        case IPv4():
            wanted = [Request.get("/host.php", q=ioc, rt=rt) for rt in (REPORTS, RELATED, PASSIVE_DNS)]
        case Domain():
            wanted = [Request.get("/domain.php", q=ioc, rt=rt) for rt in (REPORTS, RELATED, PASSIVE_DNS)]
    answers = [answer for answer in (yield from ask_all(wanted, Answer)) if answer]
    if strange := {answer.status_code for answer in answers} - {200, 404}:
        return UnexpectedAnswer(f"the answer's status_code is {min(strange)}")
    if not any(answer.results for answer in answers):
        return None
    reports, second, third = answers
    return read_file(reports, second, third) if isinstance(ioc, Hash) else read_host(reports, second, third)


def read_file(reports: Answer, detections: Answer, metadata: Answer) -> Finding:
    named = len(reports.results or ())
    types = [row.file_type for row in metadata.results or () if isinstance(row, Result) and row.file_type]
    return Finding(
        verdict=Verdict.MALICIOUS if detections.detections else named_in(named),
        summary=", ".join([f"antivirus detections: {detections.detections}, reports: {named}", *types[:1]]),
    )


def read_host(reports: Answer, related: Answer, passive: Answer) -> Finding:
    named, samples, records = (len(answer.results or ()) for answer in (reports, related, passive))
    return Finding(
        verdict=named_in(named), summary=f"reports: {named}, related samples: {samples}, passive DNS records: {records}"
    )


def named_in(reports: int) -> Verdict:
    return Verdict.SUSPICIOUS if reports else Verdict.UNKNOWN


def link(ioc: IPv4 | Domain | Hash) -> str:
    match ioc:
        case IPv4():
            return url("https://www.threatminer.org/host.php", q=ioc)
        case Domain():
            return url("https://www.threatminer.org/domain.php", q=ioc)
        case Md5() | Sha1() | Sha256():
            return url("https://www.threatminer.org/sample.php", q=ioc)


SOURCE: SteppedSource[IPv4 | Domain | Hash] = SteppedSource(
    name="threatminer",
    about="Old threat reports, related samples and passive DNS.",
    base="https://api.threatminer.org/v2",
    key=None,
    limits=(Limit(10, per="minute"),),
    exposure=Exposure.VENDOR,
    timeout=5,
    requests=3,
    retired=Retired(date(2025, 7, 30), "it answers HTTP 500 or nothing; other tools have removed it"),
    lookup=lookup,
    link=link,
)
