"""Answers that follow a schema: asked for in the way that a model understands, and
mended within a bounded number of tries. The checks are in `registry.structured`."""
