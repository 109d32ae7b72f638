"""The figures of the design, measured: `bin/bench NAME` prints one JSON object. Benchmarks are not tests."""
