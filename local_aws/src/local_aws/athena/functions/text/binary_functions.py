"""Functions of bytes: hashes, encodings and numbers as bytes (Trino, "Binary functions and operators")."""

import base64
import binascii
import hashlib
import hmac
import struct
import zlib

from local_aws.athena.functions.python_functions import trino
from local_aws.athena.functions.text.murmur3 import murmur3_128
from local_aws.athena.functions.text.text_functions import invalid
from local_aws.athena.functions.text.xxhash64 import xxhash64


@trino("sha512(varbinary) -> varbinary")
def _sha512(data: bytes) -> bytes:
    return hashlib.sha512(data).digest()


def _hmac(algorithm: str) -> None:
    @trino(f"hmac_{algorithm}(varbinary, varbinary) -> varbinary")
    def digest(data: bytes, key: bytes) -> bytes:
        if not key:
            raise invalid("Empty key")
        return hmac.new(key, data, algorithm).digest()


for _algorithm in ("md5", "sha1", "sha256", "sha512"):
    _hmac(_algorithm)


@trino("crc32(varbinary) -> bigint")
def _crc32(data: bytes) -> int:
    return zlib.crc32(data)


@trino("xxhash64(varbinary) -> varbinary")
def _xxhash64_bytes(data: bytes) -> bytes:
    return xxhash64(data).to_bytes(8, "big")


@trino("murmur3(varbinary) -> varbinary")
def _murmur3_bytes(data: bytes) -> bytes:
    return murmur3_128(data)


def _letters(given: str | bytes) -> str:
    return given.decode("latin-1") if isinstance(given, bytes) else given


@trino("to_base32(varbinary) -> varchar")
def _to_base32(data: bytes) -> str:
    return base64.b32encode(data).decode()


@trino("from_base32(varchar) -> varbinary\nfrom_base32(varbinary) -> varbinary")
def _from_base32(given: str | bytes) -> bytes:
    text = _letters(given)
    try:
        return base64.b32decode(text + "=" * (-len(text) % 8))
    except binascii.Error as error:
        raise invalid(f"Invalid input string: {text}") from error


@trino("to_base64url(varbinary) -> varchar")
def _to_base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()


def _decoded(text: str, letters: bytes | None) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), letters, validate=True)
    except ValueError as error:
        raise invalid(f"Illegal base64 input: {text}") from error


@trino(
    """
    from_base64url(varchar) -> varbinary
    from_base64url(varbinary) -> varbinary
    """
)
def _from_base64url(given: str | bytes) -> bytes:
    return _decoded(_letters(given), b"-_")


@trino("from_base64(varchar) -> varbinary\nfrom_base64(varbinary) -> varbinary")
def _from_base64(given: str | bytes) -> bytes:
    return _decoded(_letters(given), None)


@trino("from_hex(varchar) -> varbinary\nfrom_hex(varbinary) -> varbinary")
def _from_hex(given: str | bytes) -> bytes:
    text = _letters(given)
    try:
        return binascii.unhexlify(text)
    except ValueError as error:
        raise invalid(f"Invalid hex string: {text}") from error


def _number(name: str, form: str, kind: str) -> None:
    """Numbers of a fixed width, most significant byte first."""
    size = struct.calcsize(form)

    @trino(f"to_{name}({kind}) -> varbinary")
    def to_bytes(value: float) -> bytes:
        return struct.pack(form, value)

    @trino(f"from_{name}(varbinary) -> {kind}")
    def from_bytes(data: bytes) -> float:
        if len(data) != size:
            kind_of = "floating-point " if "ieee" in name else "big-endian "
            raise invalid(f"Input {kind_of}value must be exactly {size} bytes long")
        return struct.unpack(form, data)[0]


for _name, _form, _kind in (
    ("big_endian_32", ">i", "integer"),
    ("big_endian_64", ">q", "bigint"),
    ("ieee754_32", ">f", "real"),
    ("ieee754_64", ">d", "double"),
):
    _number(_name, _form, _kind)


@trino("from_utf8(varbinary) -> varchar")
def _from_utf8(data: bytes) -> str:
    return data.decode("utf-8", "replace")


@trino("from_utf8(varbinary, varchar) -> varchar")
def _from_utf8_replacing(data: bytes, replacement: str) -> str:
    if len(replacement) > 1:
        raise invalid("Replacement character string must empty or a single character")
    return data.decode("utf-8", "replace").replace("\ufffd", replacement)


@trino("from_utf8(varbinary, bigint) -> varchar")
def _from_utf8_code(data: bytes, codepoint: int) -> str:
    if not 0 <= codepoint <= 0x10FFFF:
        raise invalid("Invalid replacement character")
    return data.decode("utf-8", "replace").replace("\ufffd", chr(codepoint))


@trino("concat(varbinary, varbinary...) -> varbinary")
def _concat(*parts: bytes) -> bytes:
    return b"".join(parts)


@trino(
    """
    lpad(varbinary, bigint, varbinary) -> varbinary
    """
)
def _lpad(data: bytes, size: int, pad: bytes) -> bytes:
    return _padding(data, size, pad) + data[:size]


@trino("rpad(varbinary, bigint, varbinary) -> varbinary")
def _rpad(data: bytes, size: int, pad: bytes) -> bytes:
    return data[:size] + _padding(data, size, pad)


def _padding(data: bytes, size: int, pad: bytes) -> bytes:
    if not 0 <= size < 2**31:
        raise invalid(f"Target length must be in the range [0..{2**31 - 1}]")
    if not pad:
        raise invalid("Padding bytes must not be empty")
    missing = max(0, size - len(data))
    return (pad * (missing // len(pad) + 1))[:missing]


@trino("length(varbinary) -> bigint")
def _length(data: bytes) -> int:
    return len(data)


@trino(
    """
    substr(varbinary, bigint) -> varbinary
    substr(varbinary, bigint, bigint) -> varbinary
    substring(varbinary, bigint) -> varbinary
    substring(varbinary, bigint, bigint) -> varbinary
    """
)
def _substr(data: bytes, start: int, size: int | None = None) -> bytes:
    place = start - 1 if start > 0 else len(data) + start
    if start == 0 or place < 0 or (size is not None and size <= 0):
        return b""
    return data[place : None if size is None else place + size]
