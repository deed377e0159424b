package dev.backline.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.cli.Cli;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportHtmlTest {
    /** A tag as the writer writes it: quoted values, in which nothing can end the quotes or the tag. */
    private static final Pattern TAG =
            Pattern.compile("<(/?)([a-z][a-z0-9]*)((?: [a-zA-Z][a-zA-Z0-9-]*=\"[^\"<>']*\")*)>");

    private static final Pattern ATTRIBUTE = Pattern.compile(" ([a-zA-Z][a-zA-Z0-9-]*)=\"([^\"]*)\"");

    /** Text: no mark-up, no quotes, no ampersand but that of an escape. */
    private static final Pattern TEXT = Pattern.compile("(?:[^<>\"'&]|&(?:amp|lt|gt|quot|#39);)*+");

    private static final Pattern STYLE = Pattern.compile("<style>([^<]*)</style>");

    private static final Set<String> RUNS = Set.of(
            "script",
            "img",
            "iframe",
            "object",
            "embed",
            "form",
            "input",
            "base",
            "link",
            "foreignObject",
            "animate",
            "use");

    @TempDir
    Path folder;

    @Test
    void putsTheArticlesCaseIntoOneFile() {
        String html = html(HostileCapture.HARMLESS);

        assertThat(html)
                .startsWith("<!DOCTYPE html>\n<html lang=\"en\"><head>\n<meta charset=\"utf-8\">\n")
                .contains("conntrack-invalid", "203.0.113.10:443", "INVALID: not translated back", "RST seq 200");
        check(html);
    }

    @Test
    void allowsItsStyleAndNothingElse() throws NoSuchAlgorithmException {
        String html = html(HostileCapture.HARMLESS);
        Matcher style = STYLE.matcher(html);
        assertThat(style.find()).isTrue();
        byte[] digest =
                MessageDigest.getInstance("SHA-256").digest(style.group(1).getBytes(StandardCharsets.UTF_8));

        assertThat(html)
                .contains(
                        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-"
                                + Base64.getEncoder().encodeToString(digest)
                                + "'; base-uri 'none'; form-action 'none'\">");
        assertThat(style.group(1)).doesNotContain("url(", "@import");
    }

    @Test
    void writesWhateverACaptureHoldsAsText() throws IOException {
        String html = Files.readString(HostileCapture.report(folder));

        check(html);
        assertThat(html).contains("&lt;script&gt;", "&lt;img src=x onerror=", "\\x1b]0;", "\\u202e");
        assertThat(html).doesNotContain("\u001b", "\u202e", "\u2066", "\u200b", "\u0000");
        assertThat(html.length()).isLessThan(2_000_000);
    }

    @Test
    void staysBelowFiveMegabytesAndSaysWhatIsLeftOut() throws IOException {
        Path capture = folder.resolve("many.log");
        try (var out = Files.newBufferedWriter(capture)) {
            out.write("# backline probe-output=1 tool=systemtap\n");
            for (int i = 0; i < 12_000; i++) {
                out.write(HostileCapture.event(i, "python3", "CLOSE", "203.0.113." + i % 250));
                for (int frame = 0; frame < 30; frame++) {
                    out.write(" 0xffffffff9ec7a0e0 : function_" + i + "_" + frame + "x".repeat(60)
                            + "+0x10/0x830 [kernel]\n");
                }
            }
        }
        Path report = Cli.htmlReport(folder.resolve("many.html"), capture.toString());

        assertThat(Files.size(report)).isBetween(100_000L, 5_000_000L);
        String html = Files.readString(report);
        assertThat(html).contains("smaller kinds of events are left out", "12000 events");
        check(html);
    }

    @Test
    void saysThatThereIsNoEvent() {
        String html = html("hello\n");

        assertThat(html).contains("No event was found", "hello");
        check(html);
    }

    private static String html(String capture) {
        Cli.Result result = Cli.backline(capture, Map.of(), "report", "--format", "html", "-");
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        return result.out();
    }

    /** Reads a report token by token: there is nothing in it but tags of the writer's and escaped text, properly nested. */
    private static void check(String html) {
        String body = html.substring(html.indexOf("<body>"));
        Deque<String> open = new ArrayDeque<>();
        Matcher tag = TAG.matcher(body);
        Matcher text = TEXT.matcher(body);
        int at = 0;
        while (at < body.length()) {
            text.region(at, body.length());
            assertThat(text.lookingAt()).isTrue();
            at = text.end();
            if (at == body.length()) {
                break;
            }
            tag.region(at, body.length());
            assertThat(tag.lookingAt())
                    .as(body.substring(at, Math.min(body.length(), at + 200)))
                    .isTrue();
            at = tag.end();
            String name = tag.group(2);
            assertThat(RUNS).doesNotContain(name);
            Matcher attribute = ATTRIBUTE.matcher(tag.group(3));
            while (attribute.find()) {
                assertThat(attribute.group(1)).doesNotStartWith("on").isNotIn("style", "src", "srcset", "action");
                if (attribute.group(1).equals("href")) {
                    assertThat(attribute.group(2)).startsWith("#");
                }
            }
            if (tag.group(1).isEmpty()) {
                open.push(name);
            } else if (!name.equals("html")) {
                assertThat(open.pop()).isEqualTo(name);
            }
        }
        assertThat(open).isEmpty();
    }
}
