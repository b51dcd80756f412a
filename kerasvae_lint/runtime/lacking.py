"""What a script needs and does not find here, with what to do about it: modules, names that are gone, data files."""

from __future__ import annotations

import ast
import os
import re
from typing import Any

PACKAGES = {
    "sklearn": "scikit-learn",
    "cv2": "opencv-python",
    "PIL": "pillow",
    "skimage": "scikit-image",
    "yaml": "pyyaml",
    "bs4": "beautifulsoup4",
    "Bio": "biopython",
    "dateutil": "python-dateutil",
    "dotenv": "python-dotenv",
    "gym": "gymnasium",
    "h5py": "h5py",
}
"""Packages that are installed under another name than they are imported by."""
_GONE = {
    "theano": "Theano is no backend of Keras any more: take the import out",
    "cntk": "CNTK is no backend of Keras any more: take the import out",
    "tensorflow.contrib": "TensorFlow 2 has no `contrib`: take what it gave from `tensorflow` or `tensorflow_addons`",
    "tensorflow.examples": "TensorFlow 2 has no `examples`: take the data from `keras.datasets`",
    "tensorflow.python.framework": "it is inside TensorFlow and moves about: take what is public",
    "sklearn.externals.six": "scikit-learn has no `six` any more: import `six` itself",
    "urllib2": "this is Python 2: `urllib.request` is its name today",
    "cPickle": "this is Python 2: `pickle` is its name today",
    "StringIO": "this is Python 2: `io` has it today",
    "ConfigParser": "this is Python 2: `configparser` is its name today",
    "Queue": "this is Python 2: `queue` is its name today",
    "Tkinter": "this is Python 2: `tkinter` is its name today",
}
_GONE_NAMES = {
    ("scipy.misc", "imread"): "SciPy reads no images any more: `imageio.imread` does",
    ("scipy.misc", "imsave"): "SciPy writes no images any more: `imageio.imwrite` does",
    ("scipy.misc", "imresize"): "SciPy resizes no images any more: `PIL.Image.resize` does",
    ("scipy.misc", "toimage"): "SciPy makes no images any more: `PIL.Image.fromarray` does",
    ("scipy.ndimage", "imread"): "SciPy reads no images any more: `imageio.imread` does",
    ("sklearn.preprocessing", "Imputer"): "it is `sklearn.impute.SimpleImputer` today",
    (
        "sklearn.datasets",
        "load_boston",
    ): "scikit-learn has taken the data set out: `keras.datasets.boston_housing` has it",
}
_NAME_IN = re.compile(r"cannot import name '(\w+)' from '([\w.]+)'|module '([\w.]+)' has no attribute '(\w+)'")


def module_missing(name: str, synthetic: bool) -> str:
    """What to do where a module is missing; goes behind «there is no module …»."""
    from kerasvae_lint.runtime import standins

    for gone, advice in _GONE.items():
        if name == gone or name.startswith(gone + "."):
            return advice
    top = name.partition(".")[0]
    if name != top and top in {"keras", "tf_keras", "tensorflow", "sklearn", "scipy"}:
        return "it was in an older release, and kvlint knows of nothing that took its place"
    offer = ", or give --synthetic, which has a stand-in" if top in standins.MADE and not synthetic else ""
    return f"pip install {PACKAGES.get(top, top)} in this environment, or put it beside the script{offer}"


def name_missing(error: BaseException) -> str:
    """What to do where a library has no such name any more; empty if that isn't known."""
    found = _NAME_IN.search(str(error))
    if found is None:
        return ""
    module, name = (found[2], found[1]) if found[1] else (found[3], found[4])
    return _GONE_NAMES.get((module, name), "")


def file_missing(error: Any, synthetic: bool) -> str:
    """The file that a script reads and that is not there; what kvlint can do about it."""
    path = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else str(error)
    inside = os.path.relpath(path) if os.path.isabs(path) and path.startswith(os.getcwd() + os.sep) else path
    advice = "put it there" if synthetic else "put it there, or give --synthetic, which makes data up"
    return f"it reads `{inside}`, which is not there: {advice}"


def python_2(message: str) -> str:
    """A word about a syntax error that tells of Python 2; empty for another one."""
    if any(sign in message for sign in ("Missing parentheses in call to", "multiple exception types must be")):
        return "this is Python 2, which Keras runs on no more: convert the script first (`print(…)`, `except E as e`)"
    return ""


def python_2_in(text: str) -> str:
    """The same of a program that can't be parsed."""
    try:
        ast.parse(text)
    except SyntaxError as error:
        return python_2(str(error.msg))
    except ValueError:
        return ""
    return ""
