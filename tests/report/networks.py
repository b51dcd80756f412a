"""Networks made by hand."""

from __future__ import annotations

from typing import Any

from kerasvae_lint.core.network import Layer, Network, Shape, Step, Tensor

FILE = "models.py"


def layer(kind: str, name: str, shape: Shape | None = (None, 8), *inbound: str, **others: Any) -> Layer:
    """A layer that gives one tensor of this shape and gets what these layers give."""
    others.setdefault("outputs", (Tensor(shape, "float32"),))
    others.setdefault("params", 0)
    return Layer(kind, name, others.pop("file", FILE), others.pop("line", 1), 1, inbound=inbound, **others)


def network(
    name: str, *layers: Layer, kind: Any = "functional", inputs: Any = (("input", (None, 8)),), **others: Any
) -> Network:
    """A network with these layers, and inputs by name and shape."""
    return Network(
        others.pop("file", FILE),
        name,
        kind,
        others.pop("line", 3),
        1,
        layers,
        inputs=tuple(Tensor(shape, "float32") for _, shape in inputs),
        input_names=tuple(name for name, _ in inputs),
        **others,
    )


def sequential() -> Network:
    """A plain classifier that is trained."""
    return network(
        "classifier",
        layer("Conv2D", "conv2d", (None, 26, 26, 32), "image", params=320, activation="relu", dtype="float32"),
        layer("MaxPooling2D", "max_pooling2d", (None, 13, 13, 32), "conv2d"),
        layer("Flatten", "flatten", (None, 5408), "max_pooling2d"),
        layer("Dropout", "dropout", (None, 5408), "flatten"),
        layer("Dense", "dense", (None, 10), "dropout", params=54090, activation="softmax"),
        kind="sequential",
        inputs=(("image", (None, 28, 28, 1)),),
        output_names=("dense",),
        steps=(
            Step("compile", 20, (("optimizer", "adam"), ("loss", "sparse_categorical_crossentropy"))),
            Step("fit", 24, (("epochs", "5"), ("batch_size", "128"))),
        ),
    )


def unet(depth: int = 3) -> Network:
    """Down, and up again, with a connection across on each level."""
    layers: list[Layer] = []
    size, before = 128, "image"

    def add(kind: str, name: str, channels: int, *inbound: str, params: int = 0) -> str:
        layers.append(layer(kind, name, (None, size, size, channels), *inbound, params=params))
        return name

    across = []
    for level in range(depth):
        channels = 16 * 2**level
        before = add("Conv2D", f"down{level}_conv1", channels, before, params=9 * channels)
        before = add("Conv2D", f"down{level}_conv2", channels, before, params=9 * channels**2)
        across.append(before)
        size //= 2
        before = add("MaxPooling2D", f"pool{level}", channels, before)
    before = add("Conv2D", "bottom", 16 * 2**depth, before, params=9 * 2**depth)
    for level in reversed(range(depth)):
        channels = 16 * 2**level
        size *= 2
        before = add("Conv2DTranspose", f"up{level}", channels, before, params=channels * 7)
        before = add("Concatenate", f"join{level}", 2 * channels, before, across[level])
        before = add("Conv2D", f"up{level}_conv", channels, before, params=9 * channels)
    before = add("Conv2D", "mask", 1, before, params=17)
    return network("unet", *layers, inputs=(("image", (None, 128, 128, 3)),), output_names=("mask",))


def resnet(blocks: int = 14) -> Network:
    """Blocks of four layers, each with a way around it, and every fifth way through a convolution."""
    layers = [layer("Conv2D", "stem", (None, 32, 32, 16), "image", params=448)]
    before = "stem"
    for block in range(blocks):
        shape = (None, 32, 32, 16)
        names = [f"block{block}_{part}" for part in ("conv", "bn", "relu", "add")]
        around = before
        if block % 5 == 4:
            around = f"block{block}_shortcut"
            layers.append(layer("Conv2D", around, shape, before, params=272))
        layers += [
            layer(
                "Conv2D", names[0], shape, before, params=2320, trainable=block > 3, frozen_by=None if block > 3 else 40
            ),
            layer("BatchNormalization", names[1], shape, names[0], params=64, fixed_params=32),
            layer("ReLU", names[2], shape, names[1]),
            layer("Add", names[3], shape, names[2], around),
        ]
        before = names[3]
    layers += [
        layer("GlobalAveragePooling2D", "pool", (None, 16), before),
        layer("Dense", "classes", (None, 10), "pool", params=170),
    ]
    return network("resnet", *layers, inputs=(("image", (None, 32, 32, 3)),), output_names=("classes",))


def twofold() -> Network:
    """Two inputs, two outputs, a shared embedding, own layers, a nested network, unknowns."""
    inner = network(
        "encoder",
        layer("Dense", "hidden", (None, 64), "input", params=2112),
        layer("Dense", "code", (None, 8), "hidden", params=520),
        kind="sequential",
        inputs=(("input", (None, 32)),),
    )
    return network(
        "two_in_two_out",
        layer("Embedding", "words", (None, None, 32), "question", "answer", params=320_000, shared=2, trainable=False),
        layer("LSTM", "read_question", (None, 32), "words", params=8320),
        layer("LSTM", "read_answer", (None, 32), "words", params=8320),
        layer("Concatenate", "both", (None, 64), "read_question", "read_answer"),
        layer("Sequential", "encoder", (None, 8), "read_question", params=2632, network=inner),
        layer("Gate", "gate", None, "both", params=None, note="its call runs code that is not known"),
        layer("Dense", "score", (None, "?"), "gate", params=None, note="how wide it is depends on an argument"),
        layer("TiedDense", "topic", (None, 12), "encoder", params=108, tied="encoder", optional=True),
        inputs=(("question", (None, None)), ("answer", (None, None))),
        output_names=("score", "topic"),
        notes=("what `Gate` does with its input is not known",),
    )


def inception() -> Network:
    """Four branches of different lengths, twice; a mask that all read; a layer that is called in a circle."""
    layers: list[Layer] = []
    before = "image"
    for block in range(2):
        branches: tuple[tuple[str, ...], ...] = (
            ("Conv2D",),
            ("Conv2D",) * 2,
            ("Conv2D",) * 3,
            ("MaxPooling2D", "Conv2D"),
        )
        ends = []
        for number, kinds in enumerate(branches):
            at = before
            for step, kind in enumerate(kinds):
                name = f"mix{block}_{number}{step}"
                layers.append(layer(kind, name, (None, 28, 28, 32), at, params=1000))
                at = name
            ends.append(at)
        before = f"mixed{block}"
        layers.append(layer("Concatenate", before, (None, 28, 28, 128), *ends))
        layers.append(layer("Multiply", f"masked{block}", (None, 28, 28, 128), before, "mask"))
        before = f"masked{block}"
    layers += [
        layer("GRUCell", "cell", (None, 128), before, "again", params=99_072, shared=2, repeated=True),
        layer("Dense", "again", (None, 128), "cell", params=16_512),
        layer("Dense", "itself", (None, 128), "again", "itself", params=16_512, shared=2),
    ]
    shapes = (("image", (None, 28, 28, 3)), ("mask", (None, 28, 28, 1)))
    return network("inception", *layers, inputs=shapes, output_names=("itself",))
