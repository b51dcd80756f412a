"""The same engine behind an editor: a language server on pygls, over standard input and output.

Importing this package imports pygls nowhere but in :mod:`.server` and what that uses.
"""
