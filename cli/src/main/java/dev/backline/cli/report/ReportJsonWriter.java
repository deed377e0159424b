package dev.backline.cli.report;

import com.google.gson.stream.JsonWriter;
import dev.backline.capture.ProbeEvent;
import dev.backline.capture.ProbeFrame;
import dev.backline.capture.TcpFlag;
import dev.backline.cli.console.Output;
import dev.backline.cli.symbolize.Answer;
import dev.backline.cli.symbolize.JsonLinesWriter;
import dev.backline.cli.symbolize.JsonText;
import dev.backline.cli.symbolize.PrintOptions;
import dev.backline.debugfiles.DebugFile;
import dev.backline.diagnose.CallStep;
import dev.backline.diagnose.CaptureAnalysis;
import dev.backline.diagnose.Cause;
import dev.backline.diagnose.Confidence;
import dev.backline.diagnose.DiagnosedEvent;
import dev.backline.diagnose.Diagnosis;
import dev.backline.diagnose.Grouping;
import dev.backline.diagnose.Remedy;
import dev.backline.elf.BuildId;
import dev.backline.io.BoundedCache;
import dev.backline.io.HeapShare;
import dev.backline.kernel.KernelBuild;
import dev.backline.symbolize.LogFrame;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the report as one JSON object. Events are written at once, so the kernel follows them. */
final class ReportJsonWriter implements ReportWriter {
    private static final int MAX_STACKS = 1 << 12;

    /** The frames of a stack take about three times as much memory as its JSON. */
    private static final long MAX_BYTES = HeapShare.count(8, 4, 1 << 24);

    private static final byte[] BEGIN = "{\"events\":[".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] COMMA = {','};
    private static final TcpFlag[] FLAGS = TcpFlag.values();

    /** What events share besides their evidence. */
    private record Shared(
            Cause cause, Confidence confidence, String title, List<Remedy> remedies, List<Remedy> settling) {}

    /** The JSON of {@link Shared}: before the evidence, and after it. */
    private static final class Constant {
        private final byte[] before;
        private final byte[] after;

        Constant(byte[] before, byte[] after) {
            this.before = before;
            this.after = after;
        }
    }

    private final Output out;
    private final JsonLinesWriter frames;
    private final JsonText event = new JsonText();

    /** The JSON of stacks, by their frames. */
    private final BoundedCache<List<LogFrame>, List<byte[]>> stacks = new BoundedCache<>(MAX_STACKS, MAX_BYTES, true) {
        @Override
        protected long weight(List<LogFrame> stack, List<byte[]> pieces) {
            long bytes = 0;
            for (byte[] piece : pieces) {
                bytes += piece.length;
            }
            return bytes;
        }
    };

    private final Map<Shared, Constant> causes = new HashMap<>();

    private long events;

    ReportJsonWriter(PrintOptions options, Output out) {
        this.out = out;
        frames = new JsonLinesWriter(options, out, null);
    }

    @Override
    public void event(DiagnosedEvent diagnosed) throws IOException {
        ProbeEvent event = diagnosed.event();
        JsonText text = this.event;
        text.clear();
        text.beginObject();
        text.name("file").value(event.file());
        text.name("line").value(event.line());
        text.name("time").value(text(event.time()));
        text.name("probe").value(event.probe());
        text.name("comm").value(event.comm());
        text.name("source").value(event.source() == null ? null : event.source().toString());
        text.name("destination")
                .value(event.destination() == null ? null : event.destination().toString());
        text.name("flags");
        if (event.flags() == null) {
            text.value((String) null);
        } else {
            text.beginArray();
            for (TcpFlag flag : FLAGS) {
                if (event.flags().contains(flag)) {
                    text.value(flag.name());
                }
            }
            text.endArray();
        }
        text.name("sent").value(event.sent());
        text.name("fields").beginObject();
        for (Map.Entry<String, String> field : event.fields().entrySet()) {
            text.name(field.getKey()).value(field.getValue());
        }
        text.endObject();
        text.name("stack").beginArray();
        List<byte[]> pieces = pieces(event, diagnosed.frames());
        for (int i = 0; i < pieces.size(); i++) {
            text.beginObject().name("line").value(event.stack().get(i).line());
            text.piece(pieces.get(i)).endObject();
        }
        text.endArray();
        cause(text, diagnosed.diagnosis());
        text.endObject();
        out.print(events++ == 0 ? BEGIN : COMMA);
        text.printTo(out);
    }

    /** The JSON of each frame without its line number, which is the same for every event with this stack. */
    private List<byte[]> pieces(ProbeEvent event, List<LogFrame> stack) throws IOException {
        List<byte[]> known = stacks.get(stack);
        if (known != null) {
            return known;
        }
        List<byte[]> pieces = new ArrayList<>(stack.size());
        for (int i = 0; i < stack.size(); i++) {
            pieces.add(piece(event.stack().get(i), stack.get(i)));
        }
        stacks.put(stack, pieces);
        return pieces;
    }

    private byte[] piece(ProbeFrame frame, LogFrame found) throws IOException {
        Long address = frame.frame().reference().address();
        StringWriter text = new StringWriter();
        JsonWriter json = new JsonWriter(text);
        json.beginObject();
        frames.fields(
                json,
                new Answer(frame.line(), frame.text(), found.reference(), found.resolution(), null),
                found.module(),
                address == null ? null : "0x" + Long.toHexString(address),
                frame.frame().reliable(),
                false);
        json.endObject();
        // Without the line number and the end of the object.
        StringBuffer whole = text.getBuffer();
        return whole.substring(whole.indexOf(",") + 1, whole.length() - 1).getBytes(StandardCharsets.UTF_8);
    }

    private void cause(JsonText text, Diagnosis diagnosis) {
        Shared shared = new Shared(
                diagnosis.cause(),
                diagnosis.confidence(),
                diagnosis.title(),
                diagnosis.remedies(),
                diagnosis.settling());
        Constant constant = causes.computeIfAbsent(shared, key -> constant(diagnosis));
        text.name("cause").beginObject().piece(constant.before);
        strings(text, "evidence", diagnosis.evidence());
        text.piece(constant.after).name("candidates").beginArray();
        for (Cause candidate : diagnosis.candidates()) {
            text.value(candidate.id());
        }
        text.endArray().endObject();
    }

    private static Constant constant(Diagnosis diagnosis) {
        JsonText before = new JsonText();
        before.name("id").value(diagnosis.cause().id());
        before.name("title").value(diagnosis.title());
        before.name("confidence").value(diagnosis.confidence().id());
        JsonText after = new JsonText();
        strings(after, "remedies", texts(diagnosis.remedies()));
        strings(after, "settling", texts(diagnosis.settling()));
        return new Constant(before.toBytes(), after.toBytes());
    }

    private static List<String> texts(List<Remedy> advice) {
        return advice.stream().map(Remedy::toString).toList();
    }

    private static void strings(JsonText text, String name, Iterable<String> values) {
        text.name(name).beginArray();
        for (String value : values) {
            text.value(value);
        }
        text.endArray();
    }

    private static @Nullable String text(@Nullable Instant time) {
        return time == null ? null : time.toString();
    }

    @Override
    public void finish(CaptureAnalysis analysis) throws IOException {
        if (events == 0) {
            out.print(BEGIN);
        }
        out.print("],\"groups\":[");
        JsonText text = new JsonText();
        boolean first = true;
        for (Grouping.Group group : analysis.groups()) {
            text.clear();
            text.beginObject();
            text.name("cause").value(group.diagnosis().cause().id());
            text.name("count").value(group.count());
            text.name("first").value(text(group.from()));
            text.name("last").value(text(group.to()));
            text.name("stack").beginArray();
            for (CallStep step : group.steps()) {
                text.value(step.source() == null ? step.place() : step.place() + " " + step.source());
            }
            text.endArray();
            strings(text, "peers", group.peers());
            text.endObject();
            out.print(first ? "" : ",");
            text.printTo(out);
            first = false;
        }
        out.print("],");
        text.clear();
        strings(text, "notes", analysis.notes());
        text.name("kernel");
        KernelBuild kernel = analysis.kernel();
        if (kernel == null) {
            text.value((String) null);
        } else {
            BuildId id = kernel.identity().buildId();
            text.beginObject();
            text.name("release").value(kernel.identity().release());
            text.name("buildId").value(id == null ? null : id.toString());
            text.name("vmlinux").value(kernel.vmlinux() instanceof DebugFile file ? file.toString() : null);
            text.endObject();
        }
        text.printTo(out);
        out.print("}\n");
    }
}
