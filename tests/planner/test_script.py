"""What `run --print` cannot print, since SQL alone does not say it."""

from flowsift.cli.main import main


def test_the_ledger_is_left_out_and_said_to_be(tmp_path, capsys):
    (tmp_path / "x.jsonl").write_text("{}\n")
    arguments = ["--source", "flows", "--input", str(tmp_path / "x.jsonl"), "--output", str(tmp_path / "out")]
    assert main(["run", "traffic_totals", *arguments, "--print"]) == 0
    script = capsys.readouterr().out
    assert "there is no ledger here" in script and "INSERT INTO sinks.dead_letters" in script
    assert "INSERT INTO sinks.ledger" not in script and "flowsift-java-" in script


def test_a_learner_is_named(tmp_path, capsys):
    (tmp_path / "x.jsonl").write_text("{}\n")
    arguments = ["--source", "flows", "--input", str(tmp_path / "x.jsonl"), "--output", str(tmp_path / "out")]
    assert main(["run", "cluster_changes", *arguments, "--print"]) == 2
    assert "--print: clustered_hosts learns in a program" in capsys.readouterr().err
