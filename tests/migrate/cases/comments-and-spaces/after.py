#!/usr/bin/env python
# -*- coding: utf-8 -*-
"""Formatting stays."""

from keras.layers import (  # what it is made of
    Dense,  # the last
    Dropout,
)
from keras.models import Sequential; from keras.optimizers import SGD


model = Sequential( )
model.add( Dense( units = 4,     # four
                  input_dim = 2 ) )
model.add(Dropout(
    rate = .5,
))
model.compile( SGD( learning_rate = .1 ), 'mse' ) ; print( "héllo" )
