"""Figures for the classifier of findings, and where it is placed against marks by hand."""
