"""``ioclib extract``: which indicators are in these files?"""

import csv
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ioclib.cli.completing import type_names
from ioclib.cli.helping import Command
from ioclib.cli.refusal import refuse

if TYPE_CHECKING:
    from rich.console import Console

    from ioclib.extract import Extracted
    from ioclib.indicators import Indicator

_FIELDS = ("type", "value", "written", "defanged", "file", "place", "line", "start", "end", "context")

Row = dict[str, Any]


EXAMPLES = (
    "ioclib extract report.pdf mail.eml access.log.gz",
    "ioclib extract --unique --type ipv4,url --jsonl - < paste.txt",
    "ioclib extract invoice.zip --password secret --csv > found.csv",
)
EXIT_CODES = "Exit codes: 0 every file was read; 1 some could not be; 2 bad input."


@click.command(cls=Command, examples=EXAMPLES, epilog=EXIT_CODES)
@click.argument("files", nargs=-1, required=True, metavar="FILE... [-]")
@click.option("--json", "form", flag_value="json", help="Print one JSON document.")
@click.option("--jsonl", "form", flag_value="jsonl", help="Print one JSON document a line, as they are found.")
@click.option("--csv", "form", flag_value="csv", help="Print comma-separated values; formulas are inert.")
@click.option(
    "--type", "wanted", metavar="TYPE,…", shell_complete=type_names, help="Only these types, such as ipv4,url."
)
@click.option("--unique", is_flag=True, help="Each indicator once.")
@click.option("--defang", "defanged", is_flag=True, help="Defang values also where machines read.")
@click.option("--context", type=click.IntRange(min=0), default=0, metavar="N", help="Show N characters on both sides.")
@click.option("--password", "passwords", multiple=True, help="For encrypted archives (repeatable).")
@click.option("--scripts", is_flag=True, help="Also look into comments and scripts of HTML.")
def extract(
    files: tuple[str, ...],
    form: str | None,
    wanted: str | None,
    unique: bool,
    defanged: bool,
    context: int,
    passwords: tuple[str, ...],
    scripts: bool,
) -> None:
    """Find the indicators in FILEs: reports, mails, logs, documents, archives; a dash reads standard input.

    Nothing is sent anywhere. A file that cannot be read is one line on standard error, and does not stop the others.
    """
    from ioclib.extract import extract_file

    kinds = _kinds(wanted)
    troubles: list[str] = []

    def found() -> Iterator[Row]:
        from ioclib.errors import UnreadableFile

        known: set[Indicator] = set()
        for name in files:
            try:
                for one in extract_file(
                    sys.stdin.buffer if name == "-" else Path(name),
                    kinds=kinds,
                    context=context,
                    passwords=passwords,
                    scripts=scripts,
                ):
                    if not unique or one.ioc not in known:
                        known.add(one.ioc)
                        yield _row(name, one, defanged=defanged)
            except UnreadableFile as error:
                troubles.append(str(error))
                click.echo(f"ioclib: {error}", err=True)

    _WRITERS[form or "table"](_watched(found()))
    sys.exit(1 if troubles else 0)


def _kinds(wanted: str | None) -> "list[type[Indicator]] | None":
    from ioclib.indicators import types

    if wanted is None:
        return None
    known = {kind.kind: kind for kind in types()}
    names = [name.strip() for name in wanted.split(",") if name.strip()]
    if unknown := [name for name in names if name not in known]:
        refuse(f"there is no type {unknown[0]!r}; there are {', '.join(known)}")
    return [known[name] for name in names]


def _row(file: str, one: "Extracted", *, defanged: bool) -> Row:
    from ioclib.extract import defang

    value = defang(one.ioc.value) if defanged else one.ioc.value
    cells = (one.ioc.kind, value, one.written, one.defanged, file, one.place, one.line, one.start, one.end, one.context)
    return dict(zip(_FIELDS, cells, strict=True))


def _watched(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows, with a count on the terminal while nothing else is written there."""
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield from rows
        return
    from rich.console import Console

    with Console(stderr=True).status("reading …") as status:
        for count, row in enumerate(rows, 1):
            if count % 500 == 0:
                status.update(f"{count:,} indicators found, reading {row['file']}")
            yield row


def _as_json(rows: Iterable[Row]) -> None:
    import msgspec

    from ioclib.report import safe_json

    click.echo(safe_json(msgspec.json.encode({"indicators": list(rows)})))


def _as_jsonl(rows: Iterable[Row]) -> None:
    import msgspec

    from ioclib.report import safe_json

    for row in rows:
        click.echo(safe_json(msgspec.json.encode(row)))


def _as_csv(rows: Iterable[Row]) -> None:
    from ioclib.render import inert

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(_FIELDS)
    for row in rows:
        writer.writerow(map(inert, row.values()))


def _as_table(rows: Iterable[Row]) -> None:
    from rich.console import Console

    console = Console()
    if not (_drawn(rows, console) if console.is_terminal else _listed(rows)):
        click.echo("No indicator was found.", err=True)


def _drawn(rows: Iterable[Row], console: "Console") -> bool:
    from ioclib.render import extracted_table

    with console.status("reading …"):
        found = list(rows)
    if found:
        console.print(extracted_table(found))
    return bool(found)


def _listed(rows: Iterable[Row]) -> bool:
    from ioclib.render import people, printable

    row = None
    for row in rows:
        line = f"line {row['line']}" if row["line"] else ""
        where = ", ".join(filter(None, (printable(row["file"]), people(row["place"]), line)))
        text = f"{row['type']:<12}  {people(row['value'])}  ({where})"
        click.echo(text + (f"  {people(row['context'])}" if row["context"] else ""))
    return row is not None


_WRITERS: dict[str, Callable[[Iterable[Row]], None]] = {
    "json": _as_json,
    "jsonl": _as_jsonl,
    "csv": _as_csv,
    "table": _as_table,
}
