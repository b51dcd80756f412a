"""``python -m kerasvae_lint``."""

from kerasvae_lint.cli.main import main

main()
