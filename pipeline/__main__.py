"""``python -m pipeline`` is ``calame``."""

from pipeline.cli import main

main()
