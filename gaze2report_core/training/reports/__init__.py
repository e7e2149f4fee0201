"""Trains what writes reports: fusion, language model, rewards, and what readers corrected."""
