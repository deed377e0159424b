package dev.backline.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.backline.dwarf.types.Enumeration;
import dev.backline.dwarf.types.Member;
import dev.backline.fixtures.Kernels;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    void findsTheCloneOfAFunctionAndWhereElseItWasInlined() throws IOException {
        ProbeTarget target = probes(BOOKWORM).target("mptcp_do_fastclose");

        assertThat(target.presence()).isEqualTo(ProbeTarget.Presence.PRESENT);
        assertThat(target.sites())
                .extracting(ProbeSite::kind, ProbeSite::symbol)
                .contains(tuple(ProbeSite.Kind.CLONE, "mptcp_do_fastclose.part.0"))
                .contains(tuple(ProbeSite.Kind.INLINED, "mptcp_worker"));
    }

    @Test
    void takesASymbolsAddressWhereTheArchitectureLeavesRoomBeforeTheCode() throws IOException {
        ProbeTarget target = probes("debian-12-6.1-cloud-arm64").target("nf_send_reset");

        assertThat(target.sites()).singleElement().satisfies(site -> {
            assertThat(site.kind()).isEqualTo(ProbeSite.Kind.FUNCTION);
            assertThat(site.symbol()).isEqualTo("nf_send_reset");
        });
    }

    @Test
    void tellsWhatIsInNoFileOfTheBuild() throws IOException {
        ProbeTarget target = probes(BOOKWORM).target("send_reset");

        assertThat(target.presence()).isEqualTo(ProbeTarget.Presence.ABSENT);
        assertThat(target.isPresent()).isFalse();
    }

    @Test
    void cannotTellWhatMayBeInAModuleWithoutAFile() throws IOException {
        ProbeTarget target = probes(BOOKWORM).target("nft_reject_netdev_eval");

        assertThat(target.presence()).isEqualTo(ProbeTarget.Presence.UNKNOWN);
        assertThat(target.note()).contains("nft_reject_netdev").contains("-d DIR");
    }

    @Test
    void tellsTheFieldsOfATracepointsRecord() throws IOException {
        ProbeTarget shared = probes(BOOKWORM).target("tcp:tcp_send_reset");
        assertThat(shared.fields())
                .extracting(Member::name)
                .contains("skaddr", "saddr_v6")
                .doesNotContain("reason");

        ProbeTarget own = probes("debian-13-6.12-cloud-amd64").target("tcp:tcp_send_reset");
        assertThat(own.fields()).extracting(Member::name).contains("reason");
        assertThat(own.reason()).isNotNull();
    }

    @Test
    void readsTheReasonsOfTheBuildAndNotOfItsVersion() throws IOException {
        assertThat(probes(BOOKWORM).types().reasons()).isNull();

        Enumeration reasons =
                Objects.requireNonNull(probes("debian-sid-cloud-amd64").types().reasons());
        assertThat(reasons.value("SK_RST_REASON_NO_SOCKET")).isEqualTo(1);
        assertThat(reasons.value("SK_RST_REASON_TCP_TIMEWAIT_SOCKET")).isEqualTo(9);
        assertThat(reasons.name(16)).isEqualTo("SK_RST_REASON_TCP_DISCONNECT_WITH_DATA");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "debian-11-5.10-cloud-amd64",
                "debian-12-6.1-cloud-amd64",
                "debian-12-6.1-686",
                "debian-12-6.1-s390x",
                "debian-12-6.1-cloud-arm64",
                "debian-13-6.12-cloud-amd64",
                "debian-13-6.12-riscv64",
                "debian-sid-cloud-amd64"
            })
    void findsTheTypesThatScriptsPrint(String kernel) throws IOException {
        KernelTypes types = probes(kernel).types();

        assertThat(Objects.requireNonNull(types.states()).value("TCP_NEW_SYN_RECV"))
                .isEqualTo(12);
        assertThat(Objects.requireNonNull(types.conntrackInfo()).value("IP_CT_UNTRACKED"))
                .isEqualTo(7);
        assertThat(types.has("sk_buff", "_nfct")).isTrue();
        assertThat(types.has("sk_buff", "nfctinfo")).isFalse();
        assertThat(types.has("sock", "sk_shutdown")).isTrue();
        assertThat(types.has("tcp_sock", "linger2")).isTrue();
        assertThat(types.has("sock_common", "skc_net")).isTrue();
        assertThat(types.has("net", "ns.inum")).isTrue();
        assertThat(types.has("nf_conn", "proto.tcp.state")).isTrue();
    }
}
