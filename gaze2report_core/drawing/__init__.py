"""Gaze drawn over a film: `overlay` is a picture of it, `animation` its course in time."""
