"""Ways within one scope: names, and the statements that decide what a name holds."""

from __future__ import annotations

from tests.matrix.programs import Carried, Spec, Way

NAMES = "names"
FLOW = "flow"


def _in_place(spec: Spec) -> Carried:
    return Carried(spec.arrives)


def _local(spec: Spec) -> Carried:
    return Carried("chosen", f"chosen = {spec.other}\nchosen = {spec.arrives}")


def _chain(spec: Spec) -> Carried:
    return Carried(
        "third", f"first, spare = {spec.arrives}, {spec.other}\nsecond = first\nfirst = spare\nthird = second"
    )


def _swap(spec: Spec) -> Carried:
    return Carried("right", f"left, right = {spec.arrives}, {spec.other}\nleft, right = right, left")


def _several_targets(spec: Spec) -> Carried:
    return Carried("first", f"first = second = {spec.arrives}\nsecond = {spec.other}")


def _starred(spec: Spec) -> Carried:
    return Carried("rest[1]", f"first, *rest = {spec.other}, {spec.other}, {spec.arrives}")


def _starred_middle(spec: Spec) -> Carried:
    return Carried("last", f"first, *middle, last = {spec.other}, {spec.other}, {spec.other}, {spec.arrives}")


def _nested_unpacking(spec: Spec) -> Carried:
    return Carried("chosen", f"(spare, (chosen, count)), name = ({spec.other}, ({spec.arrives}, 2)), 'main'")


def _deleted(spec: Spec) -> Carried:
    return Carried("chosen", f"spare = {spec.other}\nchosen = {spec.arrives}\ndel spare")


def _annotated(spec: Spec) -> Carried:
    return Carried("chosen", f"chosen: object = {spec.other}\nchosen: object = {spec.arrives}")


def _module_constant(spec: Spec) -> Carried:
    return Carried("CHOSEN", top=f"SPARE = {spec.other}\nCHOSEN = {spec.arrives}")


def _module_constant_hidden(spec: Spec) -> Carried:
    return Carried("CHOSEN", f"CHOSEN = {spec.arrives}", f"CHOSEN = {spec.other}")


def _global_statement(spec: Spec) -> Carried:
    top = f"""
chosen = {spec.other}


def choose():
    global chosen
    chosen = {spec.arrives}
"""
    return Carried("chosen", "choose()", top)


def _both_branches(spec: Spec) -> Carried:
    before = f"""
chosen = {spec.other}
if "LARGE" in os.environ:
    print("a large run")
    chosen = {spec.arrives}
else:
    chosen = {spec.arrives}
"""
    return Carried("chosen", before, "import os")


def _conditional_expression(spec: Spec) -> Carried:
    before = f"chosen = {spec.other}\nchosen = {spec.arrives} if 'LARGE' in os.environ else {spec.arrives}"
    return Carried("chosen", before, "import os")


def _branch_of_a_constant(spec: Spec) -> Carried:
    before = f"""
if DEBUG:
    chosen = {spec.other}
else:
    chosen = {spec.arrives}
"""
    return Carried("chosen", before, "DEBUG = False")


def _expression_of_a_constant(spec: Spec) -> Carried:
    return Carried("chosen", f"chosen = {spec.other} if DEBUG else {spec.arrives}", "DEBUG = False")


def _or_else(spec: Spec) -> Carried:
    return Carried("chosen", f"spare = {spec.other}\ngiven = None\nchosen = given or {spec.arrives}")


def _early_return(spec: Spec) -> Carried:
    top = f"""
def pick({spec.then}debug=False):
    if debug:
        return {spec.other}
    return {spec.arrives}
"""
    return Carried("chosen", f"chosen = pick({spec.names})", top)


def _walrus(spec: Spec) -> Carried:
    before = f"""
chosen = {spec.other}
if (chosen := {spec.arrives}) is not None:
    <body>
"""
    return Carried("chosen", before)


def _match(spec: Spec) -> Carried:
    before = f"""
match MODE:
    case "debug":
        chosen = {spec.other}
    case "train" | "tune":
        chosen = {spec.arrives}
    case _:
        chosen = {spec.other}
"""
    return Carried("chosen", before, 'MODE = "train"')


def _match_capture(spec: Spec) -> Carried:
    before = f"""
match ({spec.other}, {spec.arrives}):
    case (spare, chosen):
        <body>
"""
    return Carried("chosen", before)


def _try_except(spec: Spec) -> Carried:
    before = f"""
chosen = {spec.other}
try:
    steps = int(os.environ["STEPS"])
    chosen = {spec.arrives}
except KeyError:
    steps = 100
    chosen = {spec.arrives}
"""
    return Carried("chosen", before, "import os")


def _try_finally(spec: Spec) -> Carried:
    before = f"""
chosen = {spec.other}
try:
    print("choosing")
finally:
    chosen = {spec.arrives}
"""
    return Carried("chosen", before)


def _with(spec: Spec) -> Carried:
    before = f"""
chosen = {spec.other}
with tf.device("/CPU:0"):
    chosen = {spec.arrives}
    <body>
"""
    return Carried("chosen", before)


def _after_with(spec: Spec) -> Carried:
    return Carried("chosen", f'chosen = {spec.other}\nwith tf.device("/CPU:0"):\n    chosen = {spec.arrives}')


def _loop_over_one(spec: Spec) -> Carried:
    return Carried("chosen", f"spare = {spec.other}\nfor chosen in ({spec.arrives},):\n    <body>")


def _last_of_a_loop(spec: Spec) -> Carried:
    before = f"""
for name, candidate in (("first", {spec.other}), ("second", {spec.arrives})):
    print("trying", name)
    chosen = candidate
"""
    return Carried("chosen", before)


def _loop_with_break(spec: Spec) -> Carried:
    before = f"""
for name, chosen in (("first", {spec.arrives}), ("second", {spec.other})):
    print("taking", name)
    break
"""
    return Carried("chosen", before)


def _list_comprehension(spec: Spec) -> Carried:
    before = f"chosen = [candidate for candidate in ({spec.other}, {spec.arrives})]"
    return Carried("chosen[1]", before)


def _filtered_comprehension(spec: Spec) -> Carried:
    pairs = f"(('debug', {spec.other}), ('train', {spec.arrives}))"
    return Carried("chosen[0]", f"chosen = [value for mode, value in {pairs} if mode == 'train']")


def _dict_comprehension(spec: Spec) -> Carried:
    pairs = f"(('spare', {spec.other}), ('main', {spec.arrives}))"
    return Carried('parts["main"]', f"parts = {{name: value for name, value in {pairs}}}")


def _generator(spec: Spec) -> Carried:
    return Carried("chosen", f"chosen = next(value for value in ({spec.arrives}, {spec.other}))")


def _f_string(spec: Spec) -> Carried:
    value = spec.arrives.strip('"')
    return Carried("chosen", f'chosen = {spec.other}\nending = "{value[2:]}"\nchosen = f"{value[:2]}{{ending}}"')


def _joined(spec: Spec) -> Carried:
    value = spec.arrives.strip('"')
    return Carried("chosen", f'chosen = {spec.other}\nchosen = "".join(["{value[:1]}", "{value[1:]}"])')


def _added(spec: Spec) -> Carried:
    value = spec.arrives.strip('"')
    return Carried("chosen", f'chosen = {spec.other}\nstart = "{value[:1]}"\nchosen = start + "{value[1:]}"')


def _grown(spec: Spec) -> Carried:
    value = spec.arrives.strip('"')
    return Carried("chosen", f'spare = {spec.other}\nchosen = "{value[:1]}"\nchosen += "{value[1:]}"')


def _formatted(spec: Spec) -> Carried:
    value = spec.arrives.strip('"')
    return Carried("chosen", f'chosen = {spec.other}\nchosen = "{value[:1]}{{}}".format("{value[1:]}")')


def _lowered(spec: Spec) -> Carried:
    return Carried("chosen", f"chosen = {spec.other}\nchosen = {spec.arrives.upper()}.lower()")


WAYS = (
    Way("in place", NAMES, _in_place),
    Way("local", NAMES, _local),
    Way("chain", NAMES, _chain),
    Way("swap", NAMES, _swap),
    Way("several targets", NAMES, _several_targets),
    Way("starred", NAMES, _starred),
    Way("starred in the middle", NAMES, _starred_middle),
    Way("nested unpacking", NAMES, _nested_unpacking),
    Way("other deleted", NAMES, _deleted),
    Way("annotated", NAMES, _annotated),
    Way("module constant", NAMES, _module_constant, "alone"),
    Way("constant hidden by a local", NAMES, _module_constant_hidden, "alone"),
    Way("global statement", NAMES, _global_statement, "alone-no-class"),
    Way("f-string", NAMES, _f_string, "text"),
    Way("joined text", NAMES, _joined, "text"),
    Way("added text", NAMES, _added, "text"),
    Way("grown text", NAMES, _grown, "text"),
    Way("formatted text", NAMES, _formatted, "text"),
    Way("lower case", NAMES, _lowered, "text"),
    Way("both branches", FLOW, _both_branches),
    Way("conditional expression", FLOW, _conditional_expression),
    Way("branch of a constant", FLOW, _branch_of_a_constant),
    Way("expression of a constant", FLOW, _expression_of_a_constant),
    Way("None or", FLOW, _or_else),
    Way("early return", FLOW, _early_return),
    Way("walrus", FLOW, _walrus),
    Way("match", FLOW, _match),
    Way("match captures", FLOW, _match_capture),
    Way("try and except", FLOW, _try_except),
    Way("finally", FLOW, _try_finally),
    Way("with", FLOW, _with),
    Way("after with", FLOW, _after_with),
    Way("loop over one", FLOW, _loop_over_one),
    Way("last of a loop", FLOW, _last_of_a_loop),
    Way("loop with break", FLOW, _loop_with_break),
    Way("list comprehension", FLOW, _list_comprehension),
    Way("filtered comprehension", FLOW, _filtered_comprehension),
    Way("dict comprehension", FLOW, _dict_comprehension),
    Way("first of a generator", FLOW, _generator),
)
