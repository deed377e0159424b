package dev.backline.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.backline.fixtures.Browser;
import dev.backline.fixtures.ElfFixtures;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Uses the page in a real browser, as a person does. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class PageBrowserTest {
    private Path folder = Path.of("");
    private Running service;
    private Browser browser;

    @BeforeAll
    void start(@TempDir Path fresh) throws Exception {
        folder = fresh;
        Files.copy(
                ElfFixtures.folder().resolve("gcc12-v5.elf"),
                Files.createDirectory(folder.resolve("debug")).resolve("vmlinux-6.1.0-test"));
        service = Running.with("-d", folder.resolve("debug").toString(), "--max-body", "8");
        browser = Browser.start();
    }

    @AfterAll
    void stop() throws IOException {
        if (browser != null) {
            browser.close();
        }
        if (service != null) {
            service.close();
        }
    }

    @BeforeEach
    void open() throws InterruptedException {
        browser.view(1200, 900, 1, "light");
        browser.open(service.address("/"));
    }

    private String text(String expression) {
        return browser.evaluate(expression).getAsString();
    }

    private boolean is(String expression) {
        return browser.evaluate(expression).getAsBoolean();
    }

    /** Waits until an expression is true in the page. */
    private void until(String expression) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!is(expression)) {
            assertThat(System.nanoTime())
                    .as(expression + ": " + text("document.body.innerText"))
                    .isLessThan(end);
            Thread.sleep(20);
        }
    }

    private void answered() throws InterruptedException {
        until("!document.getElementById('result').hidden && !document.getElementById('send').disabled");
    }

    /** Pastes a text into the field with the focus, as the keyboard does. */
    private void paste(String text) {
        browser.evaluate("document.getElementById('text').focus()");
        browser.send("Input.insertText", Map.of("text", text));
    }

    private static void press(Browser browser, String key, int code, int modifiers) {
        for (String type : List.of("rawKeyDown", "keyUp")) {
            browser.send(
                    "Input.dispatchKeyEvent",
                    Map.of(
                            "type",
                            type,
                            "key",
                            key,
                            "code",
                            key,
                            "windowsVirtualKeyCode",
                            code,
                            "modifiers",
                            modifiers));
        }
    }

    private void choose(Path file) {
        int document = browser.send("DOM.getDocument", Map.of())
                .getAsJsonObject("root")
                .get("nodeId")
                .getAsInt();
        int node = browser.send("DOM.querySelector", Map.of("nodeId", document, "selector", "#file"))
                .get("nodeId")
                .getAsInt();
        browser.send("DOM.setFileInputFiles", Map.of("nodeId", node, "files", List.of(file.toString())));
    }

    /** Drops a file whose content is made in the page. */
    private void drop(String name, byte[] content) {
        browser.evaluate("(() => { const data = new DataTransfer(); data.items.add(new File([Uint8Array.from(atob('"
                + Base64.getEncoder().encodeToString(content) + "'), c => c.charCodeAt(0))], '" + name
                + "')); document.dispatchEvent(new DragEvent('dragover', {dataTransfer: data, bubbles: true,"
                + " cancelable: true})); document.dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true,"
                + " cancelable: true})); })()");
    }

    private static byte[] gzip(String text) throws IOException {
        java.io.ByteArrayOutputStream packed = new java.io.ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return packed.toByteArray();
    }

    @Test
    void explainsAPastedOops() throws InterruptedException {
        paste(ServiceTest.OOPS);
        press(browser, "Enter", 13, 2);
        answered();

        assertThat(text("document.getElementById('answer').innerText"))
                .contains("NULL pointer dereference", "receive", "What was touched");
        assertThat(text("document.getElementById('frames').textContent")).contains("poll+0x1e/0xa0");
        assertThat(text("document.activeElement.id")).isEqualTo("result");
        assertThat(is("document.getElementById('downloads').hidden")).isFalse();
        complainsOfNothing();
    }

    @Test
    void explainsADroppedFileAndAChosenOneAlsoCompressed() throws IOException, InterruptedException {
        drop("crash.log.gz", gzip(ServiceTest.OOPS));
        answered();
        assertThat(text("document.getElementById('answer').innerText")).contains("What was touched");

        open();
        choose(Files.write(folder.resolve("crash.log.gz"), gzip(ServiceTest.OOPS)));
        until("document.getElementById('status').textContent.includes('crash.log.gz')");
        browser.evaluate("document.getElementById('send').click()");
        answered();
        assertThat(text("document.getElementById('answer').innerText")).contains("What was touched");
        complainsOfNothing();
    }

    @Test
    void loadsNothingFromElsewhere() throws InterruptedException {
        paste(ServiceTest.OOPS);
        browser.evaluate("document.getElementById('send').click()");
        answered();

        assertThat(browser.events("Network.requestWillBeSent"))
                .isNotEmpty()
                .allSatisfy(event -> assertThat(
                                event.getAsJsonObject("request").get("url").getAsString())
                        .startsWith(service.address("/").toString()));
    }

    @Test
    void showsWhatWentWrong() throws InterruptedException {
        browser.evaluate("document.getElementById('send').click()");
        until("document.getElementById('error').textContent.includes('Paste a log')");

        paste("x".repeat(1000));
        browser.evaluate("document.getElementById('text').value = 'long line '.repeat(1 << 20)");
        browser.evaluate("document.getElementById('send').click()");
        until("document.getElementById('error').textContent.includes('8 MB')");
        assertThat(is("document.getElementById('downloads').hidden")).isTrue();
    }

    @Test
    void showsTheFramesOfALogWithoutReport() throws InterruptedException {
        paste(" receive+0xc8/0x160\n poll+0x1e/0xa0\n");
        browser.evaluate("document.getElementById('release').value = '6.1.0-test'");
        browser.evaluate("document.getElementById('send').click()");
        answered();

        assertThat(text("document.getElementById('answer').innerText")).contains("no crash report");
        assertThat(is("document.querySelector('#frames details').open")).isTrue();
        assertThat(text("document.getElementById('frames').innerText")).contains("receive+0xc8/0x160", ".c:");
    }

    @Test
    void speaksChinese() throws InterruptedException {
        browser.evaluate("document.getElementById('language').click()");

        assertThat(text("document.documentElement.lang")).isEqualTo("zh");
        assertThat(text("document.body.innerText")).contains("粘贴内核日志", "不会保存任何内容");
        assertThat(browser.evaluate("[...document.querySelectorAll('[data-t]')].filter(e => !/[\\u4e00-\\u9fff]/"
                                + ".test(e.textContent)).map(e => e.dataset.t)")
                        .getAsJsonArray())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1200, 900, light", "1200, 900, dark", "360, 740, light", "360, 740, dark"})
    void canBeReadByEveryone(int width, int height, String scheme) throws IOException, InterruptedException {
        browser.view(width, height, 1, scheme);
        browser.open(service.address("/"));
        paste(ServiceTest.OOPS);
        browser.evaluate("document.getElementById('send').click()");
        answered();

        assertThat(browser.faintText()).isEmpty();
        assertThat(is("document.documentElement.scrollWidth <= innerWidth")).isTrue();
        try (InputStream axe = PageBrowserTest.class.getResourceAsStream("/axe.min.js")) {
            assertThat(axe).isNotNull();
            browser.evaluate(new String(axe.readAllBytes(), StandardCharsets.UTF_8) + ";0");
        }
        JsonObject found = browser.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => ({faults:"
                        + " r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' ')), passed:"
                        + " r.passes.length}))")
                .getAsJsonObject();
        assertThat(found.getAsJsonArray("faults")).isEmpty();
        assertThat(found.get("passed").getAsInt()).isGreaterThan(20);
    }

    @Test
    void isUsedByTheKeyboardAlone() {
        // From the beginning of the page: skip link, language, log, file, question, kernel, answer.
        StringBuilder reached = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            browser.tab();
            reached.append(text("document.activeElement.id || document.activeElement.tagName"))
                    .append(' ');
        }
        assertThat(reached.toString()).isEqualTo("A language text file INPUT SUMMARY send BODY ");
    }

    @Test
    void printsTheAnswerOnly() throws InterruptedException {
        paste(ServiceTest.OOPS);
        browser.evaluate("document.getElementById('send').click()");
        answered();
        browser.send("Emulation.setEmulatedMedia", Map.of("media", "print"));

        assertThat(is("document.getElementById('ask').checkVisibility()")).isFalse();
        assertThat(is("document.getElementById('answer').checkVisibility()")).isTrue();
    }

    private void complainsOfNothing() {
        assertThat(browser.events("Log.entryAdded")).isEmpty();
        assertThat(browser.events("Runtime.exceptionThrown")).isEmpty();
        assertThat(browser.events("Audits.issueAdded")).isEmpty();
    }
}
