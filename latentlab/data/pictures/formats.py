"""Recognises picture formats by file name, or else by the first bytes, and names unsupported ones.

The suffix decides where it is known. Only files without a suffix, or with an unknown one ("img_001",
"photo.dat"), are opened to look.
"""

from __future__ import annotations

import os
import re
import struct
from collections import Counter
from collections.abc import Iterable

# The only formats that are ever decoded, by Pillow's names.
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "PPM")
# How many of a file's first bytes are enough to recognise it.
HEAD_BYTES = 512
# More kinds of files than this are not listed.
_LISTED = 8


def _suffixes(names: str) -> frozenset[str]:
    return frozenset(f".{name}" for name in names.split())


SUFFIXES = _suffixes("png apng jpg jpeg jpe jfif webp bmp gif tif tiff ppm pgm pbm pnm")

_CONVERT = "convert it to JPEG or PNG"
_DEVELOP = "develop it to JPEG, PNG or TIFF"
_EXPORT = "export it as PNG or TIFF"
_DRAWN = "save it as PNG"
_PAGES = "save its pages as PNG"
_FRAMES = "save its frames as PNG or JPEG"
# Visual formats that are not read: name, advice, suffixes.
_OTHERS = (
    ("a HEIC picture", _CONVERT, "heic heif hif heics heifs"),
    ("an AVIF picture", _CONVERT, "avif avifs"),
    ("a JPEG XL picture", _CONVERT, "jxl"),
    ("a JPEG 2000 picture", _CONVERT, "jp2 j2k j2c jpc jpf jpx jpm jph"),
    ("a JPEG XR picture", _CONVERT, "jxr wdp hdp"),
    ("a TGA picture", _CONVERT, "tga targa icb vda vst"),
    ("a PCX picture", _CONVERT, "pcx"),
    ("a QOI picture", _CONVERT, "qoi"),
    ("a BPG picture", _CONVERT, "bpg"),
    ("a FLIF picture", _CONVERT, "flif"),
    ("an SGI picture", _CONVERT, "sgi"),
    ("a Sun raster picture", _CONVERT, "ras"),
    ("an XBM or XPM picture", _CONVERT, "xbm xpm"),
    ("a PAM picture", _CONVERT, "pam"),
    ("an icon", _CONVERT, "ico cur icns ani"),
    ("a DDS texture", _CONVERT, "dds"),
    ("a KTX texture", _CONVERT, "ktx ktx2"),
    ("a Photoshop file", _EXPORT, "psd psb"),
    ("a GIMP file", _EXPORT, "xcf"),
    ("a Krita file", _EXPORT, "kra"),
    ("an OpenRaster file", _EXPORT, "ora"),
    (
        "a camera's raw picture",
        _DEVELOP,
        "cr2 cr3 crw nef nrw dng arw srf sr2 orf rw2 raf pef srw x3f 3fr iiq erf kdc dcr mrw mef mos rwl fff",
    ),
    ("an EXR picture", _EXPORT, "exr"),
    ("an HDR picture", _EXPORT, "hdr rgbe"),
    ("a PFM picture", _EXPORT, "pfm"),
    ("a DICOM picture", _EXPORT, "dcm dicom"),
    ("a FITS picture", _EXPORT, "fits fit fts"),
    ("a NIfTI volume", _EXPORT, "nii"),
    ("a microscope's picture", _EXPORT, "czi lif lsm nd2 oib oif svs ndpi scn mrxs vsi"),
    ("a vector drawing", _DRAWN, "svg svgz wmf emf ai cdr"),
    ("an EPS or PostScript file", _DRAWN, "eps epsf ps"),
    ("a PDF document", _PAGES, "pdf"),
    ("a DjVu document", _PAGES, "djvu djv"),
    ("a video", _FRAMES, "mp4 m4v mov qt avi mkv webm mpg mpeg wmv flv 3gp 3g2 mts m2ts ogv vob"),
)
_NAMED = {suffix: (what, advice) for what, advice, names in _OTHERS for suffix in _suffixes(names)}
# Common files that are not pictures, often in thousands beside them; they are not opened.
_PLAIN = _suffixes(
    "txt csv tsv json jsonl ndjson xml yaml yml toml ini cfg conf md rst html htm css js ts log lst list "
    "py pyc ipynb sh bat c h cpp java r m tex bib doc docx xls xlsx ppt pptx odt ods rtf "
    "npy npz pkl pickle pt pth ckpt safetensors onnx pb h5 hdf5 mat parquet feather arrow tfrecord tfrecords "
    "lmdb mdb db sqlite sqlite3 zip tar gz tgz bz2 xz zst 7z rar iso exe dll so whl jar "
    "wav mp3 flac ogg m4a aac mid caption captions vtt srt xmp aae thm md5 sha1 sha256 "
    "sum lock bak tmp part crdownload"
)
_MAGIC = (
    (0, b"8BPS", ".psd"),
    (0, b"gimp xcf", ".xcf"),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", ".jxl"),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", ".jp2"),
    (0, b"\xff\x4f\xff\x51", ".j2k"),
    (0, b"II\xbc", ".jxr"),
    (0, b"\x76\x2f\x31\x01", ".exr"),
    (0, b"#?RADIANCE", ".hdr"),
    (0, b"SIMPLE  =", ".fits"),
    (0, b"DDS ", ".dds"),
    (0, b"qoif", ".qoi"),
    (0, b"BPG\xfb", ".bpg"),
    (0, b"FLIF", ".flif"),
    (0, b"FUJIFILMCCD-RAW", ".raf"),
    (0, b"FOVb", ".x3f"),
    (0, b"%!PS", ".eps"),
    (0, b"\xc5\xd0\xd3\xc6", ".eps"),
    (0, b"%PDF", ".pdf"),
    (0, b"AT&TFORM", ".djvu"),
    # Before cursors, whose header has the number of pictures where these have zeros.
    (0, b"\0\0\x02\0\0\0\0\0", ".tga"),
    (0, b"\0\0\x0a\0\0\0\0\0", ".tga"),
    (0, b"\0\0\x01\0", ".ico"),
    (0, b"\0\0\x02\0", ".cur"),
    (0, b"\x1a\x45\xdf\xa3", ".mkv"),
    (0, b"\0\0\x01\xba", ".mpg"),
    (8, b"AVI ", ".avi"),
    (128, b"DICM", ".dcm"),
)
_BRANDS = {
    b"avif": ".avif",
    b"avis": ".avif",
    b"crx ": ".cr3",
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"), ".heic"),
}
_SOUNDS = (b"M4A ", b"M4B ")
_BMP_HEADERS = (12, 16, 40, 52, 56, 64, 108, 124)


def looks_like_a_picture(name: str, head: bytes | None = None) -> bool:
    """Whether a file may be a picture in a format that is read.

    Args:
        name: its name, or its path with "/" between.
        head: its first HEAD_BYTES bytes, if known; needed only where `needs_a_look`.
    """
    if _suffix(name) in SUFFIXES:
        return not _is_shadow(name)
    return head is not None and needs_a_look(name) and _starts_a_picture(head)


def needs_a_look(name: str) -> bool:
    """Whether only a file's first bytes show if it is a picture, because its suffix is no help."""
    suffix = _suffix(name)
    known = suffix in SUFFIXES or suffix in _NAMED or suffix in _PLAIN
    return not known and not _base(name).startswith(".")


def why_passed_over(name: str, head: bytes | None = None) -> str | None:
    """Why a visual file is not read; None for a supported picture, and for other files.

    Args:
        name: its name, or its path with "/" between.
        head: its first HEAD_BYTES bytes, if known; needed only where `needs_a_look`.
    """
    if _is_shadow(name) or looks_like_a_picture(name, head):
        return None
    kind = _suffix(name)
    if kind not in _NAMED:
        kind = _other_kind(head) if head is not None and needs_a_look(name) else ""
    if kind not in _NAMED:
        return None
    what, advice = _NAMED[kind]
    return f"{what}, which LatentLab does not read; {advice}"


def listed_by_suffix(names: Iterable[str]) -> str:
    """The files by suffix, as text: "12 .heic, 3 .mp4, 1 .txt"; "" if there are none."""
    counts = Counter(_suffix(name) or "without a suffix" for name in names)
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    words = [f"{count:,} {suffix}" for suffix, count in ordered[:_LISTED]]
    rest = sum(count for _, count in ordered[_LISTED:])
    return ", ".join([*words, f"{rest:,} others"] if rest else words)


def _base(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]


def _suffix(name: str) -> str:
    return os.path.splitext(_base(name))[1].lower()


def _is_shadow(name: str) -> bool:
    """One of the files that macOS leaves beside others in archives and on foreign disks."""
    return _base(name).startswith("._")


def _starts_a_picture(head: bytes) -> bool:
    if head.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")):
        return True
    if head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return head[8:10] != b"CR"
    if head.startswith(b"RIFF"):
        return head[8:12] == b"WEBP"
    # Many other files begin with the same two letters.
    if head.startswith(b"BM") and len(head) >= 18:
        return head[6:10] == b"\0\0\0\0" and struct.unpack_from("<I", head, 14)[0] in _BMP_HEADERS
    return re.match(rb"P[1-6]\s+(#[^\n]*\n\s*)*\d+\s", head) is not None


def _other_kind(head: bytes) -> str:
    """The suffix of such a format; "" if unknown."""
    if head.startswith((b"II*\0", b"MM\0*")):
        return ".cr2"
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return "" if brand in _SOUNDS else _BRANDS.get(brand, ".mp4")
    for start, magic, suffix in _MAGIC:
        if head.startswith(magic, start):
            return suffix
    return (
        ".svg"
        if re.match(rb"\s*(<\?xml[^>]*>\s*|<!--.*?-->\s*|<!DOCTYPE svg[^>]*>\s*)*<svg[\s>]", head, re.DOTALL)
        else ""
    )
