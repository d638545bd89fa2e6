"""Which steps may begin: those whose needs are met, side by side as far as there are sessions."""

from graphlib import TopologicalSorter

from runner.pipeline.parameters import GLUE, kernel_name
from runner.pipeline.steps import needed_steps


class Schedule:
    """The order of the steps of a run; what they need of other steps counts as done.

    ``width`` notebooks at the most may use a Glue session at a time. Plain Python notebooks need none.
    """

    def __init__(self, steps: list[str], width: int):
        self._order, self._width = steps, width
        self._sorter = TopologicalSorter({step: set(needed_steps(step)) & set(steps) for step in steps})
        self._sorter.prepare()
        self._ready: set[str] = set()
        self._left = set(steps)
        self.running: set[str] = set()

    @property
    def needs_sessions(self) -> bool:
        """Whether a notebook is left that uses a Glue session."""
        return any(kernel_name(step) == GLUE for step in self._left)

    def next_step(self) -> str | None:
        """A step that may begin now; it counts as begun."""
        self._ready.update(self._sorter.get_ready())
        for step in self._order:
            if step in self._ready and self._has_room(step):
                self._ready.remove(step)
                self.running.add(step)
                return step
        return None

    def succeeded(self, step: str) -> None:
        """Let the steps begin that waited for this one."""
        self.running.discard(step)
        self._left.discard(step)
        self._sorter.done(step)

    def failed(self, step: str) -> None:
        """What waited for this one will not begin."""
        self.running.discard(step)

    def _has_room(self, step: str) -> bool:
        using = sum(kernel_name(other) == GLUE for other in self.running)
        return kernel_name(step) != GLUE or using < self._width
