#!/bin/sh
# A new volume belongs to root. Started as root, this gives DATA_DIR to the user chinwag and goes on as that user;
# started as anybody else (docker run --user, Kubernetes runAsUser) it changes nothing.
set -eu
program=/usr/local/lib/chinwag
if [ "$(id -u)" -ne 0 ]; then exec "$program" "$@"; fi
mkdir -p "$DATA_DIR"
if [ "$(stat -c %U "$DATA_DIR")" != chinwag ]; then chown -R chinwag:chinwag "$DATA_DIR"; fi
exec setpriv --reuid=chinwag --regid=chinwag --init-groups "$program" "$@"
