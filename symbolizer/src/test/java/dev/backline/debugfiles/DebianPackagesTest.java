package dev.backline.debugfiles;

import static dev.backline.debugfiles.SmallKernels.ID;
import static dev.backline.debugfiles.SmallKernels.RELEASE;
import static dev.backline.debugfiles.SmallKernels.module;
import static dev.backline.debugfiles.SmallKernels.vmlinux;
import static dev.backline.debugfiles.SmallKernels.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.debugfiles.MissingFile.Reason;
import dev.backline.kernel.KernelBuild;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uses the real apt-get and dpkg-deb with a repository of one package. */
class DebianPackagesTest {
    private static final String PACKAGE = "linux-image-" + RELEASE + "-dbg";

    @TempDir
    Path root;

    private final List<String> told = new ArrayList<>();

    @BeforeEach
    void makeRepository() throws Exception {
        for (String program : List.of("apt-get", "dpkg-deb")) {
            Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin", program)), program + " is not installed");
        }
        Path tree = root.resolve("tree");
        write(tree.resolve("usr/lib/debug/boot/vmlinux-" + RELEASE), vmlinux(RELEASE, ID, true));
        Path modules = tree.resolve("usr/lib/debug/lib/modules/" + RELEASE + "/kernel/net");
        write(modules.resolve("bridge/bridge.ko"), module(RELEASE, null, true));
        write(modules.resolve("netfilter/nf-nat.ko"), module(RELEASE, null, true));
        write(tree.resolve("usr/share/doc/changelog"), new byte[100]);
        write(
                tree.resolve("DEBIAN/control"),
                ("Package: " + PACKAGE
                                + "\nVersion: 6.1.1-1\nArchitecture: all\nMaintainer: a <a@example.org>\nDescription: test\n")
                        .getBytes());
        run(
                "dpkg-deb",
                "--root-owner-group",
                "--build",
                tree.toString(),
                root.resolve("p.deb").toString());
        describe(Files.readAllBytes(root.resolve("p.deb")));
        Files.createDirectories(root.resolve("apt/lists/partial"));
        Files.createDirectories(root.resolve("apt/archives/partial"));
        write(root.resolve("apt/status"), new byte[0]);
        write(
                root.resolve("apt/sources.list"),
                ("deb [trusted=yes] copy:" + root.resolve("repository") + " ./\n").getBytes());
        write(root.resolve("apt/apt.conf"), """
                Dir::Etc::sourcelist "ROOT/sources.list";
                Dir::Etc::sourceparts "/dev/null";
                Dir::State "ROOT";
                Dir::State::lists "ROOT/lists";
                Dir::State::status "ROOT/status";
                Dir::Cache "ROOT";
                Dir::Cache::archives "ROOT/archives";
                APT::Sandbox::User "root";
                """.replace(
                "ROOT", root.resolve("apt").toString()).getBytes());
        run("apt-get", "-qq", "update");
    }

    private void describe(byte[] deb) throws Exception {
        String hash =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(deb));
        write(root.resolve("repository/p.deb"), deb);
        write(
                root.resolve("repository/Packages"),
                ("Package: " + PACKAGE
                                + "\nVersion: 6.1.1-1\nArchitecture: all\nMaintainer: a <a@example.org>\nFilename: ./p.deb\nSize: "
                                + deb.length + "\nSHA256: " + hash + "\nDescription: test\n\n")
                        .getBytes());
    }

    @Test
    void downloadsThePackageAndUnpacksItsDebugFiles() throws IOException {
        try (KernelBuild build = build(RELEASE, true)) {
            assertThat(build.vmlinux()).isInstanceOf(DebugFile.class);
            assertThat(build.module("nf_nat")).isInstanceOf(DebugFile.class);
            assertThat(unpacked())
                    .as("a small package has no blocks, so its modules are all unpacked")
                    .containsExactly(
                            "usr/lib/debug/boot/vmlinux-" + RELEASE,
                            "usr/lib/debug/lib/modules/" + RELEASE + "/kernel/net/bridge/bridge.ko",
                            "usr/lib/debug/lib/modules/" + RELEASE + "/kernel/net/netfilter/nf-nat.ko");
            assertThat(((MissingFile) build.module("xfs")).message()).contains("(does not contain the file)");
        }
        assertThat(told).anyMatch(what -> what.equals("downloading " + PACKAGE));
    }

    /** Modules are asked for one by one, in the order of the frames; a private module is not in the package. */
    @Test
    void readsThePackageOnceForAllFiles() throws IOException {
        try (KernelBuild build = build(RELEASE, true)) {
            assertThat(build.module("oops")).isInstanceOf(MissingFile.class);
            damage();
            assertThat(build.vmlinux()).isInstanceOf(DebugFile.class);
            assertThat(build.module("bridge")).isInstanceOf(DebugFile.class);
            assertThat(build.module("nf_nat")).isInstanceOf(DebugFile.class);
            assertThat(((MissingFile) build.module("xfs")).message()).contains("(does not contain the file)");
        }
        try (KernelBuild build = build(RELEASE, true)) {
            assertThat(((MissingFile) build.module("oops")).message()).contains("(does not contain the file)");
        }
    }

    /** Makes each further reading of the package fail. */
    private void damage() throws IOException {
        Path cache = root.resolve("cache").resolve(RELEASE);
        try (var files = Files.list(cache)) {
            for (Path deb :
                    files.filter(file -> file.toString().endsWith(".deb")).toList()) {
                Files.write(deb, new byte[100]);
            }
        }
    }

    /** Uploads of one ABI share the release, but not the addresses. */
    @Test
    void takesOnlyTheVersionThatTheLogNames() throws IOException {
        assertThat(build(traced("6.1.1-1"), true).vmlinux()).isInstanceOf(DebugFile.class);
        assertThat(((MissingFile) build(traced("6.1.2-1"), true).vmlinux()).message())
                .contains("apt-get has no package " + PACKAGE + "=6.1.2-1", "debsnap -a amd64 " + PACKAGE + " 6.1.2-1");
    }

    private static KernelIdentity traced(String version) {
        return new KernelIdentity(RELEASE, null, null, Map.of(), RELEASE + " #1 Debian " + version, Map.of());
    }

    @Test
    void usesTheCacheIfDownloadsAreNotAllowed() throws IOException {
        try (KernelBuild build = build(RELEASE, true)) {
            assertThat(build.vmlinux()).isInstanceOf(DebugFile.class);
        }
        Path repository = root.resolve("repository/p.deb");
        Files.delete(repository);
        try (KernelBuild build = build(RELEASE, false)) {
            assertThat(build.vmlinux()).isInstanceOf(DebugFile.class);
            assertThat(build.module("xfs")).isInstanceOf(MissingFile.class);
        }
        try (KernelBuild build = build(RELEASE, true)) {
            assertThat(build.module("bridge")).isInstanceOf(DebugFile.class);
        }
    }

    /** The state after a kill between the end of the download and the renaming of the package. */
    @Test
    void usesAPackageThatAKilledRunDownloadedButDidNotMove() throws IOException {
        write(
                root.resolve("cache").resolve(RELEASE).resolve("download/" + PACKAGE + "_6.1.1-1_all.deb"),
                Files.readAllBytes(root.resolve("repository/p.deb")));

        try (KernelBuild build = build(RELEASE, true)) {
            assertThat(build.vmlinux()).isInstanceOf(DebugFile.class);
        }
    }

    @Test
    void deletesTheTemporaryFilesOfKilledRuns() throws IOException {
        Path cache = root.resolve("cache").resolve(RELEASE);
        Path old = cache.resolve("download/" + PACKAGE + "_6.1.0-1_all.deb");
        Path half = cache.resolve("unpacking123456/usr/lib/debug/boot/vmlinux-" + RELEASE);
        Path kept = root.resolve("kept");
        write(old, new byte[10]);
        write(half, new byte[10]);
        write(kept.resolve("file"), new byte[10]);
        Files.createSymbolicLink(cache.resolve("unpacking7"), kept);
        Files.createSymbolicLink(cache.resolve("unpacking123456/usr/link"), kept);

        try (KernelBuild build = build(RELEASE, true)) {
            assertThat(build.vmlinux()).isInstanceOf(DebugFile.class);
        }

        assertThat(old).doesNotExist();
        assertThat(cache.resolve("unpacking123456")).doesNotExist();
        assertThat(kept.resolve("file")).exists();
    }

    @Test
    void rejectsAPackageWithAWrongHash() throws Exception {
        byte[] deb = Files.readAllBytes(root.resolve("repository/p.deb"));
        deb[deb.length - 20] ^= 1;
        Files.write(root.resolve("repository/p.deb"), deb);

        try (KernelBuild build = build(RELEASE, true)) {
            MissingFile missing = (MissingFile) build.vmlinux();
            assertThat(missing.reason()).isEqualTo(Reason.KERNEL_NOT_FOUND);
            assertThat(missing.message())
                    .contains("apt-get download " + PACKAGE)
                    .doesNotContain("\n");
        }
        assertThat(unpacked()).isEmpty();
    }

    @Test
    void reportsAPackageThatAptDoesNotKnow() throws IOException {
        // apt-get treats the dots as a pattern, which matches the other package.
        for (String release : List.of("6.1.0-10-amd64", "6.1.0-..amd64", "6.1.0_X")) {
            try (KernelBuild build = build(release, true)) {
                assertThat(((MissingFile) build.vmlinux()).message())
                        .containsAnyOf(
                                "apt-get has no package linux-image-" + release + "-dbg", "name of a Debian package");
            }
        }
    }

    private KernelBuild build(String release, boolean fetch) {
        return build(KernelIdentity.ofRelease(release), fetch);
    }

    private KernelBuild build(KernelIdentity kernel, boolean fetch) {
        DebianPackages packages = new DebianPackages(
                root.resolve("cache"),
                fetch,
                Map.of("APT_CONFIG", root.resolve("apt/apt.conf").toString()),
                (what, done, total) -> told.add(what));
        DebugFiles files = DebugFiles.builder().root(root).source(packages).build();
        return KernelBuild.of(files, kernel);
    }

    private List<String> unpacked() throws IOException {
        Path cache = root.resolve("cache").resolve(RELEASE);
        try (var files = Files.walk(cache)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> cache.relativize(file).toString())
                    .filter(file -> file.contains("/") && !file.startsWith("download/"))
                    .sorted()
                    .toList();
        }
    }

    private void run(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(root.resolve("log").toFile());
        builder.environment().put("APT_CONFIG", root.resolve("apt/apt.conf").toString());
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(root.resolve("log")))
                .isZero();
    }
}
