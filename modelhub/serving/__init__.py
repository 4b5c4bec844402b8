"""`modelhub serve`: everything that one machine runs, started and stopped together."""
