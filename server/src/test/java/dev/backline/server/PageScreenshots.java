package dev.backline.server;

import dev.backline.fixtures.Browser;
import dev.backline.fixtures.Captures;
import dev.backline.fixtures.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Makes the pictures of the page in docs/images, when told to: {@code docs/screenshots} does. */
class PageScreenshots {
    @Test
    void makesThePicturesOfTheDocumentation() throws Exception {
        String target = System.getProperty("backline.screenshots");
        Assumptions.assumeTrue(target != null, "only when told to: docs/screenshots");
        Path to = Path.of(String.valueOf(target));
        Kernels.Kernel kernel = Kernels.find(Kernels.DEBIAN_12).orElse(null);
        Assumptions.assumeTrue(kernel != null, Kernels.howToFetch(Kernels.DEBIAN_12));
        Path recordings = Captures.folder().resolve("oopses/x86-6.1");
        try (Running service = Running.with("-d", kernel.folder().toString(), "-d", recordings.toString());
                Browser browser = Browser.start()) {
            String log = Files.readString(recordings.resolve("relaybox-chain.txt"));
            browser.view(960, 1120, 1, "light");
            explain(browser, service, log);
            browser.evaluate("scrollTo(0, 0)");
            browser.picture(to.resolve("service-light.png"));

            browser.view(900, 920, 1, "dark");
            browser.evaluate("document.getElementById('result').scrollIntoView()");
            browser.picture(to.resolve("service-dark.png"));

            browser.view(360, 780, 1.5, "light");
            browser.evaluate("document.getElementById('result').scrollIntoView()");
            browser.picture(to.resolve("service-phone.png"));
        }
    }

    private static void explain(Browser browser, Running service, String log) throws IOException, InterruptedException {
        browser.open(service.address("/"));
        browser.evaluate("document.getElementById('text').focus()");
        browser.send("Input.insertText", Map.of("text", log));
        browser.evaluate("document.getElementById('send').click()");
        while (!browser.evaluate("!document.getElementById('downloads').hidden").getAsBoolean()) {
            Thread.sleep(20);
        }
    }
}
