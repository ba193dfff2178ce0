"""Search, whose modules lie in `tuning/` beside the package in a source checkout.

An installed package holds them here, and not this file: setup.py packs the folder
`tuning` as `satn_keras.tuning`.
"""

import importlib.util
import pathlib
import sys

_HOME = pathlib.Path(__file__).resolve().parents[2] / "tuning"
_spec = importlib.util.spec_from_file_location(
    __name__, _HOME / "__init__.py", submodule_search_locations=[str(_HOME)]
)
_module = importlib.util.module_from_spec(_spec)
sys.modules[__name__] = _module  # what the import that runs this file gives
_spec.loader.exec_module(_module)
