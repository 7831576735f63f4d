"""Mutants that mutmut does not plant: in Lua and SQL, in constants, in functions with decorators.

Each is one replacement in a copy of the tree, and the tests have to notice it::

    just planted            # all of them
    just planted redis      # those with this word in the file's name or in the code
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

LUA = "quota/lua.py", ["tests/test_quota.py", "-k", "(redis or clock_is_wrong) and not processes and not killed"]
LEDGER = "quota/sqlite.py", ["tests/test_quota.py", "-k", "(memory or file or sqlite or pruned) and not processes"]
WINDOWS = "quota/windows.py", ["tests/test_quota.py", "-k", "not redis and not processes and not killed"]
REDIS = "cache/on_redis.py", ["tests/test_cache.py", "-k", "not sqlite and not file and not memory"]
SQLITE = "cache/on_sqlite.py", ["tests/test_cache.py", "-k", "not redis and not processes"]
PACKING = "cache/packing.py", ["tests/test_cache.py", "-k", "answer or bytes or json or kept"]
PLAN = "plan.py", ["tests/test_plan.py"]
PLUGINS = "plugins.py", ["tests/test_plugins.py"]
REGISTRY = "registry.py", ["tests/test_plugins.py"]
CHECKS = "conformance/checks.py", ["tests/test_check_source.py"]
DECLARING = "conformance/declaring.py", ["tests/test_check_source.py"]

MUTANTS = [
    # what the clock says, and when a request stops counting
    (LUA, "time[1] * 1000000 + time[2]", "time[1] * 1000000"),
    (LUA, "w.slot > 0 then", "w.slot > 1 then"),
    (LUA, "(rest > 0 and w.slot - rest or 0)", "0"),
    (LUA, "w.slot - rest", "w.slot"),
    (LUA, "rest > 0 and", "rest >= 0 and"),
    (LUA, "w.starts[i - 1] <= now", "w.starts[i - 1] < now"),
    (LUA, "now < w.starts[i] then", "now <= w.starts[i] then"),
    (LUA, "return w.starts[i] end", "return w.starts[i - 1] end"),
    # what counts
    (LUA, "key, '(' .. text(now)", "key, text(now)"),
    (LUA, "string.sub(member, 1, 18)", "string.sub(member, 1, 17)"),
    (LUA, "sum = sum + number(member)", "sum = sum + 1"),
    # adding
    (LUA, "n = n + number(member)", ""),
    (LUA, "redis.call('ZREM', w.key, member)", ""),
    (LUA, "'%018.0f:%.0f'", "'%.0f:%.0f'"),
    (LUA, "'-inf', text(now - w.span)", "'-inf', text(now)"),
    (LUA, "redis.call('ZREMRANGEBYSCORE', w.key, '-inf', text(now - w.span))", ""),
    (LUA, "w.key, -1, -1,", "w.key, 0, 0,"),
    (LUA, "(last + w.span) / 1000", "last / 1000"),
    (LUA, "(last + w.span) / 1000", "(last + w.span) / 100"),
    (LUA, "redis.call('PEXPIREAT', w.key, text(math.ceil((last + w.span) / 1000)))", ""),
    # reserving
    (LUA, "used(members) + n - w.count", "used(members) - w.count"),
    (LUA, "if excess <= 0 then return now end", "if excess < 0 then return now end"),
    (LUA, "if excess <= 0 then return now end", "if excess <= 1 then return now end"),
    (LUA, "if excess <= 0 then return till_of(member) end", "if excess < 0 then return till_of(member) end"),
    (LUA, "excess = excess - number(member)", "excess = excess - 1"),
    (LUA, "if not till then return {-1, now} end\n  table", "if not till then return {-1, 0} end\n  table"),
    (LUA, "free = math.max(free, free_at(w))", "free = math.min(free, free_at(w))"),
    (LUA, "free = math.max(free, free_at(w))", "free = free_at(w)"),
    (LUA, "if math.max(cool, free) > now then", "if free > now then"),
    (LUA, "if math.max(cool, free) > now then", "if cool > now then"),
    (LUA, "{0, math.max(cool, free) - now,", "{0, free - now,"),
    (LUA, "cool >= free and 1 or 0", "cool > free and 1 or 0"),
    (LUA, "add(w, ending[i], n)", "add(w, ending[i], 1)"),
    (LUA, "for i = 2, #KEYS do\n  local w", "for i = 3, #KEYS do\n  local w"),
    # cooling down
    (LUA, "if till > now and till > tonumber", "if till > tonumber"),
    (LUA, "till > now and till > tonumber(redis.call('GET', KEYS[1]) or 0) then\n  redis", "till > now then\n  redis"),
    (LUA, "math.ceil(till / 1000)", "math.ceil(till / 10000)"),
    # what the vendor says
    (LUA, "ARGV[2] == '' and ends(w) or ARGV[2] ~= '' and now + tonumber(ARGV[2])", "ends(w)"),
    (LUA, "ARGV[2] ~= '' and now + tonumber(ARGV[2])", "ARGV[2] ~= '' and tonumber(ARGV[2])"),
    (LUA, "if not till then return {-1, now} end\nlocal missing", "if not till then return {0} end\nlocal missing"),
    (LUA, "tonumber(ARGV[1]) - used(counting(w.key))", "tonumber(ARGV[1])"),
    (LUA, "missing > 0 and", "missing >= 0 and"),
    (LUA, "missing > 0 and till > now", "till > now"),
    (LUA, "missing > 0 and till > now", "missing > 0 and till >= now"),
    # how a key stands
    (LUA, "cool > now and cool or 0", "cool"),
    (LUA, "cool > now and cool or 0", "cool >= now and cool or 0"),
    (LUA, "till_of(members[#members])", "till_of(members[1])"),
    # the same in SQLite
    (LEDGER, "_FORGOTTEN = 35 *", "_FORGOTTEN = 0 *"),
    (LEDGER, "UPDATE SET until = max(until, excluded.until)", "UPDATE SET until = excluded.until"),
    (LEDGER, "UPDATE SET until = max(until, excluded.until)", "NOTHING"),
    (LEDGER, "UPDATE SET n = n + excluded.n", "UPDATE SET n = excluded.n"),
    (LEDGER, "COALESCE(SUM(n), 0)", "COUNT(*)"),
    (LEDGER, "COALESCE(MAX(until), 0)", "COALESCE(MIN(until), 0)"),
    (
        LEDGER,
        'AND until > ?",\n        (key, window.name, now),\n    )',
        'AND until >= ?",\n        (key, window.name, now),\n    )',
    ),
    (LEDGER, "AND until > ? ORDER BY", "AND until >= ? ORDER BY"),
    (LEDGER, "ORDER BY until", "ORDER BY until DESC"),
    (LEDGER, "AND until <= ?", "AND until >= ?"),
    (LEDGER, "DELETE FROM hit WHERE key = ? AND window = ? AND until <= ?", "SELECT ?, ?, ?"),
    (LEDGER, '"DELETE FROM hit WHERE until < ?"', '"SELECT ?"'),
    # windows
    (WINDOWS, '"second": 1,', '"second": 2,'),
    (WINDOWS, '"minute": 60,', '"minute": 59,'),
    (WINDOWS, '"hour": 3_600', '"hour": 3_599'),
    (WINDOWS, '"day": 86_400', '"day": 86_399'),
    (WINDOWS, "7 * 86_400", "6 * 86_400"),
    (WINDOWS, "30 * 86_400", "31 * 86_400"),
    (WINDOWS, "_ENTRIES = 1000", "_ENTRIES = 1001"),
    (WINDOWS, "known is None or window.count < known.count", "known is None or window.count > known.count"),
    (WINDOWS, "known is None or window.count < known.count", "True"),
    (WINDOWS, "known is None or window.count < known.count", "known is None"),
    # answers
    (REDIS, "== ARGV[1] then", "~= ARGV[1] then"),
    (REDIS, "if redis.call('get', KEYS[1]) == ARGV[1] then", "if true then"),
    (REDIS, "return redis.call('del', KEYS[1]) end", "return 1 end"),
    (REDIS, '"timeout": _PATIENCE', '"timeout": 0.0'),
    (SQLITE, "key = ? AND forget_at > ?", "key = ? OR forget_at > ?"),
    (SQLITE, "key = ? AND forget_at > ?", "key = ? AND ? > 0"),
    (SQLITE, "SET fetched = excluded.fetched,", "SET"),
    (SQLITE, "forget_at = excluded.forget_at, packed", "packed"),
    (SQLITE, ", packed = excluded.packed", ""),
    (SQLITE, "ORDER BY forget_at", "ORDER BY forget_at DESC"),
    (SQLITE, "sum(length(packed))", "sum(length(key))"),
    (SQLITE, " GROUP BY source", ""),
    (SQLITE, "SELECT min(fetched)", "SELECT max(fetched)"),
    (SQLITE, "DELETE FROM answers_1 WHERE forget_at <= ?", "DELETE FROM answers_1 WHERE forget_at > ?"),
    (SQLITE, "DELETE FROM answers_1 WHERE forget_at <= ?", "SELECT ?"),
    (SQLITE, 'execute("VACUUM")', 'execute("SELECT 1")'),
    (SQLITE, "wal_checkpoint(TRUNCATE)", "wal_checkpoint(PASSIVE)"),
    (PACKING, "_WORTHWHILE = 2048", "_WORTHWHILE = 500"),
    (PACKING, "_WORTHWHILE = 2048", "_WORTHWHILE = 10_000"),
    (PACKING, '_PLAIN, _DEFLATED = b"\\x01", b"\\x02"', '_PLAIN, _DEFLATED = b"\\x02", b"\\x01"'),
    # what may leave
    (PLAN, "{Tlp.RED, Tlp.AMBER_STRICT}", "{Tlp.RED}"),
    (PLAN, "{Tlp.RED, Tlp.AMBER_STRICT}", "{Tlp.AMBER_STRICT}"),
    (PLAN, "return Exposure.NONE", "return Exposure.VENDOR"),
    (PLAN, "return Exposure.TARGET if", "return Exposure.PUBLIC if"),
    (PLAN, "if self is Tlp.CLEAR", "if self is not Tlp.CLEAR"),
    (PLAN, "else Exposure.VENDOR", "else Exposure.PUBLIC"),
    (PLAN, "else Exposure.VENDOR", "else Exposure.NONE"),
    (PLAN, '("::ffff:0:0/96", "64:ff9b::/96", "2002::/16")', '("64:ff9b::/96", "2002::/16")'),
    (PLAN, '("::ffff:0:0/96", "64:ff9b::/96", "2002::/16")', '("::ffff:0:0/96", "2002::/16")'),
    (PLAN, '("::ffff:0:0/96", "64:ff9b::/96", "2002::/16")', '("::ffff:0:0/96", "64:ff9b::/96")'),
    (PLAN, "tlp: Tlp = Tlp.CLEAR", "tlp: Tlp = Tlp.RED"),
    (PLAN, "active: bool = False", "active: bool = True"),
    (PLAN, "include_internal: bool = False", "include_internal: bool = True"),
    (PLAN, "fictional: bool = False", "fictional: bool = True"),
    # whose file a plugin is, what it may do while it is imported, what it may declare
    (PLUGINS, "mark.st_mode & 0o022", "mark.st_mode & 0o002"),
    (PLUGINS, "mark.st_mode & 0o022", "mark.st_mode & 0o020"),
    (PLUGINS, "mark.st_uid != os.geteuid()", "False"),
    (PLUGINS, "_not_only_mine(own, folder, stat.S_ISDIR)", "None"),
    (PLUGINS, "_not_only_mine(os.fstat(opened.fileno()), file, stat.S_ISREG)", "None"),
    (PLUGINS, "own = folder.lstat()", "own = folder.stat()"),
    (PLUGINS, "if stat.S_ISLNK(mark.st_mode):", "if False:"),
    (PLUGINS, "with redirect_stdout(sys.stderr):", "if True:"),
    (PLUGINS, "except BaseException as error:  #", "except Exception as error:  #"),
    (PLUGINS, "except KeyboardInterrupt:\n        raise\n", "except KeyError:\n        raise\n"),
    (PLUGINS, "if found not in _known:", "if True:"),
    (PLUGINS, 'if place not in {"", here}', 'if place != ""'),
    (PLUGINS, "if not NAME.fullmatch(source.name):", "if False:"),
    (PLUGINS, "one if one.isprintable() else", "one if one else"),
    (PLUGINS, 'base.scheme not in {"https", "dns"}', "False"),
    (PLUGINS, "base.username is not None", "False"),
    # to whom a name and a key belong
    (REGISTRY, "name in all_sources() and name not in self._allowed", "False"),
    (REGISTRY, "name in all_sources() and name not in self._allowed", "name in all_sources()"),
    (REGISTRY, "if name in self._plugins:", "if False:"),
    (REGISTRY, "variable in self._owners and source.name not in self._allowed", "variable in self._owners"),
    (REGISTRY, "variable in self._owners and source.name not in self._allowed", "False"),
    (REGISTRY, "name.upper() for name", "name for name"),
    (REGISTRY, "source.key.variables if source.key", "(source.key.variable,) if source.key"),
    (REGISTRY, "if wanted[claim] > 1", "if wanted[claim] > 2"),
    (REGISTRY, "for one in plugin.sources if one.name not in self._allowed for", "for one in plugin.sources for"),
    (REGISTRY, "return self.plugins and not self.broken", "return True"),
    (REGISTRY, "return self.plugins and not self.broken", "return self.plugins"),
    # what check-source sees
    (CHECKS, "_KEYS.fullmatch(name) or", ""),
    (CHECKS, "if len(replayed.requests) > source.requests:", "if False:"),
    (CHECKS, "yield from replayed.differences(sample.expect)", ""),
    (DECLARING, "if name in _CALLS", "if False"),
    (DECLARING, "for one in whole if _reaches_out(one)", "for one in whole if False"),
    (DECLARING, "for one in names if _reaches_out(one.name)", "for one in names if False"),
    (DECLARING, "if type(node) in _DOING", "if False"),
    (DECLARING, "if name in _ADDRESSES", "if False"),
    (DECLARING, "found is not None and event.startswith(_EVENTS)", "False"),
]
PATIENCE = 120
"""Seconds; whoever takes longer hangs, which is noticed too."""


class Mutant(NamedTuple):
    place: tuple[str, list[str]]
    code: str
    instead: str

    def __str__(self) -> str:
        return f"{self.place[0]}: {self.code!r} -> {self.instead!r}"


def plant(mutant: Mutant, tree: Path) -> None:
    path = tree / "src" / "ioclib" / mutant.place[0]
    text = path.read_text(encoding="utf-8")
    if text.count(mutant.code) != 1:
        raise SystemExit(f"{mutant}: this is there {text.count(mutant.code)} times; write down another place")
    path.write_text(text.replace(mutant.code, mutant.instead), encoding="utf-8")


def passes(arguments: list[str], tree: Path) -> bool:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--hypothesis-profile=mutants"]
    environment = {**os.environ, "PYTHONPATH": str(tree / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ended = subprocess.run(
            [*command, *arguments], cwd=tree, env=environment, capture_output=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    if ended.returncode > 1:
        raise SystemExit(ended.stdout.decode())
    return ended.returncode == 0


def survives(mutant: Mutant | None, arguments: list[str]) -> bool:
    with tempfile.TemporaryDirectory() as name:
        tree, root = Path(name), Path(__file__).parents[1]
        for part in ("src", "tests"):
            shutil.copytree(root / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(root / "pyproject.toml", tree)
        if mutant:
            plant(mutant, tree)
        return passes(arguments, tree)


def main() -> None:
    word = (sys.argv[1:] or [""])[0]
    chosen = [mutant for mutant in (Mutant(*one) for one in MUTANTS) if word in str(mutant)]
    for _, arguments in {mutant.place[0]: mutant.place for mutant in chosen}.values():
        if not survives(None, arguments):
            raise SystemExit(f"these fail as it is: pytest {arguments}")
    alive = 0
    for mutant in chosen:
        lives = survives(mutant, mutant.place[1])
        alive += lives
        print("LIVES " if lives else "killed", mutant, flush=True)
    print(f"{len(chosen)} planted, {alive} live")
    sys.exit(bool(alive))


if __name__ == "__main__":
    main()
