"""KV306 log-of-prob."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Call, Editor, Module, Probability, bindings, probability, records

_LOGS = ("tf.log", "keras.backend.log", "keras.ops.log")


class LogOfProb(Rule):
    """`log(d.prob(x))` underflows where `d.log_prob(x)` does not.

    ## What it finds
    The logarithm of a distribution's `prob`, directly, through locals, a clip or `+ eps`, through a helper, a layer or
    a functional model. Not: where the parameters and the value are written out as numbers.

    ## Why it bites
    Far from the mean `prob` is 0 in float32 and its log minus infinity. A clip hides that and stops the learning: the
    gradient of `clip_by_value` is 0 where it clips. `log_prob` is computed in log space and never underflows.

    ## Bad
    ```python
    loss = -tf.reduce_mean(tf.math.log(d.prob(x)))
    ```

    ## Good
    ```python
    loss = -tf.reduce_mean(d.log_prob(x))
    ```

    ## Fix
    Safe for a direct logarithm; unsafe over a clip or `+ eps`, whose bound goes. A mixture of several probabilities
    needs `tfd.Mixture` or `tf.reduce_logsumexp`: no fix.

    ## Keras 2 and Keras 3
    The same in both.
    """

    code = "KV306"
    name = "log-of-prob"
    triggers = (".prob(",)
    fixable = "sometimes"
    probes = ("loss", "gradients")
    recipe = "learned-normal"

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per logarithm of a probability."""
        tfp = module.imports("tensorflow_probability")
        for call in module.calls(*_LOGS):
            of = call.argument("x", at=0)
            found = probability(of, tfp=tfp) if of is not None else None
            if found is None:
                continue
            far = module.owns(found.site) and not module.stands_in(found.site.record, call.record)
            notes = ((found.site.record, "the probability is taken here"),) if far else ()
            yield Report(call, _message(found), notes, _fix(module, call, found))


def _message(found: Probability) -> str:
    if found.mixed:
        return (
            "The logarithm of probabilities that were multiplied or added underflows, in Keras 2 and 3. Work with"
            " `log_prob` (`tfd.MixtureSameFamily`, `tf.reduce_logsumexp`)."
        )
    if found.clipped:
        return (
            "The logarithm of a clipped `prob`: where it clips, the gradient is 0 and nothing is learned, in Keras 2"
            " and 3. `log_prob` needs no clip."
        )
    return "The logarithm of `prob` underflows to minus infinity, in Keras 2 and 3. `log_prob` does not."


def _fix(module: Module, call: Call, found: Probability) -> Draft | None:
    inner, outer = found.site.record, call.record
    if found.mixed or not found.direct or not module.owns(found.site) or len(outer.arguments) != 1:
        return None
    if not isinstance(inner, records.Call) or not isinstance(inner.func, records.Attribute):
        return None
    if inner.func.attr != "prob" or records.function_of(inner) is not records.function_of(outer):
        return None
    editor = module.editor()
    done = _unwrap(editor, outer, inner) if module.stands_in(inner, outer) else _inline(module, editor, call, inner)
    if not done:
        return None
    if found.clipped:
        return editor.draft("Use `log_prob`, without the clip", Applicability.UNSAFE)
    return editor.draft("Use `log_prob`")


def _unwrap(editor: Editor, outer: records.Call, inner: records.Call) -> bool:
    """``log(d.prob(x))`` → ``d.log_prob(x)``; with a comment in between the parentheses stay."""
    assert isinstance(inner.func, records.Attribute)
    text = editor.text
    editor.edit(inner.func.end - len("prob"), inner.func.end, "log_prob")
    before, behind = text[outer.start : inner.start], text[inner.end : outer.end]
    if "#" in before or "#" in behind or "\n" in before:
        if outer.arguments[0].value is not inner:
            return False
        editor.edit(outer.start, text.index("(", outer.func.end), "")
    else:
        editor.edit(outer.start, inner.start, "")
        editor.edit(inner.end, outer.end, "")
    return True


def _inline(module: Module, editor: Editor, call: Call, inner: records.Call) -> bool:
    """``p = d.prob(y)`` … ``log(p)`` → ``d.log_prob(y)``, where ``p`` is used nowhere else."""
    text = module.text(inner)
    function = call.function
    gone = _locals_between(module, call.record, inner) if function is not None else None
    if function is None or gone is None or "#" in text or "\n" in text:
        return False
    first = min(statement.start for statement in gone)
    used = {record.id for record in inner.walk() if isinstance(record, records.Name)}
    for record in function.walk():
        if isinstance(record, records.Name) and record.id in used and first < record.start < call.start:
            if not module.stands_in(record, inner) and isinstance(record.parent, records.Statement):
                return False  # set anew between
    assert isinstance(inner.func, records.Attribute)
    at = inner.func.end - inner.start
    editor.replace(call.record, f"{text[: at - len('prob')]}log_prob{text[at:]}")
    for statement in gone:
        editor.delete_statement(statement, gone - {statement})
    return True


def _locals_between(module: Module, outer: records.Call, inner: records.Call) -> frozenset[records.Statement] | None:
    """The statements whose locals carry a probability from its call to the logarithm; None if they do more."""
    chain: list[tuple[str, records.Assign]] = []
    at: records.Expression = outer.arguments[0].value
    function, home = records.function_of(outer), records.statement_of(outer)
    while function is not None and home is not None and not module.stands_in(inner, at):
        steps = []
        for name in at.walk():
            if isinstance(name, records.Name):
                before = _assignments(function, name.id, home, at.start)
                if before:
                    steps.append((name.id, before[-1]))
        if len(steps) != 1 or len(chain) > 4:
            return None
        chain.append(steps[0])
        at = steps[0][1].value
    said = [record.id for record in function.walk() if isinstance(record, records.Name)] if function is not None else []
    words = [word for word, _ in chain]
    if not chain or any(said.count(word) != 2 * words.count(word) for word in words):
        return None
    return frozenset(statement for _, statement in chain)


def _assignments(function: records.Function, word: str, home: records.Statement, before: int) -> list[records.Assign]:
    """The statements before a place, in the suite of ``home``, that set a local which nothing else sets."""
    found = [
        statement
        for statement in function.walk()
        if isinstance(statement, records.Assign) and statement.parent is home.parent and len(statement.targets) == 1
        if isinstance(statement.targets[0], records.Name) and statement.targets[0].id == word
    ]
    if len(found) != len(list(bindings(function, word))):
        return []
    return [statement for statement in found if statement.start < before and statement.end <= before]
