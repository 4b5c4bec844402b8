"""Capability probes at work: the questions of `analytics.probes`, asked of one model at
one connection, without fallback, told of as probes."""
