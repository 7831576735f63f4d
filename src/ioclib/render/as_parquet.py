"""Reports as a Parquet file: one row for each answer."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from ioclib.errors import ConfigurationError
from ioclib.report import Report

_TEXTS = ("type", "value", "given", "overall", "source", "outcome", "verdict", "summary", "family", "actor", "country")
_MORE = ("link", "tlp")
_SAID = (*_TEXTS[4:], "link", "confidence", "asn", "first_seen", "last_seen")
"""What a row says in the same words as an answer of the report."""


@contextmanager
def parquet_writer(path: Path) -> Generator[Callable[[Report], None]]:
    """A function that adds the answers of a report to a file.

    Args:
        path: of the file.

    Raises:
        ConfigurationError: the extra is not installed.
        OSError: the file cannot be written.
    """
    try:  # which has no types
        pa: Any = import_module("pyarrow")
        parquet: Any = import_module("pyarrow.parquet")
    except ImportError:
        raise ConfigurationError("Parquet needs an extra: pip install 'ioclib[frames]'") from None
    moment = pa.timestamp("us", tz="UTC")
    schema = pa.schema(
        [
            *((name, pa.string()) for name in (*_TEXTS, *_MORE)),
            ("overall_confidence", pa.int16()),
            ("confidence", pa.int16()),
            ("asn", pa.int64()),
            ("first_seen", moment),
            ("last_seen", moment),
            ("tags", pa.list_(pa.string())),
            ("results", pa.string()),
            ("sandbox", pa.bool_()),
        ]
    )
    with parquet.ParquetWriter(path, schema) as writer:

        def write(report: Report) -> None:
            writer.write_table(pa.Table.from_pylist(list(_rows(report)), schema=schema))

        yield write


def _rows(report: Report) -> Generator[dict[str, Any]]:
    for one in report.indicators:
        about = {"type": one.type, "value": one.value, "given": one.given, "tlp": report.tlp, "sandbox": report.sandbox}
        about |= {"overall": one.overall.verdict, "overall_confidence": one.overall.confidence}
        for answer in one.answers:
            said = {
                name: getattr(answer, name) for name in ("source", "outcome", "verdict", "summary", "family", "actor")
            }
            said |= {name: getattr(answer, name) for name in ("country", "link", "confidence", "asn", "first_seen")}
            raw = bytes(answer.results).decode() if answer.results else None
            yield {**about, **said, "last_seen": answer.last_seen, "tags": list(answer.tags), "results": raw}
