"""Ways through lists, tuples and dictionaries, each with another value beside the one that arrives."""

from __future__ import annotations

from tests.matrix.programs import Carried, Spec, Way

LISTS = "lists"
DICTS = "dictionaries"


def _simple(name: str, family: str, use: str, before: str) -> Way:
    """A way that is only statements: ``{a}`` is what arrives, ``{o}`` the other one."""

    def make(spec: Spec) -> Carried:
        return Carried(use, before.replace("{a}", spec.arrives).replace("{o}", spec.other))

    return Way(name, family, make)


WAYS = (
    _simple("tuple by index", LISTS, "pair[1]", "pair = ({o}, {a})"),
    _simple("list by index", LISTS, "parts[0]", "parts = [{a}, {o}]"),
    _simple("list from the end", LISTS, "parts[-1]", "parts = [{o}, {o}, {a}]"),
    _simple("list slice", LISTS, "parts[1:][0]", "parts = [{o}, {a}, {o}]"),
    _simple("list item set", LISTS, "parts[0]", "parts = [{o}, {o}]\nparts[0] = {a}"),
    _simple("append", LISTS, "parts[1]", "parts = [{o}]\nparts.append({a})"),
    _simple("insert", LISTS, "parts[0]", "parts = [{o}]\nparts.insert(0, {a})"),
    _simple("extend", LISTS, "parts[2]", "parts = [{o}]\nparts.extend([{o}, {a}])"),
    _simple("lists added", LISTS, "parts[1]", "parts = [{o}] + [{a}]"),
    _simple("list added in place", LISTS, "parts[-1]", "parts = [{o}]\nparts += [{a}]"),
    _simple("list multiplied", LISTS, "parts[1]", "spare = [{o}] * 2\nparts = [{a}] * 2"),
    _simple("list with a star", LISTS, "parts[2]", "start = [{o}, {o}]\nparts = [*start, {a}]"),
    _simple("list popped", LISTS, "chosen", "parts = [{o}, {a}]\nchosen = parts.pop()"),
    _simple("list popped in front", LISTS, "parts[0]", "parts = [{o}, {a}]\nparts.pop(0)"),
    _simple("list reversed", LISTS, "parts[0]", "parts = [{o}, {a}]\nparts = parts[::-1]"),
    _simple("list under another name", LISTS, "parts[0]", "parts = [{o}]\nalias = parts\nalias[0] = {a}"),
    _simple("copy of a list", LISTS, "parts[0]", "parts = [{a}]\nalias = list(parts)\nalias[0] = {o}"),
    _simple("zip", LISTS, 'parts["main"]', 'parts = dict(zip(("spare", "main"), ({o}, {a})))'),
    _simple("dict literal", DICTS, 'parts["main"]', 'parts = {"spare": {o}, "main": {a}}'),
    _simple("dict call", DICTS, 'parts["main"]', "parts = dict(spare={o}, main={a})"),
    _simple("dict item set", DICTS, 'parts["main"]', 'parts = {"main": {o}}\nparts["main"] = {a}'),
    _simple("dict get", DICTS, 'parts.get("main")', 'parts = {"spare": {o}, "main": {a}}'),
    _simple("dict get with default", DICTS, 'parts.get("main", parts["spare"])', 'parts = {"spare": {o}, "main": {a}}'),
    _simple("default of dict get", DICTS, "chosen", 'parts = {"spare": {o}}\nchosen = parts.get("main", {a})'),
    _simple("setdefault", DICTS, 'parts["main"]', 'parts = {"spare": {o}}\nparts.setdefault("main", {a})'),
    _simple("setdefault comes late", DICTS, 'parts["main"]', 'parts = {"main": {a}}\nparts.setdefault("main", {o})'),
    _simple("dict update", DICTS, 'parts["main"]', 'parts = {"main": {o}}\nparts.update({"main": {a}})'),
    _simple("dict update by keyword", DICTS, 'parts["main"]', 'parts = {"main": {o}}\nparts.update(main={a})'),
    _simple("dicts merged", DICTS, 'parts["main"]', 'parts = {"main": {o}} | {"main": {a}}'),
    _simple("dict merged in place", DICTS, 'parts["main"]', 'parts = {"main": {o}}\nparts |= {"main": {a}}'),
    _simple("dict unpacked", DICTS, 'parts["main"]', 'start = {"main": {o}}\nparts = {**start, "main": {a}}'),
    _simple("dict pop", DICTS, "chosen", 'parts = {"spare": {o}, "main": {a}}\nchosen = parts.pop("main")'),
    _simple(
        "default of dict pop",
        DICTS,
        "chosen",
        'parts = {"main": {o}}\nparts.pop("main")\nchosen = parts.pop("main", {a})',
    ),
    _simple("nested dict", DICTS, 'config["head"]["main"]', 'config = {"body": {"main": {o}}, "head": {"main": {a}}}'),
    _simple(
        "nested dict item set",
        DICTS,
        'config["head"]["main"]',
        'config = {"head": {"main": {o}}}\nconfig["head"]["main"] = {a}',
    ),
    _simple("list in a dict", DICTS, 'config["head"][1]', 'config = {"head": [{o}]}\nconfig["head"].append({a})'),
    _simple(
        "key in a variable", DICTS, "parts[key]", 'parts = {"spare": {o}, "main": {a}}\nkey = "spare"\nkey = "main"'
    ),
    _simple(
        "loop over items",
        DICTS,
        "chosen",
        'for name, chosen in {"spare": {o}, "main": {a}}.items():\n    print("seen", name)',
    ),
)
