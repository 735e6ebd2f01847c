"""A real Postfix of the test's own: its configuration, queue and mailbox in one folder, the system's left alone."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers.acts import until
from tests.servers.process import answers, free_port

MAIN = """
compatibility_level = 3.6
mail_owner = postfix
queue_directory = {home}/queue
data_directory = {home}/data
myhostname = mx.clinic.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_recipient_restrictions = reject_unauth_destination
smtpd_peername_lookup = no
smtpd_forbid_bare_newline = yes
virtual_mailbox_domains = example.com
virtual_mailbox_base = {home}/mail
virtual_mailbox_maps = inline:{{ reader@example.com=reader/ }}
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
maillog_file_prefixes = {home}
maillog_file = {home}/log
"""
MASTER = """
{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
error unix - - n - - error
proxymap unix - - n - - proxymap
virtual unix - n n - - virtual
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    """A running one: reader@example.com has a mailbox, nobody else does."""

    port: int
    mailbox: Path

    def letters(self, count: int) -> list[bytes]:
        """Wait for `count` letters in the mailbox; the bytes as they are stored."""
        new = self.mailbox / "new"
        until(lambda: new.is_dir() and len(list(new.iterdir())) >= count, 20)
        return [path.read_bytes() for path in sorted(new.iterdir())]


@contextmanager
def running(program: Path, home: Path) -> Iterator[Postfix]:
    """Start it in `home` (a folder that others may enter), stop it afterwards. Only root can."""
    if os.geteuid() != 0:
        pytest.skip("Postfix drops privileges, so only root can start one of its own")
    owner = pwd.getpwnam("postfix")
    port = free_port()
    for name in ("conf", "queue", "data", "mail"):
        (home / name).mkdir()
    for name in ("data", "mail"):
        shutil.chown(home / name, owner.pw_uid, owner.pw_gid)
    main = MAIN.format(home=home, uid=owner.pw_uid, gid=owner.pw_gid)
    (home / "conf/main.cf").write_text(main)
    (home / "conf/master.cf").write_text(MASTER.format(port=port))
    _postfix(program, home, "start")
    try:
        until(lambda: answers(port))
        yield Postfix(port, home / "mail/reader")
    finally:
        _postfix(program, home, "stop")


def _postfix(program: Path, home: Path, verb: str) -> None:
    done = subprocess.run([program, "-c", home / "conf", verb], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
