package dev.backline.cli.explain;

import com.google.gson.stream.JsonWriter;
import dev.backline.cli.console.Output;
import dev.backline.cli.symbolize.JsonLinesWriter;
import dev.backline.cli.symbolize.PrintOptions;
import dev.backline.cli.symbolize.SourceLinks;
import dev.backline.crash.CrashReport;
import dev.backline.crash.Disassembly;
import dev.backline.crash.Explanation;
import dev.backline.crash.Explanation.Culprit;
import dev.backline.crash.Explanation.LiveVariable;
import dev.backline.crash.Explanation.Place;
import dev.backline.crash.Explanation.Signature;
import dev.backline.crash.Fault;
import dev.backline.debugfiles.KernelRelease;
import dev.backline.io.Hex;
import dev.backline.symbolize.LogFrame;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes explanations as JSON Lines: an object for each, its fields always in the same order; what is unknown is null. The
 * schema is docs/schema/crash.schema.json. Not thread-safe.
 */
final class ExplainJsonWriter implements ExplanationWriter {
    private final Output out;
    private final JsonLinesWriter frames;
    private final @Nullable SourceLinks links;

    ExplainJsonWriter(PrintOptions options, Output out) {
        this.out = out;
        frames = new JsonLinesWriter(options, out, null);
        links = options.links();
    }

    @Override
    public void write(String input, Explanation explanation) throws IOException {
        CrashReport report = explanation.report();
        KernelRelease sources = PageMaker.sources(report);
        StringWriter text = new StringWriter();
        JsonWriter json = new JsonWriter(text);
        json.beginObject();
        json.name("input").value(input);
        json.name("line").value(report.firstLine());
        json.name("lastLine").value(report.lastLine());
        json.name("time").value(report.time());
        json.name("kind").value(explanation.kind());
        json.name("title").value(explanation.title());
        json.name("severity").value(explanation.severity());
        json.name("cpu").value(report.cpu());
        json.name("pid").value(report.pid());
        json.name("comm").value(report.comm());
        json.name("taint").value(report.taint());
        json.name("hardware").value(report.hardware());
        json.name("kernel").beginObject();
        json.name("release").value(report.release());
        json.name("buildId").value(report.buildId());
        json.name("version").value(report.version());
        json.name("arch").value(report.set() == null ? null : report.set().architecture());
        json.endObject();
        json.name("fault");
        fault(json, explanation.fault());
        json.name("place");
        place(json, explanation.place(), sources);
        json.name("variables").beginArray();
        for (LiveVariable each : explanation.variables()) {
            json.beginObject();
            json.name("name").value(each.name());
            json.name("type").value(each.type());
            json.name("value").value(Hex.text(each.value()));
            json.name("register").value(each.register());
            json.endObject();
        }
        json.endArray();
        json.name("registers").beginObject();
        for (Map.Entry<String, Long> each : report.registers().values().entrySet()) {
            json.name(each.getKey()).value(Hex.text(each.getValue()));
        }
        json.endObject();
        json.name("code");
        code(json, explanation.code());
        json.name("frames").beginArray();
        for (LogFrame frame : explanation.frames()) {
            frames.frame(json, frame, sources);
        }
        json.endArray();
        json.name("culprit");
        culprit(json, explanation.culprit(), sources);
        json.name("signature");
        signature(json, explanation.signature());
        strings(json, "notes", explanation.notes());
        json.name("sentence").value(explanation.sentence());
        strings(json, "advice", explanation.advice());
        json.endObject();
        out.json(text.toString()).newLine();
    }

    @Override
    public void finish() {
        // Nothing follows.
    }

    private static void strings(JsonWriter json, String name, List<String> values) throws IOException {
        json.name(name).beginArray();
        for (String value : values) {
            json.value(value);
        }
        json.endArray();
    }

    private static @Nullable String hex(@Nullable Long value) {
        return value == null ? null : Hex.text(value);
    }

    private static void fault(JsonWriter json, @Nullable Fault fault) throws IOException {
        if (fault == null) {
            json.nullValue();
            return;
        }
        json.beginObject();
        json.name("address").value(hex(fault.address()));
        json.name("access").value(fault.access());
        json.name("size").value(fault.size() > 0 ? (Integer) fault.size() : null);
        json.name("instruction").value(fault.instruction());
        json.name("register").value(fault.register());
        json.name("value").value(hex(fault.value()));
        json.name("valueClass")
                .value(fault.valueClass() == null ? null : fault.valueClass().id());
        json.name("errno").value(fault.errno());
        json.name("variable");
        Fault.Holder variable = fault.variable();
        if (variable == null) {
            json.nullValue();
        } else {
            json.beginObject();
            json.name("name").value(variable.name());
            json.name("type").value(variable.type());
            json.endObject();
        }
        json.name("member");
        Fault.Touched member = fault.member();
        if (member == null) {
            json.nullValue();
        } else {
            json.beginObject();
            json.name("struct").value(member.struct());
            json.name("path").value(member.path());
            json.name("offset").value(member.offset());
            json.name("size").value(member.size() > 0 ? (Long) member.size() : null);
            json.endObject();
        }
        json.name("expression").value(fault.expression());
        json.name("certainty").value(fault.certainty().id());
        strings(json, "evidence", fault.evidence());
        strings(json, "others", fault.others());
        json.endObject();
    }

    private void place(JsonWriter json, @Nullable Place place, @Nullable KernelRelease sources) throws IOException {
        if (place == null) {
            json.nullValue();
            return;
        }
        json.beginObject();
        json.name("function").value(place.function());
        source(json, place.file(), place.line(), sources);
        strings(json, "inlinedInto", place.inlinedInto());
        json.endObject();
    }

    private void culprit(JsonWriter json, @Nullable Culprit culprit, @Nullable KernelRelease sources)
            throws IOException {
        if (culprit == null) {
            json.nullValue();
            return;
        }
        json.beginObject();
        json.name("function").value(culprit.function());
        source(json, culprit.file(), culprit.line(), sources);
        json.endObject();
    }

    private void source(JsonWriter json, @Nullable String file, int line, @Nullable KernelRelease sources)
            throws IOException {
        json.name("file").value(file);
        json.name("line").value(line > 0 ? (Integer) line : null);
        if (links != null) {
            json.name("url").value(links.url(file, line, sources));
        }
    }

    private static void code(JsonWriter json, @Nullable Disassembly code) throws IOException {
        if (code == null) {
            json.nullValue();
            return;
        }
        boolean relative = code.instructions().stream().anyMatch(line -> line.trapping() && line.address() == 0);
        json.beginObject();
        json.name("bytes").value(code.bytes());
        json.name("trap").value(code.trap() >= 0 ? (Integer) code.trap() : null);
        json.name("instructions").beginArray();
        for (Disassembly.Line line : code.instructions()) {
            long address = line.address();
            json.beginObject();
            json.name("address").value(relative && address < 0 ? "-" + Hex.text(-address) : Hex.text(address));
            json.name("text").value(line.text());
            json.name("trapping").value(line.trapping());
            json.name("file").value(line.file());
            json.name("line").value(line.line() > 0 ? (Integer) line.line() : null);
            json.endObject();
        }
        json.endArray();
        json.name("matchesFile").value(code.matchesFile());
        json.endObject();
    }

    private static void signature(JsonWriter json, @Nullable Signature signature) throws IOException {
        if (signature == null) {
            json.nullValue();
            return;
        }
        json.beginObject();
        json.name("id").value(signature.id());
        json.name("group").value(signature.group());
        strings(json, "functions", signature.functions());
        json.endObject();
    }
}
