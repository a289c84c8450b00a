#!/usr/bin/env perl
use strict;
use warnings;
use JSON::PP;

print JSON::PP->new->canonical->encode({ sheep => 3, goats => 1 }), "\n";
