"""``python -m runtime``: the same as ``langnghe``."""

from runtime.cli import main

main()
