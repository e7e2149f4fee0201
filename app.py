"""Start the web application: `python app.py`. Every option is also a setting in the environment, GAZE2REPORT_…"""

import sys

if __name__ == "__main__":
    try:
        from app.command_line import main  # within, since it takes a moment in which one may think better of it

        code = main()
    except KeyboardInterrupt:
        code = 0
    sys.exit(code)
