"""Documents in JSON and YAML of which every value knows its line. Pure."""
