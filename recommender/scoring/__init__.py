"""How good a model is for one job, 0 to 100, in a way that can be taken apart. Pure:
facts in, scores with their reasons out."""
