"""Start the web application: `python app.py`. Every option is also a setting in the environment, GAZE2REPORT_…"""

import sys

from app.command_line import main

if __name__ == "__main__":
    sys.exit(main())
