"""What is kept between runs: answers, and downloaded lists. None of it is a failure, and none holds a key."""

from ioclib.cache.kept import Answers, CacheInfo, KeptAnswer, KeptResponse, NoAnswers, Share, cache_key
from ioclib.cache.lists import FolderOfLists, KeptList, ListInfo, Lists, ListsInfo, MemoryOfLists
from ioclib.cache.on_redis import RedisAnswers
from ioclib.cache.on_sqlite import SqliteAnswers

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
    "MemoryOfLists",
    "NoAnswers",
    "RedisAnswers",
    "Share",
    "SqliteAnswers",
    "cache_key",
]
