package dev.backline.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.backline.cli.Cli;
import dev.backline.fixtures.Browser;
import dev.backline.fixtures.Captures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Opens reports in a real browser. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ReportBrowserTest {
    private Browser browser;
    private Path article;
    private Path hostile;

    @BeforeAll
    void startTheBrowser(@TempDir Path folder) throws IOException, InterruptedException {
        browser = Browser.start();
        Path tree = Files.createDirectories(folder.resolve("linux"));
        Path source = tree.resolve("net/ipv4/tcp_ipv4.c");
        Files.createDirectories(source.getParent());
        Files.writeString(source, ("\tif (a < b && c)\t/* " + "wide ".repeat(60) + "*/\n").repeat(3000));
        article = Cli.htmlReport(
                folder.resolve("article.html"),
                "--source",
                tree.toString(),
                "--kernel-log",
                Captures.folder().resolve("systemtap-article.dmesg").toString(),
                Captures.folder().resolve("systemtap-article.log").toString());
        hostile = HostileCapture.report(folder);
    }

    @AfterAll
    void endTheBrowser() throws IOException {
        if (browser != null) {
            browser.close();
        }
    }

    private Path report(String name) {
        return name.equals("article") ? article : hostile;
    }

    @ParameterizedTest
    @ValueSource(strings = {"article", "hostile"})
    void loadsNothingRunsNothingAndComplainsOfNothing(String name) throws InterruptedException {
        browser.view(1200, 900, 1, "light");
        browser.open(report(name));

        assertThat(text("document.title")).isEqualTo("Why RSTs were sent");
        assertThat(browser.events("Log.entryAdded")).isEmpty();
        assertThat(browser.events("Runtime.consoleAPICalled")).isEmpty();
        assertThat(browser.events("Runtime.exceptionThrown")).isEmpty();
        assertThat(browser.events("Audits.issueAdded")).isEmpty();
        assertThat(browser.events("Page.javascriptDialogOpening")).isEmpty();
        assertThat(browser.events("Network.requestWillBeSent")).hasSize(1);
        assertThat(number(
                        "document.querySelectorAll('script,img,iframe,object,embed,form,input,link,base,foreignObject')"
                                + ".length"))
                .isZero();
        assertThat(text("typeof window.pwned")).isEqualTo("undefined");
        assertThat(strings("[...document.querySelectorAll('body *')].flatMap(e => e.getAttributeNames())"
                        + ".filter(n => n.startsWith('on') || n == 'style' || n == 'src')"))
                .isEmpty();
        assertThat(strings(
                        "document.body.textContent.match(/[\\u0000-\\u0009\\u000b-\\u001f\\u007f-\\u009f\\u200b-\\u200f"
                                + "\\u202a-\\u202e\\u2066-\\u2069]/g) || []"))
                .isEmpty();
    }

    @Test
    void showsWhereALinkLeadsAlsoWhenThatIsFolded() throws InterruptedException {
        browser.view(1200, 900, 1, "light");
        browser.open(article);

        assertThat(strings("[...document.querySelectorAll('a')].map(a => a.getAttribute('href'))"
                        + ".filter(h => !document.getElementById(h.slice(1)))"))
                .isEmpty();
        assertThat(strings("[...document.querySelectorAll('[id]')].map(e => e.id).filter((id, i, all) =>"
                        + " all.indexOf(id) != i)"))
                .isEmpty();
        String folded = text("document.querySelector('details.kind:not([open]) h4').id");
        browser.evaluate("location.hash = '" + folded + "'");
        assertThat(browser.evaluate("document.getElementById('" + folded + "').closest('details').open")
                        .getAsBoolean())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"article", "hostile"})
    void isReachedByTheKeyboardThroughout(String name) throws InterruptedException {
        browser.view(1200, 900, 1, "light");
        browser.open(report(name));
        // What can be used: links, what unfolds, and listings, which scroll.
        int usable = number("(window.all = [...document.querySelectorAll('a, summary, pre')]"
                + ".filter(e => e.checkVisibility({contentVisibilityAuto: true}))).length");
        List<Integer> reached = new ArrayList<>();
        for (int i = 0; i < usable; i++) {
            browser.tab();
            reached.add(number("all.indexOf(document.activeElement)"));
        }

        assertThat(usable).isGreaterThan(10);
        // In the order of the document, from the link that skips what stands before the findings.
        assertThat(reached).isSorted().doesNotHaveDuplicates().startsWith(0).hasSize(usable);
        assertThat(text("all[0].textContent")).isEqualTo("Skip to the findings");
        assertThat(text("getComputedStyle(document.activeElement).outlineStyle"))
                .isEqualTo("solid");
    }

    @ParameterizedTest
    @ValueSource(strings = {"article", "hostile"})
    void tellsAScreenReaderWhatEverythingIs(String name) throws InterruptedException {
        browser.view(1200, 900, 1, "light");
        browser.open(report(name));
        browser.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)");
        List<JsonObject> tree = browser.accessibilityTree();

        assertThat(names(tree, "banner")).hasSize(1);
        assertThat(names(tree, "main")).hasSize(1);
        assertThat(names(tree, "contentinfo")).hasSize(1);
        assertThat(names(tree, "navigation")).containsExactly("Contents");
        assertThat(names(tree, "region"))
                .contains("What was found", "When", "Peers", "Call paths", "Causes and evidence", "Notes");
        assertThat(names(tree, "columnheader")).containsExactly("Peer", "Events", "Causes", "Seen");
        assertThat(names(tree, "rowheader")).contains("203.0.113.10");
        assertThat(names(tree, "table")).containsExactly("Whose packets or connections the events were");
        assertThat(names(tree, "figure")).contains("What happened").doesNotContain("");
        assertThat(names(tree, "link")).isNotEmpty().doesNotContain("");
        assertThat(names(tree, "image")).isNotEmpty().allMatch(image -> image.matches(".*: [0-9]+ events? from .*"));
        // No level is left out on the way down.
        int above = 0;
        for (JsonElement heading : browser.evaluate(
                        "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])")
                .getAsJsonArray()) {
            assertThat(heading.getAsInt()).isBetween(1, above + 1);
            above = heading.getAsInt();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"light", "dark"})
    void isLegibleInLightAndDark(String scheme) throws InterruptedException {
        browser.view(1200, 900, 1, scheme);
        browser.open(article);
        browser.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)");

        String page = text("getComputedStyle(document.body).backgroundColor");
        assertThat(page).isEqualTo(scheme.equals("light") ? "rgb(255, 255, 255)" : "rgb(20, 23, 27)");
        assertThat(browser.faintText()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"article", "hostile"})
    void fitsAPhone(String name) throws InterruptedException {
        browser.view(360, 780, 2, "light");
        browser.open(report(name));
        browser.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)");

        assertThat(number("document.documentElement.scrollWidth")).isLessThanOrEqualTo(360);
        // Nor is anything cut off at the edge; listings scroll, drawings clip their words, and some text is only read
        // aloud.
        assertThat(strings("[...document.querySelectorAll('body *')].filter(e => !e.closest('pre, svg, .skip, .aloud')"
                        + " && e.getBoundingClientRect().right > 360.5).map(e => e.outerHTML.slice(0, 200))"))
                .isEmpty();
    }

    @Test
    void unfoldsOnPaperAndIsDarkOnWhite() throws InterruptedException {
        browser.view(800, 1100, 1, "dark");
        browser.open(article);
        String data = browser.send("Page.printToPDF", Map.of("printBackground", false))
                .get("data")
                .getAsString();
        byte[] pdf = Base64.getDecoder().decode(data);
        assertThat(new String(pdf, 0, 5, StandardCharsets.ISO_8859_1)).isEqualTo("%PDF-");

        browser.send(
                "Emulation.setEmulatedMedia",
                Map.of("media", "print", "features", List.of(Map.of("name", "prefers-color-scheme", "value", "dark"))));
        assertThat(text("getComputedStyle(document.body).color")).isEqualTo("rgb(27, 31, 36)");
        assertThat(strings("[...document.querySelectorAll('details.kind:not([open]) .stack')]"
                        + ".filter(e => !(e.getBoundingClientRect().height > 0)).map(e => e.outerHTML.slice(0, 100))"))
                .isEmpty();
        assertThat(number("document.querySelectorAll('details.kind:not([open]) .stack').length"))
                .isPositive();
        assertThat(browser.evaluate("document.querySelector('nav').checkVisibility()")
                        .getAsBoolean())
                .isFalse();
    }

    private int number(String expression) {
        return browser.evaluate(expression).getAsInt();
    }

    private String text(String expression) {
        return browser.evaluate(expression).getAsString();
    }

    private List<String> strings(String expression) {
        List<String> strings = new ArrayList<>();
        browser.evaluate(expression).getAsJsonArray().forEach(each -> strings.add(each.getAsString()));
        return strings;
    }

    /** The names of all nodes of a role. */
    private static List<String> names(List<JsonObject> tree, String role) {
        return tree.stream()
                .filter(node -> node.has("role")
                        && node.getAsJsonObject("role")
                                .get("value")
                                .getAsString()
                                .equals(role))
                .map(node -> node.has("name")
                        ? node.getAsJsonObject("name").get("value").getAsString()
                        : "")
                .toList();
    }
}
