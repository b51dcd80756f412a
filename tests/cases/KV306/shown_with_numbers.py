"""A demonstration of underflow: nothing is trained through it."""
import numpy as np
import tensorflow_probability as tfp

far = tfp.distributions.Normal(0.0, 1.0)
print("log of prob:", np.log(far.prob(50.0)), "log_prob:", far.log_prob(50.0))
