package dev.backline.trace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameReferenceTest {
    @Test
    void readsAFunctionWithOffsetAndSizeAsAReturnAddress() {
        assertThat(FrameReference.parse("tcp_v4_rcv+0x99b/0xee0"))
                .isEqualTo(new FrameReference("tcp_v4_rcv", 0x99b, 0xee0L, null, null, Pc.RETURN));
    }

    @Test
    void readsAnOffsetWithoutASizeAndInDecimal() {
        assertThat(FrameReference.parse("tcp_v4_rcv+2459"))
                .isEqualTo(new FrameReference("tcp_v4_rcv", 2459, null, null, null, Pc.RETURN));
    }

    @Test
    void takesTheStartOfAFunctionForAnExactAddress() {
        assertThat(FrameReference.parse("tcp_reset+0x0/0x120"))
                .isEqualTo(new FrameReference("tcp_reset", 0, 0x120L, null, null, Pc.EXACT));
    }

    @Test
    void readsTheModuleBehindOrBeforeTheFunction() {
        FrameReference behind = FrameReference.parse("br_handle_frame+0x1a3/0x3b0 [bridge]");
        FrameReference before = FrameReference.parse("bridge:br_handle_frame+0x1a3/0x3b0");

        assertThat(behind).isEqualTo(before);
        assertThat(behind.module()).isEqualTo("bridge");
        assertThat(behind.symbol()).isEqualTo("br_handle_frame");
    }

    @Test
    void keepsTheCompilersSuffixesInTheName() {
        assertThat(FrameReference.parse("__netif_receive_skb_core.constprop.0+0x1f/0xd80")
                        .symbol())
                .isEqualTo("__netif_receive_skb_core.constprop.0");
        assertThat(FrameReference.parse("pmd_set_huge.cold+0x23/0x25").symbol()).isEqualTo("pmd_set_huge.cold");
    }

    @Test
    void readsABareAddressAsExact() {
        assertThat(FrameReference.parse("0xffffffff81000000"))
                .isEqualTo(new FrameReference(null, 0, null, null, 0xffffffff81000000L, Pc.EXACT));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "crash.log",
                "./vmlinux+notes.txt",
                "vfs_read",
                "vfs_read+",
                "+0x10",
                "vfs_read+zz",
                "vfs_read+0x10/",
                "vfs_read+0x10/0x",
                "vfs_read+0x11112222333344445",
                "99999999999999999999",
                "0xfffffffffffffffff",
                "a:b+0x1 [c]",
                "b+0x1 [../../etc]",
                "b+0x1 [c] trailing",
            })
    void leavesWhatIsNoQueryAlone(String text) {
        assertThat(FrameReference.parse(text)).isNull();
    }
}
