"""The steps, in the order in which they are asked."""

from __future__ import annotations

from kerasvae_lint.migrate.step import Step
from kerasvae_lint.migrate.steps.arguments import Arguments
from kerasvae_lint.migrate.steps.backend import Backend
from kerasvae_lint.migrate.steps.counts import Counts
from kerasvae_lint.migrate.steps.estimators import Estimators
from kerasvae_lint.migrate.steps.functions import Functions
from kerasvae_lint.migrate.steps.generators import Generators
from kerasvae_lint.migrate.steps.imports import Imports, Names
from kerasvae_lint.migrate.steps.layers import Layers
from kerasvae_lint.migrate.steps.losses import SymbolicLosses
from kerasvae_lint.migrate.steps.merging import Merging
from kerasvae_lint.migrate.steps.methods import Methods
from kerasvae_lint.migrate.steps.needless import Needless, TensorFlow1
from kerasvae_lint.migrate.steps.optimizers import Optimizers
from kerasvae_lint.migrate.steps.outputs import SeveralOutputs
from kerasvae_lint.migrate.steps.penalties import Penalties
from kerasvae_lint.migrate.steps.repeats import Repeats
from kerasvae_lint.migrate.steps.saturation import Saturation
from kerasvae_lint.migrate.steps.saving import Saving
from kerasvae_lint.migrate.steps.shapes import Shapes
from kerasvae_lint.migrate.steps.sharing import Sharing
from kerasvae_lint.migrate.steps.slots import Slots
from kerasvae_lint.migrate.steps.states import Seeds, Variables
from kerasvae_lint.migrate.steps.tensors import AnyBackend, KerasTensors
from kerasvae_lint.migrate.steps.tidy import Tidy
from kerasvae_lint.migrate.steps.training import Training
from kerasvae_lint.migrate.steps.words import Words

STEPS: tuple[Step, ...] = (
    Arguments(),
    Merging(),
    Optimizers(),
    Methods(),
    SeveralOutputs(),
    Saving(),
    Generators(),
    SymbolicLosses(),
    Functions(),
    Words(),
    Slots(),
    Layers(),
    Shapes(),
    Estimators(),
    Imports(),
    Names(),
    Backend(),
    Needless(),
    TensorFlow1(),
    KerasTensors(),
    AnyBackend(),
    Seeds(),
    Variables(),
    Counts(),
    Sharing(),
    Training(),
    Repeats(),
    Saturation(),
    Penalties(),
    Tidy(),
)
