package dev.backline.diagnose;

import dev.backline.evidence.ConntrackEvents;
import dev.backline.evidence.Counters;
import dev.backline.evidence.KernelLog;
import dev.backline.packet.PacketTraces;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was recorded beside the captures: kernel logs, conntrack events, packet captures and counters. Read all of it before the first
 * capture. Not thread-safe while it is read; afterwards any number of threads may use it.
 */
public final class Evidence {
    private final KernelLog log = new KernelLog();
    private final ConntrackEvents conntrack = new ConntrackEvents();
    private final PacketTraces packets = new PacketTraces();
    private final Counters counters = new Counters();

    /** No evidence yet. */
    public Evidence() {}

    /**
     * Reads a kernel log of the host whose RSTs were captured.
     *
     * @param name how messages name the log
     * @param in is read to its end and not closed
     * @return this evidence
     * @throws IOException when the stream cannot be read
     */
    public Evidence kernelLog(String name, InputStream in) throws IOException {
        log.read(name, in);
        return this;
    }

    /**
     * Reads what {@code conntrack -E -o timestamp} printed on that host.
     *
     * @param name how messages name the file
     * @param in is read to its end and not closed
     * @return this evidence
     * @throws IOException when the stream cannot be read
     */
    public Evidence conntrack(String name, InputStream in) throws IOException {
        conntrack.read(name, in);
        return this;
    }

    /**
     * Reads a packet capture: pcap or pcapng.
     *
     * @param place where the packets were captured, such as {@code host} or {@code container}
     * @param name how messages name the file
     * @param in is read to its end and not closed
     * @return this evidence
     * @throws IOException when the stream cannot be read or is not a packet capture
     */
    public Evidence packets(String place, String name, InputStream in) throws IOException {
        packets.read(place, name, in);
        return this;
    }

    /**
     * Reads counters of that host: what nstat, netstat -s, conntrack -S or ss -ltn printed, or /proc/net/snmp and
     * /proc/net/netstat. Several files are readings in the order of time.
     *
     * @param name how messages name the file
     * @param in is read to its end and not closed
     * @return this evidence
     * @throws IOException when the stream cannot be read
     */
    public Evidence counters(String name, InputStream in) throws IOException {
        counters.read(name, in);
        return this;
    }

    /** {@return the kernel's release according to the kernel log; null when no log states it} */
    public @Nullable String release() {
        return log.release();
    }

    /** {@return what a person should know about the evidence: what is missing or uncertain, one sentence each} */
    public List<String> notes() {
        List<String> notes = new ArrayList<>(log.notes());
        notes.addAll(conntrack.notes());
        notes.addAll(packets.notes());
        notes.addAll(counters.notes());
        return notes;
    }

    Diagnoser diagnoser() {
        return new Diagnoser(log, conntrack, packets, counters);
    }
}
