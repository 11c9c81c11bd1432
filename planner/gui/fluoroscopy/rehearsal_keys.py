"""Every key of a rehearsal in words, for the help and the README."""

REHEARSAL_KEYS: tuple[tuple[str, str], ...] = (
    ("Space", "Take a picture; held down, it is live"),
    ("Left, Right", "Turn the arm about the patient by 2 degrees (orbital)"),
    ("Up, Down", "Tilt the arm to the head or the feet by 2 degrees (angular)"),
    ("Shift+Left, Right, Up, Down", "Move the arm by 1 cm over the patient, as the AP shows it"),
    ("Shift+PgUp, Shift+PgDown", "Raise or lower the arm by 1 cm"),
    ("N", "Note where the arm stands"),
    ("G", "Bring the arm back to where it was noted"),
    ("R", "Turn the chosen screen's picture a quarter clockwise"),
    ("F", "Flip it: exchange left and right"),
    ("C", "Close the collimator further, then open it"),
    ("M", "Magnify: read out less of the detector, for more dose"),
    ("B", "Keep the picture as a reference, then show it, then let it go"),
    ("W", "Swap the two screens"),
    ("P", "Hold a metal pointer on the skin under the mouse, or put it away"),
    ("Ctrl+press on the AP", "Set the needle of that side on the skin"),
    ("Ctrl+Left, Right, Up, Down, right mouse button", "Aim the needle by a degree"),
    ("Alt+Left, Right, Up, Down", "Move its skin point by 1 mm"),
    ("PgDown, PgUp, Ctrl+wheel", "Push what is in the hand on by 1 mm, or draw it back"),
    ("H", "A blow of the hammer"),
    (", and .", "Twist a bevelled tip"),
    ("Esc", "Leave the rehearsal"),
)
"""Keys and what they do."""
