package dev.backline.symbolize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.debugfiles.DebugFiles;
import dev.backline.fixtures.ElfFixtures;
import dev.backline.kernel.LoadMap;
import dev.backline.symbolize.Resolution.Resolved;
import dev.backline.trace.LineFrame;
import dev.backline.trace.Pc;
import dev.backline.trace.TraceReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogSymbolizerTest {
    private static final String WARNING = "WARNING: CPU: 0 PID: 1 at net/tcp.c:68 validate+0x5/0x70";

    /** Moves the fixture, which is linked at 0x400000, to the addresses of kernels. */
    private static final long OFFSET = 0xffffffff80c00000L;

    private final KernelPool pool = new KernelPool(DebugFiles.builder()
            .vmlinux(ElfFixtures.folder().resolve("gcc12-v5.elf"))
            .build());

    @AfterEach
    void close() {
        pool.close();
    }

    private List<LogFrame> read(LogOptions options, String... lines) throws IOException {
        List<LogFrame> frames = new ArrayList<>();
        LogOptions moved =
                options.withBoot(LoadMap.builder().kaslrOffset(OFFSET).build()).withEdges();
        try (LogSymbolizer log = new LogSymbolizer(pool, moved)) {
            for (String line : lines) {
                frames.addAll(log.next(line));
            }
        }
        return frames;
    }

    private static String place(LogFrame frame) {
        SourceFrame innermost = ((Resolved) frame.resolution()).frames().get(0);
        return innermost.function() + " " + innermost.path() + ":" + innermost.line();
    }

    /** poll calls receive, and receive calls validate. crash prints no offsets. */
    @ParameterizedTest
    @ValueSource(strings = {"#1 [ffff957075d83d78] FUNCTION at ADDRESS", "\tADDRESS FUNCTION ([kernel.kallsyms])"})
    void looksUpAFunctionWithoutAnOffsetByItsAddressAndChecksItsCalls(String notation) throws IOException {
        List<String> lines = new ArrayList<>();
        List.of("validate ffffffff810002c5", "receive ffffffff8100033c", "poll ffffffff810004c4")
                .forEach(each -> lines.add(
                        notation.replace("FUNCTION", each.split(" ")[0]).replace("ADDRESS", each.split(" ")[1])));

        List<LogFrame> frames = read(LogOptions.DEFAULT, lines.toArray(String[]::new));
        List<LogFrame> withOffsets =
                read(LogOptions.DEFAULT, " validate+0x5/0x70", " receive+0xc/0x160", " poll+0x34/0xa0");

        // The first frame of perf is the sampled instruction.
        assertThat(frames.get(0).reference().pc()).isEqualTo(notation.contains("kallsyms") ? Pc.EXACT : Pc.RETURN);
        assertThat(frames.subList(1, 3))
                .extracting(frame -> frame.reference().pc())
                .containsOnly(Pc.RETURN);
        assertThat(frames).extracting(frame -> frame.reference().offset()).containsOnlyNulls();
        assertThat(place(frames.get(1))).isEqualTo(place(withOffsets.get(1)));
        assertThat(place(frames.get(2))).isEqualTo(place(withOffsets.get(2)));
        assertThat(frames).extracting(frame -> kind(frame.edge())).containsExactly(null, "verified", "verified");
    }

    /** The address is in poll, under the offset that the options give. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                " => receive <ffffffff810004c4>",
                "#1 [ffff957075d83d78] receive at ffffffff810004c4",
                "\tffffffff810004c4 receive ([kernel.kallsyms])"
            })
    void givesNoLineIfTheAddressIsInAnotherFunctionThanTheNameBesideIt(String line) throws IOException {
        LogFrame frame =
                read(LogOptions.DEFAULT, " => poll <ffffffff810004c4>", line).get(1);

        Resolution.Unresolved wrong = (Resolution.Unresolved) frame.resolution();
        assertThat(wrong.reason()).isEqualTo(Resolution.Reason.BUILD_MISMATCH);
        UnresolvedFrames reasons = new UnresolvedFrames();
        reasons.add(frame);
        assertThat(reasons.sentences())
                .singleElement()
                .asString()
                .startsWith("1 frame (receive at 0xffffffff810004c4, the address is in poll): the trace's name and"
                        + " address contradict each other");
    }

    @Test
    void doesNotResolveAFunctionAndAnAddressThatContradictEachOtherInSilence() throws IOException {
        String[] lines = {
            " ffffffff810004c4 : poll+0x34/0xa0 [kernel]",
            " ffffffff810004c4 : receive+0xc/0x160 [kernel]",
            " [<ffffffff8100033c>] receive+0xc/0x160",
            " [<ffffffff8100133d>] receive+0xc/0x160",
            " => receive+0xc <ffffffff8100133d>"
        };
        LogOptions moved = LogOptions.DEFAULT.withBoot(
                LoadMap.builder().kaslrOffset(OFFSET).build());
        try (LogSymbolizer log = new LogSymbolizer(pool, moved)) {
            List<LogFrame> frames = new ArrayList<>();
            for (String line : lines) {
                frames.addAll(log.next(line));
            }

            assertThat(frames).hasSize(lines.length);
            // The size proves the function.
            assertThat(frames.subList(0, 4)).allMatch(frame -> frame.resolution() instanceof Resolved);
            assertThat(log.doubts()).singleElement().asString().contains("several boots");
            Resolution.Unresolved wrong = (Resolution.Unresolved) frames.get(4).resolution();
            assertThat(wrong.reason()).isEqualTo(Resolution.Reason.BUILD_MISMATCH);
        }
    }

    /** account is inlined in receive; perf and gdb name inlined functions too. */
    @ParameterizedTest
    @ValueSource(strings = {"receive", "account", "receive.isra.0", "poll"})
    void acceptsAnInlinedFunctionOrANameWithAnotherSuffixBesideAnAddress(String name) throws IOException {
        LogFrame frame = read(
                        LogOptions.DEFAULT,
                        "\tffffffff810004c4 poll ([kernel.kallsyms])",
                        "\tffffffff81000393 " + name + " ([kernel.kallsyms])")
                .get(1);

        assertThat(frame.resolution() instanceof Resolved).isEqualTo(!name.equals("poll"));
    }

    @Test
    void reportsThatACallerWithoutAnOffsetCallsAnotherFunction() throws IOException {
        List<LogFrame> frames = read(
                LogOptions.DEFAULT,
                "#0 [ffff957075d83d78] validate at ffffffff810002c5",
                "#1 [ffff957075d83d98] receive at ffffffff8100046a");
        assertThat(kind(frames.get(1).edge())).isEqualTo("unverified");
    }

    /** do_softirq and others are functions of the kernel, of Xen and possibly of a BPF program. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "(XEN)    [<ffff82d080240f5a>] R receive+0x1a/0x160",
                " bpf_prog_6deef7357e7b4530_receive+0x1a/0x160",
                " bpf_trampoline_6442536851+0x1a/0x160"
            })
    void looksUpNoFrameOfTheHypervisorOrOfBpf(String line) throws IOException {
        LogFrame frame = read(LogOptions.DEFAULT, "(XEN) ----[ Xen-4.17.2  x86_64  debug=n   Not tainted ]----", line)
                .get(0);

        Resolution.Unresolved why = (Resolution.Unresolved) frame.resolution();
        assertThat(why.reason()).isEqualTo(Resolution.Reason.NOT_CODE);
        assertThat(why.message()).containsAnyOf("xen-syms-4.17.2", "bpftool prog dump jited tag TAG linum");
    }

    @Test
    void comparesNoSizeThatAPagerCutAndSaysSo() throws IOException {
        try (LogSymbolizer log = new LogSymbolizer(pool, LogOptions.DEFAULT)) {
            LogFrame frame =
                    log.next("Apr 03 07:52:19 host kernel:  receive+0x1a/0x1>").get(0);

            assertThat(frame.resolution()).isInstanceOf(Resolved.class);
            assertThat(log.doubts()).singleElement().asString().contains("journalctl --no-pager");
        }
    }

    @Test
    void saysThatThePlaceOfAHashedLoadAddressIsUnknown() throws IOException {
        LogFrame frame = read(
                        LogOptions.DEFAULT,
                        "[1.0] WARNING: CPU: 0 PID: 0 at net/mac80211/rate.c:677 0x8161e700 [mac80211@c820b7db+0x7cdb0]")
                .get(0);

        assertThat(((Resolution.Unresolved) frame.resolution()).message()).contains("hashed %p", "no_hash_pointers");
    }

    @Test
    void saysThatPerfReportHasNoAddresses() throws IOException {
        try (LogSymbolizer log = new LogSymbolizer(pool, LogOptions.DEFAULT)) {
            log.next("# Samples: 905  of event 'cycles'");
            log.next("# comment: Overhead is what Symbol means");
            assertThat(log.doubts()).isEmpty();

            log.next("# Overhead  Command  Shared Object      Symbol");
            log.next("    52.98%  dd       [kernel.vmlinux]  [k] _extract_crng");
            assertThat(log.doubts()).singleElement().asString().contains("perf script");
        }
    }

    private static @Nullable String kind(@Nullable Edge edge) {
        return edge == null ? null : edge.kind().id();
    }

    /** Also with --pc return, because the byte before a function's start belongs to another function. */
    @Test
    void looksUpAFunctionAloneAtItsStart() throws IOException {
        for (LogOptions options : List.of(
                LogOptions.DEFAULT, LogOptions.DEFAULT.withPc(Pc.RETURN), LogOptions.DEFAULT.withPc(Pc.EXACT))) {
            LogFrame frame = read(options, " => send_reset").get(0);
            assertThat(frame.reference().pc()).isEqualTo(Pc.EXACT);
            assertThat(place(frame)).startsWith("send_reset ");
        }
    }

    @Test
    void appliesOneRuleToEveryFrameWithOffsetOrAddress() throws IOException {
        String line = "#1 [ffff957075d83d98] receive at ffffffff810003f8";
        LogFrame called = read(LogOptions.DEFAULT, line).get(0);
        LogFrame exact = read(LogOptions.DEFAULT.withPc(Pc.EXACT), line).get(0);
        assertThat(exact.reference().pc()).isEqualTo(Pc.EXACT);
        assertThat(place(exact)).isNotEqualTo(place(called));
    }

    /** Each new look at the boot drops what was resolved, so that alternating ids would cost a hostile log nothing. */
    @Test
    void looksAtTheBootAgainForANewModuleAndNotForAlternatingBuildIds() throws IOException {
        String[] ids = {"0123456789abcdef0123456789abcdef01234567", "89abcdef0123456789abcdef0123456789abcdef"};
        TraceReader reader = new TraceReader();
        try (LogSymbolizer log = new LogSymbolizer(pool, LogOptions.DEFAULT)) {
            log.learn(reader.facts());
            reader.next(" f+0x1/0x2 [m " + ids[0] + "]");
            int first = log.learn(reader.facts());
            for (int i = 1; i < 10; i++) {
                reader.next(" f+0x1/0x2 [m " + ids[i % 2] + "]");
                assertThat(log.learn(reader.facts())).isEqualTo(first);
            }
            reader.next(" f+0x1/0x2 [n " + ids[0] + "]");
            assertThat(log.learn(reader.facts())).isGreaterThan(first);
        }
    }

    /** On x86, WARN traps at the place that it prints; on arm, WARN calls a function that prints its return address. */
    @ParameterizedTest
    @CsvSource({"gcc12-v5.elf, EXACT", "arm-v5.elf, RETURN", "arm64-v5.elf, EXACT"})
    void decidesTheRuleOfAWarningByTheMachineOfVmlinux(String vmlinux, Pc rule) throws IOException {
        try (KernelPool kernels = new KernelPool(DebugFiles.builder()
                        .vmlinux(ElfFixtures.folder().resolve(vmlinux))
                        .build());
                LogSymbolizer log = new LogSymbolizer(kernels, LogOptions.DEFAULT)) {
            assertThat(log.next(WARNING).get(0).reference().pc()).isEqualTo(rule);
        }
        try (KernelPool kernels = new KernelPool(DebugFiles.builder()
                        .vmlinux(ElfFixtures.folder().resolve(vmlinux))
                        .build());
                LogSymbolizer log = new LogSymbolizer(kernels, LogOptions.DEFAULT.withPc(Pc.EXACT))) {
            assertThat(log.next(WARNING).get(0).reference().pc()).isEqualTo(Pc.EXACT);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "EXACT | CPU: 0 PID: 1 Comm: init Not tainted 6.1.0-56-cloud-amd64 #1",
                "RETURN | CPU: 0 PID: 1 Comm: init Not tainted 3.10.0-1160.el7.x86_64 #1",
                "RETURN | CPU: 0 PID: 1 Comm: init Not tainted 6.12.107+deb13-armmp #1",
                "RETURN | [   12.345678]  warn_slowpath_fmt from validate+0x5/0x70"
            })
    void decidesTheRuleOfAWarningByALaterLineOfTheLog(Pc rule, String later) throws IOException {
        TraceReader reader = new TraceReader();
        LineFrame warning = reader.next(WARNING).get(0);
        reader.next(later);
        try (KernelPool none = new KernelPool(DebugFiles.builder().build());
                LogSymbolizer log = new LogSymbolizer(none, LogOptions.DEFAULT)) {
            assertThat(log.resolve(warning, reader.facts()).reference().pc()).isEqualTo(rule);
        }
    }
}
