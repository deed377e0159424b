package dev.backline.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LazyTest {
    private final AtomicInteger computed = new AtomicInteger();

    private <T> Lazy<T, Exception> lazy(Callable<T> source) {
        return new Lazy<>() {
            @Override
            protected T compute() throws Exception {
                computed.incrementAndGet();
                return source.call();
            }
        };
    }

    @Test
    void computesItsValueOnFirstUseAndOnlyOnce() throws Exception {
        Lazy<Object, Exception> lazy = lazy(Object::new);
        assertThat(computed).hasValue(0);
        assertThat(lazy.get()).isSameAs(lazy.get());
        assertThat(computed).hasValue(1);
    }

    @Test
    void throwsTheSameFailureAgainWithoutASecondAttempt() {
        IOException failure = new IOException("damaged");
        Lazy<Object, Exception> lazy = lazy(() -> {
            throw failure;
        });
        assertThatThrownBy(lazy::get).isSameAs(failure);
        assertThatThrownBy(lazy::get).isSameAs(failure);
        assertThat(computed).hasValue(1);
    }

    @Test
    void computesAgainAfterAnUncheckedFailure() throws Exception {
        List<String> values = new ArrayList<>();
        Lazy<String, Exception> lazy = lazy(() -> values.get(0));
        assertThatThrownBy(lazy::get).isInstanceOf(IndexOutOfBoundsException.class);
        values.add("value");
        assertThat(lazy.get()).isEqualTo("value");
    }

    @Test
    void refusesAValueThatNeedsItself() {
        List<Lazy<Object, Exception>> itself = new ArrayList<>();
        itself.add(lazy(() -> itself.get(0).get()));
        assertThatThrownBy(() -> itself.get(0).get())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the computation of a value needs the value");
    }

    @Test
    void returnsTheValueIfPresentWithoutComputingIt() throws Exception {
        Lazy<String, Exception> lazy = lazy(() -> "value");
        assertThat(lazy.ifComputed()).isNull();
        assertThat(computed).hasValue(0);
        lazy.get();
        assertThat(lazy.ifComputed()).isEqualTo("value");
    }

    @Test
    void givesAllThreadsTheValueOfOneComputation() throws Exception {
        int threads = 8;
        CountDownLatch asked = new CountDownLatch(threads);
        Lazy<Object, Exception> lazy = lazy(() -> {
            asked.await();
            return new Object();
        });
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Object>> values = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                values.add(pool.submit(() -> {
                    asked.countDown();
                    return lazy.get();
                }));
            }
            for (Future<Object> value : values) {
                assertThat(value.get()).isSameAs(lazy.get());
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(computed).hasValue(1);
    }
}
