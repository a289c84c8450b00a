#!/bin/sh
echo "words: $(cat words.txt 2>/dev/null | wc -l)"
