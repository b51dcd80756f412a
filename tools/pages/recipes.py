"""One page for each recipe, with its text and the rules that name it."""

from __future__ import annotations

import ast

from kerasvae_lint.cli.recipes import Recipe, recipes
from kerasvae_lint.cli.rules import pages as rule_pages
from tools.pages.rules import linked

HEAD = """\
# Recipes

What to write instead: programs to copy. Each is one short, typed file that needs only TensorFlow, runs as it
is in Keras 2 and in Keras 3, saves and loads, and passes [`kvlint verify`](../verify/index.md). A finding names
the recipe that replaces its code.

```console
kvlint recipe                               # lists them
kvlint recipe tied-dense                    # prints one
kvlint recipe tied-dense --output layers/   # writes it into a folder; overwrites only with --force
```

| recipe | what it is |
|---|---|
"""


def pages() -> dict[str, str]:
    """``recipes/index.md`` and ``recipes/NAME.md``, as texts."""
    known = list(recipes())
    rows = "".join(f"| [{recipe.name}]({recipe.name}.md) | {recipe.summary} |\n" for recipe in known)
    return {"recipes/index.md": HEAD + rows, **{f"recipes/{recipe.name}.md": page(recipe) for recipe in known}}


def navigation() -> list[tuple[str, str]]:
    """Title and path of each page."""
    return [(recipe.name, f"recipes/{recipe.name}.md") for recipe in recipes()]


def page(recipe: Recipe) -> str:
    """What it is for, the rules that name it, and the program."""
    docstring = ast.get_docstring(ast.parse(recipe.text)) or recipe.summary
    about = linked(docstring.replace("``", "`"))
    rules = [page for page in rule_pages() if page.recipe == recipe.name]
    named = "".join(f"- [{page.code}](../rules/{page.code}.md) {page.summary}\n" for page in rules)
    for_rules = f"\n## In place of\n\n{named}" if rules else ""
    file = f"{recipe.name.replace('-', '_')}.py"
    return (
        f"# {recipe.name}\n\n{about}\n\n```console\nkvlint recipe {recipe.name} --output {file}\n```\n"
        f"{for_rules}\n## The program\n\n```python\n{recipe.text.rstrip()}\n```\n"
    )
