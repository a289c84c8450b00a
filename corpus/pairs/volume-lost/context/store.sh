#!/bin/sh
echo "items: $(ls /srv/attic | wc -l)"
