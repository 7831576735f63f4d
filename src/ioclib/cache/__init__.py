"""What is kept on this machine between runs."""

from ioclib.cache.lists import FolderOfLists, KeptList, Lists, MemoryOfLists

__all__ = ["FolderOfLists", "KeptList", "Lists", "MemoryOfLists"]
