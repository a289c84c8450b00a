from tide import high


def test_turns_after_six_hours():
    assert [high(hours) for hours in (0, 3, 6, 9, 12)] == [6, 3, 0, 3, 6]
