package dev.backline.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineTest {
    private static final String WARNING = "[ 1.0] WARNING: CPU: 0 PID: 1 at net/core.c:189 hooks_validate+0x7c/0x8c";

    private static KernelFacts facts(String... lines) {
        TraceReader reader = new TraceReader();
        for (String line : lines) {
            reader.next(line);
        }
        return reader.facts();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "X86 | Linux version 6.1.0-56-cloud-amd64 (debian-kernel@lists.debian.org) (gcc-12)",
                "X86 | Linux version 5.14.0-1.el9.x86_64 (mockbuild@host) (gcc (GCC) 11.2.1)",
                "ARM | Linux version 6.12.107+deb13-armmp (debian-kernel@lists.debian.org) (arm-linux-gnueabihf-gcc-14)",
                "ARM | Linux version 5.10.63-v7l+ (dom@buildbot) (arm-linux-gnueabihf-gcc-8)",
                "ARM64 | Linux version 6.12.107+deb13-cloud-arm64 (debian-kernel@lists.debian.org)",
                "ARM64 | Linux version 5.4.24 (user@arm) (aarch64-poky-linux-gcc (GCC) 9.2.0)",
                "MIPS | Linux version 5.15.150 (builder@buildhost) (mips-openwrt-linux-musl-gcc (OpenWrt GCC 12.3.0))",
                "SPARC | Linux version 6.14.2-t2 (root@host) (sparc64-t2-linux-gnu-kcc) #1 SMP",
                "TRAPPING | Linux version 6.1.0-50-s390x (debian-kernel@lists.debian.org)",
                "ARM | [ 1.0]  warn_slowpath_fmt from hooks_validate+0x7c/0x8c",
                "ARM | pc : [<c0101234>]    lr : [<c0105678>]    psr: 60000013",
                "ARM64 | [ 1.0] pc : __raw_readb+0x18/0x2c",
                "MIPS | [ 1.0] epc   : 80104b8c do_page_fault+0x1c/0x60",
                "TRAPPING | [ 1.0] epc : io_ring_exit_work+0x44c/0xbc0",
                "X86 | [ 1.0] RIP: 0010:tcp_v4_rcv+0x1/0xee0",
                "SPARC | [ 1.0] TPC: <bad_trap+0x14/0x80>"
            })
    void readsTheMachineOffReleasesCompilersAndRegisters(Machine machine, String line) {
        assertThat(Machine.of(facts(line))).isEqualTo(machine);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[ 1.0] PC is at do_page_fault+0x14/0x50",
                "Linux version 5.4.24 (arm@sh) (gcc version 9.2.0)",
                "[ 1.0] tcp_v4_rcv+0x1/0xee0"
            })
    void doesNotGuessTheMachine(String line) {
        assertThat(Machine.of(facts(line))).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "X86, 6.1.0-56-cloud-amd64, EXACT",
        "X86, 4.12.0, EXACT",
        "X86, 4.11.12-amd64, RETURN",
        "X86, 3.10.0-1160.el7.x86_64, RETURN",
        "X86, 2.6.32, RETURN",
        "X86, , EXACT",
        "X86, 99999999999.1, EXACT",
        "X86, nonsense, EXACT",
        "ARM64, 4.9.0, EXACT",
        "TRAPPING, 4.9.0, EXACT",
        "ARM, 6.12.107+deb13-armmp, RETURN",
        "MIPS, 6.1.0, RETURN",
        "OTHER, 6.1.0, RETURN"
    })
    void knowsWhereWarnIsAnInstructionThatTraps(Machine machine, String release, Pc pc) {
        LineFrame warning = new TraceReader().next(WARNING).get(0);
        assertThat(machine.pc(warning, release)).isEqualTo(pc);
        LineFrame older = new TraceReader().next(WARNING + "()").get(0);
        assertThat(machine.pc(older, release)).isEqualTo(Pc.RETURN);
    }

    @Test
    void takesEveryFrameOfSparcForACallsOwnAddress() {
        TraceReader reader = new TraceReader();
        List<LineFrame> frames = List.of(
                reader.next("[<0000000000899c20>] skb_release_data+0x40/0x1c0").get(0),
                reader.next(" [0000000000474b4c] schedule+0x14/0x50").get(0),
                reader.next(WARNING).get(0));
        assertThat(frames).extracting(frame -> Machine.SPARC.pc(frame, null)).containsOnly(Pc.EXACT);
        assertThat(frames.subList(0, 2))
                .extracting(frame -> Machine.MIPS.pc(frame, null))
                .containsOnly(Pc.RETURN);
    }

    /** crash subtracts 4 from each return address of arm64. */
    @Test
    void takesEveryFrameOfCrashOnArm64ForACallsOwnAddress() {
        LineFrame frame = new TraceReader()
                .next(" #5 [ffff80001234be60] sysrq_handle_crash at ffff8000105bd4e0")
                .get(0);
        assertThat(Machine.ARM64.pc(frame, null)).isEqualTo(Pc.EXACT);
        assertThat(Machine.X86.pc(frame, null)).isEqualTo(Pc.RETURN);
    }
}
