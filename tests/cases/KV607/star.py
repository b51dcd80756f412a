"""Whatever the star brings in comes last."""

from tensorflow.python.keras.layers import Dense, Input
from tensorflow.python.keras.models import Model
from keras.layers import *
from keras.models import *

inputs = Input((4,))
model = Model(inputs, Dropout(0.1)(Dense(2)(inputs)))
