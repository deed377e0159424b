package dev.backline.diagnose;

import dev.backline.capture.Endpoint;
import dev.backline.capture.ProbeEvent;
import dev.backline.capture.ProbeFrame;
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

/**
 * Events with the same cause and stack, counted. Keeps so much of each group that a report needs no second look at the
 * capture, and no more for a million events than for a thousand. Not thread-safe.
 */
public final class Grouping {
    /** Stacks differ in a few dozen ways; a hostile capture's differ in every one. */
    private static final int MAX_GROUPS = 10_000;

    private static final int MAX_PEERS = 100;

    /** What all groups' first events and peers take together, in bytes, about. */
    private static final long MAX_WEIGHT = 96 << 20;

    /** A frame with its step, a field, and a peer, without their texts. */
    private static final int FRAME_WEIGHT = 400;

    private static final int FIELD_WEIGHT = 60;
    private static final int PEER_WEIGHT = 150;

    /**
     * Events with the same cause and stack.
     *
     * @param number as {@link #add} gave it
     * @param diagnosis of all of them
     * @param first that was read: its diagnosis, stack and evidence stand for all
     * @param steps its stack, resolved
     * @param count how many they are
     * @param from the earliest time of day, null when no event has one
     * @param to the latest
     * @param peers whose packets or connections they were, at most 100
     */
    public record Group(
            int number,
            Diagnosis diagnosis,
            ProbeEvent first,
            List<CallStep> steps,
            long count,
            @Nullable Instant from,
            @Nullable Instant to,
            Set<String> peers) {}

    private static final class Counter {
        private final int number;
        private final Diagnosis diagnosis;
        private final ProbeEvent first;
        private final List<CallStep> steps;
        private long count;
        private @Nullable Instant from;
        private @Nullable Instant to;
        private final Set<String> peers = new LinkedHashSet<>();

        Counter(int number, Diagnosis diagnosis, ProbeEvent first, List<CallStep> steps) {
            this.number = number;
            this.diagnosis = diagnosis;
            this.first = first;
            this.steps = steps;
        }
    }

    private final Map<List<Object>, Counter> counters = new LinkedHashMap<>();
    private long weight;
    private long left;

    /** No groups yet. */
    public Grouping() {}

    /**
     * Counts an event.
     *
     * @param event that was diagnosed
     * @param steps its stack, resolved
     * @param diagnosis of the event
     * @return the number of its group, from 0; null when the event is in no group because there are too many
     */
    public @Nullable Integer add(ProbeEvent event, List<CallStep> steps, Diagnosis diagnosis) {
        List<Object> key = new ArrayList<>(steps.size() + 3);
        key.add(diagnosis.cause());
        key.add(diagnosis.confidence());
        key.add(event.probe());
        for (CallStep step : steps) {
            key.add(step.functions().isEmpty() ? step.place() : step.functions());
        }
        Counter counter = counters.get(key);
        if (counter == null) {
            if (counters.size() == MAX_GROUPS || weight > MAX_WEIGHT) {
                left++;
                return null;
            }
            counter = new Counter(counters.size(), diagnosis, event, List.copyOf(steps));
            counters.put(key, counter);
            weight += weight(event);
        }
        counter.count++;
        Instant time = event.time();
        if (time != null) {
            counter.from = counter.from == null || time.isBefore(counter.from) ? time : counter.from;
            counter.to = counter.to == null || time.isAfter(counter.to) ? time : counter.to;
        }
        Endpoint peer = event.peer();
        if (peer != null
                && counter.peers.size() < MAX_PEERS
                && weight <= MAX_WEIGHT
                && counter.peers.add(peer.address())) {
            weight += PEER_WEIGHT;
        }
        return counter.number;
    }

    /** What is kept of an event, in bytes, about. */
    private static long weight(ProbeEvent event) {
        long weight = 1000;
        for (String value : event.fields().values()) {
            weight += FIELD_WEIGHT + value.length();
        }
        for (ProbeFrame frame : event.stack()) {
            weight += FRAME_WEIGHT + 2L * frame.text().length();
        }
        return weight;
    }

    /** {@return the groups, the largest first} */
    public List<Group> groups() {
        List<Group> groups = new ArrayList<>();
        for (Counter counter : counters.values()) {
            groups.add(new Group(
                    counter.number,
                    counter.diagnosis,
                    counter.first,
                    counter.steps,
                    counter.count,
                    counter.from,
                    counter.to,
                    Collections.unmodifiableSet(counter.peers)));
        }
        groups.sort(Comparator.comparingLong(Group::count).reversed());
        return groups;
    }

    /** {@return how many events are in no group, because there were too many groups} */
    public long left() {
        return left;
    }
}
