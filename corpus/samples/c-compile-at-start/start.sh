#!/bin/sh
set -e
cc -O2 -march=native -o /tmp/buoy src/buoy.c
exec /tmp/buoy
