"""Views of a small arm, and phantoms whose parts tell left from right, up from down."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
