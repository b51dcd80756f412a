"""Attention layers."""

from __future__ import annotations

from kerasvae_lint.library.shapes.alternatives import FLAG, by_release, settled
from kerasvae_lint.library.shapes.calls import Call, Options, Result
from kerasvae_lint.library.shapes.checks import count, further, if_so, listed, whole
from kerasvae_lint.library.shapes.dims import (
    UNKNOWN,
    Dim,
    MismatchError,
    Output,
    Shape,
    UnknownType,
    add,
    multiply,
    same,
)


def _of_list(call: Call) -> tuple[Shape | None, Shape | None, Shape | None]:
    """Query, value and key of a layer that takes them as a list; the value is its own key."""
    query, value = (*call.inputs, None, None)[:2] if call.is_list else (None, None)
    return query, value, call.inputs[2] if len(call.inputs) > 2 else value


def _scored(output: Shape | None, scores: Shape | None, options: Options) -> Output:
    """The output, beside the scores if the call asks for them."""
    wanted = options.flag("return_attention_scores", False)
    if isinstance(wanted, UnknownType):
        return None
    return [output, scores] if wanted else output


def _attended(query: Shape | None, value: Shape | None) -> Shape | None:
    return (*query[:-1], _width(value)) if query else None


def _scores(query: Shape | None, key: Shape | None) -> Shape | None:
    if not query:
        return None
    return (*query[:-1], key[-2] if key is not None and len(key) > 1 else UNKNOWN)


@settled(use_scale=FLAG, score_mode=("dot", "concat"))
def attention(call: Call, options: Options) -> Result:
    """``Attention``: takes a list of query, value and key."""
    query, value, key = _of_list(call)
    concatenated = options.text("score_mode", "dot") == "concat"
    params = bool(options.flag("use_scale", False)) + concatenated
    return Result(_scored(_attended(query, value), _scores(query, key), options), params)


@settled(use_scale=FLAG)
@by_release
def additive_attention(call: Call, options: Options) -> Result:
    """``AdditiveAttention``: takes a list of query, value and key."""
    query, value, key = _of_list(call)
    # One scale for every number of a query; Keras 2 counts those of a value, and takes no other query.
    width = _width(value if options.keras == 2 else query)
    params = count(if_so(options.flag("use_scale", True), width))
    return Result(_scored(_attended(query, value), _scores(query, key), options), params)


def _separate(call: Call) -> tuple[Shape | None, Shape | None, Shape | None]:
    """Query, value and key of a layer that takes them one by one; the value is its own key."""
    _, value = further(call, "value", 1)
    has_key, key = further(call, "key", 2)
    key = key if has_key else value
    if value is not None and key is not None:
        _check_pairs(value, key)
    return call.shape, value, key


def _check_pairs(value: Shape, key: Shape) -> None:
    one, other = value[1:-1], key[1:-1]
    if len(one) != len(other) or any(same(a, b) is False for a, b in zip(one, other, strict=True)):
        raise MismatchError(f"attention: the value {value} and the key {key} don't fit each other", value, key)


def _width(shape: Shape | None) -> Dim:
    return shape[-1] if shape else UNKNOWN


def _projection(width: Dim, heads: Dim, size: Dim, bias: bool) -> Dim:
    """The parameters of a dense layer to so many heads."""
    return multiply(heads, size, add(width, 1 if bias else 0))


@settled(use_bias=FLAG, use_gate=FLAG)
def multi_head_attention(call: Call, options: Options) -> Result:
    """``MultiHeadAttention``; the call's argument ``return_attention_scores`` is read as an option."""
    query, value, key = _separate(call)
    heads, key_size = options.size("num_heads"), options.size("key_dim")
    value_size = key_size if options.get("value_dim") is None else options.size("value_dim")
    bias = bool(options.flag("use_bias", True))
    out = _own_output(query, options)
    terms = [
        _projection(_width(query), heads, key_size, bias),
        _projection(_width(key), heads, key_size, bias),
        _projection(_width(value), heads, value_size, bias),
        if_so(options.flag("use_gate", False), _projection(_width(query), heads, value_size, bias)),
        UNKNOWN if out is None else multiply(add(multiply(heads, value_size), 1 if bias else 0), *out),
    ]
    output = None if query is None or out is None else (*query[:-1], *out)
    # Keras 3 says other sizes of the scores than it gives wherever query and value are not of one length.
    return Result(_scored(output, _head_scores(query, value, heads, options), options), count(*terms))


def _own_output(query: Shape | None, options: Options) -> Shape | None:
    """The last axes of the output."""
    given = options.get("output_shape")
    if given is None or given in ((), [], 0):
        return (_width(query),)
    if isinstance(given, int):
        return (given,)
    sizes = listed(given)
    return None if sizes is None else tuple(map(whole, sizes))


def _head_scores(query: Shape | None, key: Shape | None, heads: Dim, options: Options) -> Shape | None:
    if query is None or key is None or len(query) != 3 or len(key) != 3 or options.get("attention_axes") is not None:
        return None
    agreed = query[1] if same(query[1], key[1]) else UNKNOWN
    return (query[0], heads, query[1], agreed)


@settled(use_bias=FLAG, use_gate=FLAG)
def group_query_attention(call: Call, options: Options) -> Result:
    """``GroupQueryAttention``: several heads of the query share a key and a value."""
    query, value, key = _separate(call)
    size = options.size("head_dim")
    heads, shared = options.size("num_query_heads"), options.size("num_key_value_heads")
    if isinstance(heads, int) and isinstance(shared, int) and shared > 0 and heads % shared:
        raise MismatchError(f"GroupQueryAttention: {shared} heads of keys don't divide {heads} heads of queries")
    if query is not None and value is not None and same(query[-1], value[-1]) is False:
        raise MismatchError(f"GroupQueryAttention: query {query} and value {value} differ in width", query, value)
    bias = bool(options.flag("use_bias", True))
    terms = [
        _projection(_width(query), heads, size, bias),
        _projection(_width(key), shared, size, bias),
        _projection(_width(value), shared, size, bias),
        if_so(options.flag("use_gate", False), _projection(_width(query), heads, size, bias)),
        multiply(add(multiply(heads, size), 1 if bias else 0), _width(query)),
    ]
    scores = None
    if query is not None and len(query) == 3 and key is not None and len(key) == 3:
        scores = (query[0], heads, query[1], key[1])
    return Result(_scored(query, scores, options), count(*terms))
