"""How far one press of a key moves or turns a needle."""

NUDGE_MM, NUDGE_DEG = 0.5, 0.5
