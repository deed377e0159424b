package dev.backline.cli;

import com.google.gson.stream.JsonWriter;
import dev.backline.capture.ProbeEvent;
import dev.backline.capture.ProbeFrame;
import dev.backline.capture.TcpFlag;
import dev.backline.diagnose.CallStep;
import dev.backline.diagnose.Cause;
import dev.backline.diagnose.Diagnosis;
import dev.backline.diagnose.Grouping;
import dev.backline.elf.BuildId;
import dev.backline.kernel.DebugFile;
import dev.backline.kernel.KernelBuild;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The report as one JSON object. Events are written as they come, so the kernel stands behind them. */
final class ReportJsonWriter implements ReportWriter {
    private final Output out;
    private final JsonWriter json;
    private final JsonLinesWriter frames;
    private boolean begun;

    ReportJsonWriter(SymbolizeOptions options, Output out) {
        this.out = out;
        frames = new JsonLinesWriter(options, out, null);
        json = new JsonWriter(new OutputWriter(out));
    }

    private void begin() throws IOException {
        if (!begun) {
            begun = true;
            json.beginObject();
            json.name("events").beginArray();
        }
    }

    @Override
    public void event(ProbeEvent event, List<LogFrame> stack, Diagnosis diagnosis, int group) throws IOException {
        begin();
        json.beginObject();
        json.name("file").value(event.file());
        json.name("line").value(event.line());
        json.name("time").value(text(event.time()));
        json.name("probe").value(event.probe());
        json.name("comm").value(event.comm());
        json.name("source").value(event.source() == null ? null : event.source().toString());
        json.name("destination")
                .value(event.destination() == null ? null : event.destination().toString());
        json.name("flags");
        if (event.flags() == null) {
            json.nullValue();
        } else {
            json.beginArray();
            for (TcpFlag flag : TcpFlag.values()) {
                if (event.flags().contains(flag)) {
                    json.value(flag.name());
                }
            }
            json.endArray();
        }
        json.name("sent").value(event.sent());
        json.name("fields").beginObject();
        for (String key : event.fields().keySet().stream().sorted().toList()) {
            json.name(key).value(event.fields().get(key));
        }
        json.endObject();
        json.name("stack").beginArray();
        for (int i = 0; i < stack.size(); i++) {
            frame(event.stack().get(i), stack.get(i));
        }
        json.endArray();
        cause(diagnosis);
        json.endObject();
    }

    private void frame(ProbeFrame frame, LogFrame found) throws IOException {
        Long address = frame.frame().reference().address();
        json.beginObject();
        frames.fields(
                json,
                new Answer(frame.line(), frame.text(), frame.frame().reference(), found.resolution(), null),
                found.module(),
                address == null ? null : "0x" + Long.toHexString(address),
                frame.frame().reliable());
        json.endObject();
    }

    private void cause(Diagnosis diagnosis) throws IOException {
        json.name("cause").beginObject();
        json.name("id").value(diagnosis.cause().id());
        json.name("title").value(diagnosis.cause().title());
        json.name("confidence").value(diagnosis.confidence().id());
        strings("evidence", diagnosis.evidence());
        strings("remedies", diagnosis.remedies());
        strings("settling", diagnosis.settling());
        strings("candidates", diagnosis.candidates().stream().map(Cause::id).toList());
        json.endObject();
    }

    private void strings(String name, Iterable<String> values) throws IOException {
        json.name(name).beginArray();
        for (String value : values) {
            json.value(value);
        }
        json.endArray();
    }

    private static @Nullable String text(@Nullable Instant time) {
        return time == null ? null : time.toString();
    }

    @Override
    public void finish(@Nullable KernelBuild kernel, Grouping groups, List<String> notes) throws IOException {
        begin();
        json.endArray();
        json.name("groups").beginArray();
        for (Grouping.Group group : groups.groups()) {
            json.beginObject();
            json.name("cause").value(group.diagnosis().cause().id());
            json.name("count").value(group.count());
            json.name("first").value(text(group.from()));
            json.name("last").value(text(group.to()));
            json.name("stack").beginArray();
            for (CallStep step : group.steps()) {
                json.value(step.source() == null ? step.place() : step.place() + " " + step.source());
            }
            json.endArray();
            strings("peers", group.peers());
            json.endObject();
        }
        json.endArray();
        strings("notes", notes);
        json.name("kernel");
        if (kernel == null) {
            json.nullValue();
        } else {
            BuildId id = kernel.identity().buildId();
            json.beginObject();
            json.name("release").value(kernel.identity().release());
            json.name("buildId").value(id == null ? null : id.toString());
            json.name("vmlinux").value(kernel.vmlinux() instanceof DebugFile file ? file.toString() : null);
            json.endObject();
        }
        json.endObject();
        json.flush();
        out.newLine();
    }

    /** What JsonWriter needs to write to an {@link Output}; it buffers little and writes often. */
    private static final class OutputWriter extends Writer {
        private final Output out;

        OutputWriter(Output out) {
            this.out = out;
        }

        @Override
        public void write(char[] text, int from, int length) throws IOException {
            out.print(new String(text, from, length).getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
