package dev.backline.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

class ParallelTest {
    @Test
    void callsTheBodyOnceForEachIndex() {
        AtomicIntegerArray calls = new AtomicIntegerArray(1000);
        Parallel.forEach(1000, 4, i -> {
            calls.incrementAndGet(i);
        });
        for (int i = 0; i < 1000; i++) {
            assertThat(calls.get(i)).as("calls for %d", i).isEqualTo(1);
        }
    }

    @Test
    void runsOnSeveralThreadsAtOnce() {
        CountDownLatch all = new CountDownLatch(3);
        Parallel.forEach(3, 3, i -> {
            all.countDown();
            await(all);
        });
        assertThat(all.getCount()).isZero();
    }

    @Test
    void runsOnlyOnTheCallingThreadIfOneThreadIsAllowed() {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        Parallel.forEach(100, 1, i -> threads.add(Thread.currentThread()));
        assertThat(threads).containsExactly(Thread.currentThread());
    }

    @Test
    void makesOneBodyForEachThreadAndNoneForAnEmptyLoop() {
        AtomicInteger bodies = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(3);
        Parallel.forEach(3, 8, () -> {
            bodies.incrementAndGet();
            IntConsumer body = i -> {
                all.countDown();
                await(all);
            };
            return body;
        });
        Parallel.forEach(0, 8, () -> {
            bodies.incrementAndGet();
            return i -> {};
        });
        assertThat(bodies).hasValue(3);
    }

    @Test
    void throwsWhatABodyThrewAndBeginsNoFurtherIndex() {
        AtomicInteger begun = new AtomicInteger();
        IllegalStateException failure = new IllegalStateException("broken");
        assertThatThrownBy(() -> Parallel.forEach(1000, 1, i -> {
                    begun.incrementAndGet();
                    if (i == 2) {
                        throw failure;
                    }
                }))
                .isSameAs(failure);
        assertThat(begun).hasValue(3);
    }

    @Test
    void throwsWhatABodyOfAnotherThreadThrew() {
        Thread caller = Thread.currentThread();
        CountDownLatch both = new CountDownLatch(2);
        assertThatThrownBy(() -> Parallel.forEach(2, 2, i -> {
                    both.countDown();
                    await(both);
                    if (Thread.currentThread() != caller) {
                        throw new AssertionError("broken");
                    }
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessage("broken");
    }

    @Test
    void waitsForAllThreadsWhenInterruptedAndStaysInterrupted() {
        AtomicInteger done = new AtomicInteger();
        Thread.currentThread().interrupt();
        Parallel.forEach(64, 4, i -> {
            done.incrementAndGet();
        });
        assertThat(Thread.interrupted()).isTrue();
        assertThat(done).hasValue(64);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
