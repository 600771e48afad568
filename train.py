"""`python -m train`: fine-tune an extractor (`--help` names every setting)."""

import sys

from training.cli import main

if __name__ == "__main__":
    sys.exit(main())
