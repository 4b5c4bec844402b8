"""Texts that follow a schema: found in what a model wrote around them, and checked in
bounded time. Pure."""
