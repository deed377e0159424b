package dev.backline.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class ScriptExplanationTest {
    private static String text(ScriptTool tool, ScriptOptions.Builder options) {
        return ScriptExplanation.of(tool, options.build(), null);
    }

    @Test
    void namesEachProbeOfTheScriptAndNoOther() {
        assertThat(text(ScriptTool.SYSTEMTAP, ScriptOptions.builder()).lines())
                .contains("tcp_v4_send_reset", "tcp_send_active_reset", "tcp_check_req")
                .doesNotContain("tcp_reset", "tcp_done_with_error");
        assertThat(text(
                                ScriptTool.SYSTEMTAP,
                                ScriptOptions.builder()
                                        .onlyV6()
                                        .withoutHalfOpen()
                                        .received())
                        .lines())
                .contains("tcp_v6_send_reset, in the kernel or in ipv6", "tcp_reset")
                .doesNotContain("tcp_v4_send_reset", "tcp_check_req");
    }

    @Test
    void saysWhatIsFilteredAndLimited() {
        String text = text(
                ScriptTool.SYSTEMTAP,
                ScriptOptions.builder().port(443).limit(20).depth(9));
        assertThat(text)
                .contains("It prints only events that pass: ports=443.")
                .contains("At most 20 events a second")
                .contains("9 frames at most");
    }

    @Test
    void saysWhatBpftraceCannotDo() {
        assertThat(text(ScriptTool.BPFTRACE, ScriptOptions.builder()))
                .contains("A field that cannot be read is 0, not \"?\"")
                .contains("little-endian");
    }

    @Test
    void saysWhatThisKernelHasAndHasNot() throws IOException {
        KernelProbes older = KernelsForTests.probes("debian-11-5.10-cloud-amd64");
        KernelProbes newer = KernelsForTests.probes("debian-13-6.12-cloud-amd64");
        ScriptOptions options = ScriptOptions.builder().build();
        assertThat(ScriptExplanation.of(ScriptTool.SYSTEMTAP, options, older))
                .contains("nf_reject_skb_v4_tcp_reset, not in this kernel\n")
                .contains("This kernel gives no reason of its own");
        assertThat(ScriptExplanation.of(ScriptTool.SYSTEMTAP, options, newer))
                .contains("nf_send_reset [nf_reject_ipv4]\n")
                .contains("The kernel's own reason is shown.");
    }

    @Test
    void keepsLinesShort() {
        for (ScriptTool tool : ScriptTool.values()) {
            assertThat(text(tool, ScriptOptions.builder().received()).lines())
                    .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(100));
        }
    }
}
