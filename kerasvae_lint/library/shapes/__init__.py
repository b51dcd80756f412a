"""What shape each layer and function of the libraries gives, and how many parameters a layer has.

Pure functions over plain data: sizes, tuples of sizes and options, never values of the interpreter.
"""
