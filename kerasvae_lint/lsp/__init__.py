"""The same engine behind an editor: a language server on pygls, over standard input and output.

It needs the extra ``server``, and nothing of kvlint imports it but the command of that name.
"""
