package dev.backline.capture;

import dev.backline.probe.ProbeCatalogue;
import dev.backline.probe.ProbePoint;
import dev.backline.probe.ProbePoint.Direction;
import dev.backline.probe.ProbePoint.Use;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The functions whose names mark a line of any script as an event: those of the catalogue of probes. */
final class RstFunctions {
    private static final Set<String> ALL = new HashSet<>();

    /** Functions that answer a packet, but never a packet that is a RST itself. */
    private static final Set<String> ANSWERING = new HashSet<>();

    /** Functions that make the RST: their callers say why. */
    private static final Set<String> SENDING = new HashSet<>();

    static {
        for (ProbePoint point : ProbeCatalogue.points()) {
            // The others are also called for packets that no RST answers; reject rules nearly always send a RST.
            if (point.use() != Use.DETAIL || point.direction() == Direction.NETFILTER) {
                ALL.add(point.name().substring(point.name().indexOf(':') + 1));
            }
            if (point.use() != Use.DETAIL
                    && point.direction() != Direction.RECEIVED
                    && point.kind() == ProbePoint.Kind.FUNCTION) {
                SENDING.add(point.name());
            }
            if (point.use() == Use.ALWAYS && point.direction() == Direction.PASSIVE) {
                ANSWERING.add(point.name());
            }
        }
    }

    private static final Pattern WORD = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{4,63}");

    private RstFunctions() {}

    static boolean contains(String function) {
        return ALL.contains(function);
    }

    static boolean answersPackets(@Nullable String function) {
        return function != null && ANSWERING.contains(function);
    }

    static boolean sends(String function) {
        return SENDING.contains(function);
    }

    /** The first of these functions in a text, or null. */
    static @Nullable String in(String text) {
        if (!text.contains("reset") && !text.contains("reject")) {
            return null;
        }
        Matcher word = WORD.matcher(text);
        while (word.find()) {
            if (ALL.contains(word.group())) {
                return word.group();
            }
        }
        return null;
    }
}
