<?php

/** The sum as people of that country write it, and a check number that is far too long for an integer. */
function receipt(string $locale, float $sum): string
{
    $format = new NumberFormatter($locale, NumberFormatter::DECIMAL);
    $check = gmp_strval(gmp_pow(7, 40));

    return $format->format($sum) . ' / ' . $check;
}
