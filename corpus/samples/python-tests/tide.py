def high(hours):
    """The level after some hours, in steps of a tide of twelve."""
    return abs((hours % 12) - 6)
