"""Aggregates of Trino that are computed over all values of a group at once, in Trino's own order of operations."""

import heapq
import math
from dataclasses import dataclass, field
from itertools import groupby

from local_aws.athena.failure import QueryFailed
from local_aws.athena.functions.vectors import vector

_BUFFERED = 100
"""How many values Trino's numeric histogram takes beside its buckets before it merges (``NumericHistogram``)."""


@vector("DOUBLE[]", "DOUBLE[]")
def central_moments(values: list[float]) -> list[float]:
    """Give the count and the sums of the second to fourth powers of the distances from the mean."""
    mean = second = third = fourth = 0.0
    for n, value in enumerate(values, start=1):
        delta = value - mean
        part = delta / n
        change = delta * part * (n - 1)
        fourth += change * part * part * (n * float(n) - 3 * n + 3) + 6 * part * part * second - 4 * part * third
        third += change * part * (n - 2) - 3 * part * second
        second += change
        mean += part
    return [float(len(values)), second, third, fourth]


@vector("DOUBLE[] DOUBLE[] DOUBLE", "DOUBLE")
def weighted_percentile(values: list[float], weights: list[float], wanted: float) -> float:
    """Give the value below which a share of the weight is, as Trino's t-digest of few values does (``TDigest``)."""
    pairs = sorted(zip(values, weights, strict=True))
    offset, total = wanted * sum(weights), sum(weights)
    if len(pairs) == 1 or offset < 1:
        return pairs[0][0]
    if offset > total - 1:
        return pairs[-1][0]
    sofar = pairs[0][1] / 2
    if pairs[0][1] > 1 and offset < sofar:
        return pairs[0][0]
    for (left, left_weight), (right, right_weight) in zip(pairs, pairs[1:], strict=False):
        step = (left_weight + right_weight) / 2
        if sofar + step > offset:
            return _between(left, left_weight, right, right_weight, offset - sofar, sofar + step - offset)
        sofar += step
    return pairs[-1][0]


def _between(left: float, left_weight: float, right: float, right_weight: float, after: float, before: float) -> float:
    left_unit = right_unit = 0.0
    if left_weight == 1:
        if after < 0.5:
            return left
        left_unit = 0.5
    if right_weight == 1:
        if before <= 0.5:
            return right
        right_unit = 0.5
    near, far = after - left_unit, before - right_unit
    return (left * far + right * near) / (near + far)


@dataclass(order=True)
class _Bucket:
    """A bucket of a numeric histogram, ordered by what it costs to merge it with its right neighbour."""

    penalty: float
    place: int
    value: float = field(compare=False)
    weight: float = field(compare=False)
    left: "_Bucket | None" = field(compare=False, default=None, repr=False)
    right: "_Bucket | None" = field(compare=False, default=None, repr=False)
    valid: bool = field(compare=False, default=True)


def _bucket(place: int, value: float, weight: float, left: "_Bucket | None", right: "_Bucket | None") -> _Bucket:
    penalty = math.inf
    if right is not None:
        both = weight + right.weight
        penalty = both * (value - right.value) ** 2 * ((weight * right.weight) / (both * both))
    made = _Bucket(penalty, place, value, weight, left, right)
    if right is not None:
        right.left = made
    if left is not None:
        left.right = made
    return made


@vector("BIGINT DOUBLE[] DOUBLE[]", "DOUBLE[]")
def histogram_buckets(most: int, values: list[float], weights: list[float]) -> list[float]:
    """Give the buckets of ``numeric_histogram``: each value and, after it, its weight."""
    if most < 2:
        raise QueryFailed("INVALID_FUNCTION_ARGUMENT", "numeric_histogram bucket count must be greater than one")
    held: list[tuple[float, float]] = []
    for pair in zip(values, weights, strict=True):
        if len(held) == most + _BUFFERED:
            held = _compact(held, most)
        held.append(pair)
    return [number for pair in _compact(held, most) for number in pair]


def _compact(pairs: list[tuple[float, float]], most: int) -> list[tuple[float, float]]:
    merged = [
        (value, sum(weight for _, weight in same)) for value, same in groupby(sorted(pairs), lambda pair: pair[0])
    ]
    count, queue, right = len(merged), [], None
    for place in range(count - 1, -1, -1):
        right = _bucket(place, *merged[place], None, right)
        queue.append(right)
    heapq.heapify(queue)
    while count > most:
        current = heapq.heappop(queue)
        if current.valid:
            count -= 1
            _merge(queue, current)
    return sorted((bucket.value, bucket.weight) for bucket in queue if bucket.valid)


def _merge(queue: list[_Bucket], current: _Bucket) -> None:
    """Put a bucket and its right neighbour together, and count anew what its left neighbour costs."""
    right, left = current.right, current.left
    right.valid = False
    weight = current.weight + right.weight
    value = (current.value * current.weight + right.value * right.weight) / weight
    made = _bucket(current.place, value, weight, None, right.right)
    heapq.heappush(queue, made)
    if left is not None:
        left.valid = False
        heapq.heappush(queue, _bucket(left.place, left.value, left.weight, left.left, made))
