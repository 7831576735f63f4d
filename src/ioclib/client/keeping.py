"""What is kept from one lookup to the next, and where: quotas, answers, lists, and keys."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Self, TypeVar

from ioclib import config, registry
from ioclib.cache import Answers, CacheInfo, FolderOfLists, Lists, ListsInfo, MemoryOfLists, NoAnswers, SqliteAnswers
from ioclib.client.options import Options
from ioclib.client.threads import from_another_thread
from ioclib.config import Settings
from ioclib.engine import Flights, Freshness, Reply
from ioclib.keys import into_file, into_keyring
from ioclib.quota import Ledger, SqliteLedger, on_this_machine
from ioclib.source import Exposure, Tlp

T = TypeVar("T")


@dataclass(frozen=True)
class Keeping:
    """What is kept from one lookup to the next, and where."""

    ledger: Ledger
    answers: Answers
    lists: Lists
    flights: Flights[Reply]
    freshness: Freshness

    @classmethod
    def of(cls, settings: Settings, tlp: Tlp, options: Options) -> Self:
        """What the settings say; the sandbox keeps everything to itself."""
        freshness = Freshness(options.get("max_age"), settings.cache.stale)
        if options.get("sandbox", False):
            own = SqliteLedger(None), SqliteAnswers(None), MemoryOfLists()
            return cls(*own, Flights(object()), freshness)
        ledger = _ledger(settings)
        if not options.get("cache", True):
            return cls(ledger, NoAnswers(), MemoryOfLists(), Flights(object()), freshness)
        folder = config.cache_folder()
        lists = FolderOfLists(folder / "lists")
        if settings.cache_url and tlp.allows > Exposure.NONE:
            return cls(ledger, _shared_answers(settings.cache_url), lists, Flights(settings.cache_url), freshness)
        file = folder / "answers.sqlite3"
        return cls(ledger, SqliteAnswers(file, max_bytes=settings.cache.max_bytes), lists, Flights(file), freshness)

    async def aclose(self) -> None:
        """Close the connections to it."""
        await self.ledger.aclose()
        await self.answers.aclose()


def _ledger(settings: Settings) -> Ledger:
    if settings.quota_url is None:
        return on_this_machine(config.state_folder())
    from ioclib.quota import RedisLedger

    return RedisLedger(settings.quota_url)


def _shared_answers(url: str) -> Answers:
    from ioclib.cache import RedisAnswers

    return RedisAnswers(url)


def keep_key(variable: str, key: str, *, keyring: bool = False) -> str:
    """Keep a key for later, in the config file or in the system's keyring.

    Returns:
        Where it is.

    Raises:
        ConfigurationError: it can be none, or cannot be kept there.
    """
    path = config.file_path()
    key = config.checked_key(variable, key)
    if keyring:
        into_keyring(variable, key)
    into_file(path, variable, "" if keyring else key, keyring=keyring)
    return "the keyring" if keyring else str(path)


def cache_info() -> tuple[CacheInfo, ListsInfo]:
    """What is kept: answers, on this machine or where it shares them, and downloaded lists.

    Raises:
        OSError: it cannot be read.
    """
    answers, lists = _kept_here()
    (info,) = from_another_thread(lambda: _once(answers, answers.info))
    return info, lists.info()


def clear_cache(source: str | None = None) -> tuple[int, int]:
    """Forget what is kept, of all sources or of one.

    Returns:
        How many answers there were, and how many lists.

    Raises:
        ConfigurationError: nothing is kept of this name, and no source has it.
        OSError: something may still be there.
    """
    answers, lists = _kept_here()
    (cleared,) = from_another_thread(lambda: _once(answers, lambda: answers.clear(source)))
    counts = cleared, lists.clear(source)
    if source is not None and not any(counts):
        given = config.read().plugins
        registry.with_plugins(config.sources_folder(), given.allow).named([source])
    return counts


def _kept_here() -> tuple[Answers, FolderOfLists]:
    folder, shared = config.cache_folder(), config.read().settings((), complete=False).cache_url
    answers = _shared_answers(shared) if shared else SqliteAnswers(folder / "answers.sqlite3")
    return answers, FolderOfLists(folder / "lists")


async def _once(answers: Answers, ask: Callable[[], Awaitable[T]]) -> AsyncGenerator[T]:
    try:
        yield await ask()
    finally:
        await answers.aclose()
