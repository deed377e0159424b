package dev.backline.crash.summary;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The functions that are not to blame, by reason; read from {@code skipped-frames.txt}. Immutable. */
public final class SkippedFrames {
    /** Why a function is skipped. */
    enum Reason {
        REPORTING,
        ENTRY,
        HELPERS,
        LOCKS,
        RUNNERS,
        DISPATCHERS,
        FAULTS
    }

    private final Map<Reason, Names> groups = new EnumMap<>(Reason.class);
    private String version = "";

    private SkippedFrames(String text) {
        Names names = new Names();
        for (String line : text.split("\n", -1)) {
            if (line.startsWith("version ")) {
                version = line.substring(8).strip();
            } else if (line.startsWith("[")) {
                names = new Names();
                groups.put(Reason.valueOf(line.substring(1, line.indexOf(']')).toUpperCase(Locale.ROOT)), names);
            } else if (!line.startsWith("#")) {
                for (String name : line.split(" ", -1)) {
                    if (!name.isEmpty()) {
                        names.add(name);
                    }
                }
            }
        }
    }

    /**
     * {@return whether a function reports problems, such as {@code dump_stack}}
     *
     * @param function its name without a compiler's suffix
     */
    public static boolean isReporting(String function) {
        return bundled().has(Reason.REPORTING, function);
    }

    /**
     * {@return whether a function is on the way into the kernel or into a handler, such as {@code do_syscall_64}}
     *
     * @param function its name without a compiler's suffix
     */
    public static boolean isEntry(String function) {
        return bundled().has(Reason.ENTRY, function);
    }

    /**
     * {@return whether a function handles page faults, such as {@code handle_mm_fault}}
     *
     * @param function its name without a compiler's suffix
     */
    public static boolean isPageFault(String function) {
        return bundled().has(Reason.FAULTS, function);
    }

    /** {@return the list that comes with backline} */
    static SkippedFrames bundled() {
        return Bundled.LIST;
    }

    /** {@return the version of the list} */
    String version() {
        return version;
    }

    /**
     * {@return whether a function is skipped for a reason}
     *
     * @param function its name without a compiler's suffix
     */
    boolean has(Reason reason, String function) {
        Names names = groups.get(reason);
        return names != null && names.match(function);
    }

    private static final class Bundled {
        static final SkippedFrames LIST = read();

        private static SkippedFrames read() {
            try (InputStream in =
                    Objects.requireNonNull(SkippedFrames.class.getResourceAsStream("skipped-frames.txt"))) {
                return new SkippedFrames(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Names, some with stars. */
    private static final class Names {
        private final Set<String> exact = new HashSet<>();

        /** By the first character, which is a star in some: each name is compared with a few of them only. */
        private final Map<Character, List<List<String>>> patterns = new HashMap<>();

        void add(String name) {
            if (name.indexOf('*') < 0) {
                exact.add(name);
            } else {
                patterns.computeIfAbsent(name.charAt(0), key -> new ArrayList<>())
                        .add(List.of(name.split("\\*", -1)));
            }
        }

        boolean match(String name) {
            return exact.contains(name) || (!name.isEmpty() && match(name.charAt(0), name)) || match('*', name);
        }

        private boolean match(char first, String name) {
            for (List<String> each : patterns.getOrDefault(first, List.of())) {
                if (match(each, name)) {
                    return true;
                }
            }
            return false;
        }

        private static boolean match(List<String> parts, String name) {
            String first = parts.get(0);
            String last = parts.get(parts.size() - 1);
            if (name.length() < first.length() + last.length() || !name.startsWith(first) || !name.endsWith(last)) {
                return false;
            }
            int at = first.length();
            for (int i = 1; i < parts.size() - 1; i++) {
                int found = name.indexOf(parts.get(i), at);
                if (found < 0) {
                    return false;
                }
                at = found + parts.get(i).length();
            }
            return at <= name.length() - last.length();
        }
    }
}
