package dev.backline.debugfiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backline.debugfiles.IndexStoreWriter.Result;
import dev.backline.debugfiles.MissingFile.Reason;
import dev.backline.elf.BuildId;
import dev.backline.elf.ElfFile;
import dev.backline.fixtures.ElfFixtures;
import dev.backline.symbolize.KernelPool;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A store answers as the files whose indexes it has, or not at all. */
class IndexStoreTest {
    private static final long SEED = 20261130;
    private static final String RELEASE = SmallKernels.RELEASE;
    private static final String FIRST = "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16)";
    private static final String SECOND = "#1 SMP PREEMPT_DYNAMIC Debian 6.1.193-1 (2026-11-20)";
    private static final BuildId THIRD_ID = BuildId.parse("aa223344556677889900aabbccddeeff00112233");
    private static final BuildId MODULE_ID = BuildId.parse("0102030405060708090a0b0c0d0e0f1011121314");
    private static final BuildId OTHER_MODULE_ID = BuildId.parse("1102030405060708090a0b0c0d0e0f1011121314");

    @TempDir
    Path folder;

    static Stream<ElfFixtures.Fixture> fixtures() throws IOException {
        return ElfFixtures.all().stream();
    }

    private Path store() {
        return folder.resolve("store");
    }

    private Path write(String name, byte[] content) throws IOException {
        return SmallKernels.write(folder.resolve(name), content);
    }

    private static Result add(IndexStoreWriter writer, Path file) throws IOException {
        return writer.add(file, 1, problem -> {});
    }

    private Path addKernel(String version, BuildId id) throws IOException {
        Path file = write("k" + id + "/vmlinux", SmallKernels.vmlinux(RELEASE, version, id, true));
        assertThat(add(new IndexStoreWriter(store()), file)).isEqualTo(Result.ADDED);
        return store().resolve(id + ".gsym");
    }

    private static DebugFileLookup find(DebugSource source, KernelIdentity identity) throws IOException {
        return DebugFiles.builder()
                .root(Path.of("/nonexistent"))
                .source(source)
                .build()
                .kernel(identity);
    }

    private static BuildId found(DebugFileLookup lookup) throws IOException {
        assertThat(lookup).isInstanceOf(DebugFile.class);
        try (DebugData data = ((DebugFile) lookup).data()) {
            BuildId id = data.buildId();
            assertThat(id).isNotNull();
            return id;
        }
    }

    private static String missing(DebugFileLookup lookup, Reason reason) {
        assertThat(lookup).isInstanceOf(MissingFile.class);
        MissingFile missing = (MissingFile) lookup;
        assertThat(missing.reason()).isEqualTo(reason);
        assertThat(missing.message()).doesNotContain("\n");
        return missing.message();
    }

    private static KernelIdentity log(@Nullable String banner) {
        return new KernelIdentity(RELEASE, null, null, Map.of(), banner, Map.of());
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void givesTheAnswersOfEveryFixture(ElfFixtures.Fixture fixture) throws IOException {
        boolean module;
        try (ElfFile elf = ElfFile.open(fixture.elf())) {
            module = elf.header().isRelocatable();
        }
        byte[] content = Files.readAllBytes(fixture.elf());
        Path file = write(
                module ? "modules/" + RELEASE + "/some.ko" : "vmlinux-" + RELEASE,
                module ? SmallKernels.withBuildId(content, MODULE_ID) : content);
        List<IOException> problems = Collections.synchronizedList(new ArrayList<>());
        try {
            Assumptions.assumeTrue(
                    new IndexStoreWriter(store()).add(file, 2, problems::add) == Result.ADDED, "without code");
        } catch (IOException e) {
            // It has no build id or no debug information, or is damaged.
            Assumptions.abort(String.valueOf(e.getMessage()));
        }
        Assumptions.assumeTrue(problems.isEmpty(), "a unit is damaged");
        DebugFiles files = DebugFiles.builder()
                .source(new DebugDirectory(store()))
                .root(folder)
                .build();
        KernelIdentity kernel = KernelIdentity.ofRelease(RELEASE);
        DebugFileLookup lookup = module ? files.module("some", kernel, null, null) : files.kernel(kernel);
        assertThat(lookup).as("%s", lookup).isInstanceOf(DebugFile.class);
        try (DebugData index = ((DebugFile) lookup).data();
                DebugData elf = DebugData.open(file)) {
            assertThat(index).isInstanceOf(GsymData.class);
            assertThat(String.valueOf(index.buildId())).isEqualTo(String.valueOf(elf.buildId()));
            assertThat(index.release()).isEqualTo(elf.release());
            assertThat(index.machine()).isEqualTo(elf.machine());
            List<String> given = answers(index, file);
            List<String> expected = answers(elf, file);
            assertThat(given).hasSameSizeAs(expected);
            assertThat(IntStream.range(0, given.size())
                            .filter(i -> !given.get(i).equals(expected.get(i)))
                            .mapToObj(i -> expected.get(i) + "\n  but " + given.get(i)))
                    .isEmpty();
        }
    }

    private static List<String> answers(DebugData data, Path file) throws IOException {
        return SideIndexesTest.answers(data, file, 1, true).stream()
                .map(each -> each.replace(data.name(), "FILE"))
                .toList();
    }

    @Test
    void tellsTheBuildsOfAReleaseApart() throws IOException {
        addKernel(FIRST, SmallKernels.ID);
        IndexStore store = new IndexStore(store());
        assertThat(found(find(store, log(RELEASE + " #1  Debian 6.1.193-1"))))
                .as("the only build of the release, as with ELF files")
                .isEqualTo(SmallKernels.ID);
        addKernel(SECOND, SmallKernels.OTHER_ID);
        store = new IndexStore(store());

        assertThat(found(find(store, log(RELEASE + " #1  Debian 6.1.192-2")))).isEqualTo(SmallKernels.ID);
        assertThat(found(find(store, log(RELEASE + " #1  Debian 6.1.193-1")))).isEqualTo(SmallKernels.OTHER_ID);
        assertThat(found(find(store, log("Linux host " + RELEASE + " " + FIRST + " x86_64 GNU/Linux"))))
                .isEqualTo(SmallKernels.ID);
        assertThat(found(find(store, log("Linux version " + RELEASE + " (me@host) " + SECOND))))
                .isEqualTo(SmallKernels.OTHER_ID);
        assertThat(found(find(store, new KernelIdentity(RELEASE, SmallKernels.ID, Map.of()))))
                .isEqualTo(SmallKernels.ID);
        assertThat(found(find(store, new KernelIdentity(null, SmallKernels.OTHER_ID, Map.of()))))
                .isEqualTo(SmallKernels.OTHER_ID);
        assertThat(found(find(store, new KernelIdentity(RELEASE, null, "9922334455667788", Map.of(), null, Map.of()))))
                .isEqualTo(SmallKernels.OTHER_ID);
        for (String told : new String[] {null, RELEASE + " #1", RELEASE + " #1 Debian 6.1.194-1", RELEASE + " #2"}) {
            assertThat(missing(find(store, log(told)), Reason.KERNEL_NOT_FOUND))
                    .contains("several builds", SmallKernels.ID.toString(), SmallKernels.OTHER_ID.toString());
        }
    }

    @Test
    void logsOfDifferentBuildsShareNoKernel() throws IOException {
        addKernel(FIRST, SmallKernels.ID);
        KernelIdentity first = log(RELEASE + " #1  Debian 6.1.192-2");
        KernelIdentity firstInFull = log("Linux version " + RELEASE + " (me@host) " + FIRST);
        KernelIdentity second = log(RELEASE + " #1  Debian 6.1.193-1");
        for (DebugSource source : List.of(new IndexStore(store()), new DebugDirectory(store()))) {
            DebugFiles files = DebugFiles.builder().source(source).build();
            assertThat(files.build(first)).isEqualTo("#1").isEqualTo(files.build(second));
        }
        addKernel(SECOND, SmallKernels.OTHER_ID);
        for (DebugSource source : List.of(new IndexStore(store()), new DebugDirectory(store()))) {
            DebugFiles files = DebugFiles.builder().source(source).build();
            assertThat(files.build(first)).isEqualTo(files.build(firstInFull)).isNotEqualTo(files.build(second));
            try (KernelPool pool = new KernelPool(files);
                    KernelPool.Lease one = pool.lease(first);
                    KernelPool.Lease same = pool.lease(firstInFull);
                    KernelPool.Lease other = pool.lease(second)) {
                assertThat(one.kernel()).isSameAs(same.kernel()).isNotSameAs(other.kernel());
            }
        }
    }

    @Test
    void refusesAKernelThatTheLogContradicts() throws IOException {
        addKernel(FIRST, SmallKernels.ID);
        IndexStore store = new IndexStore(store());
        assertThat(missing(find(store, new KernelIdentity(RELEASE, THIRD_ID, Map.of())), Reason.BUILD_MISMATCH))
                .contains(SmallKernels.ID.toString(), THIRD_ID.toString());
        assertThat(missing(
                        find(store, new KernelIdentity(RELEASE, null, "ffff334455667788", Map.of(), null, Map.of())),
                        Reason.BUILD_MISMATCH))
                .contains("ffff334455667788");
        assertThat(missing(find(store, KernelIdentity.ofRelease("5.10.0")), Reason.KERNEL_NOT_FOUND))
                .contains("no index of kernel 5.10.0");
    }

    @Test
    void findsTheModuleThatWasIndexedWithTheKernel() throws IOException {
        BuildId[] kernels = {SmallKernels.ID, SmallKernels.OTHER_ID};
        BuildId[] modules = {MODULE_ID, OTHER_MODULE_ID};
        for (int i = 0; i < 2; i++) {
            IndexStoreWriter writer = new IndexStoreWriter(store());
            add(
                    writer,
                    write(i + "/vmlinux", SmallKernels.vmlinux(RELEASE, i == 0 ? FIRST : SECOND, kernels[i], true)));
            add(writer, write(i + "/nf-nat.ko", SmallKernels.module(RELEASE, modules[i], true)));
            add(writer, write(i + "/same.ko", SmallKernels.module(RELEASE, THIRD_ID, true)));
        }
        add(new IndexStoreWriter(store()), write("alone.ko", SmallKernels.module(RELEASE, MODULE_ID, true)));
        DebugFiles files = DebugFiles.builder()
                .source(new IndexStore(store()))
                .root(folder)
                .build();
        for (int i = 0; i < 2; i++) {
            KernelIdentity byId = new KernelIdentity(RELEASE, kernels[i], Map.of());
            assertThat(found(files.module("nf_nat", byId, null, null))).isEqualTo(modules[i]);
            assertThat(found(files.module("same", byId, null, null))).isEqualTo(THIRD_ID);
            KernelIdentity byVersion = log("Linux version " + RELEASE + " " + (i == 0 ? FIRST : SECOND));
            assertThat(found(files.module("nf-nat", byVersion, null, null))).isEqualTo(modules[i]);
            assertThat(found(files.module("nf_nat", log(null), modules[i], null)))
                    .isEqualTo(modules[i]);
        }
        assertThat(found(files.module("same", log(null), null, null))).isEqualTo(THIRD_ID);
        assertThat(missing(files.module("nf_nat", log(null), null, null), Reason.MODULE_NOT_FOUND))
                .contains("several builds");
        BuildId unknown = BuildId.parse("77");
        assertThat(missing(files.module("nf_nat", log(null), unknown, null), Reason.BUILD_MISMATCH))
                .contains(unknown.toString());
        assertThat(missing(files.module("other", log(null), null, null), Reason.MODULE_NOT_FOUND))
                .contains("no index of module other");
    }

    @Test
    void aDirectoryThatIsAStoreAnswersWithoutAReleaseIfItHasOneKernel() throws IOException {
        assertThat(IndexStore.isStore(store())).isFalse();
        Files.createDirectories(store().resolve("by-release"));
        assertThatThrownBy(() -> new DebugDirectory(store()).check()).hasMessageContaining("empty index store");
        addKernel(FIRST, SmallKernels.ID);
        new DebugDirectory(store()).check();
        assertThat(found(find(new DebugDirectory(store()), KernelIdentity.UNKNOWN)))
                .isEqualTo(SmallKernels.ID);
        missing(find(new IndexStore(store()), KernelIdentity.UNKNOWN), Reason.KERNEL_NOT_FOUND);
        addKernel(SECOND, SmallKernels.OTHER_ID);
        assertThat(missing(find(new DebugDirectory(store()), KernelIdentity.UNKNOWN), Reason.SEVERAL_KERNELS))
                .contains("(" + RELEASE + ")", "-r RELEASE");
    }

    @Test
    void refusesADamagedOrHalfWrittenIndexAndMakesItAnew() throws IOException {
        Path index = addKernel(FIRST, SmallKernels.ID);
        byte[] whole = Files.readAllBytes(index);
        Random random = new Random(SEED);
        for (int i = 0; i < 300; i++) {
            byte[] damaged = Arrays.copyOf(whole, i < 100 ? random.nextInt(whole.length) : whole.length);
            for (int k = i < 100 ? 1 : random.nextInt(3); i >= 100 && k >= 0; k--) {
                damaged[random.nextInt(whole.length)] += (byte) (1 + random.nextInt(255));
            }
            if (!Arrays.equals(damaged, whole)) {
                Files.write(index, damaged);
                assertThat(missing(
                                find(new IndexStore(store()), KernelIdentity.ofRelease(RELEASE)),
                                Reason.KERNEL_NOT_FOUND))
                        .contains(index.toString());
            }
        }
        Path file = folder.resolve("k" + SmallKernels.ID).resolve("vmlinux");
        assertThat(add(new IndexStoreWriter(store()), file)).isEqualTo(Result.ADDED);
        assertThat(index).hasBinaryContent(whole);
        assertThat(add(new IndexStoreWriter(store()), file)).isEqualTo(Result.PRESENT);
    }

    @Test
    void refusesTheIndexOfAnotherBuild() throws IOException {
        Path index = addKernel(FIRST, SmallKernels.ID);
        Path other = addKernel(SECOND, SmallKernels.OTHER_ID);
        Files.write(index, Files.readAllBytes(other));
        assertThat(missing(
                        find(new IndexStore(store()), new KernelIdentity(null, SmallKernels.ID, Map.of())),
                        Reason.KERNEL_NOT_FOUND))
                .contains(index + ": is not the index of build " + SmallKernels.ID + ": it is of build "
                        + SmallKernels.OTHER_ID);
    }

    @Test
    void addsOnlyKernelsAndModulesWithABuildId() throws IOException {
        IndexStoreWriter writer = new IndexStoreWriter(store());
        Path withoutId = write("vmlinux", SmallKernels.vmlinux(RELEASE, null, true));
        assertThatThrownBy(() -> add(writer, withoutId)).hasMessageContaining("has no build id");
        Path stripped = write("b/vmlinux", SmallKernels.vmlinux(RELEASE, SmallKernels.ID, false));
        assertThatThrownBy(() -> add(writer, stripped)).hasMessageContaining("has no debug information");
        Path program = write("program", SmallKernels.vmlinux(null, SmallKernels.ID, true));
        assertThatThrownBy(() -> add(writer, program)).hasMessageContaining("neither vmlinux nor a module");
        Path object = write("object.o", SmallKernels.module(null, MODULE_ID, true));
        assertThatThrownBy(() -> add(writer, object)).hasMessageContaining("neither vmlinux nor a module");
        Path text = write("text.ko", new byte[] {'n', 'o'});
        assertThatThrownBy(() -> add(writer, text)).isInstanceOf(IOException.class);
        assertThat(store().resolve(SmallKernels.ID + ".gsym")).doesNotExist();
        assertThat(new IndexStore(store()).indexes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../6", "6/../..", "6.1 x", "", "-6", "6\\x"})
    void keepsNamesOfAHostileFileInsideTheStore(String release) throws IOException {
        Path file = write("a/vmlinux", SmallKernels.vmlinux(release, SmallKernels.ID, true));
        add(new IndexStoreWriter(store()), file);
        add(new IndexStoreWriter(store()), write("a/m.ko", SmallKernels.module(release, MODULE_ID, true)));
        for (StoredIndex index : new IndexStore(store()).indexes()) {
            assertThat(String.valueOf(index.release())).isIn("null", "6.1");
        }
        assertThat(new IndexStore(store()).indexes()).hasSize(2);
        try (Stream<Path> all = Files.list(folder)) {
            assertThat(all.map(each -> each.getFileName().toString())).containsExactlyInAnyOrder("a", "store");
        }
        assertThat(found(find(new IndexStore(store()), new KernelIdentity(null, SmallKernels.ID, Map.of()))))
                .isEqualTo(SmallKernels.ID);
    }

    /** The files of a store in memory, which records what is asked for. */
    private static final class Elsewhere implements IndexStore.Place {
        final Map<String, byte[]> files = new TreeMap<>();
        final List<String> asked = Collections.synchronizedList(new ArrayList<>());
        boolean fails;

        static Elsewhere of(Path store) throws IOException {
            Elsewhere all = new Elsewhere();
            try (Stream<Path> files = Files.walk(store)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    all.files.put(store.relativize(file).toString(), Files.readAllBytes(file));
                }
            }
            return all;
        }

        private void ask(String path) throws IOException {
            asked.add(path);
            if (fails) {
                throw new IOException("s3: connection refused");
            }
        }

        @Override
        public List<String> list(String path) throws IOException {
            ask(path);
            return files.keySet().stream()
                    .filter(each -> each.startsWith(path + "/"))
                    .map(each -> each.substring(path.length() + 1).split("/", 2)[0])
                    .distinct()
                    .toList();
        }

        @Override
        public @Nullable InputStream open(String path) throws IOException {
            ask(path);
            byte[] content = files.get(path);
            return content == null ? null : new ByteArrayInputStream(content);
        }

        long copies() {
            return asked.stream().filter(each -> each.endsWith(".gsym")).count();
        }
    }

    @Test
    void copiesAnIndexFromElsewhereOnce() throws IOException {
        addKernel(FIRST, SmallKernels.ID);
        Elsewhere elsewhere = Elsewhere.of(store());
        Path cache = folder.resolve("cache");
        IndexStore store = new IndexStore("s3://fleet", elsewhere, cache);
        IntStream.range(0, 8).parallel().forEach(i -> {
            try {
                assertThat(found(find(store, log(RELEASE + " #1")))).isEqualTo(SmallKernels.ID);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(found(find(new IndexStore("s3://fleet", elsewhere, cache), log(null))))
                .isEqualTo(SmallKernels.ID);
        assertThat(elsewhere.copies()).isEqualTo(1);
        assertThat(store.kernels()).isEqualTo(new IndexStore(store()).kernels()).hasSize(1);

        Path copy = cache.resolve(SmallKernels.ID.toString()).resolve(SmallKernels.ID + ".gsym");
        byte[] whole = Files.readAllBytes(copy);
        Files.write(copy, Arrays.copyOf(whole, whole.length / 2));
        assertThat(found(find(store, log(null)))).isEqualTo(SmallKernels.ID);
        assertThat(elsewhere.copies()).isEqualTo(2);
        assertThat(copy).hasBinaryContent(whole);
    }

    @Test
    void keepsNoDamagedCopyAndReportsAPlaceThatCannotBeRead() throws IOException {
        addKernel(FIRST, SmallKernels.ID);
        Elsewhere elsewhere = Elsewhere.of(store());
        Path cache = folder.resolve("cache");
        IndexStore store = new IndexStore("s3://fleet", elsewhere, cache);
        byte[] whole = elsewhere.files.get(SmallKernels.ID + ".gsym");
        elsewhere.files.put(SmallKernels.ID + ".gsym", Arrays.copyOf(whole, whole.length - 1));
        assertThat(missing(find(store, log(null)), Reason.KERNEL_NOT_FOUND))
                .contains("s3://fleet/" + SmallKernels.ID + ".gsym: GSYM at ")
                .doesNotContain(cache.toString());
        try (Stream<Path> left = Files.walk(cache)) {
            assertThat(left.filter(Files::isRegularFile)).isEmpty();
        }
        elsewhere.fails = true;
        assertThatThrownBy(() -> find(new IndexStore("s3://fleet", elsewhere, cache), log(null)))
                .hasMessageContaining("connection refused");
        elsewhere.fails = false;
        elsewhere.files.put(SmallKernels.ID + ".gsym", whole);
        assertThat(found(find(store, log(null)))).isEqualTo(SmallKernels.ID);
        elsewhere.files.keySet().removeIf(each -> each.startsWith("by-release/"));
        missing(find(new IndexStore("s3://fleet", elsewhere, cache), log(null)), Reason.KERNEL_NOT_FOUND);
    }

    @Test
    void asksForNoPathOutsideTheStoreWhateverALogSays() throws IOException {
        addKernel(FIRST, SmallKernels.ID);
        Elsewhere elsewhere = Elsewhere.of(store());
        elsewhere.files.put("by-release/" + RELEASE + "/vmlinux/..", new byte[0]);
        elsewhere.files.put("by-release/" + RELEASE + "/vmlinux/.x.123.tmp", new byte[0]);
        elsewhere.files.put("by-release/..x/vmlinux/00", new byte[0]);
        IndexStore store = new IndexStore("s3://fleet", elsewhere, folder.resolve("cache"));
        DebugFiles files = DebugFiles.builder().source(store).root(folder).build();
        Random random = new Random(SEED);
        for (int i = 0; i < 500; i++) {
            KernelIdentity kernel = KernelIdentity.ofRelease(i % 2 == 0 ? hostile(random) : RELEASE);
            files.kernel(kernel);
            files.module(hostile(random), kernel, null, null);
        }
        assertThat(store.indexes()).hasSize(1);
        assertThat(elsewhere.asked)
                .isNotEmpty()
                .allMatch(each -> each.matches("[0-9a-f]+\\.gsym|by-release(/[A-Za-z0-9_.+~-]+){0,3}"))
                .noneMatch(each -> Arrays.asList(each.split("/")).contains(".."));
    }

    private static String hostile(Random random) {
        List<String> parts = List.of("..", "/", "6", ".", "vmlinux", "\0", "\\", "-", "nf_nat", "~", "\n", "C:", "é");
        StringBuilder name = new StringBuilder();
        for (int i = random.nextInt(6); i >= 0; i--) {
            name.append(parts.get(random.nextInt(parts.size())));
        }
        return name.toString();
    }

    @Test
    void writersAtTheSameTimeLoseNothing() throws IOException {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            BuildId id = BuildId.parse(String.format("%02x22334455667788", i));
            files.add(
                    i % 3 == 0
                            ? write(i + "/vmlinux", SmallKernels.vmlinux(RELEASE, "#" + i, id, true))
                            : write("m" + i + ".ko", SmallKernels.module(RELEASE, id, true)));
        }
        IntStream.range(0, 96).parallel().forEach(i -> {
            try {
                add(new IndexStoreWriter(store()), files.get(i % files.size()));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        Path alone = folder.resolve("alone");
        for (Path file : files) {
            add(new IndexStoreWriter(alone), file);
        }
        assertThat(Elsewhere.of(store()).files.keySet())
                .isEqualTo(Elsewhere.of(alone).files.keySet());
        for (Map.Entry<String, byte[]> each : Elsewhere.of(alone).files.entrySet()) {
            assertThat(store().resolve(each.getKey())).hasBinaryContent(each.getValue());
        }
        assertThat(new IndexStore(store()).indexes()).hasSize(24);
    }
}
