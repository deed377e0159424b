package dev.backline.diagnose;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a report advises: the table {@code advice.txt}, whose top explains its notation. Events with the same cause and the same
 * rows share one {@link Chosen}. Thread-safe.
 */
final class Advice {
    private enum Kind {
        TITLE,
        HELP,
        SETTLE
    }

    private record Row(Kind kind, List<Condition> conditions, Remedy remedy) {}

    /**
     * The advice for an event.
     *
     * @param title what happened, as a clause
     * @param remedies what cures it
     * @param settling what would confirm or exclude the cause
     */
    record Chosen(String title, List<Remedy> remedies, List<Remedy> settling) {
        Chosen {
            remedies = List.copyOf(remedies);
            settling = List.copyOf(settling);
        }
    }

    private final Map<Cause, List<Row>> rows = new EnumMap<>(Cause.class);
    private final Map<Cause, Map<BitSet, Chosen>> chosen = new EnumMap<>(Cause.class);

    private Advice() {
        for (Cause cause : Cause.values()) {
            rows.put(cause, new ArrayList<>());
            chosen.put(cause, new ConcurrentHashMap<>());
        }
    }

    /** Reads the table. */
    static Advice own() {
        try (InputStream in = Advice.class.getResourceAsStream("advice.txt")) {
            if (in == null) {
                throw new IllegalStateException("advice.txt is missing beside " + Advice.class.getName());
            }
            Advice advice = new Advice();
            advice.read(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)));
            return advice;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(BufferedReader lines) throws IOException {
        Map<String, Cause> causes = new HashMap<>();
        for (Cause cause : Cause.values()) {
            causes.put(cause.id(), cause);
        }
        List<Row> current = new ArrayList<>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            if (text.startsWith("[")) {
                Cause cause = causes.get(text.substring(1, text.length() - 1));
                if (cause == null) {
                    throw new IllegalArgumentException("no cause: " + text);
                }
                current = rows.getOrDefault(cause, current);
            } else if (!line.startsWith(" ")) {
                String[] words = text.split(" +", 2);
                current.add(new Row(
                        Kind.valueOf(words[0].toUpperCase(Locale.ROOT)),
                        Condition.all(words.length < 2 ? "" : words[1]),
                        new Remedy(List.of(), "")));
            } else {
                Row row = current.remove(current.size() - 1);
                Remedy remedy = row.remedy();
                List<String> commands = new ArrayList<>(remedy.commands());
                String words = remedy.text();
                if (text.startsWith("$ ")) {
                    commands.add(text.substring(2));
                } else {
                    words += (words.isEmpty() ? "" : " ") + text;
                }
                current.add(new Row(row.kind(), row.conditions(), new Remedy(commands, words)));
            }
        }
    }

    /** The advice for a cause, by what is known of the event. */
    Chosen of(Cause cause, Facts facts) {
        List<Row> its = rows.getOrDefault(cause, List.of());
        BitSet apply = new BitSet();
        for (int i = 0; i < its.size(); i++) {
            apply.set(i, Rules.all(its.get(i).conditions(), facts) == Condition.Truth.HOLDS);
        }
        return chosen.getOrDefault(cause, Map.of()).computeIfAbsent(apply, key -> choose(cause, key));
    }

    /** The whole advice for a cause, whatever its conditions. */
    Chosen all(Cause cause) {
        BitSet all = new BitSet();
        all.set(0, rows.getOrDefault(cause, List.of()).size());
        return choose(cause, all);
    }

    private Chosen choose(Cause cause, BitSet apply) {
        List<Row> its = rows.getOrDefault(cause, List.of());
        String title = null;
        List<Remedy> remedies = new ArrayList<>();
        List<Remedy> settling = new ArrayList<>();
        for (int i = apply.nextSetBit(0); i >= 0; i = apply.nextSetBit(i + 1)) {
            Row row = its.get(i);
            switch (row.kind()) {
                case TITLE -> title = title == null ? row.remedy().text() : title;
                case HELP -> remedies.add(row.remedy());
                case SETTLE -> settling.add(row.remedy());
            }
        }
        return new Chosen(title == null ? cause.title() : title, remedies, settling);
    }
}
