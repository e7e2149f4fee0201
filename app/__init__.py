"""The web application: all that knows of browsers, people and records."""
