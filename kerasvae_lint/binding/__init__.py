"""Python's own facts of one file: the code as small records with spans, its scopes and signatures; no tree nodes."""
