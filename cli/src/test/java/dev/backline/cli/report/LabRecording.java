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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
     * @param id of the lab's event; null for a RST that came in
     * @param cause what it must be told as; null for a RST that came in, whose cause is elsewhere
     */
    record Event(
            int line,
            String text,
            Map<String, String> fields,
            List<String> frames,
            @Nullable String id,
            @Nullable String cause) {
        String field(String key) {
            return fields.getOrDefault(key, "-");
        }
    }

    private record Expected(
            String id,
            BigDecimal from,
            BigDecimal to,
            String function,
            String source,
            String destination,
            String cause) {
        boolean isActive() {
            return function.equals("tcp_send_active_reset");
        }
    }

    /** A line of the tracepoint in Linux 6.10 and later: time, and source and destination of the RST. */
    private static final Pattern TRACED =
            Pattern.compile(" ([0-9]+\\.[0-9]+): tcp_send_reset: .* src=(\\S+) dest=(\\S+) .*");

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
                Expected found = received ? null : found(fields, left);
                assertThat(found == null).as(lines.get(i)).isEqualTo(received);
                events.add(new Event(
                        i + 1,
                        lines.get(i),
                        fields,
                        lines.subList(i + 1, end),
                        found == null ? null : found.id,
                        found == null ? null : found.cause));
            }
        }
        assertThat(left).as("expected, and not captured").isEmpty();
    }

    /** Finds for each line of the tracepoint's in an ftrace recording the event that it belongs to: the line, from 1, to it. */
    static Map<Integer, Event> traced(String name) throws IOException {
        Path folder = Captures.folder().resolve(name);
        List<Expected> left = expected(folder.resolve("truth.json"));
        List<String> lines = Files.readAllLines(folder.resolve("ftrace.txt"), StandardCharsets.UTF_8);
        Map<Integer, Event> traced = new LinkedHashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            Matcher line = TRACED.matcher(lines.get(i));
            if (line.find()) {
                Expected found = sender(new BigDecimal(line.group(1)), line.group(2), line.group(3), left);
                assertThat(found).as(lines.get(i)).isNotNull();
                left.remove(found);
                traced.put(i + 1, new Event(i + 1, lines.get(i), Map.of(), List.of(), found.id, found.cause));
            }
        }
        return traced;
    }

    /** The commands that prevented an event's RSTs in the lab, by the event's id. */
    static Map<String, List<String>> cures(String name) throws IOException {
        Map<String, List<String>> cures = new LinkedHashMap<>();
        String truth = Files.readString(Captures.folder().resolve(name).resolve("truth.json"));
        for (JsonElement each : JsonParser.parseString(truth).getAsJsonObject().getAsJsonArray("events")) {
            JsonObject event = each.getAsJsonObject();
            if (event.has("cures")) {
                List<String> commands =
                        cures.computeIfAbsent(event.get("cures").getAsString(), id -> new ArrayList<>());
                event.getAsJsonArray("commands").forEach(command -> commands.add(command.getAsString()));
            }
        }
        return cures;
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

    Path conntrack() {
        return folder.resolve("conntrack.txt");
    }

    private static List<Expected> expected(Path truth) throws IOException {
        List<Expected> expected = new ArrayList<>();
        JsonObject all = JsonParser.parseString(Files.readString(truth)).getAsJsonObject();
        for (JsonElement each : all.getAsJsonArray("events")) {
            JsonObject event = each.getAsJsonObject();
            for (JsonElement hit : event.getAsJsonArray("expected")) {
                JsonObject wanted = hit.getAsJsonObject();
                expected.add(new Expected(
                        event.get("id").getAsString(),
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

    private static @Nullable Expected found(Map<String, String> hit, List<Expected> left) {
        BigDecimal at = new BigDecimal(hit.get("mono"));
        String probe = hit.get("probe").replaceFirst("\\..*", "");
        for (Expected each : left) {
            if (each.from.compareTo(at) <= 0
                    && at.compareTo(each.to) <= 0
                    && each.function.equals(probe)
                    && each.source.equals(plain(hit.get("src")))
                    && each.destination.equals(plain(hit.get("dst")))) {
                left.remove(each);
                return each;
            }
        }
        return null;
    }

    /** The event that sends this RST; the tracepoint does not know the peer of a listening socket. */
    private static @Nullable Expected sender(BigDecimal at, String source, String destination, List<Expected> left) {
        for (Expected each : left) {
            String here = each.isActive() ? each.source : each.destination;
            String there = each.isActive() ? each.destination : each.source;
            if (each.from.compareTo(at) <= 0
                    && at.compareTo(each.to) <= 0
                    && here.equals(plain(source))
                    && (destination.endsWith(":0") || there.equals(plain(destination)))) {
                return each;
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
