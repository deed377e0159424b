package dev.backline.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** The page: one document with its style and its script, whose policy allows these two and nothing else. Immutable. */
final class Page {
    private static final String FOLDER = "/dev/backline/server/";

    private final byte[] html;
    private final String policy;

    private Page(byte[] html, String policy) {
        this.html = html;
        this.policy = policy;
    }

    /** {@return the page, from the class path} */
    static Page load() throws IOException {
        // The style of the reports, which the page shows within itself.
        String style = resource("/dev/backline/cli/html/report.css") + resource(FOLDER + "page.css");
        String script = resource(FOLDER + "page.js");
        String html = resource(FOLDER + "page.html").replace("{style}", style).replace("{script}", script);
        String policy = "default-src 'none'; style-src '" + hash(style) + "'; script-src '" + hash(script)
                + "'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        return new Page(html.getBytes(StandardCharsets.UTF_8), policy);
    }

    static String resource(String name) throws IOException {
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException(name + " is missing from the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    byte[] html() {
        return html.clone();
    }

    /** {@return the value of the header Content-Security-Policy} */
    String policy() {
        return policy;
    }
}
