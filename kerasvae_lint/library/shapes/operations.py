"""What each operation on tensors gives, by the word that the tables have for it in all libraries.

Deliberately absent, so that nothing is claimed of them: functions that call the program's own functions (``map_fn``,
``scan``, ``while_loop``, ``py_function``, ``rnn``), whatever gives Python's own things, strings, sparse and ragged
tensors, histograms and sets, whose size the data decide, and what models hardly have.
"""

from __future__ import annotations

from kerasvae_lint.library.shapes import (
    creation,
    elementwise,
    images,
    indexing,
    linear_algebra,
    loss_functions,
    neural,
    rearranging,
    reductions,
    signals,
)
from kerasvae_lint.library.shapes.calls import Operand, OperationFunction, Options
from kerasvae_lint.library.shapes.dims import Output

_SUBJECTS = (
    elementwise,
    reductions,
    rearranging,
    indexing,
    creation,
    linear_algebra,
    neural,
    loss_functions,
    images,
    signals,
)

OPERATIONS: dict[str, OperationFunction] = {
    word: function for subject in _SUBJECTS for word, function in subject.OPERATIONS.items()
}
"""The shape function of each operation, by its word."""


def operation_output(word: str, operands: tuple[Operand, ...], options: Options) -> Output:
    """The shape of what an operation gives; a list for several tensors, None if it can't be told.

    Args:
        word: the operation, as the tables and ``values.operators`` name it.
        operands: what it is applied to.
        options: the other arguments by role, with the defaults of the function's signature. What a loss has averaged
            (``Entry.reduced``) may stand among them as ``reduced``.

    Raises:
        MismatchError: the operands can't be put together; the library raises there, too.
    """
    function = OPERATIONS.get(word)
    return None if function is None else function(operands, options)
