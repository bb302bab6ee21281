package dev.halo.link.command;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;

/** Reads a secret from the terminal without showing it, or from standard input; never from an argument. */
final class SecretInput {

    private SecretInput() {}

    /** @param stdin whether standard input is to be read even at a terminal */
    static String read(String prompt, boolean stdin) throws CommandFailed {
        Console console = System.console();
        String secret = stdin || console == null ? firstLine() : new String(console.readPassword("%s: ", prompt));
        if (secret == null || secret.isBlank()) {
            throw new CommandFailed("no " + prompt + " was given");
        }
        return secret;
    }

    private static String firstLine() throws CommandFailed {
        try {
            return new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())).readLine();
        } catch (IOException e) {
            throw new CommandFailed("standard input cannot be read: " + e.getMessage());
        }
    }
}
