package dev.backline.cli.symbolize;

import com.google.gson.stream.JsonWriter;
import dev.backline.cli.console.Output;
import dev.backline.debugfiles.KernelRelease;
import dev.backline.intake.Excerpt;
import dev.backline.intake.KernelLine;
import dev.backline.io.Hex;
import dev.backline.symbolize.Edge;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.Resolution;
import dev.backline.symbolize.Resolution.Ambiguous;
import dev.backline.symbolize.Resolution.Resolved;
import dev.backline.symbolize.SourceFrame;
import dev.backline.symbolize.Symbolizer;
import dev.backline.trace.FrameReference;
import dev.backline.trace.Mark;
import dev.backline.trace.Pc;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Prints answers as JSON Lines: an object for each, its fields always in the same order; what is absent is null. */
public final class JsonLinesWriter implements AnswerWriter {
    /** Up to this length, in characters, each frame has the whole line. */
    private static final int WHOLE_LINE = 512;

    /** Up to this number of frames in a line, each has the whole line, however long it is. */
    private static final int WHOLE_FRAMES = 8;

    /** What an excerpt shows around a frame, in bytes. */
    private static final int BEFORE_FRAME = 40;

    private static final int AFTER_FRAME = 40;
    private static final int LONGEST_EXCERPT = 400;

    private final Output out;
    private final boolean inlines;
    private final @Nullable CallExplanations explanations;
    private final @Nullable SourceLinks links;
    private @Nullable AnswerOrigin origin;
    /** The kernel of a crash report's frames, which have no origin. */
    private @Nullable KernelRelease sources;

    /** @param explanations of calls; null without {@code --explain} */
    public JsonLinesWriter(PrintOptions options, Output out, @Nullable CallExplanations explanations) {
        this.out = out;
        this.inlines = options.inlines();
        this.explanations = explanations;
        this.links = options.links();
    }

    @Override
    public void begin(AnswerOrigin from) {
        origin = from;
    }

    @Override
    public void write(Answer answer) throws IOException {
        StringWriter text = new StringWriter();
        JsonWriter json = new JsonWriter(text);
        json.beginObject();
        origin(json, answer.symbolizer());
        // A query names its place; only traces guess.
        fields(
                json,
                answer,
                answer.reference().module(),
                answer.reference().address() == null ? null : answer.text().strip(),
                true,
                true);
        if (explanations != null) {
            json.name("call");
            CallExplanations.json(json, explanations.of(answer, answer.resolution()));
        }
        json.endObject();
        out.json(text.toString()).newLine();
    }

    @Override
    public void write(Excerpt excerpt, List<List<LogFrame>> frames) throws IOException {
        for (int i = 0; i < frames.size(); i++) {
            KernelLine line = excerpt.lines().get(i);
            if (!frames.get(i).isEmpty()) {
                write(line, frames.get(i));
            }
        }
    }

    /**
     * The text of a frame's line: the whole line, unless that would be long and repeated for many frames. Then it is what
     * surrounds the frame, so that the output grows with the input and not with its square.
     */
    private static String text(KernelLine line, String whole, LogFrame frame, int frames) {
        if (whole.length() <= WHOLE_LINE || frames <= WHOLE_FRAMES) {
            return whole;
        }
        int end = Math.min(line.end(), line.start() + frame.frame().end() + AFTER_FRAME);
        int start = Math.max(
                line.start(), Math.min(line.start() + frame.frame().start(), end - AFTER_FRAME) - BEFORE_FRAME);
        start = Math.max(start, end - LONGEST_EXCERPT);
        byte[] bytes = line.bytes();
        // Not within a character of UTF-8.
        while (start > line.start() && (bytes[start] & 0xc0) == 0x80) {
            start--;
        }
        while (end < line.end() && (bytes[end] & 0xc0) == 0x80) {
            end++;
        }
        return (start > line.start() ? "…" : "")
                + new String(bytes, start, end - start, StandardCharsets.UTF_8).stripTrailing()
                + (end < line.end() ? "…" : "");
    }

    private void write(KernelLine line, List<LogFrame> frames) throws IOException {
        String whole = line.text();
        for (LogFrame frame : frames) {
            StringWriter text = new StringWriter();
            JsonWriter json = new JsonWriter(text);
            json.beginObject();
            origin(json, frame.symbolizer());
            Long address = frame.frame().reference().address();
            fields(
                    json,
                    new Answer(
                            line.number(),
                            text(line, whole, frame, frames.size()),
                            frame.reference(),
                            frame.resolution(),
                            null),
                    frame.module(),
                    address == null ? null : Hex.text(address),
                    frame.frame().reliable(),
                    false);
            if (frame.frame().mark() != Mark.NONE) {
                json.name("mark")
                        .value(frame.frame()
                                .mark()
                                .name()
                                .toLowerCase(Locale.ROOT)
                                .replace('_', '-'));
            }
            Edge edge = frame.edge();
            json.name("edge").value(edge == null ? null : edge.kind().id());
            if (edge != null && !edge.skipped().isEmpty()) {
                json.name("skipped").beginArray();
                for (String function : edge.skipped()) {
                    json.value(function);
                }
                json.endArray();
            }
            if (explanations != null) {
                json.name("call");
                CallExplanations.json(json, explanations.of(frame));
            }
            json.endObject();
            out.json(text.toString()).newLine();
        }
    }

    private void origin(JsonWriter json, @Nullable Symbolizer symbolizer) throws IOException {
        AnswerOrigin from = origin;
        if (from != null) {
            json.name("input").value(from.input());
            json.name("kernel").value(from.kernel());
            json.name("object").value(from.object(symbolizer));
            json.name("buildId").value(from.buildId(symbolizer));
        }
    }

    /**
     * The fields that every answer has.
     *
     * @param isQuery whether symbol, offset and size are completed from the debug file; those of a log are as written
     */
    public void fields(
            JsonWriter json,
            Answer answer,
            @Nullable String module,
            @Nullable String address,
            boolean reliable,
            boolean isQuery)
            throws IOException {
        FrameReference reference = answer.reference();
        Resolved resolved = answer.resolution() instanceof Resolved found ? found : null;
        json.name("line").value(answer.line());
        json.name("text").value(answer.text());
        place(json, reference, isQuery ? resolved : null);
        details(json, answer, module, address, reliable);
    }

    /**
     * A frame of a crash report, without its line in the log.
     *
     * @param of the kernel whose sources the frame names; null if unknown
     */
    public void frame(JsonWriter json, LogFrame frame, @Nullable KernelRelease of) throws IOException {
        sources = of;
        Long address = frame.frame().reference().address();
        json.beginObject();
        place(json, frame.reference(), null);
        details(
                json,
                new Answer(0, "", frame.reference(), frame.resolution(), null),
                frame.module(),
                address == null ? null : Hex.text(address),
                frame.frame().reliable());
        json.endObject();
    }

    /** The fields after the place. */
    private void details(
            JsonWriter json, Answer answer, @Nullable String module, @Nullable String address, boolean reliable)
            throws IOException {
        FrameReference reference = answer.reference();
        Resolution resolution = answer.resolution();
        Resolved resolved = resolution instanceof Resolved found ? found : null;
        json.name("module").value(module);
        json.name("address").value(address);
        json.name("pc").value(reference.pc() == Pc.EXACT ? "exact" : "return");
        json.name("reliable").value(reliable);
        json.name("status").value(answer.resolution().status());
        json.name("frames");
        frames(json, resolved == null ? List.of() : resolved.frames(), resolved == null ? null : resolved.symbol());
        if (resolution instanceof Ambiguous ambiguous) {
            json.name("candidates").beginArray();
            for (Resolution candidate : ambiguous.candidates()) {
                candidate(json, answer, candidate);
            }
            json.endArray();
        }
    }

    private void candidate(JsonWriter json, Answer answer, Resolution candidate) throws IOException {
        FrameReference reference = answer.reference();
        Resolved resolved = candidate instanceof Resolved found ? found : null;
        json.beginObject();
        place(json, reference, resolved);
        json.name("status").value(candidate.status());
        json.name("frames");
        frames(json, resolved == null ? List.of() : resolved.frames(), resolved == null ? null : resolved.symbol());
        if (explanations != null && answer.symbolizer() != null) {
            json.name("call");
            CallExplanations.json(json, explanations.of(answer, candidate));
        }
        json.endObject();
    }

    /** The place as found; as written where nothing was found. */
    private static void place(JsonWriter json, FrameReference reference, @Nullable Resolved resolved)
            throws IOException {
        String symbol = resolved != null ? resolved.symbol() : reference.symbol();
        boolean nameAlone = reference.offset() == null && reference.address() == null;
        Long offset = resolved == null || nameAlone ? reference.offset() : (Long) resolved.offset();
        json.name("symbol").value(symbol);
        json.name("offset").value(symbol == null ? null : offset);
        json.name("size")
                .value(resolved != null && resolved.size() != 0 ? Long.valueOf(resolved.size()) : reference.size());
    }

    private void frames(JsonWriter json, List<SourceFrame> frames, @Nullable String symbol) throws IOException {
        json.beginArray();
        for (SourceFrame frame :
                inlines || frames.isEmpty() ? frames : frames.subList(frames.size() - 1, frames.size())) {
            json.beginObject();
            json.name("function").value(frame.nameOr(symbol == null ? "??" : symbol));
            json.name("file").value(frame.path());
            json.name("line").value(frame.line() == 0 ? null : frame.line());
            json.name("column").value(frame.column() == 0 ? null : frame.column());
            json.name("inlined").value(frame.inlined());
            if (frame.approximate()) {
                json.name("approximate").value(true);
            }
            if (links != null) {
                json.name("url").value(links.url(frame, origin == null ? sources : origin.sources()));
            }
            json.endObject();
        }
        json.endArray();
    }
}
