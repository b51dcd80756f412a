"""What a rule may ask, in about a dozen nouns: the only room that rules import, with ``core``."""

from typing import TYPE_CHECKING

from kerasvae_lint.binding import records
from kerasvae_lint.keras.configs import Config
from kerasvae_lint.keras.crossentropy import Entropy
from kerasvae_lint.keras.kept import Kept, learned
from kerasvae_lint.keras.kinds import is_application, is_layer, is_model, is_text, kinds, library_class
from kerasvae_lint.keras.likelihood import Probability, probability
from kerasvae_lint.keras.model_outputs import ModelOutput, ModelOutputs
from kerasvae_lint.keras.objective.gaussian import match_kl
from kerasvae_lint.keras.objective.heads import Head, Link
from kerasvae_lint.keras.objective.losses import Part, Variant
from kerasvae_lint.keras.objective.noise import Noise, fixes_batch, is_host_draw
from kerasvae_lint.keras.objective.pairs import FEATUREWISE, Pair, is_plain, is_summed, tensors
from kerasvae_lint.keras.objective.training import Loss
from kerasvae_lint.keras.outputs import Ending, ending_of
from kerasvae_lint.keras.passes import Repeat
from kerasvae_lint.keras.random_outputs import is_distribution_layer
from kerasvae_lint.keras.scalars import is_counter, is_python, is_scalar, is_scalar_variable
from kerasvae_lint.keras.settings import (
    Hook,
    ItemSetting,
    Ramp,
    Setting,
    depends_on,
    is_count_of,
    is_curve_of,
    number_of,
    ramp_of,
    words_of,
)
from kerasvae_lint.keras.symbolic import Symbolic, is_functional
from kerasvae_lint.keras.variables import is_variable, owner_of, trainable, weight_list
from kerasvae_lint.keras.weights import LossWeight
from kerasvae_lint.model.backend import OldBackend, is_optional, old_backend, twin_name, twin_of
from kerasvae_lint.model.calls import Call
from kerasvae_lint.model.changes import Change, Owner
from kerasvae_lint.model.classes import Attribute, Class
from kerasvae_lint.model.eager import EagerCall, eager_calls
from kerasvae_lint.model.editing import Editor
from kerasvae_lint.model.fetched import Fetched
from kerasvae_lint.model.flags import LostFlag, ReplacedFlag, lost_flags, replaced_flags
from kerasvae_lint.model.freezing import make_non_trainable
from kerasvae_lint.model.live import assign_instead, live_attribute, live_global, live_number
from kerasvae_lint.model.lost import Lost
from kerasvae_lint.model.mentions import is_own, mentions, name_of
from kerasvae_lint.model.module import Module
from kerasvae_lint.model.moving import bindings, parenthesized
from kerasvae_lint.model.objective import KL, Objective, Sample, exponent_of, twin
from kerasvae_lint.model.project import Project
from kerasvae_lint.model.recomputing import recompute
from kerasvae_lint.model.scheduled import Scheduled
from kerasvae_lint.model.schedules import Fit, Schedules, is_learning_rate, is_warm_up
from kerasvae_lint.model.uses import goes_nowhere
from kerasvae_lint.values.interpreter import CONSTRUCTION, HOST, TRACING
from kerasvae_lint.values.lattice import (
    Access,
    Computed,
    Constant,
    FunctionValue,
    Instance,
    LibraryName,
    LibraryObject,
    Parameter,
    Site,
    Tuple,
    Unknown,
    Value,
    constant,
    constants,
    held,
    is_none,
    leaves,
)

if TYPE_CHECKING:  # nouns that rules name in types only: their rooms are entered when somebody asks for them
    from kerasvae_lint.keras.adversaries import Adversary
    from kerasvae_lint.keras.anew import Anew
    from kerasvae_lint.keras.broadcasts import Broadcast
    from kerasvae_lint.keras.captured import Captured
    from kerasvae_lint.keras.closures import SymbolicLoss
    from kerasvae_lint.keras.comparisons import Comparison
    from kerasvae_lint.keras.data import Data, Source, Step
    from kerasvae_lint.keras.entrances import Entrance
    from kerasvae_lint.keras.equal_starts import EqualStart
    from kerasvae_lint.keras.folds import Fold
    from kerasvae_lint.keras.masks import LostMask
    from kerasvae_lint.keras.mixed import Mixed
    from kerasvae_lint.keras.monitors import Monitor
    from kerasvae_lint.keras.networks import Member, Network
    from kerasvae_lint.keras.random_outputs import LossOnDraw
    from kerasvae_lint.keras.ranges import Range
    from kerasvae_lint.keras.rates import RateUse
    from kerasvae_lint.keras.singular import Singular
    from kerasvae_lint.keras.stacks import Joint, Weighted
    from kerasvae_lint.keras.steps import LeftOut, RawLogs, TrainStep, Untold
    from kerasvae_lint.keras.straight_through import Swapped
    from kerasvae_lint.keras.stray_metrics import StrayMetric
    from kerasvae_lint.keras.tapes import Misapplied, Unrecorded
    from kerasvae_lint.keras.tasks import Task
    from kerasvae_lint.keras.trainings import Chosen, Training, TrainingStep
    from kerasvae_lint.keras.unheeded import Unheeded
    from kerasvae_lint.keras.weighted import LostWeights
    from kerasvae_lint.model.clones import Clone
    from kerasvae_lint.model.own_copies import OwnCopy
    from kerasvae_lint.model.shadowed import Shadowed

__all__ = [
    "CONSTRUCTION",
    "FEATUREWISE",
    "HOST",
    "KL",
    "TRACING",
    "Access",
    "Adversary",
    "Anew",
    "Attribute",
    "Broadcast",
    "Call",
    "Captured",
    "Change",
    "Chosen",
    "Class",
    "Clone",
    "Comparison",
    "Computed",
    "Config",
    "Constant",
    "Data",
    "EagerCall",
    "Editor",
    "Ending",
    "Entrance",
    "Entropy",
    "EqualStart",
    "Fetched",
    "Fit",
    "Fold",
    "FunctionValue",
    "Head",
    "Hook",
    "Instance",
    "ItemSetting",
    "Joint",
    "Kept",
    "LeftOut",
    "LibraryName",
    "LibraryObject",
    "Link",
    "Loss",
    "LossOnDraw",
    "LossWeight",
    "Lost",
    "LostFlag",
    "LostMask",
    "LostWeights",
    "Member",
    "Misapplied",
    "Mixed",
    "ModelOutput",
    "ModelOutputs",
    "Module",
    "Monitor",
    "Network",
    "Noise",
    "Objective",
    "OldBackend",
    "OwnCopy",
    "Owner",
    "Pair",
    "Parameter",
    "Part",
    "Probability",
    "Project",
    "Ramp",
    "Range",
    "RateUse",
    "RawLogs",
    "Repeat",
    "ReplacedFlag",
    "Sample",
    "Scheduled",
    "Schedules",
    "Setting",
    "Shadowed",
    "Singular",
    "Site",
    "Source",
    "Step",
    "StrayMetric",
    "Swapped",
    "Symbolic",
    "SymbolicLoss",
    "Task",
    "TrainStep",
    "Training",
    "TrainingStep",
    "Tuple",
    "Unheeded",
    "Unknown",
    "Unrecorded",
    "Untold",
    "Value",
    "Variant",
    "Weighted",
    "assign_instead",
    "bindings",
    "constant",
    "constants",
    "depends_on",
    "eager_calls",
    "ending_of",
    "exponent_of",
    "fixes_batch",
    "goes_nowhere",
    "held",
    "is_application",
    "is_count_of",
    "is_counter",
    "is_curve_of",
    "is_distribution_layer",
    "is_functional",
    "is_host_draw",
    "is_layer",
    "is_learning_rate",
    "is_model",
    "is_none",
    "is_optional",
    "is_own",
    "is_plain",
    "is_python",
    "is_scalar",
    "is_scalar_variable",
    "is_summed",
    "is_text",
    "is_variable",
    "is_warm_up",
    "kinds",
    "learned",
    "leaves",
    "library_class",
    "live_attribute",
    "live_global",
    "live_number",
    "lost_flags",
    "make_non_trainable",
    "match_kl",
    "mentions",
    "name_of",
    "number_of",
    "old_backend",
    "owner_of",
    "parenthesized",
    "probability",
    "ramp_of",
    "recompute",
    "records",
    "replaced_flags",
    "tensors",
    "trainable",
    "twin",
    "twin_name",
    "twin_of",
    "weight_list",
    "words_of",
]
