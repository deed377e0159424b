package dev.backline.cli.report;

import dev.backline.cli.Cli;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A capture by somebody who wants its reader's browser, or its reader, to do something. */
final class HostileCapture {
    /** One event like the article's, by a generated script. */
    static final String HARMLESS = "# backline probe-output=1 tool=systemtap\n"
            + "rst wall=1763814214.730117204 mono=33.595598538 id=0.1 probe=tcp_v4_send_reset dir=passive pid=1 comm=nginx"
            + " src=203.0.113.10:443 dst=203.0.113.5:39700 flags=PSH,ACK seq=100 ack=200 len=20 sk=none ct=INVALID sent=yes\n"
            + " 0xffffffff9ec7a0e0 : tcp_v4_send_reset+0x0/0x830 [kernel]\n"
            + " 0xffffffff9ec7c8cb : tcp_v4_rcv+0x99b/0xee0 [kernel]\n";

    private static final List<String> TEXTS = List.of(
            "<script>window.pwned=1</script>",
            "\"><img src=x onerror=window.pwned=1>",
            "' onmouseover='window.pwned=1' x='",
            "</title></style></svg></textarea><script>window.pwned=1</script>",
            "<svg onload=window.pwned=1><foreignObject><iframe src=http://192.0.2.1/>",
            "javascript:window.pwned=1",
            "&lt;script&gt;&#60;script&#62;&amp;",
            "\u001b]0;pwned\u0007\u001b[2J\u001b[31m",
            "\u202egpj.exe\u202c\u2066\u2067\u2069\u200f\u200b\u2028\ufeff",
            "\u0000\u0001\u007f\u0085\u009b1m\ud800\udb40\udc41",
            "]]><!--<![CDATA[-->{{end}}${pwned}%s%n",
            "x".repeat(5000),
            "é 日本 \ud83d\udc27");

    private HostileCapture() {}

    /** An event line whose stack follows. */
    static String event(int number, String comm, String state, String peer) {
        return "rst wall=" + (1763814214L + number / 7) + ".5 mono=" + (33 + number / 7) + ".5 id=0." + number
                + " probe=tcp_v4_send_reset dir=passive comm=" + comm + " src=" + peer + ":443 dst=203.0.113.5:39700"
                + " flags=PSH,ACK seq=100 ack=200 len=20 sk=full state=" + state + " ct=- sent=yes\n";
    }

    /** The report of it, with a kernel log and a file name of the same kind. */
    static Path report(Path folder) throws IOException {
        Path capture = folder.resolve("<img src=x onerror=window.pwned=1>\"'&.log");
        Path log = folder.resolve("<script>window.pwned=1<script>.txt");
        try (BufferedWriter out = Files.newBufferedWriter(capture)) {
            out.write("# backline probe-output=1 tool=systemtap\n");
            int number = 0;
            for (String text : TEXTS) {
                String wide = text.replaceAll("[\\s\\ud800]", "");
                out.write(event(number++, percent(wide), percent(wide), "203.0.113.10"));
                out.write(" 0xffffffff9ec7a0e0 : tcp_v4_send_reset+0x0/0x830 [kernel]\n");
                out.write(" 0xffffffff9ec7c8cb : caller_" + number + "+0x99b/0xee0 [kernel]\n");
                out.write(" 0xffffffff9ec7c8cb : " + wide + "+0x99b/0xee0 [" + wide + "]\n");
                out.write(event(number++, wide, wide, "203.0.113.10").replace(" state=", " " + wide + "="));
                out.write("skb [36.110.213.207:443->10.21.17.99:39700] ack:1, psh:0, rst:0, syn:0 fin:0 " + wide
                        + "<-tcp_v4_send_reset 39700\n0xffffffff99e5bc50 : tcp_v4_send_reset+0x0/0x460 [kernel]\n");
                out.write(text.replace('\ud800', '?') + "\n");
            }
            for (int i = 0; i < 10; i++) {
                out.write("<b>".repeat(1 << 18));
            }
            out.write("\n");
            out.write(HARMLESS);
        }
        StringBuilder lines = new StringBuilder();
        for (String text : TEXTS) {
            lines.append("[   33.595600] invalid ").append(text.replaceAll("[\\n\\ud800]", ""));
            lines.append(
                    " IN=eth0 OUT= MAC=00 SRC=203.0.113.10 DST=203.0.113.5 LEN=52 TOS=0x00 PREC=0x00 TTL=64 ID=1 DF"
                            + " PROTO=TCP SPT=443 DPT=39700 WINDOW=502 RES=0x00 ACK PSH URGP=0\n");
        }
        Files.writeString(log, lines);
        return Cli.htmlReport(folder.resolve("hostile.html"), "--kernel-log", log.toString(), capture.toString());
    }

    /** As the scripts write a comm: what is not a plain letter as %XX. */
    private static String percent(String text) {
        StringBuilder escaped = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c > 0x20 && c < 0x7f && "%=\"#\\".indexOf(c) < 0) {
                escaped.append(c);
            } else {
                escaped.append('%').append(String.format("%02X", (int) c));
            }
        }
        return escaped.toString();
    }
}
