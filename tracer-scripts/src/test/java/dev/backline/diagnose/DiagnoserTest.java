package dev.backline.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.capture.Heard;
import dev.backline.capture.ProbeEvent;
import dev.backline.evidence.ConntrackEvents;
import dev.backline.evidence.KernelLog;
import dev.backline.fixtures.Captures;
import dev.backline.packet.PacketTraces;
import dev.backline.probe.ProbeCatalogue;
import dev.backline.probe.ProbePoint;
import dev.backline.probe.ProbePoint.Direction;
import dev.backline.probe.ProbePoint.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One event in, its cause out.
 */
class DiagnoserTest {

    static ProbeEvent event(String... lines) {
        Heard heard = Heard.of(List.of(lines));
        assertThat(heard.unread).isEmpty();
        assertThat(heard.lost).isZero();
        return heard.events.get(0);
    }

    static ProbeEvent probe(String probe, String fields) {
        return event("rst wall=1763814214.7 mono=33.5 probe=" + probe + " " + fields);
    }

    /** A stack by the names of its functions, the probed one first. */
    static List<CallStep> stack(@Nullable CallFacts call, String... functions) {
        List<CallStep> steps = new ArrayList<>();
        for (int i = 0; i < functions.length; i++) {
            steps.add(new CallStep(
                    i + 2, functions[i] + "+0x1/0x2", List.of(functions[i]), null, true, i == 1 ? call : null));
        }
        return steps;
    }

    static Diagnosis diagnose(ProbeEvent event, List<CallStep> stack) {
        return new Diagnoser(new KernelLog()).diagnose(event, stack);
    }

    static Diagnosis diagnosis(Cause cause, Confidence confidence) {
        return new Diagnosis(cause, confidence, List.of(), List.of(), cause.title(), List.of(), List.of());
    }

    static CallFacts call(Map<Integer, Long> constants, String after, String then, @Nullable String reason) {
        return new CallFacts("f", constants, after, then, reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            sk=none flags=SYN ct=NEW                         | tcp_v4_rcv    | closed-port
            sk=none flags=ACK ct=INVALID                     | tcp_v4_rcv    | conntrack-invalid
            sk=none flags=ACK ct=NEW                         | tcp_v4_rcv    | no-socket
            sk=none flags=ACK,RST ct=NEW                     | tcp_v4_rcv    | not-sent
            sk=none flags=ACK ct=NEW sent=no                 | tcp_v4_rcv    | not-sent
            sk=timewait flags=ACK,PSH                        | tcp_v4_rcv    | time-wait
            sk=timewait flags=ACK reason=TCP_TIMEWAIT_SOCKET | tcp_v4_rcv    | time-wait
            sk=full state=LISTEN request=no flags=ACK        | tcp_v4_do_rcv | listen-bad-ack
            sk=full state=LISTEN request=yes flags=ACK       | tcp_v4_do_rcv | syn-recv-bad-ack
            sk=full state=SYN_RECV flags=ACK                 | tcp_v4_do_rcv | syn-recv-bad-ack
            sk=full state=SYN_SENT flags=ACK,SYN             | tcp_v4_do_rcv | syn-sent-bad-ack
            sk=full state=CLOSE linger2=0 flags=ACK,PSH      | tcp_v4_do_rcv | data-after-close
            sk=full state=CLOSE linger2=-1 flags=ACK,FIN     | tcp_v4_do_rcv | linger2
            sk=full flags=ACK                                | tcp_check_req | accept-queue-overflow
            sk=full flags=SYN                                | tcp_check_req | embryonic-reset
            sk=full flags=SYN                                | subflow_syn_recv_sock | mptcp
            """)
    void tellsThePassiveCausesApartByWhatTheGeneratedScriptPrints(String fields, String caller, String cause) {
        Diagnosis why = diagnose(probe("tcp_v4_send_reset", fields), stack(null, "tcp_v4_send_reset", caller));

        assertThat(why.cause().id()).isEqualTo(cause);
        assertThat(why.confidence()).isNotEqualTo(Confidence.POSSIBLE);
        assertThat(why.evidence()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            tcp_keepalive_timer                           | state=ESTABLISHED                | keepalive-timeout
            tcp_keepalive_timer                           | state=FIN_WAIT2                  | fin-wait2-timeout
            tcp_disconnect __tcp_close tcp_close          | state=CLOSE                      | linger-zero
            tcp_disconnect __inet_stream_connect          | state=CLOSE                      | disconnect
            tcp_disconnect inet_child_forget inet_csk_listen_stop __tcp_close | state=CLOSE  | listener-closed
            tcp_abort tcp_diag_destroy                    | state=CLOSE                      | socket-destroyed
            tcp_out_of_resources tcp_retransmit_timer     | state=FIN_WAIT1                  | orphan-limit
            __tcp_close tcp_close                         | reason=TCP_ABORT_ON_CLOSE        | close-unread-data
            __tcp_close tcp_close                         | reason=TCP_ABORT_ON_LINGER       | linger2
            __tcp_close tcp_close                         | reason=TCP_ABORT_ON_MEMORY       | orphan-limit
            mptcp_subflow_reset worker_thread             | state=ESTABLISHED                | mptcp
            """)
    void tellsTheActiveCausesApart(String callers, String fields, String cause) {
        Diagnosis why = diagnose(
                probe("tcp_send_active_reset", fields), stack(null, ("tcp_send_active_reset " + callers).split(" ")));

        assertThat(why.cause().id()).isEqualTo(cause);
        assertThat(why.confidence()).isEqualTo(Confidence.CERTAIN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"inet_csk_complete_hashdance tcp_check_req", "inet_csk_reqsk_queue_add tcp_get_cookie_sock"})
    void aListenerThatWasClosedDuringAHandshakeIsNotADisconnect(String callers) {
        ProbeEvent event = probe("tcp_send_active_reset", "pid=1");
        for (String forget : List.of("inet_child_forget ", "")) {
            Diagnosis why = diagnose(
                    event, stack(null, ("tcp_send_active_reset tcp_disconnect " + forget + callers).split(" ")));

            assertThat(why.cause()).isEqualTo(Cause.LISTENER_CLOSED);
            assertThat(why.confidence()).isEqualTo(Confidence.LIKELY);
        }
    }

    @Test
    void namesTheSystemCallThatBrokeAConnectionOff() {
        ProbeEvent event = probe("tcp_send_active_reset", "pid=1");
        Diagnosis shutdown = diagnose(
                event, stack(null, "tcp_send_active_reset", "tcp_disconnect", "inet_shutdown", "__sys_shutdown"));
        Diagnosis connect = diagnose(
                event,
                stack(null, "tcp_send_active_reset", "tcp_disconnect", "__inet_stream_connect", "__sys_connect"));

        assertThat(shutdown.cause()).isEqualTo(Cause.DISCONNECT);
        assertThat(shutdown.title()).contains("shutdown(2)").doesNotContain("AF_UNSPEC");
        assertThat(connect.cause()).isEqualTo(Cause.DISCONNECT);
        assertThat(connect.title()).contains("AF_UNSPEC").doesNotContain("shutdown");
    }

    @Test
    void blamesNoProcessForASocketOfTheKernelsOwn() {
        ProbeEvent event = probe("tcp_send_active_reset", "pid=1");
        String close = "tcp_send_active_reset tcp_disconnect __tcp_close tcp_close inet_release __sock_release ";
        Diagnosis service =
                diagnose(event, stack(null, (close + "nvme_tcp_free_queue process_one_work kthread").split(" ")));
        Diagnosis delayed = diagnose(
                event, stack(null, (close + "sock_close __fput delayed_fput process_one_work kthread").split(" ")));

        assertThat(service.title()).contains("inside the kernel");
        assertThat(service.remedies().toString()).contains("no process is to blame");
        assertThat(delayed.title()).isEqualTo(Cause.LINGER_ZERO.title());
    }

    @ParameterizedTest
    @CsvSource({"TCP_RFC7323_PAWS,true", "TCP_INVALID_ACK_SEQUENCE,false", "-,false"})
    void tellsAWrongTimeStampFromAWrongNumberWhileConnecting(String reason, boolean stamp) {
        Diagnosis why = diagnose(
                probe("tcp_v4_send_reset", "sk=full state=SYN_SENT flags=ACK,SYN reason=" + reason),
                stack(null, "tcp_v4_send_reset", "tcp_v4_do_rcv"));

        assertThat(why.cause()).isEqualTo(Cause.SYN_SENT_BAD_ACK);
        assertThat(why.title().contains("time stamp")).isEqualTo(stamp);
        assertThat(why.remedies().toString().contains("tcp_timestamps")).isEqualTo(stamp);
        assertThat(why.remedies().toString().contains("NAT reuses ports")).isNotEqualTo(stamp);
    }

    @ParameterizedTest
    @CsvSource({
        "100, 101, 101, true",
        "100, 101, 100, false",
        "100, 101, 877, false",
        "100, 101, 4294967295, false",
        "4294967295, 0, 0, true",
        "4294967295, 0, 4294967295, false",
        "?, 101, 101, false"
    })
    void tellsThemApartByTheNumbersWhereTheKernelGivesNoReason(String oldest, String next, String ack, boolean stamp) {
        String numbers = " snd_una=" + oldest + " snd_nxt=" + next + " ack=" + ack + " reason=-";
        Diagnosis why = diagnose(
                probe("tcp_v4_send_reset", "sk=full state=SYN_SENT flags=ACK,SYN" + numbers),
                stack(null, "tcp_v4_send_reset", "tcp_v4_do_rcv"));

        assertThat(why.cause()).isEqualTo(Cause.SYN_SENT_BAD_ACK);
        assertThat(why.title().contains("time stamp")).isEqualTo(stamp);
        assertThat(why.remedies().toString().contains("tcp_timestamps")).isEqualTo(stamp);
    }

    @ParameterizedTest
    @ValueSource(strings = {"md5", "ao"})
    void aSignedPacketWithoutASocketGetsNoRstAsFarAsTheCaptureTells(String auth) {
        for (String flags : List.of("SYN", "ACK")) {
            ProbeEvent event = probe("tcp_v4_send_reset", "sk=none flags=" + flags + " ct=NEW sent=yes auth=" + auth);
            Diagnosis why = diagnose(event, stack(null, "tcp_v4_send_reset", "tcp_v4_rcv"));

            assertThat(event.sent()).isNull();
            assertThat(why.cause()).isEqualTo(Cause.NOT_SENT);
            assertThat(why.confidence()).isNotEqualTo(Confidence.CERTAIN);
            assertThat(why.title()).contains("signed", "key");
        }
    }

    @Test
    void anUnsignedPacketOrOneOfASocketIsAnsweredAsBefore() {
        ProbeEvent unsigned = probe("tcp_v4_send_reset", "sk=none flags=SYN ct=NEW sent=yes auth=none");
        ProbeEvent known = probe("tcp_v4_send_reset", "sk=full state=LISTEN request=no flags=ACK sent=yes auth=md5");

        assertThat(unsigned.sent()).isTrue();
        assertThat(known.sent()).isTrue();
        assertThat(diagnose(unsigned, stack(null, "tcp_v4_send_reset", "tcp_v4_rcv"))
                        .cause())
                .isEqualTo(Cause.CLOSED_PORT);
        assertThat(diagnose(known, stack(null, "tcp_v4_send_reset", "tcp_v4_do_rcv"))
                        .cause())
                .isEqualTo(Cause.LISTEN_BAD_ACK);
    }

    @Test
    void neverSaysThatNothingHelpsAnAckThatMeetsAListener() {
        Diagnosis why = diagnose(
                probe("tcp_v4_send_reset", "sk=full state=LISTEN request=no flags=ACK,PSH len=3"),
                stack(null, "tcp_v4_send_reset", "tcp_v4_do_rcv"));

        assertThat(why.remedies().toString())
                .contains("TcpExtListenOverflows", "TcpExtListenDrops", "TcpExtSyncookiesFailed", "Recv-Q", "somaxconn")
                .doesNotContain("nothing to");
    }

    @Test
    void tellsCallsOfOneFunctionApartByWhatTheDebugInformationSaysOfThem() {
        String[] close = {"tcp_send_active_reset", "__tcp_close", "tcp_close"};
        ProbeEvent event = probe("tcp_send_active_reset", "pid=1");

        assertThat(diagnose(event, stack(call(Map.of(), "tcp_set_state", "none", null), close))
                        .cause())
                .isEqualTo(Cause.CLOSE_UNREAD_DATA);
        Diagnosis constant = diagnose(event, stack(call(Map.of(1, 0xa20L), "tcp_set_state", "none", null), close));
        assertThat(constant.candidates()).containsExactlyInAnyOrder(Cause.LINGER2, Cause.ORPHAN_LIMIT);
        assertThat(diagnose(event, stack(call(Map.of(), "x", "y", "TCP_ABORT_ON_LINGER"), close))
                        .cause())
                .isEqualTo(Cause.LINGER2);

        String[] receive = {"tcp_v4_send_reset", "tcp_v4_rcv"};
        ProbeEvent passive = probe("tcp_v4_send_reset", "flags=ACK");
        assertThat(diagnose(passive, stack(call(Map.of(), "tcp_timewait_state_process", "x", null), receive))
                        .cause())
                .isEqualTo(Cause.TIME_WAIT);
        assertThat(diagnose(passive, stack(call(Map.of(), "tcp_child_process", "x", null), receive))
                        .cause())
                .isEqualTo(Cause.SYN_RECV_BAD_ACK);
        assertThat(diagnose(passive, stack(call(Map.of(0, 0L), "x", "y", null), receive))
                        .candidates())
                .containsExactlyInAnyOrder(Cause.NO_SOCKET, Cause.CONNTRACK_INVALID);
    }

    @Test
    void takesAFieldWithoutAValueForUnknown() {
        Diagnosis why = diagnose(
                probe("tcp_v4_send_reset", "sk=full state=LISTEN request=- flags=ACK"),
                stack(null, "tcp_v4_send_reset", "tcp_v4_do_rcv"));

        assertThat(why.confidence()).isEqualTo(Confidence.POSSIBLE);
        assertThat(why.candidates()).containsExactlyInAnyOrder(Cause.LISTEN_BAD_ACK, Cause.SYN_RECV_BAD_ACK);
    }

    @Test
    void namesTheCausesThatAStackAloneLeaves() {
        ProbeEvent event = event(
                "Tue Jun 15 11:23:04 2021  swapper/6<-tcp_v4_send_reset",
                " 0xffffffff99e5bc50 : tcp_v4_send_reset+0x0/0x460 [kernel]");

        Diagnosis why = diagnose(event, stack(null, "tcp_v4_send_reset", "tcp_v4_do_rcv", "tcp_v4_rcv"));
        assertThat(why.cause()).isEqualTo(Cause.REFUSED_BY_STATE);
        assertThat(why.confidence()).isEqualTo(Confidence.POSSIBLE);
        assertThat(why.candidates())
                .containsExactlyInAnyOrder(
                        Cause.LISTEN_BAD_ACK,
                        Cause.SYN_SENT_BAD_ACK,
                        Cause.SYN_RECV_BAD_ACK,
                        Cause.DATA_AFTER_CLOSE,
                        Cause.LINGER2);
        assertThat(why.settling()).isNotEmpty();
    }

    @Test
    void saysOfTheArticlesOwnTraceThatConntrackOrAStaleFlowIsBehindItAndHowToSettleThat() {
        ProbeEvent event = event(
                "Tue Jun 15 11:23:04 2021  swapper/6<-tcp_v4_send_reset",
                "skb [36.110.213.207:443->10.21.17.99:39700] ack:1, psh:0, rst:0, syn:0 fin:0"
                        + " swapper/6<-tcp_v4_send_reset 39700",
                "0xffffffff99e5bc50 : tcp_v4_send_reset+0x0/0x460 [kernel]",
                "0xffffffff99e5d756 : tcp_v4_rcv+0x596/0x9c0 [kernel]");

        Diagnosis why = diagnose(event, stack(null, "tcp_v4_send_reset", "tcp_v4_rcv", "ip_local_deliver_finish"));
        assertThat(why.cause()).isEqualTo(Cause.NO_SOCKET);
        assertThat(why.candidates()).containsExactlyInAnyOrder(Cause.NO_SOCKET, Cause.CONNTRACK_INVALID);
        assertThat(why.settling()).anyMatch(step -> step.toString().contains("nf_conntrack_log_invalid"));
        assertThat(why.settling()).anyMatch(step -> step.toString().contains("--ctstate INVALID"));
    }

    @Test
    void isCertainOfConntrackWhenTheKernelLogNamesThePacketAtThatTime() throws IOException {
        ProbeEvent event = probe("tcp_v4_send_reset", "sk=none src=203.0.113.10:443 dst=203.0.113.5:58712 flags=ACK");
        List<CallStep> stack = stack(null, "tcp_v4_send_reset", "tcp_v4_rcv");
        String line = "nf_ct_proto_6: ACK is over upper bound 3167380572 (ACKed data not seen yet) IN=ens5 OUT="
                + " MAC=fe:fa SRC=203.0.113.10 DST=203.0.113.5 LEN=40 TOS=0x00 PREC=0x00 TTL=64 ID=4660 DF PROTO=TCP"
                + " SPT=443 DPT=58712 SEQ=88404075 ACK=3167480571 WINDOW=502 RES=0x00 ACK URGP=0 ";

        Diagnosis why = new Diagnoser(log("[   33.409425] " + line)).diagnose(event, stack);
        assertThat(why.cause()).isEqualTo(Cause.CONNTRACK_INVALID);
        assertThat(why.confidence()).isEqualTo(Confidence.CERTAIN);
        assertThat(why.evidence())
                .anyMatch(each -> each.toString().contains("ACK is over upper bound") && each.contains("line 1"));
        assertThat(why.remedies()).anyMatch(each -> each.toString().contains("nf_conntrack_tcp_be_liberal"));

        // Another time, other flags, another connection, and what conntrack logs and lets pass all the same.
        for (String other : List.of(
                "[  933.409425] " + line,
                "[   33.409425] " + line.replace(" ACK URGP", " ACK SYN URGP"),
                "[   33.409425] " + line.replace("DPT=58712", "DPT=58713"),
                "[   33.409425] " + line.replace("ACK is over upper bound", "SEQ is under lower bound"))) {
            assertThat(new Diagnoser(log(other)).diagnose(event, stack).cause()).isEqualTo(Cause.NO_SOCKET);
        }
        // Conntrack had an entry for this packet, so another one was INVALID.
        ProbeEvent entry =
                probe("tcp_v4_send_reset", "sk=none ct=NEW src=203.0.113.10:443 dst=203.0.113.5:58712 flags=ACK");
        assertThat(new Diagnoser(log("[   33.409425] " + line))
                        .diagnose(entry, stack)
                        .cause())
                .isEqualTo(Cause.NO_SOCKET);
    }

    @Test
    void takesALogRuleWithAnyPrefixThatSaysInvalidAndAJournalsTime() throws IOException {
        ProbeEvent event = event("rst wall=1763814214.7 probe=tcp_v6_send_reset sk=none src=[2001:db8::1]:443"
                + " dst=[2001:db8::2]:5000 flags=ACK,PSH");
        KernelLog log = log("2025-11-22T12:23:34.5+00:00 host kernel: FW INVALID drop: IN=eth0 OUT= MAC=aa"
                + " SRC=2001:db8::1 DST=2001:db8::2 LEN=72 TC=0 HOPLIMIT=64 FLOWLBL=0 PROTO=TCP SPT=443 DPT=5000"
                + " WINDOW=502 RES=0x00 ACK PSH URGP=0 ");

        assertThat(new Diagnoser(log)
                        .diagnose(event, stack(null, "tcp_v6_send_reset", "tcp_v6_rcv"))
                        .cause())
                .isEqualTo(Cause.CONNTRACK_INVALID);
    }

    @Test
    void saysThatARateLimitedLogProvesNothing() throws IOException {
        assertThat(log("[ 12.5] net_ratelimit: 40 callbacks suppressed").notes())
                .anyMatch(note -> note.contains("rate limit"));
    }

    @Test
    void knowsTheRejectsOfFirewallsAndLeavesReceivedResetsToThePeer() {
        assertThat(diagnose(probe("nf_send_reset", "flags=SYN"), List.of()).cause())
                .isEqualTo(Cause.NETFILTER_REJECT);
        Diagnosis received = diagnose(probe("tcp_reset", "state=ESTABLISHED"), List.of());
        assertThat(received.cause()).isEqualTo(Cause.UNKNOWN);
        assertThat(received.evidence()).anyMatch(each -> each.toString().contains("peer"));
    }

    @Test
    void keepsAllOfAStepButItsLineWhereTheStackStandsFurtherDown() {
        CallStep step = stack(call(Map.of(), "x", "y", null), "a", "b").get(1);

        assertThat(step.movedBy(100))
                .isEqualTo(new CallStep(103, step.place(), step.functions(), step.source(), step.sure(), step.call()));
    }

    @Test
    void findsTheProbedFunctionBehindTheFramesOfTheTracer() {
        List<CallStep> stack =
                stack(null, "kprobe_ftrace_handler", "tcp_send_active_reset", "tcp_disconnect", "tcp_close");

        assertThat(diagnose(probe("tcp_send_active_reset", "pid=1"), stack).cause())
                .isEqualTo(Cause.LINGER_ZERO);
    }

    @Test
    void takesATracepointsEventForOneOfTheFunctionThatItStandsIn() {
        for (int before = 0; before < 2; before++) {
            List<CallStep> stack =
                    new ArrayList<>(stack(null, "perf_trace_tcp_event_sk_skb").subList(0, before));
            stack.add(new CallStep(5, "p", List.of("trace_tcp_send_reset", "tcp_v4_send_reset"), null, true, null));
            stack.add(new CallStep(6, "q", List.of("tcp_check_req"), null, true, null));

            assertThat(diagnose(probe("tcp:tcp_send_reset", "flags=SYN"), stack).cause())
                    .isEqualTo(Cause.EMBRYONIC_RESET);
        }
    }

    @Test
    void takesTheFunctionsThatTheProbedOneIsInlinedInForItsCallers() {
        List<CallStep> stack = List.of(
                new CallStep(2, "p", List.of("tcp_send_active_reset", "tcp_disconnect"), null, true, null),
                new CallStep(3, "q", List.of("__tcp_close"), null, true, null));

        Diagnosis why = diagnose(probe("tcp_send_active_reset", "pid=1"), stack);
        assertThat(why.cause()).isEqualTo(Cause.LINGER_ZERO);
        assertThat(why.evidence().get(0)).contains("was called by tcp_disconnect (- line 2: p)");
    }

    @Test
    void isCertainOfAnUnsureCallerOnlyWhereTheDebugInformationHasSuchACallThere() {
        String[] functions = {"tcp_v4_send_reset", "tcp_v4_rcv"};
        ProbeEvent event = probe("tcp_v4_send_reset", "sk=none flags=SYN");
        assertThat(diagnose(event, stack(null, functions)).confidence()).isEqualTo(Confidence.CERTAIN);

        List<CallFacts> fitting = new ArrayList<>();
        fitting.add(new CallFacts("tcp_v4_send_reset", Map.of(), "none", "none", null));
        fitting.add(new CallFacts(null, Map.of(), "none", "none", null));
        for (CallFacts call : fitting) {
            assertThat(diagnose(event, unsure(stack(call, functions))).confidence())
                    .isEqualTo(Confidence.CERTAIN);
        }
        for (List<CallStep> stack :
                List.of(unsure(stack(null, functions)), unsure(stack(call(Map.of(), "x", "y", null), functions)))) {
            Diagnosis why = diagnose(event, stack);
            assertThat(why.cause()).isEqualTo(Cause.CLOSED_PORT);
            assertThat(why.confidence()).isEqualTo(Confidence.LIKELY);
        }
    }

    @Test
    void isAsCertainWithUnsureFramesWhereTheCallerDoesNotMatter() {
        List<CallStep> stack = unsure(stack(null, "nf_send_reset", "reject_tg"));

        assertThat(diagnose(probe("nf_send_reset", "flags=SYN"), stack).confidence())
                .isEqualTo(Confidence.CERTAIN);
    }

    @Test
    void isNotCertainWhereOnlyAnUnsureCallerChoseTheRules() {
        List<CallStep> stack = unsure(stack(null, "tcp_v4_send_reset", "tcp_v4_do_rcv"));

        assertThat(diagnose(probe("tcp_v4_send_reset", "sk=full state=SYN_SENT flags=ACK"), stack)
                        .confidence())
                .isEqualTo(Confidence.LIKELY);
    }

    private static List<CallStep> unsure(List<CallStep> stack) {
        return stack.stream()
                .map(step ->
                        new CallStep(step.line(), step.place(), step.functions(), step.source(), false, step.call()))
                .toList();
    }

    /** {@code __tcp_close} has three calls: data unread, TCP_LINGER2 below 0, no memory. */
    @Test
    void leavesTheCausesOfACloseOpenThatNothingTellsApart() {
        Diagnosis why =
                diagnose(probe("tcp_send_active_reset", "pid=1"), stack(null, "tcp_send_active_reset", "__tcp_close"));

        assertThat(why.cause()).isEqualTo(Cause.CLOSE_UNREAD_DATA);
        assertThat(why.confidence()).isEqualTo(Confidence.POSSIBLE);
        assertThat(why.candidates())
                .containsExactlyInAnyOrder(Cause.CLOSE_UNREAD_DATA, Cause.LINGER2, Cause.ORPHAN_LIMIT);
    }

    @Test
    void takesWhatIsNoNumberForNeitherAboveNorBelow() {
        Diagnosis why = diagnose(
                probe("tcp_send_active_reset", "unread=some linger2=0"),
                stack(null, "tcp_send_active_reset", "__tcp_close"));

        assertThat(why.cause()).isEqualTo(Cause.CLOSE_UNREAD_DATA);
    }

    /** The kernel answers only packets for its own addresses (net/ipv4/tcp_ipv4.c: rt_type must be RTN_LOCAL). */
    @ParameterizedTest
    @CsvSource({"224.0.0.1:80, true", "255.255.255.255:80, true", "203.0.113.5:80, false"})
    void mayNotBeSentWhereThePacketWasForMany(String destination, boolean many) {
        Diagnosis why = diagnose(
                probe("tcp_v4_send_reset", "src=203.0.113.10:443 flags=ACK sk=none dst=" + destination),
                stack(null, "tcp_v4_send_reset", "tcp_v4_rcv"));

        assertThat(why.candidates().contains(Cause.NOT_SENT)).isEqualTo(many);
    }

    /** Where nothing was printed, or a number whose name the capture does not give, the call may have the reason. */
    @ParameterizedTest
    @ValueSource(strings = {"reason=-", "reason=9", "pid=1"})
    void takesTheReasonFromTheCallWhereNoneIsPrintedByName(String fields) {
        CallFacts call = call(Map.of(), "x", "y", "TCP_TIMEWAIT_SOCKET");
        List<CallStep> stack = stack(call, "tcp_v4_send_reset", "tcp_v4_rcv");

        Diagnosis why = diagnose(probe("tcp_v4_send_reset", fields), stack);
        assertThat(why.cause()).isEqualTo(Cause.TIME_WAIT);
        assertThat(why.evidence()).contains("the kernel's own reason is TCP_TIMEWAIT_SOCKET (- line 1)");
        // What the kernel printed is what it did.
        assertThat(diagnose(probe("tcp_v4_send_reset", "sk=none flags=SYN reason=NO_SOCKET"), stack)
                        .cause())
                .isEqualTo(Cause.CLOSED_PORT);
    }

    private static final String STREAM = "sk=none src=203.0.113.10:443 dst=203.0.113.5:50098 ";
    private static final String TUPLES = " src=172.17.0.2 dst=203.0.113.10 sport=50098 dport=443 src=203.0.113.10"
            + " dst=203.0.113.5 sport=443 dport=50098";
    private static final String PLAIN = " src=203.0.113.10 dst=203.0.113.5 sport=443 dport=50098 src=203.0.113.5"
            + " dst=203.0.113.10 sport=50098 dport=443";

    private static ConntrackEvents conntrack(String text) throws IOException {
        ConntrackEvents events = new ConntrackEvents();
        events.read("ct.txt", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        return events;
    }

    private static Diagnosis diagnose(String fields, String lines) throws IOException {
        return new Diagnoser(new KernelLog(), conntrack(lines), new PacketTraces())
                .diagnose(probe("tcp_v4_send_reset", STREAM + fields), stack(null, "tcp_v4_send_reset", "tcp_v4_rcv"));
    }

    /** The event is of 1763814214.7. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            [1763814200.0] [NEW]                                 | ct=INVALID | conntrack-invalid | certain
            [1763814200.0] [NEW]                                 | pid=1      | conntrack-invalid | likely
            [1763814200.0] [NEW]                                 | ct=NEW     | no-socket         | likely
            [1763814200.0] [NEW];[1763814214.0] [DESTROY]        | ct=INVALID | no-socket         | likely
            [1763814200.0] [NEW];[1763814214.0] [DESTROY]        | ct=-       | no-socket         | likely
            [NEW];[DESTROY]                                      | ct=INVALID | conntrack-invalid | likely
            [NEW];[DESTROY]                                      | ct=-       | no-socket         | possible
            """)
    void blamesConntrackOnlyWhereItHadAnEntryThatTranslates(
            String lines, String fields, String cause, String confidence) throws IOException {
        Diagnosis why = diagnose(
                "flags=ACK " + fields, lines.replace(";", " tcp 6 9" + TUPLES + "\n") + " tcp 6 9" + TUPLES + "\n");

        assertThat(why.cause().id()).isEqualTo(cause);
        assertThat(why.confidence().id()).isEqualTo(confidence);
        assertThat(why.evidence())
                .containsOnlyOnce(why.evidence().stream()
                        .filter(each -> each.contains("ct.txt line"))
                        .findFirst()
                        .orElseThrow());
    }

    @Test
    void doesNotTakeAnEntryThatTranslatesNothingForAReason() throws IOException {
        String entry = "[1763814200.0] [NEW] tcp 6 9" + PLAIN + "\n";
        Diagnosis there = diagnose("flags=ACK ct=NEW", entry);
        assertThat(there.cause()).isEqualTo(Cause.NO_SOCKET);
        assertThat(there.evidence()).noneMatch(each -> each.contains("ct.txt"));

        // That it was gone tells of a stale flow all the same.
        assertThat(diagnose("flags=ACK ct=NEW", entry + "[1763814214.0] [DESTROY] tcp 6 9" + PLAIN + "\n")
                        .evidence())
                .anyMatch(
                        each -> each.toString().contains("which translates nothing, had been deleted 700 ms earlier"));
    }

    @Test
    void saysNothingOfConntracksEntryForARstThatCameIn() throws IOException {
        String entry = "[1763814200.0] [NEW] tcp 6 9" + TUPLES + "\n";

        assertThat(diagnose("flags=RST", entry).evidence()).noneMatch(each -> each.contains("ct.txt"));
    }

    /** {@code tcp_v4_rcv} calls it for no socket, a time-wait socket, and a half-open connection. */
    @Test
    void namesAllThatACallerMayHaveFoundWhereTheSocketWasNotCaptured() {
        Diagnosis why =
                diagnose(probe("tcp_v4_send_reset", "flags=ACK"), stack(null, "tcp_v4_send_reset", "tcp_v4_rcv"));

        assertThat(why.cause()).isEqualTo(Cause.UNKNOWN);
        assertThat(why.candidates())
                .containsExactlyInAnyOrder(
                        Cause.TIME_WAIT, Cause.CONNTRACK_INVALID, Cause.NO_SOCKET, Cause.SYN_RECV_BAD_ACK);
    }

    @Test
    void saysWhatConntrackKnewWhereSeveralCausesAreLeftToo() throws IOException {
        ConntrackEvents events = conntrack("[1763814200.0] [NEW] tcp 6 9" + TUPLES + "\n");
        Diagnosis why = new Diagnoser(new KernelLog(), events, new PacketTraces())
                .diagnose(
                        probe("tcp_v4_send_reset", STREAM.replace("none", "full") + "flags=ACK"),
                        stack(null, "tcp_v4_send_reset", "tcp_v4_do_rcv"));

        assertThat(why.cause()).isEqualTo(Cause.REFUSED_BY_STATE);
        assertThat(why.evidence()).anyMatch(each -> each.toString().contains("ct.txt line 1"));
    }

    @Test
    void saysWhatConntrackKnewOfAFunctionThatNoRuleKnowsToo() throws IOException {
        ConntrackEvents events = conntrack("[1763814200.0] [NEW] tcp 6 9" + TUPLES + "\n");
        Diagnosis why = new Diagnoser(new KernelLog(), events, new PacketTraces())
                .diagnose(probe("inet_csk_reset_keepalive_timer", STREAM), List.of());

        assertThat(why.cause()).isEqualTo(Cause.UNKNOWN);
        assertThat(why.evidence().get(0)).isEqualTo("no rule covers inet_csk_reset_keepalive_timer");
        assertThat(why.evidence().get(1)).contains("ct.txt line 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp_reset", "tcp_reset.isra.0", "tcp:tcp_receive_reset"})
    void leavesARstThatCameInToThePeer(String probe) {
        assertThat(diagnose(probe(probe, "flags=RST"), List.of()).evidence())
                .containsExactly("the RST came from the peer: look for the cause there");
    }

    /** What the captures of three places show of packets that conntrack called INVALID, without asking conntrack itself. */
    @Test
    void concludesFromPacketsOnBothSidesThatConntrackDidNotTranslate() throws IOException {
        PacketTraces traces = new PacketTraces();
        for (String name : List.of("host", "container", "remote")) {
            try (InputStream in = Files.newInputStream(Captures.folder().resolve("lab-kaslr/" + name + ".pcap"))) {
                traces.read(name, name + ".pcap", in);
            }
        }
        String line = Captures.lines("lab-kaslr/systemtap.log").stream()
                .filter(each -> each.contains("dst=203.0.113.5:50116"))
                .findFirst()
                .orElseThrow();
        List<CallStep> stack = stack(null, "tcp_v4_send_reset", "tcp_v4_rcv");
        Diagnoser diagnoser = new Diagnoser(new KernelLog(), new ConntrackEvents(), traces);

        Diagnosis why = diagnoser.diagnose(event(line), stack);
        assertThat(why.cause()).isEqualTo(Cause.CONNTRACK_INVALID);
        assertThat(why.confidence()).isEqualTo(Confidence.CERTAIN);
        // Frame 136 of host.pcap, as tshark numbers and reads it.
        assertThat(why.evidence())
                .anyMatch(each -> each.startsWith("host.pcap packet 136 provoked the RST: ACK, seq 7, ack 100009"))
                .doesNotHaveDuplicates();
        Diagnosis without = diagnoser.diagnose(event(line.replace("ct=INVALID", "ct=-")), stack);
        assertThat(without.cause()).isEqualTo(Cause.CONNTRACK_INVALID);
        assertThat(without.confidence()).isEqualTo(Confidence.LIKELY);
    }

    @Test
    void saysThatTheKernelLogIsSilentOnlyWhereItMightHaveSpoken() throws IOException {
        String line = "[1.0] invalid: IN=eth0 OUT= MAC= SRC=10.0.0.1 DST=10.0.0.2 LEN=40 TOS=0x00 PREC=0x00 TTL=64 ID=1"
                + " DF PROTO=TCP SPT=1 DPT=2 WINDOW=5 RES=0x00 ACK URGP=0 ";
        List<CallStep> stack = stack(null, "tcp_v4_send_reset", "tcp_v4_rcv");
        String fields = "sk=none src=203.0.113.10:443 dst=203.0.113.5:58712 flags=";

        assertThat(new Diagnoser(log(line))
                        .diagnose(probe("tcp_v4_send_reset", fields + "ACK"), stack)
                        .evidence())
                .anyMatch(
                        each -> each.startsWith("the kernel log has no line about this packet, which proves nothing"));
        assertThat(new Diagnoser(log(line))
                        .diagnose(probe("tcp_v4_send_reset", fields + "SYN"), stack)
                        .evidence())
                .noneMatch(each -> each.contains("kernel log"));
        assertThat(diagnose(probe("tcp_v4_send_reset", fields + "ACK"), stack).evidence())
                .noneMatch(each -> each.contains("kernel log"));
    }

    static KernelLog log(String text) throws IOException {
        KernelLog log = new KernelLog();
        log.read("dmesg.txt", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        return log;
    }

    @Test
    void saysWhatWouldTellWhetherAnUnsureCallerWasOne() {
        List<CallStep> stack = List.of(
                new CallStep(2, "tcp_v4_send_reset+0x0/0x830", List.of("tcp_v4_send_reset"), null, true, null),
                new CallStep(3, "tcp_v4_rcv+0x99b/0xee0", List.of("tcp_v4_rcv"), null, false, null));

        Diagnosis why = diagnose(probe("tcp_v4_send_reset", "sk=none flags=SYN"), stack);

        assertThat(why.cause()).isEqualTo(Cause.CLOSED_PORT);
        assertThat(why.confidence()).isEqualTo(Confidence.LIKELY);
        assertThat(why.evidence())
                .last()
                .isEqualTo("the stack unwinder marked that caller as unreliable; pass the kernel's vmlinux"
                        + " (-e) to check whether it calls tcp_v4_send_reset");
    }

    @Test
    void hasARuleForEveryFunctionByWhichThePacketFilterRejects() {
        assertThat(ProbeCatalogue.points())
                .filteredOn(point -> point.direction() == Direction.NETFILTER && point.kind() == Kind.FUNCTION)
                .extracting(ProbePoint::name)
                .isNotEmpty()
                .allSatisfy(name -> assertThat(diagnose(probe(name, "flags=SYN"), stack(null, name))
                                .cause())
                        .isEqualTo(Cause.NETFILTER_REJECT));
    }
}
