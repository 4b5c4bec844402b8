"""Answers that follow a schema: checked whatever the model says of itself, and mended
within a bounded number of tries."""
