"""The ``kvlint`` command: a thin shell around the Python API."""
