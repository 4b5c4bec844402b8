"""Sums of calls of like size and kind, from which traffic is re-priced exactly."""
