"""Plan and rehearse vertebroplasty and balloon kyphoplasty."""

__version__ = "0.1.0"
