#!/usr/bin/env bash
# Bring the real servers that the full suite talks to. The tests start what they need themselves, on sockets and
# ports of their own: nothing is left running here. Quick, and without network, when all is there.
set -euo pipefail

# package:program
wanted=(
  postgresql:postgres
  postfix:smtp-sink
  chromium:chromium
  spamassassin:spamassassin
  nodejs:node
  npm:npm
)

has() {
  PATH="$PATH:/usr/sbin" command -v "$1" >/dev/null || compgen -G "/usr/lib/postgresql/*/bin/$1" >/dev/null
}

missing=()
for pair in "${wanted[@]}"; do
  has "${pair#*:}" || missing+=("${pair%%:*}")
done

if [ ${#missing[@]} -eq 0 ]; then
  echo "Every server that the tests talk to is installed."
  exit 0
fi
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "Missing: ${missing[*]} (names of Debian packages). Install them, then run this again." >&2
  exit 1
fi

# Debian starts a server as soon as it is installed. Policy 101 means "do not start": nothing is to listen.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections
apt-get update -qq
apt-get install -qq --yes --no-install-recommends "${missing[@]}" fonts-liberation >/dev/null
echo "Installed: ${missing[*]}"
