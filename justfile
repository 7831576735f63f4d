# `just` runs everything that CI checks; each line of it is a command of its own too.

uv := "python3 -m uv run"

all: fmt lint types imports test

fmt:
    {{uv}} ruff format .

lint:
    {{uv}} ruff check .
    {{uv}} deptry .

types:
    {{uv}} mypy
    {{uv}} basedpyright

imports:
    {{uv}} lint-imports --no-logo

test *arguments:
    {{uv}} pytest {{arguments}}

# what takes long: the vendors' own clients against the sandbox, hostile texts of a megabyte
slow:
    {{uv}} pytest -m slow -n0

benchmarks:
    {{uv}} python -m benchmarks.lookups
    {{uv}} python -m benchmarks.extraction
    {{uv}} python -m benchmarks.rendering
    {{uv}} python -m benchmarks.long_runs
    {{uv}} python -m benchmarks.bulk
    {{uv}} python -m benchmarks.survival

# the whole gate, as on a clean machine
ci:
    bash .ci/run

# one of the targets of tests/fuzz.py, for so many seconds; atheris runs on Linux and macOS
fuzz target="extract" seconds="3600":
    {{uv}} --with atheris python -m tests.fuzz {{target}} {{seconds}}

# mutation testing of quota, cache and plan: half an hour; NAMES such as 'ioclib.plan.*' ask those again that lived
mutants *names:
    {{uv}} --with 'mutmut>=3.8,<4' mutmut run --max-children 1 {{names}}
    {{uv}} --with 'mutmut>=3.8,<4' python -m tests.survivors

# and of what mutmut does not see: Lua, SQL, constants, functions with decorators
planted word="":
    {{uv}} python -m tests.planted '{{word}}'
