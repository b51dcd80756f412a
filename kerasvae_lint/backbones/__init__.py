"""Programs that build the networks of ``keras.applications``, to be read and never run.

kvlint reads them as it reads anybody's code, where a program takes such a network apart.
"""
