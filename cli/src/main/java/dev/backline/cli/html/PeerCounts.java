package dev.backline.cli.html;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts the events of each peer. When there are too many peers, those with the most events are kept. Not thread-safe.
 */
public final class PeerCounts {
    private static final int MAX_PEERS = 20_000;

    /** The events of one peer. */
    static final class Peer {
        private final String address;
        private final Map<String, Long> causes = new LinkedHashMap<>();
        private long count;
        private @Nullable Instant from;
        private @Nullable Instant to;

        private Peer(String address) {
            this.address = address;
        }

        String address() {
            return address;
        }

        long count() {
            return count;
        }

        /** The time of the earliest event; null when no event has a time. */
        @Nullable
        Instant from() {
            return from;
        }

        /** The time of the latest event; null when no event has a time. */
        @Nullable
        Instant to() {
            return to;
        }

        /** The causes of its events, the most frequent first. */
        List<String> causes() {
            List<String> sorted = new ArrayList<>(causes.keySet());
            sorted.sort(Comparator.comparingLong((String cause) -> causes.getOrDefault(cause, 0L))
                    .reversed());
            return sorted;
        }
    }

    private final Map<String, Peer> peers = new HashMap<>();
    private long forgotten;

    /**
     * Counts an event.
     *
     * @param cause in a word
     * @param events how many hits it stands for
     */
    public void add(String address, String cause, @Nullable Instant time, long events) {
        Peer peer = peers.get(address);
        if (peer == null) {
            if (peers.size() == MAX_PEERS) {
                forget();
            }
            peer = new Peer(address);
            peers.put(address, peer);
        }
        peer.count += events;
        peer.causes.merge(cause, events, Long::sum);
        if (time != null) {
            peer.from = peer.from == null || time.isBefore(peer.from) ? time : peer.from;
            peer.to = peer.to == null || time.isAfter(peer.to) ? time : peer.to;
        }
    }

    /** Keeps the half with the most events. */
    private void forget() {
        List<Peer> all = peers();
        for (Peer peer : all.subList(MAX_PEERS / 2, all.size())) {
            forgotten += peer.count;
            peers.remove(peer.address);
        }
    }

    /** The peers, the most frequent first. */
    List<Peer> peers() {
        List<Peer> all = new ArrayList<>(peers.values());
        all.sort(Comparator.comparingLong(Peer::count).reversed().thenComparing(Peer::address));
        return all;
    }

    /** The number of events of peers that were not kept. */
    long forgotten() {
        return forgotten;
    }
}
