"""OTLP as it comes in: decoding, and what spans of each vocabulary mean. Pure."""
