"""Ways to lose a mask, and to keep it."""

import tensorflow as tf
from data import weights, x_train, y_train
from tensorflow import keras
from tensorflow.keras import layers

listed = keras.Sequential(
    [
        layers.Masking(mask_value=-1.0),
        layers.Dense(8),
        layers.Lambda(lambda t: t / 10.0),  # expect
        layers.Bidirectional(layers.GRU(4, return_sequences=True)),
        layers.Bidirectional(layers.GRU(4)),
    ]
)
listed.compile("adam", "mse")

tokens = keras.Input((10,), dtype="int32")
embedded = layers.Embedding(50, 8, mask_zero=True)(tokens)
unmasked = layers.Embedding(50, 8)(tokens)

scaled = embedded * 2.0  # expect
one = layers.LSTM(4)(scaled)
two = layers.LSTM(4)(unmasked * 2.0)
convolved = layers.Conv1D(8, 3, padding="same")(embedded)  # expect
three = layers.GlobalAveragePooling1D()(convolved)
four = layers.GlobalMaxPooling1D()(layers.Lambda(lambda t: t * 2.0)(embedded))
five = layers.LSTM(4)(layers.Lambda(lambda t: t)(embedded))
six = layers.LSTM(4)(layers.Lambda(lambda t: t * 2.0, mask=lambda t, mask: mask)(embedded))
seven = layers.LSTM(4, return_sequences=True)(layers.Lambda(lambda t: t * 2.0)(embedded))
shifted = layers.Lambda(lambda t: t + 1.0)(embedded)  # expect
eight = layers.LSTM(4)(layers.LSTM(4, return_sequences=True)(layers.Dropout(0.1)(shifted)))
nine = layers.LSTM(4)(layers.Concatenate()([embedded, layers.Lambda(lambda t: t * 2.0)(embedded)]))
ten = layers.LSTM(4)(embedded * tf.cast(tf.not_equal(tokens, 0), "float32")[..., None])
eleven = layers.LSTM(4)(layers.Lambda(lambda t, mask=None: t * 2.0)(embedded))
turned = tf.tanh(embedded)  # expect
twelve = layers.MultiHeadAttention(2, 4)(turned, turned)
thirteen = layers.MultiHeadAttention(2, 4)(tf.tanh(embedded), tf.tanh(embedded), use_causal_mask=True)
fourteen = layers.Attention()([embedded, tf.sigmoid(embedded)])  # expect
fifteen = layers.LSTM(4)(layers.Flatten()(embedded))


class Scale(layers.Layer):
    def call(self, inputs):
        return inputs * 2.0


class Kept(layers.Layer):
    def __init__(self):
        super().__init__()
        self.supports_masking = True

    def call(self, inputs):
        return inputs * 2.0


class Inner(layers.Layer):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(8)

    def call(self, inputs):
        return self.dense(inputs)


scale = Scale()  # expect
sixteen = layers.GRU(4)(scale(embedded))
seventeen = layers.GRU(4)(Kept()(embedded))
eighteen = layers.GRU(4)(Inner()(embedded))

hidden = layers.GRU(4, return_sequences=True)(embedded)
tagged = layers.Dense(3, activation="softmax")(layers.Lambda(lambda t: t * 2.0)(hidden))  # expect
tagger = keras.Model(tokens, tagged)
tagger.compile("adam", "sparse_categorical_crossentropy")
tagger.fit(x_train, y_train)

weighted = keras.Model(tokens, layers.Dense(3, activation="softmax")(layers.Lambda(lambda t: t * 2.0)(hidden)))
weighted.compile("adam", "sparse_categorical_crossentropy")
weighted.fit(x_train, y_train, sample_weight=weights)
