"""Mistakes on the command line: one clear line, exit code 2, no trace."""

import socket
import threading

import grpc
import pytest
from flowsift.cli.main import all_but_hang_ups, commands, main

RUN = ["run", "--source", "flows", "--output", "out"]


def test_list_shows_every_analysis(capsys):
    assert main(["list"]) == 0
    shown = capsys.readouterr().out
    assert "host_anomalies" in shown and "--set Z_THRESHOLD=3" in shown and "zeek_conn" in shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([*RUN, "--input", "nowhere.json"], "no such file"),
        ([*RUN, "--input", "kafka://localhost"], "expected kafka://HOST:PORT/TOPIC"),
        ([*RUN, "--input", __file__, "nonsense"], "unknown analysis: nonsense"),
        ([*RUN, "--input", __file__, "--set", "Z_THRESHOLD"], "expected NAME=VALUE"),
        (["run", "--source", "pcap", "--input", __file__, "--output", "out"], "unknown source: pcap"),
        (["generate", "--output", "x.json", "--plant", "flod"], "unknown incident: flod"),
        (["generate", "--output", "x.json", "--source", "pcap"], "cannot generate 'pcap'"),
    ],
)
def test_a_mistake_is_one_line(arguments, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error


def test_an_option_may_stand_between_names(capsys):
    assert main(["run", "host_anomalies", "--source", "flows", "x", "--input", __file__, "--output", "o"]) == 2
    assert "unknown analysis: x" in capsys.readouterr().err


def test_a_secret_is_not_shown(capsys):
    arguments = [*RUN, "--input", __file__, "nonsense", "--property", "sasl.jaas.config=hunter2hunter2"]
    assert main(arguments) == 2
    assert "hunter2" not in capsys.readouterr().err


def test_results_of_two_runs_are_not_mixed(tmp_path, capsys):
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / "part-1-0").write_text("{}\n")
    assert main(["run", "--source", "flows", "--input", __file__, "--output", str(tmp_path)]) == 2
    assert "already holds results" in capsys.readouterr().err


@pytest.mark.parametrize("hung_up", [True, False])
def test_only_a_hang_up_ends_a_thread_in_silence(hung_up, capsys):
    with socket.create_server(("127.0.0.1", 0)) as silent:  # which never answers
        address = f"127.0.0.1:{silent.getsockname()[1] if hung_up else 1}"
        stream = grpc.insecure_channel(address).unary_stream("/nothing/Listens")(b"")
        if hung_up:
            stream.cancel()
        with pytest.raises(grpc.RpcError) as failure:
            next(stream)
    all_but_hang_ups(threading.ExceptHookArgs((failure.type, failure.value, failure.tb, threading.current_thread())))
    assert ("Traceback" not in capsys.readouterr().err) == hung_up


def test_every_command_is_a_module_with_a_docstring(capsys):
    found = commands()
    assert {"run", "check", "test", "demo"} <= found.keys()
    for module in found.values():
        assert module.__doc__ and module.add_arguments and module.main
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    assert all(name in shown for name in found)
