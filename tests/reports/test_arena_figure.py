"""Labels of the arena's figure are not written over each other."""

from hypothesis import given
from hypothesis import strategies as st

from macla.reports.figures.arena import LINE, WIDTH, levels

POINTS = st.lists(st.tuples(st.floats(0, 1000), st.floats(0, 100)), max_size=12)


@given(POINTS)
def test_labels_that_would_meet_stand_at_different_heights(points):
    found = levels(points, 1000)
    for one, (x, y) in enumerate(points):
        for other, (x2, y2) in enumerate(points[:one]):
            if abs(x - x2) < WIDTH * 1000:
                assert abs(y + LINE * found[one] - y2 - LINE * found[other]) >= LINE - 1e-9


def test_a_label_by_itself_stands_at_its_point():
    assert levels([(500, 5), (510, 5), (600, 5), (515, 40)], 600) == [0, 1, 0, 0]
    assert levels([], 0) == []
