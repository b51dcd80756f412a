"""Ways through calls: parameters, helpers, closures, decorators, the command line."""

from __future__ import annotations

from tests.matrix.programs import Carried, Spec, Way

FUNCTIONS = "functions"


def _default(spec: Spec) -> Carried:
    top = f"def pick(spare={spec.other}, chosen={spec.arrives}):\n    return chosen\n"
    return Carried("chosen", "chosen = pick()", top)


def _default_overruled(spec: Spec) -> Carried:
    top = f"def pick(chosen={'None' if spec.free else spec.other}):\n    return chosen\n"
    return Carried("chosen", f"chosen = pick({spec.arrives})", top)


def _positional(spec: Spec) -> Carried:
    top = "def second(first, other):\n    return other\n"
    return Carried(f"second({spec.other}, {spec.arrives})", top=top)


def _keyword(spec: Spec) -> Carried:
    top = "def pick(first, *, chosen=None):\n    return chosen\n"
    return Carried("chosen", f"chosen = pick({spec.other}, chosen={spec.arrives})", top)


def _varargs(spec: Spec) -> Carried:
    top = """
def inner(first, second):
    return second


def outer(*args):
    return inner(*args)
"""
    return Carried("chosen", f"chosen = outer({spec.other}, {spec.arrives})", top)


def _varargs_by_index(spec: Spec) -> Carried:
    return Carried(f"pick({spec.other}, {spec.arrives})", top="def pick(*args):\n    return args[1]\n")


def _kwargs(spec: Spec) -> Carried:
    top = """
def inner(spare=None, chosen=None):
    return chosen


def outer(**kwargs):
    return inner(**kwargs)
"""
    return Carried("chosen", f"chosen = outer(chosen={spec.arrives}, spare={spec.other})", top)


def _kwargs_get(spec: Spec) -> Carried:
    top = 'def pick(**kwargs):\n    return kwargs.get("chosen")\n'
    return Carried("chosen", f"chosen = pick(chosen={spec.arrives}, spare={spec.other})", top)


def _unpacked_dict(spec: Spec) -> Carried:
    top = "def pick(spare, chosen):\n    return chosen\n"
    before = f'options = {{"spare": {spec.other}, "chosen": {spec.arrives}}}\nchosen = pick(**options)'
    return Carried("chosen", before, top)


def _unpacked_list(spec: Spec) -> Carried:
    top = "def pick(spare, chosen):\n    return chosen\n"
    return Carried("chosen", f"options = [{spec.other}, {spec.arrives}]\nchosen = pick(*options)", top)


_PICK = "import functools\n\n\ndef pick(first, second):\n    return second\n"


def _partial(spec: Spec) -> Carried:
    before = f"later = functools.partial(pick, {spec.other})\nchosen = later({spec.arrives})"
    return Carried("chosen", before, _PICK)


def _partial_keyword(spec: Spec) -> Carried:
    before = f"later = functools.partial(pick, second={spec.arrives})\nchosen = later({spec.other})"
    return Carried("chosen", before, _PICK)


def _wraps(spec: Spec) -> Carried:
    top = f"""
import functools


def announced(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        print("calling", function.__name__)
        return function(*args, **kwargs)

    return wrapper


@announced
def pick({spec.then}debug=False):
    spare = {spec.other}
    print("instead of", spare)
    return {spec.arrives}
"""
    return Carried("chosen", f"chosen = pick({spec.names})", top)


def _decorator_changes(spec: Spec) -> Carried:
    top = """
import functools


def second_first(function):
    @functools.wraps(function)
    def wrapper(first, second):
        return function(second, first)

    return wrapper


@second_first
def pick(first, second):
    return first
"""
    return Carried("chosen", f"chosen = pick({spec.other}, {spec.arrives})", top)


def _lambda(spec: Spec) -> Carried:
    return Carried("chosen", f"pick = lambda first, second: second\nchosen = pick({spec.other}, {spec.arrives})")


def _lambda_over_a_local(spec: Spec) -> Carried:
    return Carried("pick()", f"spare, chosen = {spec.other}, {spec.arrives}\npick = lambda: chosen")


def _nested_function(spec: Spec) -> Carried:
    before = f"""
spare, chosen = {spec.other}, {spec.arrives}

def pick():
    return chosen

"""
    return Carried("pick()", before)


def _closure(spec: Spec) -> Carried:
    top = """
def keeper(first, second):
    def pick():
        return second

    return pick
"""
    return Carried("chosen", f"pick = keeper({spec.other}, {spec.arrives})\nchosen = pick()", top)


def _nonlocal(spec: Spec) -> Carried:
    top = """
def latest(first, second):
    value = first

    def change():
        nonlocal value
        value = second

    change()
    return value
"""
    return Carried("chosen", f"chosen = latest({spec.other}, {spec.arrives})", top)


def _helper(spec: Spec) -> Carried:
    top = f"""
def spare({spec.names}):
    return {spec.other}


def pick({spec.names}):
    return {spec.arrives}
"""
    return Carried("chosen", f"chosen = pick({spec.names})", top)


def _helper_of_helpers(spec: Spec) -> Carried:
    top = f"""
def spare({spec.names}):
    return {spec.other}


def inner({spec.names}):
    return {spec.arrives}


def pick({spec.names}):
    value = inner({spec.names})
    return value
"""
    return Carried("chosen", f"chosen = pick({spec.names})", top)


def _helper_of_an_argument(spec: Spec) -> Carried:
    top = "def same(value):\n    result = value\n    return result\n"
    return Carried("chosen", f"spare = same({spec.other})\nchosen = same({spec.arrives})", top)


def _tuple_of_a_helper(spec: Spec) -> Carried:
    top = f"def both({spec.names}):\n    return {spec.other}, {spec.arrives}\n"
    return Carried("chosen", f"spare, chosen = both({spec.names})", top)


def _dict_of_a_helper(spec: Spec) -> Carried:
    top = f'def options({spec.names}):\n    return {{"spare": {spec.other}, "main": {spec.arrives}}}\n'
    return Carried(f'options({spec.names})["main"]', top=top)


def _grown_dict_of_a_helper(spec: Spec) -> Carried:
    top = f"""
def options({spec.names}):
    found = {{}}
    found["main"] = {spec.other}
    found["main"] = {spec.arrives}
    return found
"""
    return Carried('found["main"]', f"found = options({spec.names})", top)


def _branch_of_a_helper(spec: Spec) -> Carried:
    top = f"""
def pick({spec.then}mode):
    if mode == "train":
        return {spec.arrives}
    return {spec.other}
"""
    return Carried("chosen", f'chosen = pick({spec.then}"train")', top)


def _both_branches_of_a_helper(spec: Spec) -> Carried:
    top = f"""
def pick({spec.then}size):
    result = {spec.other}
    if size > 10:
        result = {spec.arrives}
        return result
    print("small, not", result)
    return {spec.arrives}
"""
    return Carried("chosen", f"size = len(sys.argv)\nchosen = pick({spec.then}size)", f"import sys\n\n\n{top.strip()}")


def _function_in_a_dict(spec: Spec) -> Carried:
    top = f"""
def first({spec.names}):
    return {spec.other}


def second({spec.names}):
    return {spec.arrives}


CHOICES = {{"first": first, "second": second}}
"""
    return Carried("chosen", f'chosen = CHOICES["second"]({spec.names})', top)


def _function_as_an_argument(spec: Spec) -> Carried:
    top = """
def apply(function, *args):
    return function(*args)


def second(first, other):
    return other
"""
    return Carried("chosen", f"chosen = apply(second, {spec.other}, {spec.arrives})", top)


def _argparse(spec: Spec) -> Carried:
    before = f"""
parser = argparse.ArgumentParser()
parser.add_argument("--spare", default={spec.other})
parser.add_argument("--chosen", default={spec.arrives})
args = parser.parse_args()
"""
    return Carried("args.chosen", before, "import argparse")


def _argparse_dashes(spec: Spec) -> Carried:
    top = f"""
import argparse


def arguments():
    parser = argparse.ArgumentParser(description="train")
    parser.add_argument("-o", "--other-value", default={spec.other})
    parser.add_argument("-v", "--main-value", default={spec.arrives})
    return parser.parse_args()
"""
    return Carried("args.main_value", "args = arguments()", top)


def _argparse_set_defaults(spec: Spec) -> Carried:
    before = f"""
parser = argparse.ArgumentParser()
parser.add_argument("--chosen", default={spec.other})
parser.set_defaults(chosen={spec.arrives})
args = parser.parse_args()
"""
    return Carried("args.chosen", before, "import argparse")


WAYS = (
    Way("default", FUNCTIONS, _default, "alone"),
    Way("default overruled", FUNCTIONS, _default_overruled),
    Way("by position", FUNCTIONS, _positional),
    Way("by keyword", FUNCTIONS, _keyword),
    Way("*args passed on", FUNCTIONS, _varargs),
    Way("*args by index", FUNCTIONS, _varargs_by_index),
    Way("**kwargs passed on", FUNCTIONS, _kwargs),
    Way("**kwargs get", FUNCTIONS, _kwargs_get),
    Way("dict unpacked into a call", FUNCTIONS, _unpacked_dict),
    Way("list unpacked into a call", FUNCTIONS, _unpacked_list),
    Way("partial", FUNCTIONS, _partial),
    Way("partial by keyword", FUNCTIONS, _partial_keyword),
    Way("wraps decorator", FUNCTIONS, _wraps),
    Way("decorator that swaps", FUNCTIONS, _decorator_changes),
    Way("lambda", FUNCTIONS, _lambda),
    Way("lambda over a local", FUNCTIONS, _lambda_over_a_local),
    Way("nested function", FUNCTIONS, _nested_function),
    Way("closure", FUNCTIONS, _closure),
    Way("nonlocal", FUNCTIONS, _nonlocal),
    Way("helper", FUNCTIONS, _helper),
    Way("helper of a helper", FUNCTIONS, _helper_of_helpers),
    Way("helper of an argument", FUNCTIONS, _helper_of_an_argument),
    Way("helper's tuple", FUNCTIONS, _tuple_of_a_helper),
    Way("helper's dict", FUNCTIONS, _dict_of_a_helper),
    Way("helper's dict, grown", FUNCTIONS, _grown_dict_of_a_helper),
    Way("helper's branch", FUNCTIONS, _branch_of_a_helper),
    Way("helper's two branches", FUNCTIONS, _both_branches_of_a_helper),
    Way("function in a dict", FUNCTIONS, _function_in_a_dict),
    Way("function as an argument", FUNCTIONS, _function_as_an_argument),
    Way("argparse default", FUNCTIONS, _argparse, "constant"),
    Way("argparse in a helper", FUNCTIONS, _argparse_dashes, "constant"),
    Way("argparse set_defaults", FUNCTIONS, _argparse_set_defaults, "constant"),
)
