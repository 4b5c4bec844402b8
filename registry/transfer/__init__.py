"""Import and export of registry rows as CSV, JSON and YAML."""
