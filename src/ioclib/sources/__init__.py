"""One file per source. Adding a file here adds a source: nothing is registered by hand."""
