package dev.backline.cli;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** A headless Chromium with one page, driven over the DevTools protocol. One thread at a time. */
public final class Browser implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final Path profile;
    private final WebSocket socket;
    private final String session;
    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonObject>> answers = new ConcurrentHashMap<>();
    private final List<JsonObject> events = new CopyOnWriteArrayList<>();

    private Browser(Process process, Path profile, String address) {
        this.process = process;
        this.profile = profile;
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create(address), new Answers())
                .join();
        String target = send(null, "Target.createTarget", Map.of("url", "about:blank"))
                .get("targetId")
                .getAsString();
        session = send(null, "Target.attachToTarget", Map.of("targetId", target, "flatten", true))
                .get("sessionId")
                .getAsString();
        for (String domain : List.of("Page", "Runtime", "Log", "Network", "Accessibility", "DOM", "Audits")) {
            send(domain + ".enable", Map.of());
        }
    }

    /** Starts a browser, or skips the test if none is installed. */
    public static Browser start() throws IOException, InterruptedException {
        Path program = Stream.of("/usr/bin/chromium", "/usr/bin/google-chrome", "/usr/bin/chromium-browser")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        Assumptions.assumeTrue(program != null, "no Chromium: apt-get install chromium");
        Path profile = Files.createTempDirectory("backline-browser");
        ProcessBuilder builder = new ProcessBuilder(
                String.valueOf(program),
                "--headless=new",
                "--no-sandbox",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-extensions",
                "--hide-scrollbars",
                "about:blank");
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(profile.resolve("browser.log").toFile())
                .start();
        Path port = profile.resolve("DevToolsActivePort");
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end && process.isAlive()) {
            List<String> lines = Files.exists(port) ? Files.readAllLines(port) : List.of();
            if (lines.size() == 2) {
                return new Browser(process, profile, "ws://127.0.0.1:" + lines.get(0) + lines.get(1));
            }
            Thread.sleep(50);
        }
        process.destroyForcibly();
        throw new IOException("the browser did not start: " + Files.readString(profile.resolve("browser.log")));
    }

    private final class Answers implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                JsonObject message = JsonParser.parseString(text.toString()).getAsJsonObject();
                text.setLength(0);
                JsonElement id = message.get("id");
                CompletableFuture<JsonObject> answer = id == null ? null : answers.remove(id.getAsInt());
                if (answer != null) {
                    answer.complete(message);
                } else {
                    events.add(message);
                }
            }
            from.request(1);
            return null;
        }
    }

    /** Sends a command to the page and waits for the answer. */
    public JsonObject send(String method, Map<String, ?> parameters) {
        return send(session, method, parameters);
    }

    private JsonObject send(@Nullable String to, String method, Map<String, ?> parameters) {
        int id = ids.incrementAndGet();
        JsonObject message = new JsonObject();
        message.addProperty("id", id);
        message.addProperty("method", method);
        message.add("params", new Gson().toJsonTree(parameters));
        if (to != null) {
            message.addProperty("sessionId", to);
        }
        CompletableFuture<JsonObject> answer = new CompletableFuture<>();
        answers.put(id, answer);
        socket.sendText(message.toString(), true).join();
        try {
            JsonObject said = answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (said.has("error")) {
                throw new IllegalStateException(method + ": " + said.get("error"));
            }
            return said.getAsJsonObject("result");
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException(method + ": no answer", e);
        }
    }

    /** Opens a file and waits until the page is loaded. Events of earlier pages are dropped. */
    public void open(Path file) throws InterruptedException {
        events.clear();
        send("Page.navigate", Map.of("url", file.toUri().toString()));
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (events("Page.loadEventFired").isEmpty()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException(file + " did not load");
            }
            Thread.sleep(20);
        }
    }

    /** The parameters of all events with this name since the page was opened. */
    public List<JsonObject> events(String method) {
        return events.stream()
                .filter(event -> method.equals(event.get("method").getAsString()))
                .map(event -> event.getAsJsonObject("params"))
                .toList();
    }

    /** Evaluates an expression in the page. */
    public JsonElement evaluate(String expression) {
        JsonObject result =
                send("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
        if (result.has("exceptionDetails")) {
            throw new IllegalStateException(expression + ": " + result.get("exceptionDetails"));
        }
        JsonElement value = result.getAsJsonObject("result").get("value");
        return value == null ? new JsonObject() : value;
    }

    /** The elements whose text has a contrast below 4.5 to 1 (WCAG 2.2, 1.4.3). */
    public List<String> faintText() {
        List<String> faint = new ArrayList<>();
        evaluate("""
                (() => {
                  const rgb = c => c.match(/[\\d.]+/g).map(Number);
                  const lum = c => { const [r, g, b] = rgb(c).map(v => (v /= 255) <= 0.04045 ? v / 12.92
                      : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
                  const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
                      if (rgb(c)[3] !== 0) return c; } return 'rgb(255,255,255)'; };
                  const ratio = (a, b) => { const [x, y] = [lum(a), lum(b)].sort((p, q) => q - p);
                      return (x + 0.05) / (y + 0.05); };
                  const bad = new Set();
                  for (const e of document.querySelectorAll('body *')) {
                    const own = [...e.childNodes].some(n => n.nodeType == 3 && n.data.trim());
                    if (!own || e.tagName == 'title') continue;
                    const s = getComputedStyle(e);
                    const svg = e.tagName == 'text';
                    const fore = svg ? s.fill : s.color;
                    const back = svg ? getComputedStyle(e.parentElement.querySelector('rect')).fill : behind(e);
                    if (ratio(fore, back) < 4.5) bad.add(e.tagName + '.' + e.className + ' ' + fore + ' on ' + back);
                  }
                  return [...bad];
                })()""").getAsJsonArray().forEach(each -> faint.add(each.getAsString()));
        return faint;
    }

    /** Sets the size of the window in CSS pixels and the preferred colour scheme. */
    public void view(int width, int height, double pixels, String scheme) {
        send(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", pixels, "mobile", false));
        send(
                "Emulation.setEmulatedMedia",
                Map.of("media", "", "features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** Presses the Tab key. */
    public void tab() {
        for (String type : List.of("rawKeyDown", "keyUp")) {
            send(
                    "Input.dispatchKeyEvent",
                    Map.of("type", type, "key", "Tab", "code", "Tab", "windowsVirtualKeyCode", 9));
        }
    }

    /** The accessibility tree: an entry for each element that is not ignored. */
    public List<JsonObject> accessibilityTree() {
        List<JsonObject> nodes = new ArrayList<>();
        JsonArray all = send("Accessibility.getFullAXTree", Map.of()).getAsJsonArray("nodes");
        for (JsonElement node : all) {
            if (!node.getAsJsonObject().get("ignored").getAsBoolean()) {
                nodes.add(node.getAsJsonObject());
            }
        }
        return nodes;
    }

    @Override
    public void close() throws IOException {
        socket.abort();
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                process.waitFor(10, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> files = Files.walk(profile)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | java.io.UncheckedIOException e) {
            // A process of the browser may still be writing. The directory is temporary.
            profile.toFile().deleteOnExit();
        }
    }
}
