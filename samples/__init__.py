"""Draws the sample pages that the demo, the tests and the benchmarks use."""
