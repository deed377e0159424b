package dev.backline.probe;

import dev.backline.probe.ScriptOptions.Network;
import dev.backline.probe.ScriptOptions.PortRange;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the filters on ports and addresses as conditions, which have the same form in SystemTap and bpftrace. An event
 * passes if one of its ends is wanted and neither is unwanted.
 */
final class ScriptFilters {
    private static final String NEVER = "0";

    private ScriptFilters() {}

    /**
     * {@return the condition on the ports; empty if every port passes}
     *
     * @param one an expression for the port at one end, in host byte order
     * @param other the same for the other end
     */
    static String ports(ScriptOptions options, String one, String other) {
        List<String> wanted = new ArrayList<>();
        List<String> unwanted = new ArrayList<>();
        for (String port : List.of(one, other)) {
            for (PortRange range : options.ports()) {
                wanted.add(test(port, range));
            }
            for (PortRange range : options.notPorts()) {
                unwanted.add(test(port, range));
            }
        }
        return condition(wanted, unwanted);
    }

    private static String test(String port, PortRange range) {
        return range.first() == range.last()
                ? port + " == " + range.first()
                : "(" + port + " >= " + range.first() + " && " + port + " <= " + range.last() + ")";
    }

    /**
     * {@return the condition on the addresses of a packet of one family; empty if every address passes, 0 if none does}
     *
     * @param one expressions for the address at one end, as one number of 32 bits or four, in host byte order
     * @param other the same for the other end
     */
    static String addresses(ScriptOptions options, List<String> one, List<String> other) {
        List<String> wanted = new ArrayList<>();
        List<String> unwanted = new ArrayList<>();
        for (List<String> words : List.of(one, other)) {
            for (Network network : options.addresses()) {
                add(words, network, wanted);
            }
            for (Network network : options.notAddresses()) {
                add(words, network, unwanted);
            }
        }
        if (wanted.isEmpty() && !options.addresses().isEmpty()) {
            return NEVER;
        }
        return condition(wanted, unwanted);
    }

    private static void add(List<String> words, Network network, List<String> tests) {
        if (network.address() instanceof Inet4Address == (words.size() == 1)) {
            tests.add(test(words, network));
        }
    }

    private static String test(List<String> words, Network network) {
        byte[] bytes = network.address().getAddress();
        List<String> tests = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            int bits = Math.max(0, Math.min(32, network.prefix() - 32 * i));
            if (bits > 0) {
                StringBuilder value = new StringBuilder("0x");
                for (int j = 4 * i; j < 4 * i + 4; j++) {
                    value.append(Character.forDigit((bytes[j] >> 4) & 15, 16))
                            .append(Character.forDigit(bytes[j] & 15, 16));
                }
                String mask = "0x" + Integer.toHexString(-1 << (32 - bits));
                tests.add((bits == 32 ? words.get(i) : "(" + words.get(i) + " & " + mask + ")") + " == " + value);
            }
        }
        return tests.isEmpty() ? "1" : tests.size() == 1 ? tests.get(0) : "(" + String.join(" && ", tests) + ")";
    }

    private static String condition(List<String> wanted, List<String> unwanted) {
        String some = String.join(" || ", wanted);
        if (unwanted.isEmpty()) {
            return some;
        }
        String none = "!(" + String.join(" || ", unwanted) + ")";
        return wanted.isEmpty() ? none : "(" + some + ") && " + none;
    }
}
