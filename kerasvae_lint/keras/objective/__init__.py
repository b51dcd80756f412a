"""What is trained: a loss as a sum of terms, each with its sign, its factors and the reductions that it went through.

A loss is a value that the interpreter computed. :mod:`reading` turns it into a normal form, :mod:`losses` takes the
form apart, :mod:`gaussian` knows a KL divergence and a sample by their algebra, :mod:`training` finds what is trained.
"""
