"""Trains what predicts gaze: scanpaths, and on which side of a film they lie."""
