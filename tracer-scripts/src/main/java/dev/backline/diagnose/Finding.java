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

/** Groups with the same cause, confidence and title: one entry of a report. Not thread-safe. */
public final class Finding {
    /** More advice than a person reads; groups of one finding differ in few of their commands. */
    private static final int MAX_ADVICE = 20;

    /** What a finding asks of the reader; the order of a report's entries. */
    private enum Weight {
        /** Something between the peers goes wrong, and this host can cure it. */
        CURABLE,
        /** This host answers as it must; the peer, the path or a service may still be wrong. */
        ANSWER,
        /** An application closed or aborted its own connection. */
        APPLICATION,
        /** Several causes are left. */
        OPEN,
        UNKNOWN,
        NOT_SENT,
        /** Nothing that this host decides: the peer sent the RST. */
        RECEIVED
    }

    private final String id;
    private final Diagnosis diagnosis;
    private final List<Grouping.Group> groups = new ArrayList<>();
    private final Set<String> peers = new LinkedHashSet<>();
    private final Set<String> namespaces = new LinkedHashSet<>();
    private final Set<Remedy> remedies = new LinkedHashSet<>();
    private final Set<Remedy> settling = new LinkedHashSet<>();
    private long count;
    private @Nullable Instant from;
    private @Nullable Instant to;

    private Finding(String id, Diagnosis diagnosis) {
        this.id = id;
        this.diagnosis = diagnosis;
    }

    /**
     * {@return findings in the order of a report: what this host can cure, then what it only answers, then what applications do
     * to their own connections; of each, certain causes before likely ones, those with commands that help before others, and the
     * most frequent first. Causes that are only
     * possible follow, then what is not known, then what was not sent, and last RSTs that the peer sent}
     *
     * @param groups the largest first
     */
    public static List<Finding> of(List<Grouping.Group> groups) {
        Map<List<Object>, Finding> findings = new LinkedHashMap<>();
        Map<String, Integer> ids = new LinkedHashMap<>();
        for (Grouping.Group group : groups) {
            Diagnosis diagnosis = group.diagnosis();
            findings.computeIfAbsent(List.of(diagnosis.cause(), diagnosis.confidence(), diagnosis.title()), key -> {
                        String id =
                                diagnosis.label() + "-" + diagnosis.confidence().id();
                        int others = ids.merge(id, 1, Integer::sum);
                        return new Finding(others == 1 ? id : id + "-" + others, diagnosis);
                    })
                    .add(group);
        }
        List<Finding> sorted = new ArrayList<>(findings.values());
        sorted.sort(Comparator.comparing(Finding::weight)
                .thenComparing(finding -> finding.diagnosis.confidence())
                .thenComparing(finding -> finding.remedies().stream()
                        .allMatch(remedy -> remedy.commands().isEmpty()))
                .thenComparing(Comparator.comparingLong(Finding::count).reversed())
                .thenComparing(finding -> finding.diagnosis.cause()));
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
        String namespace = group.namespace();
        if (namespace != null && namespaces.size() < Grouping.MAX_PEERS) {
            namespaces.add(namespace);
        }
        add(group.diagnosis().remedies(), remedies);
        add(group.diagnosis().settling(), settling);
    }

    private static void add(List<Remedy> some, Set<Remedy> all) {
        for (Remedy each : some) {
            if (all.size() < MAX_ADVICE) {
                all.add(each);
            }
        }
    }

    private Weight weight() {
        return switch (diagnosis.cause()) {
            case UNKNOWN -> diagnosis.isReceived() ? Weight.RECEIVED : Weight.UNKNOWN;
            case NOT_SENT -> Weight.NOT_SENT;
            case CONNTRACK_INVALID, ACCEPT_QUEUE_OVERFLOW, ORPHAN_LIMIT, KEEPALIVE_TIMEOUT ->
                unlessOpen(Weight.CURABLE);
            case LINGER_ZERO,
                    CLOSE_UNREAD_DATA,
                    DATA_AFTER_CLOSE,
                    LINGER2,
                    DISCONNECT,
                    LISTENER_CLOSED,
                    FIN_WAIT2_TIMEOUT,
                    SOCKET_DESTROYED,
                    TIME_WAIT -> unlessOpen(Weight.APPLICATION);
            default -> unlessOpen(Weight.ANSWER);
        };
    }

    private Weight unlessOpen(Weight known) {
        return diagnosis.confidence() == Confidence.POSSIBLE ? Weight.OPEN : known;
    }

    /** {@return the cause and the confidence as one word: {@code conntrack-invalid-certain}; unique in a report} */
    public String id() {
        return id;
    }

    /** {@return the diagnosis of the largest group} */
    public Diagnosis diagnosis() {
        return diagnosis;
    }

    /** {@return what cures the events of all groups, those with commands first} */
    public List<Remedy> remedies() {
        List<Remedy> sorted = new ArrayList<>(remedies);
        sorted.sort(Comparator.comparing(remedy -> remedy.commands().isEmpty()));
        return sorted;
    }

    /** {@return what would distinguish the candidates of all groups, commands first} */
    public List<Remedy> settling() {
        List<Remedy> sorted = new ArrayList<>(settling);
        sorted.sort(Comparator.comparing(remedy -> remedy.commands().isEmpty()));
        return sorted;
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

    /** {@return the network namespaces of the events as {@link Grouping.Group#namespace} names them, at most 100} */
    public Set<String> namespaces() {
        return Collections.unmodifiableSet(namespaces);
    }
}
