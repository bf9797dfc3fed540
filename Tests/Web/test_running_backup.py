"""Backups of a server under load, cut short, damaged, and brought back."""

import os
import pathlib
import random
import shutil
import subprocess
import time

import pytest
from collecting import EXPERIENCE, write_key
from conftest import PROGRAM
from test_crash import Sender, stored

ROUNDS = int(os.environ.get("BACKUP_ROUNDS", "6"))
KILLS = int(os.environ.get("BACKUP_KILLS", "25"))


def waymark(*arguments):
    return subprocess.run(
        [PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=300)


def other_disk(path):
    """A folder on another file system, where parts can't be linked; else one beside the path."""
    shared = pathlib.Path("/dev/shm")
    if shared.is_dir() and os.stat(shared).st_dev != os.stat(path).st_dev:
        return shared / f"waymark-{os.getpid()}"
    return path / "copied"


def test_running_backup_under_load_has_all_that_was_acknowledged_before(serve, tmp_path):
    (tmp_path / "experience.yaml").write_text(EXPERIENCE)
    place = (tmp_path / "data", tmp_path / "experience.yaml")
    # The log becomes parts all the time, so that they are replaced while they are copied.
    server = serve(
        *place, environment={"WAYMARK_SEALING_EVENTS": "50", "WAYMARK_SEALING_SECONDS": "1"})
    key = write_key(server)
    senders = [Sender(number, server.url, key) for number in range(3)]
    for sender in senders:
        sender.start()
    elsewhere = other_disk(tmp_path)
    made = []
    try:
        end = time.monotonic() + 60
        while not any(sender.acknowledged for sender in senders) and time.monotonic() < end:
            time.sleep(0.02)
        for number in range(ROUNDS):
            time.sleep(0.5)
            before = set().union(*(set(sender.acknowledged) for sender in senders))
            folder = (elsewhere if number % 2 else tmp_path) / f"backup-{number}"
            folder.parent.mkdir(exist_ok=True)
            run = waymark("backup", folder, "--data", place[0], "--experience", place[1])
            assert run.returncode == 0, run.stderr
            made.append((folder, before))
        for sender in senders:
            sender.ended.set()
        for sender in senders:
            sender.join(timeout=60)
            assert sender.failure is None, sender.failure
        assert server.stop() == 0
        sent = set().union(*(sender.acknowledged | sender.unanswered for sender in senders))
        for number, (folder, before) in enumerate(made):
            restored, text = tmp_path / f"restored-{number}", tmp_path / f"restored-{number}.yaml"
            run = waymark("restore", folder, "--data", restored, "--experience", text)
            assert run.returncode == 0, run.stderr
            assert text.read_text() == EXPERIENCE
            checked = waymark("doctor", "--data", restored)
            assert checked.returncode == 0 and "error" not in checked.stdout, checked.stdout
            found = stored(restored)
            assert before and before <= set(found) <= sent
            assert set(found.values()) == {1}
        sums = subprocess.run(
            ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=made[0][0],
            capture_output=True, text=True, timeout=60)
        assert sums.returncode == 0, sums.stderr
        print(f"\n{len(made)} backups beside {len(sent)} events; parts were linked and copied")
    finally:
        if elsewhere.parent != tmp_path:
            shutil.rmtree(elsewhere, ignore_errors=True)


def test_running_backup_that_was_killed_is_no_backup(shop_copy, tmp_path):
    dice = random.Random(5)
    whole, cut = 0, 0
    for number in range(KILLS):
        folder = tmp_path / f"backup-{number}"
        process = subprocess.Popen(
            [PROGRAM, "backup", folder, "--data", shop_copy / ".waymark"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(dice.uniform(0, 0.12))
        process.kill()
        process.wait(timeout=30)
        checked = waymark("restore", folder, "--check")
        if (folder / "SHA256SUMS").exists() and checked.returncode == 0:
            whole += 1
            continue
        cut += 1
        assert checked.returncode == 1, checked.stderr
        assert any(said in checked.stderr for said in (
            "no whole backup", "no backup in this folder", "ends in the midst")), checked.stderr
        restored = waymark("restore", folder, "--data", tmp_path / "restored")
        assert restored.returncode == 1 and not (tmp_path / "restored").exists()
    print(f"\n{KILLS} kills: {cut} backups were cut short, {whole} were whole")
    assert cut > 0
    assert waymark("doctor", "--data", shop_copy / ".waymark").returncode == 0


def test_running_restore_writes_over_nothing(shop_copy, tmp_path):
    backup, linked = tmp_path / "backup", tmp_path / "experience.yaml"
    linked.symlink_to(shop_copy / "experience.yaml")
    made = waymark(
        "backup", backup, "--data", shop_copy / ".waymark", "--experience", linked)
    assert made.returncode == 0 and "read back and checked" in made.stdout, made.stderr
    again = waymark("backup", backup, "--data", shop_copy / ".waymark")
    assert again.returncode == 64 and "is not empty" in again.stderr
    over = waymark("restore", backup, "--data", shop_copy / ".waymark")
    assert over.returncode == 64 and "is not empty" in over.stderr
    text = waymark(
        "restore", backup, "--data", tmp_path / "new",
        "--experience", shop_copy / "experience.yaml")
    assert text.returncode == 64 and "already" in text.stderr and not (tmp_path / "new").exists()
    good = waymark("restore", backup, "--data", tmp_path / "new")
    assert good.returncode == 0 and str(backup / "experience/experience.yaml") in good.stdout
    asked = [
        waymark(
            "map", "first_order", "--format", "json", "--data", data,
            "--experience", shop_copy / "experience.yaml")
        for data in (shop_copy / ".waymark", tmp_path / "new")]
    assert asked[0].returncode == 0 and asked[0].stdout == asked[1].stdout


@pytest.mark.parametrize("where", ["waymark.sqlite", "parts", "backup.json", "experience"])
def test_running_restore_names_the_file_that_is_damaged(shop_copy, tmp_path, where):
    # From another folder of the store, so that damage to a linked part harms no other test.
    backup = tmp_path / "backup"
    made = waymark(
        "backup", backup, "--data", shop_copy / ".waymark",
        "--experience", shop_copy / "experience.yaml")
    assert made.returncode == 0, made.stderr
    file = backup / where
    file = next(file.iterdir()) if file.is_dir() else file
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.unlink()
    file.write_bytes(content)
    run = waymark("restore", backup, "--data", tmp_path / "new")
    assert run.returncode == 1 and file.name in run.stderr, run.stderr
    assert not (tmp_path / "new").exists()
    file.unlink()
    run = waymark("restore", backup, "--data", tmp_path / "new")
    assert run.returncode == 1 and file.name in run.stderr and "no such file" in run.stderr


def test_running_backup_of_nothing_says_so(tmp_path):
    run = waymark("backup", tmp_path / "backup", "--data", tmp_path / "none")
    assert run.returncode == 1 and "no store in this folder" in run.stderr
    assert not (tmp_path / "backup").exists()
    (tmp_path / "file").write_text("")
    assert waymark("restore", tmp_path / "file", "--check").returncode == 1
