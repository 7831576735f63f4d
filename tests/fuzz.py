"""The property tests of everything that reads strangers' text, with inputs from atheris.

It looks for inputs that take ways through the code which none took before, for as long as it is let::

    just fuzz extract 3600

An input that breaks a law is left in the folder as ``crash-…``, one that takes too long as ``timeout-…``.
"""

import sys
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

TARGETS = {
    "detect": ("tests.test_extract", "test_detection_agrees_with_extraction"),
    "extract": ("tests.test_extract", "test_extraction_never_fails_and_offsets_are_true"),
    "stream": ("tests.test_extract", "test_a_stream_finds_the_same"),
    "files": ("tests.test_files", "test_anything_may_come_under_any_name"),
    "damaged": ("tests.test_files", "test_damaged_files"),
    "binary": ("tests.test_files", "test_readers_of_binary_formats_say_what_is_wrong"),
}


def main() -> None:
    """Run until the time is up or a law is broken."""
    target, seconds = sys.argv[1], sys.argv[2]
    atheris: Any = import_module("atheris")
    module, name = TARGETS[target]
    with atheris.instrument_imports(include=["ioclib"]):
        test = getattr(import_module(module), name)
        files = import_module("ioclib.extract.files")
        for reader in iter_modules(files.__path__, f"{files.__name__}."):
            import_module(reader.name)  # what is loaded at first use would stay dark
    arguments = [sys.argv[0], f"-max_total_time={seconds}", "-timeout=20", "-max_len=8192", "-rss_limit_mb=2048"]
    atheris.Setup(arguments, test.hypothesis.fuzz_one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
