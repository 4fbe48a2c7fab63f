"""Again at each save."""

import pytest
from flowsift.errors import UserError
from flowsift.workbench.watch import at_each_save


def test_work_is_done_at_once_and_again_at_each_save(tmp_path, capsys):
    path = tmp_path / "sql" / "a.sql"
    path.parent.mkdir()
    path.write_text("1")
    done = []

    def work():
        done.append(path.read_text())
        if len(done) == 1:
            path.write_text("12")  # saved while it works: that is seen too
            raise UserError("an error is shown, and does not end it")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        at_each_save([tmp_path], work)
    assert done == ["1", "12"]
    assert "an error is shown" in capsys.readouterr().err
