"""What an experiment's numbers say: intervals that stand being looked at any number of
times, the split as planned, the steps of a canary, when to stop. Pure."""
