"""What an operation is said to give is what the libraries give, call by call.

Each line is a call and the shapes of its inputs, ``?`` for a free axis. With free axes it is called with symbolic
inputs, else with small arrays of zeros.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest

from kerasvae_lint.keras.tensors import _METHODS
from kerasvae_lint.library import canonical, known_names, lookup
from kerasvae_lint.library.entries import Entry
from kerasvae_lint.library.shapes.calls import Operand, Options
from kerasvae_lint.library.shapes.dims import UNKNOWN, Dim, MismatchError, Output, Shape, UnknownType
from kerasvae_lint.library.shapes.operations import operation_output
from kerasvae_lint.library.signatures import NO_DEFAULT, OPAQUE, Signature
from kerasvae_lint.values.operators import WORDS

pytestmark = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("tensorflow", "tf_keras", "keras")), reason="needs the runtime extra"
)

EXACT = """
tf.image.transpose(x) :: x=2,4,5,3
tf.image.transpose(x) :: x=4,4,3
# elementwise
tf.abs(x) :: x=2,3
tf.exp(x) :: x=?,3
K.exp(x) :: x=2,3
K.log(x) :: x=?,7
K.square(x) :: x=?,?,4
K.clip(x, 0, 1) :: x=2,3
K.pow(x, 2) :: x=2,3
K.cast(x, "int32") :: x=2,3
tf.cast(x, tf.int32) :: x=?,3
np.sqrt(x) :: x=2,3
np.clip(x, 0, 1) :: x=2,3
ops.relu(x) :: x=?,5
ops.gelu(x) :: x=?,5
tf.nn.leaky_relu(x, 0.3) :: x=2,5
tf.nn.softmax(x, axis=1) :: x=2,5
K.softmax(x) :: x=?,5
K.l2_normalize(x, axis=-1) :: x=?,5
tf.math.l2_normalize(x, 1) :: x=2,5
ops.log_softmax(x) :: x=?,5
tf.identity(x) :: x=2,5
tf.stop_gradient(x) :: x=?,5
K.stop_gradient(x) :: x=2,5
tf.nn.relu(x) :: x=?,4,4,3
keras.activations.softmax(x) :: x=?,4
keras.activations.relu(x) :: x=2,4
tf.clip_by_value(x, -1.0, 1.0) :: x=2,4
tf.round(x) :: x=2,4
np.round(x, 2) :: x=2,4
ops.softplus(x) :: x=?,4
ops.sign(x) :: x=2
K.sigmoid(x) :: x=
tf.add(x, y) :: x=2,3 y=3
tf.add(x, y) :: x=?,1 y=1,5
tf.multiply(x, y) :: x=?,4,1 y=?,1,6
tf.subtract(x, 1.0) :: x=?,4
tf.maximum(x, y) :: x=?,4 y=4
tf.pow(x, 2.0) :: x=?,4
K.maximum(x, y) :: x=2,1,3 y=4,1
K.equal(x, y) :: x=2,3 y=2,3
K.greater(x, 0.5) :: x=?,3
ops.add(x, y) :: x=?,3 y=?,1
ops.multiply(x, 2) :: x=?,3
ops.divide(x, y) :: x=2,3 y=1,3
ops.subtract(x, y) :: x=?,1,4 y=3,1
ops.logical_and(x, y) :: x=2,3:bool y=3:bool
ops.power(x, 2.0) :: x=2,3
np.maximum(x, y) :: x=2,3 y=3
np.add(x, y) :: x=5,1 y=1,4
tf.math.squared_difference(x, y) :: x=2,3 y=2,3
tf.math.divide_no_nan(x, y) :: x=2,3 y=3
tf.add_n([x, y]) :: x=2,3 y=2,3
keras.layers.add([x, y]) :: x=?,3 y=?,3
x + y :: x=2,3 y=3
x * 2 :: x=?,3
x - y :: x=?,3 y=?,3
1 - x :: x=?,3
x / y :: x=?,4,1 y=?,1,4
x ** 2 :: x=3
x > 0 :: x=?,3
x @ y :: x=2,3 y=3,4
x @ y :: x=?,3 y=3,4
tf.where(x, y, z) :: x=2,3:bool y=2,3 z=2,3
tf.where(x > 0, y, 0.0) :: x=2,3 y=2,3
K.switch(x, y, z) :: x=2,3:bool y=2,3 z=2,3
np.where(x, y, z) :: x=2,3:bool y=3 z=2,1
ops.where(x, y, z) :: x=?,3:bool y=?,3 z=?,3
# reductions
tf.reduce_mean(x) :: x=2,3,4
tf.reduce_mean(x, axis=[1, 2], keepdims=True) :: x=2,3,4
tf.reduce_sum(x, axis=-1) :: x=?,3,4
tf.reduce_sum(x, 1) :: x=?,3,4
tf.reduce_sum(x, [1, 2]) :: x=?,3,4
tf.reduce_max(x, axis=0, keepdims=True) :: x=2,3,4
tf.reduce_any(x, axis=1) :: x=2,3:bool
tf.reduce_logsumexp(x, axis=1) :: x=2,3
tf.math.reduce_std(x, axis=1) :: x=2,3
tf.math.reduce_variance(x) :: x=2,3
tf.reduce_prod(x, axis=-2) :: x=2,3,4
K.mean(x) :: x=2,3
K.mean(x, axis=-1) :: x=?,3
K.mean(x, axis=[1, 2]) :: x=?,3,4,5
K.sum(x, axis=1, keepdims=True) :: x=?,3,4
K.sum(x, -1) :: x=2,3
K.max(x, axis=1) :: x=2,3,4
K.std(x, axis=0) :: x=2,3
K.var(x, axis=0, keepdims=True) :: x=2,3
K.any(x, axis=1) :: x=2,3:bool
K.prod(x) :: x=2,3
ops.mean(x, axis=-1) :: x=?,3,4
ops.sum(x, axis=(1, 2)) :: x=?,3,4
ops.sum(x) :: x=?,3,4
ops.max(x, axis=1, keepdims=True) :: x=?,3,4
ops.var(x, axis=1) :: x=2,3,4
ops.logsumexp(x, axis=-1) :: x=?,3
ops.all(x, axis=0) :: x=2,3:bool
ops.count_nonzero(x, axis=1) :: x=2,3
ops.median(x, axis=1) :: x=2,3
ops.quantile(x, 0.5, axis=1) :: x=2,3
np.mean(x, axis=(0, 1)) :: x=2,3,4
np.sum(x, keepdims=True) :: x=2,3
np.std(x, 0) :: x=2,3
np.percentile(x, [10, 50], axis=0) :: x=4,3
np.median(x) :: x=4,3
np.average(x, axis=1) :: x=4,3
np.ptp(x, axis=0) :: x=4,3
x.mean(axis=1) :: x=2,3
x.sum() :: x=2,3
x.max(0) :: x=2,3
x.argmax() :: x=2,3
x.argmax(1) :: x=2,3
x.std(axis=0, keepdims=True) :: x=2,3
tf.argmax(x) :: x=2,3
tf.argmax(x, axis=-1) :: x=?,3,4
tf.argmin(x, 1) :: x=2,3
K.argmax(x) :: x=2,3
K.argmax(x, axis=1) :: x=2,3,4
ops.argmax(x) :: x=2,3
ops.argmax(x, axis=-1) :: x=?,3
np.argmax(x, axis=1) :: x=2,3
np.argmax(x) :: x=2,3
tf.cumsum(x) :: x=2,3
tf.cumsum(x, axis=1) :: x=?,3
K.cumsum(x, axis=1) :: x=2,3
ops.cumsum(x, axis=1) :: x=?,3
np.cumsum(x) :: x=2,3
np.cumsum(x, axis=0) :: x=2,3
x.cumsum() :: x=2,3
tf.nn.moments(x, axes=[0]) :: x=2,3
tf.nn.moments(x, [1, 2], keepdims=True) :: x=2,3,4,5
ops.moments(x, axes=1) :: x=?,3,4
tf.norm(x) :: x=2,3
tf.norm(x, axis=-1) :: x=2,3
tf.norm(x, axis=1, keepdims=True) :: x=?,3
np.linalg.norm(x, axis=1) :: x=2,3
ops.norm(x, axis=-1) :: x=2,3
np.linalg.norm(x) :: x=2,3
np.diff(x, axis=0) :: x=5,3
np.diff(x) :: x=5,3
np.sort(x) :: x=5,3
ops.sort(x, axis=0) :: x=5,3
tf.argsort(x, direction="DESCENDING") :: x=5,3
np.argsort(x) :: x=5,3
tf.nn.l2_loss(x) :: x=5,3
tf.math.lbeta(x + 1.0) :: x=5,3
tf.math.zero_fraction(x) :: x=5,3
tf.math.count_nonzero(x, axis=0) :: x=5,3
tf.reduce_min(x, axis=[0, -1]) :: x=5,3,2
tf.reduce_sum(x, axis=[]) :: x=5,3
tf.math.cumulative_logsumexp(x) :: x=5,3
tf.math.reduce_euclidean_norm(x, axis=1) :: x=5,3
np.nanmean(x, axis=0) :: x=5,3
np.allclose(x, y) :: x=5,3 y=3
np.interp(x, [0, 1], [0, 1]) :: x=5,3
tf.complex(x, y) :: x=5,3 y=5,3
tf.math.polygamma(1.0, x + 1.0) :: x=5,3
tf.math.igamma(x, y) :: x=5,3 y=5,3
tf.math.scalar_mul(2.0, x) :: x=?,3
tf.linalg.trace(x) :: x=5,3,3
np.trace(x) :: x=3,3,4
# reshape, transpose
tf.reshape(x, [-1, 6]) :: x=2,3,4
tf.reshape(x, (2, -1)) :: x=2,3,4
tf.reshape(x, [-1]) :: x=2,3,4
tf.reshape(x, [-1, 12]) :: x=?,3,4
tf.reshape(x, (4, 6)) :: x=2,3,4
K.reshape(x, (-1, 3)) :: x=2,3,4
K.reshape(x, (-1, 2, 6)) :: x=?,3,4
ops.reshape(x, (-1, 12)) :: x=?,3,4
ops.reshape(x, (2, 12)) :: x=2,3,4
np.reshape(x, (-1, 4)) :: x=2,3,4
np.reshape(x, -1) :: x=2,3,4
x.reshape(2, 12) :: x=2,3,4
x.reshape((2, -1)) :: x=2,3,4
x.reshape(-1) :: x=2,3,4
x.reshape(-1, 4) :: x=2,3,4
x.flatten() :: x=2,3,4
x.ravel() :: x=2,3
K.flatten(x) :: x=2,3
ops.ravel(x) :: x=2,3
K.batch_flatten(x) :: x=2,3,4
tf.transpose(x) :: x=2,3,4
tf.transpose(x, [0, 2, 1]) :: x=2,3,4
tf.transpose(x, perm=[1, 0, 2]) :: x=?,3,4
K.permute_dimensions(x, (0, 2, 1)) :: x=?,3,4
K.permute_dimensions(x, [2, 0, 1]) :: x=2,3,4
K.transpose(x) :: x=2,3
ops.transpose(x, axes=(0, 2, 1)) :: x=?,3,4
ops.transpose(x) :: x=2,3,4
np.transpose(x, (2, 0, 1)) :: x=2,3,4
np.transpose(x) :: x=2,3,4
x.transpose(0, 2, 1) :: x=2,3,4
x.transpose((0, 2, 1)) :: x=2,3,4
x.transpose() :: x=2,3
np.swapaxes(x, 0, 1) :: x=2,3,4
ops.swapaxes(x, 1, -1) :: x=?,3,4
np.moveaxis(x, 0, -1) :: x=2,3,4
np.moveaxis(x, [0, 1], [-1, -2]) :: x=2,3,4
ops.moveaxis(x, -1, 1) :: x=?,3,4
tf.expand_dims(x, 1) :: x=?,3
tf.expand_dims(x, axis=-1) :: x=2,3
K.expand_dims(x) :: x=?,3
K.expand_dims(x, axis=1) :: x=2,3
K.expand_dims(x, 0) :: x=2,3
ops.expand_dims(x, 0) :: x=2,3
ops.expand_dims(x, (1, 2)) :: x=?,3
np.expand_dims(x, axis=0) :: x=2,3
np.expand_dims(x, (0, -1)) :: x=2,3
tf.squeeze(x) :: x=2,1,3,1
tf.squeeze(x, axis=1) :: x=?,1,3
tf.squeeze(x, [1, 3]) :: x=2,1,3,1
K.squeeze(x, 1) :: x=?,1,3
K.squeeze(x, -1) :: x=2,1
ops.squeeze(x, axis=1) :: x=?,1,3
ops.squeeze(x) :: x=2,1,1
np.squeeze(x) :: x=1,2,1
x.squeeze() :: x=1,2,1
x.squeeze(0) :: x=1,2,1
np.rot90(x) :: x=2,3,4
tf.image.rot90(x) :: x=2,3,4,5
np.flip(x, 0) :: x=2,3
tf.reverse(x, [1]) :: x=2,3
K.reverse(x, 1) :: x=?,3
ops.flip(x, axis=1) :: x=?,3
tf.roll(x, 1, axis=0) :: x=2,3
np.roll(x, 1) :: x=2,3
tf.broadcast_to(x, [4, 3]) :: x=3
np.broadcast_to(x, (4, 3)) :: x=3
ops.broadcast_to(x, (4, 3)) :: x=1,3
tf.ensure_shape(x, [None, 3]) :: x=?,3
np.atleast_2d(x) :: x=3
# putting together
tf.concat([x, y], axis=-1) :: x=2,3 y=2,4
tf.concat([x, y], 0) :: x=2,3 y=5,3
tf.concat([x, y], axis=1) :: x=?,3 y=?,4
tf.concat(values=[x, x, x], axis=0) :: x=?,3
K.concatenate([x, y]) :: x=?,3 y=?,4
K.concatenate([x, y], axis=1) :: x=2,3,5 y=2,4,5
ops.concatenate([x, y], axis=-1) :: x=?,3 y=?,4
ops.concatenate([x, y]) :: x=2,3 y=4,3
np.concatenate([x, y]) :: x=2,3 y=4,3
np.concatenate((x, y), axis=1) :: x=2,3 y=2,1
np.concatenate([x, y], axis=None) :: x=2,3 y=2,1
keras.layers.concatenate([x, y]) :: x=?,3 y=?,4
np.hstack([x, y]) :: x=2,3 y=2,4
np.hstack([x, y]) :: x=3 y=4
np.vstack([x, y]) :: x=3 y=3
np.vstack((x, y)) :: x=2,3 y=4,3
np.dstack([x, y]) :: x=2,3 y=2,3
np.column_stack([x, y]) :: x=4 y=4,3
ops.hstack([x, y]) :: x=2,3 y=2,3
tf.stack([x, y]) :: x=2,3 y=2,3
tf.stack([x, y], axis=1) :: x=?,3 y=?,3
tf.stack([x, y, x], axis=-1) :: x=2,3 y=2,3
K.stack([x, y], axis=1) :: x=2,3 y=2,3
ops.stack([x, y], axis=-1) :: x=?,3 y=?,3
np.stack([x, y], axis=1) :: x=2,3 y=2,3
tf.split(x, 3) :: x=6,2
tf.split(x, num_or_size_splits=2, axis=-1) :: x=?,6
tf.split(x, [1, 2, 3], axis=1) :: x=?,6
tf.split(x, [1, -1], 1) :: x=2,6
ops.split(x, 2, axis=-1) :: x=?,6
ops.split(x, [1, 3], axis=1) :: x=2,6
np.split(x, 2) :: x=6,2
np.split(x, [2, 3]) :: x=6,2
np.array_split(x, 4) :: x=6,2
np.hsplit(x, 2) :: x=2,6
np.vsplit(x, 2) :: x=4,6
tf.unstack(x, axis=1) :: x=?,3,4
tf.unstack(x) :: x=2,3
ops.unstack(x, axis=1) :: x=?,2,4
tf.tile(x, [2, 3]) :: x=2,3
tf.tile(x, [1, 3]) :: x=?,3
K.tile(x, [1, 2]) :: x=2,3
K.tile(x, (1, 2, 1)) :: x=?,3,4
ops.tile(x, (1, 2)) :: x=2,3
ops.tile(x, 2) :: x=2,3
np.tile(x, (2, 1, 2)) :: x=2,3
np.tile(x, 2) :: x=2,3
np.tile(x, (2,)) :: x=2,3
tf.repeat(x, 2, axis=1) :: x=2,3
tf.repeat(x, [1, 2], axis=0) :: x=2,3
np.repeat(x, 2) :: x=2,3
np.repeat(x, 3, axis=0) :: x=2,3
ops.repeat(x, 2, axis=1) :: x=?,3
K.repeat_elements(x, 2, axis=1) :: x=2,3
K.repeat(x, 4) :: x=?,3
K.repeat(x, 4) :: x=2,3
x.repeat(2, axis=0) :: x=2,3
tf.pad(x, [[0, 0], [1, 2]]) :: x=2,3
tf.pad(x, [[0, 0], [1, 2]]) :: x=?,3
tf.pad(x, ((1, 1), (0, 0)), "REFLECT") :: x=2,3
ops.pad(x, ((0, 0), (1, 2))) :: x=?,3
np.pad(x, 1) :: x=2,3
np.pad(x, (1, 2)) :: x=2,3
np.pad(x, ((1, 2), (0, 0)), "constant") :: x=2,3
np.pad(x, ((1, 2),), mode="edge") :: x=2,3
K.spatial_2d_padding(x) :: x=?,4,5,3
K.spatial_2d_padding(x, padding=((1, 2), (0, 3))) :: x=2,4,5,3
K.spatial_2d_padding(x, ((1, 2), (0, 3)), data_format="channels_first") :: x=2,3,4,5
K.temporal_padding(x, (2, 1)) :: x=?,4,5
K.spatial_3d_padding(x) :: x=2,3,4,5,1
# indexing
x[0] :: x=2,3
x[:, 0] :: x=?,3
x[:, -1] :: x=2,3,4
x[..., 0] :: x=?,3,4
x[..., :2] :: x=?,3,4
x[:, None] :: x=2,3
x[None] :: x=2,3
x[..., None] :: x=?,3
x[:, 1:3] :: x=?,5
x[1:] :: x=5,2
x[:-1] :: x=5,2
x[::2] :: x=5,2
x[:, ::-1] :: x=?,5
x[:, :, 1] :: x=?,3,4
x[:, 2:, :-1, ...] :: x=2,5,4,3
x[-3:] :: x=2,2
x[10:] :: x=2,2
x[[0, 1, 1]] :: x=2,2
x[:, [0, 2]] :: x=2,3
x[1, 2] :: x=2,3
x[0:2, ..., 1] :: x=4,3,2
tf.slice(x, [0, 1], [-1, 2]) :: x=2,3
tf.slice(x, [0, 1], [2, -1]) :: x=2,3
tf.strided_slice(x, [0, 0], [2, 2]) :: x=4,4
ops.slice(x, (0, 1), (2, 2)) :: x=2,4
tf.gather(x, i) :: x=5,3 i=2,4:int32
tf.gather(x, i, axis=1) :: x=5,3 i=4:int32
tf.gather(x, [0, 2], axis=1) :: x=?,3
tf.gather(x, 0, axis=1) :: x=5,3
tf.gather(x, i, batch_dims=1) :: x=5,3,2 i=5,4:int32
tf.gather(x, i, axis=2, batch_dims=1) :: x=5,3,2 i=5,4:int32
K.gather(x, i) :: x=5,3 i=2,4:int32
ops.take(x, i, axis=0) :: x=5,3 i=2,4:int32
ops.take(x, i, axis=-1) :: x=?,3 i=?:int32
ops.take(x, i) :: x=5,3 i=2,4:int32
np.take(x, i) :: x=5,3 i=2,4:int32
np.take(x, i, axis=0) :: x=5,3 i=2:int32
tf.gather_nd(x, i) :: x=5,3,2 i=4,2:int32
tf.gather_nd(x, i, batch_dims=1) :: x=5,3,2 i=5,1:int32
tf.nn.embedding_lookup(x, i) :: x=5,3 i=2,4:int32
ops.take_along_axis(x, i, axis=1) :: x=5,3 i=5,2:int32
np.take_along_axis(x, i, axis=0) :: x=5,3 i=2,3:int64
tf.boolean_mask(x, y) :: x=?,3 y=?:bool
tf.one_hot(x, 10) :: x=2,3:int32
tf.one_hot(x, depth=10, axis=1) :: x=2,3:int32
K.one_hot(x, 10) :: x=2,3:int32
ops.one_hot(x, 10) :: x=?,3:int32
keras.utils.to_categorical(x, 4) :: x=5:int32
tf.math.top_k(x, k=2) :: x=4,5
ops.top_k(x, 2) :: x=4,5
tf.math.in_top_k(i, x, 2) :: x=4,5 i=4:int32
K.in_top_k(x, i, 2) :: x=4,5 i=4:int32
tf.math.segment_sum(x, i) :: x=?,5 i=?:int32
tf.math.unsorted_segment_sum(x, i, 3) :: x=4,5 i=4:int32
ops.segment_sum(x, i, num_segments=3) :: x=4,5 i=4:int32
tf.scatter_nd(i, x, [8, 3]) :: i=2,1:int32 x=2,3
tf.tensor_scatter_nd_update(x, i, y) :: x=5,3 i=2,1:int32 y=2,3
ops.scatter_update(x, i, y) :: x=5,3 i=2,1:int32 y=2,3
ops.slice_update(x, (0, 1), y) :: x=5,3 y=2,2
tf.dynamic_partition(x, i, 2) :: x=?,3 i=?:int32
tf.sequence_mask(x, 5) :: x=2,3:int32
tf.searchsorted(x, y) :: x=2,5 y=2,3
np.searchsorted(x, y) :: x=5 y=2,3
np.digitize(x, [1, 2]) :: x=5
tf.math.confusion_matrix(x, y, num_classes=3) :: x=5:int32 y=5:int32
# making
tf.zeros([2, 3]) ::
tf.zeros((2, 3), tf.int32) ::
tf.ones(4) ::
np.zeros((2, 3)) ::
np.ones(5) ::
ops.zeros((2, 3)) ::
ops.ones((2,)) ::
np.empty((1, 2)) ::
tf.fill([2, 3], 1.0) ::
np.full((2, 3), 7) ::
ops.full((2, 3), 7) ::
tf.zeros_like(x) :: x=?,3
K.zeros_like(x) :: x=2,3
ops.ones_like(x) :: x=?,3
np.zeros_like(x) :: x=2,3
np.full_like(x, 2) :: x=2,3
tf.eye(3) ::
tf.eye(3, 4) ::
tf.eye(3, batch_shape=[2]) ::
np.eye(3) ::
np.eye(3, 5) ::
np.identity(3) ::
ops.eye(4) ::
tf.range(5) ::
tf.range(1, 10, 3) ::
tf.range(0, limit=4) ::
np.arange(5) ::
np.arange(2, 7) ::
np.arange(0, 1, 0.25) ::
ops.arange(5) ::
K.arange(5) ::
tf.linspace(0.0, 1.0, 7) ::
np.linspace(0, 1) ::
np.linspace(0, 1, 11) ::
ops.linspace(0, 1, num=4) ::
np.logspace(0, 1, 4) ::
tf.constant([[1, 2, 3], [4, 5, 6]]) ::
tf.constant(0.0, shape=[2, 2]) ::
tf.constant(3.0) ::
K.constant([1.0, 2.0]) ::
np.array([[1, 2], [3, 4]]) ::
np.array([x, x]) :: x=2,3
np.asarray(x) :: x=2,3
tf.convert_to_tensor(x) :: x=2,3
ops.convert_to_tensor([1.0, 2.0]) ::
np.meshgrid(x, y) :: x=3 y=4
np.meshgrid(x, y, indexing="ij") :: x=3 y=4
tf.meshgrid(x, y) :: x=3 y=4
ops.meshgrid(x, y) :: x=3 y=4
tf.random.normal([2, 3]) ::
tf.random.normal(shape=(2, 3), mean=1.0) ::
tf.random.uniform((4,)) ::
tf.random.truncated_normal([2, 2], stddev=0.1) ::
K.random_normal((2, 3)) ::
K.random_normal(shape=(2, 3), mean=0.0, stddev=1.0) ::
K.random_uniform((2, 3), 0.0, 1.0) ::
keras3.random.normal((2, 3)) ::
keras3.random.uniform((2, 3)) ::
np.random.normal(size=(2, 3)) ::
np.random.normal(0, 1, (2, 3)) ::
np.random.normal(0, 1, 5) ::
np.random.uniform(-1, 1, size=(2, 3)) ::
np.random.rand(2, 3) ::
np.random.randn(4) ::
np.random.random((2, 3)) ::
np.random.randint(0, 10, size=(5,)) ::
np.random.randint(10) ::
np.random.permutation(7) ::
np.random.permutation(x) :: x=4,2
np.random.normal() ::
np.random.normal(x, 1.0) :: x=2,3
np.random.gamma(2.0, 1.0, (2, 3)) ::
np.random.multivariate_normal([0, 0], [[1, 0], [0, 1]], 5) ::
np.random.dirichlet([1, 1, 1], 4) ::
np.random.choice(10, 3) ::
np.random.choice(10, size=(3, 2)) ::
np.random.choice(10) ::
np.random.binomial(1, 0.5, (2, 3)) ::
tf.random.categorical(x, 5) :: x=2,3
tf.random.shuffle(x) :: x=2,3
tf.random.poisson([2, 3], 0.5) ::
tf.random.gamma([2, 3], 0.5) ::
tf.nn.dropout(x, rate=0.5) :: x=?,3
K.dropout(x, 0.5) :: x=2,3
tf.image.random_crop(x, [2, 2, 3]) :: x=4,4,3
tf.shape(x) :: x=2,3,4
K.shape(x) :: x=2,3
tf.rank(x) :: x=2,3
tf.size(x) :: x=2,3
np.diag(x) :: x=3
np.diag(x) :: x=3,4
np.diag(x, 1) :: x=3
tf.linalg.diag(x) :: x=2,3
ops.diag(x) :: x=3
tf.linalg.diag_part(x) :: x=2,3,3
ops.diagonal(x) :: x=3,4
np.diagonal(x) :: x=3,4,5
tf.signal.hann_window(8) ::
# products
tf.matmul(x, y) :: x=2,3 y=3,4
tf.matmul(x, y) :: x=?,2,3 y=?,3,4
tf.matmul(x, y, transpose_b=True) :: x=?,5,3 y=?,4,3
tf.matmul(x, y, transpose_a=True) :: x=2,5,3 y=2,5,4
tf.matmul(x, y) :: x=2,5,3 y=3,4
tf.linalg.matvec(x, y) :: x=2,3 y=3
ops.matmul(x, y) :: x=?,5,3 y=?,3,4
ops.matmul(x, y) :: x=?,3 y=3,4
np.matmul(x, y) :: x=3 y=3,4
np.matmul(x, y) :: x=2,3 y=3
np.dot(x, y) :: x=2,3 y=3,4
np.dot(x, y) :: x=3 y=3
np.dot(x, y) :: x=2,3 y=5,3,4
np.dot(x, 2.0) :: x=2,3
x.dot(y) :: x=2,3 y=3
ops.dot(x, y) :: x=?,3 y=3,4
K.dot(x, y) :: x=2,3 y=3,4
K.dot(x, y) :: x=?,5,3 y=3,4
K.dot(x, y) :: x=2,5,3 y=7,3,4
K.batch_dot(x, y) :: x=2,5,3 y=2,3,4
K.batch_dot(x, y, axes=1) :: x=2,3 y=2,3
K.batch_dot(x, y, axes=[1, 2]) :: x=2,3 y=2,5,3
K.batch_dot(x, y, axes=(2, 2)) :: x=?,5,3 y=?,4,3
K.batch_dot(x, y, axes=2) :: x=2,5,3 y=2,4,3
K.batch_dot(x, y, axes=(1, 1)) :: x=2,5,3 y=2,5,4
tf.tensordot(x, y, axes=1) :: x=2,3 y=3,4
tf.tensordot(x, y, [[1], [0]]) :: x=2,3,5 y=3,4
tf.tensordot(x, y, axes=[[2], [0]]) :: x=?,5,3 y=3,4
np.tensordot(x, y, axes=([1, 2], [0, 1])) :: x=2,3,4 y=3,4,5
ops.tensordot(x, y, axes=[[2], [0]]) :: x=?,5,3 y=3,4
np.outer(x, y) :: x=3 y=4
np.inner(x, y) :: x=2,3 y=4,3
np.kron(x, y) :: x=2,3 y=2,2
np.cross(x, y) :: x=2,3 y=2,3
np.vdot(x, y) :: x=3 y=3
tf.einsum("ij,jk->ik", x, y) :: x=2,3 y=3,4
tf.einsum("bij,bjk->bik", x, y) :: x=?,2,3 y=?,3,4
tf.einsum("...ij,...jk->...ik", x, y) :: x=2,5,2,3 y=2,5,3,4
np.einsum("ij,jk", x, y) :: x=2,3 y=3,4
np.einsum("ii->i", x) :: x=3,3
np.einsum("bhwc->bc", x) :: x=2,3,4,5
ops.einsum("bqd,bkd->bqk", x, y) :: x=?,4,8 y=?,5,8
tf.linalg.det(x) :: x=2,3,3
np.linalg.det(x) :: x=3,3
tf.linalg.logdet(x + tf.eye(3)) :: x=2,3,3
tf.linalg.inv(x + tf.eye(3)) :: x=2,3,3
np.linalg.inv(x + np.eye(3)) :: x=3,3
tf.linalg.cholesky(x + tf.eye(3)) :: x=2,3,3
np.linalg.pinv(x) :: x=2,3
tf.linalg.solve(x + tf.eye(3), y) :: x=2,3,3 y=2,3,4
np.linalg.solve(x + np.eye(3), y) :: x=3,3 y=3,4
tf.linalg.eigh(x) :: x=2,3,3
tf.linalg.svd(x) :: x=4,3
np.linalg.svd(x) :: x=4,3
np.linalg.svd(x, full_matrices=False) :: x=4,3
np.linalg.qr(x) :: x=4,3
tf.linalg.qr(x) :: x=4,3
tf.linalg.slogdet(x) :: x=2,3,3
np.linalg.matrix_rank(x) :: x=2,3
tf.linalg.band_part(x, -1, 0) :: x=2,3
np.tril(x) :: x=2,3
ops.triu(x) :: x=2,3
np.linalg.eigvals(x) :: x=3,3
np.linalg.multi_dot([x, y, x]) :: x=2,3 y=3,2
# networks
tf.nn.conv2d(x, k, strides=1, padding="SAME") :: x=?,8,8,3 k=3,3,3,16
tf.nn.conv2d(x, k, strides=[1, 2, 2, 1], padding="VALID") :: x=2,9,8,3 k=3,3,3,16
tf.nn.conv2d(x, k, 1, "VALID", dilations=2) :: x=2,9,9,3 k=3,3,3,16
tf.nn.conv1d(x, k, stride=2, padding="SAME") :: x=2,9,3 k=3,3,8
tf.nn.conv3d(x, k, strides=[1, 1, 1, 1, 1], padding="VALID") :: x=2,5,5,5,1 k=3,3,3,1,2
tf.nn.conv2d_transpose(x, k, [2, 16, 16, 4], strides=2) :: x=2,8,8,3 k=3,3,4,3
tf.nn.depthwise_conv2d(x, k, [1, 1, 1, 1], "SAME") :: x=2,8,8,3 k=3,3,3,2
tf.nn.separable_conv2d(x, k, y, [1, 1, 1, 1], "VALID") :: x=2,8,8,3 k=3,3,3,2 y=1,1,6,5
tf.nn.convolution(x, k, padding="SAME") :: x=2,8,8,3 k=3,3,3,16
K.conv2d(x, k) :: x=2,8,8,3 k=3,3,3,16
K.conv2d(x, k, strides=(2, 2), padding="same") :: x=?,9,9,3 k=3,3,3,16
K.conv1d(x, k, padding="causal") :: x=2,9,3 k=3,3,8
K.conv2d_transpose(x, k, (2, 16, 16, 4), strides=(2, 2), padding="same") :: x=2,8,8,3 k=3,3,4,3
K.depthwise_conv2d(x, k) :: x=2,8,8,3 k=3,3,3,2
K.separable_conv2d(x, k, y) :: x=2,8,8,3 k=3,3,3,2 y=1,1,6,5
ops.conv(x, k, strides=2, padding="same") :: x=?,9,9,3 k=3,3,3,16
ops.conv(x, k) :: x=?,9,3 k=3,3,16
ops.conv_transpose(x, k, strides=2) :: x=?,8,8,3 k=3,3,4,3
ops.conv_transpose(x, k, strides=2, padding="same") :: x=?,8,8,3 k=3,3,4,3
ops.conv_transpose(x, k, strides=3) :: x=?,8,3 k=2,4,3
ops.conv_transpose(x, k, strides=2, padding="same", output_padding=1) :: x=?,8,8,3 k=3,3,4,3
ops.conv_transpose(x, k, strides=2, padding="same", output_padding=0) :: x=?,8,8,3 k=4,4,4,3
ops.conv_transpose(x, k, strides=2, padding="valid", output_padding=1) :: x=?,8,8,3 k=3,3,4,3
ops.conv_transpose(x, k, dilation_rate=2) :: x=?,8,8,3 k=3,3,4,3
ops.adaptive_average_pool(x, (2, 3)) :: x=2,8,8,3
ops.conv(x, k, data_format="channels_first") :: x=?,3,9 k=3,3,16
ops.image.extract_patches(x, (3, 3), padding="same") :: x=2,9,9,3
ops.image.rgb_to_grayscale(x) :: x=2,4,4,3
ops.image.crop_images(x, top_cropping=1, left_cropping=1, target_height=2, target_width=2) :: x=2,4,4,3
ops.image.pad_images(x, top_padding=1, left_padding=1, target_height=6, target_width=6) :: x=2,4,4,3
ops.multi_hot(x, 5) :: x=2,3:int32
ops.extract_sequences(x, 4, 2) :: x=3,16
ops.cdist(x, y) :: x=4,3 y=5,3
ops.vander(x) :: x=4
ops.kron(x, y) :: x=2,3 y=2,2
ops.trapezoid(x) :: x=2,5
ops.searchsorted(x, y) :: x=5 y=3
ops.irfft((x, y)) :: x=2,5 y=2,5
ops.fft((x, y)) :: x=2,5 y=2,5
ops.psnr(x, y, 1.0) :: x=2,4,4,3 y=2,4,4,3
ops.image.map_coordinates(x, y, 1) :: x=4,4 y=2,7
ops.image.affine_transform(x, y) :: x=2,4,4,3 y=2,8
ops.diagflat(x, 1) :: x=3
ops.tri(3, 4) ::
ops.rot90(x) :: x=2,3,4
ops.logspace(0, 1, num=4) ::
ops.inner(x, y) :: x=2,3 y=4,3
ops.outer(x, y) :: x=2,3 y=4
ops.nansum(x, axis=1) :: x=2,3
ops.diff(x, n=2) :: x=2,5
ops.qr(x) :: x=4,3
ops.svd(x) :: x=4,3
ops.eigh(x) :: x=3,3
ops.slogdet(x) :: x=2,3,3
ops.pinv(x) :: x=2,3
ops.solve(x + np.eye(3), y) :: x=3,3 y=3,2
ops.depthwise_conv(x, k) :: x=2,8,8,3 k=3,3,3,2
ops.separable_conv(x, k, y) :: x=2,8,8,3 k=3,3,3,2 y=1,1,6,5
tf.nn.max_pool2d(x, ksize=2, strides=2, padding="VALID") :: x=?,9,9,3
tf.nn.max_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], "SAME") :: x=2,9,9,3
tf.nn.avg_pool2d(x, 3, 1, "SAME") :: x=2,9,9,3
tf.nn.max_pool1d(x, 2, 2, "VALID") :: x=2,9,3
tf.nn.pool(x, [2, 2], "MAX") :: x=2,9,9,3
K.pool2d(x, (2, 2), strides=(2, 2)) :: x=2,9,9,3
K.pool2d(x, (2, 2), padding="same", pool_mode="avg") :: x=2,9,9,3
K.pool3d(x, (2, 2, 2)) :: x=2,5,5,5,1
ops.max_pool(x, 2) :: x=?,9,9,3
ops.average_pool(x, (3, 3), strides=2, padding="same") :: x=?,9,9,3
tf.nn.max_pool_with_argmax(x, 2, 2, "VALID") :: x=2,8,8,3
K.bias_add(x, y) :: x=?,8,8,3 y=3
tf.nn.bias_add(x, y) :: x=2,3 y=3
tf.nn.batch_normalization(x, y, y, y, y, 0.001) :: x=2,3 y=3
K.batch_normalization(x, y, y, y, y) :: x=2,3 y=3
ops.batch_normalization(x, y, y, axis=-1) :: x=2,3 y=3
tf.compat.v1.nn.fused_batch_norm(x, y, y) :: x=2,4,4,3 y=3
tf.nn.local_response_normalization(x) :: x=2,4,4,3
tf.nn.crelu(x) :: x=2,3
ops.glu(x) :: x=?,6
ops.layer_normalization(x) :: x=2,6
tf.nn.space_to_depth(x, 2) :: x=?,4,4,3
tf.nn.depth_to_space(x, 2) :: x=?,4,4,12
ops.dot_product_attention(x, y, y) :: x=2,5,4,8 y=2,7,4,8
K.ctc_batch_cost(x, y, z + 1, z + 1) :: x=2,3 y=2,5,4 z=2,1
tf.linalg.normalize(x, axis=1) :: x=2,3
keras.utils.normalize(x) :: x=2,3
ops.normalize(x) :: x=?,3
K.in_train_phase(x, y) :: x=2,3 y=2,3
K.resize_images(x, 2, 3, "channels_last") :: x=?,4,5,3
K.resize_volumes(x, 2, 2, 2, "channels_last") :: x=2,2,3,4,1
# losses
keras.losses.mean_squared_error(x, y) :: x=?,5 y=?,5
keras.losses.mse(x, y) :: x=2,4,5 y=2,4,5
keras.losses.mean_absolute_error(x, y) :: x=2,5 y=2,5
keras.losses.binary_crossentropy(x, y) :: x=2,5 y=2,5
keras.losses.categorical_crossentropy(x, y) :: x=?,5 y=?,5
keras.losses.sparse_categorical_crossentropy(x, y) :: x=2:int32 y=2,5
keras.losses.sparse_categorical_crossentropy(x, y) :: x=2,3:int32 y=2,3,5
keras.losses.kl_divergence(x, y) :: x=2,5 y=2,5
keras.losses.cosine_similarity(x, y) :: x=2,5 y=2,5
keras.losses.huber(x, y) :: x=2,5 y=2,5
keras.losses.poisson(x, y) :: x=2,5 y=2,5
keras3.losses.mean_squared_error(x, y) :: x=2,5 y=2,5
keras3.losses.binary_crossentropy(x, y) :: x=2,3,5 y=2,3,5
keras3.losses.dice(x, y) :: x=2,5 y=2,5
K.binary_crossentropy(x, y) :: x=2,5 y=2,5
K.categorical_crossentropy(x, y) :: x=?,5 y=?,5
K.sparse_categorical_crossentropy(x, y) :: x=2:int32 y=2,5
ops.binary_crossentropy(x, y) :: x=?,5 y=?,5
ops.categorical_crossentropy(x, y) :: x=?,5 y=?,5
tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=y) :: x=2,5 y=2,5
tf.nn.softmax_cross_entropy_with_logits(labels=x, logits=y) :: x=2,5 y=2,5
tf.nn.sparse_softmax_cross_entropy_with_logits(labels=x, logits=y) :: x=2:int32 y=2,5
tf.nn.weighted_cross_entropy_with_logits(x, y, 2.0) :: x=2,5 y=2,5
tf.compat.v1.losses.mean_squared_error(x, y) :: x=2,5 y=2,5
tf.compat.v1.losses.softmax_cross_entropy(x, y) :: x=2,5 y=2,5
keras.metrics.binary_accuracy(x, y) :: x=2,5 y=2,5
keras.metrics.categorical_accuracy(x, y) :: x=2,5 y=2,5
# images
tf.image.resize(x, [8, 9]) :: x=?,4,4,3
tf.image.resize(x, (8, 9)) :: x=4,4,3
ops.image.resize(x, (8, 9)) :: x=2,4,4,3
tf.image.resize_with_crop_or_pad(x, 6, 7) :: x=4,4,3
tf.image.resize_with_pad(x, 6, 7) :: x=2,4,4,3
tf.image.crop_to_bounding_box(x, 0, 1, 2, 3) :: x=2,4,4,3
tf.image.pad_to_bounding_box(x, 0, 1, 6, 7) :: x=4,4,3
tf.image.central_crop(x, 0.5) :: x=9,8,3
tf.image.crop_and_resize(x, y, i, [5, 6]) :: x=2,4,4,3 y=7,4 i=7:int32
tf.image.rgb_to_grayscale(x) :: x=?,4,4,3
tf.image.grayscale_to_rgb(x) :: x=4,4,1
tf.image.flip_left_right(x) :: x=2,4,4,3
tf.image.random_flip_left_right(x) :: x=4,4,3
tf.image.adjust_contrast(x, 2.0) :: x=4,4,3
tf.image.per_image_standardization(x) :: x=4,4,3
tf.image.sobel_edges(x) :: x=2,4,4,3
tf.image.image_gradients(x) :: x=2,4,4,3
tf.image.total_variation(x) :: x=2,4,4,3
tf.image.psnr(x, y, max_val=1.0) :: x=2,16,16,3 y=2,16,16,3
tf.image.ssim(x, y, max_val=1.0) :: x=2,16,16,3 y=2,16,16,3
tf.image.extract_patches(x, [1, 3, 3, 1], [1, 2, 2, 1], [1, 1, 1, 1], "VALID") :: x=2,9,9,3
keras.preprocessing.image.smart_resize(x, (5, 6)) :: x=4,8,3
# signals
tf.signal.fft(x) :: x=2,8:complex64
tf.signal.rfft(x) :: x=2,8
tf.signal.rfft(x, [16]) :: x=2,8
tf.signal.irfft(x) :: x=2,5:complex64
np.fft.fft(x) :: x=2,8
np.fft.fft(x, 5) :: x=2,8
np.fft.rfft(x, axis=0) :: x=8,3
np.fft.irfft(x) :: x=2,5
tf.signal.rfft2d(x) :: x=2,8,8
tf.signal.stft(x, 4, 2) :: x=3,16
tf.signal.stft(x, frame_length=5, frame_step=2, pad_end=True) :: x=3,16
ops.stft(x, 4, 2, 8) :: x=3,16
ops.rfft(x) :: x=3,16
tf.signal.frame(x, 4, 2) :: x=3,17
tf.signal.overlap_and_add(x, 2) :: x=5,7,4
tf.signal.dct(x) :: x=3,8
tf.signal.linear_to_mel_weight_matrix(10, 33) ::
tf.signal.mfccs_from_log_mel_spectrograms(x) :: x=3,4,8
"""

UNDECIDED = """
K.batch_flatten(x) :: x=?,3,4
K.transpose(x) :: x=2,3,4
np.linalg.matrix_norm(x) :: x=2,3,4
tf.reshape(x, tf.stack([2, 12])) :: x=2,3,4
tf.zeros(tf.constant([2, 3])) ::
keras.utils.to_categorical(x, 4) :: x=5,1:int32
K.one_hot(x, 4) :: x=5,1:int32
x[y] :: x=5,3 y=5:bool
np.where(x) :: x=5,3:bool
keras.losses.mean_squared_error(x, y) :: x=2 y=2,1
tf.random.poisson([2], [1.0, 2.0, 3.0]) ::
tf.random.gamma([2], [1.0, 2.0, 3.0]) ::
np.unique(x) :: x=5
tf.linalg.lstsq(x, y) :: x=3,3 y=2,3,1
ops.image.sobel_edges(x) :: x=2,4,4,3
tf.map_fn(tf.abs, x) :: x=2,3
"""

RAISING = """
tf.add(x, y) :: x=2,3 y=4
x + y :: x=2,3 y=2,4
ops.add(x, y) :: x=?,3 y=?,4
tf.reshape(x, [5, -1]) :: x=2,3,4
np.reshape(x, (5, 5)) :: x=2,3,4
K.reshape(x, (-1, 7)) :: x=2,3
tf.concat([x, y], axis=1) :: x=2,3 y=3,3
np.concatenate([x, y]) :: x=2,3 y=2,4
np.stack([x, y]) :: x=2,3 y=2,4
tf.matmul(x, y) :: x=2,3 y=4,5
x @ y :: x=2,3 y=2,3
np.dot(x, y) :: x=2,3 y=2,3
K.dot(x, y) :: x=2,3 y=2,3
K.batch_dot(x, y, axes=(1, 1)) :: x=2,5 y=2,6
tf.einsum("ij,jk->ik", x, y) :: x=2,3 y=4,5
tf.squeeze(x, axis=1) :: x=2,3
tf.split(x, 4, axis=1) :: x=2,6
tf.split(x, [1, 2], axis=1) :: x=2,6
tf.reduce_sum(x, axis=3) :: x=2,3
tf.transpose(x, [0, 1]) :: x=2,3,4
tf.expand_dims(x, 5) :: x=2,3
x[7] :: x=2,3
x[0, 0, 0] :: x=2,3
tf.nn.conv2d(x, k, 1, "SAME") :: x=2,8,8,3 k=3,3,4,5
tf.nn.conv2d(x, k, 1, "VALID") :: x=?,2,2,3 k=3,3,3,5
ops.conv(x, k) :: x=?,2,2,3 k=3,3,3,5
tf.linalg.inv(x) :: x=2,3
tf.pad(x, [[1, 1]]) :: x=2,3
K.bias_add(x, y) :: x=2,3 y=4
tf.nn.depth_to_space(x, 2) :: x=2,4,4,3
tf.math.top_k(x, 9) :: x=2,3
"""


_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.Gt: ">",
    ast.Eq: "==",
}
_CANONICAL = {"K.": "keras.backend.", "ops.": "keras.ops.", "keras3.": "keras.", "tf.": "tensorflow."}
Asked = tuple[str, tuple[Operand, ...], dict[str, object]]
"""A word, operands, and other arguments by role."""

_PLAIN = (int, float, str, slice, type(None), type(Ellipsis), Operand, UnknownType)


class Case:
    """A call, and the shapes of what it is called with."""

    def __init__(self, line: str) -> None:
        text, _, inputs = line.rpartition(":: ") if line[-2:] != "::" else (line[:-2], "", "")
        self.text = text.strip()
        self.node = ast.parse(self.text, mode="eval").body
        self.shapes: dict[str, Shape] = {}
        self.kinds: dict[str, str] = {}
        for part in inputs.split():
            name, _, sizes = part.partition("=")
            sizes, _, kind = sizes.partition(":")
            self.shapes[name] = tuple(None if size == "?" else int(size) for size in sizes.split(",") if size)
            self.kinds[name] = kind or "float32"
        self.symbolic = any(None in shape for shape in self.shapes.values())
        self.function = ast.unparse(self.node.func) if isinstance(self.node, ast.Call) else ""
        self.root = self.function.partition(".")[0]

    @property
    def is_method(self) -> bool:
        return not self.function or self.root in self.shapes

    @property
    def keras(self) -> int:
        return 3 if self.root in ("ops", "keras3") else 2

    # what the library says ------------------------------------------------------------------------
    def actual(self) -> Any:
        """The shape that comes out; lists of them for several."""
        return _shape_of(eval(self.text, _libraries(), {name: self._input(name) for name in self.shapes}))

    def _input(self, name: str) -> Any:
        import numpy as np
        import tensorflow as tf

        shape, kind = self.shapes[name], self.kinds[name]
        if self.symbolic:
            return _libraries()["keras3" if self.keras == 3 else "keras"].Input(batch_shape=shape, dtype=kind)
        array: Any = np.zeros([dim if isinstance(dim, int) else 0 for dim in shape], kind)
        return array if self.is_method or self.root == "np" else tf.constant(array)

    # what is said ---------------------------------------------------------------------------------
    def asked(self) -> Asked:
        """The operation's word, its operands and its other arguments, as the network reader gives them."""
        node = self.node
        if isinstance(node, ast.BinOp):
            return self._operator(_OPERATORS[type(node.op)], node.left, node.right)
        if isinstance(node, ast.Compare):
            return self._operator(_OPERATORS[type(node.ops[0])], node.left, node.comparators[0])
        if isinstance(node, ast.Subscript):
            return "getitem", (_operand(self._value(node.value)),), {"index": self._index(node.slice)}
        assert isinstance(node, ast.Call)
        positional = [self._value(value) for value in node.args]
        keywords = {keyword.arg or "": self._value(keyword.value) for keyword in node.keywords}
        if self.is_method:
            assert isinstance(node.func, ast.Attribute)
            return _method(node.func.attr, self._value(node.func.value), positional, keywords)
        return _bound(self.function, self.keras, positional, keywords)

    def _operator(
        self, symbol: str, left: ast.expr, right: ast.expr
    ) -> tuple[str, tuple[Operand, ...], dict[str, Any]]:
        return WORDS[symbol], (_operand(self._value(left)), _operand(self._value(right))), {}

    def _value(self, node: ast.expr) -> object:
        return _as_plain(eval(ast.unparse(node), _libraries(), self._operands()))

    def _index(self, node: ast.expr) -> object:
        expression = ast.unparse(ast.Subscript(ast.Name("index"), node, ast.Load()))
        return _as_plain(eval(expression, {"index": _Index()}, self._operands()))

    def _operands(self) -> dict[str, Any]:
        return {name: _Tensor(shape) for name, shape in self.shapes.items()}


class _Tensor(Operand):
    """An operand of which the code may also compute something that has its shape."""

    def __add__(self, other: object) -> Operand:
        return self

    __gt__ = __add__


class _Index:
    def __getitem__(self, index: object) -> object:
        return index


def _libraries() -> dict[str, Any]:
    import keras
    import numpy
    import tensorflow
    import tf_keras

    return {
        "tf": tensorflow,
        "np": numpy,
        "keras": tf_keras,
        "keras3": keras,
        "K": tf_keras.backend,
        "ops": keras.ops,
    }


def _as_plain(value: object) -> object:
    if isinstance(value, (list, tuple)):
        return type(value)(_as_plain(item) for item in value)
    return value if isinstance(value, _PLAIN) else UNKNOWN


def _shape_of(value: Any) -> Any:
    if hasattr(value, "shape"):
        return tuple(value.shape)
    if isinstance(value, (list, tuple)):
        return [_shape_of(item) for item in value]
    return ()


def _operand(value: object) -> Operand:
    if isinstance(value, Operand):
        return value
    return Operand(() if isinstance(value, (int, float)) else None, value)


def _method(name: str, obj: object, positional: list[object], keywords: dict[str, object]) -> Asked:
    word = _METHODS[name]
    if word in {"sum", "mean", "std", "var", "min", "max", "prod", "argmax", "argmin"}:
        if positional:
            keywords.setdefault("axis", positional[0])
        return word, (_operand(obj),), keywords
    return word, (_operand(obj), *map(_operand, positional)), keywords


def _bound(function: str, keras: int, positional: list[object], keywords: dict[str, object]) -> Asked:
    prefix = next((short for short in _CANONICAL if function.startswith(short)), "")
    entry = lookup(canonical(_CANONICAL.get(prefix, "") + function[len(prefix) :]))
    assert entry is not None, function
    signature = _signature(entry, keras, keywords)
    roles, rest = _by_role(signature, positional, keywords)
    defaults: dict[str, object] = {
        parameter.role: parameter.default
        for parameter in signature.parameters
        if parameter.default is not NO_DEFAULT and parameter.default is not OPAQUE
    }
    if entry.makes == "random":
        roles["distribution"] = entry.operation
        return "draw", (), {**defaults, **roles, **({"rest": tuple(rest)} if rest else {})}
    names = ("target", "output") if entry.makes == "lossfunction" else ("x", "y")
    operands = [_operand(roles.pop(name)) for name in names if name in roles]
    operands += map(_operand, rest)
    if not operands and roles and entry.makes in {"tensor", "array", "host"}:
        first = next(iter(roles))
        if first not in {"shape", "axis", "dtype", "name"}:
            operands.append(_operand(roles.pop(first)))
    return entry.operation, tuple(operands), {**defaults, **roles}


def _signature(entry: Entry, keras: int, keywords: dict[str, object]) -> Signature:
    found = [entry.signature(keras)] if entry.name.startswith("keras.") else list(entry.signatures())
    known = [signature for signature in found if signature is not None]
    return next((s for s in known if all(name in s or s.open for name in keywords)), known[0])


def _by_role(
    signature: Signature, positional: list[object], keywords: dict[str, object]
) -> tuple[dict[str, object], list[object]]:
    """What is given, by role, and what is left of the positional arguments."""
    given: dict[str, object] = {}
    rest = list(positional)
    for parameter in signature.parameters:
        if parameter.kind == "*":
            break
        if parameter.kind in {"positional", "positional-only"} and rest:
            given[parameter.name] = rest.pop(0)
    given |= keywords
    roles: dict[str, object] = {}
    for name, value in given.items():
        known = signature.get(name)
        roles[known.role if known is not None else name] = value
    return roles, rest


# comparing --------------------------------------------------------------------------------------------
def _contradicts(said: Output, actual: Any) -> bool:
    """True if something known is said that is not so."""
    if said is None:
        return False
    if isinstance(said, list):
        return (
            not isinstance(actual, list)
            or len(said) != len(actual)
            or any(_contradicts(one, other) for one, other in zip(said, actual, strict=True))
        )
    if isinstance(actual, list) or len(said) != len(actual):
        return True
    return any(not isinstance(dim, UnknownType) and dim != there for dim, there in zip(said, actual, strict=True))


def _blanked(value: object) -> Iterator[object]:
    """A value in which something is not known."""
    if isinstance(value, Operand):
        yield Operand(None, UNKNOWN)
        if value.shape is not None:
            for index in range(len(value.shape)):
                dims: list[Dim] = list(value.shape)
                dims[index] = UNKNOWN
                yield Operand(tuple(dims), UNKNOWN)
        if not isinstance(value.value, UnknownType):
            for found in _blanked(value.value):
                yield Operand(None, found)
    elif isinstance(value, (list, tuple)):
        yield UNKNOWN
        for index, item in enumerate(value):
            for found in _blanked(item):
                yield type(value)((*value[:index], found, *value[index + 1 :]))
    elif isinstance(value, slice):
        yield UNKNOWN
        yield slice(UNKNOWN, value.stop, value.step)
        yield slice(value.start, UNKNOWN, value.step)
        yield slice(value.start, value.stop, UNKNOWN)
    else:
        yield UNKNOWN


def _cases(text: str) -> list[Any]:
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    return [pytest.param(line, id=line) for line in lines]


@pytest.mark.parametrize("line", _cases(EXACT))
def test_what_comes_out(line: str) -> None:
    case = Case(line)
    word, operands, options = case.asked()
    actual = case.actual()
    assert operation_output(word, operands, Options(options)) == actual
    _check_unknowns(word, operands, options, actual)


@pytest.mark.parametrize("line", _cases(UNDECIDED))
def test_nothing_wrong_is_said_where_something_stays_open(line: str) -> None:
    case = Case(line)
    word, operands, options = case.asked()
    actual = case.actual()
    said = operation_output(word, operands, Options(options))
    assert said != actual
    assert not _contradicts(said, actual), said
    _check_unknowns(word, operands, options, actual)


def _check_unknowns(word: str, operands: tuple[Operand, ...], options: dict[str, object], actual: Any) -> None:
    """Whatever is not known: nothing is said that is not so."""
    for index, operand in enumerate(operands):
        for less in _blanked(operand):
            assert isinstance(less, Operand)
            fewer = (*operands[:index], less, *operands[index + 1 :])
            said = operation_output(word, fewer, Options(options))
            assert not _contradicts(said, actual), (less, said, actual)
    for name, value in options.items():
        for unknown in _blanked(value):
            if name == "distribution":
                continue
            said = operation_output(word, operands, Options({**options, name: unknown}))
            assert not _contradicts(said, actual), (name, unknown, said, actual)


@pytest.mark.parametrize("line", _cases(RAISING))
def test_what_does_not_fit(line: str) -> None:
    case = Case(line)
    word, operands, options = case.asked()
    with pytest.raises(Exception):  # noqa: B017, PT011 - each library raises its own
        case.actual()
    with pytest.raises(MismatchError):
        operation_output(word, operands, Options(options))


def test_every_operation_is_one_of_the_tables_or_of_the_language() -> None:
    from kerasvae_lint.library.shapes.operations import OPERATIONS

    words = {entry.operation for name in known_names() if (entry := lookup(name)) is not None}
    of_the_language = set(WORDS.values()) | {
        "getitem",
        "element",
        "draw",
        "numpy",
        "len",
        "ndim",
        "get_shape",
        "invert",
    }
    proposed = {"matrix_transpose", "image_transpose", "average"}
    assert set(OPERATIONS) - words - of_the_language - proposed == set()
