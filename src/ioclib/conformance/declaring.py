"""A source declares and does nothing: its code is looked at, and watched while it runs."""

import ast
import inspect
import sys
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_DOING: Mapping[type[ast.AST], str] = {
    ast.Raise: "raise: a source returns a SourceError as a value",
    ast.Try: "try",
    ast.TryStar: "try",
    ast.AsyncFunctionDef: "async",
    ast.Await: "await",
    ast.Global: "global",
    ast.Nonlocal: "nonlocal",
}

_OURS = {"errors", "findings", "indicators", "source", "sources"}
"""Rooms of ioclib that a source stands on."""

_REACHING_OUT = {
    "aiohttp", "anyio", "asyncio", "builtins", "ctypes", "ftplib", "glob", "http", "httpcore", "httpcore2", "httpx",
    "httpx2", "importlib", "io", "logging", "multiprocessing", "os", "pathlib", "platform", "requests", "selectors",
    "shutil", "signal", "smtplib", "socket", "socketserver", "sqlite3", "ssl", "subprocess", "sys", "tempfile",
    "threading", "time", "urllib.request", "urllib3", "webbrowser",
}  # fmt: skip
"""Modules with which a program reads, writes, asks, waits, or looks at the environment, where keys are."""

_CALLS = {"__import__", "breakpoint", "compile", "eval", "exec", "input", "open", "print"}

_ADDRESSES = {"Request", "dns", "get", "post", "url"}
"""Functions whose first argument is taken as it is."""

_EVENTS = ("open", "os.", "shutil.", "socket.", "subprocess.", "sqlite3.", "urllib.", "webbrowser.")

_watched: ContextVar[list[str] | None] = ContextVar("_watched", default=None)
_hooked = False


def doings(code: str | bytes) -> Iterator[str]:
    """What the code of a source does besides declaring."""
    for node in ast.walk(ast.parse(code)):
        line = f"line {getattr(node, 'lineno', 0)}"
        match node:
            case ast.Import(names=names):
                yield from (f"{line}: imports {one.name}" for one in names if _reaches_out(one.name))
            case ast.ImportFrom(module=module, names=names):
                whole = [f"{module}.{one.name}" for one in names]
                yield from (f"{line}: imports {one}" for one in whole if _reaches_out(one))
            case ast.Call(func=ast.Name(id=name)) if name in _CALLS:
                yield f"{line}: calls {name}"
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[first, *_]) if name in _ADDRESSES:
                if name == "Request" or _is_put_together(first):
                    yield f"{line}: puts an address together: what is not in the text itself is quoted as a segment"
            case _ if type(node) in _DOING:
                yield f"{line}: {_DOING[type(node)]}"
            case _:
                pass


def _reaches_out(name: str) -> bool:
    top, _, rest = name.partition(".")
    room = rest.partition(".")[0]
    return room not in _OURS if top == "ioclib" else not _REACHING_OUT.isdisjoint({top, f"{top}.{room}"})


def _is_put_together(text: ast.expr) -> bool:
    match text:
        case ast.JoinedStr() | ast.BinOp(op=ast.Mod()) | ast.Call(func=ast.Attribute(attr="format")):
            return True
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return not all(isinstance(one, ast.Constant) for one in (left, right))
        case _:
            return False


@contextmanager
def watched() -> Generator[list[str]]:
    """What reaches out meanwhile: files, sockets, processes. What Python opens to import something is not counted."""
    global _hooked  # noqa: PLW0603 an audit hook stays for good
    if not _hooked:
        sys.addaudithook(_note)
        _hooked = True
    found: list[str] = []
    token = _watched.set(found)
    try:
        yield found
    finally:
        _watched.reset(token)


def _note(event: str, _: tuple[object, ...]) -> None:
    found = _watched.get()
    if found is not None and event.startswith(_EVENTS) and not _is_importing():
        found.append(event)


def _is_importing() -> bool:
    frame = inspect.currentframe()
    while frame:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False
