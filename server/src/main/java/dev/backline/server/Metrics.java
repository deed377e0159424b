package dev.backline.server;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.function.Supplier;

/** What the service counts, for Prometheus. Thread-safe. */
final class Metrics {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private volatile boolean begun;

    Metrics() {
        new JvmMemoryMetrics().bindTo(registry);
    }

    /** Adds a value that is read when somebody asks. */
    void gauge(String name, String description, Supplier<Number> value) {
        Gauge.builder(name, value).description(description).register(registry);
    }

    /** Counts requests from now on: those before are the service's own. */
    void begin() {
        begun = true;
    }

    /** Whether a request that comes now is to be counted. */
    boolean hasBegun() {
        return begun;
    }

    /**
     * Counts an answer.
     *
     * @param question the command
     * @param status the HTTP status
     * @param duration from the request's first byte to its last
     * @param bytes the length of the body
     */
    void answered(String question, int status, Duration duration, long bytes) {
        Timer.builder("backline.requests")
                .description("Answered requests")
                .tag("question", question)
                .tag("status", Integer.toString(status))
                .publishPercentileHistogram(false)
                .serviceLevelObjectives(
                        Duration.ofMillis(50),
                        Duration.ofMillis(200),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(30))
                .register(registry)
                .record(duration);
        DistributionSummary.builder("backline.request.bytes")
                .description("Length of bodies")
                .tag("question", question)
                .register(registry)
                .record((double) bytes);
    }

    /** Counts a failure that is the service's own. */
    void failed() {
        Counter.builder("backline.failures")
                .description("Answers that failed by a fault of the service")
                .register(registry)
                .increment();
    }

    /** {@return all values in the text format of Prometheus} */
    String text() {
        return registry.scrape();
    }
}
