"""KV306 log-of-prob."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.semantics import Editor, SemanticModel
from kerasvae_lint.semantics.facts import CallFacts
from kerasvae_lint.semantics.likelihood import Probability, probability

_LOGS = ("tf.log", "keras.backend.log", "keras.ops.log", "np.log")


class LogOfProb(Rule):
    """`log(d.prob(x))` underflows where `d.log_prob(x)` does not.

    ## What it finds
    The logarithm of a distribution's `prob`, directly, through locals, a clip or `+ eps`, through a helper, a layer or
    a functional model.

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

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per logarithm of a probability."""
        for call in model.calls_to(*_LOGS):
            if not call.node.args or call.node.args[0].star:
                continue
            found = probability(model, call.node.args[0].value)
            if found is None:
                continue
            notes = []
            if found.model is model and found.bindings:
                notes.append((found.call, "the probability is taken here"))
            yield Report(call.node, _message(found), tuple(notes), _fix(model, call, found))


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


def _fix(model: SemanticModel, call: CallFacts, found: Probability) -> Draft | None:
    node = call.node
    if found.mixed or not found.direct or found.model is not model or len(node.args) != 1:
        return None
    if not isinstance(found.call.func, cst.Attribute):
        return None
    editor = Editor(model)
    if not found.bindings:
        if not _unwrap(editor, node, found.call):
            return None
    elif not _inline(editor, call, found):
        return None
    if found.clipped:
        return editor.draft("Use `log_prob`, without the clip", Applicability.UNSAFE)
    return editor.draft("Use `log_prob`")


def _unwrap(editor: Editor, outer: cst.Call, inner: cst.Call) -> bool:
    """``log(d.prob(x))`` → ``d.log_prob(x)``; with a comment in between the parentheses stay."""
    model = editor.model
    first, last = model.span(outer)
    start, end = model.span(inner)
    assert isinstance(inner.func, cst.Attribute)
    editor.replace(inner.func.attr, "log_prob")
    if "#" in editor.text[first:start] or "#" in editor.text[end:last] or "\n" in editor.text[first:start]:
        if outer.args[0].value is not inner:
            return False
        open_at = editor.text.index("(", model.span(outer.func)[1])
        editor.edit(first, open_at, "")
    else:
        editor.edit(first, start, "")
        editor.edit(end, last, "")
    return True


def _inline(editor: Editor, call: CallFacts, found: Probability) -> bool:
    """``p = d.prob(y)`` … ``log(p)`` → ``d.log_prob(y)``, where ``p`` is used nowhere else."""
    model = editor.model
    text = model.text(found.call)
    if "#" in text or "\n" in text:
        return False
    order, _ = model.resolver.place_of(call.node)
    for binding in found.bindings:
        statement = model.statement_of(binding.node)
        uses = [u for u in model.facts.names.get(binding.name, ()) if model.function_at(u) is call.function]
        chained = [
            u for u in uses if not any(model.statement_of(u) is model.statement_of(b.node) for b in found.bindings)
        ]
        if model.function_at(binding.node) is not call.function or len(chained) != 1:
            return False
        if not isinstance(statement, (cst.Assign, cst.AnnAssign)):
            return False
        if isinstance(statement, cst.Assign) and len(statement.targets) != 1:
            return False
    first_order, _ = model.resolver.place_of(found.bindings[-1].node)
    for use in model.names_within(found.call):
        scope = model.resolver.scope_at(use).lookup(use.value)
        if scope is not None and any(first_order < b.order < order for b in scope[1]):
            return False
    assert isinstance(found.call.func, cst.Attribute)
    at = model.span(found.call.func.attr)[0] - model.span(found.call)[0]
    editor.replace(call.node, text[:at] + "log_prob" + text[at + len("prob") :])
    statements = frozenset(model.statement_of(b.node) for b in found.bindings)
    for statement in statements:
        editor.delete_statement(statement, statements - {statement})
    return True
