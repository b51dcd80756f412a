"""The examples that ``--help`` shows: for each command, what to type and what it does.

A command that is added needs an entry here (a test asks for it, and checks that its commands and options exist).
"""

from __future__ import annotations

EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "kvlint": (
        ("kvlint src", "lint a folder, as `kvlint check src` does"),
        ("kvlint src --fix", "apply the safe fixes"),
        ("kvlint rule KV201", "what a rule is about"),
    ),
    "check": (
        ("kvlint src train.ipynb", "lint a folder and a notebook"),
        ("kvlint src --diff", "show what --fix would change"),
        ("kvlint src --fix --select KV1,KV201", "fix what these rules find"),
        ("kvlint src --watch", "lint again after each change"),
        ("kvlint src --output-file sarif=kvlint.sarif", "write a report beside what is printed"),
        ("kvlint src --baseline known.json --update-baseline", "take what is found for known"),
        ("kvlint - --stdin-filename vae.py < vae.py", "lint standard input"),
    ),
    "rule": (
        ("kvlint rule KV201", "all about one rule"),
        ("kvlint rule kl-sign KV403", "two, one of them by its name"),
        ("kvlint rule --all --output-format json", "all of them, for a program"),
    ),
    "recipe": (
        ("kvlint recipe", "list them"),
        ("kvlint recipe tied-dense", "print one"),
        ("kvlint recipe kl-annealing --output src/annealing.py", "write one to a file"),
    ),
    "inspect": (
        ("kvlint inspect vae.py", "what kvlint understands of a file"),
        ("kvlint inspect vae.py --target-keras 3", "and how, if it is for Keras 3"),
    ),
    "show": (
        ("kvlint show model.py", "its models: layers, shapes, parameters, training"),
        ("kvlint show model.py --output-format svg -o model.svg", "draw them"),
        ("kvlint show src --select encoder --output-format json", "one of a folder's models, for a program"),
    ),
    "verify": (
        ("kvlint verify train.py", "run a script until it trains, and probe its model"),
        ("kvlint verify train.py --fix", "with the fixes too: what do they change?"),
        ("kvlint verify train.py --synthetic --keras 3", "made data, and Keras 3"),
        ("kvlint verify models:make_vae --input-shape 28,28,1", "what a function returns"),
    ),
    "migrate": (
        ("kvlint migrate src", "what it takes to bring a folder to Keras 3"),
        ("kvlint migrate train.py --diff", "show the changes"),
        ("kvlint migrate src train.ipynb --write", "make them"),
        ("kvlint migrate train.py --verify --synthetic", "run it before and after, with made data, and compare"),
        ("kvlint migrate src --to any --output-format json", "for JAX and PyTorch too; a report for a program"),
    ),
    "server": (
        ("kvlint server", "what an editor is told to start; it speaks the language server protocol"),
        ("kvlint server --log-level debug", "with a log on standard error"),
    ),
    "completion": (
        ('eval "$(kvlint completion bash)"', "in ~/.bashrc"),
        ('eval "$(kvlint completion zsh)"', "in ~/.zshrc, after compinit"),
        ("kvlint completion fish > ~/.config/fish/completions/kvlint.fish", "once"),
    ),
}
