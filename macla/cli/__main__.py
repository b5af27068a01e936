"""``python -m macla.cli``."""

from macla.cli import main

main()
