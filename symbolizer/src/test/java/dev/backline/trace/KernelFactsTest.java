package dev.backline.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Facts about the kernel in single lines of a log. */
class KernelFactsTest {
    private static final String ID = "84a9cbe3bbb3a0b6a5a4f1d1d5f1f0f4b9c1a2d3";

    private final TraceReader reader = new TraceReader();

    private KernelFacts read(String... lines) {
        for (String line : lines) {
            assertThat(reader.next(line)).isEmpty();
        }
        return reader.facts();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Linux version 6.1.0-56-cloud-amd64 (debian-kernel@lists.debian.org) (gcc-12 ...) #1 SMP",
                "[    0.000000] Linux version 6.1.0-56-cloud-amd64 (a@b)",
                "> [    0.000000] Linux version 6.1.0-56-cloud-amd64",
                "[   30.988301] CPU: 0 PID: 228 Comm: python3 Not tainted 6.1.0-56-cloud-amd64 #1 Debian 6.1.192-2",
                "CPU: 0 UID: 0 PID: 228 Comm: python3 Tainted: GF   OE      6.1.0-56-cloud-amd64 #1  Debian 6",
                "Pid: 228, comm: python3 Not tainted 6.1.0-56-cloud-amd64 #1 Bochs",
                "      Not tainted 6.1.0-56-cloud-amd64 #1",
                "      Tainted: G        W  6.1.0-56-cloud-amd64 #1",
                "OSRELEASE=6.1.0-56-cloud-amd64",
                "     RELEASE: 6.1.0-56-cloud-amd64",
                "6.1.0-56-cloud-amd64 #21 Tainted: G           OE   T",
                "6.1.0-56-cloud-amd64 #1-Ubuntu Not tainted",
                "INFO: task a:1 blocked. Not tainted 6.1.0-56-cloud-amd64 owner/repo.js#20",
                "REGS: c000000fffdc7d60 TRAP: 0e60   Tainted: G   M                (6.1.0-56-cloud-amd64)",
                "CPU: 0    Not tainted  (6.1.0-56-cloud-amd64 #2)",
                "CPU: 1 PID: 2 Comm: a Kdump: loaded Tainted: G   D  ---------r-t - 6.1.0-56-cloud-amd64 #1",
                "Linux host-1.example 6.1.0-56-cloud-amd64 #1 SMP Debian 6.1.192-2 (2026-11-16) x86_64 GNU/Linux",
                "Kernel: Linux 6.1.0-56-cloud-amd64",
                "Uname: Linux 6.1.0-56-cloud-amd64 x86_64",
                "# os release : 6.1.0-56-cloud-amd64",
                "# backline kernel release=6.1.0-56-cloud-amd64 build-id=- stext=-"
            })
    void readsTheReleaseFromEachLineThatStatesIt(String line) {
        assertThat(read(line).release()).isEqualTo("6.1.0-56-cloud-amd64");
        for (String prefix : List.of("> ", "c0 337 ", "node-7 | kernel-log ", "{\"message\":\"", "<pre>", "\ufeff")) {
            if (!line.contains("RELEASE: ")) {
                assertThat(readAlone(prefix + line).release()).as(prefix + line).isEqualTo("6.1.0-56-cloud-amd64");
            }
        }
    }

    private static KernelFacts readAlone(String line) {
        TraceReader alone = new TraceReader();
        alone.next(line);
        return alone.facts();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Linux version x.y.z",
                "Linux version 6",
                "OSRELEASE=",
                "RELEASE: n/a",
                "CPU: 0 PID: 228 Comm: python3 Not tainted",
                "CPU: 0 PID: 228 Comm: 6.1.0 #1",
                "CPU: 0 PID: 228 Comm: tainted #1",
                "Pid: 228, comm: 6.1 #1",
                "Not 6.1.0 #1",
                "Linux 6.1.0",
                "This needs Linux version 6.1.0 or later (see a@b)",
                "app: built for Linux version 5.10 (or later)",
                "app: needs Linux version 5.10",
                "a Linux host 6.1 and more",
                "bash 5.2.15 #3",
                "fixes owner/repo#20 in 6.1.0",
                "6.1.0 Not tainted",
                "Not tainted 6 #1",
                "Not tainted (see 6.1.0)",
                "Tainted: [O]=OOT_MODULE, [E]=UNSIGNED_MODULE 6.1",
                "the kernel 6.1.0 #x Tainted: G",
                "PHP RELEASE: 8.1.0",
                "OS 6.1.0",
                "# backline kernel build-id=- stext=-",
                "# backline modules release=6.1.0"
            })
    void readsNoReleaseFromOtherLines(String line) {
        assertThat(read(line).release()).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            OSRELEASE=6.1.0-rc1+              | 6.1.0-rc1+
            OSRELEASE=5.4.0~bpo.1_x-y more    | 5.4.0~bpo.1_x-y
            OSRELEASE=4.18.0-1.el8.x86_64$x   | 4.18.0-1.el8.x86_64
            """)
    void aReleaseEndsBeforeTheFirstInvalidCharacter(String line, String release) {
        assertThat(read(line).release()).isEqualTo(release);
    }

    @Test
    void readsTheKaslrOffsetThatCrashPrints() {
        assertThat(read("kernel relocated [640").kernelOffset()).isNull();
        assertThat(read("WARNING: kernel relocated [640MB]: patching 105335 gdb minimal_symbol values")
                        .kernelOffset())
                .isEqualTo(0x28000000L);
    }

    @Test
    void readsAnAddressBesideAFunctionWithoutAnOffset() {
        TraceReader log = new TraceReader();
        log.next(" #1 [ffffa9d1c1a87010] tcp_v4_rcv at ffffffffa987c8cb");

        assertThat(log.facts().pairs())
                .containsExactly(new AddressOfSymbol(0xffffffffa987c8cbL, "tcp_v4_rcv", null, null));
    }

    @Test
    void truncatesATooLongRelease() {
        assertThat(read("OSRELEASE=6." + "1".repeat(500)).release()).hasSize(128);
    }

    /** CONFIG_STACKTRACE_BUILD_ID appends the build id to the version; VMCOREINFO has a line with it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "CPU: 0 UID: 0 PID: 228 Comm: python3 Not tainted 6.12.0 #1 Debian 6.1.192-2 " + ID,
                "CPU: 0 PID: 1 Comm: a Tainted: G W 6.12.0 #1 " + ID,
                "CPU: 0 PID: 1 Comm: a Not tainted 6.12.0 #1 openSUSE Tumbleweed " + ID + "</pre>",
                "{\"m\":\"CPU: 0 PID: 1 Comm: a Not tainted 6.12.0 #1 PREEMPT(full) " + ID + "\"}",
                "BUILD-ID=" + ID,
                "# backline kernel release=6.12.0 build-id=" + ID + " stext=-"
            })
    void readsTheBuildIdFromEachLineThatStatesIt(String line) {
        assertThat(read(line).buildId()).isEqualTo(ID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BUILD-ID=0123456789abcde",
                "BUILD-ID=0123456789abcdef0",
                "BUILD-ID=0123456789abcdeg",
                "BUILD-ID=",
                "CPU: 0 PID: 1 Comm: a Not tainted 6.12.0 #1 SMP x" + ID,
                "CPU: 0 PID: 1 Comm: a Not tainted 6.12.0 #1 PREEMPT"
            })
    void readsNoBuildIdFromOtherHexDigits(String line) {
        assertThat(read(line).buildId()).isNull();
    }

    @Test
    void acceptsBuildIdsOfEightToSixtyFourBytes() {
        assertThat(read("BUILD-ID=0123456789abcdef").buildId()).hasSize(16);
        assertThat(read("BUILD-ID=" + "0f".repeat(64)).buildId()).hasSize(128);
        assertThat(read("BUILD-ID=" + "0a".repeat(65)).buildId())
                .as("the previous one")
                .hasSize(128);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            Kernel Offset: 0x2f400000 from 0xffffffff81000000 (relocation range: 0x0-0x1) | 2f400000
            Kernel Offset: 0x0 from 0xffffffff81000000                                    | 0
            Kernel Offset: disabled                                                       | 0
            KERNELOFFSET=1d000000                                                         | 1d000000
            KERNELOFFSET=ffff800010000000                                                 | ffff800010000000
            KERNELOFFSET=                                                                 | -
            KERNELOFFSET=1ffff800010000000                                                | -
            Kernel Offset: unknown                                                        | -
            Kernel panic - not syncing: 0x1                                               | -
            """)
    void readsTheKaslrOffsetFromPanicsAndVmcoreinfo(String line, String offset) {
        assertThat(read(line).kernelOffset()).isEqualTo(offset == null ? null : Long.parseUnsignedLong(offset, 16));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            SYMBOL(_stext)=ffffffff9e400000  | ffffffff9e400000 _stext
            SYMBOL(a)=000000000000f000       | f000 a
            SYMBOL()=ffffffff9e400000        | -
            SYMBOL(_stext)=ffffffff9e40000   | -
            SYMBOL(_stext)=ffffffff9e4000000 | -
            SYMBOL(_stext) ffffffff9e400000  | -
            SIZE(list_head)=16               | -
            """)
    void pairsSymbolsOfVmcoreinfoWithTheirAddresses(String line, String pair) {
        List<String> pairs = new ArrayList<>();
        for (AddressOfSymbol each : read(line).pairs()) {
            assertThat(each.offset()).isZero();
            assertThat(each.module()).isNull();
            pairs.add(Long.toHexString(each.address()) + " " + each.symbol());
        }
        assertThat(pairs).isEqualTo(pair == null ? List.of() : List.of(pair));
    }

    @Test
    void readsTheModulesOfTheLastListWithoutTheirFlags() {
        assertThat(read("Modules linked in: oops(FOE) virtio_net snd-hda bridge(+) [last unloaded: veth]")
                        .modules())
                .containsExactly("oops", "virtio_net", "snd-hda", "bridge");
        assertThat(read("Modules linked in: a b").modules()).containsExactly("a", "b");
        assertThat(read("Modules linked in:").modules()).isEmpty();
        assertThat(read("Modules: c").modules()).isEmpty();
    }

    @Test
    void keepsTheTextThatTellsMostAboutTheKernel() {
        String cpu = "CPU: 0 PID: 1 Comm: a Not tainted 6.8.0-55-generic #57-Ubuntu";
        String banner =
                "Linux version 6.8.0-55-generic (buildd@a) (gcc) #57-Ubuntu SMP (Ubuntu 6.8.0-55.57-generic 6.8.12)";
        assertThat(read("    RELEASE: 6.8.0-55-generic").banner()).isNull();
        assertThat(read("    VERSION: #57-Ubuntu SMP").banner()).isEqualTo("6.8.0-55-generic #57-Ubuntu SMP");
        assertThat(readAlone(cpu).banner()).isEqualTo("6.8.0-55-generic #57-Ubuntu");
        assertThat(read("x| " + banner, cpu).banner()).isEqualTo(banner);
        assertThat(read("Not tainted 6.8.0-55-generic #58-Ubuntu").banner())
                .as("another build")
                .isEqualTo("6.8.0-55-generic #58-Ubuntu");
        assertThat(read("Not tainted 6.8.0-56-generic #59-Ubuntu").release()).isEqualTo("6.8.0-56-generic");
    }

    /** uname -a in a bug report can be about the kernel after an update. */
    @Test
    void aProgramsStatementDoesNotReplaceTheKernelsOwn() {
        String uname = "Linux host 6.8.0-60-generic #63-Ubuntu SMP x86_64";
        assertThat(read(uname).release()).isEqualTo("6.8.0-60-generic");
        assertThat(read("CPU: 0 PID: 1 Comm: a Not tainted 6.8.0-55-generic #57-Ubuntu", uname, "Kernel: Linux 6.1.0")
                        .release())
                .isEqualTo("6.8.0-55-generic");
    }

    /** Facts are read anywhere in a line, so a line of a megabyte can have tens of thousands. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Not tainted 6.1 #1 ",
                "Tainted: G ",
                "6.1 #1 Not tainted ",
                "Modules linked in: a ",
                "SYMBOL(",
                "# backline kernel ",
                "# backline module name=a ",
                "Linux version 6.1 (a@b) ",
                "Linux version 6.1 (",
                "Linux a 6.1 #",
                "BUILD-ID=00",
                "Kernel Offset: 0x1",
                "RELEASE: 6.1 ",
                " > ID=",
                "OSRELEASE=6.1"
            })
    void readsALineOfAMegabyteOfFactsInLinearTime(String fact) {
        String line = fact.repeat((1 << 20) / fact.length());
        long start = System.nanoTime();
        reader.next(line);
        assertThat(System.nanoTime() - start).isLessThan(3_000_000_000L);
    }

    @Test
    void readsOsRelease() {
        assertThat(read("> ID=cos", "BUILD_ID=\"18613.164.4\"", "VERSION_ID=121", "VARIANT_ID=aws-k8s-1.30")
                        .osRelease())
                .isEqualTo(Map.of(
                        "ID", "cos", "BUILD_ID", "18613.164.4", "VERSION_ID", "121", "VARIANT_ID", "aws-k8s-1.30"));
        assertThat(readAlone("user ID=cos").osRelease()).isEmpty();
        assertThat(readAlone("ID=cos and more").osRelease()).isEmpty();
        assertThat(readAlone("ID=\"cos").osRelease()).isEmpty();
    }

    /** Some Arch kernels print the note's header and the first 8 bytes of the id. */
    @Test
    void aBuildIdThatStartsWithTheHeaderOfItsNoteIsOnlyAStart() {
        KernelFacts facts = read(
                "CPU: 0 PID: 1 Comm: a Not tainted 6.11.9-arch1-1 #1" + " 1400000003000000474e55001d863d1de79e869f");
        assertThat(facts.buildId()).isNull();
        assertThat(facts.buildIdStart()).isEqualTo("1d863d1de79e869f");
    }

    @Test
    void aBuildIdBelongsToItsRelease() {
        read("Not tainted 6.1.0-1 #1 " + ID);
        assertThat(read("Not tainted 6.1.0-1 #1").buildId()).isEqualTo(ID);
        assertThat(read("Not tainted 6.1.0-2 #1").buildId()).isNull();
    }

    @Test
    void aNewBootResetsTheFacts() {
        read(
                "Linux version 6.1.0-1 (a@b)",
                "Modules linked in: oops",
                "BUILD-ID=" + ID,
                "Kernel Offset: 0x1000 from 0x2000",
                "# backline module name=veth base=0xffffffffc0b00000 size=40960",
                "# backline anchor symbol=tcp_v4_rcv address=0xffffffff9ec7bf30");
        reader.next(" foo+0x1/0x2 [bridge 0123456789abcdef0123456789abcdef01234567]");
        reader.next("RIP: 0010:foo+0x1/0x2");
        KernelFacts before = reader.facts();
        assertThat(before.moduleBuildIds()).hasSize(1);
        assertThat(before.moduleSizes()).hasSize(1);
        assertThat(before.pairs()).hasSize(1);
        assertThat(before.machine()).isEqualTo("x86_64");
        assertThat(before.boots()).isEqualTo(1);

        assertThat(read("Linux version 6.1.0-2 (a@b)"))
                .isEqualTo(new KernelFacts(
                        2,
                        "6.1.0-2",
                        "Linux version 6.1.0-2 (a@b)",
                        null,
                        null,
                        null,
                        Map.of(),
                        Map.of(),
                        null,
                        List.of(),
                        Map.of(),
                        Map.of(),
                        List.of(),
                        null));
        // In the new boot, the address can belong to another function.
        assertThat(read("# backline anchor symbol=tcp_v6_rcv address=0xffffffff9ec7bf30")
                        .pairs())
                .containsExactly(new AddressOfSymbol(0xffffffff9ec7bf30L, "tcp_v6_rcv", 0L, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(XEN) ----[ Xen-4.17.2  x86_64  debug=n   Not tainted ]----",
                "(XEN) [2026-11-29 18:00:00] Xen version 4.17.2 (root@host) (gcc 12.2.0) debug=n",
                "host xen: ----[ Xen-4.17.2  x86_64  debug=n   Not tainted ]----"
            })
    void learnsTheVersionOfTheXenHypervisor(String line) {
        assertThat(read(line).xenVersion()).isEqualTo("4.17.2");
        // It runs several kernels.
        assertThat(read("Linux version 6.1.0-2 (a@b)").xenVersion()).isEqualTo("4.17.2");
        assertThat(read("Xen version unknown").xenVersion()).isEqualTo("4.17.2");
    }

    @Test
    void aProbeHeaderCanOmitTheSizeOfAModuleAndRepeatTheModule() {
        assertThat(read("# backline module name=veth base=0xffffffffc0b00000").moduleSizes())
                .isEmpty();
        KernelFacts moved = read("# backline module name=veth base=0xffffffffc0c00000 size=999999999");
        assertThat(moved.moduleAddresses()).isEqualTo(Map.of("veth", 0xffffffffc0c00000L));
        assertThat(moved.moduleSizes()).isEqualTo(Map.of("veth", 999_999_999L));
        // The same line again changes nothing.
        assertThat(read("# backline module name=veth base=0xffffffffc0c00000 size=999999999"))
                .isSameAs(moved);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "# backline module base=0xffffffffc0b00000 size=1",
                "# backline module name=veth base=ffffffffc0b00000",
                "# backline module name=veth base=0x0",
                "# backline module name=veth base=0x1ffffffffc0b00000",
                "# backline anchor address=0xffffffffc0b00000",
                "# backline anchor symbol=a address=0x0",
                "# backline anchor symbol=a",
                "# backline other name=veth base=0xffffffffc0b00000 symbol=a address=0x1"
            })
    void ignoresIncompleteLinesOfAProbeHeader(String line) {
        assertThat(read(line).moduleAddresses()).isEmpty();
        assertThat(reader.facts().pairs()).isEmpty();
    }

    @Test
    void ignoresModuleNamesLongerThanAFileName() {
        read(
                "# backline module name=" + "m".repeat(255) + " base=0xffffffffc0b00000",
                "# backline module name=" + "n".repeat(256) + " base=0xffffffffc0b00000");

        assertThat(reader.facts().moduleAddresses()).containsOnlyKeys("m".repeat(255));
    }

    /** No module has a size of ten digits. */
    @Test
    void ignoresAModuleSizeOfTenDigits() {
        assertThat(read("# backline module name=veth base=0xffffffffc0b00000 size=1234567890")
                        .moduleSizes())
                .isEmpty();
    }

    private void frame(int number, String module) {
        reader.next(String.format(
                "[<ffffffff%08x>] f%d+0x1/0x2%s",
                0x81000000 + 16 * number, number, module.isEmpty() ? "" : " [" + module + "]"));
    }

    @Test
    void keepsEachPairOnceAndLimitsThePairsPerModule() {
        for (int i = 0; i < 100; i++) {
            frame(i, "");
            frame(i, "");
        }
        assertThat(reader.facts().pairs()).hasSize(32);
        frame(200, "veth");
        frame(201, "veth");
        frame(202, "bridge");
        assertThat(reader.facts().pairs())
                .hasSize(35)
                .doesNotHaveDuplicates()
                .endsWith(
                        new AddressOfSymbol(0xffffffff81000c80L, "f200", 1L, "veth"),
                        new AddressOfSymbol(0xffffffff81000c90L, "f201", 1L, "veth"),
                        new AddressOfSymbol(0xffffffff81000ca0L, "f202", 1L, "bridge"));

        for (int module = 0; module < 20; module++) {
            for (int i = 0; i < 40; i++) {
                frame(1000 + 100 * module + i, "m" + module);
            }
        }
        assertThat(reader.facts().pairs()).hasSize(KernelFacts.MAX_PAIRS);
    }

    @Test
    void keepsAtMost4096Modules() {
        StringBuilder list = new StringBuilder("Modules linked in:");
        for (int i = 0; i < 5000; i++) {
            list.append(" m").append(i);
            reader.next("# backline module name=m" + i + " base=0xffffffffc0b00000");
            reader.next(" f+0x1/0x2 [m" + i + " 0123456789abcdef0123456789abcdef01234567]");
        }
        read(list.toString());

        assertThat(reader.facts().modules()).hasSize(4096);
        assertThat(reader.facts().moduleAddresses()).hasSize(4096);
        assertThat(reader.facts().moduleBuildIds()).hasSize(4096);
    }

    @Test
    void keepsTheLastBuildIdOfAModuleInLowerCase() {
        reader.next(" f+0x1/0x2 [m 0123456789abcdef0123456789abcdef01234567]");
        KernelFacts facts = reader.facts();
        reader.next(" f+0x1/0x2 [m 0123456789abcdef0123456789abcdef01234567]");
        assertThat(reader.facts()).isSameAs(facts);
        reader.next(" f+0x1/0x2 [m FEDCBA9876543210FEDCBA9876543210FEDCBA98]");
        assertThat(reader.facts().moduleBuildIds()).isEqualTo(Map.of("m", "fedcba9876543210fedcba9876543210fedcba98"));
    }

    /** Register names in an oops reveal the architecture. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            RIP: 0010:f+0x1/0x2                                       | x86_64
            EIP: f+0x1/0x2                                            | i686
            NIP [c00000000027aa6c] f+0x1/0x2                          | ppc64
            Krnl PSW : 0704c00180000000 00000000001134ae (f+0x1/0x2)  | s390x
            """)
    void readsTheMachineFromRegisterNames(String line, String machine) {
        reader.next(line);

        assertThat(reader.facts().machine()).isEqualTo(machine);
    }
}
