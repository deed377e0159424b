package dev.backline.cli.console;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * What the commands accept and how their help explains it. Built by program and only when asked for: a command that
 * reads its arguments by the rules of the tool it stands in for needs its specification for help and completion only.
 */
public final class Specs {
    private Specs() {}

    public static CommandSpec root() {
        CommandSpec spec = CommandSpec.create().name("backline");
        spec.usageMessage()
                .customSynopsis("backline COMMAND [OPTION]... [ARGUMENT]...")
                .description("Turns captured kernel stack traces into source lines.")
                .optionListHeading("%nOptions:%n")
                .commandListHeading("%nCommands:%n")
                .footer(
                        "",
                        "Try:",
                        "  backline symbolize -r $(uname -r) tcp_v4_rcv+0x99b/0xee0",
                        "  backline symbolize -e ./vmlinux -d ./modules 'nf_hook_slow+0x41 [nf_tables]'",
                        "  backline COMMAND --help",
                        "",
                        "Exit status: 0 done; 1 something was not resolved and --strict was given;",
                        "2 wrong usage; 3 an input could not be read or is malformed.");
        help(spec);
        spec.addOption(OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("Show the version, the build and the Java it runs on, and exit.")
                .build());
        spec.addSubcommand("symbolize", symbolize());
        spec.addSubcommand("faddr2line", faddr2line());
        spec.addSubcommand("addr2line", addr2line());
        spec.addSubcommand("report", report());
        spec.addSubcommand("index", index());
        spec.addSubcommand("kernel", kernel());
        spec.addSubcommand("generate", generate());
        spec.addSubcommand("completion", completion());
        return spec;
    }

    public static CommandSpec symbolize() {
        CommandSpec spec = CommandSpec.create().name("backline symbolize");
        spec.usageMessage()
                .abbreviateSynopsis(true)
                .synopsisHeading("Usage: ")
                .description(
                        "Source lines, and the chain of inlined functions, of the frames in a log, or of single places.")
                .parameterListHeading("%nWhat to look up:%n")
                .optionListHeading("%nOptions:%n")
                .footer(
                        "",
                        "A func+offset counts as a return address, as stack traces hold them: it is looked",
                        "up one byte before, where the call is. Where the address itself has another line,",
                        "\"(exact: FILE:LINE)\" follows. A bare address is looked up as it is.",
                        "",
                        "Examples:",
                        "  A whole log, with the debug files of the kernel that wrote it:",
                        "    backline symbolize crash.log",
                        "  As it comes:",
                        "    dmesg -w | backline symbolize -e vmlinux -d modules",
                        "  One frame of a trace, with the debug files of the running kernel:",
                        "    backline symbolize -r $(uname -r) tcp_v4_rcv+0x99b/0xee0",
                        "  A frame in a module, with files unpacked somewhere else:",
                        "    backline symbolize -d ./debug 'br_handle_frame+0x1a3/0x3b0 [bridge]'",
                        "  An address out of a log of a kernel with KASLR, and where it is in the source:",
                        "    backline symbolize -e vmlinux --kaslr-offset 0x1e000000 --source ~/linux \\",
                        "        0xffffffff9f8c1a2b",
                        "  The same for a program:",
                        "    backline symbolize -e vmlinux --format json tcp_reset+0x2b | jq .frames");
        addOptions(spec, OptionTable.symbolize());
        help(spec);
        spec.addPositional(PositionalParamSpec.builder()
                .paramLabel("QUERY | FILE")
                .arity("0..*")
                .type(String[].class)
                .description("func+0xoff, func+0xoff/0xsize, the same with a module behind it (func+0xoff [module]) or "
                        + "before it (module:func+0xoff), or an address (0xffffffff81000000). Anything else is a "
                        + "log's file; - and nothing at all are standard input.")
                .build());
        return spec;
    }

    public static CommandSpec report() {
        CommandSpec spec = CommandSpec.create().name("backline report");
        spec.usageMessage()
                .abbreviateSynopsis(true)
                .synopsisHeading("Usage: ")
                .description(
                        "Why TCP RSTs were sent: the events of a probe's output, each with its cause, the evidence "
                                + "and what helps.")
                .parameterListHeading("%nWhat to read:%n")
                .optionListHeading("%nOptions:%n")
                .footer(
                        "",
                        "Reads what backline's own probe scripts print, and the output of other SystemTap and",
                        "bpftrace scripts for tcp_v4_send_reset and tcp_send_active_reset, of ftrace, trace-cmd",
                        "and perf script. The kernel is taken from the capture's header where it has one.",
                        "",
                        "Examples:",
                        "  What happened, with the debug files of the kernel that was traced:",
                        "    backline report -e vmlinux rst.log",
                        "  With the kernel's log as evidence (a LOG rule for INVALID packets, say):",
                        "    dmesg >dmesg.txt; backline report -r $(uname -r) --kernel-log dmesg.txt rst.log",
                        "  A rotated capture, oldest part first, for a program:",
                        "    backline report -d ./debug --format json rst.log.1 rst.log | jq .groups",
                        "  While the probe runs; a line for each event where the output is no terminal:",
                        "    backline report --follow rst.log",
                        "  For a browser, or to send to somebody:",
                        "    backline report -r $(uname -r) --format html -o report.html rst.log");
        addOptions(spec, OptionTable.report());
        help(spec);
        spec.addPositional(PositionalParamSpec.builder()
                .paramLabel("CAPTURE")
                .arity("1..*")
                .type(String[].class)
                .description("The output of a probe; - is standard input. Several are read one behind the other.")
                .build());
        return spec;
    }

    public static CommandSpec faddr2line() {
        CommandSpec spec = CommandSpec.create().name("backline faddr2line");
        spec.usageMessage()
                .customSynopsis("backline faddr2line [--list] OBJECT FUNC+OFFSET[/SIZE]...")
                .parameterListHeading("%n")
                .optionListHeading("%nOptions:%n")
                .description("The kernel's scripts/faddr2line: same arguments, same output, same exit status.")
                .footer(
                        "",
                        "Offsets are exact: a return address out of a trace shows the line behind the call.",
                        "'backline symbolize' shows the call's.",
                        "",
                        "Examples:",
                        "  backline faddr2line vmlinux vfs_read+0x10/0x310",
                        "  backline faddr2line --list net/bridge/bridge.ko br_fdb_update+0x8a",
                        "A name that stands for several functions gives one answer each; the size tells them",
                        "apart.");
        spec.addOption(flag("--list")
                .description("Print the source lines too; run it in the kernel's source tree.")
                .build());
        help(spec);
        spec.addPositional(PositionalParamSpec.builder()
                .paramLabel("OBJECT")
                .index("0")
                .type(Path.class)
                .description("vmlinux, a module or an object file, with debug info.")
                .build());
        spec.addPositional(PositionalParamSpec.builder()
                .paramLabel("FUNC+OFFSET[/SIZE]")
                .index("1..*")
                .arity("1..*")
                .type(String[].class)
                .description("Offset and size in decimal, 0x hexadecimal or 0 octal.")
                .build());
        return spec;
    }

    public static CommandSpec addr2line() {
        CommandSpec spec = CommandSpec.create().name("backline addr2line");
        spec.usageMessage()
                .customSynopsis("backline addr2line [OPTION]... [ADDRESS | SYMBOL+OFFSET]...")
                .parameterListHeading("%n")
                .optionListHeading("%nOptions:%n")
                .description("GNU addr2line's output for GNU addr2line's options.")
                .footer(
                        "",
                        "Without addresses, they are read from standard input and answered as they come, so",
                        "that a script can keep it running. Offsets are exact.",
                        "",
                        "Examples:",
                        "  backline addr2line -fipe vmlinux ffffffff81061066",
                        "  backline addr2line -fie bridge.ko -j .text 0x1a3",
                        "  ADDR2LINE='backline addr2line' for scripts that let you choose.");
        spec.addOption(flag("-a", "--addresses").description("Show addresses.").build());
        spec.addOption(value("FILE", Path.class, "-e", "--exe")
                .description("The file to look in (default a.out).")
                .build());
        spec.addOption(flag("-i", "--inlines")
                .description("Show the functions an inlined one stands in.")
                .build());
        spec.addOption(value("SECTION", String.class, "-j", "--section")
                .description("Addresses are offsets into this section.")
                .build());
        spec.addOption(flag("-p", "--pretty-print")
                .description("One line for each frame.")
                .build());
        spec.addOption(
                flag("-s", "--basenames").description("Without directories.").build());
        spec.addOption(
                flag("-f", "--functions").description("Show function names.").build());
        spec.addOption(OptionSpec.builder("-C", "--demangle")
                .arity("0..1")
                .type(String.class)
                .paramLabel("STYLE")
                .description("Demangle Rust names.")
                .build());
        spec.addOption(value("TARGET", String.class, "-b", "--target")
                .description("Accepted; the file says itself what it is.")
                .build());
        spec.addOption(flag("-r", "--no-recurse-limit", "-R", "--recurse-limit")
                .description("Accepted; there is always a limit.")
                .build());
        spec.addOption(OptionSpec.builder("-h", "-H", "--help")
                .usageHelp(true)
                .description("Show this help and exit.")
                .build());
        spec.addOption(OptionSpec.builder("-v", "-V", "--version")
                .versionHelp(true)
                .description("Show the version and exit.")
                .build());
        spec.addPositional(PositionalParamSpec.builder()
                .paramLabel("ADDRESS")
                .arity("0..*")
                .type(String[].class)
                .description("Hexadecimal, with or without 0x; or a symbol with or without an offset.")
                .build());
        return spec;
    }

    public static CommandSpec index() {
        CommandSpec spec = CommandSpec.create().name("backline index");
        spec.usageMessage()
                .customSynopsis(
                        "backline index [OPTION]... FILE -o OUT.gsym",
                        "backline index [OPTION]... FILE... -o DIR",
                        "backline index [--jobs N] --verify OUT.gsym -e FILE")
                .description(
                        "Writes what symbolising needs of a file's debug information into a small file: functions,",
                        "lines, inlined calls, symbols. It is LLVM's GSYM; symbolize -e OUT.gsym answers from it.")
                .parameterListHeading("%n")
                .optionListHeading("%nOptions:%n")
                .footer(
                        "",
                        "Columns, call sites and labels are not in it: --edges and --explain need the file",
                        "itself.",
                        "OUT takes the place of what is there when all is written. The same file gives the",
                        "same bytes.",
                        "",
                        "Examples:",
                        "  A kernel:",
                        "    backline index vmlinux -o vmlinux.gsym",
                        "    backline symbolize -e vmlinux.gsym tcp_v4_rcv+0x99b/0xee0",
                        "  Its modules, each to a file of its own (xfs.ko.gsym):",
                        "    backline index vmlinux modules/*.ko.debug -o indexes/",
                        "  What traces of the network stack need, in a third of the size:",
                        "    backline index vmlinux --only net/ --only kernel/ -o net.gsym");
        spec.addOption(value("OUT", Path.class, "-o", "--output")
                .description("The file to write; a directory, when there are several to be indexed.")
                .build());
        spec.addOption(value("GSYM", Path.class, "--verify")
                .description("Compare an index with the file that it was made of, at each place where a function, a "
                        + "line or an inlined call begins or ends. Exit with status 1 when they differ.")
                .build());
        spec.addOption(value("FILE", Path.class, "-e", "--vmlinux")
                .description("With --verify: the file that it was made of.")
                .build());
        spec.addOption(value("PATH", String[].class, "--only")
                .description("Keep only code that was compiled from files below this path in the source tree, such as "
                        + "net/. May be given several times.")
                .build());
        spec.addOption(value("N", Integer.class, "--jobs")
                .description("How many threads may work at once (default: one for each processor).")
                .build());
        help(spec);
        spec.addPositional(PositionalParamSpec.builder()
                .paramLabel("FILE")
                .arity("0..*")
                .type(String[].class)
                .description("vmlinux, a module (also .xz, .zst, .gz) or another ELF file with debug information.")
                .build());
        return spec;
    }

    public static CommandSpec kernel() {
        CommandSpec spec = CommandSpec.create().name("backline kernel");
        spec.usageMessage()
                .customSynopsis(
                        "backline kernel list [-d DIR]... [--format text|json]",
                        "backline kernel where [OPTION]... RELEASE|BUILDID")
                .description("Which kernels this machine has debug files of, and where those of one are.")
                .parameterListHeading("%n")
                .optionListHeading("%nOptions:%n")
                .footer(
                        "",
                        "Looks in DIR, then where distributions put debug files (/usr/lib/debug, /boot,",
                        "/lib/modules), in the caches of debuginfod and of --fetch. Asks no server and brings",
                        "no package, except with --fetch.",
                        "",
                        "Examples:",
                        "  What is there:",
                        "    backline kernel list",
                        "  Would a trace of the running kernel be symbolised, and if not, why not?",
                        "    backline kernel where $(uname -r)",
                        "  Bring the debug files before they are needed:",
                        "    backline kernel where --fetch $(uname -r)",
                        "  Whose build id is this?",
                        "    backline kernel where 48f3808290985b800ecf1be7ae5eb063565a3dda",
                        "  For scripts, one object a line:",
                        "    backline kernel list --format json | jq -r .release");
        spec.addOption(value("DIR", Path[].class, "-d", "--debug-dir")
                .description("Look below this directory first. May be given several times.")
                .build());
        spec.addOption(flag("--fetch")
                .description("With where: ask the servers of $DEBUGINFOD_URLS too, then bring the distribution's "
                        + "package.")
                .build());
        spec.addOption(value("FORMAT", String.class, "--format")
                .completionCandidates(List.of("text", "json"))
                .description("text (default), or json: one object a line.")
                .build());
        help(spec);
        spec.addPositional(PositionalParamSpec.builder()
                .paramLabel("list | where")
                .index("0")
                .arity("1")
                .type(String.class)
                .completionCandidates(List.of("list", "where"))
                .description("list: all kernels. where: one.")
                .build());
        spec.addPositional(PositionalParamSpec.builder()
                .paramLabel("RELEASE | BUILDID")
                .index("1")
                .arity("0..1")
                .type(String.class)
                .description("What uname -r prints, or vmlinux's build id in hexadecimal.")
                .build());
        return spec;
    }

    public static CommandSpec generate() {
        CommandSpec spec = CommandSpec.create().name("backline generate");
        spec.usageMessage()
                .abbreviateSynopsis(true)
                .synopsisHeading("Usage: ")
                .description(
                        "A SystemTap or bpftrace script that prints every TCP RST of a host, with the kernel stack "
                                + "that led there; or what there is to probe.")
                .optionListHeading("%nOptions:%n")
                .footer(
                        "",
                        "With -e or -r the script is for that kernel: what it has is read from its symbols and",
                        "debug information, nothing is concluded from its version. Without, it is for any",
                        "kernel, and finds out when it is compiled. Its first lines say how to run it.",
                        "",
                        "Examples:",
                        "  For the kernel that runs here, connections of port 443 only:",
                        "    backline generate -r $(uname -r) --port 443 -o rst.stp",
                        "  For a host without SystemTap:",
                        "    backline generate --tool bpftrace -o rst.bt",
                        "  A customer's address, for an hour, at most 20 events a second:",
                        "    backline generate --address 203.0.113.10 --duration 3600 --limit 20 -o rst.stp",
                        "  What would it show, and what not? And does it compile here?",
                        "    backline generate -r $(uname -r) --explain",
                        "    backline generate -r $(uname -r) --check",
                        "  What can be probed in a kernel, with files unpacked somewhere else:",
                        "    backline generate --list -e ./vmlinux -d ./modules",
                        "  The values of enum sk_rst_reason, for a program:",
                        "    backline generate --list -r $(uname -r) --format json | jq .reasons",
                        "",
                        "Exit status of --check: 1 when the tool does not take the script.");
        spec.addOption(value("TOOL", String.class, "--tool")
                .completionCandidates(List.of("systemtap", "bpftrace"))
                .description("systemtap (default), or bpftrace.")
                .build());
        spec.addOption(value("N", String[].class, "--port")
                .description("Only events with this port at either end. May be given several times.")
                .build());
        spec.addOption(value("IP", String[].class, "--address")
                .description("Only events with this address at either end. May be given several times.")
                .build());
        spec.addOption(value("NAME", String.class, "--process")
                .description("Only events while this process runs (a name as in /proc/PID/comm). In a softirq that is "
                        + "whoever was interrupted.")
                .build());
        spec.addOption(value("N", String.class, "--pid")
                .description("The same by its number.")
                .build());
        spec.addOption(value("INODE", String.class, "--netns")
                .description("Only events of this network namespace (readlink /proc/PID/ns/net shows its number).")
                .build());
        spec.addOption(flag("--ipv4").description("Only IPv4.").build());
        spec.addOption(flag("--ipv6").description("Only IPv6.").build());
        spec.addOption(flag("--received")
                .description("Also RSTs that come in and end connections of this host.")
                .build());
        spec.addOption(flag("--no-half-open")
                .description("Leave out the probe of tcp_check_req, which is hit once for each accepted connection: a "
                        + "wrong last ACK of a handshake then looks like a stray ACK.")
                .build());
        spec.addOption(value("N", String.class, "--limit")
                .description("At most N events a second, others are counted (default 200; 0: all).")
                .build());
        spec.addOption(value("N", String.class, "--depth")
                .description("At most N frames of a stack (default 100, at most 127).")
                .build());
        spec.addOption(value("SECONDS", String.class, "--duration")
                .description("End by itself after so long.")
                .build());
        spec.addOption(value("MB", String.class, "--buffer")
                .description("Size of each CPU's buffer for what was not read yet.")
                .build());
        spec.addOption(value("FILE", Path.class, "-o", "--output")
                .description("Write the script to this file, which must not be there yet.")
                .build());
        spec.addOption(flag("--force").description("Overwrite it.").build());
        spec.addOption(flag("--check")
                .description("Compile the script with the tool on this machine, and say what it said.")
                .build());
        spec.addOption(flag("--explain")
                .description("Say in words what each probe will show, and what it cannot.")
                .build());
        spec.addOption(flag("--list")
                .description("Show the functions and tracepoints, where they are, what they take, and what can be read "
                        + "there.")
                .build());
        spec.addOption(value("FILE", Path.class, "-e", "--vmlinux")
                .description("The ELF file with the kernel's debug info.")
                .build());
        spec.addOption(value("RELEASE", String.class, "-r", "--release")
                .description("The kernel of this release (uname -r), in the places where distributions put its "
                        + "debug files: /usr/lib/debug, /boot, /lib/modules.")
                .build());
        spec.addOption(value("DIR", Path[].class, "-d", "--debug-dir")
                .description("Look for vmlinux and for modules below this directory. May be given several times.")
                .build());
        spec.addOption(flag("--fetch")
                .description("Bring the distribution's package with the debug files, where nothing else has them "
                        + "(Debian and its family).")
                .build());
        spec.addOption(value("FORMAT", String.class, "--format")
                .completionCandidates(List.of("text", "json"))
                .description("With --list. text: a table (default). json: one object.")
                .build());
        help(spec);
        return spec;
    }

    public static CommandSpec completion() {
        CommandSpec spec = CommandSpec.create().name("backline completion");
        spec.usageMessage()
                .customSynopsis("backline completion [bash|zsh]")
                .parameterListHeading("%n")
                .optionListHeading("%nOptions:%n")
                .description("Prints a script that completes backline's commands and options in your shell.")
                .footer(
                        "",
                        "  bash:  source <(backline completion bash)",
                        "  zsh:   source <(backline completion zsh)",
                        "Put that line into ~/.bashrc or ~/.zshrc to have it in every shell.");
        help(spec);
        spec.addPositional(PositionalParamSpec.builder()
                .paramLabel("SHELL")
                .arity("0..1")
                .type(String.class)
                .completionCandidates(List.of("bash", "zsh"))
                .description("bash (default) or zsh.")
                .build());
        return spec;
    }

    private static void addOptions(CommandSpec spec, OptionTable table) {
        for (OptionTable.Option option : table.options()) {
            String[] names = option.names().toArray(new String[0]);
            OptionSpec.Builder builder = switch (option.value()) {
                case NONE -> flag(names);
                case TEXT -> value(option.label(), String.class, names);
                case FILE -> value(option.label(), Path.class, names);
                case FILES -> value(option.label(), Path[].class, names);
                case NUMBER -> value(option.label(), Integer.class, names);
            };
            if (!option.choices().isEmpty()) {
                builder.completionCandidates(option.choices());
            }
            spec.addOption(builder.description(option.description()).build());
        }
    }

    private static void help(CommandSpec spec) {
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Show this help and exit.")
                .build());
    }

    private static OptionSpec.Builder value(String label, Class<?> type, String... names) {
        return OptionSpec.builder(names[0], Arrays.copyOfRange(names, 1, names.length))
                .paramLabel(label)
                .arity("1")
                .type(type);
    }

    private static OptionSpec.Builder flag(String... names) {
        return OptionSpec.builder(names[0], Arrays.copyOfRange(names, 1, names.length))
                .arity("0")
                .type(boolean.class);
    }
}
