"""What the ready-made networks of ``keras.applications`` give, and how many numbers they hold.

Images are ``channels_last``. What stands in the tables was counted on networks that Keras 3.15 and tf_keras 2.21 built;
both count alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple

from kerasvae_lint.library.shapes.calls import Options, Result
from kerasvae_lint.library.shapes.dims import (
    UNKNOWN,
    Dim,
    MismatchError,
    Shape,
    UnknownType,
    add,
    ceil_divide,
    floor_divide,
    join,
    multiply,
)
from kerasvae_lint.library.shapes.windows import conv_size


@dataclass(frozen=True, slots=True)
class Application:
    """A ready-made network.

    Attributes:
        input: the shape of its input with the batch axis; None if it is not known.
        result: what it gives, and its parameters.
    """

    input: Shape | None
    result: Result


def application_output(name: str, given: Shape | None, options: Options) -> Application:
    """What a network gives.

    Args:
        name: the function that makes it, ``VGG16`` or ``keras.applications.VGG16``.
        given: the shape of the tensor that the network is called on, or of its ``input_tensor`` if it has one; None if
            it is not called or the shape is not known: then what it gives for its own input is asked for.
        options: what the function was given.

    Raises:
        MismatchError: the network can't be built for images of the size that ``input_shape`` says.
    """
    name = name.rpartition(".")[2]
    network = _NETWORKS.get(name)
    if network is None:
        return Application(None, Result(None, UNKNOWN, UNKNOWN))
    _check_size(name, network, options)
    cases = [
        _application(network, given, options, top, widths)
        for top in _cases(options.flag("include_top"))
        for widths in network.counted(options)
    ]
    return reduce(_joined, cases)


# --- what is known about each network


class _Step(NamedTuple):
    """A window that slides over the image."""

    kernel: int
    stride: int
    padding: str
    """``built``: so that half a size is rounded up if the size that the network was built for is odd, else down."""


_UP = _Step(1, 2, "same")  # half the size, rounded up
_DOWN = _Step(2, 2, "valid")  # half the size, rounded down
_BUILT = _Step(1, 2, "built")
_BARE = _Step(3, 2, "valid")
_TRIM = _Step(3, 1, "valid")


@dataclass(frozen=True, slots=True)
class _Family:
    """What networks of one kind have in common.

    Attributes:
        path: how the size of the image shrinks, step by step.
        least: the smallest image.
        lenient: True if an image is only too small if both its sizes are known.
        normalizes: True if it holds mean, variance and count of its input's channels.
        hidden: the widths of the layers before the classifier, which see the flattened image; none if it is pooled.
        whole: True if it can only be built for images of a known size.
    """

    path: tuple[_Step, ...]
    least: int = 32
    lenient: bool = False
    normalizes: bool = False
    hidden: tuple[int, ...] = ()
    whole: bool = False


class _Widths(NamedTuple):
    """Channels and counts of one network; trainable numbers without its top.

    Attributes:
        channels: how many channels it gives.
        stem: the weights of its first convolution, for each channel of its input.
        params: all other trainable numbers.
        fixed: the numbers that are never trained.
        features: how many features its classifier sees; None if its channels.
        head: the trainable numbers between its channels and its classifier.
    """

    channels: int | UnknownType
    stem: int | UnknownType
    params: int | UnknownType
    fixed: int | UnknownType
    features: int | UnknownType | None = None
    head: int | UnknownType = 0


@dataclass(frozen=True, slots=True)
class _Network:
    """One network.

    Attributes:
        size: the size of images for its classifier that it takes if nothing is said.
        bare: the size that it takes without its classifier in Keras 3; None if any, as in Keras 2.
        widths: its channels and counts, or what computes them from its options and whether it is minimalistic.
    """

    family: _Family
    size: int | None
    widths: _Widths | Callable[[Options, bool], _Widths]
    bare: int | None = None

    def default_size(self, top: bool, keras: int | None) -> Dim:
        """The size of images that it takes if nothing is said; None if any."""
        if top:
            return self.size
        if self.bare is None or keras == 2:
            return None
        return self.bare if keras == 3 else UNKNOWN

    def counted(self, options: Options) -> list[_Widths]:
        """Its widths, as many as there are possibilities."""
        if isinstance(self.widths, _Widths):
            return [self.widths]
        minimal = options.flag("minimalistic", False)
        return [self.widths(options, case) for case in _cases(minimal)]


# --- shapes and counts


def _cases(flag: bool | UnknownType) -> tuple[bool, ...]:
    return (True, False) if isinstance(flag, UnknownType) else (flag,)


def _application(network: _Network, given: Shape | None, options: Options, top: bool, widths: _Widths) -> Application:
    built = _built(network, given, options, top)
    called = given if given is not None and len(given) == 4 else built
    rows, columns = _sizes(network.family, called, built)
    image: Shape = (called[0], rows, columns, widths.channels)
    return Application(
        built if given is not None or not _has_tensor(options) else None,
        Result(
            _output(image, options, top),
            _params(network.family, widths, built, options.size("classes"), top),
            _fixed(network.family, widths, built),
        ),
    )


def _has_tensor(options: Options) -> bool:
    """Whether a network may be built on a tensor that it is given, whose shape then counts."""
    return options.get("input_tensor", UNKNOWN) is not None


def _joined(one: Application, other: Application) -> Application:
    """What is true of both."""
    a, b = one.result, other.result
    shapes = [s if isinstance(s, tuple) else None for s in (a.output, b.output)]
    return Application(
        join(one.input, other.input),
        Result(
            join(*shapes),
            a.params if a.params == b.params else UNKNOWN,
            a.fixed if a.fixed == b.fixed else UNKNOWN,
        ),
    )


def _check_size(name: str, network: _Network, options: Options) -> None:
    """Raises MismatchError for an ``input_shape`` that the network can't be built for."""
    shape = options.get("input_shape", UNKNOWN)
    if not isinstance(shape, (tuple, list)) or not shape:
        return
    given = options.sizes("input_shape", len(shape))
    if len(shape) != 3:
        raise MismatchError(f"{name}'s input_shape is (height, width, channels)", given)
    least = network.family.least
    small = [isinstance(dim, int) and dim < least for dim in given[:2]]
    if any(small) and (not network.family.lenient or all(isinstance(dim, int) and dim for dim in given[:2])):
        raise MismatchError(f"{name} takes images of at least {least} x {least}", given)


def _built(network: _Network, given: Shape | None, options: Options, top: bool) -> Shape:
    """The shape that the network is built for, with the batch axis."""
    *sizes, channels = _said(network, options, top) or (UNKNOWN,) * 3
    batch: Dim = None
    if given is not None and len(given) == 4:
        if _has_tensor(options):
            batch, *sizes, channels = given
        elif isinstance(channels, UnknownType) and isinstance(given[3], int):
            channels = given[3]
    elif _has_tensor(options):
        batch, sizes, channels = UNKNOWN, [UNKNOWN, UNKNOWN], UNKNOWN
    if isinstance(channels, UnknownType) and options.text("weights") == "imagenet":
        channels = 3
    return (batch, *sizes, channels)


def _said(network: _Network, options: Options, top: bool) -> Shape | None:
    """The size and the channels that ``input_shape`` says; the network's own if it is None."""
    shape = options.get("input_shape", UNKNOWN)
    if isinstance(shape, (tuple, list)) and shape:
        return options.sizes("input_shape", 3)
    if isinstance(shape, UnknownType):
        return None
    size = network.default_size(top, options.keras)
    return (size, size, 3)


def _sizes(family: _Family, called: Shape, built: Shape) -> tuple[Dim, Dim]:
    """Height and width of what the network gives for an image of the shape ``called``."""
    _, rows, columns, _ = built
    if rows is None or (isinstance(rows, UnknownType) and columns is not None):
        columns = rows  # Keras looks at the height alone to see whether the size is known
    if family.whole and not (isinstance(rows, int) and isinstance(columns, int)):
        rows = columns = UNKNOWN  # its branches don't fit together
    return _walk(called[1], rows, family), _walk(called[2], columns, family)


def _walk(dim: Dim, built: Dim, family: _Family) -> Dim:
    """The size after every step, of a size ``dim`` in a network that was built for the size ``built``."""
    if family.whole and isinstance(dim, int) and not (isinstance(built, int) and dim == built):
        return UNKNOWN
    for step in family.path:
        dim = _padded_as_built(dim, built) if step.padding == "built" else _slid(dim, step)
        built = ceil_divide(built, 2) if step.padding == "built" else _slid(built, step)
    return dim


def _slid(dim: Dim, step: _Step) -> Dim:
    try:
        return conv_size(dim, step.kernel, step.stride, 1, step.padding)
    except MismatchError:  # some layers give nothing there, where others raise
        return UNKNOWN


def _padded_as_built(dim: Dim, built: Dim) -> Dim:
    if not isinstance(dim, int) or dim % 2 == 0:
        return floor_divide(dim, 2)
    if isinstance(built, UnknownType):
        return UNKNOWN
    return dim // 2 if built is None or built % 2 == 0 else ceil_divide(dim, 2)


def _output(image: Shape, options: Options, top: bool) -> Shape | None:
    if top:
        classes = options.size("classes")
        return (image[0], UNKNOWN if classes is None else classes)
    pooling = options.text("pooling")
    if isinstance(pooling, UnknownType):
        return None
    return (image[0], image[3]) if pooling in {"avg", "max"} else image


def _params(family: _Family, widths: _Widths, built: Shape, classes: Dim, top: bool) -> int | UnknownType:
    if family.whole and not all(isinstance(dim, int) for dim in built[1:3]):
        return UNKNOWN  # the branches of such a network are other ones
    total = add(widths.params, multiply(widths.stem, built[3]))
    if not top:
        return _number(total)
    features: Dim = widths.channels if widths.features is None else widths.features
    if family.hidden:
        features = multiply(*_sizes(family, built, built), widths.channels)
    for width in family.hidden:
        total, features = add(total, _dense(features, width)), width
    return _number(add(total, widths.head, _dense(features, classes)))


def _fixed(family: _Family, widths: _Widths, built: Shape) -> int | UnknownType:
    if family.whole and not all(isinstance(dim, int) for dim in built[1:3]):
        return UNKNOWN
    if family.normalizes:
        return _number(add(widths.fixed, multiply(2, built[3]), 1))
    return widths.fixed


def _dense(features: Dim, units: Dim) -> Dim:
    """The weights and biases of a dense layer."""
    return multiply(add(features, 1), units)


def _number(dim: Dim) -> int | UnknownType:
    return UNKNOWN if dim is None else dim


# --- the networks whose widths depend on their options


class _Tally:
    """The numbers of convolutions that have no bias and are followed by a batch normalization.

    Attributes:
        params: how many are trained.
        fixed: how many are not.
    """

    def __init__(self, first: int) -> None:
        """``first``: the channels after the first convolution, whose weights count elsewhere."""
        self.params = self.fixed = 0
        self.convolve(0, first)

    def convolve(self, taps: int, channels: int) -> None:
        """One more convolution.

        Args:
            taps: how many weights each of its channels has.
            channels: how many it gives.
        """
        self.params += (taps + 2) * channels
        self.fixed += 2 * channels


_NO_WIDTHS = _Widths(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)


def _alpha(options: Options) -> float | None:
    """How much wider than usual a network is; None if nobody knows."""
    alpha = options.get("alpha")
    return alpha if isinstance(alpha, (int, float)) and alpha > 0 else None


def _divisible(channels: float) -> int:
    """The next multiple of 8, not much below."""
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded


_MOBILE_NET = (64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)


def _mobile_net(options: Options, minimal: bool) -> _Widths:  # noqa: ARG001
    alpha, multiplier = _alpha(options), options.size("depth_multiplier")
    if alpha is None:
        return _NO_WIDTHS
    first = channels = int(32 * alpha)
    if not isinstance(multiplier, int):
        return _Widths(int(_MOBILE_NET[-1] * alpha), 9 * first, UNKNOWN, UNKNOWN)
    tally = _Tally(first)
    for width in _MOBILE_NET:
        deep = channels * multiplier
        channels = int(width * alpha)
        tally.convolve(9, deep)
        tally.convolve(deep, channels)
    return _Widths(channels, 9 * first, tally.params, tally.fixed)


_MOBILE_NET_V2 = (16, *[24] * 2, *[32] * 3, *[64] * 4, *[96] * 3, *[160] * 3, 320)


def _mobile_net_v2(options: Options, minimal: bool) -> _Widths:  # noqa: ARG001
    alpha = _alpha(options)
    if alpha is None:
        return _NO_WIDTHS
    first = channels = _divisible(32 * alpha)
    tally = _Tally(first)
    for block, width in enumerate(_MOBILE_NET_V2):
        deep = 6 * channels if block else channels
        if block:
            tally.convolve(channels, deep)
        channels = _divisible(int(width * alpha))
        tally.convolve(9, deep)
        tally.convolve(deep, channels)
    last = _divisible(1280 * alpha) if alpha > 1 else 1280
    tally.convolve(channels, last)
    return _Widths(last, 9 * first, tally.params, tally.fixed)


class _Block(NamedTuple):
    """A block of MobileNetV3; a minimalistic one has windows of 3 and no squeeze."""

    expansion: float
    width: int
    kernel: int
    squeeze: bool


_MOBILE_NET_V3_SMALL = (
    _Block(1, 16, 3, True),
    _Block(72 / 16, 24, 3, False),
    _Block(88 / 24, 24, 3, False),
    _Block(4, 40, 5, True),
    *[_Block(6, 40, 5, True)] * 2,
    *[_Block(3, 48, 5, True)] * 2,
    *[_Block(6, 96, 5, True)] * 3,
)
_MOBILE_NET_V3_LARGE = (
    _Block(1, 16, 3, False),
    _Block(4, 24, 3, False),
    _Block(3, 24, 3, False),
    *[_Block(3, 40, 5, True)] * 3,
    _Block(6, 80, 3, False),
    _Block(2.5, 80, 3, False),
    *[_Block(2.3, 80, 3, False)] * 2,
    *[_Block(6, 112, 3, True)] * 2,
    *[_Block(6, 160, 5, True)] * 3,
)


def _mobile_net_v3(blocks: tuple[_Block, ...], features: int) -> Callable[[Options, bool], _Widths]:
    def widths(options: Options, minimal: bool) -> _Widths:
        alpha = _alpha(options)
        if alpha is None:
            return _NO_WIDTHS
        channels = 16
        tally = _Tally(channels)
        for number, block in enumerate(blocks):
            deep = _divisible(channels * block.expansion)
            if number:
                tally.convolve(channels, deep)
            tally.convolve(9 if minimal else block.kernel**2, deep)
            if block.squeeze and not minimal:
                narrow = _divisible(deep / 4)
                tally.params += 2 * deep * narrow + narrow + deep
            channels = _divisible(block.width * alpha)
            tally.convolve(deep, channels)
        last = _divisible(6 * channels)
        tally.convolve(channels, last)
        seen = _divisible(features * alpha) if alpha > 1 else features
        return _Widths(last, 9 * 16, tally.params, tally.fixed, seen, (last + 1) * seen)

    return widths


# --- the table

_VGG = _Family((_DOWN,) * 5, hidden=(4096, 4096))
_CEILED = _Family((_UP,) * 5)
_DENSE = _Family((_UP, _UP, _DOWN, _DOWN, _DOWN))
_INCEPTION = _Family((_BARE, _TRIM, _BARE, _TRIM, _BARE, _BARE, _BARE), least=75)
_XCEPTION = _Family((_BARE, _TRIM, _UP, _UP, _UP, _UP), least=71)
_MOBILE = _Family((_UP, _DOWN, _DOWN, _DOWN, _DOWN))
_MOBILE_LATER = _Family((_UP, _BUILT, _BUILT, _BUILT, _BUILT))
_MOBILE_V3 = _Family(_MOBILE_LATER.path, lenient=True)
_NASNET = _Family((_BARE, _BUILT, _BUILT, _BUILT, _BUILT), whole=True)
_EFFICIENT = _Family((_BUILT,) * 5, normalizes=True)
_CONVNEXT = _Family((_Step(4, 4, "valid"), _DOWN, _DOWN, _DOWN))

# the size for the classifier; then channels, weights per channel of the input, other trained numbers, fixed numbers
_NETWORKS: dict[str, _Network] = {
    "ConvNeXtBase": _Network(_CONVNEXT, 224, _Widths(1024, 2048, 87_560_320, 0)),
    "ConvNeXtLarge": _Network(_CONVNEXT, 224, _Widths(1536, 3072, 196_221_120, 0)),
    "ConvNeXtSmall": _Network(_CONVNEXT, 224, _Widths(768, 1536, 49_450_080, 0)),
    "ConvNeXtTiny": _Network(_CONVNEXT, 224, _Widths(768, 1536, 27_815_520, 0)),
    "ConvNeXtXLarge": _Network(_CONVNEXT, 224, _Widths(2048, 4096, 348_135_680, 0)),
    "DenseNet121": _Network(_DENSE, 224, _Widths(1024, 3136, 6_944_448, 83_648)),
    "DenseNet169": _Network(_DENSE, 224, _Widths(1664, 3136, 12_475_072, 158_400)),
    "DenseNet201": _Network(_DENSE, 224, _Widths(1920, 3136, 18_083_520, 229_056)),
    "EfficientNetB0": _Network(_EFFICIENT, 224, _Widths(1280, 288, 4_006_684, 42_016)),
    "EfficientNetB1": _Network(_EFFICIENT, 240, _Widths(1280, 288, 6_512_320, 62_048)),
    "EfficientNetB2": _Network(_EFFICIENT, 260, _Widths(1408, 288, 7_700_130, 67_568)),
    "EfficientNetB3": _Network(_EFFICIENT, 300, _Widths(1536, 360, 10_695_152, 87_296)),
    "EfficientNetB4": _Network(_EFFICIENT, 380, _Widths(1792, 432, 17_547_320, 125_200)),
    "EfficientNetB5": _Network(_EFFICIENT, 456, _Widths(2048, 432, 28_339_488, 172_736)),
    "EfficientNetB6": _Network(_EFFICIENT, 528, _Widths(2304, 504, 40_734_192, 224_432)),
    "EfficientNetB7": _Network(_EFFICIENT, 600, _Widths(2560, 576, 63_785_232, 310_720)),
    "EfficientNetV2B0": _Network(_CEILED, 224, _Widths(1280, 288, 5_857_840, 60_608)),
    "EfficientNetV2B1": _Network(_CEILED, 240, _Widths(1280, 288, 6_859_188, 71_072)),
    "EfficientNetV2B2": _Network(_CEILED, 260, _Widths(1408, 288, 8_686_222, 82_288)),
    "EfficientNetV2B3": _Network(_CEILED, 300, _Widths(1536, 360, 12_820_326, 109_216)),
    "EfficientNetV2L": _Network(_CEILED, 480, _Widths(1280, 288, 117_233_408, 512_576)),
    "EfficientNetV2M": _Network(_CEILED, 480, _Widths(1280, 216, 52_857_708, 292_032)),
    "EfficientNetV2S": _Network(_CEILED, 384, _Widths(1280, 216, 20_176_840, 153_872)),
    "InceptionResNetV2": _Network(_INCEPTION, 299, _Widths(1536, 288, 54_275_328, 60_544)),
    "InceptionV3": _Network(_INCEPTION, 299, _Widths(2048, 288, 21_767_488, 34_432)),
    "MobileNet": _Network(_MOBILE, 224, _mobile_net),
    "MobileNetV2": _Network(_MOBILE_LATER, 224, _mobile_net_v2),
    "MobileNetV3Large": _Network(_MOBILE_V3, None, _mobile_net_v3(_MOBILE_NET_V3_LARGE, 1280)),
    "MobileNetV3Small": _Network(_MOBILE_V3, None, _mobile_net_v3(_MOBILE_NET_V3_SMALL, 1024)),
    "NASNetLarge": _Network(_NASNET, 331, _Widths(4032, 864, 84_717_558, 196_668)),
    "NASNetMobile": _Network(_NASNET, 224, _Widths(1056, 288, 4_232_114, 36_738), 224),
    "RegNetX002": _Network(_CEILED, 224, _Widths(368, 288, 2_314_928, 20_848)),
    "RegNetX004": _Network(_CEILED, 224, _Widths(384, 288, 4_771_648, 36_672)),
    "RegNetX006": _Network(_CEILED, 224, _Widths(528, 288, 5_666_176, 33_280)),
    "RegNetX008": _Network(_CEILED, 224, _Widths(672, 288, 6_585_792, 37_312)),
    "RegNetX016": _Network(_CEILED, 224, _Widths(912, 288, 8_276_272, 43_504)),
    "RegNetX032": _Network(_CEILED, 224, _Widths(1008, 288, 14_286_688, 62_560)),
    "RegNetX040": _Network(_CEILED, 224, _Widths(1360, 288, 20_756_384, 76_064)),
    "RegNetX064": _Network(_CEILED, 224, _Widths(1624, 288, 24_583_392, 74_208)),
    "RegNetX080": _Network(_CEILED, 224, _Widths(1920, 288, 37_650_784, 90_464)),
    "RegNetX120": _Network(_CEILED, 224, _Widths(2240, 288, 43_864_192, 96_384)),
    "RegNetX160": _Network(_CEILED, 224, _Widths(2048, 288, 52_228_672, 111_168)),
    "RegNetX320": _Network(_CEILED, 224, _Widths(2520, 288, 105_289_696, 162_016)),
    "RegNetY002": _Network(_CEILED, 224, _Widths(368, 288, 2_793_132, 20_848)),
    "RegNetY004": _Network(_CEILED, 224, _Widths(440, 288, 3_902_280, 27_152)),
    "RegNetY006": _Network(_CEILED, 224, _Widths(608, 288, 5_445_296, 29_760)),
    "RegNetY008": _Network(_CEILED, 224, _Widths(768, 288, 5_493_304, 29_888)),
    "RegNetY016": _Network(_CEILED, 224, _Widths(888, 288, 10_312_566, 52_672)),
    "RegNetY032": _Network(_CEILED, 224, _Widths(1512, 288, 17_922_474, 66_160)),
    "RegNetY040": _Network(_CEILED, 224, _Widths(1088, 288, 19_556_792, 62_272)),
    "RegNetY064": _Network(_CEILED, 224, _Widths(1296, 288, 29_285_388, 82_432)),
    "RegNetY080": _Network(_CEILED, 224, _Widths(2016, 288, 37_162_204, 85_744)),
    "RegNetY120": _Network(_CEILED, 224, _Widths(2240, 288, 49_580_680, 96_384)),
    "RegNetY160": _Network(_CEILED, 224, _Widths(3024, 288, 80_564_276, 122_816)),
    "RegNetY320": _Network(_CEILED, 224, _Widths(3712, 288, 141_332_906, 158_288)),
    "ResNet50": _Network(_CEILED, 224, _Widths(2048, 3136, 23_525_184, 53_120)),
    "ResNet50V2": _Network(_CEILED, 224, _Widths(2048, 3136, 23_509_952, 45_440)),
    "ResNet101": _Network(_CEILED, 224, _Widths(2048, 3136, 42_543_424, 105_344)),
    "ResNet101V2": _Network(_CEILED, 224, _Widths(2048, 3136, 42_519_488, 97_664)),
    "ResNet152": _Network(_CEILED, 224, _Widths(2048, 3136, 58_210_112, 151_424)),
    "ResNet152V2": _Network(_CEILED, 224, _Widths(2048, 3136, 58_178_496, 143_744)),
    "ResNetRS50": _Network(_CEILED, 224, _Widths(2048, 288, 33_642_048, 53_376)),
    "ResNetRS101": _Network(_CEILED, 224, _Widths(2048, 288, 61_568_832, 105_600)),
    "ResNetRS152": _Network(_CEILED, 224, _Widths(2048, 288, 84_571_712, 151_680)),
    "ResNetRS200": _Network(_CEILED, 224, _Widths(2048, 288, 91_160_128, 176_256)),
    "ResNetRS270": _Network(_CEILED, 224, _Widths(2048, 288, 127_811_584, 243_072)),
    "ResNetRS350": _Network(_CEILED, 224, _Widths(2048, 288, 161_906_304, 312_192)),
    "ResNetRS420": _Network(_CEILED, 224, _Widths(2048, 288, 189_841_792, 370_560)),
    "VGG16": _Network(_VGG, 224, _Widths(512, 576, 14_712_960, 0)),
    "VGG19": _Network(_VGG, 224, _Widths(512, 576, 20_022_656, 0)),
    "Xception": _Network(_XCEPTION, 299, _Widths(2048, 288, 20_806_088, 54_528)),
}
