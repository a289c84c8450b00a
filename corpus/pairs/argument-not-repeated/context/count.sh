#!/bin/sh
echo "beds in ${GARDEN:-no garden}"
