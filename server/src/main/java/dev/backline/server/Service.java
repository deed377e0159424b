package dev.backline.server;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import dev.backline.cli.console.Console;
import dev.backline.cli.console.Printable;
import dev.backline.cli.console.TracedKernel;
import dev.backline.debugfiles.DebianPackages;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.debugfiles.Debuginfod;
import dev.backline.debugfiles.KernelInventory;
import dev.backline.io.FailureReason;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/** A running service. Thread-safe. */
final class Service {
    private static final int THREADS = 16;
    private static final int CONNECTIONS = 2000;
    private static final long IDLE_MILLIS = 30_000;

    /** How long a stopping service waits for a request on a connection that it has, or for a client to read. */
    private static final long LAST_IDLE_MILLIS = 2_000;

    /** Between two looks at the directories of debug files. */
    private static final long LOOK_SECONDS = 60;

    private final ServeOptions options;
    private final PrintStream err;
    private final Kernels kernels;
    private final Metrics metrics = new Metrics();
    private final AtomicLong bodies = new AtomicLong();
    private final long mostOfBodies = Runtime.getRuntime().maxMemory() / 4;
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1, Service::daemon);
    private final ThreadPoolExecutor workers;
    private final Server server;
    private final ServerConnector connector;
    private volatile @Nullable Future<?> looks;
    private volatile boolean stopping;

    private Service(ServeOptions options, Console console) throws IOException {
        this.options = options;
        err = console.err();
        Map<String, String> environment = new HashMap<>(console.environment());
        if (!options.debuginfod().isEmpty()) {
            environment.put("DEBUGINFOD_URLS", String.join(" ", options.debuginfod()));
        }
        Debuginfod.Settings servers = Debuginfod.Settings.fromEnvironment(environment);
        kernels = new Kernels(
                () -> files(options, console, servers),
                () -> KernelInventory.of(
                                Path.of("/"),
                                options.kernel().debugDirectories(),
                                DebianPackages.defaultCache(environment),
                                servers.cache())
                        .stream()
                        .filter(KernelInventory.Entry::debugInfo)
                        .toList());
        workers = new ThreadPoolExecutor(
                options.jobs(),
                options.jobs(),
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(options.queue()),
                Service::daemon);
        QueuedThreadPool threads = new QueuedThreadPool(THREADS, 4);
        threads.setName("backline-http");
        threads.setDaemon(true);
        server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendDateHeader(true);
        connector = new GracefulConnector(server, http);
        connector.setIdleTimeout(IDLE_MILLIS);
        connector.setShutdownIdleTimeout(LAST_IDLE_MILLIS);
        String host = options.host();
        if (host == null) {
            connector.setInheritChannel(true);
        } else {
            connector.setHost(host);
        }
        connector.setPort(options.port());
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(CONNECTIONS, connector));
        server.setErrorHandler(new Errors());
        // A stop waits until all connections are closed. Jetty's handler for a stop would refuse requests on them.
        server.setHandler(new Routes(this, Page.load()));
        server.setStopTimeout(TimeUnit.SECONDS.toMillis(options.timeout()));
        metrics.gauge("backline.running", "Logs that are being answered", workers::getActiveCount);
        metrics.gauge(
                "backline.waiting", "Logs that wait", () -> workers.getQueue().size());
        metrics.gauge("backline.bodies.bytes", "Memory of bodies", bodies::get);
        metrics.gauge("backline.kernels.open", "Open kernels", kernels::open);
        metrics.gauge("backline.kernels.bytes", "Memory of open kernels", kernels::openBytes);
    }

    private static DebugFiles files(ServeOptions options, Console console, Debuginfod.Settings servers) {
        return TracedKernel.builder(options.kernel(), console, servers)
                .hidePlaces()
                .build();
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "backline-serve");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * {@return a service that does not listen yet}
     *
     * @param console its environment, and where it complains
     * @throws IOException when a directory cannot be used
     */
    static Service of(ServeOptions options, Console console) throws IOException {
        TracedKernel.checkedFiles(options.kernel(), console).close();
        return new Service(options, console);
    }

    /**
     * Listens, and warms up.
     *
     * @throws IOException when it cannot listen, or the debug files cannot be listed
     */
    void start() throws IOException {
        kernels.look();
        looks = timer.scheduleWithFixedDelay(this::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
        try {
            synchronized (this) {
                if (stopping) {
                    return;
                }
                server.start();
            }
            warmUp();
        } catch (IOException e) {
            stop();
            throw new IOException(
                    "cannot listen on " + options.host() + ":" + options.port() + ": "
                            + (e.getCause() == null
                                    ? e.getMessage()
                                    : e.getCause().getMessage()),
                    e);
        } catch (Exception e) {
            stop();
            throw new IOException("the service did not start: " + FailureReason.of(e), e);
        }
    }

    private void warmUp() {
        try {
            WarmUp.run(server, kernels.list());
        } catch (Exception e) {
            if (!stopping) {
                complain("the first answers will be slow", e);
            }
        }
        metrics.begin();
    }

    private void look() {
        try {
            kernels.look();
        } catch (IOException | RuntimeException e) {
            complain("cannot list the debug files", e);
        }
    }

    /** {@return where it listens} */
    InetSocketAddress address() {
        return new InetSocketAddress(options.host() == null ? "localhost" : options.host(), connector.getLocalPort());
    }

    /** Takes no more connections, answers the requests of those it has, and ends. */
    synchronized void stop() {
        if (stopping) {
            return;
        }
        stopping = true;
        try {
            server.stop();
        } catch (Exception e) {
            complain("some requests got no answer", e);
        }
        workers.shutdown();
        Future<?> last = looks;
        if (last != null) {
            last.cancel(false);
        }
        timer.shutdownNow();
        kernels.close();
    }

    /** Waits until the service has ended. */
    void join() throws InterruptedException {
        server.join();
    }

    ServeOptions options() {
        return options;
    }

    Kernels kernels() {
        return kernels;
    }

    Metrics metrics() {
        return metrics;
    }

    ScheduledExecutorService timer() {
        return timer;
    }

    ThreadPoolExecutor workers() {
        return workers;
    }

    boolean isStopping() {
        return stopping;
    }

    Body newBody() {
        return new Body(options.maxBody(), bodies, mostOfBodies);
    }

    /** Says in the service's own log what its clients must not see. */
    void complain(String what, Throwable failure) {
        metrics.failed();
        synchronized (err) {
            err.println("backline: " + what + ":");
            failure.printStackTrace(err);
        }
    }

    /** {@return the parameters of a request, each with its last value} */
    static Map<String, String> parameters(Request request) throws Refusal {
        Map<String, String> parameters = new LinkedHashMap<>();
        try {
            for (Fields.Field each : Request.extractQueryParameters(request)) {
                parameters.put(each.getName(), String.valueOf(each.getValue()));
            }
        } catch (RuntimeException e) {
            throw new Refusal(400, "The query of the address is malformed.");
        }
        return parameters;
    }

    /** {@return the kernels that are there, as JSON} */
    byte[] kernelsJson() {
        List<Map<String, Object>> list =
                kernels.list().stream().map(Service::json).toList();
        return (new Gson().newBuilder().serializeNulls().create().toJson(Map.of("kernels", list)) + "\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, Object> json(KernelInventory.Entry entry) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("release", entry.release());
        json.put("buildId", entry.buildId() == null ? null : entry.buildId().toString());
        json.put("modules", Math.max(entry.modules(), entry.debugModules()));
        return json;
    }

    /** Answers with a status and a sentence, in JSON for a client that wants JSON. */
    void refuse(Request request, Response response, Callback callback, Refusal refusal) {
        String accepted = String.valueOf(request.getHeaders().get(HttpHeader.ACCEPT));
        String sentence = Printable.of(refusal.sentence());
        HttpFields.Mutable headers = response.getHeaders();
        if (refusal.isPassing()) {
            headers.put(HttpHeader.RETRY_AFTER, 1);
        }
        if (refusal.status() == 408 || refusal.status() == 413) {
            // The rest of the body is not read.
            headers.put(HttpHeader.CONNECTION, "close");
        }
        String type = "text/plain; charset=utf-8";
        String text = sentence + "\n";
        if (accepted.contains("json")) {
            JsonObject json = new JsonObject();
            json.addProperty("error", sentence);
            type = "application/json";
            text = json + "\n";
        }
        send(response, callback, refusal.status(), type, text.getBytes(StandardCharsets.UTF_8));
    }

    static void send(Response response, Callback callback, int status, String type, byte[] body) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        response.write(true, ByteBuffer.wrap(body), callback);
    }
}
