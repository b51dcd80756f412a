"""What augments pictures, outside of any graph."""


class Augmentation:
    def __call__(self, picture):
        return self.call(picture)

    def call(self, picture):
        return picture
