package dev.backline.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.backline.capture.Endpoint;
import dev.backline.fixtures.Captures;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A recording of the lab (fixtures/lab/README.md): its events, each with the cause that it must be told as. */
final class LabRecording {
    private static final String EVENT = "rst ";

    /** Seconds around an event's time in which a probe may date it, as fixtures/lab/check has it. */
    private static final BigDecimal SLACK = new BigDecimal("0.05");

    /**
     * One event of the capture.
     *
     * @param line of the capture it begins in, from 1
     * @param text of that line
     * @param fields of it
     * @param frames the lines of its stack
     * @param cause what it must be told as; null for a RST that came in, whose cause is elsewhere
     */
    record Event(
            int line,
            String text,
            Map<String, String> fields,
            List<String> frames,
            @Nullable String cause) {
        String field(String key) {
            return fields.getOrDefault(key, "-");
        }
    }

    private record Expected(
            BigDecimal from, BigDecimal to, String function, String source, String destination, String cause) {}

    private final Path folder;
    private final List<String> head = new ArrayList<>();
    private final List<Event> events = new ArrayList<>();

    /**
     * Reads a recording and finds for each expected event the one that was captured.
     *
     * @param name of the folder below fixtures/captures
     * @param file the capture's
     */
    LabRecording(String name, String file) throws IOException {
        folder = Captures.folder().resolve(name);
        List<Expected> left = expected(folder.resolve("truth.json"));
        List<String> lines = Files.readAllLines(folder.resolve(file), StandardCharsets.UTF_8);
        for (int i = 0; i < lines.size(); i++) {
            if (events.isEmpty() && !lines.get(i).startsWith(EVENT)) {
                head.add(lines.get(i));
            }
            if (lines.get(i).startsWith(EVENT)) {
                int end = i + 1;
                while (end < lines.size() && lines.get(end).matches("[ \t].*")) {
                    end++;
                }
                Map<String, String> fields = fields(lines.get(i));
                boolean received = "received".equals(fields.get("dir"));
                String cause = received ? null : cause(fields, left);
                assertThat(cause == null).as(lines.get(i)).isEqualTo(received);
                events.add(new Event(i + 1, lines.get(i), fields, lines.subList(i + 1, end), cause));
            }
        }
        assertThat(left).as("expected, and not captured").isEmpty();
    }

    /** The lines before the first event. */
    List<String> head() {
        return head;
    }

    List<Event> events() {
        return events;
    }

    Path kernelLog() {
        return folder.resolve("dmesg.txt");
    }

    private static List<Expected> expected(Path truth) throws IOException {
        List<Expected> expected = new ArrayList<>();
        JsonObject all = JsonParser.parseString(Files.readString(truth)).getAsJsonObject();
        for (JsonElement each : all.getAsJsonArray("events")) {
            JsonObject event = each.getAsJsonObject();
            for (JsonElement hit : event.getAsJsonArray("expected")) {
                JsonObject wanted = hit.getAsJsonObject();
                expected.add(new Expected(
                        time(event, "start").subtract(SLACK),
                        time(event, "end").add(SLACK),
                        wanted.get("function").getAsString(),
                        plain(wanted.get("source").getAsString()),
                        plain(wanted.get("destination").getAsString()),
                        wanted.get("cause").getAsString()));
            }
        }
        return expected;
    }

    private static BigDecimal time(JsonObject event, String which) {
        JsonPrimitive time = event.getAsJsonObject(which).getAsJsonPrimitive("mono");
        return time.getAsBigDecimal();
    }

    private static @Nullable String cause(Map<String, String> hit, List<Expected> left) {
        BigDecimal at = new BigDecimal(hit.get("mono"));
        String probe = hit.get("probe").replaceFirst("\\..*", "");
        for (Expected each : left) {
            if (each.from.compareTo(at) <= 0
                    && at.compareTo(each.to) <= 0
                    && each.function.equals(probe)
                    && each.source.equals(plain(hit.get("src")))
                    && each.destination.equals(plain(hit.get("dst")))) {
                left.remove(each);
                return each.cause;
            }
        }
        return null;
    }

    /** An end in one form; an IPv4 address as IPv4, also where an IPv6 socket speaks it. */
    private static String plain(String end) {
        int colon = end.lastIndexOf(':');
        String address = end.substring(0, colon).replaceAll("[\\[\\]]", "");
        return String.valueOf(Endpoint.of(address, end.substring(colon + 1)));
    }

    private static Map<String, String> fields(String line) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String pair : line.substring(EVENT.length()).split(" ")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                fields.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        return fields;
    }
}
