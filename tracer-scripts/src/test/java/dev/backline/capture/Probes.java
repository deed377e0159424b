package dev.backline.capture;

/** Events as generated scripts print them, in a few words. */
public final class Probes {
    private Probes() {}

    public static ProbeEvent event(String line) {
        return Heard.of(line).events.get(0);
    }

    /**
     * A packet without a socket.
     *
     * @param clocks {@code wall=… mono=…}, or one of them
     */
    public static ProbeEvent noSocket(String clocks, String source, String destination, String fields) {
        return event("rst " + clocks + " probe=tcp_v4_send_reset src=" + source + " dst=" + destination
                + " flags=ACK sk=none " + fields);
    }
}
