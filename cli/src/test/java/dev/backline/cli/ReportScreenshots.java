package dev.backline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Makes the pictures of docs/images, when told to: {@code docs/screenshots} does. */
class ReportScreenshots {
    @TempDir
    Path folder;

    @Test
    void makesThePicturesOfTheDocumentation() throws IOException, InterruptedException {
        String target = System.getProperty("backline.screenshots");
        Assumptions.assumeTrue(target != null, "only when told to: -Dbackline.screenshots=DIR");
        String report = System.getProperty("backline.screenshots.report");
        Path file = report == null ? folder.resolve("report.html") : Path.of(report);
        Path to = Path.of(String.valueOf(target));
        try (Browser browser = Browser.start()) {
            browser.open(file);
            picture(browser, to.resolve("report-light.png"), "light", 1200, 1500, "findings");
            picture(browser, to.resolve("report-dark.png"), "dark", 1200, 1500, "causes");
            picture(browser, to.resolve("report-phone.png"), "light", 360, 780, "findings");
        }
    }

    private static void picture(Browser browser, Path to, String scheme, int width, int height, String section)
            throws IOException {
        browser.view(width, height, 1, scheme);
        browser.evaluate("document.getElementById('" + section + "').scrollIntoView()");
        String data = browser.send("Page.captureScreenshot", Map.of("format", "png"))
                .get("data")
                .getAsString();
        Files.write(to, Base64.getDecoder().decode(data));
        assertThat(to).isNotEmptyFile();
    }
}
