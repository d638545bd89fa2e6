"""The hash MurmurHash3 of 128 bits for 64-bit machines, with seed 0."""

_ONE, _TWO = 0x87C37B91114253D5, 0x4CF5AD432745937F
_MASK = 2**64 - 1


def murmur3_128(data: bytes) -> bytes:
    """Hash bytes to 16 bytes."""
    low = high = 0
    whole = len(data) // 16 * 16
    for place in range(0, whole, 16):
        low ^= _scrambled_low(_word(data[place : place + 8]))
        low = ((_rotated(low, 27) + high) * 5 + 0x52DCE729) & _MASK
        high ^= _scrambled_high(_word(data[place + 8 : place + 16]))
        high = ((_rotated(high, 31) + low) * 5 + 0x38495AB5) & _MASK
    tail = data[whole:]
    high ^= _scrambled_high(_word(tail[8:])) if len(tail) > 8 else 0
    low ^= _scrambled_low(_word(tail[:8])) if tail else 0
    low, high = low ^ len(data), high ^ len(data)
    low = (low + high) & _MASK
    high = (high + low) & _MASK
    low, high = _mixed(low), _mixed(high)
    low = (low + high) & _MASK
    high = (high + low) & _MASK
    return low.to_bytes(8, "little") + high.to_bytes(8, "little")


def _scrambled_low(word: int) -> int:
    return _rotated(word * _ONE & _MASK, 31) * _TWO & _MASK


def _scrambled_high(word: int) -> int:
    return _rotated(word * _TWO & _MASK, 33) * _ONE & _MASK


def _mixed(value: int) -> int:
    value = (value ^ (value >> 33)) * 0xFF51AFD7ED558CCD & _MASK
    value = (value ^ (value >> 33)) * 0xC4CEB9FE1A85EC53 & _MASK
    return value ^ (value >> 33)


def _rotated(value: int, by: int) -> int:
    return ((value << by) | (value >> (64 - by))) & _MASK


def _word(data: bytes) -> int:
    return int.from_bytes(data, "little")
