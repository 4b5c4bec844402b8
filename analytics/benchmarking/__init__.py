"""Benchmarks without a database: what a case asks, how an answer is scored, and what
many scores say."""
