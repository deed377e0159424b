package dev.backline.cli.symbolize;

import com.google.gson.stream.JsonWriter;
import dev.backline.cli.console.Output;
import dev.backline.io.ByteLines;
import dev.backline.io.Hex;
import dev.backline.symbolize.Edge;
import dev.backline.symbolize.LogFrame;
import dev.backline.trace.Mark;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One JSON object a line for each frame of a log, with the fields of a query's answer and what the trace says of it. */
final class LogJsonWriter implements LogWriter {
    private final Output out;
    private final JsonLinesWriter answers;
    private final @Nullable CallExplanations explanations;

    /** @param explanations of calls; null where they are not asked for */
    LogJsonWriter(PrintOptions options, Output out, @Nullable CallExplanations explanations) {
        this.out = out;
        this.answers = new JsonLinesWriter(options, out, explanations);
        this.explanations = explanations;
    }

    @Override
    public void write(long number, ByteLines lines, List<LogFrame> frames) throws IOException {
        if (frames.isEmpty()) {
            return;
        }
        int end = lines.contentEnd();
        if (end > lines.start() && lines.bytes()[end - 1] == '\r') {
            end--;
        }
        String line = new String(lines.bytes(), lines.start(), end - lines.start(), StandardCharsets.UTF_8);
        for (LogFrame frame : frames) {
            StringWriter text = new StringWriter();
            JsonWriter json = new JsonWriter(text);
            json.beginObject();
            Long address = frame.frame().reference().address();
            answers.fields(
                    json,
                    new Answer(number, line, frame.reference(), frame.resolution(), null),
                    frame.module(),
                    address == null ? null : Hex.text(address),
                    frame.frame().reliable());
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
            out.print(text.toString()).newLine();
        }
    }
}
