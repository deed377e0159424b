package dev.backline.diagnose;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Groups with the same cause and confidence: one entry of a report. Not thread-safe. */
public final class Finding {
    private final Diagnosis diagnosis;
    private final List<Grouping.Group> groups = new ArrayList<>();
    private final Set<String> peers = new LinkedHashSet<>();
    private long count;
    private @Nullable Instant from;
    private @Nullable Instant to;

    private Finding(Diagnosis diagnosis) {
        this.diagnosis = diagnosis;
    }

    /**
     * {@return findings in the order of a report: certain causes before likely and possible ones, and of these the most frequent
     * first; those that do not explain a RST are last}
     *
     * @param groups the largest first
     */
    public static List<Finding> of(List<Grouping.Group> groups) {
        Map<String, Finding> findings = new LinkedHashMap<>();
        for (Grouping.Group group : groups) {
            Finding finding = new Finding(group.diagnosis());
            findings.computeIfAbsent(finding.id(), id -> finding).add(group);
        }
        List<Finding> sorted = new ArrayList<>(findings.values());
        sorted.sort(Comparator.comparing((Finding finding) -> !finding.tells())
                .thenComparing(finding -> finding.diagnosis.confidence())
                .thenComparing(Comparator.comparingLong(Finding::count).reversed()));
        return sorted;
    }

    private void add(Grouping.Group group) {
        groups.add(group);
        count += group.count();
        Instant first = group.from();
        Instant last = group.to();
        from = from == null || (first != null && first.isBefore(from)) ? first : from;
        to = to == null || (last != null && last.isAfter(to)) ? last : to;
        for (String peer : group.peers()) {
            if (peers.size() < Grouping.MAX_PEERS) {
                peers.add(peer);
            }
        }
    }

    /** Whether it explains a RST. */
    private boolean tells() {
        return diagnosis.cause() != Cause.UNKNOWN && diagnosis.cause() != Cause.NOT_SENT;
    }

    /** {@return the cause and the confidence as one word: {@code conntrack-invalid-certain}} */
    public String id() {
        return diagnosis.cause().id() + "-" + diagnosis.confidence().id();
    }

    /** {@return the diagnosis of the largest group} */
    public Diagnosis diagnosis() {
        return diagnosis;
    }

    /** {@return the groups, the largest first} */
    public List<Grouping.Group> groups() {
        return Collections.unmodifiableList(groups);
    }

    /** {@return the number of events in all groups} */
    public long count() {
        return count;
    }

    /** {@return the earliest time of day, null when no event has one} */
    public @Nullable Instant from() {
        return from;
    }

    /** {@return the latest time of day, null when no event has one} */
    public @Nullable Instant to() {
        return to;
    }

    /** {@return the addresses of the other ends of the connections, at most 100} */
    public Set<String> peers() {
        return Collections.unmodifiableSet(peers);
    }
}
