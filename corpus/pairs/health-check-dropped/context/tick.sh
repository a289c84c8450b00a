#!/bin/sh
echo "ticking"
sleep 30
