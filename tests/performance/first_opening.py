"""Run by test_stalls in a process of its own: open images before any library is loaded.

Prints the longest times, in milliseconds, that the window's loop stood still: while libraries
were loaded beside it, and from the end of loading until the case was on screen.
"""

import sys
import time
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer

from planner.gui.application import build_window, the_application
from planner.gui.preferences import Preferences

_LOOK_ON_MS = 1500

application = the_application()
session = build_window(application, Preferences())
session.window.show()
loop, timer = QEventLoop(), QTimer()
longest_ms = {"loading": 0.0, "showing": 0.0}
turned_s: list[float] = []


def tick() -> None:
    now_s = time.perf_counter()
    part = "loading" if session.desk is None else "showing"
    waited_s = now_s - turned_s.pop() if turned_s else 0.0
    longest_ms[part] = max(longest_ms[part], 1000.0 * waited_s)
    turned_s.append(now_s)


timer.timeout.connect(tick)
session.opened.connect(lambda: QTimer.singleShot(_LOOK_ON_MS, loop.quit))
session.front_desk.refused.connect(lambda problem: (sys.stderr.write(f"{problem}\n"), loop.quit()))
QTimer.singleShot(200, lambda: (timer.start(0), session.open_path(Path(sys.argv[1]))))
loop.exec()
session.window.close()
sys.stdout.write(f"{longest_ms['loading']:.0f} {longest_ms['showing']:.0f}\n")
