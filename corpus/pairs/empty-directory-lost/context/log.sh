#!/bin/sh
if { echo entry >>/var/lib/harbour/log; } 2>/dev/null; then
    echo "logged"
else
    echo "not logged"
fi
