#!/bin/sh
echo "ding"
