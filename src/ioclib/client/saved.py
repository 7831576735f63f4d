"""Reports that were saved."""

from pathlib import Path

from ioclib import config, registry
from ioclib.client.here import judge_of
from ioclib.errors import UnreadableFile
from ioclib.report import Report


def read_report(document: bytes | str | Path) -> Report:
    """A report that was saved as JSON, with overall verdicts made anew from its answers.

    They are made as of when the report was started, with today's weights and lists of the user's own.

    Args:
        document: a path, or the document itself as bytes.

    Raises:
        UnreadableFile: it cannot be read, or is no report.
        ConfigurationError: an unusable setting, or a list of the user's own that cannot be read.
    """
    given = config.read()
    settings = given.settings((), complete=False)
    if given.plugins.enabled:
        known = registry.with_plugins(config.sources_folder(), given.plugins.allow)
    else:
        known = registry.without_plugins()
    judge = judge_of(settings)
    if isinstance(document, bytes):
        return Report.read(document, known.sources, judge)
    try:
        return Report.read(Path(document).read_bytes(), known.sources, judge)
    except OSError as error:
        raise UnreadableFile(f"{document} cannot be read: {error.strerror}") from None
    except UnreadableFile as error:
        raise UnreadableFile(f"{document}: {error}") from None
