#!/bin/sh
trap 'echo "closing the gate"; exit 0' INT
echo "watching"
for second in 1 2 3 4 5 6 7 8 9 10; do sleep 1; done
