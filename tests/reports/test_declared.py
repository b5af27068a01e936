"""Primary comparisons are declared, checked and adjusted together; all others are called exploratory."""

import pytest

from macla.errors import UserError
from macla.experiment import ExperimentConfig, Primary, Row
from macla.reports.cell import Cell
from macla.reports.declared import check_primary, comparisons, table

ROWS = ("macla", "none", "nearest", "elsewhere")


def experiment(*primary, baseline=None, columns=(), splits=("unseen",)):
    rows = tuple(Row(name=name, splits=("test",) if name == "elsewhere" else ()) for name in ROWS)
    declared = tuple(Primary(row=row, against=against, split=split) for row, against, split in primary)
    return ExperimentConfig(
        name="t", title="T", splits=splits, seeds=(0,), rows=rows, baseline=baseline, columns=columns, primary=declared
    )


@pytest.fixture
def cells(run, episode):
    def played(name, won, split="unseen", tasks="t"):
        episodes = [episode(f"{tasks}{k:02d}", success=k < won) for k in range(20)]
        return Cell(Row(name=name), split, [run(*episodes, split=split)])

    return [played("macla", 12), played("none", 0), played("nearest", 9), played("elsewhere", 5, "test", "u")]


def test_primary_comparisons_are_adjusted_by_holm_over_the_table(cells):
    asked = experiment(("macla", ("none", "nearest"), "unseen"), baseline="none")
    shown = table(comparisons(asked, cells))
    assert shown["comparison"].tolist() == ["primary (Holm)", "primary (Holm)", "exploratory"]
    assert shown["row"].tolist() == ["macla", "macla", "nearest"]
    assert shown["against"].tolist() == ["none", "nearest", "none"]
    assert shown["difference"].tolist() == ["+60.0", "+15.0", "+45.0"]
    assert shown["p"].tolist() == ["0.00049", "0.25", "0.0039"]
    assert shown["p (Holm)"].tolist() == ["0.00098", "0.25", "–"]


def test_without_a_declaration_all_is_exploratory_and_rows_without_common_tasks_are_passed_over(cells):
    lines = comparisons(experiment(baseline="macla", columns=("score",)), cells)
    assert [(line.row, line.measure) for line in lines] == [
        ("none", "success"), ("none", "score"), ("nearest", "success"), ("nearest", "score"),
    ]  # fmt: skip
    assert {line.primary for line in lines} == {False}
    assert set(table(lines)["comparison"]) == {"exploratory"}
    assert len(table(comparisons(experiment(), cells))) == 0


def test_a_primary_comparison_without_a_test_counts_in_the_family(run, episode):
    def of(name, *memories):
        runs = [
            run(*(episode(f"t{k:02d}", success=k < won) for k in range(20)), seed=seed)
            for seed, won in enumerate(memories)
        ]
        return Cell(Row(name=name), "unseen", runs)

    cells = [of("macla", 12, 12), of("none", 0, 0), of("nearest", 3, 9)]
    shown = table(comparisons(experiment(("macla", ("none", "nearest"), "unseen")), cells))
    assert shown["p"].tolist() == ["0.00049", "–"]
    assert shown["p (Holm)"].tolist() == ["0.00098", "–"]


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        (("macla", ("nobody",), "unseen"), "no row nobody; there are macla, none, nearest, elsewhere"),
        (("nobody", ("none",), "unseen"), "no row nobody"),
        (("macla", ("none",), "dev"), "macla has no split dev; it has unseen"),
        (("macla", ("elsewhere",), "unseen"), "elsewhere has no split unseen; it has test"),
        (("macla", ("macla",), "unseen"), "macla is compared with itself"),
    ],
)
def test_a_declaration_that_names_what_there_is_not_is_refused(declared, said):
    with pytest.raises(UserError, match=said):
        check_primary(experiment(declared))


def test_a_baseline_must_be_a_row():
    with pytest.raises(UserError, match="baseline=nobody names no row; there are macla"):
        check_primary(experiment(baseline="nobody"))
    check_primary(experiment(("macla", ("none",), "unseen"), baseline="macla"))


def test_rows_that_share_no_task_cannot_be_a_primary_comparison(cells):
    elsewhere = cells[3]._replace(split="unseen")
    with pytest.raises(UserError, match="macla and elsewhere share no task of unseen"):
        comparisons(experiment(("macla", ("elsewhere",), "unseen")), [*cells[:3], elsewhere])
