"""How long each format of a large report takes, beside its JSON.

python -m benchmarks.rendering [--rounds 3] [--indicators 500] [--answers 60]
python -m benchmarks.rendering --short
"""

import argparse
import statistics
import time
from datetime import UTC, datetime

from ioclib.findings import Evidence, Relation, Verdict
from ioclib.indicators import of_type
from ioclib.render import Form, render
from ioclib.report import AnswerEntry, Asked, RelatedEntry, Report
from ioclib.source import Tlp

SEEN = datetime(2026, 11, 24, tzinfo=UTC)


def large(indicators: int, answers: int) -> Report:
    """A report of so many addresses with so many answers each."""
    related = tuple(RelatedEntry(Relation.RESOLVED_FROM, "domain", f"n{number}.example") for number in range(5))
    said = [
        AnswerEntry(
            source=f"source_{number:02}",
            outcome="found",
            verdict=Verdict.MALICIOUS,
            summary=f"reported {number} times, confidence 92.4%, the last of 2026-11-23",
            tags=("scanner", "botnet"),
            last_seen=SEEN,
            related=related,
            evidence=Evidence.COMMUNITY,
            link="https://opinions.example/about/it",
        )
        for number in range(answers)
    ]
    told = [
        (of_type("ipv4", f"198.18.{number // 250}.{number % 250}"), Asked("x"), said) for number in range(indicators)
    ]
    return Report.of_entries(told, {}, None, started=SEEN, elapsed=1, sandbox=True, tlp=Tlp.AMBER)


def main() -> None:
    parser = argparse.ArgumentParser(description="How long each format takes, beside JSON.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--indicators", type=int, default=500)
    parser.add_argument("--answers", type=int, default=60)
    parser.add_argument("--short", action="store_true", help="one round of a small report")
    chosen = parser.parse_args()
    rounds, size = (1, (50, 20)) if chosen.short else (chosen.rounds, (chosen.indicators, chosen.answers))
    report = large(*size)
    times: dict[Form, list[float]] = {form: [] for form in Form}
    lengths: dict[Form, int] = {}
    for _ in range(rounds):  # in turns, so that what slows the machine slows all of them
        for form, of_form in times.items():
            began = time.perf_counter()
            lengths[form] = len(render(report, form))
            of_form.append(time.perf_counter() - began)
    json = statistics.median(times[Form.JSON])
    print(f"{size[0]} indicators, {size[1]} answers each, medians of {rounds}\n")
    print(f"{'format':<10} {'ms':>8} {'of JSON':>8} {'MB':>7}")
    for form, of_form in times.items():
        took = statistics.median(of_form)
        print(f"{form:<10} {1000 * took:>8.0f} {took / json:>8.1f} {lengths[form] / 1e6:>7.1f}")


if __name__ == "__main__":
    main()
