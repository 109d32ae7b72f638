"""One verb a file: `HELP`, `arguments(parser)` and `run(options)`, which returns the exit code."""
