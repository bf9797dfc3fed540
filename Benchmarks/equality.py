"""Whether two answers say the same."""

TOLERANCE = 1e-6


def close(one, other):
    """Integers are equal; where one is a fraction, nearly."""
    if isinstance(one, int) and isinstance(other, int):
        return one == other
    return abs(one - other) <= TOLERANCE * max(abs(one), abs(other))


def difference(one, other, keys):
    """The first row in which two answers differ, as text; None where there is none.

    A row is named by its first `keys` columns; the order of rows says nothing.
    """
    if len(one) != len(other):
        missing = {row[:keys] for row in one} ^ {row[:keys] for row in other}
        return f"{len(one)} rows against {len(other)}; in one only: {sorted(missing, key=str)[:3]}"
    others = {row[:keys]: row[keys:] for row in other}
    for row in sorted(one, key=str):
        figures = others.get(row[:keys])
        if figures is None:
            return f"{row} against no row {row[:keys]}"
        if not all(close(a, b) for a, b in zip(row[keys:], figures, strict=True)):
            return f"{row} against {(*row[:keys], *figures)}"
    return None
