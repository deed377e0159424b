package dev.backline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs {@code ./backline} on machines with missing tools and other obstacles. Small scripts replace Maven and Java, since only
 * the launcher is tested. {@code .ci/launcher-test} runs it with real ones.
 */
@Timeout(60)
class LauncherTest {
    private static final int INPUT = 3;

    @TempDir(cleanup = CleanupMode.ALWAYS)
    Path folder;

    private Path checkout;
    private Path tools;
    private Path jdk;
    private String environment = "";

    @BeforeEach
    void copyTheLauncherIntoACheckout() throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        checkout = Files.createDirectories(folder.resolve("a checkout"));
        Path shared = Files.createDirectories(checkout.resolve("cli/src/main/launcher"));
        executable(checkout.resolve("backline"), fromTheCheckout("backline"));
        Files.writeString(shared.resolve("java.sh"), fromTheCheckout("cli/src/main/launcher/java.sh"));
        Files.writeString(checkout.resolve("pom.xml"), "<project/>");

        tools = Files.createDirectories(folder.resolve("tools"));
        for (String tool : List.of(
                "awk", "cp", "date", "find", "grep", "ls", "mkdir", "mv", "readlink", "ln", "rm", "sleep", "touch")) {
            Path program = Path.of("/usr/bin", tool);
            Files.createSymbolicLink(tools.resolve(tool), Files.exists(program) ? program : Path.of("/bin", tool));
        }
        jdk = jdk("17.0.1", "backline of this build");
        mvn("""
                mkdir -p .build/maven/backline-server/lib
                : >.build/maven/backline-server/backline-server-1.jar
                : >.build/maven/backline-server/lib/backline-cli-1.jar
                : >.build/maven/backline-server/lib/picocli.jar
                """);
    }

    private Path jdk(String version, String answer) throws IOException {
        Path home = Files.createDirectories(folder.resolve("jvm/jdk-" + version));
        Files.createDirectories(home.resolve("bin"));
        Files.createDirectories(home.resolve("lib/server"));
        Files.createFile(home.resolve("lib/server/classes.jsa"));
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        executable(home.resolve("bin/javac"), "#!/bin/sh\n");
        executable(home.resolve("bin/java"), """
                #!/bin/sh
                for option; do
                    case $option in
                        -XX:ArchiveClassesAtExit=* | -XX:AOTCacheOutput=*) : >"${option#*=}" ;;
                        -XX:SharedArchiveFile=*) [ -e "${option#*=}" ] || : >"${option#*=}" ;;
                        --version) echo '%s' ;;
                    esac
                done
                """.formatted(answer));
        return home;
    }

    @Test
    void buildsOnceThenStarts() throws Exception {
        Cli.Result first = start();
        Cli.Result second = start();

        assertThat(first.err()).contains("building, once for these sources").hasLineCount(1);
        assertThat(first.out()).isEqualTo("backline of this build\n");
        assertThat(second).isEqualTo(new Cli.Result(0, "backline of this build\n", ""));
    }

    @Test
    void buildsAgainAfterASourceChangedAppearedOrDisappeared() throws Exception {
        Path sources = Files.createDirectories(checkout.resolve("cli/src/main/java/it's a package"));
        Path source = Files.writeString(sources.resolve("A $(touch x).java"), "");
        Path outside = Files.createSymbolicLink(folder.resolve("link"), checkout);
        start();

        assertThat(start().err()).isEmpty();
        assertThat(Cli.program(
                                folder,
                                "",
                                "/usr/bin/env",
                                "-i",
                                "PATH=" + tools,
                                outside.resolve("backline").toString(),
                                "--version")
                        .err())
                .isEmpty();
        for (Callable<?> change : List.<Callable<?>>of(
                () -> Files.setLastModifiedTime(source, FileTime.from(Instant.now())),
                () -> Files.writeString(sources.resolve("B.java"), ""),
                () -> Files.createDirectory(sources.resolve("c")),
                () -> Files.writeString(sources.resolve("c/C.java"), ""),
                () -> Files.deleteIfExists(source),
                () -> Files.writeString(checkout.resolve("pom.xml"), "<project />"))) {
            change.call();
            assertThat(start().err()).contains("building, once");
            assertThat(start().err()).isEmpty();
        }
        assertThat(checkout.resolve("x")).doesNotExist();
        Path moved = Files.move(checkout, folder.resolve("another checkout"));
        assertThat(Cli.program(moved, "", "/usr/bin/env", "-i", "PATH=" + tools, "./backline", "--version"))
                .isEqualTo(new Cli.Result(0, "backline of this build\n", ""));
    }

    @Test
    void takesTheNewestJavaOfTheMachineUnlessJavaHomeNamesOne() throws Exception {
        Path newest = jdk("25.0.3", "newest");
        jdk("21.0.2", "newer");
        jdk("11.0.2", "too old");
        Files.createSymbolicLink(tools.resolve("java"), jdk.resolve("bin/java"));
        Files.createSymbolicLink(folder.resolve("jvm/another-name-of-25"), newest);

        assertThat(start().out()).isEqualTo("newest\n");
        assertThat(start()).isEqualTo(new Cli.Result(0, "newest\n", ""));
        environment = "JAVA_HOME=" + jdk;
        assertThat(start().out()).isEqualTo("backline of this build\n");
        environment = "JAVA_HOME=" + folder.resolve("jvm/jdk-11.0.2");
        assertThat(start().out()).as("JAVA_HOME is too old").isEqualTo("newest\n");
    }

    @Test
    void writesAnotherClassArchiveForQueriesFromJava25On() throws Exception {
        printing("-XX:AOTCache=*");

        assertThat(runWith("symbolize", "f+0x10/0x20")).endsWith("/classes-25.0.3.query\n");
        assertThat(runWith("symbolize", "0xffffffff81000010")).endsWith("/classes-25.0.3.query\n");
        assertThat(runWith("addr2line", "-e", "vmlinux")).endsWith("/classes-25.0.3.query\n");
        assertThat(runWith("symbolize", "log.txt")).endsWith("/classes-25.0.3\n");
    }

    @Test
    void setsAHeapOnlyIfTheUserDoesNot() throws Exception {
        printing("-Xm* | -XX:+Use*Pages");

        assertThat(runWith("symbolize", "f+0x10/0x20")).startsWith("-Xms");
        for (String option : List.of(
                "BACKLINE_JAVA_OPTS=-Xmx24m",
                "JAVA_TOOL_OPTIONS=-Xmx24m",
                "JDK_JAVA_OPTIONS=-Xmx24m",
                "JDK_JAVA_OPTIONS=@options",
                "_JAVA_OPTIONS=-Xmx24m")) {
            environment = option;
            assertThat(runWith("symbolize", "f+0x10/0x20").replace("-Xmx24m\n", ""))
                    .as(option)
                    .isEmpty();
        }
    }

    @Test
    void passesAPatternInAnOptionAsItIs() throws Exception {
        printing("-XX:CompileCommand=*Scan*");
        String options = runWith("symbolize", "f+0x10/0x20");
        assertThat(options).contains("SymbolScan::*").hasLineCount(1);

        Files.writeString(checkout.resolve(options.strip().replace("*", "x")), "");

        assertThat(runWith("symbolize", "f+0x10/0x20")).isEqualTo(options);
    }

    /** Starts with a JDK that prints the options that match a pattern of the shell. */
    private void printing(String pattern) throws Exception {
        Path java = jdk("25.0.3", "").resolve("bin/java");
        executable(java, Files.readString(java) + """
                for option; do
                    case $option in
                        %s) echo "$option" ;;
                    esac
                done
                """.formatted(pattern));
        start();
    }

    private String runWith(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("/usr/bin/env", "-i", "PATH=" + tools));
        if (!environment.isEmpty()) {
            command.add(environment);
        }
        command.add("./backline");
        command.addAll(List.of(arguments));
        return Cli.program(checkout, "", command.toArray(new String[0])).out();
    }

    @Test
    void givesJavaNoClosedDescriptor() throws Exception {
        start();
        executable(jdk.resolve("bin/java"), """
                #!/bin/sh
                (read -r line) 2>/dev/null && echo readable
                for descriptor in 0 1 2; do
                    [ -e /proc/$$/fd/$descriptor ] || echo closed >>'%s'
                done
                """.formatted(folder.resolve("closed")));
        for (String redirection : List.of("<&-", ">&-", "2>&-", "<&- >&- 2>&-")) {
            Cli.Result result = Cli.program(
                    checkout,
                    "a line",
                    "/usr/bin/env",
                    "-i",
                    "PATH=" + tools,
                    "/bin/sh",
                    "-c",
                    "./backline --version " + redirection);
            if (redirection.contains("<&-")) {
                assertThat(result.out()).as(redirection).isEmpty();
            }
        }
        assertThat(folder.resolve("closed")).doesNotExist();
    }

    @Test
    void startsInADirectoryWhosePathHasAColon() throws Exception {
        start();
        Path java = jdk.resolve("bin/java");
        executable(java, Files.readString(java) + """
                while [ $# -gt 0 ]; do
                    case $1 in
                        -cp) echo "class path $2"; [ -e "$2" ] && echo 'is there' ;;
                        -XX:SharedArchiveFile=*) [ -e "${1#*=}" ] && echo "archive ${1#*=}" ;;
                    esac
                    shift
                done
                """);
        Path moved = Files.move(
                checkout, Files.createDirectory(folder.resolve("a:b")).resolve("c"));
        Cli.Result result = Cli.program(moved, "", "/usr/bin/env", "-i", "PATH=" + tools, "./backline", "--version");

        assertThat(result.out())
                .containsPattern("class path [^:]+\\n")
                .contains("is there")
                .containsPattern("archive [^:]+\\n");
        assertThat(result.status()).isZero();
    }

    @Test
    void takesTheJavaInThePathIfNoneIsInstalled() throws Exception {
        Files.createSymbolicLink(tools.resolve("java"), folder.resolve("elsewhere/bin/java"));
        Files.move(jdk, folder.resolve("elsewhere"));

        assertThat(start().out()).isEqualTo("backline of this build\n");
    }

    @Test
    void skipsAJavaThatDoesNotRun() throws Exception {
        Path foreign = jdk("26", "never printed");
        executable(foreign.resolve("bin/java"), "#!/no/such/interpreter\n");
        Files.delete(jdk("27", "never printed").resolve("bin/java"));
        Files.writeString(jdk("28", "never printed").resolve("release"), "nothing\n");

        assertThat(start().out()).isEqualTo("backline of this build\n");
        assertThat(start()).isEqualTo(new Cli.Result(0, "backline of this build\n", ""));
        environment = "JAVA_HOME=" + foreign;
        assertThat(start()).isEqualTo(new Cli.Result(0, "backline of this build\n", ""));
    }

    @Test
    void namesThePackageToInstallIfThereIsNoJava() throws Exception {
        Files.move(jdk, folder.resolve("elsewhere"));

        assertThat(complaint(start())).contains("needs Java 17 or later", "apt-get install", "JAVA_HOME");
    }

    @Test
    void namesThePackageToInstallIfThereIsOnlyARuntime() throws Exception {
        Files.delete(jdk.resolve("bin/javac"));

        assertThat(complaint(start())).contains("building needs a JDK", "apt-get install openjdk-17-jdk-headless");
    }

    @Test
    void namesThePackageToInstallIfThereIsNoMaven() throws Exception {
        Files.delete(tools.resolve("mvn"));

        assertThat(complaint(start())).contains("needs Maven 3.8 or later", "apt-get install maven");
    }

    @Test
    void reportsThatTheFirstBuildNeedsTheNetwork() throws Exception {
        mvn("""
                echo '[ERROR] Plugin org.apache.maven.plugins:maven-jar-plugin:3.5.1 or one of its dependencies could not \
                be resolved: Could not transfer artifact org.apache.maven.plugins:maven-jar-plugin:pom:3.5.1 from/to \
                central (https://repository.example/maven2): repository.example: Unknown host -> [Help 1]'
                exit 1
                """);

        assertThat(complaint(start())).contains("could not download", "needs the network", "settings.xml");
    }

    @Test
    void reportsAFullDiskIfMavenReportsIt() throws Exception {
        mvn("cat /dev/zero 2>&1 >/dev/full\necho 'java.io.IOException: No space left on device'\nexit 1\n");

        assertThat(complaint(start())).contains("no space left", ".build");
    }

    @Test
    void reportsAFullDisk() throws Exception {
        Files.createDirectories(checkout.resolve(".build"));
        String mount = "mount -t tmpfs -o size=16k tmpfs .build";
        assumeTrue(
                Cli.program(checkout, "", "unshare", "-rm", "sh", "-c", mount).status() == 0,
                "no file system can be mounted here");

        Cli.Result result = run("unshare", "-rm", "sh", "-c", mount + " && PATH='" + tools + "' ./backline --version");

        assertThat(complaint(result)).contains("no space left", ".build");
    }

    @Test
    void namesTheOwnerOfAnUnfinishedBuild() throws Exception {
        assumeAnotherUser();
        Path build = Files.createDirectories(checkout.resolve(".build"));
        // The process that took the lock is dead, but another user owns the lock.
        Files.createSymbolicLink(build.resolve("lock"), Path.of("999999999"));

        assertThat(complaint(startAsNobody())).contains("cannot write to ", ".build", "root's", "remove it");
    }

    @Test
    void reportsFilesOfAnotherUserThatMavenCannotReplace() throws Exception {
        mvn("""
                echo '[ERROR] Failed to execute goal ...: /x/target/classes/A.class: Permission denied -> [Help 1]'
                exit 1
                """);

        assertThat(complaint(start())).contains("cannot write below", ".build", ".m2", "another user");
    }

    @Test
    void reportsThatAReadOnlyCheckoutCannotBeBuilt() throws Exception {
        assumeAnotherUser();

        assertThat(complaint(startAsNobody())).contains("cannot write to ", "a checkout", "copy the checkout");
    }

    @Test
    void keepsTheClassArchiveInTheUsersCacheIfTheBuildIsReadOnly() throws Exception {
        assumeAnotherUser();
        start();
        try (var archives = Files.newDirectoryStream(checkout.resolve(".build"), "app-*")) {
            for (Path app : archives) {
                Files.delete(app.resolve("classes-17.0.1"));
            }
        }
        Path cache = Files.createDirectory(folder.resolve("cache"));
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxrwxrwx"));

        environment = "XDG_CACHE_HOME=" + cache;
        Cli.Result result = startAsNobody();

        assertThat(result).isEqualTo(new Cli.Result(0, "backline of this build\n", ""));
        try (Stream<Path> kept = Files.walk(cache)) {
            assertThat(kept.map(path -> path.getFileName().toString())).contains("classes-17.0.1");
        }
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("r-xr-xr-x"));
        assertThat(startAsNobody()).isEqualTo(result);
        environment = "XDG_CACHE_HOME=/proc/nowhere";
        assertThat(startAsNobody()).isEqualTo(result);
    }

    @Test
    void buildsOnceForTwoFirstRunsAtTheSameTime() throws Exception {
        mvn("sleep 1\n" + Files.readString(tools.resolve("mvn")));
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            Callable<Cli.Result> start = this::start;
            List<Cli.Result> results = new ArrayList<>();
            for (Future<Cli.Result> result : threads.invokeAll(List.of(start, start, start))) {
                results.add(result.get());
            }
            assertThat(results).allSatisfy(result -> assertThat(result.out()).isEqualTo("backline of this build\n"));
            assertThat(results.stream().filter(result -> result.err().contains("building, once")))
                    .hasSize(1);
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void completesTheBuildOfAKilledRun() throws Exception {
        Path build = Files.createDirectories(checkout.resolve(".build"));
        Files.createDirectories(build.resolve("app-20260101000000-999999999"));
        Files.createDirectories(build.resolve("maven/backline-cli/lib"));
        Files.writeString(build.resolve("maven/backline-cli/backline-cli-0.jar"), "half of it");
        Files.createSymbolicLink(build.resolve("lock"), Path.of("999999999"));

        assertThat(start().out()).isEqualTo("backline of this build\n");
        assertThat(build.resolve("lock")).doesNotExist();
        try (Stream<Path> files = Files.walk(build)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .contains("backline-cli-1.jar")
                    .doesNotContain("backline-cli-0.jar", "app-20260101000000-999999999");
        }
    }

    @Test
    void deletesTheTemporaryClassArchiveOfARunKilledADayAgo() throws Exception {
        start();
        try (var apps = Files.newDirectoryStream(checkout.resolve(".build"), "app-*")) {
            for (Path app : apps) {
                Files.delete(app.resolve("classes-17.0.1"));
                Path left = yesterday(app.resolve("classes-17.0.1.999999999"));
                Path leftToo = yesterday(app.resolve("classes-17.0.1.999999999.gsym"));
                Path alive = yesterday(app.resolve("classes-17.0.1.1"));
                Path other = yesterday(app.resolve("classes-17.0.1.9.8.7"));
                Path link = app.resolve("classes-17.0.1.999999998");
                Files.createSymbolicLink(link, other);
                Path today = Files.createFile(app.resolve("classes-17.0.1.999999997"));

                start();

                assertThat(app.resolve("classes-17.0.1")).exists();
                assertThat(left).doesNotExist();
                assertThat(leftToo).doesNotExist();
                assertThat(alive).exists();
                assertThat(other).exists();
                assertThat(link).isSymbolicLink();
                assertThat(today).exists();
            }
        }
    }

    private static Path yesterday(Path file) throws IOException {
        Files.createFile(file);
        return Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofHours(49))));
    }

    @Test
    void showsCompilerErrors() throws Exception {
        mvn("echo '[ERROR] Main.java:[7,1] class, interface, enum, or record expected'\nexit 1\n");

        Cli.Result result = start();

        assertThat(result.status()).isEqualTo(INPUT);
        assertThat(result.err()).contains("Main.java:[7,1]", "the build failed; all of it is in ");
    }

    /** {@return the text of a script in the checkout, changed to search for JDKs in the test's directory} */
    private String fromTheCheckout(String script) throws IOException {
        return Files.readString(Cli.ROOT.resolve(script)).replace("/usr/lib/jvm/", folder + "/jvm/");
    }

    private void mvn(String script) throws IOException {
        executable(tools.resolve("mvn"), script.startsWith("#!") ? script : "#!/bin/sh\n" + script);
    }

    private static void executable(Path file, String script) throws IOException {
        Files.writeString(file, script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Cli.Result start() throws IOException, InterruptedException {
        return run();
    }

    /** Starts the launcher as the user nobody, who cannot write root's files. */
    private Cli.Result startAsNobody() throws IOException, InterruptedException {
        return run("/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
    }

    private static void assumeAnotherUser() {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can run the launcher as another user");
        Cli.needs("setpriv");
    }

    /** Runs the launcher, with another command in front of it if one is given. */
    private Cli.Result run(String... by) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("/usr/bin/env", "-i", "PATH=" + tools));
        if (!environment.isEmpty()) {
            command.add(environment);
        }
        boolean whole = by.length > 0 && by[0].equals("unshare");
        command.addAll(whole ? List.of("PATH=/usr/sbin:/usr/bin:/sbin:/bin") : List.of());
        command.addAll(List.of(by));
        if (!whole) {
            command.addAll(List.of("./backline", "--version"));
        }
        return Cli.program(checkout, "", command.toArray(new String[0]));
    }

    /** The only line that a failed start prints, apart from the line that announces a build. */
    private static String complaint(Cli.Result result) {
        assertThat(result.status()).as(result.err()).isEqualTo(INPUT);
        assertThat(result.out()).isEmpty();
        List<String> lines = result.err()
                .lines()
                .filter(line -> !line.startsWith("backline: building, once"))
                .toList();
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0)).startsWith("backline: ");
        return lines.get(0);
    }
}
