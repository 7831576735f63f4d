"""Speed and memory, as ratios taken side by side in one run. Run one with ``python -m benchmarks.NAME``."""
