"""The commands of the command line: each takes parsed arguments, uses the engine, and prints.

Modules are imported when needed: opening the window must not wait for torch.
"""

from __future__ import annotations
