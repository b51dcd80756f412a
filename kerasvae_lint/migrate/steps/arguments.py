"""Arguments that are called otherwise in Keras 3, stand in another order, or are gone: of layers and of all else."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.library import Signature, lookup
from kerasvae_lint.library.moves import Place, root_of
from kerasvae_lint.library.moves.twins import LAYER_ARGUMENTS, ORDERINGS, SPECIAL_ARGUMENTS
from kerasvae_lint.migrate.asking import is_for_keras3, keras_calls
from kerasvae_lint.migrate.helpers import define
from kerasvae_lint.migrate.inputs import input_in_front
from kerasvae_lint.migrate.step import Kind, Remark, Step, differs, done, left
from kerasvae_lint.model import Call, Editor, Module, constant, constants
from kerasvae_lint.model.spelling import keras_spelled
from kerasvae_lint.values.lattice import LibraryName

_LAYERS = frozenset({"name", "dtype", "trainable", "autocast", "activity_regularizer", "input_shape", "input_dim"})
"""What every layer of Keras 3 takes."""
_ACTIVATIONS = frozenset({"activation", "recurrent_activation", "inner_activation"})
_HARD_SIGMOID = [
    "def hard_sigmoid_2(x):",
    '    """`hard_sigmoid` as it was in Keras 2."""',
    "    return {clip}(0.2 * x + 0.5, 0.0, 1.0)",
]
EPOCH_CHECKPOINT = "EpochCheckpoint"
"""The class that stands in for a ``ModelCheckpoint`` with a ``period``."""
_CHECKPOINT = [
    f"class {EPOCH_CHECKPOINT}({{base}}):",
    '    """A `ModelCheckpoint` that looks at every `period`-th epoch only."""',
    "",
    "    def __init__(self, *args, period=1, **kwargs):",
    "        super().__init__(*args, **kwargs)",
    "        self.period = period",
    "        self.waited = 0",
    "",
    "    def on_epoch_end(self, epoch, logs=None):",
    "        self.waited += 1",
    "        if self.waited >= self.period:",
    "            self.waited = 0",
    "            super().on_epoch_end(epoch, logs)",
]
_KEPT: dict[str, dict[str, str]] = {
    "keras.regularizers.l1_l2": {"l1": "0.01", "l2": "0.01"},
    "keras.optimizers.Lion": {"learning_rate": "0.0001"},
}
"""Defaults that are others now, and make a difference."""
_SIZES = ("nb_row", "nb_col", "kernel_dim1", "kernel_dim2", "kernel_dim3")
_KERAS1 = frozenset({*LAYER_ARGUMENTS, *_SIZES, "consume_less"}) - {"alpha", "input", "output", "l", "m", "p"}
_KERNELS = {"Conv2D": 2, "SeparableConv2D": 2, "Conv2DTranspose": 2, "Conv3D": 3, "Conv3DTranspose": 3}
_NEEDLESS: dict[str, tuple[object, ...]] = {
    "consume_less": ("cpu", "mem", "gpu"),
    "implementation": (0, 1, 2),
    "mode": (0,),
    "time_major": (False,),
    "fused": (True, False, None),
    "renorm": (False,),
    "virtual_batch_size": (None,),
    "write_grads": (True, False),
    "batch_size": (),
    "period": (1,),
    "options": (None,),
    "depth": (),
    "adaptive_epsilon": (False,),
    "epsilon": (None,),
    "sample_weight_mode": (None,),
    "trainable": (),
}
"""Arguments that say nothing any more where they have one of these values."""
_KERNEL_AND_BIAS = (("kernel_initializer", ""), ("bias_initializer", "use_bias"))
_RECURRENT_WEIGHTS = (("kernel_initializer", ""), ("recurrent_initializer", ""), ("bias_initializer", "use_bias"))
_WEIGHTED: dict[str, tuple[tuple[str, str], ...]] = {
    "Dense": _KERNEL_AND_BIAS,
    **{f"Conv{rank}D{kind}": _KERNEL_AND_BIAS for rank in (1, 2, 3) for kind in ("", "Transpose")},
    **{
        f"SeparableConv{rank}D": (
            ("depthwise_initializer", ""),
            ("pointwise_initializer", ""),
            ("bias_initializer", "use_bias"),
        )
        for rank in (1, 2)
    },
    "DepthwiseConv2D": (("depthwise_initializer", ""), ("bias_initializer", "use_bias")),
    "SimpleRNN": _RECURRENT_WEIGHTS,
    "GRU": _RECURRENT_WEIGHTS,
    "LSTM": _RECURRENT_WEIGHTS,
    "BatchNormalization": (
        ("gamma_initializer", "scale"),
        ("beta_initializer", "center"),
        ("moving_mean_initializer", ""),
        ("moving_variance_initializer", ""),
    ),
    "PReLU": (("alpha_initializer", ""),),
}
"""The initializers of a layer in the order of its weights, each with the flag that can leave it out."""
_IMAGES = re.compile(r"\b\w*Conv(?:olution)?2D|\bconv2d", re.IGNORECASE)
_OLD_FILE = re.compile(
    r"\b(?:nb_epoch|nb_filter|border_mode|Convolution[123]D|samples_per_epoch|dim_ordering|W_regularizer)\b"
)
_CONV_LSTM = re.compile(r"\bConvLSTM\dD$")
_RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN"})
_SEQUENCE = ("input_length", "input_dim")
_CALLBACKS = frozenset({"period", "write_grads", "batch_size"})
_SKIPPED = ("keras.optimizers.", "keras.backend.", "keras.Model.", "keras.layers.merge")


class Arguments(Step):
    """``Convolution2D(32, 3, 3, border_mode="same")`` → ``Conv2D(32, (3, 3), padding="same")``."""

    name = "arguments"

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each call that is written otherwise now, more where something is left."""
        defaults: dict[tuple[str, str], list[Call]] = {}
        normalized: list[Call] = []
        for call, callee, place in keras_calls(module):
            if not place.today or place.name.startswith(_SKIPPED):
                continue
            converted = _Converted(module, call, callee, place)
            yield from (one for one in converted.remarks() if not (one.kind is Kind.DIFFERS and is_for_keras3(module)))
            old = converted.old_defaults()
            if old:
                defaults.setdefault((converted.kind, old), []).append(call)
            if converted.kind == "BatchNormalization" and _IMAGES.search(module.source.text):
                normalized.append(call)
        if is_for_keras3(module):
            return
        for (kind, old), calls in defaults.items():
            more = f" (and {len(calls) - 1} more)" if len(calls) > 1 else ""
            yield differs(calls[0], f"this `{kind}`{more} had {old} in Keras before 2.3, where nothing else is said")
        if normalized:
            yield differs(
                normalized[0],
                "`BatchNormalization` of images: the moving variance is over n values, and was over n - 1 in Keras 2",
            )


def _hard_sigmoids(module: Module) -> list[r.Record]:
    """Where `hard_sigmoid` is asked for, in words or without any."""
    return [
        record
        for record in module.code.walk()
        if (isinstance(record, r.Argument) and record.name in _ACTIVATIONS and _says_hard_sigmoid(record))
        or (isinstance(record, r.Call) and _CONV_LSTM.search(module.text(record.func)))
    ]


def _says_hard_sigmoid(argument: r.Argument) -> bool:
    return isinstance(argument.value, r.Constant) and argument.value.value == "hard_sigmoid"


def _is_numpy_type(module: Module, expression: r.Expression) -> bool:
    value = module.value(expression)
    if isinstance(expression, r.Constant):
        return isinstance(expression.value, str)
    return (isinstance(value, LibraryName) and value.name.startswith("np.")) or module.text(expression) in {
        "int",
        "float",
    }


class _Converted:
    """One call of a class or function, and what becomes of its arguments."""

    def __init__(self, module: Module, call: Call, callee: LibraryName, place: Place) -> None:
        self.module = module
        self.call = call
        self.record = call.record
        self.place = place
        root = root_of(callee.spelling)
        today = root_of(place.today)
        self.today = f"keras.{today[1]}" if today is not None else place.today
        self.kind = self.today.rpartition(".")[2]
        self.is_standalone = root is not None and root[0] == "keras"
        self.entry = lookup(self.today)
        self.is_layer = self.entry is not None and self.entry.makes == "layer"
        self.names = {**LAYER_ARGUMENTS, **SPECIAL_ARGUMENTS.get(self.today, {})}
        self.written = [a.name for a in self.record.arguments if a.name is not None]
        self.editor: Editor = module.editor()
        self.said: list[str] = []
        self.also: list[Remark] = []
        self.needless = False

    @property
    def takes(self) -> Signature | None:
        """What Keras 3 takes."""
        if self.today in {"keras.Model", "keras.models.Model"}:
            return None
        return self.entry.keras3 if self.entry is not None else None

    def remarks(self) -> Iterator[Remark]:
        if self.today in {"keras.Model", "keras.models.Model"}:
            self._model()
        elif self.takes is not None:
            self._kernel()
            self._order()
            for argument in self.record.arguments:
                if argument.name is not None and not self._is_taken(argument.name):
                    self._gone(argument, argument.name)
            self._sequence_shape()
            self._values()
        if self.said:
            kind = Kind.NEEDLESS if self.needless and not any("is" in one.split() for one in self.said) else Kind.DONE
            yield done(self.record, f"`{self.kind}`: {', '.join(self.said)}", self.editor, kind)
        yield from self.also

    def _is_taken(self, name: str) -> bool:
        assert self.takes is not None
        if self.kind in _RECURRENT and name in _SEQUENCE:
            return True  # later, together
        if name in {"input_length"} and self.kind == "Embedding":
            return False
        found = self.takes.get(name)
        if found is not None and found.kind != "**":
            return not (self.kind == "TensorBoard" and name in _CALLBACKS)
        if self.is_layer:
            return name in _LAYERS
        return self.takes.open and name not in self.names and name not in _NEEDLESS

    def _model(self) -> None:
        for argument in self.record.arguments:
            new = {"input": "inputs", "output": "outputs"}.get(argument.name or "")
            if new is not None and argument.name is not None:
                self._rename(argument, new)

    def _rename(self, argument: r.Argument, new: str) -> None:
        assert argument.name is not None
        self.editor.edit(argument.start, argument.start + len(argument.name), new)
        self.said.append(f"`{argument.name}=` is `{new}=`")

    # one argument -------------------------------------------------------------------------------
    def _gone(self, argument: r.Argument, name: str) -> None:
        """An argument that Keras 3 does not know under its name."""
        assert self.takes is not None
        value = constant(self.module.value(argument.value))
        known = constants(self.module.value(argument.value)) is not None
        new = self.names.get(name)
        if name in _SIZES or (name == "batch_size" and self.is_layer):
            return self._with_others(argument, name)
        if name == "dtype" and self.kind == "to_categorical" and _is_numpy_type(self.module, argument.value):
            self.editor.remove_argument(self.record, argument)
            self.editor.insert_after(self.record, f".astype({self.module.text(argument.value)})")
            self.said.append("`dtype=` is `astype` of what it gives")
            return None
        if name == "batch_input_shape" and self.kind == "InputLayer":
            return self._rename(argument, "batch_shape")
        if name == "batch_input_shape" and self.is_layer:
            return self._batch_shape(argument)
        if name == "input_length" and self.kind == "Embedding":
            return self._embedding_length(argument)
        if new is not None and new not in self.written and self.takes.get(new) is not None:
            if name == "border_mode" and value == "full":
                self.also.append(
                    left(
                        argument, "`border_mode='full'` is gone: pad with ZeroPadding in front, and `padding='valid'`."
                    )
                )
                return None
            self._rename(argument, new)
            if name == "dim_ordering":
                self._ordering(argument, value)
            return None
        if name in _NEEDLESS and (not _NEEDLESS[name] or (known and value in _NEEDLESS[name])):
            self.editor.remove_argument(self.record, argument)
            self.said.append(f"`{name}=` has no meaning any more")
            self.needless = True
            return None
        if name == "dim_ordering" and value in ("default", None):
            self.editor.remove_argument(self.record, argument)
            self.said.append(f"`{name}=` has no meaning any more")
            return None
        if name == "weights" and known and value is None:
            self.editor.remove_argument(self.record, argument)
            self.said.append("`weights=None` has no meaning any more")
            self.needless = True
            return None
        if name == "weights" and self.is_layer:
            if not self._initializers(argument):
                self.also.append(
                    left(
                        argument,
                        f"`{self.kind}` takes no `weights=` in Keras 3: call its `set_weights` behind the line that"
                        " builds the model.",
                    )
                )
            return None
        if name == "period":
            self._period(argument)
            return None
        self.also.append(
            left(argument, f"`{self.kind}` has no argument `{name}=` in Keras 3: leave it out, or say it otherwise.")
        )
        return None

    def _initializers(self, argument: r.Argument) -> bool:
        """``weights=[kernel, bias]`` as the constants that they start with."""
        names = self._weights_in_order()
        if names is None:
            return False
        if any(name != "weights" and not self._is_taken(name) and name in self.names for name in self.written):
            return True  # other arguments get their new names first
        texts = self._parts(argument.value, len(names))
        if texts is None:
            return False
        constant_of = keras_spelled(self.module, self.editor, "keras.initializers.Constant")
        items = [f"{name}={constant_of}({text})" for name, text in zip(names, texts, strict=True)]
        if self.kind == "LSTM" and "bias_initializer" in names:
            items.append("unit_forget_bias=False")
        for other in self.record.arguments:
            if other.name in names or (other.name == "unit_forget_bias" and len(items) > len(names)):
                self.editor.remove_argument(self.record, other)
        self.editor.edit(argument.start, argument.end, ", ".join(items))
        self.said.append("`weights=` is what its initializers give")
        return True

    def _period(self, argument: r.Argument) -> None:
        """``ModelCheckpoint(path, period=5)`` as a checkpoint that waits for so many epochs."""
        uses = [call.record for call, _, place in keras_calls(self.module) if place.name == self.place.name]
        base = self.module.text(uses[0].func)
        if base.partition(".")[0] not in self.module.code.scope.bound:
            base = keras_spelled(self.module, self.editor, "keras.callbacks.ModelCheckpoint")
        lines = [line.format(base=base) for line in _CHECKPOINT]
        frequency = next((a for a in self.record.arguments if a.name == "save_freq"), None)
        epochs = frequency is None or constant(self.module.value(frequency.value)) == "epoch"
        if not epochs or not define(self.module, self.editor, EPOCH_CHECKPOINT, lines, uses):
            what = "`period=` is gone: `save_freq=` counts batches, and saves before `val_loss` is known. Write a"
            self.also.append(left(argument, f"{what} callback that calls `model.save` in its `on_epoch_end`."))
            return
        self.editor.replace(self.record.func, EPOCH_CHECKPOINT)
        self.said.append("`period=` is that of a subclass")

    def _weights_in_order(self) -> list[str] | None:
        """The initializers of the weights that this layer has; None where that can't be told."""
        known = _WEIGHTED.get(self.kind)
        plain = [a for a in self.record.arguments if a.name is None]
        if known is None or any(a.star for a in self.record.arguments):
            return None
        if any(len(plain) > self._at(name) for pair in known for name in pair if name):
            return None
        found = []
        for name, flag in known:
            given = next((a for a in self.record.arguments if a.name == flag), None)
            says = constant(self.module.value(given.value)) if given is not None else True
            if says not in (True, False):
                return None
            if says:
                found.append(name)
        return found

    def _parts(self, value: r.Expression, count: int) -> list[str] | None:
        """The weights one by one, as text; Keras 2 took as many as the layer has, and no others."""
        if isinstance(value, r.Display):
            if len(value.items) != count or any(isinstance(item, r.Starred) for item in value.items):
                return None
            return [self.module.text(item) for item in value.items]
        is_read = isinstance(value, r.Call) and isinstance(value.func, r.Attribute) and not value.arguments
        if not isinstance(value, (r.Name, r.Attribute, r.Subscript)) and not (
            is_read and value.func.attr == "get_weights"  # type: ignore[attr-defined]
        ):
            return None
        text = self.module.text(value)
        return None if "\n" in text else [f"{text}[{index}]" for index in range(count)]

    def _ordering(self, argument: r.Argument, value: object) -> None:
        record = argument.value
        if isinstance(record, r.Constant) and value in ORDERINGS:
            quote = self.module.text(record)[0]
            self.editor.replace(record, f"{quote}{ORDERINGS[str(value)]}{quote}")

    def _with_others(self, argument: r.Argument, name: str) -> None:
        """``nb_row=3, nb_col=5`` as one; a batch size beside an input's shape."""
        if name in _SIZES:
            sizes = [a for a in self.record.arguments if a.name in _SIZES]
            if argument is sizes[0]:
                text = f"({', '.join(self.module.text(size.value) for size in sizes)})"
                self.editor.edit(argument.start, argument.end, f"kernel_size={text}")
                for other in sizes[1:]:
                    self.editor.remove_argument(self.record, other)
                self.said.append(f"`{'=`, `'.join(str(size.name) for size in sizes)}=` is `kernel_size=`")
        elif name == "batch_size":
            shape = next((a for a in self.record.arguments if a.name == "input_shape"), None)
            written = f"batch_size={self.module.text(argument.value)}"
            if shape is not None and input_in_front(
                self.module, self.editor, self.record, f"shape={self.module.text(shape.value)}, {written}"
            ):
                self.editor.remove_argument(self.record, argument)
                self.editor.remove_argument(self.record, shape)
                self.said.append("its input's shape is an Input in front")
            else:
                self.also.append(
                    left(argument, "The batch size is `keras.Input(shape, batch_size=…)` in front of the layer.")
                )

    def _batch_shape(self, argument: r.Argument) -> None:
        text = self.module.text(argument.value)
        if input_in_front(self.module, self.editor, self.record, f"batch_shape={text}"):
            self.editor.remove_argument(self.record, argument)
            self.said.append("`batch_input_shape=` is an Input in front, with `batch_shape=`")
        else:
            self.also.append(
                left(argument, "`batch_input_shape=` is gone: put `keras.Input(batch_shape=…)` in front of the layer.")
            )

    def _embedding_length(self, argument: r.Argument) -> None:
        others = [a for a in self.record.arguments if a.name in {"input_shape", "batch_input_shape"}]
        text = self.module.text(argument.value)
        if constant(self.module.value(argument.value)) is not None or not isinstance(argument.value, r.Constant):
            if not others and input_in_front(self.module, self.editor, self.record, f"shape=({text},)"):
                self.said.append("`input_length=` is an Input in front")
            else:
                self.said.append("`input_length=` has no meaning any more")
                self.needless = True
        else:
            self.said.append("`input_length=` has no meaning any more")
            self.needless = True
        self.editor.remove_argument(self.record, argument)

    # several ------------------------------------------------------------------------------------
    def _kernel(self) -> None:
        """Kernels whose sizes stand one by one."""
        rank = _KERNELS.get(self.kind)
        old = self.place.name.rpartition(".")[2]
        plain = [a for a in self.record.arguments if a.name is None]
        if rank is None or any(a.star for a in plain) or len(plain) < rank + 1:
            return
        is_old = old != self.kind or bool(_KERAS1 & set(self.written))
        sizes = plain[1 : rank + 1]
        if any(isinstance(a.value, r.Display) or self._is_sequence(a) for a in sizes):
            return
        whole = [isinstance(constant(self.module.value(a.value)), int) for a in sizes]
        if not is_old and not (self.is_standalone and all(whole) and _OLD_FILE.search(self.module.source.text)):
            if self.is_standalone and all(whole) and rank == 2:
                what = f"`{self.kind}`: the third argument is the strides; Keras before 2.4 took two sizes of a kernel"
                self.also.append(differs(self.record, what))
            return
        start, end = self.editor.span(sizes[0].value)[0], self.editor.span(sizes[-1].value)[1]
        text = self.editor.text
        if "\n" in text[start:end]:
            self.editor.edit(start, end, f"({', '.join(self.module.text(a.value) for a in sizes)})")
        else:
            self.editor.edit(start, start, "(")
            self.editor.edit(end, end, ")")
        self.said.append("the kernel's size is one tuple")
        rest = plain[rank + 1 :]
        if self.kind.endswith("Transpose") and rest:
            self.editor.remove_argument(self.record, rest[0])
            self.said.append("`output_shape` has no meaning any more")
            rest = rest[1:]
        for name, argument in zip(("kernel_initializer", "activation"), rest, strict=False):
            self.editor.edit(argument.start, argument.start, f"{name}=")
            self.said.append(f"`{name}` gets its name")
        if len(rest) > 2:
            self.also.append(left(rest[2], f"`{old}` took `weights` here: give all arguments by their names."))

    def _is_sequence(self, argument: r.Argument) -> bool:
        value = self.module.value(argument.value)
        return any(type(member).__name__ in {"Tuple", "ListObject"} for member in value.alternatives())

    def _order(self) -> None:
        """Arguments by position that stand elsewhere now."""
        if self.entry is None or self.entry.keras2 is None or self.takes is None or self.said:
            return
        old = [p for p in self.entry.keras2.parameters if p.kind in {"positional", "positional-only"}]
        new = [p for p in self.takes.parameters if p.kind in {"positional", "positional-only"}]
        for index, argument in enumerate(self.record.arguments):
            if argument.star or argument.name is not None or index >= len(old):
                return
            name = old[index].name
            if index < len(new) and (
                new[index].name == name or self.takes.get(name) is None or new[index].role == old[index].role
            ):
                continue
            if self.takes.get(name) is None:
                return
            start = self.editor.span(argument.value)[0]
            self.editor.edit(start, start, f"{name}=")
            self.said.append(f"`{name}` stands elsewhere, so it gets its name")

    def _sequence_shape(self) -> None:
        """``LSTM(8, input_dim=3, input_length=5)`` → ``input_shape=(5, 3)``."""
        found = {a.name: a for a in self.record.arguments if a.name in _SEQUENCE}
        if self.kind not in _RECURRENT or not found:
            return
        length, size = (found.get(name) for name in _SEQUENCE)
        if size is None or "input_shape" in self.written:
            if length is not None:
                self.editor.remove_argument(self.record, length)
                self.said.append("`input_length=` has no meaning any more")
            return
        steps = self.module.text(length.value) if length is not None else "None"
        self.editor.edit(size.start, size.end, f"input_shape=({steps}, {self.module.text(size.value)})")
        if length is not None:
            self.editor.remove_argument(self.record, length)
        self.said.append("`input_dim=` and `input_length=` is `input_shape=`")

    # numbers ------------------------------------------------------------------------------------
    def _values(self) -> None:
        """Where Keras 3 computes something else."""
        for argument in self.record.arguments:
            if argument.name in _ACTIVATIONS and constant(self.module.value(argument.value)) == "hard_sigmoid":
                self.also.append(self._hard_sigmoid(argument))
            if argument.name == "activity_regularizer":
                what = (
                    "`activity_regularizer`: Keras 3.0 to 3.12 do not divide it by the batch size,"
                    " Keras 2 and 3.13 on do"
                )
                self.also.append(differs(argument, what))

        for name, default in _KEPT.get(self.today, {}).items():
            if name not in self.written and len([a for a in self.record.arguments if a.name is None]) <= self._at(name):
                editor = self.module.editor()
                editor.add_argument(self.record, f"{name}={default}")
                what = f"`{self.kind}`: `{name}=` is `{default}` without a word in Keras 2"
                self.also.append(Remark(Kind.DONE, self.record, what, editor.draft(what), along=True))
        if self.kind.startswith("ConvLSTM") and "recurrent_activation" not in self.written:
            self.also.append(self._hard_sigmoid(None))

    def _at(self, name: str) -> int:
        """Where an argument stands by its position."""
        assert self.takes is not None
        order = [p.name for p in self.takes.parameters if p.kind in {"positional", "positional-only"}]
        return order.index(name) if name in order else len(order)

    def _hard_sigmoid(self, argument: r.Argument | None) -> Remark:
        """The function as Keras 2 had it: Keras 3 calls another one so."""
        what = "`hard_sigmoid` is `relu6(x + 3) / 6` in Keras 3, and was `clip(0.2 * x + 0.5, 0, 1)`"
        place = argument or self.record
        if argument is not None and not isinstance(argument.value, r.Constant):
            return differs(place, what)
        editor = self.module.editor()
        clip = keras_spelled(self.module, editor, "keras.ops.clip")
        lines = [line.format(clip=clip) for line in _HARD_SIGMOID]
        if not define(self.module, editor, "hard_sigmoid_2", lines, _hard_sigmoids(self.module)):
            return differs(place, what)
        if argument is not None:
            editor.replace(argument.value, "hard_sigmoid_2")
        else:
            editor.add_argument(self.record, "recurrent_activation=hard_sigmoid_2")
        return Remark(Kind.DONE, place, f"{what}: so it is written out", editor.draft(what), along=True)

    def old_defaults(self) -> str:
        """What a recurrent layer of Keras before 2.3 had where nothing is said; empty if it makes no difference."""
        if not self.is_standalone or self.kind not in {"LSTM", "GRU"}:
            return ""
        parts = []
        plain = [a for a in self.record.arguments if a.name is None]
        if not {"recurrent_activation", "inner_activation"} & set(self.written) and len(plain) < 3:
            parts.append("`recurrent_activation='hard_sigmoid'`")
        if self.kind == "GRU" and "reset_after" not in self.written:
            parts.append("`reset_after=False`")
        return " and ".join(parts)
