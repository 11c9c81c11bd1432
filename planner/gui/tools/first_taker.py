"""Several tools on one button: the first that takes the press has the gesture."""

from planner.gui.tools.tool import Pointer, Tool


class FirstTaker:
    """Offers each press to its tools in order."""

    takes_handles = True

    def __init__(self, *tools: Tool) -> None:
        self._tools = tools
        self._taker: Tool | None = None

    def press(self, pointer: Pointer) -> bool:
        """Give the gesture to the first tool that takes it."""
        self._taker = next((tool for tool in self._tools if tool.press(pointer)), None)
        return self._taker is not None

    def move(self, pointer: Pointer) -> None:
        """Go on with the tool that took it."""
        if self._taker is not None:
            self._taker.move(pointer)

    def release(self, pointer: Pointer) -> None:
        """End it."""
        if self._taker is not None:
            taker, self._taker = self._taker, None
            taker.release(pointer)

    def cancel(self) -> None:
        """Take it back."""
        if self._taker is not None:
            taker, self._taker = self._taker, None
            taker.cancel()
