"""Trains the classifier of findings: towers, what joins them, and thresholds."""
