"""The pages of the documentation site that are made from code and data: each module gives some, by path."""
