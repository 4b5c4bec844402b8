"""Benchmarks at work: what a run has to ask is asked through the gateway, like any
other call, and scored. What is to be done stands in `analytics.models.benchmark_run`.
"""
