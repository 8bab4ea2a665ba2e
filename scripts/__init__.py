"""Commands that train, evaluate and label archives; they need more packages than the server does."""

import sys
from importlib.util import find_spec

_NEEDED = ("distributed", "fastwarc", "fsspec", "matplotlib", "pyarrow", "tqdm")

if _missing := [name for name in _NEEDED if find_spec(name) is None]:
    sys.exit(f"error: the commands need {', '.join(_missing)}, which `make tools` installs")
