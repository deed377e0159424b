package dev.backline.cli.symbolize;

import dev.backline.capture.CaptureListener;
import dev.backline.capture.CaptureReader;
import dev.backline.capture.ProbeEvent;
import dev.backline.cli.console.NamedFiles;
import dev.backline.cli.console.Printable;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.intake.FileKind;
import dev.backline.trace.Query;
import dev.backline.trace.TraceReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks every file that a command line names before anything is printed. A message says what a file is, and which command was
 * probably meant.
 */
final class InputCheck {
    private static final String LOG = "a log";
    private static final String SYMBOLIZE = "backline symbolize";
    private static final String A_QUERY = "a query looks like tcp_v4_rcv+0x99b/0xee0, 'br_handle_frame+0x1a3 [bridge]',"
            + " bridge:br_handle_frame+0x1a3 or 0xffffffff81000000";

    /** Words of a suggested command line. */
    private static final int WORDS = 4;

    private final List<String> hints = new ArrayList<>();

    /**
     * Checks logs and debug files.
     *
     * @throws IOException when one of them is missing or of the wrong kind
     */
    InputCheck(SymbolizeOptions options, DebugFiles files) throws IOException {
        List<String> rest = new ArrayList<>();
        String debugFile = null;
        IOException wrong = null;
        for (SymbolizeOptions.Input input : options.inputs()) {
            if (!(input instanceof SymbolizeOptions.Log log)) {
                rest.add(((SymbolizeOptions.Place) input).text());
                continue;
            }
            byte[] head = log.isStandardInput() ? new byte[] {'\n'} : head(log.name(), options);
            FileKind kind = FileKind.of(head, head.length);
            if (debugFile == null && (kind == FileKind.ELF || kind == FileKind.GSYM)) {
                debugFile = log.name();
                continue;
            }
            rest.add(log.name());
            try {
                if (!kind.isCompressed()) {
                    NamedFiles.requireText(log.name(), kind, LOG);
                }
            } catch (IOException e) {
                wrong = wrong == null ? e : wrong;
            }
            hint(log.name(), head);
        }
        Path named = options.kernel().vmlinux();
        try {
            NamedFiles.check(files);
        } catch (IOException e) {
            if (debugFile == null || named == null) {
                throw e;
            }
            rest.add(0, named.toString());
            throw new IOException(e.getMessage() + "; " + debugFile + " is a debug file: " + type(debugFile, rest), e);
        }
        Path tree = options.print().source();
        if (tree != null && !Files.isDirectory(tree)) {
            throw new IOException(tree + ": is not a directory; --source needs the kernel source tree");
        }
        if (debugFile != null) {
            throw new IOException(debugFile + ": is a debug file, not a log; "
                    + (named == null ? type(debugFile, rest) : "add the directory of a module with -d DIR"));
        }
        if (wrong != null) {
            throw wrong;
        }
    }

    /** {@return what else could be done with the logs, one sentence each} */
    List<String> hints() {
        return hints;
    }

    private static String type(String debugFile, List<String> inputs) {
        StringBuilder command = new StringBuilder("type: " + SYMBOLIZE + " -e ").append(Printable.word(debugFile));
        for (String input : inputs.subList(0, Math.min(WORDS, inputs.size()))) {
            command.append(' ').append(Printable.word(input));
        }
        return command.append(inputs.isEmpty() ? " LOG" : inputs.size() > WORDS ? " …" : "")
                .toString();
    }

    private static byte[] head(String name, SymbolizeOptions options) throws IOException {
        try {
            return NamedFiles.head(name, LOG);
        } catch (InvalidPathException e) {
            throw new IOException("'" + name + "' is not a valid file name", e);
        } catch (NoSuchFileException e) {
            throw new IOException(name + ": " + e.getReason() + "; " + what(name, options), e);
        }
    }

    /** {@return what a word is that is neither a query nor a file, or how queries look} */
    private static String what(String name, SymbolizeOptions options) {
        int plus = name.indexOf('+');
        if (plus > 0
                && Query.parse(name.substring(0, plus) + "+0x"
                                + name.substring(plus + 1).replace("/", "/0x"))
                        != null) {
            return "hexadecimal numbers in a query begin with 0x: "
                    + Printable.word(name.substring(0, plus) + "+0x"
                            + name.substring(plus + 1).replace("/", "/0x"));
        }
        StringBuilder all = new StringBuilder();
        for (SymbolizeOptions.Input input : options.inputs()) {
            all.append(all.isEmpty() ? "" : " ");
            all.append(
                    input instanceof SymbolizeOptions.Log log ? log.name() : ((SymbolizeOptions.Place) input).text());
        }
        String line = all.toString();
        return options.inputs().size() > 1
                        && (Query.parse(line) != null
                                || !new TraceReader().next(line).isEmpty())
                ? "a query with blanks needs quotes: " + Printable.word(line)
                : A_QUERY;
    }

    /** The output of a RST probe has stacks, but report says more about them. */
    private void hint(String name, byte[] head) {
        String start = new String(head, StandardCharsets.ISO_8859_1);
        // A crash in a function that sends RSTs is no probe's output.
        if (start.contains("_reset")
                && !start.contains("Modules linked in:")
                && !start.contains("CPU: ")
                && Captures.hasEvent(head)) {
            hints.add(name + " is the output of a RST probe; to explain its events, type: backline report "
                    + Printable.word(name));
        } else if (start.startsWith("# To display the perf.data header") || start.contains("\n# Overhead ")) {
            hints.add(name + " is the output of perf report; perf script prints every stack");
        }
    }

    /** Loaded only for what may be a capture. */
    private static final class Captures implements CaptureListener {
        private boolean found;

        static boolean hasEvent(byte[] head) {
            Captures captures = new Captures();
            CaptureReader reader = new CaptureReader(captures);
            try {
                reader.read(LOG, new ByteArrayInputStream(head));
            } catch (IOException e) {
                return false;
            }
            reader.finish();
            return captures.found;
        }

        @Override
        public void event(ProbeEvent event) {
            found = true;
        }

        @Override
        public void unread(String file, long line, String text, String why) {
            // Captures have other lines too.
        }

        @Override
        public void lost(String file, long line, long events, String text) {
            found = true;
        }
    }
}
