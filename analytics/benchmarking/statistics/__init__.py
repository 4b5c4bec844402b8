"""How sure benchmark scores are. Pure: arrays in, numbers out; the same seed gives the
same numbers. A row is a case: repetitions of a case are one row, because they are not
independent of each other."""
