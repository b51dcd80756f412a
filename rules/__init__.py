"""The built-in rules, one file each; installed as the package ``kerasvae_lint.rules``."""
