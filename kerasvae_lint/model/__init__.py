"""What a rule may ask, in about a dozen nouns: the only room that rules import, with ``core``."""

from kerasvae_lint.binding import records
from kerasvae_lint.keras.crossentropy import Entropy
from kerasvae_lint.keras.kept import Kept, learned
from kerasvae_lint.keras.kinds import is_layer, is_model, is_text, kinds, library_class
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
from kerasvae_lint.keras.variables import is_variable, owner_of, trainable, weight_list
from kerasvae_lint.keras.weights import LossWeight
from kerasvae_lint.model.calls import Call
from kerasvae_lint.model.changes import Change, Owner
from kerasvae_lint.model.classes import Attribute, Class
from kerasvae_lint.model.editing import Editor
from kerasvae_lint.model.fetched import Fetched
from kerasvae_lint.model.freezing import make_non_trainable
from kerasvae_lint.model.live import assign_instead, live_attribute, live_global
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
    Instance,
    LibraryName,
    LibraryObject,
    Parameter,
    Site,
    Unknown,
    Value,
    constant,
    constants,
    held,
    is_none,
    leaves,
)

__all__ = [
    "CONSTRUCTION",
    "FEATUREWISE",
    "HOST",
    "KL",
    "TRACING",
    "Access",
    "Attribute",
    "Call",
    "Change",
    "Class",
    "Computed",
    "Constant",
    "Editor",
    "Ending",
    "Entropy",
    "Fetched",
    "Fit",
    "Head",
    "Hook",
    "Instance",
    "ItemSetting",
    "Kept",
    "LibraryName",
    "LibraryObject",
    "Link",
    "Loss",
    "LossWeight",
    "ModelOutput",
    "ModelOutputs",
    "Module",
    "Noise",
    "Objective",
    "Owner",
    "Pair",
    "Parameter",
    "Part",
    "Probability",
    "Project",
    "Ramp",
    "Repeat",
    "Sample",
    "Scheduled",
    "Schedules",
    "Setting",
    "Site",
    "Unknown",
    "Value",
    "Variant",
    "assign_instead",
    "bindings",
    "constant",
    "constants",
    "depends_on",
    "ending_of",
    "exponent_of",
    "fixes_batch",
    "goes_nowhere",
    "held",
    "is_count_of",
    "is_counter",
    "is_curve_of",
    "is_host_draw",
    "is_layer",
    "is_learning_rate",
    "is_model",
    "is_none",
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
    "make_non_trainable",
    "match_kl",
    "mentions",
    "name_of",
    "number_of",
    "owner_of",
    "parenthesized",
    "probability",
    "ramp_of",
    "recompute",
    "records",
    "tensors",
    "trainable",
    "twin",
    "weight_list",
    "words_of",
]
