"""What an expression can be: the lattice, the heap, and the one interpreter that every question is put to.

The interpreter runs a file's code on abstract values, in the order in which Python would run it. It knows Python and
no Keras; what the world's libraries do is told to it by a :class:`~kerasvae_lint.values.world.World`.
"""
