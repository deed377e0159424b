package dev.backline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import dev.backline.fixtures.Browser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
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
import org.junit.jupiter.params.provider.CsvSource;

/** Opens the site's pages in a real browser. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SiteBrowserTest {
    private Site site;
    private Browser browser;

    @BeforeAll
    void startTheBrowser(@TempDir Path scratch) throws IOException, InterruptedException {
        site = Site.make(scratch);
        browser = Browser.start();
    }

    @AfterAll
    void endTheBrowser() throws IOException {
        if (browser != null) {
            browser.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"1280, light", "360, dark"})
    void loadsOnlyTheSitesFilesWithoutErrorsAndFitsTheScreen(int width, String scheme) throws InterruptedException {
        browser.view(width, 800, 1, scheme);
        for (String page : site.pages().keySet()) {
            browser.open(site.folder().resolve(page));

            assertThat(browser.events("Log.entryAdded")).as(page).isEmpty();
            assertThat(browser.events("Runtime.consoleAPICalled")).as(page).isEmpty();
            assertThat(browser.events("Runtime.exceptionThrown")).as(page).isEmpty();
            assertThat(browser.events("Audits.issueAdded")).as(page).isEmpty();
            assertThat(browser.events("Network.loadingFailed")).as(page).isEmpty();
            assertThat(browser.events("Network.requestWillBeSent"))
                    .as(page)
                    .hasSizeGreaterThanOrEqualTo(2)
                    .allSatisfy(request -> assertThat(request.getAsJsonObject("request")
                                    .get("url")
                                    .getAsString())
                            .matches("data:,|" + site.folder().toUri() + ".*"));
            assertThat(strings("[...document.images].filter(i => !i.naturalWidth).map(i => i.src)"))
                    .as(page)
                    .isEmpty();
            assertThat(browser.evaluate("document.documentElement.scrollWidth").getAsInt())
                    .as(page)
                    .isLessThanOrEqualTo(width);
            // Nothing is cut off at the edge: wide listings, tables and drawings scroll.
            assertThat(
                            strings(
                                    "[...document.querySelectorAll('body *')].filter(e => !e.closest('pre, .wide, .skip')"
                                            + " && e.getBoundingClientRect().right > innerWidth + 0.5).map(e => e.outerHTML.slice(0, 200))"))
                    .as(page)
                    .isEmpty();
            assertThat(browser.faintText()).as(page).isEmpty();
        }
    }

    @Test
    void showsTheNavigationOnAPhoneOnRequest() throws InterruptedException {
        browser.view(360, 800, 1, "light");
        browser.open(site.folder().resolve("guide.html"));
        String shown = "document.querySelector('nav').checkVisibility()";
        assertThat(browser.evaluate(shown).getAsBoolean()).isFalse();
        browser.evaluate("document.querySelector('.menu').click()");
        assertThat(browser.evaluate(shown).getAsBoolean()).isTrue();
        assertThat(browser.evaluate("document.documentElement.scrollWidth").getAsInt())
                .isLessThanOrEqualTo(360);
        browser.view(1280, 800, 1, "light");
        browser.open(site.folder().resolve("guide.html"));
        assertThat(browser.evaluate(shown).getAsBoolean()).isTrue();
    }

    @Test
    void printsDarkOnWhiteWithoutNavigation() throws InterruptedException {
        browser.view(800, 1100, 1, "dark");
        browser.open(site.folder().resolve("library.html"));
        assertThat(browser.evaluate("getComputedStyle(document.body).color").getAsString())
                .isEqualTo("rgb(231, 234, 238)");

        browser.send(
                "Emulation.setEmulatedMedia",
                Map.of("media", "print", "features", List.of(Map.of("name", "prefers-color-scheme", "value", "dark"))));
        assertThat(browser.evaluate("getComputedStyle(document.body).color").getAsString())
                .isEqualTo("rgb(27, 31, 36)");
        assertThat(strings("[...document.querySelectorAll('nav, header, .skip')].filter(e => e.checkVisibility())"
                        + ".map(e => e.tagName)"))
                .isEmpty();
        // Paper does not scroll, so wide text must be broken into lines.
        assertThat(strings("[...document.querySelectorAll('pre')].filter(e => e.scrollWidth > e.clientWidth)"
                        + ".map(e => e.textContent.slice(0, 80))"))
                .isEmpty();
    }

    private List<String> strings(String expression) {
        List<String> strings = new ArrayList<>();
        for (JsonElement each : browser.evaluate(expression).getAsJsonArray()) {
            strings.add(each.getAsString());
        }
        return strings;
    }
}
