"""Where the samples of the sources lie that come with ioclib, and how they are played."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ioclib.conformance import samples
from ioclib.conformance.samples import Replayed, Sample, samples_in
from ioclib.extract import detect
from ioclib.indicators import Indicator
from ioclib.source import AnySource
from ioclib.wire import WireResponse

SAMPLES = Path(__file__).parent / "samples"


def samples_of(name: str) -> Iterator[tuple[str, Sample]]:
    return samples_in(SAMPLES / name)


async def replay(source: AnySource[Any], ioc: Indicator | str, responses: Sequence[WireResponse]) -> Replayed:
    replayed = samples.replay(source, detect(ioc) if isinstance(ioc, str) else ioc, responses)
    assert not replayed.unread, "the source did not ask for every answer of the sample"
    return replayed
