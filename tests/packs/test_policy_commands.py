"""`yibao policy` and `yibao notice`: what they print, as tables and as JSON, and how they end."""

import json

import pytest
from typer.testing import CliRunner

from yibao.cli.main import main, policy_app
from yibao.cli.notice import notice_app
from yibao.packs.entries import NoSuchEntry
from yibao.packs.policies import NoSuchArea

CITY = "990100_city/financing.yaml"


def run(app, *words):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_check_counts_quotes_and_ends_well(write, texts):
    result = run(policy_app, "check", "--policies", write(), "--texts", texts)
    assert result.exit_code == 0
    assert "3 quotes verified, 0 could not be verified" in result.output


def test_check_says_which_text_is_wanting(write):
    result = run(policy_app, "check", "--policies", write())
    assert result.exit_code == 0
    assert "手头没有原文：测发〔2022〕1号（3 条）" in result.output
    assert "yibao notice add FILE" in result.output


def test_check_ends_badly_on_an_error(write):
    folder = write({CITY: ("standard: 610 元", "standard: 600 元")})
    result = run(policy_app, "check", "--policies", folder, "--json")
    assert result.exit_code == 1
    assert json.loads(result.output)["errors"][0]["value"] == "600.00"


def test_what_cannot_be_read_is_said_in_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["yibao", "policy", "check", "--policies", str(tmp_path / "nowhere")])
    with pytest.raises(SystemExit, match="1"):
        main()
    assert capsys.readouterr().err.startswith("没有政策文件夹")


def test_list_show_and_diff(write):
    folder = write()
    assert [
        row["code"] for row in json.loads(run(policy_app, "list", "--policies", folder, "--json").output)
    ] == [
        "000000",
        "990000",
        "990100",
        "990122",
    ]
    shown = json.loads(run(policy_app, "show", "990122", "--policies", folder, "--json").output)
    assert [row["entry"] for row in shown] == [
        "990122 financing.subsidy 2022-01-01",
        "000000 financing.subsidy_floor 2022-01-01",
    ]
    one = run(policy_app, "show", "990122", "financing.subsidy", "--policies", folder)
    assert "central 488 元" in one.output
    differing = json.loads(run(policy_app, "diff", "990100", "990122", "--policies", folder, "--json").output)
    assert [row["entry"] for row in differing["differs"]] == ["financing.subsidy"]
    assert isinstance(run(policy_app, "show", "990199", "--policies", folder).exception, NoSuchArea)
    assert isinstance(
        run(policy_app, "show", "990122", "subsidy", "--policies", folder).exception, NoSuchEntry
    )
    assert run(policy_app, "diff", "990122@x", "990100", "--policies", folder).exit_code == 2
    assert run(policy_app, "show", "990122", "--day", "June", "--policies", folder).exit_code == 2


def test_diff_names_a_few_of_many_entries_that_only_one_side_has(write):
    many = "".join(
        f"only_{at}:\n  2022-01-01:\n    a: 1\n    source: 某处\n    standing: press\n" for at in range(20)
    )
    words = ("diff", "990121", "990122", "--policies", write({"990122_county/public_services.yaml": many}))
    said = run(policy_app, *words).output
    assert "（20）" in said
    assert "only_11 等，全部见 --json" in said
    assert "only_12" not in said
    assert len(json.loads(run(policy_app, *words, "--json").output)["only_right"]) == 20


def test_new_year_lists_what_to_fill(write, tmp_path):
    ends = ("    county: 40%\n", "    county: 40%\n    last_day: 2023-12-31\n")
    result = run(
        policy_app, "new-year", "990100", 2024, "--to", tmp_path / "next", "--policies", write({CITY: ends})
    )
    assert result.exit_code == 0
    assert "standard、central、county" in result.output


def test_new_year_that_assumes_lists_what_it_carried(write, tmp_path):
    ends = ("    county: 40%\n", "    county: 40%\n    last_day: 2023-12-31\n")
    folder = write({CITY: ends})
    words = ("new-year", "990100", 2024, "--assume", "--policies", folder)
    result = run(policy_app, *words, "--to", tmp_path / "next")
    assert result.exit_code == 0
    for said in ("2024 年沿用 1 块，都记为假定", "2022-01-01", "逐块换成文件的数字"):
        assert said in result.output.replace("\n", "")
    rows = json.loads(run(policy_app, *words, "--to", tmp_path / "other", "--json").output)["carried"]
    assert [(row["entry"], row["figures"], row["moved"]) for row in rows] == [
        ("subsidy", ["standard", "central", "county"], [])
    ]


def test_notice_add_and_list(write, texts):
    folder = write()
    refused = run(notice_app, "add", texts / "one.txt", "--policies", folder)
    assert "正文与在册文本不同" in str(refused.exception)
    listed = json.loads(run(notice_app, "list", "--policies", folder, "--texts", texts, "--json").output)
    assert listed[0]["text_at_hand"] is True
    assert "有，文本不同" in run(notice_app, "list", "--policies", folder, "--texts", texts).output.replace(
        "\n", ""
    )
