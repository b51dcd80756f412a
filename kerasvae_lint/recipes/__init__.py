"""Programs to copy: what to write instead of what the rules find.

Each module is a program of its own, for Keras 2 and Keras 3 on TensorFlow, and imports nothing of kvlint; kvlint
only reads them as text (``kvlint recipe``), and never imports them.
"""
