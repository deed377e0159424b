package dev.backline.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.backline.probe.ProbeTarget.Presence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ProbeScriptTest {
    private static final Path GOLDEN = Path.of("src/test/resources/scripts");
    /** Set, a test writes what it got: read the difference before it is committed. */
    private static final boolean UPDATE = System.getenv("BACKLINE_UPDATE_SCRIPTS") != null;

    private static String script(ScriptTool tool, ScriptOptions.Builder options) {
        return ProbeScript.of(tool, options.build(), null, null);
    }

    private static void assertGolden(String name, String script) throws IOException {
        Path file = GOLDEN.resolve(name);
        if (UPDATE) {
            Files.createDirectories(GOLDEN);
            Files.writeString(file, script);
        }
        assertThat(script).isEqualTo(Files.readString(file));
    }

    /** Without comments: what the tool runs. */
    private static String code(String script) {
        StringBuilder code = new StringBuilder();
        for (String line : script.split("\n")) {
            if (!line.strip().startsWith("#") && !line.strip().startsWith("//")) {
                code.append(line).append('\n');
            }
        }
        return code.toString();
    }

    @ParameterizedTest
    @EnumSource
    void writesTheScriptForAnyKernelAsReviewed(ScriptTool tool) throws IOException {
        assertGolden("any" + tool.suffix(), script(tool, ScriptOptions.builder()));
    }

    @ParameterizedTest
    @EnumSource
    void probesEveryFunctionOfTheCatalogueThatIsAlwaysProbed(ScriptTool tool) {
        String code = code(script(tool, ScriptOptions.builder().received()));

        assertThat(ProbeCatalogue.points())
                .filteredOn(point -> point.use() == ProbePoint.Use.ALWAYS)
                .extracting(ProbePoint::name)
                .allSatisfy(name -> assertThat(code)
                        .containsPattern("function\\(\"" + name + "\"\\)|(?m)^kprobe:\\*?" + name + "$"));
    }

    @ParameterizedTest
    @EnumSource
    void writesEveryOptionAsReviewed(ScriptTool tool) throws IOException {
        ScriptOptions.Builder options = ScriptOptions.builder()
                .port(8443)
                .port(443)
                .port("8000-8099")
                .notPort("22")
                .address("203.0.113.10")
                .address("fd00::2")
                .address("10.1.2.3/8")
                .address("2001:db8:17::1/72")
                .notAddress("10.1.0.0/16")
                .notAddress("fd00:1::/32")
                .process("my app")
                .pid(4711)
                .netns(4026531840L)
                .received()
                .limit(20)
                .depth(64)
                .duration(3600)
                .buffer(8);
        assertGolden("filtered" + tool.suffix(), script(tool, options));
    }

    @ParameterizedTest
    @CsvSource({
        "SYSTEMTAP,debian-11-5.10-cloud-amd64",
        "SYSTEMTAP,debian-12-6.1-cloud-amd64",
        "SYSTEMTAP,debian-13-6.12-cloud-amd64",
        "BPFTRACE,debian-11-5.10-cloud-amd64",
        "BPFTRACE,debian-12-6.1-cloud-amd64",
        "BPFTRACE,debian-13-6.12-cloud-amd64"
    })
    void writesTheScriptForAKernelAsReviewed(ScriptTool tool, String kernel) throws IOException {
        KernelProbes probes = KernelsForTests.probes(kernel);
        String script = ProbeScript.of(tool, ScriptOptions.builder().received().build(), probes, null);

        // The packages are renewed under the same name: what belongs to one release only stands for itself.
        String release = probes.release();
        assertThat(release).isNotNull();
        assertThat(script).contains("kernel=" + release);
        String renewed = script.replace(String.valueOf(release), "RELEASE")
                .replace(String.valueOf(probes.buildId()), "BUILD-ID")
                .replaceAll("init_net - 0x[0-9a-f]+", "init_net - 0xDISTANCE");
        assertGolden(kernel + tool.suffix(), renewed);
    }

    @ParameterizedTest
    @EnumSource
    void writesTheSameScriptEachTime(ScriptTool tool) {
        ScriptOptions.Builder options = ScriptOptions.builder().port(443).address("::1");
        assertThat(script(tool, options)).isEqualTo(script(tool, options));
    }

    @ParameterizedTest
    @EnumSource
    void leavesNoGapOpen(ScriptTool tool) {
        for (ScriptOptions.Builder options : List.of(
                ScriptOptions.builder(),
                ScriptOptions.builder().onlyV4().limit(0),
                ScriptOptions.builder().onlyV6().withoutHalfOpen(),
                ScriptOptions.builder().received().port(1),
                ScriptOptions.builder().address("192.0.2.1"))) {
            assertThat(script(tool, options))
                    .doesNotContain("{{")
                    .doesNotContain("}}")
                    .endsWith("}\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    void filtersBeforeItPrintsOrCounts(ScriptTool tool) {
        String code = code(script(tool, ScriptOptions.builder().port(443).limit(20)));
        boolean systemTap = tool == ScriptTool.SYSTEMTAP;
        String passive = systemTap
                ? code.substring(
                        code.indexOf("probe kernel.function(\"tcp_v4"), code.indexOf("probe kernel.function(\"tcp_v6"))
                : code.substring(code.indexOf("kprobe:tcp_v4_send_reset"), code.indexOf("kprobe:tcp_v6_send_reset"));
        int filter = passive.indexOf(systemTap ? "wanted_packet" : "$sport == 443");
        int limit = passive.indexOf(systemTap ? "within_limit" : "@in_this_second");
        int print = passive.indexOf(systemTap ? "print_passive" : "printf");

        assertThat(filter).isPositive().isLessThan(limit);
        assertThat(limit).isLessThan(print);
    }

    @ParameterizedTest
    @EnumSource
    void probesOneFamilyOnly(ScriptTool tool) {
        assertThat(code(script(tool, ScriptOptions.builder().onlyV4())))
                .contains("tcp_v4_send_reset", "nf_send_reset")
                .doesNotContain("tcp_v6_send_reset", "nf_send_reset6");
        assertThat(code(script(tool, ScriptOptions.builder().onlyV6())))
                .contains("tcp_v6_send_reset", "nf_send_reset6")
                .doesNotContain("tcp_v4_send_reset");
    }

    @ParameterizedTest
    @EnumSource
    void probesWhatComesInOnlyWhenAsked(ScriptTool tool) {
        Pattern probe = Pattern.compile("^(kprobe:|probe kernel.function\\(\")tcp_reset\\b", Pattern.MULTILINE);
        assertThat(code(script(tool, ScriptOptions.builder()))).doesNotContainPattern(probe);
        assertThat(code(script(tool, ScriptOptions.builder().received()))).containsPattern(probe);
    }

    @ParameterizedTest
    @EnumSource
    void leavesTheHalfOpenProbeOutWhenAsked(ScriptTool tool) {
        assertThat(code(script(tool, ScriptOptions.builder()))).contains("tcp_check_req");
        assertThat(code(script(tool, ScriptOptions.builder().withoutHalfOpen())))
                .doesNotContain("tcp_check_req");
    }

    @Test
    void needsNoGuruMode() {
        assertThat(code(script(ScriptTool.SYSTEMTAP, ScriptOptions.builder().received())))
                .doesNotContain("%{")
                .doesNotContain("@const");
    }

    @Test
    void saysHowMuchOfAStackAndOfABufferItWants() {
        ScriptOptions.Builder options = ScriptOptions.builder().depth(33).buffer(3);
        assertThat(script(ScriptTool.SYSTEMTAP, options))
                .contains("-DMAXBACKTRACE=33 ")
                .contains(" -s 3 ");
        assertThat(script(ScriptTool.BPFTRACE, options))
                .contains("kstack(perf, 33)")
                .contains("BPFTRACE_PERF_RB_PAGES=1024 bpftrace");
    }

    @Test
    void namesTheReasonsOfTheKernelItIsFor() throws IOException {
        KernelProbes probes = KernelsForTests.probes("debian-13-6.12-cloud-amd64");
        ScriptOptions options = ScriptOptions.builder().build();
        assertThat(ProbeScript.of(ScriptTool.SYSTEMTAP, options, probes, null))
                .contains("if (reason == 1) return \"NO_SOCKET\"")
                .contains("# backline reasons 0=NOT_SPECIFIED 1=NO_SOCKET ");
        assertThat(ProbeScript.of(ScriptTool.BPFTRACE, options, probes, null))
                .contains("# backline reasons 0=NOT_SPECIFIED 1=NO_SOCKET ")
                .contains(" reason=%d ");
    }

    @ParameterizedTest
    @EnumSource
    void keepsAProcessNameInItsQuotes(ScriptTool tool) {
        String hostile = "\") exit() //{%(";
        String script = script(tool, ScriptOptions.builder().process(hostile));

        assertThat(script)
                .doesNotContain("exit()")
                .contains("\"\\042\\051\\040exit\\050\\051\\040//\\173\\045\\050\"")
                .contains("process=%22%29%20exit%28%29%20//%7B%25%28");
    }

    @ParameterizedTest
    @EnumSource
    void keepsAFileNameOutOfItsComment(ScriptTool tool) {
        String script = ProbeScript.of(tool, ScriptOptions.builder().build(), null, "x\nprobe begin { exit() }\n.stp");
        assertThat(script).isEqualTo(script(tool, ScriptOptions.builder()));
        assertThat(ProbeScript.of(tool, ScriptOptions.builder().build(), null, "mine.stp"))
                .contains(" mine.stp");
    }

    @ParameterizedTest
    @EnumSource
    void keepsNamesFromAHostileKernelOut(ScriptTool tool) {
        KernelProbes probes = HostileKernel.probes();
        String script = ProbeScript.of(tool, ScriptOptions.builder().received().build(), probes, null);

        assertThat(script).doesNotContain("evil").contains("kernel=unknown").contains("2=GOOD");
    }

    /** As much of a kernel's build tree as SystemTap's pass 1 asks for. */
    private static Path buildTree(Path directory) throws IOException {
        Files.createDirectories(directory.resolve("include/config"));
        Files.createDirectories(directory.resolve("include/generated"));
        Files.writeString(directory.resolve("include/config/kernel.release"), "6.1.0\n");
        Files.writeString(directory.resolve("include/generated/utsrelease.h"), "#define UTS_RELEASE \"6.1.0\"\n");
        Files.writeString(directory.resolve("Makefile"), "VERSION = 6\nPATCHLEVEL = 1\n");
        Files.writeString(directory.resolve(".config"), "CONFIG_MODULES=y\n");
        Files.writeString(directory.resolve("Module.symvers"), "");
        return directory;
    }

    @Test
    void isReadBySystemTap(@TempDir Path directory) throws IOException, InterruptedException {
        Path build = buildTree(directory.resolve("build"));
        for (ScriptOptions.Builder options : List.of(
                ScriptOptions.builder(),
                ScriptOptions.builder().onlyV4().limit(0).withoutHalfOpen(),
                ScriptOptions.builder().received().port(443).address("::1").process("\") exit() //{%("))) {
            Path file = Files.writeString(directory.resolve("rst.stp"), script(ScriptTool.SYSTEMTAP, options));
            Path out = directory.resolve("out");
            Process process;
            try {
                process = new ProcessBuilder("stap", "-p1", "-r", build.toString(), file.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
            } catch (IOException e) {
                Assumptions.abort("stap is not installed");
                return;
            }
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(out)).isZero();
            assertThat(out)
                    .content()
                    .contains("probe kernel.function(\"tcp_v4_send_reset\")")
                    .doesNotContain("exit()");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 65536, Long.MAX_VALUE})
    void refusesAPortOutOfRange(long port) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ScriptOptions.builder().port(port))
                .withMessage("port is 1 to 65535, not " + port);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "example.org",
                "1.2.3",
                "1.2.3.4.",
                "1.2.3.256",
                "01.2.3.4567",
                "1.2.3.4; exit()",
                "fe80::1%eth0",
                "::1]",
                "[::1]",
                "1:2:3",
                "::1\n",
                "12345::",
                "0x7f000001"
            })
    void refusesWhatIsNoAddressWithoutAskingANameServer(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ScriptOptions.builder().address(text))
                .withMessageStartingWith("not an IP address in digits: '" + text + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sixteen-letters!", "a\nb", "ä-ä-ä-ä-ä-ä"})
    void refusesWhatIsNoProcessName(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ScriptOptions.builder().process(name))
                .withMessageStartingWith("a process's name ");
    }

    @ParameterizedTest
    @CsvSource({
        "'',not a port or a range of ports: ",
        "https,not a port or a range of ports: 'https'",
        "1-2-3,not a port or a range of ports: '1-2-3'",
        "-1,not a port or a range of ports: '-1'",
        "1;exit(),not a port or a range of ports: '1;exit()'",
        "0-7,'port is 1 to 65535, not 0'",
        "7-65536,'port is 1 to 65535, not 65536'",
        "9-8,the ports 9-8 end before they begin"
    })
    void refusesWhatIsNoRangeOfPorts(String text, String message) {
        for (Consumer<String> option :
                List.<Consumer<String>>of(ScriptOptions.builder()::port, ScriptOptions.builder()::notPort)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> option.accept(text))
                    .withMessageStartingWith(message);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "fd00::/129", "::/x"})
    void refusesWhatIsNoNetwork(String text) {
        for (Consumer<String> option :
                List.<Consumer<String>>of(ScriptOptions.builder()::address, ScriptOptions.builder()::notAddress)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> option.accept(text))
                    .withMessageStartingWith("the network " + text + " has no prefix");
        }
    }

    @Test
    void comparesOnlyTheBitsOfANetwork() {
        ScriptOptions.Builder options =
                ScriptOptions.builder().notAddress("192.0.2.77/26").notAddress("2001:db8::1/40");
        assertThat(options.build().filterWords()).isEqualTo("not-addresses=192.0.2.64/26,2001:db8:0:0:0:0:0:0/40");
        assertThat(script(ScriptTool.SYSTEMTAP, options))
                .contains("return !((one & 0xffffffc0) == 0xc0000240 || (other & 0xffffffc0) == 0xc0000240)\n")
                .contains("return !((a == 0x20010db8 && (b & 0xff000000) == 0x00000000) || "
                        + "(e == 0x20010db8 && (f & 0xff000000) == 0x00000000))\n");
        assertThat(script(ScriptTool.BPFTRACE, options))
                .contains("if (!(!((bswap(*(uint32 *)($ip + 12)) & 0xffffffc0) == 0xc0000240 || ");
    }

    @Test
    void letsTheOtherFamilyPassAnExclusionButNotASelection() {
        ScriptOptions.Builder excluded = ScriptOptions.builder().notAddress("192.0.2.0/24");
        ScriptOptions.Builder selected = ScriptOptions.builder().address("192.0.2.0/24");
        assertThat(v6Filter(script(ScriptTool.SYSTEMTAP, excluded))).contains("return 1\n");
        assertThat(v6Filter(script(ScriptTool.SYSTEMTAP, selected))).contains("return 0\n");
    }

    private static String v6Filter(String script) {
        int start = script.indexOf("function wanted_v6");
        return script.substring(start, script.indexOf("}", start));
    }

    /** A variable that a SystemTap probe writes keeps out all other CPUs from the first statement with it to the last. */
    @Test
    void systemTapHoldsNoLockWhileItPrints() {
        String code = code(script(ScriptTool.SYSTEMTAP, ScriptOptions.builder().received()));
        Set<String> globals = new HashSet<>();
        for (String line : code.split("\n")) {
            if (line.startsWith("global ")) {
                globals.addAll(List.of(line.substring("global ".length()).split(", ")));
            }
        }
        assertThat(globals).contains("events", "skipped");
        Pattern global = Pattern.compile("\\b(" + String.join("|", globals) + ")\\b");

        // Functions that print use no such variable, and a probe uses none behind the call of one.
        for (String function : code.split("\n(?=function )")) {
            if (function.startsWith("function print_")) {
                assertThat(function.split("\nprobe ")[0]).doesNotContainPattern(global);
            }
        }
        assertThat(code.split("\n(?=probe )"))
                .filteredOn(probe -> probe.startsWith("probe ") && probe.contains("  print_"))
                .allSatisfy(probe -> {
                    String body = probe.substring(0, probe.indexOf("\n}"));
                    assertThat(body.substring(body.indexOf("  print_"))).doesNotContainPattern(global);
                });
        assertThat(code)
                .doesNotContainPattern("(events|skipped)(\\+\\+| \\+=| = )")
                .contains("events <<< 1", "skipped <<< 1");
    }

    @Test
    void bpftraceCountsOnEachCpu() {
        assertThat(code(script(ScriptTool.BPFTRACE, ScriptOptions.builder().received())))
                .contains("@events[cpu]++;", "@skipped[cpu]++;")
                .doesNotContain("@events++", "@skipped++");
    }

    @Test
    void letsAStormNotEndTheScript() {
        assertThat(script(ScriptTool.SYSTEMTAP, ScriptOptions.builder()))
                .contains(
                        "-DMAXSKIPPED=2147483647 ", "-DSTP_NO_OVERLOAD ", "# -DMAXSKIPPED: ", "# -DSTP_NO_OVERLOAD: ");
    }

    @ParameterizedTest
    @EnumSource
    void saysWhoOwnsASocketAndWhetherAPacketIsSigned(ScriptTool tool) {
        assertThat(code(script(tool, ScriptOptions.builder()))).contains(" uid=%", " inode=%", " cgroup=", " auth=%");
    }

    @ParameterizedTest
    @EnumSource
    void probesRejectRulesAlsoWhenTheirModulesWereNotFound(ScriptTool tool) {
        for (Presence presence : List.of(Presence.UNKNOWN, Presence.SYMBOL_ONLY)) {
            KernelProbes probes = HostileKernel.with(presence);
            ScriptOptions options = ScriptOptions.builder().build();
            String code = code(ProbeScript.of(tool, options, probes, null));
            assertThat(ProbeScript.gaps(tool, options, probes)).noneMatch(gap -> gap.contains("nf_"));
            assertThat(List.of(
                            "nf_send_reset",
                            "nf_send_reset6",
                            "nf_reject_skb_v4_tcp_reset",
                            "nf_reject_skb_v6_tcp_reset"))
                    .allSatisfy(name -> assertThat(code)
                            .containsPattern("function\\(\"" + name + "\"\\)|(?m)^kprobe:\\*" + name + "$"));
        }
    }

    @Test
    void namesTheFunctionsWhoseResetsAScriptMisses() {
        KernelProbes probes = HostileKernel.with(Presence.INLINED);
        ScriptOptions options = ScriptOptions.builder().onlyV4().build();
        List<String> gaps = ProbeScript.gaps(ScriptTool.BPFTRACE, options, probes);
        assertThat(gaps)
                .contains(
                        "no probe of nf_send_reset, so its RSTs are not shown (the compiler put it into other functions,"
                                + " where bpftrace cannot probe it; --tool systemtap can)")
                .noneMatch(gap -> gap.contains("nf_send_reset6"));
        assertThat(ProbeScript.of(ScriptTool.BPFTRACE, options, probes, null)).contains("// Not shown: " + gaps.get(0));
        assertThat(ScriptExplanation.of(ScriptTool.BPFTRACE, options, probes))
                .contains("Not shown: no probe of nf_send_reset,")
                .doesNotContain("  Shows the packet's addresses");
        assertThat(ProbeScript.gaps(ScriptTool.SYSTEMTAP, options, probes)).isEmpty();
        assertThat(ProbeScript.gaps(ScriptTool.BPFTRACE, options, null)).isEmpty();
    }

    @Test
    void refusesOptionsThatNothingCanPass() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ScriptOptions.builder().onlyV4().onlyV6())
                .withMessageContaining("at once");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        ScriptOptions.builder().onlyV6().address("192.0.2.1").build())
                .withMessageContaining("192.0.2.1 is not of the family");
    }
}
