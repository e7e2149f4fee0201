"""Lets `python -m gaze2report_core` run the command line."""

import sys

try:
    from gaze2report_core.cli import main

    code = main()
except KeyboardInterrupt:  # before `main` could see it: importing takes a moment
    if sys.stderr is not None:  # it may be closed
        sys.stderr.write("gaze2report: stopped.\n")
    code = 130
sys.exit(code)
