package dev.backline.gsym;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** LLVM's reader of GSYM files, as an oracle. */
public final class LlvmGsymutil {
    public static final String NOT_INSTALLED = "skipped: llvm-gsymutil-19 is not installed (apt-get install llvm-19)";

    private static final String PROGRAM = "llvm-gsymutil-19";

    private LlvmGsymutil() {}

    /** One function of an answer, with its file and line as LLVM prints them. */
    record Place(String function, String fileAndLine) {}

    public static boolean isInstalled() throws IOException {
        try {
            return new ProcessBuilder(PROGRAM, "--version")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** Writes an index: {@return whether llvm-gsymutil found anything to write} */
    static boolean convert(Path elf, Path gsym) throws IOException {
        Process process = new ProcessBuilder(
                        PROGRAM, "--quiet", "--convert", elf.toString(), "--out-file", gsym.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            return process.waitFor() == 0;
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** The errors that llvm-gsymutil reports for a file. */
    public static List<String> errorsIn(Path gsym) throws IOException {
        Process process = new ProcessBuilder(PROGRAM, "--verify", gsym.toString())
                .redirectErrorStream(true)
                .start();
        List<String> errors = new ArrayList<>();
        try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith("error:") || line.contains("invalid ")) {
                    errors.add(line);
                }
            }
        }
        finish(process);
        return errors;
    }

    /** The answer for each address, innermost frame first; empty if there is none. */
    static List<List<Place>> lookUp(Path gsym, long[] addresses) throws IOException {
        Process process = new ProcessBuilder(PROGRAM, "--addresses-from-stdin")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        Thread asking = new Thread(() -> {
            try (Writer out = process.outputWriter(StandardCharsets.US_ASCII)) {
                for (long address : addresses) {
                    out.write("0x" + Long.toHexString(address) + " " + gsym + "\n");
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        asking.start();
        List<List<Place>> answers = new ArrayList<>();
        try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
            List<Place> places = new ArrayList<>();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.isEmpty()) {
                    answers.add(List.copyOf(places));
                    places.clear();
                } else if (!line.contains(": error: ")) {
                    places.add(place(line.startsWith("0x") ? line.substring(line.indexOf(": ") + 2) : line));
                }
            }
        }
        finish(process);
        return answers;
    }

    /** {@code name + offset @ file:line [inlined]}, without offset at a function's first byte. */
    private static Place place(String line) {
        String text = line.strip();
        if (text.endsWith(" [inlined]")) {
            text = text.substring(0, text.length() - " [inlined]".length());
        }
        int at = text.lastIndexOf(" @ ");
        String function = at < 0 ? text : text.substring(0, at);
        int offset = function.lastIndexOf(" + ");
        return new Place(
                offset < 0 ? function : function.substring(0, offset),
                at < 0 ? "" : text.substring(at + " @ ".length()));
    }

    private static void finish(Process process) throws IOException {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(PROGRAM + " failed");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
