"""Files of claims, a piece at a time: the same as all at once, to the fen; whole or not there at all; never done twice."""

import pickle
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.engine.hostile import hostile_claims, taiyuan_periods

from yibao.engine import settler, stream, whole_persons
from yibao.engine.batch import frozen_for, on_file, settle_table
from yibao.engine.compiled import kernel_once
from yibao.engine.fit import Unfit
from yibao.engine.recipes import SETTLE_PAYERS
from yibao.engine.scan import run
from yibao.engine.settler import PAID, OutOfOrder
from yibao.engine.stream import FileUnfit, Stopped, Telling, WholeFile, settle_file
from yibao.engine.whole_persons import mixed, split, survey, unlike
from yibao.kernel.money import LARGEST_FEN

PERIODS = taiyuan_periods()
TERMS = on_file(PERIODS)
RESULTS = ["refusal", *PAID, "period"]


def quiet(*_: object) -> None:
    """Listens to nothing."""


QUIET = Telling(quiet, quiet, lambda: False)


@pytest.fixture
def claims() -> pa.Table:
    return hostile_claims(400, 31)


def save(path: Path, table: pa.Table, group: int = 211) -> Path:
    pq.write_table(table, path, row_group_size=group)
    return path


def changed(table: pa.Table, column: str, rows: Sequence[int], value: int) -> pa.Table:
    values = table.column(column).to_numpy().copy()
    values[list(rows)] = value
    return table.set_column(table.column_names.index(column), column, pa.array(values))


def surveyed(*files: Path) -> list[whole_persons.Survey]:
    return [survey(path, TERMS, quiet) for path in files]


@pytest.mark.parametrize("side_by_side", [False, True])
@pytest.mark.parametrize("piece", [1, 97, 1_000_000])
@pytest.mark.parametrize("group", [53, 1_000_000])
def test_in_pieces_is_as_all_at_once(tmp_path, monkeypatch, piece, group, side_by_side):
    claims = hostile_claims(60, 31)
    monkeypatch.setattr(stream, "PIECE", piece)
    source, target = save(tmp_path / "claims.parquet", claims, group), tmp_path / "settled.parquet"
    totals, earlier = settle_file(WholeFile(source), target, TERMS, QUIET, side_by_side=side_by_side)
    settled, expected = pq.read_table(tmp_path / "settled.parquet"), settle_table(PERIODS, claims)
    assert settled.column("person").equals(claims.column("person"))
    assert settled.select(expected.column_names).equals(expected)
    assert not earlier
    refused = expected.column("refusal").to_numpy()
    assert sum(totals.refused.values()) == (refused != 0).sum()


@pytest.mark.parametrize("piece", [1, 97, 1_000_000])
def test_a_kernel_for_these_terms_alone_settles_pieces_to_the_fen(tmp_path, monkeypatch, piece):
    claims = hostile_claims(60, 31)
    monkeypatch.setattr(stream, "PIECE", piece)
    source, target = save(tmp_path / "claims.parquet", claims), tmp_path / "settled.parquet"
    settle_file(WholeFile(source), target, frozen_for(TERMS, claims.column_names), QUIET)
    settled, expected = pq.read_table(target), settle_table(PERIODS, claims)
    assert settled.select(expected.column_names).equals(expected)


def test_sums_too_large_for_that_kernel_are_settled_by_the_one_for_all(tmp_path, monkeypatch):
    monkeypatch.setattr(stream, "PIECE", 64)
    claims, rows = hostile_claims(60, 1), range(200)
    for name, value in {"class_a_fen": LARGEST_FEN, "person": -1, "day": PERIODS[0].first_day}.items():
        claims = changed(claims, name, rows, value)
    source, target = save(tmp_path / "claims.parquet", claims), tmp_path / "settled.parquet"
    ran = []
    monkeypatch.setattr(settler, "run", lambda recipe, *a, **k: ran.append(recipe) or run(recipe, *a, **k))
    terms = frozen_for(TERMS, claims.column_names)
    settle_file(WholeFile(source), target, terms, QUIET)
    assert SETTLE_PAYERS in ran
    assert terms.frozen in ran
    expected = settle_table(PERIODS, claims)
    assert pq.read_table(target).select(expected.column_names).equals(expected)


@pytest.mark.parametrize("frozen", [False, True])
def test_what_is_alike_for_all_claims_need_not_stand_in_the_file(tmp_path, frozen):
    whole = hostile_claims(200, 31)
    alike = {"kind": 0, "day": int(whole.column("day")[0].as_py()), "covered": 1, "delivery": 0, "tier": 0}
    for name, value in alike.items():
        whole = changed(whole, name, range(whole.num_rows), value)
    source = save(tmp_path / "claims.parquet", whole.drop_columns(list(alike)))
    terms = on_file(PERIODS, alike)
    assert mixed([survey(source, terms, quiet)], quiet) == set()
    if frozen:
        terms = frozen_for(terms, pq.read_schema(source).names)
    totals, _ = settle_file(WholeFile(source), tmp_path / "settled.parquet", terms, QUIET)
    expected = settle_table(PERIODS, whole)
    assert pq.read_table(tmp_path / "settled.parquet").select(expected.column_names).equals(expected)
    assert {(kind, n) for (_, kind, _), n in totals.used.items()} >= {(0, max(totals.used.values()))}
    assert {kind for _, kind, _ in totals.used} == {0}


def test_a_column_of_the_file_goes_before_what_is_said_of_all(tmp_path, claims):
    source = save(tmp_path / "claims.parquet", claims)
    settle_file(WholeFile(source), tmp_path / "s.parquet", on_file(PERIODS, {"covered": 0}), QUIET)
    expected = settle_table(PERIODS, claims)
    assert pq.read_table(tmp_path / "s.parquet").select(expected.column_names).equals(expected)


def test_claims_in_no_order_whose_file_has_no_day_are_put_in_order(tmp_path, claims):
    day = int(claims.column("day")[0].as_py())
    whole = changed(claims, "day", range(claims.num_rows), day)
    order = np.random.default_rng(5).permutation(claims.num_rows)
    files = [save(tmp_path / "a.parquet", whole.drop_columns(["day"]).take(order))]
    facts = {"day": day}
    assert mixed([survey(files[0], on_file(PERIODS, facts), quiet)], quiet) == {0}
    [(part, rows), *others] = split(files, tmp_path / "parts", quiet, facts)
    assert rows + sum(n for _, n in others) == claims.num_rows
    settle_file(part, tmp_path / "settled.parquet", on_file(PERIODS, facts), QUIET)
    settled = pq.read_table(tmp_path / "settled.parquet")
    back = order[settled.column("row").to_numpy() - 1]
    by_person = np.lexsort([settled.column("row").to_numpy(), whole.column("person").to_numpy()[back]])
    in_order = whole.take(back[by_person])
    expected = settle_table(PERIODS, in_order)
    assert settled.take(by_person).select(RESULTS).equals(expected.select(RESULTS))


def test_another_fact_is_another_stamp():
    loaded = kernel_once(SETTLE_PAYERS)
    stamps = {
        stream.stamp_of("x", on_file(PERIODS, facts), loaded)
        for facts in ({}, {"covered": 0}, {"covered": 1})
    }
    assert len(stamps) == 3


def test_totals_are_those_of_the_bills_and_of_the_payers(tmp_path, claims):
    source = save(tmp_path / "claims.parquet", claims)
    totals, _ = settle_file(WholeFile(source), tmp_path / "settled.parquet", TERMS, QUIET)
    settled = pq.read_table(tmp_path / "settled.parquet")
    bills = sum(int(claims.column(n).to_numpy().sum()) for n in claims.column_names if n.endswith("_fen"))
    assert totals.sums["claims"] == claims.num_rows == sum(totals.used.values())
    assert totals.sums["total_fen"] == bills == sum(totals.sums[name] for name in PAID)
    assert all(totals.sums[name] == settled.column(name).to_numpy().sum() for name in PAID)
    for (period, kind, category), count in totals.used.items():
        same = np.logical_and.reduce(
            [
                settled.column("period").to_numpy() == period,
                claims.column("kind").to_numpy() == kind,
                claims.column("category").to_numpy() == category,
            ]
        )
        assert same.sum() == count


def test_results_are_packed_differences_without_a_dictionary(tmp_path, claims):
    settle_file(WholeFile(save(tmp_path / "c.parquet", claims)), tmp_path / "settled.parquet", TERMS, QUIET)
    group = pq.read_metadata(tmp_path / "settled.parquet").row_group(0)
    for at in range(group.num_columns):
        column = group.column(at)
        assert column.compression == "ZSTD"
        assert "DELTA_BINARY_PACKED" in column.encodings
        assert not any("DICTIONARY" in encoding for encoding in column.encodings), column.path_in_schema


def test_every_problem_is_told_with_file_and_row_and_nothing_is_written(tmp_path, monkeypatch, claims):
    monkeypatch.setattr(stream, "PIECE", 100)
    wrong = changed(claims, "category", [7, 250, 901], 24)
    wrong = changed(wrong, "class_a_fen", [901], LARGEST_FEN + 1)
    wrong = changed(wrong, "day", [3], 1_000)
    source, target = save(tmp_path / "claims.parquet", wrong), tmp_path / "out" / "settled.parquet"
    target.parent.mkdir()
    told: list[tuple[str, str, int]] = []

    def unfit(file: str, problem: Unfit) -> None:
        told.extend((file, problem.column, int(row)) for row in problem.rows)

    with pytest.raises(FileUnfit, match="5 处问题"):
        settle_file(WholeFile(source), target, TERMS, Telling(quiet, unfit, lambda: False))
    where = [("category", 8), ("category", 251), ("category", 902), ("class_a_fen", 902), ("day", 4)]
    assert sorted(told) == sorted((str(source), column, row) for column, row in where)
    assert list(target.parent.iterdir()) == []


def test_a_finished_file_is_not_done_again_until_something_changes(tmp_path, claims):
    source, target = save(tmp_path / "claims.parquet", claims), tmp_path / "settled.parquet"

    def again(terms=TERMS) -> bool:
        totals, earlier = settle_file(WholeFile(source), target, terms, QUIET)
        assert totals.sums["claims"] == pq.read_metadata(target).num_rows
        return earlier

    assert [again(), again()] == [False, True]
    raised = [p._replace(params=p.params._replace(basic_cap=lower(p.params.basic_cap))) for p in PERIODS]
    assert [again(on_file(raised)), again(on_file(raised)), again(), again()] == [False, True, False, True]
    save(source, changed(claims, "class_a_fen", [5], 77_777))
    assert [again(), again()] == [False, True]
    target.write_bytes(target.read_bytes()[:-20])  # a disk that lost the end
    assert [again(), again()] == [False, True]


def lower(cap):
    return cap._replace(annual_cap_fen=tuple(most // 2 for most in cap.annual_cap_fen))


def test_another_kernel_is_another_stamp():
    loaded = kernel_once(SETTLE_PAYERS)
    assert stream.stamp_of("x", TERMS, loaded) != stream.stamp_of("x", TERMS, loaded._replace(name="other"))
    assert stream.stamp_of("x", TERMS, loaded) != stream.stamp_of("y", TERMS, loaded)


@pytest.mark.parametrize("side_by_side", [False, True])
def test_what_is_interrupted_leaves_nothing_behind(tmp_path, monkeypatch, claims, side_by_side):
    monkeypatch.setattr(stream, "PIECE", 100)
    source, target = save(tmp_path / "claims.parquet", claims), tmp_path / "out" / "settled.parquet"
    target.parent.mkdir()
    done: list[int] = []
    with pytest.raises(Stopped):
        telling = Telling(done.append, quiet, lambda: len(done) == 3)
        settle_file(WholeFile(source), target, TERMS, telling, side_by_side=side_by_side)
    assert done == [100, 100, 100]
    assert list(target.parent.iterdir()) == []


def test_a_disk_that_is_full_is_told_by_whoever_writes_and_leaves_nothing_behind(
    tmp_path, monkeypatch, claims
):
    monkeypatch.setattr(stream, "PIECE", 100)
    source, target = save(tmp_path / "claims.parquet", claims), tmp_path / "out" / "settled.parquet"
    target.parent.mkdir()
    write, wrote = pq.ParquetWriter.write_table, []

    def full(self, table, *words):
        wrote.append(threading.current_thread())
        if len(wrote) == 4:
            raise OSError(28, "No space left on device")
        write(self, table, *words)

    monkeypatch.setattr(pq.ParquetWriter, "write_table", full)
    with pytest.raises(OSError, match="No space left"):
        settle_file(WholeFile(source), target, TERMS, QUIET, side_by_side=True)
    assert threading.main_thread() not in wrote
    assert list(target.parent.iterdir()) == []


def test_a_file_that_loses_its_order_while_it_is_read_is_refused(tmp_path, claims):
    backwards = claims.take(np.arange(claims.num_rows)[::-1])
    with pytest.raises(OutOfOrder) as refused:
        settle_file(WholeFile(save(tmp_path / "c.parquet", backwards)), tmp_path / "s.parquet", TERMS, QUIET)
    assert not (tmp_path / "s.parquet").exists()
    assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)


def test_a_file_without_claims_has_a_result_without_claims(tmp_path, claims):
    source = save(tmp_path / "claims.parquet", claims[:0])
    assert mixed(surveyed(source, save(tmp_path / "more.parquet", claims)), quiet) == set()
    for earlier in (False, True):
        totals, there = settle_file(WholeFile(source), tmp_path / "settled.parquet", TERMS, QUIET)
        assert (totals.sums["claims"], there) == (0, earlier)
    assert pq.read_table(tmp_path / "settled.parquet").column_names == ["person", *RESULTS]


def test_files_of_whole_persons_are_left_as_they_are(tmp_path, monkeypatch, claims):
    monkeypatch.setattr(whole_persons, "WINDOW", 64)
    by_hash = claims.column("person").to_numpy() % 3
    files = [save(tmp_path / f"{n}.parquet", claims.filter(pa.array(by_hash == n))) for n in range(3)]
    seen = surveyed(*files)
    assert all(s.in_order and not s.unfit for s in seen)
    assert sum(s.rows for s in seen) == claims.num_rows
    assert mixed(seen, quiet) == set()


def test_a_person_in_two_files_or_a_row_out_of_order_is_found(tmp_path, claims):
    person = claims.column("person").to_numpy()
    cut = int(np.flatnonzero(person == person[len(person) // 2])[1])  # inside a person
    low, high = save(tmp_path / "a.parquet", claims[:cut]), save(tmp_path / "b.parquet", claims[cut:])
    assert mixed(surveyed(low, high), quiet) == {0, 1}
    others = pa.array(claims.column("person").to_numpy() + np.int32(5_000))
    clean = save(tmp_path / "c.parquet", claims.set_column(0, "person", others))
    assert mixed(surveyed(low, high, clean), quiet) == {0, 1}
    order = np.arange(claims.num_rows)
    order[[3, 900]] = order[[900, 3]]
    assert mixed(surveyed(save(tmp_path / "d.parquet", claims.take(order)), clean), quiet) == {0}


@pytest.mark.parametrize("part_rows", [1_000_000, 100])
def test_claims_in_any_order_over_files_settle_as_in_order(tmp_path, monkeypatch, claims, part_rows):
    monkeypatch.setattr(whole_persons, "PART_ROWS", part_rows)
    monkeypatch.setattr(stream, "PIECE", 64)
    monkeypatch.setattr(whole_persons, "PIECE", 64)
    monkeypatch.setattr(whole_persons, "SPLIT", 5)
    monkeypatch.setattr(whole_persons, "GATHERED", 200)
    numbered = claims.append_column("settled_at", pa.array(np.arange(claims.num_rows)))
    order = np.random.default_rng(1).permutation(claims.num_rows)
    cut = 700
    files = [
        save(tmp_path / "a.parquet", numbered.take(order[:cut])),
        save(tmp_path / "b.parquet", numbered.take(order[cut:]).select(numbered.column_names[::-1])),
    ]
    parts = split(files, tmp_path / "parts", quiet)
    assert (len(parts) > 5) == (part_rows == 100)  # split again, then
    assert sum(rows for _, rows in parts) == claims.num_rows
    expected = settle_table(PERIODS, claims)
    seen = np.zeros(claims.num_rows, int)
    for part, _ in parts:
        settle_file(part, tmp_path / "settled.parquet", TERMS, QUIET)
        settled = pq.read_table(tmp_path / "settled.parquet")
        begin = np.where(settled.column("file").to_numpy() == 0, 0, cut)
        rows = order[begin + settled.column("row").to_numpy() - 1]
        seen[rows] += 1
        assert settled.select(RESULTS).equals(expected.take(rows).select(RESULTS))
        assert settled.column("person").equals(claims.take(rows).column("person"))
    assert (seen == 1).all()


def test_a_person_with_more_claims_than_a_part_is_one_part(tmp_path, monkeypatch, claims):
    monkeypatch.setattr(whole_persons, "PART_ROWS", 100)
    one = pa.array(
        np.where(np.arange(claims.num_rows) % 2, 7, claims.column("person").to_numpy()).astype(np.int32)
    )
    parts = split(
        [save(tmp_path / "a.parquet", claims.set_column(0, "person", one))], tmp_path / "parts", quiet
    )
    persons = [set(pa.concat_tables(part.tables()).column("person").to_pylist()) for part, _ in parts]
    assert sum(len(of) for of in persons) == len(set().union(*persons)) == len(set(one.to_pylist()))
    assert max(rows for _, rows in parts) > claims.num_rows // 2


def test_files_with_other_types_and_columns_are_split_together(tmp_path, claims):
    first = claims[:900].set_column(2, "day", claims[:900].column("day").cast(pa.date32()))
    second = claims[900:].drop_columns(["tier", "special_fund"])
    second = second.set_column(1, "kind", second.column("kind").cast(pa.int64()))
    files = [save(tmp_path / "a.parquet", first), save(tmp_path / "b.parquet", second)]
    assert unlike(files) == []
    found = pa.concat_tables(t for part, _ in split(files, tmp_path / "parts", quiet) for t in part.tables())
    found = found.sort_by([("file", "ascending"), ("row", "ascending")])
    for name in second.column_names:
        assert (
            found.column(name).cast(pa.int64()).to_pylist()
            == claims.column(name).cast(pa.int64()).to_pylist()
        )
    assert found.column("tier").to_pylist()[900:] == [0] * len(second)


def test_without_a_moment_of_settlement_the_day_decides_then_the_row(tmp_path, claims):
    order = np.random.default_rng(2).permutation(claims.num_rows)
    shuffled = claims.take(order)
    part, _ = split([save(tmp_path / "a.parquet", shuffled)], tmp_path / "parts", quiet)[0]
    rows = pa.concat_tables(part.tables())
    key = [rows.column(name).to_numpy() for name in ("person", "day", "row")]
    assert (np.lexsort(key[::-1]) == np.arange(rows.num_rows)).all()


def test_problems_of_claims_put_in_order_are_told_by_their_own_file_and_row(tmp_path, claims):
    wrong = changed(changed(claims, "slot", [11], 9), "slot", [800], 7)
    files = [save(tmp_path / "a.parquet", wrong[:500][::-1]), save(tmp_path / "b.parquet", wrong[500:])]
    told = []
    for part, _ in split(files, tmp_path / "parts", quiet):
        telling = Telling(quiet, lambda file, problem: told.append((file, problem)), lambda: False)
        try:
            settle_file(part, tmp_path / "settled.parquet", TERMS, telling)
        except FileUnfit:
            assert not (tmp_path / "settled.parquet").exists()
    found = {
        (file, int(row), int(value)) for file, p in told for row, value in zip(p.rows, p.values, strict=True)
    }
    assert found == {(str(files[0]), 500 - 11, 9), (str(files[1]), 301, 7)}


def test_what_keeps_a_file_from_being_used_is_found_at_the_first_look(tmp_path, claims):
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 no more than this")
    lacking = save(tmp_path / "lacking.parquet", claims.drop_columns(["month", "class_b_fen"]))
    holes = pa.array([None, *claims.column("person").to_pylist()[1:]], pa.int32())
    empty = save(tmp_path / "empty.parquet", claims.set_column(0, "person", holes))
    seen = surveyed(tmp_path / "broken.parquet", lacking, empty)
    assert "不是能读的 Parquet" in seen[0].unfit[0].message
    assert {problem.column for problem in seen[1].unfit} == {"month", "class_b_fen"}
    assert [(p.column, p.rows.tolist()) for p in seen[2].unfit] == [("person", [1])]
    with_moment = save(tmp_path / "m.parquet", claims.append_column("settled_at", claims.column("day")))
    at_odds = unlike([with_moment, save(tmp_path / "n.parquet", claims)])
    assert [(path.name, problem.column) for path, problem in at_odds] == [("n.parquet", "settled_at")]


def test_ids_of_claims_go_into_the_result(tmp_path, claims):
    ids = pa.array([f"c{n}" for n in range(claims.num_rows)])
    source = save(tmp_path / "claims.parquet", claims.append_column("claim_id", ids))
    settle_file(WholeFile(source), tmp_path / "settled.parquet", TERMS, QUIET)
    assert pq.read_table(tmp_path / "settled.parquet").column("claim_id").to_pylist() == ids.to_pylist()


SPLIT = """
import sys
from pathlib import Path
from yibao.engine.whole_persons import split
parts = split([Path(sys.argv[1])], Path(sys.argv[2]).parent / "parts", lambda: None)
assert sum(rows for _, rows in parts) == int(sys.argv[3])
print(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
"""

LARGE = """
import sys
from pathlib import Path
import pyarrow as pa, pyarrow.parquet as pq
from tests.engine.hostile import taiyuan_periods
from yibao.engine.batch import on_file
from yibao.engine.stream import Telling, WholeFile, settle_file
quiet = Telling(lambda n: None, lambda *_: None, lambda: False)
settle_file(WholeFile(Path(sys.argv[1])), Path(sys.argv[2]), on_file(taiyuan_periods()), quiet)
print(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
"""


@pytest.mark.slow
def test_memory_stays_below_600_mb_whatever_the_row_group(tmp_path):
    """One row group of three million claims, which would take more than that at once."""
    some = hostile_claims(20_000, 4)
    times = 3_000_000 // some.num_rows + 1
    person = np.concatenate([some.column("person").to_numpy() + n * 20_000 for n in range(times)])
    many = pa.concat_tables([some] * times).set_column(0, "person", pa.array(person.astype(np.int32)))
    source = save(tmp_path / "claims.parquet", many, group=10_000_000)
    assert pq.read_metadata(source).num_row_groups == 1
    target = tmp_path / "settled.parquet"
    for program in (LARGE, SPLIT):
        ran = subprocess.run(
            [sys.executable, "-c", program, str(source), str(target), str(many.num_rows)],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parents[2],
        )
        assert int(ran.stdout) <= 600 * 1024, "kilobytes at the most, of this process alone"
    assert pq.read_metadata(target).num_rows == many.num_rows
