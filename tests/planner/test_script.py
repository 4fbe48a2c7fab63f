"""What `run --print` cannot print, since SQL alone does not say it."""

from flowsift.cli.main import main


def test_a_source_that_needs_a_program_is_named(tmp_path, capsys):
    (tmp_path / "x.jsonl").write_text("{}\n")
    arguments = ["--source", "flows_lines", "--input", str(tmp_path / "x.jsonl"), "--output", str(tmp_path / "out")]
    assert main(["run", "traffic_totals", *arguments, "--print"]) == 2
    assert "--print: the time of flows_lines is given by a program" in capsys.readouterr().err


def test_a_learner_is_named(tmp_path, capsys):
    (tmp_path / "x.jsonl").write_text("{}\n")
    arguments = ["--source", "flows", "--input", str(tmp_path / "x.jsonl"), "--output", str(tmp_path / "out")]
    assert main(["run", "cluster_changes", *arguments, "--print"]) == 2
    assert "--print: clustered_hosts learns in a program" in capsys.readouterr().err
