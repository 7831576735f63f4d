"""One file for each tool, run with ``python -m`` as a process of its own, in an environment that holds that tool."""
