package dev.backline.spark;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import org.jspecify.annotations.Nullable;

/**
 * Reports what each executor has done, and the memory of its open kernels, to Spark's metrics: {@code
 * spark.plugins=dev.backline.spark.BacklinePlugin}. The functions work without it.
 */
public final class BacklinePlugin implements SparkPlugin {
    /** Spark makes the instance. */
    public BacklinePlugin() {}

    @Override
    public @Nullable DriverPlugin driverPlugin() {
        return null;
    }

    @Override
    public ExecutorPlugin executorPlugin() {
        return new ExecutorPlugin() {
            @Override
            public void init(PluginContext context, Map<String, String> settings) {
                register(context.metricRegistry());
            }
        };
    }

    private static void register(MetricRegistry metrics) {
        count(metrics, "logs", Counters.LOGS);
        count(metrics, "logs.unreadable", Counters.UNREADABLE);
        count(metrics, "reports", Counters.REPORTS);
        count(metrics, "events", Counters.EVENTS);
        count(metrics, "frames", Counters.FRAMES);
        count(metrics, "frames.unresolved", Counters.UNRESOLVED);
        metrics.register(
                "kernels.open", (Gauge<Integer>) () -> Kernels.get().pool().size());
        metrics.register(
                "kernels.bytes", (Gauge<Long>) () -> Kernels.get().pool().retainedBytes());
    }

    private static void count(MetricRegistry metrics, String name, LongAdder counter) {
        metrics.register(name, (Gauge<Long>) counter::sum);
    }
}
