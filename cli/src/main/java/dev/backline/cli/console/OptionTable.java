package dev.backline.cli.console;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options of one command, declared once: {@link Arguments#scan} reads ordinary command lines by it, and
 * {@link Specs} makes of it what picocli needs for help, completion, complaints and everything out of the ordinary.
 * Nothing here touches picocli, whose classes take longer to get ready than a whole query. Not thread-safe.
 */
public final class OptionTable {
    /** What stands behind an option. */
    enum Value {
        /** Nothing. */
        NONE,
        TEXT,
        FILE,
        /** A file each time that the option is given. */
        FILES,
        /** A decimal number that an int holds. */
        NUMBER
    }

    /**
     * One option.
     *
     * @param names all of its names, dashes included; the first is the one that {@link Arguments} knows it by
     * @param label how help calls its value, empty for {@link Value#NONE}
     * @param choices the values that completion offers, empty where it has none to offer
     */
    record Option(List<String> names, Value value, String label, List<String> choices, String description) {}

    private final List<Option> options = new ArrayList<>();

    /** {@return the options of symbolize, without those for help} */
    public static OptionTable symbolize() {
        return new OptionTable()
                .kernel()
                .choice(
                        "FORMAT",
                        List.of("text", "json"),
                        "text: as faddr2line prints it (default). json: one object a line.",
                        "--format")
                .flag("Only the function that was not inlined.", "--no-inlines")
                .choice(
                        "RULE",
                        List.of("auto", "exact", "return"),
                        "exact: look up the address as it is. return: one byte before. "
                                + "auto: as each kind of query needs it (default).",
                        "--pc")
                .value(
                        "DIR",
                        Value.FILE,
                        "Print the source lines too, from the source tree in this directory.",
                        "--source")
                .value(
                        "N",
                        Value.NUMBER,
                        "How many lines to print before and behind each (default 5; with --source).",
                        "--context")
                .value(
                        "N",
                        Value.NUMBER,
                        "How many processors may work on many queries at once (default: all); a log is read by one.",
                        "--jobs")
                .flag(
                        "Say of each frame of a log whether its call goes to the frame above: verified, "
                                + "tail-call (through which functions), indirect, unverified.",
                        "--edges")
                .flag(
                        "Say of each frame what it calls, with which constant arguments, behind which label: on a line "
                                + "of its own, or in JSON's call.",
                        "--explain")
                .flag("Exit with status 1 when something was not resolved.", "--strict")
                .choice(
                        "WHEN",
                        List.of("auto", "always", "never"),
                        "auto: colours on a terminal unless NO_COLOR is set (default); always; never.",
                        "--color");
    }
    /** {@return the options of report, without those for help} */
    public static OptionTable report() {
        return new OptionTable()
                .kernel()
                .value(
                        "FILE",
                        Value.FILES,
                        "The kernel's log of that time (dmesg, journalctl -k): packets that a LOG rule or conntrack "
                                + "named are evidence. May be given several times.",
                        "--kernel-log")
                .value(
                        "FILE",
                        Value.FILES,
                        "What conntrack -E -o timestamp printed meanwhile (or conntrack -L): which connections the host "
                                + "translated, and until when. May be given several times.",
                        "--conntrack")
                .value(
                        "[NAME=]FILE",
                        Value.FILES,
                        "A pcap or pcapng file of that time, from the host, a container, the peer: where the RST and the "
                                + "packet before it were seen, and where not. NAME says where it was taken (default: the "
                                + "file's name). May be given several times.",
                        "--pcap")
                .choice(
                        "FORMAT",
                        List.of("text", "json", "html"),
                        "text: what happened, the most frequent first (default). json: one object with every event. "
                                + "html: one file for a browser, with time line, call paths and packet exchanges; "
                                + "it loads nothing and runs nothing.",
                        "--format")
                .value(
                        "FILE",
                        Value.FILE,
                        "Write the report to this file, which must not be there yet.",
                        "-o",
                        "--output")
                .value(
                        "DIR",
                        Value.FILE,
                        "With --format html, show the source around each line, from the source tree in this directory.",
                        "--source")
                .value(
                        "N",
                        Value.NUMBER,
                        "How many lines of it before and behind each (default 5; with --source).",
                        "--context")
                .flag(
                        "Keep reading the last capture while it grows, also when it is rotated, until Ctrl-C, and show "
                                + "what is new; the file of -o is then replaced every two seconds at most.",
                        "--follow")
                .choice(
                        "WHEN",
                        List.of("auto", "always", "never"),
                        "auto: colours on a terminal unless NO_COLOR is set (default); always; never.",
                        "--color");
    }

    /** Which kernel is meant: {@link KernelOptions}. */
    private OptionTable kernel() {
        return value("FILE", Value.FILE, "The ELF file with the kernel's debug info; or a module's.", "-e", "--vmlinux")
                .value(
                        "RELEASE",
                        Value.TEXT,
                        "The kernel of this release (uname -r), in the places where distributions put its "
                                + "debug files: /usr/lib/debug, /boot, /lib/modules.",
                        "-r",
                        "--release")
                .value(
                        "DIR",
                        Value.FILES,
                        "Look for vmlinux and for modules (NAME.ko, NAME.ko.debug, also .xz, .zst, .gz) below "
                                + "this directory. May be given several times.",
                        "-d",
                        "--debug-dir")
                .value(
                        "N",
                        Value.TEXT,
                        "How far the traced kernel was moved (hex with 0x, or decimal); subtracted from addresses.",
                        "--kaslr-offset")
                .value(
                        "FILE",
                        Value.FILE,
                        "The traced boot's /proc/kallsyms (also .gz, .xz, .zst): for addresses, also of modules.",
                        "--kallsyms")
                .value(
                        "FILE",
                        Value.FILE,
                        "The traced boot's /proc/modules, or lines MODULE SECTION ADDRESS: for addresses of modules.",
                        "--modules")
                .flag(
                        "Bring the distribution's package with the debug files, where nothing else has them "
                                + "(Debian and its family).",
                        "--fetch")
                .flag("Take files of another build than the trace's too.", "--force");
    }

    /** {@return the options in the order they were declared in} */
    List<Option> options() {
        return options;
    }

    /** {@return the option of that name, or null} */
    @Nullable
    Option find(String name) {
        for (Option option : options) {
            if (option.names().contains(name)) {
                return option;
            }
        }
        return null;
    }

    private OptionTable flag(String description, String... names) {
        options.add(new Option(List.of(names), Value.NONE, "", List.of(), description));
        return this;
    }

    private OptionTable value(String label, Value value, String description, String... names) {
        options.add(new Option(List.of(names), value, label, List.of(), description));
        return this;
    }

    private OptionTable choice(String label, List<String> choices, String description, String... names) {
        options.add(new Option(List.of(names), Value.TEXT, label, choices, description));
        return this;
    }
}
