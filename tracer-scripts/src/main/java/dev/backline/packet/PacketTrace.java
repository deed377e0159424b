package dev.backline.packet;

import dev.backline.io.HeapShare;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was captured at one place, in one file or several behind each other. Keeps every connection with a RST and the
 * latest ones without, up to a number that does not depend on the capture. Not thread-safe while it is added to.
 */
final class PacketTrace {
    /** About 600 bytes each. */
    private static final int MAX_FLOWS = HeapShare.count(16, 600, 1 << 15);

    /** About 1,200 bytes each, with its connection. */
    private static final int MAX_RESETS = HeapShare.count(16, 1200, 30_000);

    final String name;
    private final List<String> files = new ArrayList<>();
    private final ConnectionKey probe = new ConnectionKey();
    private final Map<ConnectionKey, PacketFlow> withResets = new HashMap<>();
    private final Map<ConnectionKey, PacketFlow> others = new LinkedHashMap<>(64, 0.75f, true);
    private final List<String> notes = new ArrayList<>();
    private long packets;
    private long resets;
    private long forgotten;
    private int keptResets;
    private long earliest = Long.MAX_VALUE;
    private long latest = Long.MIN_VALUE;

    PacketTrace(String name) {
        this.name = name;
    }

    void read(String file, InputStream in) throws IOException {
        files.add(file);
        notes.addAll(PacketFile.read(file, in, this::packet));
    }

    private void packet(TcpPacket packet) {
        packets++;
        if (packet.time != TcpPacket.NO_TIME) {
            earliest = Math.min(earliest, packet.time);
            latest = Math.max(latest, packet.time);
        }
        boolean up = probe.set(packet);
        PacketFlow flow = withResets.get(probe);
        boolean kept = flow != null;
        if (flow == null) {
            flow = others.get(probe);
        }
        if (flow == null || flow.endsBefore(packet, up)) {
            flow = begin(flow, kept);
        }
        if (flow.add(packet, up, files.size() - 1)) {
            resets++;
            if (keptResets < MAX_RESETS && flow.keepReset()) {
                keptResets++;
                others.remove(flow.key);
                withResets.put(flow.key, flow);
            }
        }
    }

    private PacketFlow begin(@Nullable PacketFlow before, boolean kept) {
        PacketFlow flow = new PacketFlow(before == null ? probe.copy() : before.key);
        if (kept && before != null) {
            // Of the earlier ones only those with a RST stay: so many there can be.
            flow.before = before.resets().isEmpty() ? before.before : before;
            withResets.put(flow.key, flow);
        } else {
            others.put(flow.key, flow);
            if (others.size() > MAX_FLOWS) {
                Iterator<PacketFlow> oldest = others.values().iterator();
                oldest.next();
                oldest.remove();
                forgotten++;
            }
        }
        return flow;
    }

    /** The last connection between these ends, which links to the earlier ones; null when none was kept. */
    @Nullable
    PacketFlow find(ConnectionKey key) {
        PacketFlow flow = withResets.get(key);
        return flow != null ? flow : others.get(key);
    }

    /** All connections that were kept. */
    List<PacketFlow> flows() {
        List<PacketFlow> flows = new ArrayList<>(withResets.size() + others.size());
        for (PacketFlow flow : withResets.values()) {
            for (PacketFlow each = flow; each != null; each = each.before) {
                flows.add(each);
            }
        }
        flows.addAll(others.values());
        return flows;
    }

    long resets() {
        return resets;
    }

    /** Whether packets of this time were captured, on this trace's own clock. */
    boolean covers(long time) {
        return time >= earliest && time <= latest;
    }

    String file(int index) {
        return files.get(index);
    }

    /** What a person should know about how complete the trace is, one sentence each. */
    List<String> notes() {
        List<String> all = new ArrayList<>(notes);
        if (packets == 0) {
            all.add(name + " has no TCP packet");
        }
        if (forgotten > 0) {
            all.add(name + " has more connections than are kept at a time: " + forgotten
                    + " without a RST were dropped; filter the capture by the events' addresses");
        }
        if (resets > keptResets) {
            all.add(name + ": only the first " + keptResets + " of " + resets + " RSTs were examined");
        }
        return all;
    }
}
