"""The shape function of every layer, by the last name of its class."""

from __future__ import annotations

from kerasvae_lint.library.shapes import (
    attention,
    convolutions,
    core_layers,
    merging,
    normalizations,
    pooling,
    preprocessing,
    recurrent,
    reshaping,
)
from kerasvae_lint.library.shapes.alternatives import UNKNOWN_RESULT
from kerasvae_lint.library.shapes.calls import Call, LayerFunction, Options, Result

_UNCHANGED = (
    "Activation",
    "ActivityRegularization",
    "AlphaDropout",
    "Dropout",
    "ELU",
    "GaussianDropout",
    "GaussianNoise",
    "LeakyReLU",
    "Masking",
    "ReLU",
    "Rescaling",
    "Softmax",
    "ThresholdedReLU",
)

_IMAGES = (
    "AugMix",
    "AutoContrast",
    "ContrastLimitedAdaptiveHistogramEqualization",
    "CutMix",
    "Equalization",
    "MixUp",
    "RandAugment",
    "RandomBrightness",
    "RandomColorDegeneration",
    "RandomColorJitter",
    "RandomContrast",
    "RandomElasticTransform",
    "RandomErasing",
    "RandomFlip",
    "RandomGaussianBlur",
    "RandomGrayscale",
    "RandomHue",
    "RandomInvert",
    "RandomPerspective",
    "RandomPosterization",
    "RandomRotation",
    "RandomSaturation",
    "RandomSharpness",
    "RandomShear",
    "RandomTranslation",
    "RandomZoom",
    "Solarization",
)

_UNKNOWN = (
    "AbstractRNNCell",
    "ConvRecurrent2D",
    "DenseFeatures",
    "FlaxLayer",
    "JaxLayer",
    "Layer",
    "MaxNumBoundingBoxes",
    "PreprocessingLayer",
    "Recurrent",
    "TFSMLayer",
    "TorchModuleWrapper",
)

_OF_SPACE = {
    "Conv": convolutions.convolution,
    "Cropping": reshaping.cropping,
    "UpSampling": reshaping.up_sampling,
    "ZeroPadding": reshaping.zero_padding,
}

_POOLING = {
    "MaxPooling": pooling.pooling,
    "AveragePooling": pooling.pooling,
    "GlobalMaxPooling": pooling.global_pooling,
    "GlobalAveragePooling": pooling.global_pooling,
    "AdaptiveMaxPooling": pooling.adaptive_pooling,
    "AdaptiveAveragePooling": pooling.adaptive_pooling,
}

_OTHER_NAMES = {
    "AtrousConv1D": "Conv1D",
    "AtrousConv2D": "Conv2D",
    "AtrousConvolution1D": "Conv1D",
    "AtrousConvolution2D": "Conv2D",
    "Deconv2D": "Conv2DTranspose",
    "Deconv3D": "Conv3DTranspose",
    "Deconvolution2D": "Conv2DTranspose",
    "Deconvolution3D": "Conv3DTranspose",
    "SeparableConvolution1D": "SeparableConv1D",
    "SeparableConvolution2D": "SeparableConv2D",
    "GroupedQueryAttention": "GroupQueryAttention",
    **{f"Convolution{rank}D": f"Conv{rank}D" for rank in (1, 2, 3)},
    **{f"Convolution{rank}DTranspose": f"Conv{rank}DTranspose" for rank in (1, 2, 3)},
    **{f"{prefix}AvgPool{rank}D": f"{prefix}AveragePooling{rank}D" for prefix in ("", "Global") for rank in (1, 2, 3)},
    **{f"{prefix}MaxPool{rank}D": f"{prefix}MaxPooling{rank}D" for prefix in ("", "Global") for rank in (1, 2, 3)},
}


def _layers() -> dict[str, LayerFunction]:
    found: dict[str, LayerFunction] = {
        **dict.fromkeys(_UNCHANGED, core_layers.unchanged),
        **dict.fromkeys(_IMAGES, preprocessing.image),
        **dict.fromkeys(_UNKNOWN, core_layers.unknown),
        **_SINGLE,
    }
    for rank in (1, 2, 3):
        found |= {f"{name}{rank}D": function(rank) for name, function in _OF_SPACE.items()}
        found |= {f"{name}{rank}D": function(rank, f"{name}{rank}D") for name, function in _POOLING.items()}
        found[f"Conv{rank}DTranspose"] = convolutions.transposed_convolution(rank)
        found[f"SpatialDropout{rank}D"] = core_layers.spatial_dropout(rank)
        found[f"ConvLSTM{rank}D"] = recurrent.conv_lstm(rank)
        found[f"ConvLSTM{rank}DCell"] = recurrent.conv_lstm_cell(rank)
    for rank in (1, 2):
        found[f"DepthwiseConv{rank}D"] = convolutions.depthwise_convolution(rank)
        found[f"SeparableConv{rank}D"] = convolutions.separable_convolution(rank)
        found[f"LocallyConnected{rank}D"] = convolutions.locally_connected(rank)
    return found | {name: found[target] for name, target in _OTHER_NAMES.items()}


_SINGLE: dict[str, LayerFunction] = {
    "Add": merging.elementwise("Add"),
    "AdditiveAttention": attention.additive_attention,
    "Attention": attention.attention,
    "Average": merging.elementwise("Average"),
    "BatchNormalization": normalizations.batch_normalization,
    "Bidirectional": recurrent.bidirectional,
    "CategoryEncoding": preprocessing.category_encoding,
    "CenterCrop": preprocessing.sized_image("CenterCrop"),
    "Concatenate": merging.concatenate,
    "CuDNNGRU": recurrent.recurrent(recurrent.cudnn_gru_cell, "CuDNNGRU"),
    "CuDNNLSTM": recurrent.recurrent(recurrent.cudnn_lstm_cell, "CuDNNLSTM"),
    "Dense": core_layers.dense,
    "Discretization": preprocessing.discretization,
    "Dot": merging.dot,
    "EinsumDense": core_layers.einsum_dense,
    "Embedding": core_layers.embedding,
    "Flatten": reshaping.flatten,
    "GRU": recurrent.recurrent(recurrent.gru_cell, "GRU"),
    "GRUCell": recurrent.cell_layer(recurrent.gru_cell),
    "GroupNormalization": normalizations.group_normalization,
    "GroupQueryAttention": attention.group_query_attention,
    "HashedCrossing": preprocessing.hashed_crossing,
    "Hashing": preprocessing.hashing,
    "Highway": core_layers.highway,
    "Identity": core_layers.identity,
    "InputLayer": core_layers.input_layer,
    "IntegerLookup": preprocessing.lookup,
    "LSTM": recurrent.recurrent(recurrent.lstm_cell, "LSTM"),
    "LSTMCell": recurrent.cell_layer(recurrent.lstm_cell),
    "Lambda": core_layers.lambda_layer,
    "LayerNormalization": normalizations.layer_normalization,
    "MaxoutDense": core_layers.maxout_dense,
    "Maximum": merging.elementwise("Maximum"),
    "MelSpectrogram": preprocessing.mel_spectrogram,
    "Merge": merging.merge,
    "Minimum": merging.elementwise("Minimum"),
    "MultiHeadAttention": attention.multi_head_attention,
    "Multiply": merging.elementwise("Multiply"),
    "Normalization": preprocessing.normalization,
    "PReLU": core_layers.prelu,
    "ParametricSoftplus": core_layers.per_channel(2),
    "Permute": reshaping.permute,
    "Pipeline": preprocessing.pipeline,
    "RMSNormalization": normalizations.rms_normalization,
    "RNN": recurrent.rnn,
    "RandomCrop": preprocessing.sized_image("RandomCrop"),
    "RandomHeight": preprocessing.random_size(-3, "RandomHeight"),
    "RandomWidth": preprocessing.random_size(-2, "RandomWidth"),
    "RepeatVector": reshaping.repeat_vector,
    "Reshape": reshaping.reshape,
    "Resizing": preprocessing.sized_image("Resizing"),
    "ReversibleEmbedding": core_layers.reversible_embedding,
    "SReLU": core_layers.per_channel(4),
    "STFTSpectrogram": preprocessing.stft_spectrogram,
    "SimpleRNN": recurrent.recurrent(recurrent.simple_cell, "SimpleRNN"),
    "SimpleRNNCell": recurrent.cell_layer(recurrent.simple_cell),
    "SpectralNormalization": recurrent.spectral_normalization,
    "StackedRNNCells": recurrent.cell_layer(recurrent.stacked_cell),
    "StringLookup": preprocessing.lookup,
    "Subtract": merging.elementwise("Subtract", 2),
    "SyncBatchNormalization": normalizations.batch_normalization,
    "TextVectorization": preprocessing.text_vectorization,
    "TimeDistributed": recurrent.time_distributed,
    "TimeDistributedDense": core_layers.time_distributed_dense,
    "UnitNormalization": normalizations.unit_normalization,
    "Wrapper": recurrent.wrapper,
}

LAYERS: dict[str, LayerFunction] = _layers()
"""The shape functions, by the last names of the layers' classes, old names too."""


def layer_result(name: str, call: Call, options: Options) -> Result:
    """What one call of a layer gives, and what the layer holds.

    Args:
        name: the last name of its class, ``Dense``.
        call: what it is called on.
        options: what it was made with, by Keras 2's or 3's parameter names, defaults among them.

    Raises:
        MismatchError: it can't be built or called so.
    """
    function = LAYERS.get(name)
    return UNKNOWN_RESULT if function is None else function(call, options)
