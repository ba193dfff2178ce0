"""Mark of the tests that need openSMILE.

`pytest.importorskip` would import it after TensorFlow, which `load_opensmile`
refuses.
"""

from importlib.util import find_spec

import pytest

needs_opensmile = pytest.mark.skipif(
    not find_spec("opensmile"), reason="opensmile is not installed"
)
