package dev.backline.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.cli.Cli;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Captures that nobody records, in a heap of 64 MB: each ends, and with a report. */
@Tag("slow")
@Timeout(300)
class HostileCapturesTest {
    private static final int MANY = 30_000;
    private static final int DEPTH = 20;

    @TempDir
    Path folder;

    /** What is wrong with a capture; writes it. */
    private enum Hostile {
        LONG_LINE {
            @Override
            void write(OutputStream out) throws IOException {
                for (String start : List.of(
                        "", "rst probe=", "rst probe=tcp_v4_send_reset comm=", " 0xffff", "# backline module name=")) {
                    print(out, event(1));
                    print(out, start);
                    byte[] piece = "x".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
                    for (int i = 0; i < 160; i++) {
                        out.write(piece);
                    }
                    print(out, "\n");
                }
            }
        },
        DISTINCT_STACKS {
            @Override
            void write(OutputStream out) throws IOException {
                for (int i = 0; i < MANY; i++) {
                    print(out, event(i % MANY));
                    print(out, " 0xffffffff9ec7a0e0 : tcp_v4_send_reset+0x0/0x830 [kernel]\n");
                    for (int j = 0; j < DEPTH; j++) {
                        String offset = Integer.toHexString(i * DEPTH + j);
                        print(
                                out,
                                " 0x" + Long.toHexString(0xffffffff80000000L + (long) i * DEPTH + j) + " : function_"
                                        + offset + "+0x" + offset + "/0xffffff [kernel]\n");
                    }
                }
            }
        },
        DISTINCT_PEERS {
            @Override
            void write(OutputStream out) throws IOException {
                for (int i = 0; i < 5 * MANY; i++) {
                    print(
                            out,
                            "rst probe=tcp_v4_send_reset src=10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255)
                                    + ":5 dst=203.0.113.5:443 flags=ACK\n");
                }
            }
        },
        ENDLESS_EVENT {
            @Override
            void write(OutputStream out) throws IOException {
                print(out, event(1));
                String padding = " ".repeat(900);
                for (int i = 0; i < MANY; i++) {
                    print(
                            out,
                            " 0xffffffff9ec7a0e0 : tcp_v4_rcv+0x" + Integer.toHexString(i) + "/0x830 [kernel]" + padding
                                    + "\n");
                }
            }
        },
        DISTINCT_KEYS {
            @Override
            void write(OutputStream out) throws IOException {
                for (int i = 0; i < MANY; i++) {
                    print(
                            out,
                            "rst probe=tcp_v4_send_reset k" + i + "=1 " + "value".repeat(100) + i + "=2 dir=passive\n");
                }
            }
        },
        LONG_NAMES {
            @Override
            void write(OutputStream out) throws IOException {
                String name = "n".repeat(60_000);
                for (int i = 0; i < 3000; i++) {
                    print(out, "# backline module name=" + i + name + " base=0xffffffffc0000000\n");
                    if (i % 3 == 0) {
                        print(out, "# backline reasons " + i + "=" + name + "\n");
                        print(out, event(1));
                        print(out, " 0xffffffff9ec7a0e0 : tcp_v4_send_reset+0x0/0x830 [kernel]\n");
                        print(out, " 0xffffffff9ec7a0e1 : n" + i + name.substring(0, 4000) + "+0x10/0x830 [kernel]\n");
                    }
                }
            }
        };

        abstract void write(OutputStream out) throws IOException;

        private static void print(OutputStream out, String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.US_ASCII));
        }

        private static String event(int port) {
            return "rst wall=1795358935.1 probe=tcp_v4_send_reset dir=passive comm=a src=203.0.113.9:" + port
                    + " dst=203.0.113.5:443 flags=ACK sk=none\n";
        }
    }

    @ParameterizedTest
    @CsvSource({
        "LONG_LINE, text",
        "DISTINCT_STACKS, text",
        "DISTINCT_STACKS, json",
        "DISTINCT_STACKS, html",
        "DISTINCT_PEERS, text",
        "ENDLESS_EVENT, html",
        "DISTINCT_KEYS, json",
        "LONG_NAMES, text"
    })
    void areReportedInBoundedMemory(Hostile hostile, String format) throws Exception {
        List<String> command = new ArrayList<>(Cli.process("report", "--format", format, "-"));
        command.add(1, "-Xmx64m");
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try (OutputStream in = new BufferedOutputStream(process.getOutputStream(), 1 << 16)) {
            hostile.write(in);
        } catch (IOException e) {
            // It has ended before; why, is in what it said.
            throw new UncheckedIOException(Files.readString(err), e);
        }

        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(err)).isZero();
        assertThat(Files.size(out)).isPositive();
        assertThat(Files.readString(err)).doesNotContain("OutOfMemory").doesNotContain("Exception");
        if (hostile == Hostile.DISTINCT_STACKS) {
            assertThat(Files.readString(out)).containsPattern("[0-9]+ events are in no group: there are too many");
        }
    }
}
