"""What may be something else is found, but not fixed."""

from __future__ import annotations

import pytest

from kerasvae_lint import lint_source

PROGRAM = """\
import keras
from elsewhere import Diversity

metrics = {{"accuracy": keras.metrics.Accuracy(), "diversity": {other}}}
for metric in metrics.values():
    metric.reset_states()
"""


@pytest.mark.parametrize(("other", "is_fixed"), [("keras.metrics.Mean()", True), ("Diversity()", False)])
def test_a_reset_of_metrics_of_which_one_is_unknown_stays(other: str, is_fixed: bool) -> None:
    (finding,) = lint_source(PROGRAM.format(other=other))
    assert finding.code == "KV611"
    assert (finding.fix is not None) == is_fixed
