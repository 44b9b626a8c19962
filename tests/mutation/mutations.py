"""What is done to a sound file: each is a function of the content and a source of chance."""

from __future__ import annotations

import copy
import gzip
import io
import json
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any

Mutation = Callable[[bytes, random.Random], bytes]

EXTREMES = (
    0,
    1,
    -1,
    2,
    127,
    128,
    255,
    256,
    2**15,
    2**16 - 1,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**63 - 1,
    2**64 - 1,
)
_LONG = "x" * 140_000


def _deep(depth: int) -> list[Any]:
    """Lists in lists."""
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


ODD_VALUES: tuple[Any, ...] = (
    None, True, False, -1, 0, 1, 2**31, 2**63, 10**400, 0.5, -0.0, 1e308, float("nan"), float("inf"),
    "", "0", " ", "x\0y", "\ud800", "\x1b[31mred\nnext", "../../etc", "<b>bold</b>", _LONG,
    [], {}, [None], {"": 1}, [[]], [1.0] * 3, [1.0] * 300, [10**400], ["x"], list(range(100_000)), _deep(300),
)  # fmt: skip


def flip_bits(content: bytes, chance: random.Random) -> bytes:
    """One to eight bits the other way."""
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 4, 8))):
        if changed:
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def cut_short(content: bytes, chance: random.Random) -> bytes:
    """Only the beginning."""
    return content[: chance.randrange(len(content) + 1)]


def take_out(content: bytes, chance: random.Random) -> bytes:
    """Without some bytes from its midst."""
    start = chance.randrange(len(content) + 1)
    return content[:start] + content[start + chance.choice((1, 2, 4, 8, 64, 1000)) :]


def put_in(content: bytes, chance: random.Random) -> bytes:
    """With some random bytes in its midst."""
    start = chance.randrange(len(content) + 1)
    return content[:start] + chance.randbytes(chance.choice((1, 2, 4, 8, 64, 1000))) + content[start:]


def repeat_part(content: bytes, chance: random.Random) -> bytes:
    """A part of it twice, or many times."""
    start = chance.randrange(len(content) + 1)
    part = content[start : start + chance.choice((1, 4, 16, 100, 1000))]
    return content[:start] + part * chance.choice((2, 2, 3, 50)) + content[start:]


def blank(content: bytes, chance: random.Random) -> bytes:
    """A part of it all zeros, or all ones."""
    start = chance.randrange(len(content) + 1)
    length = min(chance.choice((1, 4, 16, 100, 1000)), len(content) - start)
    return content[:start] + chance.choice((b"\0", b"\xff")) * length + content[start + length :]


def set_number(content: bytes, chance: random.Random) -> bytes:
    """A field of 1 to 8 bytes somewhere, mostly near the beginning, at an extreme."""
    width = chance.choice((1, 2, 4, 4, 8))
    if len(content) < width:
        return content
    start = chance.randrange(min(len(content) - width + 1, chance.choice((64, 200, len(content)))))
    return _with_number(content, start, width, chance)


def _with_number(content: bytes, start: int, width: int, chance: random.Random) -> bytes:
    value = chance.choice((*EXTREMES, len(content), len(content) + 1)) % 256**width
    order = "big" if chance.random() < 0.5 else "little"
    return content[:start] + value.to_bytes(width, order) + content[start + width :]


def swap_parts(content: bytes, chance: random.Random) -> bytes:
    """Two parts change places."""
    first, second, third = sorted(chance.randrange(len(content) + 1) for _ in range(3))
    return content[:first] + content[second:third] + content[first:second] + content[third:]


def alter_digits(content: bytes, chance: random.Random) -> bytes:
    """A number in a text, if there is one, another."""
    places = [place for place, byte in enumerate(content[:200_000]) if 48 <= byte <= 57]
    if not places:
        return flip_bits(content, chance)
    place = chance.choice(places)
    number = chance.choice((b"-1", b"0", b"99999999999999999999", b"1e999", b"nan", b"9" * 5000, b"", b"0.5"))
    return content[:place] + number + content[place + 1 :]


RAW: tuple[Mutation, ...] = (
    flip_bits, flip_bits, cut_short, take_out, put_in, repeat_part, blank, set_number, set_number, swap_parts,
    alter_digits,
)  # fmt: skip


def raw(content: bytes, chance: random.Random) -> bytes:
    """Any of those above, once or twice."""
    for _ in range(chance.choice((1, 1, 1, 2))):
        content = chance.choice(RAW)(content, chance)
    return content


# JSON


def odd_value(chance: random.Random) -> Any:
    """Something that is hardly ever expected; nobody else's."""
    return copy.deepcopy(chance.choice(ODD_VALUES))


def alter_json(text: str, chance: random.Random) -> str:
    """One to three values replaced, taken out, doubled or added; not always JSON afterwards."""
    document = json.loads(text)
    for _ in range(chance.choice((1, 1, 2, 3))):
        places = list(_places(document))
        if not places:
            return json.dumps(odd_value(chance))
        holder, key = chance.choice(places)
        match chance.randrange(6):
            case 0:
                del holder[key]
            case 1 if isinstance(holder, dict):
                holder[chance.choice(("", "more", "\ud800", "format", "__class__"))] = chance.choice(
                    ODD_VALUES
                )
            case 1:
                holder.insert(key, odd_value(chance))
            case 2 if isinstance(holder, list):
                times = chance.choice((1, 2, 1000))
                holder[key:key] = [holder[key]] * (times if len(repr(holder[key])) < 200 else 1)
            case _:
                holder[key] = odd_value(chance)
    text = json.dumps(document)
    if chance.random() < 0.05:
        depth = chance.choice((100, 5_000, 200_000))
        return "[" * depth + (text if depth < 1000 else "")
    return text


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Whatever is held by something in a document: (holder, key)."""
    keys = (
        value.items() if isinstance(value, dict) else enumerate(value[:50]) if isinstance(value, list) else ()
    )
    for key, inner in list(keys):
        yield value, key
        yield from _places(inner)


# Safetensors: a header of JSON, and in it a card of JSON


def alter_header(key: str) -> Mutation:
    """Of a .safetensors file: the card under `key`, the header around it, or the numbers behind them."""

    def alter(content: bytes, chance: random.Random) -> bytes:
        length = int.from_bytes(content[:8], "little")
        text, body = content[8 : 8 + length].decode(), content[8 + length :]
        what = chance.randrange(5)
        if what < 3:
            header = json.loads(text)
            header["__metadata__"][key] = alter_json(header["__metadata__"][key], chance)
            text = json.dumps(header)
        elif what == 3:
            text = alter_json(text, chance)
        else:
            body = alter_floats(body, chance)
        head = text.encode("utf-8", "surrogatepass")
        return len(head).to_bytes(8, "little") + head + body

    return alter


def alter_floats(body: bytes, chance: random.Random) -> bytes:
    """Some of many float32 numbers NaN, infinite or very large."""
    odd = struct.pack("<f", chance.choice((float("nan"), float("inf"), -3e38, 3e38, 1e-45)))
    if chance.random() < 0.3:
        return odd * (len(body) // 4) + body[len(body) // 4 * 4 :]
    start = 4 * chance.randrange(max(1, len(body) // 4))
    return (body[:start] + odd + body[start + 4 :])[: len(body)]


# PNG: chunks, with the right checksum


def alter_chunks(content: bytes, chance: random.Random) -> bytes:
    """Chunks changed, dropped, doubled, moved; each with the right checksum."""
    chunks = list(png_chunks(content))
    for _ in range(chance.choice((1, 1, 2))):
        number = chance.randrange(len(chunks))
        name, data = chunks[number]
        match chance.randrange(6):
            case 0:
                del chunks[number]
            case 1:
                chunks.insert(chance.randrange(len(chunks) + 1), (name, data))
            case 2:
                odd = chance.choice(
                    (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"iCCP", b"acTL", b"fcTL", b"PLTE", b"tRNS")
                )
                body = chance.choice(
                    (data, b"", b"latentlab\0", b"latentlab\0\0" + zlib.compress(bytes(10**7)))
                )
                chunks.insert(1, (odd, body))
            case _:
                chunks[number] = name, raw(data, chance)
        if not chunks:
            break
    return png_of(chunks)


def alter_text(content: bytes, chance: random.Random) -> bytes:
    """The description in the text of a PNG."""
    chunks = list(png_chunks(content))
    for number, (name, data) in enumerate(chunks):
        if name == b"tEXt" and data.startswith(b"latentlab\0"):
            altered = altered_description(data[10:].decode("latin-1"), chance)
            chunks[number] = name, b"latentlab\0" + altered.encode("latin-1", "replace")
    return png_of(chunks)


def altered_description(text: str, chance: random.Random) -> str:
    """A description of a picture, or the recipe that is a text in it."""
    fields = json.loads(text)
    if "recipe" in fields["extra"] and chance.random() < 0.6:
        fields["extra"]["recipe"] = alter_json(fields["extra"]["recipe"], chance)
        return json.dumps(fields)
    return alter_json(text, chance)


def png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(type, data) of each chunk of a sound PNG."""
    place = 8
    while place < len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        yield content[place + 4 : place + 8], content[place + 8 : place + 8 + length]
        place += 12 + length


def png_of(chunks: list[tuple[bytes, bytes]]) -> bytes:
    """A PNG of these chunks, each with its length and checksum."""
    made = [struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(made)


# Zips and the arrays in them

_ODD_NAMES = (
    "", "/", "//", "..", "../x.png", "/x.png", "a\\b\\c.png", "\0.png", "x" * 300 + ".png",
    "é".encode().decode("cp437"), "con.png", "a/", ".png", "__MACOSX/._x.png", "labels.csv", "dataset.json",
    "a:b.png", "\u202epng.exe", "x_t.npy",
)  # fmt: skip


def alter_zip(content: bytes, chance: random.Random) -> bytes:
    """Members renamed, changed, doubled; packed otherwise; or fields of the table of contents extreme."""
    if chance.random() < 0.4:
        return _alter_directory(content, chance)
    members = _members(content)
    for _ in range(chance.choice((1, 1, 2))):
        number = chance.randrange(len(members))
        name, data = members[number]
        match chance.randrange(4):
            case 0:
                members[number] = chance.choice(_ODD_NAMES), data
            case 1:
                members.append((name, raw(data, chance)))
            case 2:
                del members[number]
            case _:
                members[number] = (
                    name,
                    alter_npy(data, chance) if name.endswith(".npy") else raw(data, chance),
                )
        if not members:
            break
    return zip_of(
        members,
        chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)),
    )


def _alter_directory(content: bytes, chance: random.Random) -> bytes:
    """A field of a local header, of the table of contents or of its end, at an extreme."""
    fields = {b"PK\x03\x04": 30, b"PK\x01\x02": 46, b"PK\x05\x06": 22}
    for _ in range(chance.choice((1, 1, 2, 3))):
        mark, length = chance.choice(list(fields.items()))
        places = [place for place in range(len(content)) if content.startswith(mark, place)]
        if places:
            start = min(chance.choice(places) + chance.randrange(4, length), len(content) - 4)
            content = _with_number(content, start, chance.choice((1, 2, 4)), chance)
    return content


def _members(content: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def zip_of(members: list[tuple[str, bytes]], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these members, whatever they are called."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packed) as archive:
        for name, data in members:
            info = zipfile.ZipInfo("x")
            info.filename, info.compress_type = name, packed
            archive.writestr(info, data)
    return stream.getvalue()


_HEADERS = (
    "{'descr': '|u1', 'fortran_order': False, 'shape': (SHAPE,), }",
    "{'descr': '|O', 'fortran_order': False, 'shape': (3,), }",
    "{'descr': '<U2000000000', 'fortran_order': False, 'shape': (), }",
    "{'descr': [('a', '<f4'), ('b', '|O')], 'fortran_order': True, 'shape': (2, 3), }",
    "{'descr': '<M8[ns]', 'fortran_order': 1, 'shape': [3], }",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (" + "1, " * 70 + "), }",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (" + "1, " * 5000 + "), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 2), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2147483648, 4294967296, 8), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1e3, True), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (3, ",
    "((((((((", "{" * 300, "'\\u00", "{'a':\n 1", "[1, 2", "0x", "1_", "f'{x}'", "\"\"\"x",
)  # fmt: skip


def alter_npy(content: bytes, chance: random.Random) -> bytes:
    """An array's bytes, or the text of its header with its length put right."""
    if chance.random() < 0.4 or content[:6] != b"\x93NUMPY":
        return raw(content, chance)
    length = int.from_bytes(content[8:10], "little")
    text, values = content[10 : 10 + length], content[10 + length :]
    if chance.random() < 0.5:
        text = chance.choice(_HEADERS).replace("SHAPE", str(chance.choice((0, 2**31, 2**40, 2**63)))).encode()
    else:
        text = raw(text, chance)
    text = text[:60_000]
    return (
        b"\x93NUMPY"
        + bytes([chance.choice((1, 1, 1, 2, 3, 0, 255)), 0])
        + struct.pack("<H", len(text))
        + text
        + values
    )


def alter_text_array(name: str) -> Mutation:
    """Of an npz: the JSON in its array `name`, or anything else of it."""

    def alter(content: bytes, chance: random.Random) -> bytes:
        import numpy as np

        if chance.random() < 0.5:
            return alter_zip(content, chance)
        members = dict(_members(content))
        text = str(np.load(io.BytesIO(members[f"{name}.npy"])))
        stream = io.BytesIO()
        altered = (
            alter_json(text, chance) if text.startswith("{") else raw(text.encode(), chance).decode("latin-1")
        )
        np.save(stream, np.str_(altered.replace("\0", "")[:200_000]))
        members[f"{name}.npy"] = stream.getvalue()
        return zip_of(list(members.items()))

    return alter


def inside_gzip(alter: Mutation) -> Mutation:
    """What is packed is altered, and packed again."""

    def altered(content: bytes, chance: random.Random) -> bytes:
        return gzip.compress(alter(gzip.decompress(content), chance), mtime=0)

    return altered


# Tables


def alter_table(content: bytes, chance: random.Random) -> bytes:
    """Cells, lines, marks and letters of a table as nobody would write them."""
    text = content.decode("utf-8")
    lines = text.split("\n")
    number = chance.randrange(len(lines))
    odd = chance.choice(
        (
            "", ",", '"', "'", ";", "\t", '"unended', "\0", _LONG, f'"{_LONG}"', '"a\nb"', "nan", "-inf",
            "1e999", "9" * 5000, "é", "e\u0301", "\ufeff", "=cmd()", "-1", "2", "yes", "\u2028", "\r",
            ",".join("x" * 2000),
        )
    )  # fmt: skip
    cells = lines[number].split(",")
    match chance.randrange(7):
        case 0:
            cells[chance.randrange(len(cells))] = odd
            lines[number] = ",".join(cells)
        case 1:
            cells.insert(chance.randrange(len(cells) + 1), odd)
            lines[number] = ",".join(cells)
        case 2:
            lines.insert(number, odd)
        case 3:
            lines[number:number] = [lines[number]] * chance.choice((1, 2, 500))
        case 4:
            del lines[number]
        case 5:
            lines = [chance.choice((";", "\t", " ", "|")).join(line.split(",")) for line in lines]
        case _:
            lines[0] = chance.choice(("", ",,,,", lines[0] * 3, odd, "a,a,a,a", "0,1,2,3"))
    how = chance.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16", "latin-1", "utf-32"))
    ends = chance.choice(("\n", "\n", "\r\n", "\r"))
    changed = ends.join(lines).encode(how, "replace")
    return raw(changed, chance) if chance.random() < 0.2 else changed


# The settings of the window


def alter_settings(content: bytes, chance: random.Random) -> bytes:
    """A value of an INI file as Qt writes it: the JSON in it, or anything else."""
    lines = content.decode("utf-8").split("\n")
    holding = [
        number for number, line in enumerate(lines) if line.startswith(("session=", "recent=", "tape="))
    ]
    if chance.random() < 0.3 or not holding:
        return raw(content, chance)
    number = chance.choice(holding)
    key, _, value = lines[number].partition("=")
    if not value.startswith('"'):
        return raw(content, chance)
    text = alter_json(value[1:-1].replace('\\"', '"').replace("\\\\", "\\"), chance)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    lines[number] = f'{key}="{escaped}"'
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def alter_state(content: bytes, chance: random.Random) -> bytes:
    """The text of a session."""
    if chance.random() < 0.2:
        return raw(content, chance)
    return alter_json(content.decode(), chance).encode("utf-8", "surrogatepass")
