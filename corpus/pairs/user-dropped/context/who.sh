#!/bin/sh
echo "user $(id -u)"
