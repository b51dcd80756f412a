"""Begin a rule: its file in rules/ and its folder in fixtures/, from a template that works.

    python tools/new_rule.py KV199 the-name     begin it
    python tools/new_rule.py KV199 --fixed      write its fixed*.py anew, from its bad*.py and its fix

The template is a whole small rule (about dropout) with programs that show it; TODO marks what is yours to write, and
the tests say what is left of that.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from string import Template

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "tools" / "templates"
_CODE = re.compile(r"KV[1-9]\d{2}")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")
_FIELD = re.compile(r'^    (code|name) = "([^"]+)"$', re.MULTILINE)

NEXT = """\
{made}
What is next:
1. Write the programs in {folder}: bad.py with the fault, clean.py without.
2. Write the rule. `kvlint inspect {folder}/bad.py` shows what kvlint understands, and
   `kvlint check --preview --select {code} {folder}` what the rule finds.
3. python tools/new_rule.py {code} --fixed
4. python -m pytest tests/rules tests/fixtures/test_findings.py -k {code}
5. kvlint verify --fix --unsafe-fixes {folder}/bad.py   (it needs the extra `runtime`)
6. python tools/docs.py
"""


class RefusedError(Exception):
    """What was asked for can't be made; one line."""


def existing() -> dict[str, str]:
    """The rules that there are: code to name."""
    found = {}
    for path in sorted((ROOT / "rules").glob("[!_]*.py")):
        fields = dict(_FIELD.findall(path.read_text(encoding="utf-8")))
        if "code" in fields:
            found[fields["code"]] = fields.get("name", "")
    return found


def check(code: str, name: str) -> None:
    """Refuse what can't be the code or name of a new rule.

    Raises:
        RefusedError: with what is wrong.
    """
    if not _CODE.fullmatch(code):
        raise RefusedError(f"{code!r} is no code: KV and three digits, the first of which is the family, from 1")
    if not _NAME.fullmatch(name):
        raise RefusedError(f"{name!r} is no name: two or more words in lower case, joined by hyphens")
    rules = existing()
    if code in rules:
        raise RefusedError(f"{code} exists already: {rules[code]}")
    for other, taken in rules.items():
        if taken == name:
            raise RefusedError(f"the name {name} is taken by {other}")


def begin(code: str, name: str) -> list[Path]:
    """Write the files of a new rule; their paths.

    Raises:
        RefusedError: the code or the name won't do, or a file is there already.
    """
    check(code, name)
    folder = ROOT / "fixtures" / f"{code}-{name}"
    targets = {
        ROOT / "rules" / f"{code.lower()}_{name.replace('-', '_')}.py": "rule.py.txt",
        folder / "bad.py": "bad.py.txt",
        folder / "clean.py": "clean.py.txt",
    }
    for path in targets:
        if path.exists():
            raise RefusedError(f"{path.relative_to(ROOT)} exists already")
    title = "".join(word.capitalize() for word in name.split("-"))
    for path, template in targets.items():
        text = (TEMPLATES / template).read_text(encoding="utf-8")
        path.parent.mkdir(exist_ok=True)
        made = Template(text).substitute(code=code, name=name, title=title)
        path.write_text(made, encoding="utf-8", newline="\n")
    return [*targets, *fixed(code)]


def fixed(code: str) -> list[Path]:
    """Write what the fix makes of each bad program of a rule that has one; the paths.

    Raises:
        RefusedError: there is no such rule, or it can't be loaded.
    """
    from kerasvae_lint import Settings, fix_source
    from kerasvae_lint.run.packs import RulePackError

    written = []
    bad = sorted((ROOT / "fixtures").glob(f"{code}-*/bad*.py"))
    if not bad:
        raise RefusedError(f"fixtures/ has no bad program of {code}")
    for path in bad:
        text = path.read_bytes().decode()
        header = re.search(r"^# fix: (.*)$", text, re.MULTILINE)
        how = header[1].strip() if header else "safe"
        if how == "none":
            continue
        try:
            result = fix_source(text, str(path), Settings(preview=True), unsafe=how == "unsafe")
        except RulePackError as error:
            raise RefusedError(str(error)) from None
        target = path.with_name(path.name.replace("bad", "fixed", 1))
        target.write_bytes(result.text.encode())
        written.append(target)
    return written


def main() -> int:
    """Begin a rule, or renew its fixed programs; the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("code", help="KV and three digits: KV199")
    parser.add_argument("name", nargs="?", help="words joined by hyphens: the-name")
    parser.add_argument("--fixed", action="store_true", help="write the rule's fixed*.py anew")
    arguments = parser.parse_args()
    if arguments.fixed is (arguments.name is not None):
        parser.error("give the new rule's name, or --fixed for a rule that exists")
    try:
        made = fixed(arguments.code) if arguments.fixed else begin(arguments.code, arguments.name)
    except RefusedError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    names = "".join(f"wrote {path.relative_to(ROOT).as_posix()}\n" for path in made)
    folder = made[-1].parent.relative_to(ROOT).as_posix() if made else ""
    print(names if arguments.fixed else NEXT.format(made=names, folder=folder, code=arguments.code), end="")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
