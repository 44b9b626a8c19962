"""What each command does: takes the parsed arguments, uses the engine, prints.

The parts are imported when they are wanted: opening the window must not wait for torch.
"""

from __future__ import annotations
