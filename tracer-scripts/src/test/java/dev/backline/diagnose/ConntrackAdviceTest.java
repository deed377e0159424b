package dev.backline.diagnose;

import static dev.backline.diagnose.DiagnoserTest.event;
import static dev.backline.diagnose.DiagnoserTest.stack;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.evidence.ConntrackEvents;
import dev.backline.evidence.KernelLog;
import dev.backline.packet.PacketTraces;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the evidence of conntrack proves, and where a cure helps. */
class ConntrackAdviceTest {
    private static final String WINDOW = "nf_ct_proto_6: SEQ is over upper bound 7 (over the window of the receiver) ";

    /** A line of the kernel log about the packet of {@link #packet}, at the same time. */
    private static String line(String says, String interfaces, String flags) {
        return "[   33.400000] " + says + interfaces
                + " SRC=172.17.0.2 DST=203.0.113.10 LEN=43 TOS=0x00 PREC=0x00 TTL=64"
                + " ID=4660 DF PROTO=TCP SPT=443 DPT=35770 WINDOW=502 RES=0x00 " + flags + " URGP=0 ";
    }

    private static Diagnosis diagnose(String fields, @Nullable String log, @Nullable String conntrack)
            throws IOException {
        KernelLog lines = new KernelLog();
        if (log != null) {
            lines.read("dmesg.txt", bytes(log));
        }
        ConntrackEvents entries = new ConntrackEvents();
        if (conntrack != null) {
            entries.read("ct.txt", bytes(conntrack));
        }
        String packet = fields.contains("src=") ? "" : " src=172.17.0.2:443 dst=203.0.113.10:35770";
        String probe = fields.contains("src=[") ? "tcp_v6_send_reset" : "tcp_v4_send_reset";
        return new Diagnoser(lines, entries, new PacketTraces())
                .diagnose(
                        event("rst wall=1763814214.7 mono=33.5 probe=" + probe + packet + " sk=none " + fields),
                        stack(null, probe, probe.replace("send_reset", "rcv")));
    }

    private static ByteArrayInputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> commands(Diagnosis why) {
        return why.remedies().stream()
                .flatMap(remedy -> remedy.commands().stream())
                .toList();
    }

    /** The words of conntrack, or the prefix of a rule, for packets with and without a translating entry. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            flags=PSH,ACK ct=INVALID | nf_ct_proto_6: SEQ is over upper bound 7 (x)  | conntrack-invalid | certain
            flags=PSH,ACK            | nf_ct_proto_6: SEQ is over upper bound 7 (x)  | conntrack-invalid | certain
            flags=PSH,ACK ct=none    | nf_ct_proto_6: SEQ is over upper bound 7 (x)  | conntrack-invalid | likely
            flags=PSH,ACK ct=NEW     | nf_ct_proto_6: SEQ is over upper bound 7 (x)  | no-socket         | likely
            flags=PSH,ACK            | INVALID                                       | conntrack-invalid | certain
            flags=PSH,ACK ct=none    | INVALID                                       | conntrack-invalid | likely
            flags=PSH,ACK            | nf_ct_proto_6: SEQ is under lower bound 7 (x) | no-socket         | likely
            flags=PSH,ACK            | nf_ct_proto_6: invalid new                    | no-socket         | likely
            flags=ACK,FIN ct=INVALID | nf_ct_proto_6: invalid new                    | no-socket         | likely
            flags=ACK,FIN ct=INVALID | INVALID                                       | no-socket         | possible
            flags=ACK,FIN            | INVALID                                       | no-socket         | possible
            flags=ACK,FIN ct=INVALID | nf_ct_proto_6: ACK is over upper bound 7 (x)  | conntrack-invalid | certain
            flags=SYN,ACK ct=INVALID | INVALID                                       | no-socket         | possible
            flags=SYN,ACK ct=INVALID | nf_ct_proto_6: invalid new                    | no-socket         | likely
            flags=SYN,ACK ct=INVALID | -                                             | no-socket         | possible
            flags=SYN ct=INVALID     | -                                             | closed-port       | possible
            flags=SYN                | INVALID                                       | closed-port       | possible
            flags=SYN                | -                                             | closed-port       | certain
            flags=SYN ct=NEW         | -                                             | closed-port       | certain
            flags=SYN ct=INVALID     | nf_ct_proto_6: packet (index 0) in dir 1 invalid, state ESTABLISHED | conntrack-invalid | likely
            flags=SYN ct=INVALID     | nf_ct_proto_6: packet (index 0) in dir 1 invalid, state TIME_WAIT   | closed-port | possible
            flags=PSH,ACK ct=NEW     | -                                             | no-socket         | likely
            """)
    void isOnlyAsSureOfConntrackAsTheEvidence(String fields, String says, String cause, String confidence)
            throws IOException {
        String flags = fields.substring("flags=".length()).split(" ")[0].replace(',', ' ');
        Diagnosis why = diagnose(fields, says == null ? null : line(says + " ", "IN=eth0 OUT= MAC=", flags), null);

        assertThat(why.cause().id()).isEqualTo(cause);
        assertThat(why.confidence().id()).isEqualTo(confidence);
        if (confidence.equals("possible")) {
            assertThat(why.candidates()).contains(Cause.CONNTRACK_INVALID);
        }
    }

    /** Each connection that NAT translates, in both directions: who gets the packet, and which chain sees it. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            masquerade, reply              | 203.0.113.9:443   | 203.0.113.5:5000   | INVALID | 172.17.0.2:5000>203.0.113.9:443 | 203.0.113.9:443>203.0.113.5:5000    | INPUT
            masquerade, from the container | 172.17.0.2:5000   | 203.0.113.9:443    | none    | 172.17.0.2:5000>203.0.113.9:443 | 203.0.113.9:443>203.0.113.5:5000    | FORWARD
            published port, original       | 203.0.113.10:5000 | 203.0.113.5:443    | INVALID | 203.0.113.10:5000>203.0.113.5:443 | 172.17.0.2:443>203.0.113.10:5000  | INPUT
            published port, reply          | 172.17.0.2:443    | 203.0.113.10:5000  | none    | 203.0.113.10:5000>203.0.113.5:443 | 172.17.0.2:443>203.0.113.10:5000  | FORWARD
            pod to a Service, reply        | 10.1.2.3:8080     | 10.1.1.9:5000      | none    | 10.1.1.9:5000>10.96.0.1:80      | 10.1.2.3:8080>10.1.1.9:5000         | FORWARD
            host to a Service, reply       | 10.1.2.3:8080     | 192.0.2.7:5000     | INVALID | 192.0.2.7:5000>10.96.0.1:80     | 10.1.2.3:8080>192.0.2.7:5000        | INPUT
            NodePort, masquerade, reply    | 10.1.2.3:8080     | 192.0.2.7:6000     | -       | 198.51.100.1:5000>192.0.2.7:30080 | 10.1.2.3:8080>192.0.2.7:6000      | INPUT
            """)
    void namesTheChainThatSeesThePacket(
            String flow, String source, String destination, String ct, String original, String reply, String chain)
            throws IOException {
        String entry = "[1763814200.0] [NEW] tcp 6 9" + tuple(original) + tuple(reply) + "\n";
        Diagnosis why = diagnose("src=" + source + " dst=" + destination + " flags=PSH,ACK ct=" + ct, null, entry);

        assertThat(why.cause()).isEqualTo(Cause.CONNTRACK_INVALID);
        assertThat(why.confidence()).isNotEqualTo(Confidence.POSSIBLE);
        assertThat(commands(why))
                .contains("iptables -I " + chain + " -m conntrack --ctstate INVALID -j DROP")
                .filteredOn(command -> command.startsWith("iptables"))
                .hasSize(1);
        assertThat(why.evidence()).anyMatch(each -> each.contains("ct.txt line 1"));
    }

    private static String tuple(String text) {
        String[] ends = text.split("[:>]");
        return " src=" + ends[0] + " dst=" + ends[2] + " sport=" + ends[1] + " dport=" + ends[3];
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            IN=docker0 OUT=eth0 PHYSIN=veth1 | ct=none          | DOCKER-USER
            IN=docker0 OUT= PHYSIN=veth1     | ct=none dev=eth0 | DOCKER-USER
            IN=cni0 OUT=eth0                 | pid=1            | FORWARD
            IN=cali12ab OUT=                 | pid=1            | FORWARD
            IN=eth0 OUT=                     | ct=none          | FORWARD
            IN=eth0 OUT=                     | dev=eth1         | FORWARD
            IN=eth0 OUT=                     | pid=1            | INPUT
            IN=docker0 OUT=                  | ct=INVALID       | INPUT
            IN= OUT=eth0                     | ct=none          | OUTPUT
            """)
    void readsTheWayOfThePacketFromTheKernelLog(String interfaces, String fields, String chain) throws IOException {
        Diagnosis why = diagnose("flags=PSH,ACK " + fields, line(WINDOW, interfaces, "ACK PSH"), null);

        assertThat(why.cause()).isEqualTo(Cause.CONNTRACK_INVALID);
        assertThat(commands(why)).contains("iptables -I " + chain + " -m conntrack --ctstate INVALID -j DROP");
    }

    @Test
    void offersTheChainBeforeBothWhereTheWayIsNotKnown() throws IOException {
        Diagnosis why = diagnose("flags=PSH,ACK", line(WINDOW, "IN= OUT=", "ACK PSH"), null);

        assertThat(commands(why))
                .contains("iptables -t mangle -I PREROUTING -m conntrack --ctstate INVALID -j DROP")
                .noneMatch(command -> command.contains("-t raw"));
    }

    @Test
    void namesNoCommandOfTheOtherFamily() throws IOException {
        String six = line(WINDOW, "IN=eth0 OUT=", "ACK PSH")
                .replace("SRC=172.17.0.2", "SRC=2001:0db8:0000:0000:0000:0000:0000:0001")
                .replace("DST=203.0.113.10", "DST=2001:0db8:0000:0000:0000:0000:0000:0002");
        for (String ct : List.of("ct=INVALID", "ct=none", "pid=1")) {
            String fields = "src=[2001:db8::1]:443 dst=[2001:db8::2]:35770 flags=PSH,ACK " + ct;
            Diagnosis why = diagnose(fields, six, null);
            assertThat(why.cause()).isEqualTo(Cause.CONNTRACK_INVALID);
            assertThat(commands(why)).anyMatch(command -> command.startsWith("ip6tables "));
            Diagnosis open = diagnose(fields, null, null);
            assertThat(why.remedies() + " " + open.remedies() + open.settling()).doesNotContainPattern("\\biptables");
            assertThat(diagnose("flags=PSH,ACK " + ct, null, null).settling().toString())
                    .doesNotContain("ip6tables");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            nf_ct_proto_6: ACK is over upper bound 7 (ACKed data not seen yet)  | nf_conntrack_tcp_be_liberal=1
            INVALID                                                             | nf_conntrack_tcp_be_liberal=1
            nf_ct_proto_6: bad checksum                                         | nf_conntrack_checksum=0
            nf_ct_proto_6: packet (index 3) in dir 0 invalid, state SYN_SENT    | --ctstate INVALID -j DROP
            nf_ct_proto_6: invalid tcp flag combination                         | --ctstate INVALID -j DROP
            nf_ct_proto_6: invalid new                                          | nf_conntrack_tcp_loose=0
            """)
    void offersTheSettingThatChangesTheVerdictAndNoOther(String says, String setting) throws IOException {
        List<String> commands =
                commands(diagnose("flags=PSH,ACK", line(says + " ", "IN=eth0 OUT= MAC=", "ACK PSH"), null));

        assertThat(commands).anyMatch(command -> command.contains(setting));
        if (!setting.contains("be_liberal")) {
            assertThat(commands).noneMatch(command -> command.contains("be_liberal"));
        }
    }

    @Test
    void offersALargerTableWhereTheLogSaysThatItWasFull() throws IOException {
        String full = "[   30.0] nf_conntrack: nf_conntrack: table full, dropping packet\n";

        assertThat(commands(diagnose("flags=ACK ct=NEW", full, null)))
                .anyMatch(command -> command.contains("nf_conntrack_max"));
        assertThat(commands(diagnose("flags=ACK ct=NEW", null, null)))
                .noneMatch(command -> command.contains("nf_conntrack_max"));
    }

    /** The entry timed out: a cure for INVALID packets does not help. */
    @ParameterizedTest
    @ValueSource(strings = {"ct=NEW", "ct=INVALID", "pid=1"})
    void curesAnEntryThatIsGoneByTimeOuts(String ct) throws IOException {
        String entry =
                " tcp 6 9" + tuple("203.0.113.10:35770>203.0.113.5:443") + tuple("172.17.0.2:443>203.0.113.10:35770");
        Diagnosis why = diagnose(
                "flags=PSH,ACK " + ct,
                null,
                "[1763814200.0] [NEW]" + entry + "\n[1763814210.0] [DESTROY]" + entry + "\n");

        assertThat(why.cause()).isEqualTo(Cause.NO_SOCKET);
        assertThat(why.remedies().toString()).contains("nf_conntrack_tcp_timeout_established");
        assertThat(commands(why)).noneMatch(command -> command.contains("be_liberal"));
    }

    /** The host's own connection: INVALID changes nothing for it. */
    @Test
    void doesNotBlameConntrackWhereItsEntryTranslatesNothing() throws IOException {
        String entry = "[1763814200.0] [NEW] tcp 6 9" + tuple("172.17.0.2:443>203.0.113.10:35770")
                + tuple("203.0.113.10:35770>172.17.0.2:443") + "\n";

        assertThat(diagnose("flags=PSH,ACK ct=INVALID", line(WINDOW, "IN=eth0 OUT=", "ACK PSH"), entry)
                        .cause())
                .isEqualTo(Cause.NO_SOCKET);
    }
}
