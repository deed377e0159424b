package dev.backline.spark;

import dev.backline.elf.BuildId;
import dev.backline.io.Hex;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.Resolution;
import dev.backline.symbolize.Resolution.Ambiguous;
import dev.backline.symbolize.Resolution.Resolved;
import dev.backline.symbolize.SourceFrame;
import dev.backline.symbolize.Symbolizer;
import dev.backline.trace.FrameReference;
import dev.backline.trace.Pc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The columns of frames, with the names and values of {@code backline symbolize --format json}. */
final class FrameTable {
    /**
     * A frame of a log.
     *
     * @param line its line in the log, from 1
     * @param text that line
     * @param frame the frame
     * @param kernel the release of its kernel; null if unknown
     */
    record Row(
            long line,
            String text,
            LogFrame frame,
            @Nullable String kernel) {}

    /** A source frame, and the symbol that names it if the debug information does not. */
    private record Source(SourceFrame frame, @Nullable String symbol) {}

    /** A place that fits an ambiguous frame, and the frame. */
    private record Candidate(Resolution resolution, LogFrame frame) {}

    private static final Table<Source> SOURCE = new Table<Source>()
            .textAlways(
                    "function",
                    "the function; `??` if unknown",
                    of -> of.frame().nameOr(of.symbol() == null ? "??" : of.symbol()))
            .text(
                    "file",
                    "its file, relative to the source root",
                    of -> of.frame().path())
            .number("line", "from 1", of -> positive(of.frame().line()))
            .number("column", "from 1", of -> positive(of.frame().column()))
            .flagAlways(
                    "inlined",
                    "whether it is inlined into the next element",
                    of -> of.frame().inlined());

    private static final Table<Candidate> CANDIDATE = new Table<Candidate>()
            .text("symbol", "its symbol", FrameTable::symbol)
            .big("offset", "from the start of the symbol", FrameTable::offset)
            .big("size", "of the symbol", FrameTable::size)
            .textAlways("status", "as above", of -> of.resolution().status())
            .structs("frames", "innermost first", SOURCE, of -> sources(of.resolution()));

    /** The frames inside another row, such as a report: without the text of the line. */
    static final Table<LogFrame> NESTED = new Table<LogFrame>()
            .text("symbol", "as in the log", of -> of.reference().symbol())
            .big("offset", "from the start of the symbol, in bytes", FrameTable::offset)
            .big("size", "of the symbol, in bytes", of -> of.reference().size())
            .text("module", "the module; null for the kernel itself", LogFrame::module)
            .text("address", "hexadecimal, as in the log", FrameTable::address)
            .textAlways(
                    "pc",
                    "`exact`, or `return` for a return address",
                    of -> of.reference().pc() == Pc.EXACT ? "exact" : "return")
            .flagAlways(
                    "reliable", "false for a frame with `?`", of -> of.frame().reliable())
            .textAlways(
                    "status",
                    "`resolved`, `no-line`, `symbol-not-found`, `size-mismatch`, `ambiguous`, `module-not-found`,"
                            + " `no-debug-info`, `build-mismatch` or `not-code`",
                    of -> of.resolution().status())
            .structs(
                    "frames",
                    "the source frames, innermost first: inlined functions, then the function itself; empty if not"
                            + " resolved",
                    SOURCE,
                    of -> sources(of.resolution()))
            .structs("candidates", "the places that fit an ambiguous frame", CANDIDATE, FrameTable::candidates);

    /** The frames of a log. */
    static final Table<Row> OF_LOG = new Table<Row>()
            .bigAlways("line", "the line in the log, from 1", Row::line)
            .textAlways("text", "the line", Row::text)
            .all(NESTED, Row::frame)
            .text("kernel", "the release of the kernel", Row::kernel)
            .text(
                    "object",
                    "the debug file that answered",
                    of -> object(of.frame().symbolizer()))
            .text("build_id", "of that file", of -> buildId(of.frame().symbolizer()));

    private FrameTable() {}

    private static @Nullable Long offset(LogFrame of) {
        return of.reference().symbol() == null ? null : of.reference().offset();
    }

    private static @Nullable String address(LogFrame of) {
        Long address = of.frame().reference().address();
        return address == null ? null : Hex.text(address);
    }

    private static @Nullable Integer positive(int number) {
        return number > 0 ? number : null;
    }

    private static List<Source> sources(Resolution resolution) {
        List<Source> sources = new ArrayList<>();
        if (resolution instanceof Resolved resolved) {
            for (SourceFrame each : resolved.frames()) {
                sources.add(new Source(each, resolved.symbol()));
            }
        }
        return sources;
    }

    private static List<Candidate> candidates(LogFrame frame) {
        List<Candidate> candidates = new ArrayList<>();
        if (frame.resolution() instanceof Ambiguous ambiguous) {
            for (Resolution each : ambiguous.candidates()) {
                candidates.add(new Candidate(each, frame));
            }
        }
        return candidates;
    }

    private static @Nullable String symbol(Candidate of) {
        return of.resolution() instanceof Resolved resolved
                ? resolved.symbol()
                : of.frame().reference().symbol();
    }

    private static @Nullable Long offset(Candidate of) {
        if (symbol(of) == null) {
            return null;
        }
        FrameReference reference = of.frame().reference();
        boolean nameAlone = reference.offset() == null && reference.address() == null;
        return of.resolution() instanceof Resolved resolved && !nameAlone ? resolved.offset() : reference.offset();
    }

    private static @Nullable Long size(Candidate of) {
        return of.resolution() instanceof Resolved resolved && resolved.size() != 0
                ? Long.valueOf(resolved.size())
                : of.frame().reference().size();
    }

    private static @Nullable String object(@Nullable Symbolizer file) {
        Path path = file == null ? null : file.data().path();
        return path == null ? null : path.toString();
    }

    private static @Nullable String buildId(@Nullable Symbolizer file) {
        try {
            BuildId id = file == null ? null : file.data().buildId();
            return id == null ? null : id.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
