"""How much is read of what other people made: every limit a reader holds, and why it is there.

A small file can claim, or unpack to, any amount of memory, so each of these is checked before anything is
unpacked, never afterwards.
"""

from __future__ import annotations

# All of CelebA (202,599 pictures) fits. Of more, this many are drawn, the same ones every time.
MAX_PICTURES = 250_000
# One picture, by its header: a telephone's 40 megapixels take 120 MB while they are shrunk.
MAX_PIXELS = 40_000_000
# One member of a zip, packed or not; the picture files of cameras stay well below.
MAX_MEMBER_BYTES = 256 * 2**20
# All members of a zip together. One is in memory at a time: this only stops a bomb from taking days.
MAX_ARCHIVE_BYTES = 32 * 2**30
# All arrays that are unpacked of an .npz (dSprites: 3.0 GB).
MAX_ARRAY_BYTES = 4 * 2**30
# A table of attributes as text (CelebA: 26 MB), and how many attributes it may name.
MAX_TABLE_BYTES = 128 * 2**20
MAX_ATTRIBUTES = 256
# So many columns of it are looked at.
MAX_COLUMNS = 2000
# More "classes" than this are numbers of another kind: ages, identities, prices.
MAX_CLASSES = 1000
# The sides that the models draw.
SMALLEST_SIDE, LARGEST_SIDE = 8, 64
