#!/bin/sh
echo "mode: ${SHOP_MODE:-development}"
