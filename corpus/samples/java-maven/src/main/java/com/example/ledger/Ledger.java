package com.example.ledger;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;

/** Adds up the entries that come with the archive. */
public final class Ledger {
    private Ledger() {
    }

    public static void main(String[] args) throws IOException {
        BigDecimal sum = BigDecimal.ZERO;
        try (var reader = new BufferedReader(
                new InputStreamReader(Ledger.class.getResourceAsStream("/entries.txt"), StandardCharsets.UTF_8))) {
            for (String line; (line = reader.readLine()) != null;) {
                sum = sum.add(new BigDecimal(line.strip()));
            }
        }
        System.out.println("balance: " + sum);
    }
}
