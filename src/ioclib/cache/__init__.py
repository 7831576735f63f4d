"""What is kept between runs: answers, and downloaded lists. None of it is a failure, and none holds a key."""

from importlib import import_module
from typing import TYPE_CHECKING

from ioclib.cache.kept import Answers, CacheInfo, KeptAnswer, KeptResponse, NoAnswers, Share, cache_key
from ioclib.cache.lists import FolderOfLists, KeptList, ListInfo, Lists, ListsInfo, Marks, MemoryOfLists, Origin
from ioclib.cache.on_sqlite import SqliteAnswers

if TYPE_CHECKING:
    from ioclib.cache.on_redis import RedisAnswers

__all__ = [
    "Answers",
    "CacheInfo",
    "FolderOfLists",
    "KeptAnswer",
    "KeptList",
    "KeptResponse",
    "ListInfo",
    "Lists",
    "ListsInfo",
    "Marks",
    "MemoryOfLists",
    "NoAnswers",
    "Origin",
    "RedisAnswers",
    "Share",
    "SqliteAnswers",
    "cache_key",
]


def __getattr__(name: str) -> object:
    if name == "RedisAnswers":  # loaded only where it is used
        return import_module("ioclib.cache.on_redis").RedisAnswers
    raise AttributeError(name)
