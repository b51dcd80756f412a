"""What code means in Keras: kinds of classes, phases, layers and their weights, models and their training."""
