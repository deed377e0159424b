package dev.backline.symbolize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backline.debugfiles.DebugFiles;
import dev.backline.debugfiles.DebugSource;
import dev.backline.debugfiles.KernelIdentity;
import dev.backline.debugfiles.SmallKernels;
import dev.backline.fixtures.ElfFixtures;
import dev.backline.fixtures.Kernels;
import dev.backline.symbolize.Resolution.Resolved;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelPoolTest {
    private static final KernelIdentity FIRST = KernelIdentity.ofRelease("6.1.0-9-amd64");
    private static final KernelIdentity SECOND = KernelIdentity.ofRelease("6.1.0-10-amd64");

    @TempDir
    Path folder;

    private final AtomicInteger searches = new AtomicInteger();

    /** A source with a small vmlinux per release, which counts its searches. */
    private DebugFiles smallKernels() {
        return DebugFiles.builder()
                .root(folder)
                .source(DebugSource.of("small kernels", wanted -> {
                    searches.incrementAndGet();
                    String release = wanted.safeRelease();
                    if (release == null || !wanted.isKernel() || release.startsWith("5.")) {
                        return List.of();
                    }
                    return List.of(SmallKernels.write(
                            folder.resolve("vmlinux-" + release), SmallKernels.vmlinux(release, null, true)));
                }))
                .build();
    }

    private static void read(KernelPool pool, String release) throws IOException {
        try (LogSymbolizer log = new LogSymbolizer(pool, LogOptions.DEFAULT)) {
            log.next("CPU: 0 PID: 1 Comm: init Not tainted " + release + " #1 Debian");
            log.next("RIP: 0010:first+0x4/0xf00");
        }
    }

    @Test
    void sharesOneKernel() throws IOException {
        try (KernelPool pool = new KernelPool(smallKernels());
                KernelPool.Lease one = pool.lease(FIRST);
                KernelPool.Lease other = pool.lease(FIRST);
                KernelPool.Lease second = pool.lease(SECOND)) {
            assertThat(one.kernel()).isSameAs(other.kernel()).isNotSameAs(second.kernel());
            assertThat(pool.size()).isEqualTo(2);
        }
    }

    @Test
    void searchesForAKernelOnceForAllItsLogs() throws IOException {
        try (KernelPool pool = new KernelPool(smallKernels())) {
            for (int i = 0; i < 5; i++) {
                read(pool, "6.1.0-9-amd64");
            }
            assertThat(searches).hasValue(1);
        }
    }

    @Test
    void remembersThatAKernelHasNoDebugFiles() throws IOException {
        try (KernelPool pool = new KernelPool(smallKernels())) {
            for (int i = 0; i < 5; i++) {
                read(pool, "5.10.0-9-amd64");
            }
            assertThat(searches).hasValue(1);
        }
    }

    @Test
    void closesTheLeastRecentlyUsedKernel() throws IOException {
        try (KernelPool pool = new KernelPool(smallKernels(), 3 * 64 << 10)) {
            for (int i = 0; i < 20; i++) {
                read(pool, "6.1.0-" + i + "-amd64");
                assertThat(pool.size()).isLessThanOrEqualTo(3);
            }
            int before = searches.get();
            read(pool, "6.1.0-19-amd64");
            assertThat(searches).hasValue(before);
            read(pool, "6.1.0-0-amd64");
            assertThat(searches).hasValue(before + 1);
        }
    }

    @Test
    void keepsABoundedNumberOfKernelsOpenWhateverMemoryThereIs() throws IOException {
        try (KernelPool pool = new KernelPool(smallKernels(), Long.MAX_VALUE)) {
            for (int i = 0; i < 600; i++) {
                read(pool, "6.2." + i);
            }
            assertThat(pool.size()).isEqualTo(512);
        }
    }

    @Test
    void keepsAKernelInUseOfAnySize() throws IOException {
        try (KernelPool pool = new KernelPool(smallKernels(), 0);
                KernelPool.Lease used = pool.lease(FIRST)) {
            read(pool, "6.1.0-10-amd64");
            assertThat(pool.size()).isEqualTo(1);
            try (KernelPool.Lease again = pool.lease(FIRST)) {
                assertThat(again.kernel()).isSameAs(used.kernel());
            }
        }
    }

    @Test
    void rejectsLeasesAfterItIsClosed() throws IOException {
        KernelPool pool = new KernelPool(smallKernels());
        KernelPool.Lease lease = pool.lease(FIRST);
        pool.close();
        assertThatThrownBy(() -> pool.lease(SECOND)).isInstanceOf(IllegalStateException.class);
        lease.close();
        lease.close();
    }

    /** Eight threads look up frames in several kernels (one per fixture) in turns. */
    @Test
    void givesManyThreadsTheAnswersOfASingleThread() throws Exception {
        Map<String, Path> kernels = new ConcurrentHashMap<>();
        for (Path elf : List.of(
                ElfFixtures.folder().resolve("gcc12-v5.elf"),
                ElfFixtures.folder().resolve("clang19-v5.elf"),
                ElfFixtures.folder().resolve("gcc12-O0.elf"))) {
            kernels.put("6.1." + kernels.size() + "-test", elf);
        }
        DebugFiles files = DebugFiles.builder()
                .takeOtherBuilds()
                .source(DebugSource.of("fixtures", wanted -> {
                    Path file = wanted.isKernel() ? kernels.get(String.valueOf(wanted.safeRelease())) : null;
                    return file == null ? List.of() : List.of(file);
                }))
                .build();
        List<String> releases = List.copyOf(kernels.keySet());
        List<String> alone = new ArrayList<>();
        for (String release : releases) {
            try (KernelPool pool = new KernelPool(files)) {
                alone.add(answers(pool, release));
            }
        }
        assertThat(alone).allSatisfy(each -> assertThat(each).contains("tcp.c:"));
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (KernelPool pool = new KernelPool(files, 1)) {
            List<Future<String>> together = new ArrayList<>();
            for (int i = 0; i < 240; i++) {
                String release = releases.get(i % releases.size());
                together.add(threads.submit(() -> answers(pool, release)));
            }
            for (int i = 0; i < together.size(); i++) {
                assertThat(together.get(i).get()).isEqualTo(alone.get(i % releases.size()));
            }
            assertThat(pool.size()).isZero();
        } finally {
            threads.shutdownNow();
        }
    }

    private static String answers(KernelPool pool, String release) throws IOException {
        StringBuilder text = new StringBuilder();
        try (LogSymbolizer log = new LogSymbolizer(pool, LogOptions.DEFAULT)) {
            log.next("CPU: 0 PID: 1 Comm: init Not tainted " + release + " #1");
            for (String line : List.of(" receive+0x10", " validate+0x4", " account+0x8", " main+0x4")) {
                for (LogFrame frame : log.next(line)) {
                    text.append(line);
                    if (frame.resolution() instanceof Resolved found) {
                        found.frames()
                                .forEach(each -> text.append(' ')
                                        .append(each.path())
                                        .append(':')
                                        .append(each.line()));
                    }
                }
            }
        }
        return text.toString();
    }

    /** A hostile log names any number of modules. */
    @Test
    void countsAndBoundsTheSearchesForModules() throws IOException {
        try (KernelPool pool = new KernelPool(smallKernels());
                LogSymbolizer log = new LogSymbolizer(pool, LogOptions.DEFAULT)) {
            log.next("CPU: 0 PID: 1 Comm: init Not tainted 6.1.0-9-amd64 #1 Debian");
            log.next(" f+0x4/0x10 [m]");
            long before = pool.retainedBytes();
            for (int i = 0; i < 100; i++) {
                log.next(" f+0x4/0x10 [m" + i + "]");
            }
            assertThat(pool.retainedBytes()).isGreaterThan(before + 50_000);
            for (int i = 0; i < 50_000; i++) {
                log.next(" f+0x4/0x10 [n" + i + "]");
            }
            assertThat(pool.retainedBytes()).isLessThan(8 << 20);
        }
    }

    /** Each of Debian's kernels has 10 to 30 MB of symbols; eight threads share a heap of a few hundred MB. */
    @Test
    void staysWithinItsMemoryLimitWithRealKernels() throws Exception {
        List<Kernels.Kernel> real = new ArrayList<>();
        for (String name : Kernels.names()) {
            Kernels.find(name).ifPresent(real::add);
        }
        Assumptions.assumeTrue(real.size() > 1, "skipped: needs two kernels; run fixtures/kernels/fetch");
        Map<String, Path> files = new ConcurrentHashMap<>();
        for (Kernels.Kernel each : real) {
            files.put(each.release(), each.vmlinux());
        }
        DebugFiles debugFiles = DebugFiles.builder()
                .source(DebugSource.of("fetched", wanted -> {
                    Path file = wanted.isKernel() ? files.get(String.valueOf(wanted.safeRelease())) : null;
                    return file == null ? List.of() : List.of(file);
                }))
                .build();
        long most = 48L << 20;
        try (KernelPool pool = new KernelPool(debugFiles, most)) {
            for (int round = 0; round < 2; round++) {
                for (String release : files.keySet()) {
                    try (LogSymbolizer log = new LogSymbolizer(pool, LogOptions.DEFAULT)) {
                        log.next("CPU: 0 PID: 1 Comm: init Not tainted " + release + " #1");
                        assertThat(log.next(" tcp_v4_rcv+0x10").get(0).resolution())
                                .isInstanceOf(Resolved.class);
                    }
                    assertThat(pool.retainedBytes()).isLessThanOrEqualTo(most);
                }
            }
        }
    }
}
