"""The hash XXH64 with seed 0 (its own specification, "xxHash fast digest algorithm")."""

_ONE, _TWO, _THREE = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
_FOUR, _FIVE = 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5
_MASK = 2**64 - 1


def xxhash64(data: bytes) -> int:
    """Hash bytes to a number of 64 bits."""
    place, size = 0, len(data)
    if size >= 32:
        lanes = [(_ONE + _TWO) & _MASK, _TWO, 0, -_ONE & _MASK]
        while place <= size - 32:
            for lane in range(4):
                lanes[lane] = _round(lanes[lane], _word(data, place + 8 * lane, 8))
            place += 32
        total = sum(_rotated(lane, by) for lane, by in zip(lanes, (1, 7, 12, 18), strict=True)) & _MASK
        for lane in lanes:
            total = ((total ^ _round(0, lane)) * _ONE + _FOUR) & _MASK
    else:
        total = _FIVE
    return _mixed(_tail(data, place, (total + size) & _MASK))


def _tail(data: bytes, place: int, total: int) -> int:
    size = len(data)
    while place + 8 <= size:
        total = (_rotated(total ^ _round(0, _word(data, place, 8)), 27) * _ONE + _FOUR) & _MASK
        place += 8
    if place + 4 <= size:
        total = (_rotated(total ^ (_word(data, place, 4) * _ONE & _MASK), 23) * _TWO + _THREE) & _MASK
        place += 4
    for byte in data[place:]:
        total = _rotated(total ^ (byte * _FIVE & _MASK), 11) * _ONE & _MASK
    return total


def _mixed(total: int) -> int:
    total = (total ^ (total >> 33)) * _TWO & _MASK
    total = (total ^ (total >> 29)) * _THREE & _MASK
    return total ^ (total >> 32)


def _round(total: int, word: int) -> int:
    return _rotated((total + word * _TWO) & _MASK, 31) * _ONE & _MASK


def _rotated(value: int, by: int) -> int:
    return ((value << by) | (value >> (64 - by))) & _MASK


def _word(data: bytes, place: int, size: int) -> int:
    return int.from_bytes(data[place : place + size], "little")
