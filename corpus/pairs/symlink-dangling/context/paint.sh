#!/bin/sh
. /usr/local/lib/paint/default.conf
if [ -r /etc/paint/paint.conf ]; then . /etc/paint/paint.conf; fi
echo "painting it $colour"
