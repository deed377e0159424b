package dev.backline.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerdictTest {
    /** The words of net/netfilter/nf_conntrack_proto_tcp.c by age of the kernel. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            SEQ is over the upper bound (over the window of the receiver)           | 3.10.0-1160.el7.x86_64     | WINDOW
            SEQ is over the upper bound (over the window of the receiver)           | 5.10.0-32-amd64            | WINDOW
            SEQ is over upper bound 7 (over the window of the receiver)             | 6.1.0-56-amd64             | WINDOW
            SEQ is over upper bound 7 (over the window of the receiver)             | 5.14.0-503.el9.x86_64      | WINDOW
            ACK is over the upper bound (ACKed data not seen yet)                   | 4.18.0-240.el8.x86_64      | WINDOW
            ACK is over upper bound 7 (ACKed data not seen yet)                     | -                          | WINDOW
            SEQ is under the lower bound (already ACKed data retransmitted)         | 3.10.0-1160.el7.x86_64     | WINDOW
            SEQ is under the lower bound (already ACKed data retransmitted)         | 5.15.100                   | WINDOW
            SEQ is under lower bound 7 (already ACKed data retransmitted)           | 6.1.55                     | PASSED
            SEQ is under lower bound 7 (already ACKed data retransmitted)           | 5.14.0-503.el9.x86_64      | PASSED
            ACK is under the lower bound (possible overly delayed ACK)              | 5.4.286                    | WINDOW
            ignored ACK under lower bound 7 (possible overly delayed)               | 6.12.107                   | PASSED
            11 bytes more than expected                                             | 5.15.100                   | WINDOW
            11 bytes more than expected                                             | 6.0.19                     | WINDOW
            11 bytes more than expected                                             | 6.1.0-56-amd64             | PASSED
            11 bytes more than expected                                             | 7.2.13                     | PASSED
            11 bytes more than expected                                             | 5.14.0-503.el9.x86_64      | PASSED
            11 bytes more than expected                                             | -                          | UNSAID
            invalid packet ignored in state ESTABLISHED                             | 5.10.0-32-amd64            | PASSED
            packet (index 1) in dir 1 ignored, state SYN_RECV                       | 6.1.55                     | PASSED
            invalid state                                                           | 5.10.0-32-amd64            | STATE
            packet (index 0) in dir 1 invalid, state ESTABLISHED                    | 6.1.55                     | STATE
            invalid RST                                                             | 3.10.0-1160.el7.x86_64     | RST
            invalid rst                                                             | 6.1.55                     | RST
            challenge-ACK ignored                                                   | 3.10.0-1160.el7.x86_64     | PASSED
            challenge-ack ignored                                                   | 6.1.55                     | PASSED
            invalid new                                                             | 6.12.107                   | NEW
            truncated/malformed packet                                              | 3.10.0-1160.el7.x86_64     | MALFORMED
            truncated packet                                                        | 6.1.55                     | MALFORMED
            short packet                                                            | 4.19.0                     | MALFORMED
            bad TCP checksum                                                        | 3.10.0-1160.el7.x86_64     | CHECKSUM
            bad checksum                                                            | 6.1.55                     | CHECKSUM
            invalid TCP flag combination                                            | 3.10.0-1160.el7.x86_64     | MALFORMED
            invalid tcp flag combination                                            | 6.1.55                     | MALFORMED
            packet (index 2, dir 0) response for index 3 lower timeout to 300       | 6.12.107                   | WINDOW
            """)
    void followsConntracksWordsAndTheKernelsAge(String words, String release, Verdict verdict) {
        for (String prefix : new String[] {"nf_ct_proto_6: ", "nf_ct_tcp: ", "web1 | nf_ct_proto_6: "}) {
            assertThat(Verdict.of(prefix + words, release)).isEqualTo(verdict);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INVALID",
                "invalid:",
                "STATE_INVALID_DROP:",
                "[UFW AUDIT INVALID]",
                "FW-INV",
                "INV:",
                "ctinv ",
                "ct_inv",
                "drop-invld"
            })
    void takesTheUsualPrefixesOfRulesForInvalid(String prefix) {
        assertThat(Verdict.of(prefix, null)).isEqualTo(Verdict.INVALID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[UFW BLOCK]", "FORWARD ", "inventory: ", "SYN flood:", "IN-DROP "})
    void takesOtherPrefixesForNoVerdict(String prefix) {
        assertThat(Verdict.of(prefix, null)).isEqualTo(Verdict.UNSAID);
    }

    @Test
    void onlyPassedAndUnsaidAreNotInvalid() {
        for (Verdict verdict : Verdict.values()) {
            assertThat(verdict.isInvalid()).isEqualTo(verdict != Verdict.PASSED && verdict != Verdict.UNSAID);
        }
    }
}
