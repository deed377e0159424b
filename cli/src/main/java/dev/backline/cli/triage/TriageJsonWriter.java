package dev.backline.cli.triage;

import com.google.gson.stream.JsonWriter;
import dev.backline.cli.console.Output;
import dev.backline.crash.triage.TriageGroup;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Writes groups as JSON Lines: an object for each, heaviest first, its fields always in the same order; what is unknown is null.
 * The schema is docs/schema/triage.schema.json.
 */
final class TriageJsonWriter {
    private TriageJsonWriter() {}

    /** @param top the most groups to write */
    static void write(List<TriageGroup> groups, int top, Output out) throws IOException {
        for (TriageGroup group : groups.subList(0, Math.min(top, groups.size()))) {
            out.json(json(group)).newLine();
        }
    }

    static String json(TriageGroup group) throws IOException {
        StringWriter text = new StringWriter();
        JsonWriter json = new JsonWriter(text);
        json.beginObject();
        json.name("id").value(group.id());
        json.name("title").value(group.title());
        json.name("kind").value(group.kind());
        json.name("severity").value(group.severity());
        json.name("culprit").value(group.culprit());
        json.name("count").value(group.count());
        json.name("followUps").value(group.followUps());
        strings(json, "hosts", group.hosts());
        json.name("hostCount").value(group.hostCount());
        strings(json, "kernels", group.kernels().keySet());
        counts(json, "kernelCounts", group.kernels());
        json.name("first").value(group.first());
        json.name("last").value(group.last());
        json.name("example");
        place(json, group.example().input(), group.example().line());
        json.name("members").beginArray();
        for (TriageGroup.Member each : group.members()) {
            place(json, each.input(), each.line());
        }
        json.endArray();
        strings(json, "functions", group.functions());
        counts(json, "variants", group.variants());
        counts(json, "hours", group.hours());
        counts(json, "days", group.days());
        json.name("undated").value(group.undated());
        json.name("printedOnly").value(group.printedOnly());
        json.name("sure").value(group.sure());
        json.endObject();
        return text.toString();
    }

    private static void place(JsonWriter json, String input, long line) throws IOException {
        json.beginObject();
        json.name("input").value(input);
        json.name("line").value(line);
        json.endObject();
    }

    private static void strings(JsonWriter json, String name, Collection<String> values) throws IOException {
        json.name(name).beginArray();
        for (String value : values) {
            json.value(value);
        }
        json.endArray();
    }

    private static void counts(JsonWriter json, String name, Map<String, Long> counts) throws IOException {
        json.name(name).beginObject();
        for (Map.Entry<String, Long> each : counts.entrySet()) {
            json.name(each.getKey()).value(each.getValue());
        }
        json.endObject();
    }
}
