"""Measurements for `modelhub bench`."""
