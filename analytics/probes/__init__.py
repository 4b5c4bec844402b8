"""Capability probes: what is asked, and how the answers are read. Pure."""
