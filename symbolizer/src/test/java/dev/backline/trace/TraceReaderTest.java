package dev.backline.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceReaderTest {
    private final TraceReader reader = new TraceReader();

    private List<LineFrame> read(String... lines) {
        List<LineFrame> frames = new ArrayList<>();
        for (String line : lines) {
            frames.addAll(reader.next(line));
        }
        return frames;
    }

    @Test
    void theFirstFrameOfASystemTapBacktraceIsExactAndTheOthersAreReturnAddresses() {
        List<LineFrame> frames = read(
                "Sun Nov 22 08:33:13 2026  python3<-tcp_v4_send_reset",
                " 0xffffffff9ec7a0e4 : tcp_v4_send_reset+0x4/0x830 [kernel]",
                " 0xffffffff9ec7c8cb : tcp_v4_rcv+0x99b/0xee0 [kernel]",
                "",
                " 0xffffffff9ec7a0e4 : tcp_v4_send_reset+0x4/0x830 [kernel]");

        assertThat(frames)
                .extracting(LineFrame::reference)
                .containsExactly(
                        new FrameReference("tcp_v4_send_reset", 4L, 0x830L, null, 0xffffffff9ec7a0e4L, Pc.EXACT),
                        new FrameReference("tcp_v4_rcv", 0x99bL, 0xee0L, null, 0xffffffff9ec7c8cbL, Pc.RETURN),
                        new FrameReference("tcp_v4_send_reset", 4L, 0x830L, null, 0xffffffff9ec7a0e4L, Pc.EXACT));
    }

    @Test
    void marksARepeatedFrameAndADataAddressOfSystemTap() {
        List<LineFrame> frames = read(
                " 0xffffffffa987a0e0 : tcp_v4_send_reset+0x0/0x830 [kernel]",
                " 0xffffffffa90032f2 : ret_from_fork+0x22/0x30 [kernel]",
                " 0xffffffffa90032f2 : ret_from_fork+0x22/0x30 [kernel] (inexact)",
                " 0xffffffffc03f64f4 (inexact)",
                " 0xffff8c3946f24180 (inexact)");

        assertThat(frames)
                .extracting(LineFrame::mark)
                .containsExactly(Mark.NONE, Mark.NONE, Mark.REPEATED, Mark.INEXACT, Mark.JUNK);
        assertThat(frames).extracting(LineFrame::reliable).containsExactly(true, true, false, false, false);
    }

    @Test
    void readsTheKernelAndModuleAddressesFromTheHeaderOfAProbeScript() {
        read(
                "# backline probe-output=1 tool=systemtap kernel=any",
                "# backline kernel release=6.1.0-56-cloud-amd64 build-id=84a9cbe3bbb3a0b6a5a4f1d1d5f1f0f4b9c1a2d3"
                        + " stext=0xffffffff9e400000",
                "# backline module name=nf_conntrack base=0xffffffffc0a31000",
                "# backline module name=veth base=0xffffffffc0b00000 size=40960",
                "# backline anchor symbol=tcp_v4_rcv address=0xffffffff9ec7bf30",
                "# backline clock wall=1763814212.123456789 mono=30.988938123");

        KernelFacts facts = reader.facts();
        assertThat(facts.release()).isEqualTo("6.1.0-56-cloud-amd64");
        assertThat(facts.buildId()).isEqualTo("84a9cbe3bbb3a0b6a5a4f1d1d5f1f0f4b9c1a2d3");
        assertThat(facts.moduleAddresses())
                .isEqualTo(Map.of("nf_conntrack", 0xffffffffc0a31000L, "veth", 0xffffffffc0b00000L));
        assertThat(facts.moduleSizes()).isEqualTo(Map.of("veth", 40960L));
        assertThat(facts.pairs())
                .containsExactly(
                        new AddressOfSymbol(0xffffffff9e400000L, "_stext", 0L, null),
                        new AddressOfSymbol(0xffffffff9ec7bf30L, "tcp_v4_rcv", 0L, null));
        // Probe scripts repeat the header every ten minutes.
        read("# backline kernel release=6.1.0-56-cloud-amd64 build-id=- stext=0xffffffff9e400000");
        assertThat(reader.facts()).isSameAs(facts);
        // Another address of _stext means another boot: earlier addresses are invalid.
        read("# backline kernel release=6.1.0-56-cloud-amd64 build-id=- stext=0xffffffff8e400000");
        assertThat(reader.facts().boots()).isEqualTo(2);
        assertThat(reader.facts().moduleAddresses()).isEmpty();
    }

    @Test
    void readsAnOops() {
        List<LineFrame> frames = read(
                "[   30.988938] RIP: 0010:probe_6374+0x7fa/0x960 [oops]\r",
                "[   30.988938] Code: 00 48 c7 83 38 02 00 00 c8 4e 72 c0 83 f8 <c7> 04 25 00 00\r",
                "[   30.988938] RAX: 0000000000002710 RBX: ffffcf0e4043d000 RCX: 00000000ffffffff\r",
                "[   30.988938] Call Trace:\r",
                "[   30.988938]  <IRQ>\r",
                "[   30.988938]  ? tcp_req_err+0x100/0x100\r",
                "[   30.988938]  0xffffffffc061c0c8\r",
                "[   30.988938]  ip_sabotage_in+0x64/0x70 [br_netfilter]\r",
                "[   30.988938] RIP: 0033:0x7f948c96d7c0\r");

        assertThat(frames)
                .extracting(LineFrame::reference)
                .containsExactly(
                        new FrameReference("probe_6374", 0x7faL, 0x960L, "oops", null, Pc.EXACT),
                        new FrameReference("tcp_req_err", 0x100L, 0x100L, null, null, Pc.RETURN),
                        new FrameReference(null, null, null, null, 0xffffffffc061c0c8L, Pc.RETURN),
                        new FrameReference("ip_sabotage_in", 0x64L, 0x70L, "br_netfilter", null, Pc.RETURN));
        assertThat(frames).extracting(LineFrame::reliable).containsExactly(true, false, true, true);
        assertThat(frames).extracting(LineFrame::prefixLength).containsExactly(15, 16, 16, 16);
    }

    @Test
    void aFrameEndsAfterItsModuleAndBeforeTheCarriageReturn() {
        LineFrame frame = read("[   30.988938]  ip_sabotage_in+0x64/0x70 [br_netfilter]\r")
                .get(0);

        assertThat(frame.start()).isEqualTo(16);
        assertThat(frame.end()).isEqualTo(55);
    }

    @Test
    void readsFactsAboutTheKernelFromItsLog() {
        read(
                "[   30.988301] CPU: 0 PID: 228 Comm: python3 Tainted: GF   OE      6.1.0-56-cloud-amd64 #1  Debian 6",
                "[   30.988938] Modules linked in: oops(FOE) virtio_net bridge [last unloaded: veth]",
                "[   30.988938]  foo+0x1/0x2 [bridge 0123456789abcdef0123456789abcdef01234567]",
                "[   30.988938] Kernel Offset: 0x2f400000 from 0xffffffff81000000 (relocation range: 0xffffffff80000000-)");

        KernelFacts facts = reader.facts();
        assertThat(facts.release()).isEqualTo("6.1.0-56-cloud-amd64");
        assertThat(facts.modules()).containsExactly("oops", "virtio_net", "bridge");
        assertThat(facts.kernelOffset()).isEqualTo(0x2f400000L);
        assertThat(facts.moduleBuildIds()).containsEntry("bridge", "0123456789abcdef0123456789abcdef01234567");
    }

    @Test
    void pairsAddressesWithSymbolsUnlessTheyAreHashed() {
        read(" [<ffffffff810c7c2b>] ? kvm_wait+0xbb/0xe0", " [<00000000c75b17c3>] lock_sock_nested+0x91/0x110");

        assertThat(reader.facts().pairs())
                .containsExactly(new AddressOfSymbol(0xffffffff810c7c2bL, "kvm_wait", 0xbbL, null));
    }

    @Test
    void readsALineInTheMiddleOfABuffer() {
        byte[] bytes = "RIP: 0010:a+0x1/0x2\n f+0x10/0x20\n g+0x3/0x4".getBytes(StandardCharsets.ISO_8859_1);
        byte[] before = bytes.clone();

        assertThat(reader.next(bytes, 20, 33)).isEqualTo(new TraceReader().next(" f+0x10/0x20"));
        assertThat(bytes).isEqualTo(before);
        byte[] longer = (" ".repeat(1000) + "f+0x10/0x20").getBytes(StandardCharsets.ISO_8859_1);
        assertThat(reader.next(longer, 0, longer.length)).hasSize(1);
    }

    /** crash prints a function without an offset; the address tells the place in the function. */
    @Test
    void locatesAFunctionWithoutAnOffsetByItsAddress() {
        FrameReference named = read(" #9 [ffff957075d83d78] tcp_v4_rcv at ffffffff8e9af9a5 [m]")
                .get(0)
                .reference();
        assertThat(named).isEqualTo(new FrameReference("tcp_v4_rcv", null, null, "m", 0xffffffff8e9af9a5L, Pc.RETURN));
        assertThat(named.byAddress())
                .isEqualTo(new FrameReference(null, null, null, "m", 0xffffffff8e9af9a5L, Pc.RETURN));
        FrameReference placed = read("=> ip_rcv+0x1/0x2").get(0).reference();
        assertThat(placed.byAddress()).isSameAs(placed);
    }

    /** A function without offset and address means the start of the function. */
    @Test
    void readsAFunctionAloneAsItsStart() {
        assertThat(read(" => tcp_v4_rcv").get(0).reference())
                .isEqualTo(new FrameReference("tcp_v4_rcv", null, null, null, null, Pc.EXACT));
    }

    /** A frame reaches from its address or symbol to its last mark; source lines are inserted at its end. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{0xffffffff9ec7c8cb : tcp_v4_rcv+0x99b/0xee0 [kernel] (inexact)}",
                " {0xffffffffc03f1f0c [br_netfilter+0x1f0c/0x8000] (inexact)}",
                " {0xffffffffc03f1f0c [br_netfilter+0x1f0c/0x8000]}",
                "{do_idle+0x206 [kernel] (}-- backtrace()",
                "\t{ffffffffac47c8cb tcp_v4_rcv+0x99b ([kernel.kallsyms])}",
                "\t{ffffffffac47c8cb tcp_v4_rcv+0x99b (/boot/vmlinux)}",
                "\t{ffffffffac47c8cb [unknown] ([unknown])}",
                " => {tcp_v4_do_rcv+0x312/0x363 <ffffffff8140b698>}",
                " {f+0x1/0x2 (P)}",
                " {f+0x1/0x2 [m] (unreliable)}",
                "lr : {f+0x1/0x2 [m] (P)} and more",
                "at {f+0x1/0x2 (unreliable)} and more",
                "{f+0x1/0x2} (P and more",
                "NIP {[c00000000027aa6c] f+0x1/0x2} and more",
                "rst_ret: ({tcp_v4_rcv+0x99b/0xee0} <- tcp_v4_send_reset) ret=0x1",
                "stopped in {nf-nat:nf_nat_packet+0x10/0x60} for now",
                "RIP: 0010:{f+0x1/0x2}"
            })
    void coversAFrameFromItsFirstCharacterToItsLast(String marked) {
        LineFrame frame = read(marked.replaceAll("[{}]", "")).get(0);

        assertThat(frame.start()).isEqualTo(marked.indexOf('{'));
        assertThat(frame.end()).isEqualTo(marked.indexOf('}') - 1);
    }

    @Test
    void aFrameAfterATruncatedBacktraceStartsANewBacktrace() {
        assertThat(read(
                        "tcp_v4_rcv+0x99b [kernel]",
                        "do_idle+0x206 [kernel] (-- backtrace()",
                        "tcp_v4_rcv+0x99b [kernel]"))
                .extracting(frame -> frame.reference().pc())
                .containsExactly(Pc.EXACT, Pc.RETURN, Pc.EXACT);
    }
}
