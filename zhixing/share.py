"""Share: so many of so many, with how sure that can be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from scipy.stats import binomtest


@dataclass(frozen=True)
class Share:
    """``count`` of ``total``; ``total`` is at least 1.

    References
    ----------
    Wilson (1927), JASA 22:209-212; recommended for 40 and fewer by Brown, Cai and DasGupta (2001),
    Statistical Science 16:101-133.
    """

    count: int
    total: int

    @property
    def value(self) -> float:
        """Share, 0 to 1."""
        return self.count / self.total

    @cached_property
    def bounds(self) -> tuple[float, float]:
        """Wilson's interval at 95 %."""
        found = binomtest(self.count, self.total).proportion_ci(0.95, method="wilson")
        return float(found.low), float(found.high)

    @property
    def low(self) -> float:
        """Lower bound."""
        return self.bounds[0]

    @property
    def high(self) -> float:
        """Upper bound."""
        return self.bounds[1]
