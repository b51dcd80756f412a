"""What the interpreter is told of the world: Keras, TensorFlow, tfp and NumPy, by the library tables."""

from __future__ import annotations

from collections.abc import Mapping

from kerasvae_lint.keras import configs, methods, tensors, variables
from kerasvae_lint.keras.kinds import is_layer, kinds, kinds_of, library_class
from kerasvae_lint.keras.layers import build_once, call_layer, note_function_layer, note_made
from kerasvae_lint.keras.phases import phase_of
from kerasvae_lint.library import Entry, kind_of, lookup
from kerasvae_lint.library.names import canonical
from kerasvae_lint.values.binding import bind_library
from kerasvae_lint.values.interpreter import HOST
from kerasvae_lint.values.lattice import (
    ClassValue,
    Computed,
    Constant,
    FunctionValue,
    Instance,
    LibraryName,
    LibraryObject,
    Native,
    Property,
    Site,
    Tuple,
    Unknown,
    Value,
    constant,
)
from kerasvae_lint.values.operators import kind_of as kind_of_value
from kerasvae_lint.values.world import Arguments, Machine

LIBRARIES = frozenset(
    {
        *("tensorflow", "keras", "tf_keras", "tensorflow_probability", "numpy", "np", "scipy", "pandas", "matplotlib"),
        *("sklearn", "torch", "jax", "os", "sys", "re", "math", "json", "typing", "collections", "functools", "copy"),
        *("itertools", "abc", "random", "time", "logging", "pathlib", "warnings", "dataclasses", "seaborn", "enum"),
        *(
            "tensorflow_addons",
            "tensorflow_datasets",
            "keras_preprocessing",
            "keras_hub",
            "keras_nlp",
            "keras_cv",
            "PIL",
            "cv2",
            "six",
        ),
        *("absl", "h5py", "tqdm", "argparse", "types", "contextlib", "datetime", "pickle", "glob", "shutil", "io"),
        *("string", "operator", "inspect", "gc", "csv", "subprocess", "threading", "multiprocessing", "tempfile"),
        *("__future__", "typing_extensions", "attr", "attrs", "yaml", "requests", "urllib", "zipfile", "tarfile"),
        *("jnp", "nltk", "gensim", "spacy", "gym", "skimage", "imageio", "networkx", "wandb", "mlflow", "optuna"),
        *("transformers", "IPython", "plotly", "statsmodels", "xgboost", "joblib", "numbers", "textwrap", "uuid"),
        *("unittest", "pytest", "platform", "socket", "traceback", "hashlib", "struct", "codecs", "bisect", "heapq"),
    }
)
_VALUES: dict[str, object] = {
    "np.pi": 3.141592653589793,
    "math.pi": 3.141592653589793,
    "np.e": 2.718281828459045,
    "math.e": 2.718281828459045,
    "np.inf": float("inf"),
    "math.inf": float("inf"),
    "np.newaxis": None,
    "tf.newaxis": None,
}
_BACKEND_LIKE = frozenset({"keras.backend", "keras.ops", "keras.activations"})
_SMALL_STARS = frozenset({"keras", "layers", "backend", "Model", "Sequential", "distributions"})
_CALLED = frozenset({"layer", "model"})
_GENERATORS = frozenset({"np.random.default_rng", "np.random.RandomState", "np.random.Generator"})
"""What makes an object whose methods draw as NumPy's own functions do."""
_OF_GENERATORS = {"integers": "randint"}
READABLE = ("keras.src.applications.resnet", "tf_keras.src.applications.resnet")
"""Modules of a library whose code is read like the project's, beside the file that imports them."""


class KerasWorld:
    """The libraries as far as the tables know them. It keeps no state: that is the machine's.

    Args:
        private: True to take the private paths of the package tf_keras for what they are.
    """

    def __init__(self, private: bool = False) -> None:
        self._private = private

    # names --------------------------------------------------------------------------------------
    def is_library(self, dotted: str) -> bool:
        """True for the libraries that are known, and for the standard library."""
        return dotted.partition(".")[0] in LIBRARIES

    def is_readable(self, dotted: str) -> bool:
        """True for the networks that come with Keras and that others of them are made of."""
        return self._private and dotted.startswith(READABLE)

    def canonical(self, dotted: str) -> str:
        """The one spelling of a name."""
        if self._private and dotted.startswith("tf_keras.src"):
            return canonical(dotted.removeprefix("tf_"))
        return canonical(dotted)

    def star(self, module: str, name: str, sure: bool = False) -> bool:
        """Whether ``from module import *`` can be what binds ``name``; with ``sure``, whether the module has it."""
        if lookup(f"{module}.{name}") is not None:
            return True
        if sure:
            return False
        if module in _BACKEND_LIKE:
            return name.islower() or "_" in name
        if module.startswith("keras.") or module in {"tfp.distributions", "tfp.layers", "tfp.bijectors"}:
            return name[:1].isupper()
        return module in {"keras", "tf", "tfp"} and name in _SMALL_STARS

    def member(self, machine: Machine, name: LibraryName, site: Site) -> Value | None:
        """A library's constant in place of its name."""
        del machine
        return Constant(_VALUES[name.name], site) if name.name in _VALUES else None

    # calls --------------------------------------------------------------------------------------
    def call(self, machine: Machine, callee: Value, arguments: Arguments, site: Site) -> Value:
        """Call a library's function, class or object, or something that nobody knows."""
        if isinstance(callee, LibraryName):
            return self._call_name(machine, callee, arguments, site)
        if isinstance(callee, LibraryObject):
            return self._call_object(machine, callee, arguments, site)
        if isinstance(callee, Unknown) and callee.name and callee.base is not None:
            found = methods.call_on_unknown(machine, callee, arguments, site)
            if found is not None:
                return found
        machine.escape(arguments.all())
        given = arguments.all()
        kind = "any"
        if isinstance(callee, Computed) and callee.kind == "string":
            kind = "string"
        return Computed("call", given, kind, site, arguments.keywords, callee, None, machine.phase, machine.now)

    def _call_name(self, machine: Machine, callee: LibraryName, arguments: Arguments, site: Site) -> Value:
        entry = lookup(callee.name)
        makes = entry.makes if entry is not None else kind_of(callee.name) or ""
        special = methods.call_special(machine, callee, entry, arguments, site)
        if special is not None:
            return special
        if entry is None:
            return self._unlisted(machine, callee, makes, arguments, site)
        if makes in {"tensor", "array", "host", "shape", "lossfunction"}:
            found = tensors.control(machine, entry, arguments, site)
            if found is None:
                found = tensors.compute(machine, callee, entry, arguments, site)
                note_function_layer(machine, found)
            return found
        if makes == "random":
            return tensors.draw(machine, callee, entry, arguments, site)
        if makes == "input":
            roles, _ = tensors.bound_by_role(entry, arguments)
            return Computed("input", (), "tensor", site, roles, callee, None, machine.phase, machine.now)
        if makes == "effect":
            return methods.effect(machine, callee, entry, arguments, site)
        return self._object(machine, callee, entry, makes, arguments, site)

    def _object(
        self, machine: Machine, callee: LibraryName, entry: Entry | None, makes: str, arguments: Arguments, site: Site
    ) -> Value:
        signature = tensors.best_signature(entry, arguments)
        bound: Mapping[str, Value]
        rest: tuple[Value, ...]
        if signature is not None:
            bound, rest = bind_library(signature.parameters, arguments)
        else:
            bound, rest = arguments.keywords, arguments.positional
        made = LibraryObject(
            callee.name,
            makes,
            site,
            bound,
            rest,
            arguments.complete,
            machine.phase,
            machine.function,
            None,
            machine.now,
            machine.traced,
        )
        methods.made(machine, made, arguments, site)
        return made

    def _unlisted(self, machine: Machine, callee: LibraryName, makes: str, arguments: Arguments, site: Site) -> Value:
        if makes:
            return self._object(machine, callee, None, makes, arguments, site)
        given = arguments.all()
        kinds_ = {kind_of_value(value) for value in given}
        kind = "any"
        root = callee.name.partition(".")[0]
        if root in {"np", "math", "random", "time"}:
            kind = "array" if root == "np" and "number" not in kinds_ else "number"
        elif root in {"tf", "keras", "tfp"} and callee.name.rpartition(".")[2].islower():
            kind = "tensor" if "tensor" in kinds_ else "any"
        return Computed(
            callee.name.rpartition(".")[2],
            arguments.positional,
            kind,
            site,
            arguments.keywords,
            callee,
            None,
            machine.phase,
            machine.now,
        )

    def _call_object(self, machine: Machine, callee: LibraryObject, arguments: Arguments, site: Site) -> Value:
        if callee.kind in _CALLED:
            return call_layer(machine, callee, arguments, site)
        if callee.kind == "loss":
            entry = lookup(callee.name)
            word = entry.operation if entry is not None else callee.name.rpartition(".")[2]
            operands = [v for v in (arguments.get(0, "y_true"), arguments.get(1, "y_pred")) if v is not None]
            options = {k: v for k, v in arguments.keywords.items() if k not in {"y_true", "y_pred"}}
            return Computed(word, tuple(operands), "tensor", site, options, callee, None, machine.phase, machine.now)
        if callee.kind == "function":
            function = arguments.positional[0] if arguments.positional else None
            if isinstance(function, FunctionValue):
                return function.tagged(callee.name)
            return function if function is not None else Unknown("call", site, callee)
        kind = "tensor" if callee.kind in {"bijector", "initializer", "regularizer", "constraint", "metric"} else "any"
        word = callee.kind if callee.kind not in {"", "other"} else "call"
        return Computed(word, arguments.all(), kind, site, arguments.keywords, callee, None, machine.phase, machine.now)

    def call_instance(self, machine: Machine, instance: Instance, arguments: Arguments, site: Site) -> Value:
        """Call an object of the project whose class has no ``__call__`` of its own."""
        found = kinds(instance)
        if found & _CALLED:
            return call_layer(machine, instance, arguments, site)
        for name in ("call", "forward", "update_state"):
            method = machine.method(instance, name)
            if method is not None and (found or instance.cls.is_open):
                return machine.call(method, arguments, site)
        machine.escape(arguments.all())
        return Computed(
            "call", arguments.all(), "any", site, arguments.keywords, instance, None, machine.phase, machine.now
        )

    # objects of the project ---------------------------------------------------------------------
    def construct(self, machine: Machine, instance: Instance, base: Value, arguments: Arguments, site: Site) -> None:
        """A library base's constructor runs."""
        if "super" not in instance.facts and kinds(instance) & _CALLED:
            note_made(machine, instance)
        instance.facts["super"] = True
        if not isinstance(base, LibraryName):
            for name, value in arguments.keywords.items():
                instance.arguments.setdefault("?", {})
                instance.arguments["?"] = {**instance.arguments["?"], name: value}
            return
        entry = lookup(base.name)
        signature = tensors.best_signature(entry, arguments)
        if signature is not None:
            bound, rest = bind_library(signature.parameters, arguments)
        else:
            bound, rest = dict(arguments.keywords), arguments.positional
        if base.name == "keras.Model" and rest:
            for name, value in zip(("inputs", "outputs"), rest, strict=False):
                bound.setdefault(name, value)
        instance.arguments[base.name] = bound
        instance.facts["complete"] = arguments.complete
        methods.constructed(machine, instance, base.name, bound, arguments, site)

    def made(self, machine: Machine, instance: Instance) -> None:
        """An object of the project has been made."""

    def phase(self, function: FunctionValue, current: str) -> str:
        """In which phase the body of a function runs."""
        return phase_of(function, current)

    # attributes ---------------------------------------------------------------------------------
    def attribute(self, machine: Machine, obj: Value, name: str, site: Site) -> Value | None:
        """An attribute that Keras (or another library) defines."""
        if isinstance(obj, LibraryObject) and obj.kind == "variable":
            return variables.variable_attribute(machine, obj, name, site)
        found = variables.weight_attribute(machine, obj, name, site)
        if found is not None:
            return found
        if isinstance(obj, (LibraryObject, Instance)):
            found = self._of_object(machine, obj, name, site)
            if found is not None:
                return found
        if isinstance(obj, Computed):
            if obj.op in {"weights", "losses"}:
                return None
            return tensors.attribute(machine, obj, name, site)
        if isinstance(obj, Tuple):
            return tensors.shape_attribute(obj, name, site)
        if isinstance(obj, ClassValue):
            return self._of_class(machine, obj, name, site)
        return None

    def _of_object(self, machine: Machine, obj: LibraryObject | Instance, name: str, site: Site) -> Value | None:
        found = kinds(obj)
        if name == "get_config" and isinstance(obj, Instance):
            return Native(name, lambda _, at: configs.base_config(obj, library_class(obj), at), site, obj)
        if found & _CALLED:
            return methods.of_layer(machine, obj, name, site)
        if "distribution" in found:
            return methods.of_distribution(machine, obj, name, site)
        if "optimizer" in found:
            return methods.of_optimizer(machine, obj, name, site)
        if isinstance(obj, LibraryObject) and obj.name in _GENERATORS and name not in obj.slots:
            function = f"np.random.{_OF_GENERATORS.get(name, name)}"
            return LibraryName(function, function, site) if lookup(function) is not None else None
        if isinstance(obj, LibraryObject) and obj.kind in {"context", "dataset", "metric", "bijector", "loss"}:
            return methods.of_library_object(machine, obj, name, site)
        if "metric" in found and name in {"add_weight", "add_variable"}:
            return methods.of_layer(machine, obj, name, site)
        if isinstance(obj, LibraryObject) and name in obj.arguments:
            return obj.arguments[name]
        return None

    @staticmethod
    def _of_class(machine: Machine, obj: ClassValue, name: str, site: Site) -> Value | None:
        if name == "from_config":

            def from_config(arguments: Arguments, at: Site) -> Value:
                del arguments
                return machine.call(obj, Arguments(others=True), at)

            return Native(name, from_config, site, obj)
        # ``Layer.call(self, x)``: a base's method, called through the class
        found = next((base for base in obj.library_bases()), None)
        if found is not None and kinds_of(obj):
            return LibraryName(f"{found.name}.{name}", f"{found.spelling}.{name}", site)
        return None

    def set_attribute(self, machine: Machine, obj: Value, name: str, value: Value, site: Site) -> None:
        """An attribute has been set."""
        methods.attribute_set(machine, obj, name, value, site)

    # the rest -----------------------------------------------------------------------------------
    def item(self, machine: Machine, obj: Value, index: Value, site: Site) -> Value | None:
        """``obj[index]`` of weights, tensors, distributions."""
        if isinstance(obj, Computed) and obj.op == "weights":
            owner = obj.operands[0]
            if isinstance(owner, Instance) and is_layer(owner) and machine.phase == HOST:
                build_once(machine, owner, site)
            return variables.weight_item(machine, obj, index, site)
        if isinstance(obj, Computed) and obj.op in {"split", "unstack", "input", "data", "element", "layer", "call"}:
            at = constant(index)
            if isinstance(at, int):
                return tensors.part(machine, obj, at, site)
        if isinstance(obj, LibraryObject) and obj.kind == "dataset" and kind_of_value(index) == "number":
            # one batch of an image generator
            return Computed("data", (obj,), "tensor", site, None, obj, None, machine.phase, machine.now)
        if isinstance(obj, LibraryObject) and obj.kind == "variable":
            return Computed("getitem", (obj,), "tensor", site, {"index": index}, None, None, machine.phase, machine.now)
        return None

    def iterate(self, machine: Machine, obj: Value, site: Site) -> tuple[tuple[Value, ...], Value | None] | None:
        """The items of a tensor, a data set, a model's layers."""
        if isinstance(obj, Computed):
            if obj.op == "weights":
                return (), variables.weight_of(machine, obj.operands[0], "*", site)
            return tensors.elements(machine, obj, site)
        if isinstance(obj, LibraryObject) and obj.kind in {"dataset", "array"}:
            element = Computed("data", (obj,), "tensor", site, None, obj, None, machine.phase, machine.now)
            return (), element
        return None

    def enter(self, machine: Machine, context: Value, site: Site) -> Value | None:
        """What ``with context as x`` binds: mostly the context itself."""
        del machine, site
        return context if isinstance(context, (LibraryObject, Computed)) else None

    def operate(self, machine: Machine, op: str, operands: tuple[Value, ...], site: Site) -> Value | None:
        """Operators on distributions and the like; None leaves it to the interpreter."""
        del machine, op, operands, site
        return None

    def decorate(self, machine: Machine, decorator: Value, decorated: Value, site: Site) -> Value | None:
        """What a library's decorator makes of a function or class."""
        del site
        name = ""
        if isinstance(decorator, (LibraryName, LibraryObject)):
            name = decorator.name
        elif isinstance(decorator, Computed) and isinstance(decorator.maker, LibraryName):
            name = decorator.maker.name
        del machine
        if not name:
            return None
        if isinstance(decorated, FunctionValue):
            if name in {"tf.function", "tf.autograph.experimental.do_not_convert", "tf.custom_gradient"}:
                return decorated.tagged("tf.function" if "custom" not in name else name)
            if name.endswith("property"):
                return Property(decorated)
            return decorated.tagged(name)
        return decorated
