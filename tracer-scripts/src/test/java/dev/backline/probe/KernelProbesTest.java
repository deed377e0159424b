package dev.backline.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.fixtures.Kernels;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class KernelProbesTest {
    private static final String BOOKWORM = Kernels.DEBIAN_12;

    private static KernelProbes probes(String kernel) throws IOException {
        return KernelsForTests.probes(kernel);
    }

    private static String signature(ProbeTarget target) {
        return String.join(
                ", ",
                target.parameters().stream().map(ProbeParameter::declaration).toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            debian-11-5.10-cloud-amd64  | tcp_v4_send_reset     | const struct sock *sk, struct sk_buff *skb
            debian-11-5.10-cloud-amd64  | tcp_v6_send_reset     | const struct sock *sk, struct sk_buff *skb
            debian-11-5.10-cloud-amd64  | tcp_send_active_reset | struct sock *sk, gfp_t priority
            debian-11-5.10-cloud-amd64  | tcp_reset             | struct sock *sk
            debian-11-5.10-cloud-amd64  | tcp:tcp_send_reset    | const struct sock *sk, const struct sk_buff *skb
            debian-11-5.10-cloud-amd64  | skb:kfree_skb         | struct sk_buff *skb, void *location
            debian-11-5.10-cloud-amd64  | nf_send_reset         | struct net *net, struct sock *sk, struct sk_buff *oldskb, int hook
            debian-12-6.1-cloud-amd64   | tcp_v4_send_reset     | const struct sock *sk, struct sk_buff *skb
            debian-12-6.1-cloud-amd64   | tcp_send_active_reset | struct sock *sk, gfp_t priority
            debian-12-6.1-cloud-amd64   | tcp_reset             | struct sock *sk, struct sk_buff *skb
            debian-12-6.1-cloud-amd64   | tcp:tcp_send_reset    | const struct sock *sk, const struct sk_buff *skb
            debian-12-6.1-cloud-amd64   | skb:kfree_skb         | struct sk_buff *skb, void *location, enum skb_drop_reason reason
            debian-12-6.1-cloud-arm64   | tcp_v4_send_reset     | const struct sock *sk, struct sk_buff *skb
            debian-12-6.1-s390x         | tcp_v6_send_reset     | const struct sock *sk, struct sk_buff *skb
            debian-12-6.1-686           | tcp_reset             | struct sock *sk, struct sk_buff *skb
            debian-13-6.12-cloud-amd64  | tcp_v4_send_reset     | const struct sock *sk, struct sk_buff *skb, enum sk_rst_reason reason
            debian-13-6.12-cloud-amd64  | tcp_send_active_reset | struct sock *sk, enum sk_rst_reason reason
            debian-13-6.12-riscv64      | tcp_v6_send_reset     | const struct sock *sk, struct sk_buff *skb, enum sk_rst_reason reason
            debian-sid-cloud-amd64      | tcp_v4_send_reset     | const struct sock *sk, struct sk_buff *skb, enum sk_rst_reason reason
            debian-sid-cloud-amd64      | tcp_send_active_reset | struct sock *sk, enum sk_rst_reason reason
            """)
    void tellsTheSignatureThatAFunctionHasInThisBuild(String kernel, String name, String expected) throws IOException {
        assertThat(signature(probes(kernel).target(name))).isEqualTo(expected);
    }

    @Test
    void namesTheModuleThatHoldsAFunction() throws IOException {
        KernelProbes probes = probes(BOOKWORM);
        assertThat(probes.target("nf_send_reset").module()).isEqualTo("nf_reject_ipv4");
        assertThat(probes.target("tcp_v6_send_reset").module()).isNull();
    }

    @Test
    void findsTheCopiesOfAFunctionThatIsOnlyInlined() throws IOException {
        ProbeTarget target = probes(BOOKWORM).target("nft_reject_br_send_v4_tcp_reset");
        assertThat(target.presence()).isEqualTo(ProbeTarget.Presence.INLINED);
        assertThat(target.sites()).singleElement().satisfies(site -> {
            assertThat(site.symbol()).isEqualTo("nft_reject_bridge_eval");
            assertThat(site.offset()).isEqualTo(0x1cb);
            assertThat(site.callers()).isEqualTo(List.of("nft_reject_bridge_eval"));
        });
    }

    @Test
    void saysThatABuildHasNoReasons() throws IOException {
        assertThat(probes(BOOKWORM).facts().reasons()).isNull();
    }
}
