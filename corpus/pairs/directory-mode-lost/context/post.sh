#!/bin/sh
if { echo letter >/srv/spool/letter; } 2>/dev/null; then
    echo "posted"
else
    echo "kept in the drawer"
fi
