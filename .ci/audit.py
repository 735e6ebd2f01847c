"""Ask whether a locked dependency has a known weakness. Usage: audit.py requirements/run.txt.

Exit 1 where one has. Where no advisory source answers, a line says that nothing was audited, and the exit is 0:
a machine without that road must still be able to check the rest.
"""

from __future__ import annotations

import json
import subprocess
import sys

LIMIT_SECONDS = 90


def main(lock: str) -> int:
    """Audit the lock file; returns the exit status."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", lock, "--no-deps", "--disable-pip"]
    command += ["--format", "json", "--progress-spinner", "off", "--timeout", "5"]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False)
        packages = json.loads(run.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        packages = []
    audited = [package for package in packages if "skip_reason" not in package]
    if not audited:
        print("dependency audit: no advisory source is reachable from here; nothing was audited")
        return 0
    weak = [package for package in audited if package["vulns"]]
    for package in weak:
        for found in package["vulns"]:
            fixed = ", ".join(found["fix_versions"]) or "no version yet"
            print(
                f"{package['name']} {package['version']}: {found['id']}; mended in {fixed}", file=sys.stderr
            )
    print(
        f"dependency audit: {len(audited)} of {len(packages)} packages audited, {len(weak)} with a known weakness"
    )
    return 1 if weak else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
