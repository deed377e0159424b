package dev.backline.debugfiles;

import static dev.backline.debugfiles.SmallKernels.ID;
import static dev.backline.debugfiles.SmallKernels.OTHER_ID;
import static dev.backline.debugfiles.SmallKernels.RELEASE;
import static dev.backline.debugfiles.SmallKernels.linked;
import static dev.backline.debugfiles.SmallKernels.module;
import static dev.backline.debugfiles.SmallKernels.vmlinux;
import static dev.backline.debugfiles.SmallKernels.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backline.debugfiles.MissingFile.Reason;
import dev.backline.elf.BuildId;
import dev.backline.elf.ElfFile;
import dev.backline.fixtures.ElfFixtures;
import dev.backline.gsym.GsymWriter;
import dev.backline.kernel.KernelBuild;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DebugFilesTest {
    private static final KernelIdentity KERNEL = KernelIdentity.ofRelease(RELEASE);

    @TempDir
    Path root;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "usr/lib/debug/boot/vmlinux-6.1.0-9-amd64",
                "usr/lib/debug/boot/vmlinux-6.1.0-9-amd64.debug",
                "usr/lib/debug/lib/modules/6.1.0-9-amd64/vmlinux",
                "usr/lib/debug/usr/lib/modules/6.1.0-9-amd64/vmlinux",
                "usr/lib/debug/usr/lib/modules/6.1.0-9-amd64/vmlinux.debug",
                "boot/vmlinux-6.1.0-9-amd64",
                "lib/modules/6.1.0-9-amd64/build/vmlinux",
                "lib/modules/6.1.0-9-amd64/vmlinux"
            })
    void findsAKernelByReleaseWhereDistributionsInstallIt(String place) throws IOException {
        Path file = write(root.resolve(place), vmlinux(RELEASE, ID, true));

        assertThat(found(findKernel(installed(), KERNEL))).isEqualTo(file);
    }

    @Test
    void findsAKernelByItsBuildIdAlone() throws IOException {
        String tree = "usr/lib/debug/.build-id/11/223344556677889900aabbccddeeff00112233.debug";
        Path file = write(root.resolve(tree), vmlinux(null, ID, true));

        assertThat(found(findKernel(installed(), new KernelIdentity(null, ID, Map.of()))))
                .isEqualTo(file);
    }

    @Test
    void findsAnIndexByTheReleaseOfItsFolderOrByItsBuildId() throws IOException {
        Path index = index("indexes/6.1.0-9-amd64/vmlinux.gsym");
        BuildId id;
        try (DebugData data = DebugData.open(index)) {
            id = data.buildId();
        }

        assertThat(found(findKernel(below("indexes"), KERNEL))).isEqualTo(index);
        assertThat(found(findKernel(below("indexes"), new KernelIdentity(null, id, Map.of()))))
                .isEqualTo(index);
        assertThat(missing(
                        findKernel(below("indexes"), new KernelIdentity(RELEASE, OTHER_ID, Map.of())),
                        Reason.BUILD_MISMATCH))
                .startsWith(index + " is from another build: its build id is " + id);
    }

    @Test
    void prefersAKernelToItsIndexAndCountsBothAsOne() throws IOException {
        Path index = index("both/vmlinux.gsym");
        Path kernel = Files.copy(ElfFixtures.fixture("gcc12-v5").elf(), index.resolveSibling("vmlinux"));

        assertThat(found(findKernel(below("both"), KernelIdentity.UNKNOWN))).isEqualTo(kernel);
    }

    @Test
    void findsTheIndexOfAModule() throws IOException {
        Path one = index("modules/tcp_x.ko.gsym");
        Path other = index("modules/tcp-y.gsym");

        assertThat(found(findModule(below("modules"), "tcp_x", KERNEL))).isEqualTo(one);
        assertThat(found(findModule(below("modules"), "tcp_y", KERNEL))).isEqualTo(other);
    }

    @Test
    void opensAFileOfAnotherBuildOnceForAllKernelsOfALogAndAgainWhenItHasChanged() throws IOException {
        byte[] content = vmlinux(RELEASE, ID, true);
        Path file = write(root.resolve("given/vmlinux"), content);
        DebugFiles files = below("given");
        KernelIdentity other = KernelIdentity.ofRelease("6.1.0-8-amd64");
        String message = missing(findKernel(files, other), Reason.BUILD_MISMATCH);

        FileTime time = Files.getLastModifiedTime(file);
        Files.write(file, new byte[content.length]);
        Files.setLastModifiedTime(file, time);
        assertThat(missing(findKernel(files, other), Reason.BUILD_MISMATCH)).isEqualTo(message);
        assertThat(missing(findKernel(files, KernelIdentity.ofRelease("6.1.0-7-amd64")), Reason.BUILD_MISMATCH))
                .contains("its release is 6.1.0-9-amd64, the traced kernel is 6.1.0-7-amd64");

        Files.write(file, vmlinux("6.1.0-8-amd64", ID, true));
        Files.setLastModifiedTime(file, FileTime.fromMillis(time.toMillis() + 5000));
        assertThat(found(findKernel(files, other))).isEqualTo(file);
    }

    private Path index(String place) throws IOException {
        Path file = root.resolve(place);
        Files.createDirectories(file.getParent());
        try (ElfFile elf = ElfFile.open(ElfFixtures.fixture("gcc12-v5").elf())) {
            new GsymWriter(elf).write(file);
        }
        return file;
    }

    @Test
    void namesTheSearchedPlacesAndThePackageToInstall() throws IOException {
        assertThat(missing(findKernel(installed(), KERNEL), Reason.KERNEL_NOT_FOUND))
                .startsWith("no vmlinux found for 6.1.0-9-amd64; searched the installed files")
                .contains("'backline kernel where 6.1.0-9-amd64' lists the places")
                .contains("a kernel of Debian", "linux-image-6.1.0-9-amd64-dbg", "--fetch")
                .doesNotContain("dbgsym", "kernel-debuginfo");
        assertThat(((MissingFile) findKernel(installed(), KERNEL)).searched())
                .startsWith(root + "/usr/lib/debug/boot/vmlinux-6.1.0-9-amd64")
                .contains(root + "/lib/modules/6.1.0-9-amd64/build/vmlinux")
                .doesNotContain(root + "/usr/src/debug/linux-cachyos/vmlinux");
    }

    @Test
    void findsTheOneKernelBelowADirectory() throws IOException {
        Path file = write(root.resolve("unpacked/usr/lib/debug/boot/vmlinux-1"), vmlinux(null, null, true));

        assertThat(found(findKernel(below("unpacked"), KernelIdentity.UNKNOWN))).isEqualTo(file);
    }

    /** An unpacked -dbg package of Debian has two links to its vmlinux. */
    @Test
    void oneKernelAtSeveralPathsIsOneKernel() throws IOException {
        Path debug = root.resolve("unpacked/usr/lib/debug");
        Path file = write(debug.resolve("boot/vmlinux-" + RELEASE), vmlinux(RELEASE, ID, true));
        write(debug.resolve("lib/modules/" + RELEASE + "/kernel/net/bridge.ko"), module(RELEASE, null, true));
        Files.createSymbolicLink(debug.resolve("vmlinux-" + RELEASE), Path.of("boot/vmlinux-" + RELEASE));
        Files.createSymbolicLink(
                debug.resolve("lib/modules/" + RELEASE + "/vmlinux"), Path.of("../../../boot/vmlinux-" + RELEASE));

        assertThat(found(findKernel(below("unpacked"), KernelIdentity.UNKNOWN))).isEqualTo(file);
        assertThat(KernelInventory.of(root, List.of(root.resolve("unpacked")), null, null))
                .singleElement()
                .satisfies(kernel -> {
                    assertThat(kernel.vmlinux()).isEqualTo(file);
                    assertThat(kernel.modules()).isEqualTo(1);
                });

        write(root.resolve("unpacked/copy/vmlinux"), vmlinux(RELEASE, ID, true));
        assertThat(findKernel(below("unpacked"), KernelIdentity.UNKNOWN)).isInstanceOf(DebugFile.class);
        assertThat(KernelInventory.of(root, List.of(root.resolve("unpacked")), null, null))
                .hasSize(1);

        write(root.resolve("unpacked/other/vmlinux"), vmlinux(RELEASE, OTHER_ID, true));
        missing(findKernel(below("unpacked"), KernelIdentity.UNKNOWN), Reason.SEVERAL_KERNELS);
        assertThat(KernelInventory.of(root, List.of(root.resolve("unpacked")), null, null))
                .hasSize(2);
    }

    @Test
    void usesTheFileInCachyOssPlaceOnlyForItsRelease() throws IOException {
        Path file = write(root.resolve("usr/src/debug/linux-cachyos/vmlinux"), vmlinux("6.14.3-2-cachyos", ID, true));

        assertThat(found(findKernel(installed(), KernelIdentity.ofRelease("6.14.3-2-cachyos"))))
                .isEqualTo(file);
        assertThat(missing(
                        findKernel(installed(), KernelIdentity.ofRelease("6.14.4-1-cachyos")), Reason.BUILD_MISMATCH))
                .contains("its release is 6.14.3-2-cachyos");
        missing(findKernel(installed(), KERNEL), Reason.KERNEL_NOT_FOUND);
        assertThat(found(findKernel(installed(), new KernelIdentity(null, ID, Map.of()))))
                .isEqualTo(file);
        assertThat(KernelInventory.of(root, List.of(), null, null))
                .singleElement()
                .satisfies(kernel -> assertThat(kernel.release()).isEqualTo("6.14.3-2-cachyos"));
    }

    /** Some Arch kernels print only the first 8 bytes of the build id. */
    @Test
    void refusesAKernelWhoseBuildIdStartsDifferently() throws IOException {
        Path file = write(root.resolve("usr/lib/debug/boot/vmlinux-" + RELEASE), vmlinux(RELEASE, ID, true));
        String start = ID.toString().substring(0, 16);

        assertThat(found(findKernel(installed(), new KernelIdentity(RELEASE, null, start, Map.of(), null, Map.of()))))
                .isEqualTo(file);
        assertThat(missing(
                        findKernel(
                                installed(),
                                new KernelIdentity(RELEASE, null, start.replace('1', '2'), Map.of(), null, Map.of())),
                        Reason.BUILD_MISMATCH))
                .contains("starts with " + start.replace('1', '2'));
    }

    /** The build id in old vmlinux files of Oracle's UEK differs from the kernel's. */
    @ParameterizedTest
    @CsvSource({
        "4.1.12-124.23.1.el6uek.x86_64, true",
        "4.14.35-2047.537.2.el7uek.x86_64, true",
        "4.14.35-2047.537.3.el7uek.x86_64, false",
        "5.4.17-2136.332.1.el8uek.x86_64, true",
        "5.4.17-2136.338.4.el8uek.x86_64, false",
        "5.15.0-202.135.2.el8uek.x86_64, false"
    })
    void comparesOldKernelsOfOracleByTheirRelease(String release, boolean taken) throws IOException {
        write(root.resolve("usr/lib/debug/boot/vmlinux-" + release), vmlinux(release, ID, true));
        DebugFileLookup found = findKernel(installed(), new KernelIdentity(release, OTHER_ID, Map.of()));

        assertThat(found instanceof DebugFile).isEqualTo(taken);
    }

    @Test
    void selectsOneOfSeveralKernelsBelowADirectoryByReleaseOrBuildId() throws IOException {
        Path old = write(root.resolve("unpacked/a/vmlinux"), vmlinux("5.10.0", OTHER_ID, true));
        Path file = write(root.resolve("unpacked/b/vmlinux"), vmlinux(RELEASE, ID, true));

        assertThat(missing(findKernel(below("unpacked"), KernelIdentity.UNKNOWN), Reason.SEVERAL_KERNELS))
                .contains("a/vmlinux, ")
                .contains("b/vmlinux; choose one with -e");
        assertThat(found(findKernel(below("unpacked"), KERNEL))).isEqualTo(file);
        assertThat(found(findKernel(below("unpacked"), new KernelIdentity(null, OTHER_ID, Map.of()))))
                .isEqualTo(old);
    }

    @Test
    void refusesADirectoryThatIsNotADirectory() {
        assertThatThrownBy(() -> findKernel(below("none"), KERNEL))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none: there is no such directory");
    }

    @ParameterizedTest
    @CsvSource({
        "nf_conntrack, kernel/net/nf_conntrack.ko",
        "nf_conntrack, kernel/net/nf-conntrack.ko.gz",
        "nf-conntrack, kernel/net/nf_conntrack.ko.debug",
        "nf-conntrack, nf-conntrack.ko",
        "nf_conntrack, deep/er/nf_conntrack.ko.debug.gz"
    })
    void findsAModuleByItsNameHoweverItsFileIsPacked(String name, String place) throws IOException {
        byte[] content = module(RELEASE, ID, true);
        Path file = write(root.resolve("debug/" + place), place.endsWith(".gz") ? gzip(content) : content);
        write(root.resolve("debug/kernel/net/nf_conntrack_netlink.ko"), content);

        assertThat(found(findModule(below("debug"), name, KERNEL))).isEqualTo(file);
    }

    @Test
    void skipsStrippedModulesAndModulesFromOtherBuilds() throws IOException {
        write(root.resolve("a/bridge.ko"), module(RELEASE, ID, false));
        write(root.resolve("b/bridge.ko"), module("5.10.0", OTHER_ID, true));
        write(root.resolve("b/bridge.ko.debug"), new byte[] {1, 2, 3});
        Path standard = write(
                root.resolve("usr/lib/debug/lib/modules/" + RELEASE + "/kernel/net/bridge/bridge.ko"),
                module(RELEASE, ID, true));
        DebugFiles files = builder()
                .source(new DebugDirectory(root.resolve("a")))
                .source(new DebugDirectory(root.resolve("b")))
                .source(new InstalledFiles(root))
                .build();

        assertThat(found(findModule(files, "bridge", KERNEL))).isEqualTo(standard);
    }

    @Test
    void refusesAFileFromAnotherBuildAndShowsBothIds() throws IOException {
        Path file = write(root.resolve("vmlinux"), vmlinux(RELEASE, OTHER_ID, true));
        KernelIdentity traced = new KernelIdentity(RELEASE, ID, Map.of());

        assertThat(missing(findKernel(builder().vmlinux(file).build(), traced), Reason.BUILD_MISMATCH))
                .startsWith(file + " is from another build")
                .contains(ID.toString())
                .contains(OTHER_ID.toString())
                .contains("--force");
        DebugFileLookup forced =
                findKernel(builder().vmlinux(file).takeOtherBuilds().build(), traced);
        assertThat(found(forced)).isEqualTo(file);
        assertThat(((DebugFile) forced).note()).contains("is from another build");
    }

    @Test
    void comparesReleasesIfThereAreNoBuildIds() throws IOException {
        Path file = write(root.resolve("vmlinux"), vmlinux("6.1.0-10-amd64", null, true));
        write(root.resolve("bridge.ko"), module("6.1.0-10-amd64", ID, true));
        DebugFiles files = builder().vmlinux(file).build();

        assertThat(missing(findKernel(files, KERNEL), Reason.BUILD_MISMATCH))
                .contains("its release is 6.1.0-10-amd64, the traced kernel is 6.1.0-9-amd64");
        assertThat(missing(findModule(files, "bridge", KERNEL), Reason.BUILD_MISMATCH))
                .contains("bridge.ko is from another build: its release is 6.1.0-10-amd64");
    }

    @Test
    void findsModulesOfTheGivenKernelsRelease() throws IOException {
        Path file = write(root.resolve("kernel/vmlinux"), vmlinux(RELEASE, ID, true));
        write(root.resolve("kernel/bridge.ko"), module("5.10.0", ID, true));
        Path fitting = write(
                root.resolve("usr/lib/debug/lib/modules/" + RELEASE + "/bridge.ko"), module(RELEASE, OTHER_ID, true));
        DebugFiles files =
                builder().vmlinux(file).source(new InstalledFiles(root)).build();

        assertThat(found(findModule(files, "bridge", KernelIdentity.UNKNOWN))).isEqualTo(fitting);
    }

    @Test
    void refusesAModuleWithAnotherBuildIdThanTheLogShows() throws IOException {
        write(root.resolve("debug/bridge.ko"), module(RELEASE, ID, true));
        KernelIdentity traced = new KernelIdentity(RELEASE, null, Map.of("bridge", OTHER_ID));

        assertThat(missing(findModule(below("debug"), "bridge", traced), Reason.BUILD_MISMATCH))
                .contains("its build id is " + ID + ", the traced module has " + OTHER_ID);
    }

    @Test
    void findsTheDebugFileOfAStrippedFileByBuildId() throws IOException {
        Path given = write(root.resolve("vmlinux"), vmlinux(RELEASE, ID, false));
        Path file = write(
                root.resolve("usr/lib/debug/.build-id/11/223344556677889900aabbccddeeff00112233.debug"),
                vmlinux(RELEASE, ID, true));
        DebugFiles files =
                builder().vmlinux(given).source(new InstalledFiles(root)).build();

        assertThat(found(findKernel(files, KernelIdentity.UNKNOWN))).isEqualTo(file);
    }

    @Test
    void findsTheDebugFileOfAStrippedFileByDebuglinkAndChecksum() throws IOException {
        byte[] debug = module(null, null, true);
        CRC32 crc = new CRC32();
        crc.update(debug);
        Path file = write(root.resolve("debug/.debug/bridge.dbg"), debug);
        write(root.resolve("debug/bridge.ko"), linked("bridge.dbg", (int) crc.getValue(), elf -> {}));
        write(root.resolve("debug/stp.ko"), linked("bridge.dbg", (int) crc.getValue() + 1, elf -> {}));
        write(root.resolve("debug/llc.ko"), linked("../.debug/bridge.dbg", (int) crc.getValue(), elf -> {}));

        assertThat(found(findModule(below("debug"), "bridge", KERNEL))).isEqualTo(file);
        assertThat(missing(findModule(below("debug"), "stp", KERNEL), Reason.NO_DEBUG_INFO))
                .contains("its CRC-32 differs from that in");
        assertThat(missing(findModule(below("debug"), "llc", KERNEL), Reason.NO_DEBUG_INFO))
                .contains("not a plain file name");
    }

    @Test
    void readsTheBuildIdOfTheRunningKernel() throws IOException {
        write(root.resolve("proc/sys/kernel/osrelease"), (RELEASE + "\n").getBytes());
        write(root.resolve("sys/kernel/notes"), SmallKernels.note(ID));
        write(root.resolve("usr/lib/debug/boot/vmlinux-" + RELEASE), vmlinux(RELEASE, OTHER_ID, true));

        assertThat(missing(findKernel(installed(), KERNEL), Reason.BUILD_MISMATCH))
                .contains("the traced kernel has " + ID);
    }

    @Test
    void reportsWhyAGivenFileCannotBeRead() throws IOException {
        Path text = write(root.resolve("notes.txt"), "hello\n".getBytes());

        assertThat(missing(findKernel(builder().vmlinux(text).build(), KERNEL), Reason.UNREADABLE))
                .isEqualTo(text + ": is not an ELF file: it is text; use the vmlinux with debug info of that kernel");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../etc/x", "..", "a/b", "/x", "a\u0000b", "a b", ""})
    void doesNotSearchForAModuleWhoseNameCouldLeaveTheFolder(String name) throws IOException {
        Files.createDirectories(root.resolve("debug"));

        assertThat(missing(findModule(below("debug"), name, KERNEL), Reason.MODULE_NOT_FOUND))
                .contains("not a valid module name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../../secret", "6.1/../../x", "-o=x", "6.1\n", "..", ""})
    void doesNotSearchForAnInvalidRelease(String release) throws IOException {
        write(root.resolve("secret"), vmlinux(release, ID, true));

        assertThat(missing(findKernel(installed(), KernelIdentity.ofRelease(release)), Reason.KERNEL_NOT_FOUND))
                .contains("not a valid kernel release");
    }

    private DebugFiles.Builder builder() {
        return DebugFiles.builder().root(root);
    }

    private DebugFiles installed() {
        return builder().source(new InstalledFiles(root)).build();
    }

    private DebugFiles below(String folder) {
        return builder().source(new DebugDirectory(root.resolve(folder))).build();
    }

    private static DebugFileLookup findKernel(DebugFiles files, KernelIdentity identity) throws IOException {
        try (KernelBuild build = KernelBuild.of(files, identity)) {
            return build.vmlinux();
        }
    }

    private static DebugFileLookup findModule(DebugFiles files, String name, KernelIdentity identity)
            throws IOException {
        try (KernelBuild build = KernelBuild.of(files, identity)) {
            return build.module(name);
        }
    }

    private static Path found(DebugFileLookup lookup) {
        assertThat(lookup).isInstanceOf(DebugFile.class);
        return ((DebugFile) lookup).data().path();
    }

    private static String missing(DebugFileLookup lookup, Reason reason) {
        assertThat(lookup).isInstanceOf(MissingFile.class);
        MissingFile missing = (MissingFile) lookup;
        assertThat(missing.reason()).as(missing.message()).isEqualTo(reason);
        assertThat(missing.message()).doesNotContain("\n");
        return missing.message();
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(content);
        }
        return packed.toByteArray();
    }
}
