package dev.backline.cli.html;

import dev.backline.cli.console.Output;
import dev.backline.cli.console.Printable;
import dev.backline.cli.console.Wording;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.Set;

/**
 * Writes an HTML document element by element. Text is written only by {@link #text} and {@link #attribute}, which escape HTML's
 * special characters, show control characters and those that change the direction of writing, and cut long texts. Elements and
 * attributes are those of two short lists, which run nothing and load nothing. So a document can contain untrusted text. Not
 * thread-safe.
 */
public final class Html {
    /** Longer texts are cut: a hostile log has lines of many megabytes. */
    static final int MAX_TEXT = 1000;

    /** No script, no form, no frame, no image, nothing that loads. */
    private static final Set<String> ELEMENTS = Set.of(
            "html",
            "head",
            "title",
            "body",
            "header",
            "footer",
            "nav",
            "main",
            "section",
            "article",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "p",
            "ol",
            "ul",
            "li",
            "dl",
            "dt",
            "dd",
            "div",
            "span",
            "strong",
            "a",
            "time",
            "code",
            "pre",
            "mark",
            "table",
            "caption",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "figure",
            "figcaption",
            "details",
            "summary",
            "svg",
            "g",
            "desc",
            "rect",
            "line",
            "path",
            "text");

    /** No event handler, no style, and no address but {@code href} within the document. */
    private static final Set<String> ATTRIBUTES = Set.of(
            "id",
            "class",
            "lang",
            "href",
            "scope",
            "role",
            "datetime",
            "open",
            "tabindex",
            "title",
            "aria-label",
            "aria-labelledby",
            "aria-describedby",
            "aria-hidden",
            "focusable",
            "x",
            "y",
            "x1",
            "x2",
            "y1",
            "y2",
            "width",
            "height",
            "d",
            "viewBox",
            "overflow",
            "preserveAspectRatio",
            "colspan");

    /** Elements after which a blank would be significant. */
    private static final Set<String> INLINE = Set.of("a", "span", "strong", "time", "code", "mark", "pre");

    private final Output out;
    private final Wording wording;
    private final Deque<String> open = new ArrayDeque<>();
    private boolean inTag;
    private long written;

    private Html(Output out, Wording wording) {
        this.out = out;
        this.wording = wording;
    }

    /**
     * Begins a document: its head, up to the body.
     *
     * @param style the name of a style sheet among the resources, the only one that the document's security policy allows
     * @param wording the language of the document
     */
    public static Html begin(Output out, String title, String style, Wording wording) throws IOException {
        String sheet = resource(style);
        Html html = new Html(out, wording);
        html.raw("<!DOCTYPE html>\n");
        html.open("html").attribute("lang", wording.language()).open("head");
        html.newLine()
                .raw(
                        "<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';"
                                + " style-src 'sha256-" + sha256(sheet) + "'; base-uri 'none'; form-action 'none'\">\n"
                                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                                + "<meta name=\"color-scheme\" content=\"light dark\">\n"
                                + "<meta name=\"referrer\" content=\"no-referrer\">\n");
        html.open("title").text(title).close();
        html.raw("<style>" + sheet + "</style>\n");
        return html.close().open("body");
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Html.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + name + " is missing");
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            if (text.contains("<")) {
                throw new IllegalStateException("the resource " + name + " could end its element");
            }
            return text;
        }
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** {@return the language of the document} */
    public Wording wording() {
        return wording;
    }

    /** Begins an element. */
    public Html open(String element) throws IOException {
        if (!ELEMENTS.contains(element)) {
            throw new IllegalArgumentException("no element for a report: " + element);
        }
        endTag();
        raw("<" + element);
        open.push(element);
        inTag = true;
        return this;
    }

    /** Begins an element of a class of the style sheet. */
    public Html open(String element, String styleClass) throws IOException {
        return open(element).attribute("class", styleClass);
    }

    /** Adds an attribute to the element that was just begun. */
    public Html attribute(String name, String value) throws IOException {
        if (!ATTRIBUTES.contains(name) || !inTag) {
            throw new IllegalArgumentException("no attribute for a report, or not in a tag: " + name);
        }
        if (name.equals("href") && !value.startsWith("#")) {
            throw new IllegalArgumentException("a report links to nothing outside of it: " + value);
        }
        raw(" " + name + "=\"" + escaped(value) + "\"");
        return this;
    }

    /** Writes text into the open element. */
    public Html text(String text) throws IOException {
        endTag();
        raw(escaped(text));
        return this;
    }

    /** Writes an element with text in it. */
    public Html element(String element, String text) throws IOException {
        return open(element).text(text).close();
    }

    /** Writes an element of a class of the style sheet, with text in it. */
    public Html element(String element, String styleClass, String text) throws IOException {
        return open(element, styleClass).text(text).close();
    }

    /** Ends the element that was begun last. */
    public Html close() throws IOException {
        endTag();
        String element = open.pop();
        raw("</" + element + ">");
        // Line breaks go where blanks are not significant.
        if (!INLINE.contains(element)) {
            raw("\n");
        }
        return this;
    }

    /** Begins a new line: of a listing, or where a line of the document would get long. */
    public Html newLine() throws IOException {
        endTag();
        raw("\n");
        return this;
    }

    /** Ends all elements. */
    public void end() throws IOException {
        while (!open.isEmpty()) {
            close();
        }
    }

    /** The number of UTF-16 units written, which is close to the number of bytes. */
    public long written() {
        return written;
    }

    /** With two digits after the point, as SVG requires in every locale. */
    public static String decimal(double value) {
        double hundredths = Math.round(value * 100) / 100.0;
        return hundredths == Math.rint(hundredths) ? Long.toString((long) hundredths) : Double.toString(hundredths);
    }

    private void endTag() throws IOException {
        if (inTag) {
            inTag = false;
            raw(">");
        }
    }

    private void raw(String markup) throws IOException {
        written += markup.length();
        out.print(markup);
    }

    private static String escaped(String text) {
        String shown = Printable.of(text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text);
        StringBuilder escaped = new StringBuilder(shown.length() + 16);
        for (int i = 0; i < shown.length(); i++) {
            char c = shown.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.append(c);
            }
        }
        if (text.length() > MAX_TEXT) {
            escaped.append("… (").append(text.length() - MAX_TEXT).append(" more characters)");
        }
        return escaped.toString();
    }
}
