package dev.backline.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.elf.ElfFile;
import dev.backline.elf.ElfHeader;
import dev.backline.elf.Section;
import dev.backline.fixtures.ElfFixtures;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged files end in an answer or a clear error: never in a hang, an OutOfMemoryError, a StackOverflowError or any
 * other RuntimeException. Runs with a heap of 256 MB. A file that fails is kept in {@code target/hostile}.
 */
@Tag("slow")
class MutationTest {
    private static final int MUTATIONS = 100_000;
    /** Writing an index of a file, and comparing the two, takes some times as long as reading a little of it. */
    private static final int INDEXED_MUTATIONS = 10_000;

    private static final int COMPANION_MUTATIONS = 150;
    private static final int INDEX_MUTATIONS = 30_000;
    private static final long HEAP = 256L << 20;

    /** Processor time for one file, so that a busy machine fails nobody. The usual time is a millisecond. */
    private static final long LIMIT_SECONDS = 10;

    /** Split debug information, and what dwz shares between files. */
    private static final Pattern COMPANION = Pattern.compile("(?<owner>.*?)(-[a-z]+\\.dwo|\\.elf\\.dwp|\\.alt)");

    @FunctionalInterface
    private interface Reader {
        void read(Case file) throws Exception;
    }

    /** A file, and how a failure names it. */
    private record Case(String name, byte[] content) {}

    /** The case that a worker is at, and the processor time at which it began. */
    private record Current(Case file, long start) {}

    @BeforeAll
    static void runsInASmallHeap() {
        assertThat(Runtime.getRuntime().maxMemory())
                .as("surefire's execution 'hostile' gives -Xmx256m")
                .isLessThanOrEqualTo(HEAP);
    }

    @Test
    void endsInAnAnswerOrAClearErrorWhereverAFixtureIsCutOff() throws Exception {
        for (Path path : ElfFixtures.elfFiles()) {
            byte[] content = Files.readAllBytes(path);
            List<Integer> lengths = new ArrayList<>(headerBytes(content));
            run(lengths.size(), i -> {
                int length = lengths.get(i);
                return new Case(path.getFileName() + "-cut-at-" + length, Arrays.copyOf(content, length));
            });
        }
    }

    @Test
    void endsInAnAnswerOrAClearErrorAfterRandomMutations() throws Exception {
        List<Path> paths = ElfFixtures.elfFiles();
        List<Mutator> mutators = new ArrayList<>();
        List<Integer> tickets = new ArrayList<>();
        for (int i = 0; i < paths.size(); i++) {
            byte[] content = Files.readAllBytes(paths.get(i));
            mutators.add(new Mutator(content));
            // Small fixtures come oftener: they cost less, and more of their bytes are headers.
            int weight = Math.max(1, (1 << 20) / Math.max(1, content.length));
            for (int ticket = 0; ticket < weight; ticket++) {
                tickets.add(i);
            }
        }
        IntFunction<Case> cases = seed -> {
            Random random = new Random(seed);
            int fixture = tickets.get(random.nextInt(tickets.size()));
            return new Case(
                    paths.get(fixture).getFileName() + "-mutation-" + seed,
                    mutators.get(fixture).mutate(random));
        };
        run(MUTATIONS, cases);
        run(INDEXED_MUTATIONS, cases, file -> Reading.index(file.content()));
    }

    @Test
    void endsInAnAnswerOrAClearErrorWhereAFileThatBelongsToItIsDamaged(@TempDir Path temporary) throws Exception {
        for (Path damaged : ElfFixtures.elfFiles()) {
            String name = damaged.getFileName().toString();
            Matcher belongs = COMPANION.matcher(name);
            if (!belongs.matches()) {
                continue;
            }
            String owner = belongs.group("owner") + ".elf";
            Mutator mutator = new Mutator(Files.readAllBytes(damaged));
            run(
                    COMPANION_MUTATIONS,
                    seed -> new Case(name + "-mutation-" + seed, mutator.mutate(new Random(seed))),
                    file -> {
                        Path folder = temporary.resolve(
                                Reading.NAME + "-" + Thread.currentThread().getId());
                        if (!Files.exists(folder.resolve(owner))) {
                            copy(belongs.group("owner"), folder);
                        }
                        Files.write(folder.resolve(name), file.content());
                        Reading.all(folder.resolve(owner));
                    });
        }
    }

    @Test
    void endsInAnAnswerOrAClearErrorWhereverAnIndexIsCutOff() throws Exception {
        for (Case index : indexes()) {
            run(
                    index.content().length,
                    length -> new Case(index.name() + "-cut-at-" + length, Arrays.copyOf(index.content(), length)),
                    file -> Reading.gsym(file.content()));
        }
    }

    @Test
    void endsInAnAnswerOrAClearErrorAfterRandomMutationsOfAnIndex() throws Exception {
        List<Case> indexes = indexes();
        List<Mutator> mutators = new ArrayList<>();
        for (Case index : indexes) {
            // Header and tables; the extension's trailer and some of its symbols
            mutators.add(new Mutator(index.content(), 256, 1024));
        }
        run(
                INDEX_MUTATIONS,
                seed -> {
                    Random random = new Random(seed);
                    int index = random.nextInt(indexes.size());
                    return new Case(
                            indexes.get(index).name() + "-mutation-" + seed,
                            mutators.get(index).mutate(random));
                },
                file -> Reading.gsym(file.content()));
    }

    /** Indexes that LLVM wrote, and those that backline writes of the same files and of a module. */
    static List<Case> indexes() throws IOException {
        List<Case> indexes = new ArrayList<>();
        for (Path path : Indexes.ofLlvm()) {
            indexes.add(new Case(String.valueOf(path.getFileName()), Files.readAllBytes(path)));
        }
        for (String name : List.of("gcc12-v5", "s390x-v5", "gcc12-ko-v5", "rust-v0")) {
            indexes.add(new Case(name + ".gsym", Indexes.ofBackline(name)));
            indexes.add(new Case(name + "-details.gsym", Indexes.detailed(name)));
        }
        return indexes;
    }

    /** Copies a fixture and all that belongs to it. */
    private static void copy(String fixture, Path folder) throws IOException {
        Files.createDirectories(folder);
        for (Path file : ElfFixtures.elfFiles()) {
            String name = file.getFileName().toString();
            if (name.equals(fixture + ".elf") || (COMPANION.matcher(name).matches() && name.startsWith(fixture))) {
                Files.copy(file, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /** Every length that ends in the file header, a program or section header, or around the ends of a section. */
    private static TreeSet<Integer> headerBytes(byte[] content) throws IOException {
        ElfFile elf = ElfFile.of("fixture", content);
        ElfHeader header = elf.header();
        boolean is64 = header.is64();
        TreeSet<Integer> lengths = new TreeSet<>();
        add(lengths, 0, is64 ? 64 : 52, content.length);
        long programs = header.programHeaderOffset();
        add(lengths, programs, programs + header.programHeaderCount() * header.programHeaderSize(), content.length);
        long sections = header.sectionHeaderOffset();
        add(lengths, sections, sections + (is64 ? 64L : 40L) * elf.sections().size(), content.length);
        for (Section section : elf.sections()) {
            add(lengths, section.offset() - 1, section.offset() + 24, content.length);
            add(lengths, section.offset() + section.size() - 2, section.offset() + section.size() + 2, content.length);
        }
        return lengths;
    }

    private static void add(TreeSet<Integer> lengths, long first, long last, int size) {
        for (long length = Math.max(0, first); length <= Math.min(last, size - 1L); length++) {
            lengths.add((int) length);
        }
    }

    private static void run(int count, IntFunction<Case> cases) throws InterruptedException {
        run(count, cases, file -> Reading.all(file.content()));
    }

    private static void run(int count, IntFunction<Case> cases, Reader reader) throws InterruptedException {
        AtomicInteger next = new AtomicInteger();
        AtomicReference<@Nullable String> failure = new AtomicReference<>();
        List<Worker> workers = new ArrayList<>();
        for (int i = 0; i < Math.min(2, Runtime.getRuntime().availableProcessors()); i++) {
            Worker worker = new Worker(next, count, cases, reader, failure);
            workers.add(worker);
            worker.start();
        }
        for (Worker worker : workers) {
            while (worker.isAlive() && failure.get() == null) {
                worker.join(1000);
                worker.checkTime();
            }
        }
        assertThat(failure.get()).isNull();
    }

    /** Takes case after case until there are no more, or one has failed. */
    private static final class Worker extends Thread {
        private final AtomicInteger next;
        private final int count;
        private final IntFunction<Case> cases;
        private final Reader reader;
        private final AtomicReference<@Nullable String> failure;
        private volatile @Nullable Current current;

        Worker(
                AtomicInteger next,
                int count,
                IntFunction<Case> cases,
                Reader reader,
                AtomicReference<@Nullable String> failure) {
            this.next = next;
            this.count = count;
            this.cases = cases;
            this.reader = reader;
            this.failure = failure;
            setDaemon(true);
        }

        @Override
        public void run() {
            for (int i = next.getAndIncrement(); i < count && failure.get() == null; i = next.getAndIncrement()) {
                Case file = cases.apply(i);
                current = new Current(file, processorTime());
                try {
                    reader.read(file);
                } catch (Throwable e) {
                    fail(file, e.toString(), e.getStackTrace());
                }
                current = null;
            }
        }

        void checkTime() {
            Current now = current;
            if (now != null && processorTime() - now.start() > LIMIT_SECONDS * 1_000_000_000L) {
                fail(now.file(), "not done after " + LIMIT_SECONDS + " s", getStackTrace());
            }
        }

        private long processorTime() {
            return ManagementFactory.getThreadMXBean().getThreadCpuTime(getId());
        }

        private void fail(Case file, String what, StackTraceElement[] stack) {
            StringBuilder text = new StringBuilder(file.name()).append(": ").append(what);
            for (int i = 0; i < Math.min(stack.length, 25); i++) {
                text.append("\n    at ").append(stack[i]);
            }
            if (failure.compareAndSet(null, text.toString())) {
                try {
                    Path folder = Files.createDirectories(Path.of("target", "hostile"));
                    Files.write(folder.resolve(file.name()), file.content());
                } catch (IOException e) {
                    failure.set(text + "\n(and the file could not be kept: " + e + ")");
                }
            }
        }
    }
}
