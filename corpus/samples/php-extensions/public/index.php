<?php

require __DIR__ . '/../src/receipt.php';

header('Content-Type: text/plain; charset=utf-8');
echo receipt('de_DE', 1234567.891), "\n";
