"""Run the command line with ``python -m citemesh``."""

from citemesh.cli import main

if __name__ == "__main__":
    main()
