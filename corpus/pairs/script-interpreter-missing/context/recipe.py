#!/usr/bin/env python3
print("two eggs, one onion")
