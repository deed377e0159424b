package dev.backline.diagnose;

import dev.backline.capture.Endpoint;
import dev.backline.capture.ProbeEvent;
import dev.backline.capture.ProbeFrame;
import dev.backline.io.HeapShare;
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
 * Counts events with the same cause and stack. Keeps enough of each group for a report without reading the capture again;
 * the memory does not grow with the number of events. Not thread-safe.
 */
public final class Grouping {
    /** Ordinary captures have a few dozen different stacks; a hostile one has a new stack in every event. */
    private static final int MAX_GROUPS = 10_000;

    static final int MAX_PEERS = 100;

    /** The bound on the memory of all groups' first events and peers, in bytes, estimated. */
    private static final long MAX_WEIGHT = HeapShare.count(8, 1, 96 << 20);

    /** Estimated bytes of a frame with its step, of a field and of a peer, without their texts. */
    private static final int FRAME_WEIGHT = 400;

    private static final int FIELD_WEIGHT = 60;
    private static final int PEER_WEIGHT = 150;

    /**
     * Events with the same cause and stack, in the same network namespace and with the same reason.
     *
     * @param number as {@link #add} gave it
     * @param diagnosis the diagnosis of the first event, which stands for all
     * @param first the first event that was read
     * @param steps the stack of the first event, resolved
     * @param count the number of events
     * @param from the earliest time of day, null when no event has one
     * @param to the latest
     * @param peers the addresses of the other ends of the connections, at most 100
     */
    public record Group(
            int number,
            Diagnosis diagnosis,
            ProbeEvent first,
            List<CallStep> steps,
            long count,
            @Nullable Instant from,
            @Nullable Instant to,
            Set<String> peers) {
        /**
         * {@return the network namespace of the events: its inode, with the name where the capture has one; null when the capture
         * does not have it}
         */
        public @Nullable String namespace() {
            String inode = field("netns");
            if (inode == null) {
                return null;
            }
            for (String key : List.of("container", "pod", "netns_name")) {
                String name = field(key);
                if (name != null) {
                    return inode + " (" + name + ")";
                }
            }
            return inode;
        }

        /** {@return the kernel's own reason; null when the capture does not have it} */
        public @Nullable String reason() {
            return field("reason");
        }

        /** {@return the state of the socket; null when the capture does not have it} */
        public @Nullable String state() {
            return field("state");
        }

        private @Nullable String field(String key) {
            String value = first.fields().get(key);
            return value == null || value.equals("-") ? null : value;
        }
    }

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
     * @param event the event
     * @param steps its stack, resolved
     * @param diagnosis the event's diagnosis
     * @return the number of its group, from 0; null when the event is in no group because there are too many
     */
    public @Nullable Integer add(ProbeEvent event, List<CallStep> steps, Diagnosis diagnosis) {
        List<Object> key = new ArrayList<>(steps.size() + 6);
        key.add(diagnosis.cause());
        key.add(diagnosis.confidence());
        key.add(diagnosis.title());
        key.add(event.probe());
        // The same stack in two network namespaces has two cures.
        key.add(event.fields().getOrDefault("netns", ""));
        key.add(event.fields().getOrDefault("reason", ""));
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
        counter.count += event.count();
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

    /** The memory that an event takes, in bytes, estimated. */
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
