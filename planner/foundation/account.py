"""Who uses the program, as the machine knows them."""

import getpass


def user_name() -> str:
    """Return the account's name; empty where the machine names none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
