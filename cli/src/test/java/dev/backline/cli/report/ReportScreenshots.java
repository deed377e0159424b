package dev.backline.cli.report;

import dev.backline.cli.Cli;
import dev.backline.fixtures.Browser;
import dev.backline.fixtures.Captures;
import dev.backline.fixtures.Kernels;
import java.io.IOException;
import java.nio.file.Path;
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
        Assumptions.assumeTrue(target != null, "only when told to: docs/screenshots");
        Path to = Path.of(String.valueOf(target));
        Kernels.Kernel kernel = Kernels.find(Kernels.DEBIAN_12).orElse(null);
        Assumptions.assumeTrue(kernel != null, Kernels.howToFetch(Kernels.DEBIAN_12));
        Path article = report(kernel, "article.html", "systemtap-article.dmesg", "systemtap-article.log");
        Path lab = report(kernel, "lab.html", "lab-kaslr/dmesg.txt", "lab-kaslr/systemtap.log");
        try (Browser browser = Browser.start()) {
            browser.view(960, 940, 1, "light");
            browser.open(article);
            browser.picture(to.resolve("report-light.png"));

            String finding = "document.getElementById('cause-conntrack-invalid-certain')";
            browser.view(900, 920, 1, "dark");
            browser.open(lab);
            browser.evaluate("document.querySelectorAll('details').forEach(d => d.open = false)");
            browser.evaluate(finding + ".querySelector('details').open = true");
            browser.evaluate(finding + ".scrollIntoView()");
            browser.picture(to.resolve("report-dark.png"));

            browser.view(360, 780, 1.5, "light");
            browser.evaluate(finding + ".querySelector('.exchange').scrollIntoView()");
            browser.picture(to.resolve("report-phone.png"));
        }
    }

    private Path report(Kernels.Kernel kernel, String name, String kernelLog, String capture) throws IOException {
        return Cli.htmlReport(
                folder.resolve(name),
                "-d",
                kernel.folder().toString(),
                "--kernel-log",
                relative(kernelLog),
                relative(capture));
    }

    /** As it would be typed: the names of files stand in the pictures. */
    private static String relative(String capture) throws IOException {
        return Path.of("")
                .toAbsolutePath()
                .relativize(Captures.folder().toAbsolutePath().resolve(capture).normalize())
                .toString();
    }
}
