"""What must be known of a figure stands at its number, with a footnote."""

from macla.reports.caveats import Marks


def test_a_number_carries_the_marks_of_its_runs_and_each_has_one_footnote(run, episode):
    seen = run(episode("a"), caveats=["b: seen before"])
    taught = run(episode("a"), caveats=["b: scripted", "b: seen before"])
    clean = run(episode("a"))
    marks = Marks([clean, seen, taught])
    assert marks.beside("29.3", [clean]) == "29.3"
    assert marks.beside("29.3", [seen, seen]) == "29.3 ‡"
    assert marks.beside("29.3 [20, 40]", [taught]) == "29.3 [20, 40] ‡ ¶"
    assert marks.notes() == ["‡ b: seen before.", "¶ b: scripted."]


def test_marks_do_not_run_out(run, episode):
    many = run(episode("a"), caveats=[str(k) for k in range(5)])
    assert Marks([many]).notes() == ["‡ 0.", "¶ 1.", "‖ 2.", "‡‡ 3.", "¶¶ 4."]
