"""What every source keeps to, and the samples that prove it. Nothing is sent.

``ioclib check-source`` runs this on a plugin, and the tests run the same on the sources that come with ioclib.
"""

import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ParamSpec

from ioclib.conformance.checks import CHECKS, missing_samples, on_sample, reaching_out
from ioclib.conformance.declaring import doings
from ioclib.conformance.samples import Sample, folder_beside, samples_in
from ioclib.plugins import Broken, imported, in_file
from ioclib.source import AnySource

__all__ = ["Checked", "check_file", "check_source", "doings", "samples_in"]

P = ParamSpec("P")


@dataclass(frozen=True)
class Checked:
    """What came of the checks.

    Attributes:
        sources: that were checked.
        samples: how many they have.
        faults: what is wrong, in sentences.
    """

    sources: tuple[AnySource[Any], ...]
    samples: int
    faults: tuple[str, ...]


def check_file(file: Path) -> Checked:
    """Everything that can be said of a plugin's file, whose samples lie beside it.

    Raises:
        OSError: there is no such file.
    """
    code = file.read_bytes()
    plugin = imported(in_file(file))
    if isinstance(plugin, Broken):
        return Checked((), 0, (plugin.error,))
    faults, count = list(doings(code)), 0
    for source in plugin.sources:
        folder = folder_beside(file, source.name)
        try:
            samples = dict(samples_in(folder))
        except ValueError as wrong:
            faults.append(str(wrong))
            continue
        count += len(samples)
        faults += [f"{source.name}: {fault}" for fault in check_source(source, samples)]
    return Checked(plugin.sources, count, tuple(faults))


def check_source(source: AnySource[Any], samples: dict[str, Sample]) -> Iterator[str]:
    """What is wrong with a source, and with what it makes of its samples."""
    for check in CHECKS:
        yield from _said(check, source)
    yield from _said(missing_samples, source, samples)
    for case, sample in samples.items():
        yield from (f"sample {case}: {fault}" for fault in _said(on_sample, source, sample))
    yield from _said(reaching_out, source, samples)


def _said(check: Callable[P, Iterator[str]], *arguments: P.args, **more: P.kwargs) -> Iterator[str]:
    """What a check says; what the source's code raises is a fault too."""
    try:
        yield from check(*arguments, **more)
    except Exception as error:  # noqa: BLE001 it is the source's
        place = traceback.extract_tb(error.__traceback__)[-1]
        yield f"{type(error).__name__} in {Path(place.filename).name}, line {place.lineno}: {error}"
