"""The limits of all readers, with reasons.

A small file can claim, or unpack to, any amount of memory, so each limit is checked before anything is
unpacked.
"""

from __future__ import annotations

# All of CelebA (202,599 pictures) fits. Of more, this many are drawn, always the same ones.
MAX_PICTURES = 250_000
# One picture, by its header: a phone's 40 megapixels take 120 MB while they are scaled down.
MAX_PIXELS = 40_000_000
# One member of a zip, packed or not; camera files are well below.
MAX_MEMBER_BYTES = 256 * 2**20
# All members of a zip together. One is in memory at a time: this only keeps a zip bomb from taking days.
MAX_ARCHIVE_BYTES = 32 * 2**30
# All arrays that are unpacked of an .npz (dSprites: 3.0 GB).
MAX_ARRAY_BYTES = 4 * 2**30
# A table of attributes as text (CelebA: 26 MB), and how many attributes it may name.
MAX_TABLE_BYTES = 128 * 2**20
MAX_ATTRIBUTES = 256
# The most columns of it that are analysed.
MAX_COLUMNS = 2000
# More "classes" than this are numbers of another kind: ages, identities, prices.
MAX_CLASSES = 1000
# What is kept of the other columns, numbers and texts, for colouring and finding.
MAX_KEPT_BYTES, MAX_KEPT_COLUMNS = 256 * 2**20, 256
# The sides that the models draw.
SMALLEST_SIDE, LARGEST_SIDE = 8, 64
