package dev.halo.link.command;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a command as the main class does, with its output kept. */
public final class Commands {

    private Commands() {}

    /** What a command gave. */
    public record Result(int exitCode, String output) {}

    public static Result run(Path dataDirectory, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--data-dir", dataDirectory.toString()));
        StringWriter output = new StringWriter();
        PrintWriter writer = new PrintWriter(output);
        int exitCode = LinkMain.commandLine().setOut(writer).setErr(writer).execute(all.toArray(String[]::new));
        writer.flush();
        return new Result(exitCode, output.toString());
    }

    /** With something to read on standard input. */
    public static Result runWith(String input, Path dataDirectory, String... arguments) {
        InputStream real = System.in;
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        try {
            return run(dataDirectory, arguments);
        } finally {
            System.setIn(real);
        }
    }
}
