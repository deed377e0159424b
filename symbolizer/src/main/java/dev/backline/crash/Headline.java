package dev.backline.crash;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A line that starts a report, or that names the problem of a report that an earlier line started. Immutable.
 *
 * @param role what the line does
 * @param kind null for the cut line
 * @param facts that the line states
 */
record Headline(Role role, @Nullable ReportKind kind, Map<Fact, String> facts) {
    /** What a headline does. */
    enum Role {
        /** {@code ------------[ cut here ]------------}: the headline follows. */
        CUT,
        /** A text of a check that calls BUG() or WARN(): a report only if that follows. */
        PRETEXT,
        /** Starts a report. */
        START,
        /** Starts a report if a call trace follows; else it is just a message. */
        TENTATIVE,
        /** The oops line, or another line that follows the headline; starts a report if there is none. */
        TRAP,
        /** A panic: ends a report, or is one. */
        PANIC,
        /** Starts a dump of stacks that is not a report. */
        DUMP
    }

    Headline {
        Map<Fact, String> copy = new EnumMap<>(Fact.class);
        copy.putAll(facts);
        facts = copy;
    }

    static Headline of(Role role, @Nullable ReportKind kind) {
        return new Headline(role, kind, Map.of());
    }

    /** A line that starts a report, with facts: names and values in turn; null values are left out. */
    static Headline start(ReportKind kind, @Nullable Object... facts) {
        return with(Role.START, kind, facts);
    }

    /** A line that follows the headline, with facts. */
    static Headline trap(ReportKind kind, @Nullable Object... facts) {
        return with(Role.TRAP, kind, facts);
    }

    /** A line with facts. */
    static Headline with(Role role, ReportKind kind, @Nullable Object... facts) {
        Map<Fact, String> map = new EnumMap<>(Fact.class);
        for (int i = 0; i + 1 < facts.length; i += 2) {
            if (facts[i + 1] != null) {
                map.put((Fact) facts[i], (String) facts[i + 1]);
            }
        }
        return new Headline(role, kind, map);
    }
}
