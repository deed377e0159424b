package dev.backline.debugfiles;

import dev.backline.io.FailureReason;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Downloads one file from a web server, with limits of time and size. The HTTP client follows at most five redirects,
 * and none from https to http.
 */
final class Download {
    /** Bytes that must arrive within each timeout; the same as in elfutils' client. */
    private static final long MIN_BYTES = 100_000;

    private static final long MAX_HEADERS_SIZE = 1L << 40;
    private static final long PROGRESS_NANOS = Duration.ofMillis(200).toNanos();

    private final Debuginfod.Settings settings;
    private final Progress progress;

    Download(Debuginfod.Settings settings, Progress progress) {
        this.settings = settings;
        this.progress = progress;
    }

    /**
     * Writes the file to a stream.
     *
     * @param what describes the download to the progress listener
     * @return false if the server does not have the file (404)
     * @throws IOException if the download fails; the message is a short reason
     */
    boolean get(URI from, String what, OutputStream to) throws IOException, InterruptedException {
        Duration timeout = settings.timeout();
        HttpClient client = HttpClient.newBuilder()
                .followRedirects(Redirect.NORMAL)
                .connectTimeout(timeout)
                .build();
        HttpRequest request = HttpRequest.newBuilder(from)
                .timeout(timeout)
                .header("User-Agent", "backline")
                .build();
        HttpResponse<InputStream> response;
        progress.at(what, 0, 0);
        try {
            response = client.send(request, BodyHandlers.ofInputStream());
        } catch (HttpTimeoutException e) {
            throw new IOException(
                    "no answer within " + timeout.toSeconds() + " s; to wait longer, set DEBUGINFOD_TIMEOUT", e);
        } catch (ConnectException e) {
            boolean unknown = e.getCause() instanceof UnresolvedAddressException
                    || (e.getCause() != null && e.getCause().getCause() instanceof UnresolvedAddressException);
            throw new IOException(unknown ? "unknown host" : "cannot connect", e);
        } catch (IOException | IllegalArgumentException | SecurityException e) {
            throw new IOException("invalid answer: " + FailureReason.of(e), e);
        } finally {
            progress.at(what, -1, 0);
        }
        try (InputStream body = response.body()) {
            int status = response.statusCode();
            if (status == 404) {
                return false;
            }
            if (status != 200) {
                throw new IOException("HTTP status " + status);
            }
            long size = size(response);
            if (size > settings.maxSize()) {
                throw tooLarge();
            }
            copy(body, size, what, to);
            return true;
        }
    }

    private static long size(HttpResponse<InputStream> response) {
        for (String name : new String[] {"Content-Length", "X-DEBUGINFOD-SIZE"}) {
            String value = response.headers().firstValue(name).orElse("");
            if (value.matches("[0-9]{1,15}")) {
                return Math.min(MAX_HEADERS_SIZE, Long.parseLong(value));
            }
        }
        return 0;
    }

    private IOException tooLarge() {
        return new IOException(
                "the file is larger than " + settings.maxSize() + " bytes; to allow more, set DEBUGINFOD_MAXSIZE");
    }

    /** Copies the body. Another thread closes the body on a timeout, because a blocked read has no timeout of its own. */
    private void copy(InputStream body, long size, String what, OutputStream out) throws IOException {
        AtomicLong received = new AtomicLong();
        AtomicReference<@Nullable String> ended = new AtomicReference<@Nullable String>();
        ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "debuginfod watch");
            thread.setDaemon(true);
            return thread;
        });
        try {
            Future<?> unusedStall = watch.scheduleAtFixedRate(
                    new Stall(received, body, ended),
                    settings.timeout().toMillis(),
                    settings.timeout().toMillis(),
                    TimeUnit.MILLISECONDS);
            if (!settings.maxTime().isZero()) {
                Future<?> unusedEnd = watch.schedule(
                        () -> end(
                                body,
                                ended,
                                "the download took longer than "
                                        + settings.maxTime().toSeconds()
                                        + " s; to wait longer, set DEBUGINFOD_MAXTIME"),
                        settings.maxTime().toMillis(),
                        TimeUnit.MILLISECONDS);
            }
            byte[] buffer = new byte[1 << 16];
            long told = System.nanoTime();
            for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
                out.write(buffer, 0, n);
                if (received.addAndGet(n) > settings.maxSize()) {
                    throw tooLarge();
                }
                if (System.nanoTime() - told > PROGRESS_NANOS) {
                    told = System.nanoTime();
                    progress.at(what, received.get(), size);
                }
            }
        } catch (IOException e) {
            String why = ended.get();
            throw why == null ? broken(e, received.get()) : new IOException(why, e);
        } finally {
            watch.shutdownNow();
            progress.at(what, -1, size);
        }
        String why = ended.get();
        if (why != null) {
            throw new IOException(why);
        }
    }

    private IOException broken(IOException e, long received) {
        // The file that is written names itself.
        return e instanceof FileSystemException
                        || String.valueOf(e.getMessage()).startsWith("the file")
                ? e
                : new IOException("the connection was lost after " + received + " bytes: " + FailureReason.of(e), e);
    }

    private static void end(InputStream body, AtomicReference<@Nullable String> ended, String why) {
        ended.compareAndSet(null, why);
        try {
            body.close();
        } catch (IOException e) {
            // The download has failed already.
            return;
        }
    }

    /** Ends a download that has become too slow. */
    private final class Stall implements Runnable {
        private final AtomicLong received;
        private final InputStream body;
        private final AtomicReference<@Nullable String> ended;
        private long previous;

        Stall(AtomicLong received, InputStream body, AtomicReference<@Nullable String> ended) {
            this.received = received;
            this.body = body;
            this.ended = ended;
        }

        @Override
        public void run() {
            long now = received.get();
            if (now - previous < MIN_BYTES) {
                end(
                        body,
                        ended,
                        "the download stalled for " + settings.timeout().toSeconds() + " s after " + now
                                + " bytes; to wait longer, set DEBUGINFOD_TIMEOUT");
            }
            previous = now;
        }
    }
}
