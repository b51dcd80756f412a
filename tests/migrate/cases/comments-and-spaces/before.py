#!/usr/bin/env python
# -*- coding: utf-8 -*-
"""Formatting stays."""

from keras.layers.core import (  # what it is made of
    Dense,  # the last
    Dropout,
)
from keras.models import Sequential; from keras.optimizers import SGD


model = Sequential( )
model.add( Dense( output_dim = 4,     # four
                  input_dim = 2 ) )
model.add(Dropout(
    p = .5,
))
model.compile( SGD( lr = .1 ), 'mse' ) ; print( "héllo" )
