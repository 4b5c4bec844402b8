"""Trying a model from a page: the same engine, limits and records as any other call,
told of as a trial."""
