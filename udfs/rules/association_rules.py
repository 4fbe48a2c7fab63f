"""Association rules, exactly: frequent item sets, the rules they make, and what a shorter rule already says."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from pyflink.table import DataTypes

# Hashable, and comparable with one another.
Items = tuple[Any, ...]
Threshold = int | float | str | Decimal | Fraction
# So many bits of integers are joined in the time that one item of a basket takes, about: the best of 100 to 1500 tried.
_BITS_AN_ITEM = 100


class Rule(NamedTuple):
    """If the antecedent A, then the consequent B; all measures come from these four integers.

    Formulas: Agrawal et al., Mining Association Rules between Sets of Items, 1993 (support, confidence); Brin et al.,
    Dynamic Itemset Counting, 1997 (lift, conviction); Piatetsky-Shapiro, 1991 (leverage).

    >>> rule = Rule(("bread",), ("butter",), count=2, antecedent_count=3, consequent_count=2, total=4)
    >>> rule.support, round(rule.confidence, 3), round(rule.lift, 3), rule.leverage, rule.conviction, rule.union_support
    (0.5, 0.667, 1.333, 0.125, 1.5, 0.75)
    """

    antecedent: Items
    consequent: Items
    count: int
    antecedent_count: int
    consequent_count: int
    total: int

    @property
    def support(self) -> float:
        """P(A and B)."""
        return self.count / self.total

    @property
    def confidence(self) -> float:
        """P(B given A)."""
        return self.count / self.antecedent_count

    @property
    def lift(self) -> float:
        """P(A and B) / (P(A) P(B)): 1 where A says nothing of B."""
        return self.count * self.total / (self.antecedent_count * self.consequent_count)

    @property
    def leverage(self) -> float:
        """P(A and B) - P(A) P(B)."""
        return (self.count * self.total - self.antecedent_count * self.consequent_count) / self.total**2

    @property
    def conviction(self) -> float:
        """P(A) P(not B) / P(A and not B): infinite where the rule always holds."""
        broken = self.antecedent_count - self.count
        if broken == 0:
            return math.inf
        return self.antecedent_count * (self.total - self.consequent_count) / (self.total * broken)

    @property
    def union_support(self) -> float:
        """P(A or B) = P(A) + P(B) - P(A and B)."""
        return (self.antecedent_count + self.consequent_count - self.count) / self.total

    def row(self) -> tuple:
        """The rule for SQL: its items as texts, its count and its measures; an infinite conviction is NULL.

        >>> Rule(("a", "c"), ("b",), 1, 1, 2, 4).row()
        ('a, c', 'b', 1, 0.25, 1.0, 2.0, 0.125, None, 0.5)
        """
        conviction = None if math.isinf(self.conviction) else self.conviction
        return (
            ", ".join(map(str, self.antecedent)), ", ".join(map(str, self.consequent)), self.count, self.support,
            self.confidence, self.lift, self.leverage, conviction, self.union_support,
        )  # fmt: skip


def mine_rules(
    baskets: Sequence[Collection[Hashable]],
    *,
    min_support: Threshold,
    min_confidence: Threshold,
    max_length: int | None = None,
    weights: Sequence[int] | None = None,
    single_consequent: bool = True,
) -> list[Rule]:
    """The rules over `baskets` with at least this support and confidence, in the order of `rules_of`.

    An empty basket counts in the total; an item counts once a basket. With `weights`, one integer from 0 up for each
    basket, supports are shares of the total weight. `max_length` bounds the items of a rule. A rule exactly on a
    threshold is in: see `exactly`. Items must be comparable with one another.

    Raises ValueError for a threshold outside (0, 1], a `max_length` below 2, or weights that are none.

    >>> baskets = [("bread", "butter"), ("bread", "butter"), ("bread",), ()]
    >>> for rule in mine_rules(baskets, min_support=0.5, min_confidence="2/3"):
    ...     print(rule.antecedent, rule.consequent, rule.count)
    ('butter',) ('bread',) 2
    ('bread',) ('butter',) 2
    """
    if max_length is not None and max_length < 2:
        raise ValueError(f"max_length: a rule has at least two items, got {max_length}")
    total = len(baskets) if weights is None else _checked(weights, len(baskets))
    counts = frequent_item_sets(baskets, min_support=min_support, max_length=max_length, weights=weights)
    return rules_of(
        counts, total, min_support=min_support, min_confidence=min_confidence, single_consequent=single_consequent
    )


def frequent_item_sets(
    baskets: Sequence[Collection[Hashable]],
    *,
    min_support: Threshold,
    max_length: int | None = None,
    weights: Sequence[int] | None = None,
) -> dict[Items, int]:
    """The item sets, as sorted tuples, that are in enough of the baskets, with the count or weight of these.

    Depth first over the baskets of each item as bits of one integer (Zaki, Scalable Algorithms for Association Mining,
    2000): to count an item set is to AND two integers.

    >>> frequent_item_sets(["ab", "ab", "a", ""], min_support=0.5)
    {('a',): 3, ('a', 'b'): 2, ('b',): 2}
    """
    if max_length is not None and max_length < 1:
        raise ValueError(f"max_length: an item set has at least one item, got {max_length}")
    total = len(baskets) if weights is None else _checked(weights, len(baskets))
    least = max(math.ceil(_share("min_support", min_support) * total), 1)
    weight_of = int.bit_count if weights is None else _weigher(weights)
    positions: dict[Any, list[int]] = defaultdict(list)
    for position, basket in enumerate(baskets):
        for item in set(basket):
            positions[item].append(position)
    singles = []
    for item in sorted(item for item, where in positions.items() if weights is not None or len(where) >= least):
        bits = _bits(positions[item], len(baskets))
        if (count := weight_of(bits)) >= least:
            singles.append((item, bits, count))
    room = max_length or len(singles)
    if weights is not None:
        return dict(_extended((), singles, least, weight_of, room))
    return dict(_projected(singles, positions, len(baskets), least, room))


def _projected(
    singles: list[tuple[Hashable, int, int]], positions: Mapping[Hashable, list[int]], total: int, least: int, room: int
) -> Iterator[tuple[Items, int]]:
    """All that `_extended` finds, but where few baskets hold an item, what goes with it is counted in these alone.

    That is cheaper where the items of these baskets are fewer than the words of all bits to be joined.
    """
    baskets: list[list[Hashable]] = [[] for _ in range(total)]
    later: dict[Hashable, int] = {}
    extensions: list[tuple[Hashable, int, int]] = []
    found: list[list[tuple[Items, int]]] = []
    for item, bits, count in reversed(singles):
        where = positions[item]
        if sum(len(baskets[position]) for position in where) * _BITS_AN_ITEM < len(extensions) * total:
            together: dict[Hashable, list[int]] = defaultdict(list)
            for number, position in enumerate(where):
                for other in baskets[position]:
                    together[other].append(number)
            further = [
                (other, _bits(numbers, count), len(numbers))
                for other, numbers in sorted(together.items(), key=lambda entry: later[entry[0]], reverse=True)
                if len(numbers) >= least
            ]
        else:
            joined = ((other, bits & other_bits) for other, other_bits, _ in reversed(extensions))
            further = [(other, common, each) for other, common in joined if (each := common.bit_count()) >= least]
        longer = _extended((item,), further, least, int.bit_count, room - 1) if room > 1 else ()
        found.append([((item,), count), *longer])
        for position in where:
            baskets[position].append(item)
        later[item] = len(extensions)
        extensions.append((item, bits, count))
    for sets in reversed(found):
        yield from sets


def _extended(
    items: Items, extensions: list[tuple[Hashable, int, int]], least: int, weight_of: Callable[[int], int], room: int
) -> Iterator[tuple[Items, int]]:
    """Each of the extensions (item, baskets, count) of an item set, followed by what extends it in turn."""
    for i, (item, bits, count) in enumerate(extensions):
        longer = (*items, item)
        yield longer, count
        if room > 1:
            further = []
            for other, other_bits, _ in extensions[i + 1 :]:
                common = bits & other_bits
                if (common_count := weight_of(common)) >= least:
                    further.append((other, common, common_count))
            if further:
                yield from _extended(longer, further, least, weight_of, room - 1)


def rules_of(
    counts: Mapping[Items, int],
    total: int,
    *,
    min_support: Threshold,
    min_confidence: Threshold,
    single_consequent: bool = True,
) -> list[Rule]:
    """The rules that item sets make whose counts are known.

    `counts` maps sorted tuples to counts; of each that is frequent it must hold every part. The order: by confidence,
    then support, both falling, then by shorter and smaller antecedent and consequent.

    >>> rules_of({("a",): 3, ("b",): 2, ("a", "b"): 2}, 4, min_support=0.5, min_confidence=1)
    [Rule(antecedent=('b',), consequent=('a',), count=2, antecedent_count=2, consequent_count=3, total=4)]
    """
    least = max(math.ceil(_share("min_support", min_support) * total), 1)
    confidence = _share("min_confidence", min_confidence)
    numerator, denominator = confidence.numerator, confidence.denominator
    rules = []
    for items, count in counts.items():
        if count < least or len(items) < 2:
            continue
        for size in (1,) if single_consequent else range(1, len(items)):
            # Combinations of a sorted tuple are sorted: those left out of the first are the last in turn.
            for antecedent, consequent in zip(
                combinations(items, len(items) - size), reversed(list(combinations(items, size)))
            ):
                if count * denominator >= numerator * counts[antecedent]:
                    rules.append(Rule(antecedent, consequent, count, counts[antecedent], counts[consequent], total))
    return sorted(
        rules,
        key=lambda rule: (
            -rule.confidence, -rule.count,
            len(rule.antecedent), rule.antecedent, len(rule.consequent), rule.consequent,
        ),
    )  # fmt: skip


def without_redundant(rules: Iterable[Rule]) -> list[Rule]:
    """The rules of which no shorter one has the same support: a part of the antecedent, and the same consequent.

    The further items of the longer antecedent are there whenever the shorter rule holds; all that they can do is leave
    out some of its exceptions. Of `rules`, each that has enough support, confidence and lift must be there: then so are
    all between a rule and a shorter one of its support, and one item less is enough to look for.

    >>> short = Rule(("a",), ("b",), 2, 3, 3, 4)
    >>> without_redundant([Rule(("a", "c"), ("b",), 2, 2, 3, 4), short]) == [short]
    True
    """
    rules = list(rules)
    known = {(rule.antecedent, rule.consequent, rule.count) for rule in rules}
    return [
        rule
        for rule in rules
        if not any(
            (shorter, rule.consequent, rule.count) in known
            for shorter in combinations(rule.antecedent, len(rule.antecedent) - 1)
        )
    ]


def exactly(threshold: Threshold) -> Fraction:
    """A threshold as an exact fraction; a float means the decimal that it prints as, not the binary nearest to it.

    >>> exactly(0.1), exactly("1/3")
    (Fraction(1, 10), Fraction(1, 3))
    """
    return Fraction(repr(float(threshold)) if isinstance(threshold, float | np.floating) else threshold)


def _share(name: str, threshold: Threshold) -> Fraction:
    try:
        share = exactly(threshold)
    except (TypeError, ValueError):
        share = Fraction(0)
    if not 0 < share <= 1:
        raise ValueError(f"{name}: expected a share above 0 and up to 1, got {threshold!r}")
    return share


def _checked(weights: Sequence[int], length: int) -> int:
    """The sum of weights; raises ValueError where they are not one integer from 0 up for each basket."""
    if len(weights) != length:
        raise ValueError(f"weights: expected one for each of {length} baskets, got {len(weights)}")
    for position, weight in enumerate(weights):
        if not isinstance(weight, int | np.integer) or weight < 0:
            raise ValueError(f"weights: expected integers from 0 up, got {weight!r} for basket {position}")
    return sum(map(int, weights))


def _bits(positions: Sequence[int], length: int) -> int:
    """An integer with a one at each of these positions."""
    marks = np.zeros(length, dtype=bool)
    marks[positions] = True
    return int.from_bytes(np.packbits(marks, bitorder="little").tobytes(), "little")


def _weigher(weights: Sequence[int]) -> Callable[[int], int]:
    """A function from baskets, as bits, to their weight: one count for each binary digit of the weights."""
    digits = max(map(int, weights), default=0).bit_length()
    planes = [
        _bits([position for position, weight in enumerate(weights) if weight >> digit & 1], len(weights))
        for digit in range(digits)
    ]

    def weight_of(bits: int) -> int:
        return sum((bits & plane).bit_count() << digit for digit, plane in enumerate(planes))

    return weight_of


RULE_TYPES = [DataTypes.STRING(), DataTypes.STRING(), DataTypes.BIGINT(), *[DataTypes.DOUBLE()] * 6]
