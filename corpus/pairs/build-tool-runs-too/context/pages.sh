#!/bin/sh
case "$1" in
again) m4 /srv/page.m4 ;;
*) cat /srv/page.txt ;;
esac
