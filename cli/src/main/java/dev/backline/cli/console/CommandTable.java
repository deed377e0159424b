package dev.backline.cli.console;

import static dev.backline.cli.console.CommandDeclaration.choice;
import static dev.backline.cli.console.CommandDeclaration.flag;
import static dev.backline.cli.console.CommandDeclaration.value;

import dev.backline.cli.console.CommandDeclaration.Option;
import dev.backline.cli.console.CommandDeclaration.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Declares all commands, with every word of their help. Each method builds the declaration of one command, so that a
 * query does not pay for the others.
 */
public final class CommandTable {
    private static final int ANY = Integer.MAX_VALUE;
    private static final List<String> TEXT_OR_JSON = List.of("text", "json");

    private static final String DONE = "done";
    private static final String USAGE = "wrong usage";
    private static final String INPUT = "an input could not be read or is malformed";

    private static final String OPTIONS = "Options";
    private static final String MOST_USED = "Most used options";
    private static final String WHICH_KERNEL = "Which kernel";
    private static final String ADDRESSES = "Where the kernel was in memory";
    private static final String WHAT_TO_PRINT = "What to print";
    private static final String OTHER = "Other options";

    private CommandTable() {}

    /** {@return backline itself, with all of its commands} */
    public static CommandDeclaration root() {
        return new CommandDeclaration(
                        "backline",
                        "Turn captured kernel stack traces into source lines, and explain crashes and TCP resets.")
                .synopsis("COMMAND [OPTION]... [ARGUMENT]...")
                .section(OPTIONS, help(), flag("Show the version, the build and the Java version.", "-V", "--version"))
                .note("'backline COMMAND --help' explains a command's options.")
                .exit(ExitStatus.DONE, DONE)
                .exit(ExitStatus.UNRESOLVED, "something could not be resolved and --strict was given")
                .exit(ExitStatus.USAGE, USAGE)
                .exit(ExitStatus.INPUT, INPUT)
                .example("Annotate a crash log", "backline symbolize crash.log")
                .example(
                        "Look up one frame of a trace from the running kernel",
                        "backline symbolize -r $(uname -r) tcp_v4_rcv+0x99b/0xee0")
                .example("Explain the TCP resets that a probe recorded", "backline report rst.log")
                .commands(List.of(
                        symbolize(),
                        explain(),
                        triage(),
                        report(),
                        serve(),
                        generate(),
                        index(),
                        kernel(),
                        faddr2line(),
                        addr2line(),
                        completion()));
    }

    /** {@return the command of that name, or null} */
    public static @Nullable CommandDeclaration named(String name) {
        return switch (name) {
            case "symbolize" -> symbolize();
            case "explain" -> explain();
            case "triage" -> triage();
            case "report" -> report();
            case "serve" -> serve();
            case "generate" -> generate();
            case "index" -> index();
            case "kernel" -> kernel();
            case "faddr2line" -> faddr2line();
            case "addr2line" -> addr2line();
            case "completion" -> completion();
            default -> null;
        };
    }

    public static CommandDeclaration symbolize() {
        return new CommandDeclaration(
                        "backline symbolize",
                        "Find the source lines of the frames in a log, or of single places in the kernel.")
                .synopsis("[OPTION]... [QUERY | FILE]...")
                .operand(
                        "QUERY | FILE",
                        0,
                        ANY,
                        "A query is func+0xoff or func+0xoff/0xsize, also with a module (func+0xoff [module] or "
                                + "module:func+0xoff), an address (0xffffffff81000000), or a function, for its start. Anything "
                                + "else is the name of a log file. '-' or no argument reads standard input.")
                .section(
                        MOST_USED,
                        vmlinux(),
                        release(),
                        debugDirectory(),
                        choice(
                                "FORMAT",
                                List.of("text", "json", "quickfix"),
                                "Output format: text (default), json (one object per frame on a line) or quickfix (one "
                                        + "FILE:LINE: FUNCTION per source frame, for editors).",
                                "--format"),
                        value(
                                Value.FILE,
                                "DIR",
                                "Print the source code around each line, read from the kernel source tree in this "
                                        + "directory.",
                                "--source"))
                .section(WHICH_KERNEL, fetch(), force(), noCache())
                .section(
                        ADDRESSES,
                        kaslrOffset(),
                        kallsyms(),
                        modules(),
                        choice(
                                "RULE",
                                List.of("auto", "exact", "return"),
                                "Address to look up: exact (the address itself), return (one byte before the address, "
                                        + "where the call is) or auto (return for func+offset, exact for a bare "
                                        + "address; default).",
                                "--pc"))
                .section(
                        WHAT_TO_PRINT,
                        context(5),
                        flag("Leave out inlined functions.", "--no-inlines"),
                        flag(
                                "Show for each frame of a log whether the call leads to the frame above: verified, "
                                        + "tail-call (through which functions), indirect or unverified.",
                                "--edges"),
                        flag(
                                "Show the call that each frame makes, with constant arguments and the label before the "
                                        + "call.",
                                "--explain"),
                        flag(
                                "Print the instructions of each Code: line of a log, with a mark at the instruction that "
                                        + "trapped and with source lines (text format only).",
                                "--code"),
                        flag(
                                "Print only the kernel's own lines of a log, without the JSON, CSV, HTML or mail around "
                                        + "each line.",
                                "--unwrap"),
                        links("in JSON"),
                        color())
                .section(
                        OTHER,
                        flag("Exit with status 1 if something could not be resolved.", "--strict"),
                        value(
                                Value.NUMBER,
                                "N",
                                "Number of processors that look up queries in parallel (default: all). A log is read by "
                                        + "one processor.",
                                "--jobs"),
                        help())
                .note(
                        "In a log, func+offset is a return address: backline looks up the byte before, where the call is. "
                                + "If the address itself has another line, '(exact: FILE:LINE)' follows the answer.")
                .exit(ExitStatus.DONE, DONE)
                .exit(ExitStatus.UNRESOLVED, "something could not be resolved and --strict was given")
                .exit(ExitStatus.USAGE, USAGE)
                .exit(ExitStatus.INPUT, INPUT)
                .example(
                        "Annotate a log, with installed debug files of the kernel that wrote it",
                        "backline symbolize crash.log")
                .example(
                        "Annotate the log of the running kernel as it grows",
                        "dmesg --follow | backline symbolize -r $(uname -r)")
                .example(
                        "Look up a frame in a module, with debug files from a directory",
                        "backline symbolize -d debug 'br_handle_frame+0x1a3 [bridge]'");
    }

    public static CommandDeclaration explain() {
        return new CommandDeclaration(
                        "backline explain",
                        "Explain the crash reports of a log: what was touched, through which variable, and why that failed.")
                .synopsis("[OPTION]... [LOG]...")
                .operand(
                        "LOG",
                        0,
                        ANY,
                        "A kernel log with oopses, warnings, KASAN reports, lockups or other reports. '-' or no argument "
                                + "reads standard input.")
                .section(
                        MOST_USED,
                        vmlinux(),
                        release(),
                        debugDirectory(),
                        choice(
                                "FORMAT",
                                List.of("text", "markdown", "json", "html"),
                                "Output format: text (default; one screen per report), markdown (for a mailing list or a "
                                        + "ticket), json (one object per report on a line) or html (one page that loads "
                                        + "nothing and runs no script).",
                                "--format"),
                        value(
                                Value.FILE,
                                "DIR",
                                "Show the source code around the line, read from the sources of the kernel or the module "
                                        + "in this directory.",
                                "--source"))
                .section(WHICH_KERNEL, fetch(), force(), noCache())
                .section(ADDRESSES, kaslrOffset(), kallsyms(), modules())
                .section(
                        WHAT_TO_PRINT,
                        context(2),
                        flag("Print every frame, variable and instruction, and fold none.", "--all"),
                        links("in JSON, in Markdown"),
                        value(
                                Value.FILE,
                                "FILE",
                                "Write the explanations to this file, which must not exist.",
                                "-o",
                                "--output"),
                        color())
                .section(
                        OTHER,
                        flag(
                                "Exit with status 1 if there is no report, or if a frame of a report could not be "
                                        + "resolved.",
                                "--strict"),
                        help())
                .note(
                        "backline names a variable only if the debug information or the code shows what the register held. An "
                                + "answer is certain, likely or possible. Everything else is called unknown, with what would "
                                + "settle the question.")
                .exit(ExitStatus.DONE, DONE)
                .exit(ExitStatus.UNRESOLVED, "something could not be resolved and --strict was given")
                .exit(ExitStatus.USAGE, USAGE)
                .exit(ExitStatus.INPUT, INPUT)
                .example("Explain the crashes in a log", "backline explain crash.log")
                .example(
                        "Explain the last crash of the running kernel, with debug files from a directory",
                        "dmesg | backline explain -d debug")
                .example(
                        "Write a page for a browser",
                        "backline explain -e vmlinux --format html -o crash.html crash.log");
    }

    public static CommandDeclaration triage() {
        return new CommandDeclaration(
                        "backline triage",
                        "Group the crash reports of many logs by bug: how many, since when, on which hosts and kernels.")
                .synopsis("[OPTION]... LOG|DIRECTORY|ARCHIVE...")
                .operand(
                        "LOG | DIRECTORY | ARCHIVE",
                        1,
                        ANY,
                        "Kernel logs, also compressed; directories, with all logs in them; tar and zip archives, also "
                                + "compressed. '-' reads standard input. Files that are not text are left out.")
                .section(
                        MOST_USED,
                        vmlinux(),
                        release(),
                        debugDirectory(),
                        choice(
                                "FORMAT",
                                List.of("text", "json", "html"),
                                "Output format: text (default; a few lines per group, heaviest first), json (one object per "
                                        + "group on a line) or html (one page that loads nothing and runs no script).",
                                "--format"),
                        value(
                                Value.NUMBER,
                                "N",
                                "Print the N heaviest groups only (default: 50; all with --format json).",
                                "--top"))
                .section(WHICH_KERNEL, fetch(), force(), noCache())
                .section(ADDRESSES, kaslrOffset(), kallsyms(), modules())
                .section(
                        OTHER,
                        value(
                                Value.FILE,
                                "FILE",
                                "Write the groups to this file, which must not exist.",
                                "-o",
                                "--output"),
                        value(
                                Value.NUMBER,
                                "N",
                                "Number of logs to read in parallel (default: the number of processors).",
                                "--jobs"),
                        flag(
                                "Exit with status 1 if there is no report, if a file could not be read, or if a group "
                                        + "lacks debug information.",
                                "--strict"),
                        color(),
                        help())
                .note(
                        "Reports of one bug are in one group, also from different kernels. A report that follows an earlier "
                                + "oops in the same boot can be a consequence of that one: it is counted apart, and "
                                + "the group weighs no more by it.")
                .exit(ExitStatus.DONE, DONE)
                .exit(ExitStatus.UNRESOLVED, "something could not be resolved and --strict was given")
                .exit(ExitStatus.USAGE, USAGE)
                .exit(ExitStatus.INPUT, INPUT)
                .example("Group the crashes in all logs of a directory", "backline triage logs")
                .example(
                        "Group the crashes in an archive, with debug files from a directory",
                        "backline triage -d debug logs.tar.gz")
                .example(
                        "Write a page with the ten heaviest groups",
                        "backline triage --format html --top 10 -o bugs.html logs");
    }

    public static CommandDeclaration serve() {
        return new CommandDeclaration(
                        "backline serve",
                        "Answer over HTTP: a page to paste a log into, and the commands for programs.")
                .synopsis("[OPTION]...")
                .section(
                        MOST_USED,
                        value(
                                Value.TEXT,
                                "ADDRESS:PORT",
                                "Listen on this address (default 127.0.0.1:8080). Port 0 takes a free port. '-' takes the "
                                        + "socket that systemd passes as standard input.",
                                "--listen"),
                        debugDirectory(),
                        value(
                                        Value.TEXT,
                                        "URL",
                                        "Download debug files that are missing from this debuginfod server, instead of "
                                                + "DEBUGINFOD_URLS.",
                                        "--debuginfod")
                                .severalTimes())
                .section(
                        "Limits",
                        value(Value.NUMBER, "MB", "Largest body of a request (default 64).", "--max-body"),
                        value(Value.NUMBER, "MB", "Largest log after decompression (default 512).", "--max-log"),
                        value(
                                Value.NUMBER,
                                "SECONDS",
                                "Longest time for a body to arrive, and for the answer after that (default 60).",
                                "--timeout"),
                        value(
                                Value.NUMBER,
                                "N",
                                "Number of logs that are answered in parallel (default: the number of processors).",
                                "--jobs"),
                        value(Value.NUMBER, "N", "Number of logs that may wait (default 64).", "--queue"))
                .section(OTHER, noCache(), help())
                .note(
                        "Nothing is stored. No answer names a directory or a server of this machine. On TERM, backline takes "
                                + "no new requests and answers those it has.")
                .exit(ExitStatus.DONE, DONE)
                .exit(ExitStatus.USAGE, USAGE)
                .exit(ExitStatus.INPUT, "the address or a directory cannot be used")
                .example("Serve a page to this machine, with debug files from a directory", "backline serve -d debug")
                .example(
                        "Serve a network, with smaller limits",
                        "backline serve --listen 0.0.0.0:8080 --max-body 8 --timeout 20 -d debug")
                .example("Serve on the socket of a systemd unit", "backline serve --listen - -d debug");
    }

    public static CommandDeclaration report() {
        return new CommandDeclaration(
                        "backline report",
                        "Explain why TCP RSTs were sent: print the cause, evidence and remedies of each recorded event.")
                .synopsis("[OPTION]... CAPTURE...")
                .operand(
                        "CAPTURE",
                        1,
                        ANY,
                        "The output of a probe script; '-' reads standard input. Several files are read in order, as "
                                + "the parts of one capture.")
                .section(
                        MOST_USED,
                        vmlinux(),
                        release(),
                        value(
                                        Value.FILE,
                                        "FILE",
                                        "Use this kernel log (from dmesg or journalctl -k) as evidence: what LOG rules and "
                                                + "conntrack logged about the packets.",
                                        "--kernel-log")
                                .severalTimes(),
                        choice(
                                "FORMAT",
                                List.of("text", "json", "html"),
                                "Output format: text (default; the main cause and the cure first), json (one object with "
                                        + "every event) or html (one page that loads nothing and runs no script).",
                                "--format"),
                        value(
                                Value.FILE,
                                "FILE",
                                "Write the report to this file, which must not exist.",
                                "-o",
                                "--output"))
                .section(WHICH_KERNEL, debugDirectory(), fetch(), force(), noCache())
                .section(ADDRESSES, kaslrOffset(), kallsyms(), modules())
                .section(
                        "More evidence",
                        value(
                                        Value.FILE,
                                        "FILE",
                                        "Use this output of 'conntrack -E -o timestamp' or 'conntrack -L' as evidence: "
                                                + "which connections the host translated, and until when.",
                                        "--conntrack")
                                .severalTimes(),
                        value(
                                        Value.FILE,
                                        "FILE",
                                        "Use these counters as evidence: the output of nstat -az, netstat -s, ss -ltn or "
                                                + "conntrack -S, or a copy of /proc/net/netstat. Give the readings from "
                                                + "before and after, in this order.",
                                        "--counters")
                                .severalTimes(),
                        value(
                                        Value.FILE,
                                        "[NAME=]FILE",
                                        "Use this packet capture (pcap or pcapng) from the host, a container or the peer as "
                                                + "evidence. NAME is the place of the capture (default: the file's name).",
                                        "--pcap")
                                .severalTimes())
                .section(
                        WHAT_TO_PRINT,
                        value(
                                Value.FILE,
                                "DIR",
                                "Show the source code around each line of an HTML report, read from the kernel source "
                                        + "tree in this directory (needs --format html).",
                                "--source"),
                        context(5),
                        flag(
                                "Print every group of events with the whole stack, the evidence and the advice. Without "
                                        + "this, the text has at most 120 lines.",
                                "--all"),
                        choice(
                                "LANGUAGE",
                                List.of("en", "zh"),
                                "Language of text and HTML: en (English, default) or zh (Chinese). JSON is always English.",
                                "--lang"),
                        flag(
                                "Replace addresses and the names of processes, containers and hosts, so that the report can "
                                        + "be shown to others. Equal names get equal replacements. Names of files stay.",
                                "--redact"),
                        color())
                .section(
                        OTHER,
                        flag(
                                "Keep reading the last capture while the file grows or is rotated, until Ctrl-C, and print "
                                        + "new events. With -o, the report file is always complete and at most about two "
                                        + "seconds old.",
                                "--follow"),
                        help())
                .note("backline reads the output of its own probe scripts, of other SystemTap and bpftrace scripts for "
                        + "tcp_v4_send_reset and tcp_send_active_reset, of ftrace, trace-cmd and perf script. The kernel "
                        + "comes from the options, else from the header of the capture.")
                .exit(ExitStatus.DONE, DONE)
                .exit(ExitStatus.USAGE, USAGE)
                .exit(ExitStatus.INPUT, INPUT)
                .example(
                        "Explain a capture, with the debug file of the traced kernel",
                        "backline report -e vmlinux rst.log")
                .example(
                        "Add the kernel log as evidence and write a page for a browser",
                        "backline report --kernel-log dmesg.txt --format html -o report.html rst.log")
                .example(
                        "Read a rotated capture, oldest part first, and print JSON",
                        "backline report --format json rst.log.1 rst.log");
    }

    public static CommandDeclaration generate() {
        return new CommandDeclaration(
                        "backline generate",
                        "Write a SystemTap or bpftrace script that prints every TCP RST of a host with its kernel stack.")
                .synopsis("[OPTION]...")
                .section(
                        MOST_USED,
                        choice(
                                "TOOL",
                                List.of("systemtap", "bpftrace"),
                                "Tool that runs the script: systemtap (default) or bpftrace.",
                                "--tool"),
                        release(),
                        value(
                                        Value.TEXT,
                                        "N[-M]",
                                        "Print only events with this port, or one of these, at either end.",
                                        "--port")
                                .severalTimes(),
                        value(
                                        Value.TEXT,
                                        "IP[/BITS]",
                                        "Print only events with this address, or one of this network, at either end.",
                                        "--address")
                                .severalTimes(),
                        value(
                                Value.FILE,
                                "FILE",
                                "Write the script to this file, which must not exist (see --force).",
                                "-o",
                                "--output"))
                .section(
                        WHICH_KERNEL,
                        value(
                                Value.FILE,
                                "FILE",
                                "Read the kernel's debug information from this ELF file (vmlinux).",
                                "-e",
                                "--vmlinux"),
                        debugDirectory(),
                        fetch())
                .section(
                        "Which events",
                        value(
                                Value.TEXT,
                                "NAME",
                                "Print only events while this process runs (a name as in /proc/PID/comm). In a softirq, "
                                        + "the running process is the interrupted one.",
                                "--process"),
                        value(Value.NUMBER, "N", "Print only events of the process with this PID.", "--pid"),
                        value(
                                        Value.TEXT,
                                        "N[-M]",
                                        "Print no events with this port, or one of these, at either end.",
                                        "--not-port")
                                .severalTimes(),
                        value(
                                        Value.TEXT,
                                        "IP[/BITS]",
                                        "Print no events with this address, or one of this network, at either end.",
                                        "--not-address")
                                .severalTimes(),
                        value(
                                Value.TEXT,
                                "NETNS",
                                "Print only events of this network namespace: an inode number (as 'readlink "
                                        + "/proc/PID/ns/net' prints), a path (/run/netns/NAME, /proc/PID/ns/net), a name "
                                        + "in /run/netns, or the id of a container on this machine.",
                                "--netns"))
                .section(
                        "Which probes",
                        flag("Probe IPv4 only.", "--ipv4"),
                        flag("Probe IPv6 only.", "--ipv6"),
                        flag("Print also received RSTs that end connections of this host.", "--received"),
                        flag(
                                "Leave out the probe of tcp_check_req, which runs once for each accepted connection. A "
                                        + "wrong last ACK of a handshake then looks like a stray ACK.",
                                "--no-half-open"))
                .section(
                        "Limits",
                        value(
                                Value.NUMBER,
                                "N",
                                "Print at most N events per second and count the others (default 200; 0: no limit).",
                                "--limit"),
                        value(
                                Value.NUMBER,
                                "N",
                                "Print at most N frames of a stack (default 100, at most 127).",
                                "--depth"),
                        value(Value.NUMBER, "SECONDS", "Stop after this many seconds.", "--duration"),
                        value(Value.NUMBER, "MB", "Size of each CPU's output buffer in megabytes.", "--buffer"))
                .section(
                        WHAT_TO_PRINT,
                        flag(
                                "List the functions and tracepoints to probe, with their places, their parameters and "
                                        + "the data that can be read there; write no script.",
                                "--list"),
                        choice(
                                "FORMAT",
                                TEXT_OR_JSON,
                                "Format of --list: text (default; a table) or json (one object).",
                                "--format"),
                        flag("Explain what each probe will show and what no probe can show.", "--explain"),
                        flag(
                                "Compile the script with the tool installed on this machine and print the tool's "
                                        + "messages.",
                                "--check"))
                .section(OTHER, flag("Overwrite an existing output file.", "--force"), help())
                .note("With -e, -r or -d, the script fits one kernel: backline reads the kernel's symbols and debug "
                        + "information and concludes nothing from the version number. Without these options, the script "
                        + "adapts to the kernel when it is compiled. The first lines of a script show how to run it.")
                .exit(ExitStatus.DONE, DONE)
                .exit(ExitStatus.UNRESOLVED, "--check was given and the tool rejected the script")
                .exit(ExitStatus.USAGE, USAGE)
                .exit(ExitStatus.INPUT, INPUT)
                .example(
                        "Write a script for one kernel and the connections of port 443",
                        "backline generate -d debug --port 443 -o rst.stp")
                .example(
                        "Watch one address for an hour, without SystemTap",
                        "backline generate --tool bpftrace --address 203.0.113.10 --duration 3600 -o rst.bt")
                .example(
                        "List what can be probed, with debug files from a directory",
                        "backline generate --list -d debug");
    }

    public static CommandDeclaration index() {
        return new CommandDeclaration(
                        "backline index",
                        "Write an index (GSYM) with everything symbolisation needs, 1/40 the size of the debug file.")
                .synopsis("[OPTION]... FILE -o OUT.gsym")
                .synopsis("[OPTION]... FILE|DIR... -o DIR")
                .synopsis("[--jobs N] FILE|DIR... --store DIR")
                .synopsis("--store DIR --list")
                .synopsis("[--jobs N] --verify OUT.gsym -e FILE")
                .operand(
                        "FILE",
                        0,
                        ANY,
                        "vmlinux, a module (also .xz, .zst, .gz) or another ELF file with debug information, or a "
                                + "directory with such files.")
                .section(
                        "What to write",
                        value(
                                Value.FILE,
                                "OUT",
                                "Write the index to this file. For several input files, write one index per file to this "
                                        + "directory.",
                                "-o",
                                "--output"),
                        value(
                                        Value.TEXT,
                                        "PATH",
                                        "Index only code compiled from files in this directory of the kernel source tree, "
                                                + "such as net/.",
                                        "--only")
                                .severalTimes())
                .section(
                        "Store for many machines",
                        value(
                                Value.FILE,
                                "DIR",
                                "Add the indexes of vmlinux and modules to this store, as BUILDID.gsym, unless they are "
                                        + "there. The other commands read a store with -d DIR.",
                                "--store"),
                        flag(
                                "List the indexes in the store: the kernel's release, vmlinux or the module's name, the "
                                        + "build id, the size in bytes.",
                                "--list"))
                .section(
                        "Verification",
                        value(
                                Value.FILE,
                                "GSYM",
                                "Compare this index with the ELF file of -e, wherever a function, a line or an inlined "
                                        + "call begins or ends.",
                                "--verify"),
                        value(Value.FILE, "FILE", "ELF file that --verify compares the index with.", "-e", "--vmlinux"))
                .section(
                        OTHER,
                        value(Value.NUMBER, "N", "Number of threads (default: the number of processors).", "--jobs"),
                        help())
                .note("An index holds functions, lines, inlined calls and symbols. --edges and --explain of 'backline "
                        + "symbolize' need the debug file itself. OUT is replaced only once the index is complete. The "
                        + "same input gives the same bytes.")
                .exit(ExitStatus.DONE, DONE)
                .exit(ExitStatus.UNRESOLVED, "--verify found a difference")
                .exit(ExitStatus.USAGE, USAGE)
                .exit(ExitStatus.INPUT, INPUT)
                .example("Index a kernel", "backline index vmlinux -o vmlinux.gsym")
                .example("Index a kernel and its modules, each to a file of its own", "backline index debug -o indexes")
                .example(
                        "Add a kernel and its modules to the store of a fleet", "backline index debug --store indexes");
    }

    public static CommandDeclaration kernel() {
        return new CommandDeclaration(
                        "backline kernel", "Show which kernels have debug files on this machine, and where.")
                .synopsis("list [-d DIR]... [--format text|json]")
                .synopsis("where [OPTION]... RELEASE|BUILDID")
                .synopsis("cache [clear | make FILE...] [--format text|json]")
                .operand(
                        "list | where | cache",
                        1,
                        1,
                        "List all kernels, show where the vmlinux of one is, or list the indexes in the cache.",
                        "list",
                        "where",
                        "cache")
                .operand(
                        "RELEASE | BUILDID | clear | make",
                        0,
                        1,
                        "The kernel for 'where': its release (the output of uname -r) or the build id of its vmlinux in "
                                + "hexadecimal. For 'cache': clear deletes all indexes, make adds those of files.")
                .operand("FILE", 0, ANY, "A file for 'cache make': a vmlinux or a module, also a compressed one.")
                .section(
                        "Where to look",
                        debugDirectory(),
                        flag(
                                "Ask the servers of DEBUGINFOD_URLS, then download the distribution's debug package (only "
                                        + "with 'where').",
                                "--fetch"))
                .section(
                        WHAT_TO_PRINT,
                        choice(
                                "FORMAT",
                                TEXT_OR_JSON,
                                "Output format: text (default) or json, with one object per kernel on a line.",
                                "--format"))
                .section(OTHER, help())
                .note(
                        "backline looks in the directories of -d, then in /usr/lib/debug, /boot and /lib/modules, then in the "
                                + "caches of debuginfod and of --fetch. Without --fetch, backline downloads nothing.")
                .note(
                        "After a query, backline indexes large or compressed files in the background, and later queries are "
                                + "answered from the index. 'kernel cache' lists these indexes, 'kernel cache clear' deletes "
                                + "them, and 'kernel cache make FILE' makes one at once. The variable BACKLINE_NO_CACHE turns "
                                + "the indexes off; BACKLINE_CACHE_SIZE limits their size (default 2G).")
                .exit(ExitStatus.DONE, DONE)
                .exit(ExitStatus.USAGE, USAGE)
                .exit(ExitStatus.INPUT, "the kernel of 'where' was not found, or an input could not be read")
                .example(
                        "List the kernels on this machine and in a directory of debug files",
                        "backline kernel list -d debug")
                .example(
                        "Check whether traces of the running kernel can be symbolised",
                        "backline kernel where $(uname -r)")
                .example("Download the debug files of the running kernel", "backline kernel where --fetch $(uname -r)");
    }

    public static CommandDeclaration faddr2line() {
        return new CommandDeclaration(
                        "backline faddr2line",
                        "Print what the kernel's scripts/faddr2line prints for the same arguments.")
                .synopsis("[--list] OBJECT FUNC+OFFSET[/SIZE]...")
                .operand("OBJECT", 1, 1, "vmlinux, a module or another object file with debug information.")
                .operand(
                        "FUNC+OFFSET[/SIZE]",
                        1,
                        ANY,
                        "A place in a function. Offset and size are decimal, hexadecimal with 0x or octal with 0. If "
                                + "several functions have the name, the size selects one.")
                .section(
                        WHAT_TO_PRINT,
                        flag(
                                "Print the source code around each line; run the command in the kernel source tree.",
                                "--list"))
                .section(OTHER, help())
                .note("Offsets are exact: for a return address from a trace, the answer is the line after the call. "
                        + "'backline symbolize' shows the line of the call.")
                .exit(0, DONE)
                .exit(1, "the arguments are wrong, or OBJECT has no debug information")
                .exit(2, "--list could not read a source file")
                .exit(3, INPUT)
                .example("Look up a place in the kernel", "backline faddr2line vmlinux tcp_v4_rcv+0x99b/0xee0")
                .example("Look up two places", "backline faddr2line vmlinux tcp_v4_rcv+0x99b/0xee0 ip_rcv+0x10")
                .example("Look up a place in a module", "backline faddr2line bridge.ko br_handle_frame+0x1a3");
    }

    public static CommandDeclaration addr2line() {
        return new CommandDeclaration(
                        "backline addr2line", "Print what GNU addr2line prints for the same options and addresses.")
                .synopsis("[OPTION]... [ADDRESS | SYMBOL+OFFSET]...")
                .operand(
                        "ADDRESS",
                        0,
                        ANY,
                        "An address in hexadecimal, with or without 0x, or a symbol with or without an offset. Without an "
                                + "address, backline answers the lines of standard input, one by one.")
                .section(
                        MOST_USED,
                        value(Value.FILE, "FILE", "File to look in (default: a.out).", "-e", "--exe"),
                        flag("Print function names.", "-f", "--functions"),
                        flag("Print inlined calls.", "-i", "--inlines"),
                        flag("Print one line for each frame.", "-p", "--pretty-print"),
                        flag("Print each address.", "-a", "--addresses"))
                .section(
                        WHAT_TO_PRINT,
                        flag("Print file names without directories.", "-s", "--basenames"),
                        value(Value.OPTIONAL, "STYLE", "Demangle Rust names.", "-C", "--demangle"))
                .section(
                        "Which address",
                        value(
                                Value.TEXT,
                                "SECTION",
                                "Treat each address as an offset in this section.",
                                "-j",
                                "--section"))
                .section(
                        OTHER,
                        value(
                                Value.TEXT,
                                "TARGET",
                                "Accepted and ignored: backline reads the target from the file.",
                                "-b",
                                "--target"),
                        flag(
                                "Accepted and ignored: names are always demangled with a limit.",
                                "-r",
                                "--no-recurse-limit",
                                "-R",
                                "--recurse-limit"),
                        flag("Show this help.", "-h", "-H", "--help"),
                        flag("Show the version.", "-v", "-V", "--version"))
                .note("Offsets are exact: for a return address from a trace, the answer is the line after the call. A "
                        + "script can keep the command running and ask one address after another: each is answered at "
                        + "once. Scripts that read the variable ADDR2LINE accept ADDR2LINE='backline addr2line'.")
                .exit(0, DONE)
                .exit(1, "the options are wrong, or FILE is missing or not an object file")
                .exit(3, "a part of FILE could not be read")
                .example(
                        "Print function, file and line of an address with inlined calls",
                        "backline addr2line -f -i -p -e vmlinux ffffffff81061066")
                .example("Look up an offset in a module's section", "backline addr2line -f -e bridge.ko -j .text 0x1a3")
                .example(
                        "Answer addresses from another program",
                        "echo ffffffff81061066 | backline addr2line -e vmlinux");
    }

    public static CommandDeclaration completion() {
        return new CommandDeclaration(
                        "backline completion",
                        "Print a script that completes backline's commands and options in a shell.")
                .synopsis("[bash|zsh]")
                .operand("SHELL", 0, 1, "The shell: bash (default) or zsh.", "bash", "zsh")
                .section(OPTIONS, help())
                .note("To have completion in every shell, add the command of the example to ~/.bashrc or ~/.zshrc.")
                .exit(ExitStatus.DONE, DONE)
                .exit(ExitStatus.USAGE, USAGE)
                .example("Turn completion on in this bash", "source <(backline completion bash)")
                .example("Turn completion on in this zsh", "source <(backline completion zsh)")
                .example("Write the script to a file", "backline completion bash >backline.bash");
    }

    private static Option vmlinux() {
        return value(
                Value.FILE,
                "FILE",
                "Read debug information from this file: vmlinux, a module, or an index made by 'backline index'.",
                "-e",
                "--vmlinux");
    }

    private static Option release() {
        return value(
                Value.TEXT,
                "RELEASE",
                "Use the debug files of this kernel release (the output of uname -r). backline looks in /usr/lib/debug, "
                        + "/boot and /lib/modules.",
                "-r",
                "--release");
    }

    private static Option debugDirectory() {
        return value(
                        Value.FILE,
                        "DIR",
                        "Look for vmlinux and modules (NAME.ko, NAME.ko.debug, also .xz, .zst, .gz) in this directory and "
                                + "all subdirectories.",
                        "-d",
                        "--debug-dir")
                .severalTimes();
    }

    private static Option kaslrOffset() {
        return value(
                Value.TEXT,
                "N",
                "Subtract this number (decimal, or hexadecimal with 0x) from kernel addresses: how far KASLR moved the "
                        + "traced kernel.",
                "--kaslr-offset");
    }

    private static Option kallsyms() {
        return value(
                Value.FILE,
                "FILE",
                "Read symbol addresses from this copy of /proc/kallsyms (also .gz, .xz, .zst), made in the traced boot.",
                "--kallsyms");
    }

    private static Option modules() {
        return value(
                Value.FILE,
                "FILE",
                "Read module addresses from this copy of /proc/modules, made in the traced boot, or from lines MODULE "
                        + "SECTION ADDRESS.",
                "--modules");
    }

    private static Option fetch() {
        return flag(
                "Download the distribution's debug package if no debug files are found (Debian and derivatives).",
                "--fetch");
    }

    private static Option force() {
        return flag("Use debug files even if their build differs from the trace's.", "--force");
    }

    private static Option noCache() {
        return flag("Don't use or make indexes in the cache, which make repeated queries fast.", "--no-cache");
    }

    private static Option context(int lines) {
        return value(
                Value.NUMBER,
                "N",
                "Number of source lines to show before and after each line (default " + lines + "; needs --source).",
                "--context");
    }

    /** @param formats that contain the URLs */
    private static Option links(String formats) {
        return value(
                Value.TEXT,
                "auto|URL",
                "Add the URL of each source line, " + formats
                        + " and as hyperlinks on a terminal: auto (where the release "
                        + "names a public tree) or a URL with {file}, {line}, {release}, {commit}.",
                "--links");
    }

    private static Option color() {
        return choice(
                "WHEN",
                List.of("auto", "always", "never"),
                "Use colours: auto (default; on a terminal unless NO_COLOR is set), always or never.",
                "--color");
    }

    private static Option help() {
        return flag("Show this help.", "-h", "--help");
    }
}
