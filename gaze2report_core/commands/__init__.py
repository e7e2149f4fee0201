"""The commands of `python -m gaze2report_core`: one module each, with `add_to(subparsers)` and `run(arguments)`."""
