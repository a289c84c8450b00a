#!/bin/sh
set -e
quays=$(jq --raw-output .quays harbour.json)
exec "$@" "$(echo "$quays" | sed 's/ quays//')"
