"""Lets `python -m gaze2report_core` run the command line."""

import sys

from gaze2report_core.cli import main

sys.exit(main())
