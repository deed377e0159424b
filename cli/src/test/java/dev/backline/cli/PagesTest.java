package dev.backline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.fixtures.Kernels;
import dev.backline.fixtures.Kernels.Kernel;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/**
 * The commands of README and of the pages, typed as they are printed there, and what they print.
 *
 * <p>A command is a line that begins with {@code $} in a block, the lines below it are its output; or a block of shell
 * that a block of text follows. {@code …} is whatever was left out: lines where it stands alone, else a part of one.
 * Commands that need another machine stand in a block of shell that nothing follows.
 */
class PagesTest {
    private static final Path ROOT = Cli.ROOT.toAbsolutePath().normalize();
    private static final String STORY = "docs/story.md";
    private static final List<String> PAGES = List.of(
            "README.md",
            "docs/guide.md",
            STORY,
            "docs/adding-a-notation.md",
            "docs/decode-stacktrace.md",
            "docs/gsym.md",
            "docs/probe-output.md",
            "docs/who-sent-that-rst.md");
    private static final String STORY_IN_CHINESE = "docs/story.zh.md";

    /** What a command names that is only there with a kernel. */
    private static final Pattern OF_A_KERNEL = Pattern.compile("KERNEL|VMLINUX|MODULES|DIR|vmlinux|modules|\\.cache");

    /** Stands for what was left out. */
    private static final String LEFT_OUT = "…";

    @TempDir
    static Path room;

    /**
     * One block of a page.
     *
     * @param line where it stands, for messages
     * @param commands with the lines that each has to print
     */
    private record Session(String page, int line, List<Exchange> commands) {
        @Override
        public String toString() {
            return page + " line " + line;
        }

        boolean names(Pattern pattern) {
            return commands.stream()
                    .anyMatch(each -> pattern.matcher(each.command()).find());
        }
    }

    private record Exchange(String command, List<String> output) {}

    static Stream<Session> sessions() throws IOException {
        List<Session> sessions = new ArrayList<>();
        for (String page : PAGES) {
            List<Session> ofThePage = sessions(page);
            assertThat(ofThePage).as(page).isNotEmpty();
            sessions.addAll(ofThePage);
        }
        return sessions.stream();
    }

    private static List<Session> sessions(String page) throws IOException {
        List<Session> sessions = new ArrayList<>();
        List<String> lines = Files.readAllLines(ROOT.resolve(page));
        List<String> shell = List.of();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).startsWith("```")) {
                shell = lines.get(i).isBlank() ? shell : List.of();
                continue;
            }
            String kind = lines.get(i).substring(3);
            int start = i + 1;
            do {
                i++;
            } while (!lines.get(i).equals("```"));
            List<String> block = lines.subList(start, i);
            if (kind.equals("sh")) {
                shell = block;
            } else if (!shell.isEmpty()) {
                sessions.add(new Session(page, start, List.of(new Exchange(String.join("\n", shell), block))));
                shell = List.of();
            } else if (block.get(0).startsWith("$ ")) {
                sessions.add(new Session(page, start, exchanges(block)));
            }
        }
        return sessions;
    }

    private static List<Exchange> exchanges(List<String> block) {
        List<Exchange> exchanges = new ArrayList<>();
        for (String line : block) {
            if (line.startsWith("$ ")) {
                exchanges.add(new Exchange(line.substring(2), new ArrayList<>()));
            } else {
                exchanges.get(exchanges.size() - 1).output().add(line);
            }
        }
        return exchanges;
    }

    /**
     * {@return a folder for one page, with what it speaks of: the checkout's folders, a kernel under the names that the
     * page uses, a log}
     */
    private static Path desk(String page) throws IOException {
        Path desk = room.resolve(page.replace('/', '-'));
        if (!Files.exists(desk)) {
            Files.createDirectory(desk);
            layTheDesk(desk);
            Kernel kernel = Kernels.find(Kernels.DEBIAN_12).orElse(null);
            if (kernel != null) {
                layTheKernel(kernel, desk);
            }
        }
        return desk;
    }

    private static void layTheDesk(Path desk) throws IOException {
        Files.createSymbolicLink(desk.resolve("fixtures"), ROOT.resolve("fixtures"));
        Path captures = ROOT.resolve("fixtures/captures");
        Files.createSymbolicLink(desk.resolve("rst.log"), captures.resolve("systemtap-article.log"));
        Files.createSymbolicLink(desk.resolve("dmesg.txt"), captures.resolve("systemtap-article.dmesg"));
        Files.createSymbolicLink(
                desk.resolve("oops.input"), ROOT.resolve("fixtures/recorded/decode_stacktrace/oops.input"));
        Path backline = desk.resolve("backline");
        Files.writeString(
                backline,
                "#!/bin/sh\nexec '" + Path.of(System.getProperty("java.home"), "bin/java")
                        + "' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dfile.encoding=UTF-8 -Dbackline.indexes='"
                        + ROOT.resolve("fixtures/kernels/indexes") + "' -cp '" + System.getProperty("java.class.path")
                        + "' dev.backline.cli.Main \"$@\"\n");
        assertThat(backline.toFile().setExecutable(true)).isTrue();
    }

    private static void layTheKernel(Kernel kernel, Path desk) throws IOException {
        Files.createSymbolicLink(desk.resolve("KERNEL"), kernel.folder());
        Files.createSymbolicLink(desk.resolve("vmlinux"), kernel.vmlinux());
        Files.createSymbolicLink(desk.resolve("VMLINUX"), kernel.vmlinux());
        Files.createSymbolicLink(desk.resolve("MODULES"), kernel.modules());
        Path bridge = module(kernel, "bridge.ko");
        Files.createDirectory(desk.resolve("modules"));
        Files.copy(bridge, desk.resolve("modules/bridge.ko"));
        Files.createDirectory(desk.resolve("DIR"));
        try (OutputStream file = Files.newOutputStream(desk.resolve("DIR/bridge.ko.xz"));
                OutputStream xz = new XZOutputStream(file, new LZMA2Options(0))) {
            Files.copy(bridge, xz);
        }
    }

    /** JUnit warns of links that lead out of the folder. */
    @AfterAll
    static void takeLinksAway() throws IOException {
        try (Stream<Path> files = Files.walk(room, 2)) {
            for (Path link : files.filter(Files::isSymbolicLink).toList()) {
                Files.delete(link);
            }
        }
    }

    private static Path module(Kernel kernel, String name) throws IOException {
        return kernel.moduleFiles().stream()
                .filter(file -> file.endsWith(name))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("sessions")
    @Timeout(120)
    void printWhatTheySay(Session session) throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                !session.names(OF_A_KERNEL) || Kernels.find(Kernels.DEBIAN_12).isPresent(),
                Kernels.howToFetch(Kernels.DEBIAN_12));
        Assumptions.assumeTrue(
                !session.names(Pattern.compile("debian-11-5.10"))
                        || Kernels.find("debian-11-5.10-cloud-amd64").isPresent(),
                Kernels.howToFetch("debian-11-5.10-cloud-amd64"));
        for (Exchange exchange : session.commands()) {
            String command = "PATH=.:$PATH; exec 2>&1; " + exchange.command();
            String printed =
                    Cli.program(desk(session.page()), "", "sh", "-c", command).out();
            // Serial consoles end lines by CR LF, which a page does not show.
            List<String> lines = new ArrayList<>(List.of(printed.split("\r?\n", -1)));
            lines.remove(lines.size() - 1);
            String missing = exchange.command().contains("--format json")
                    ? compareJson(exchange.output(), lines)
                    : compare(exchange.output(), lines);
            assertThat(missing)
                    .as("%s: %s prints\n%s", session, exchange.command(), printed)
                    .isNull();
        }
    }

    @Test
    void tellTheStoryInChineseWithTheSameCommandsAndOutput() throws IOException {
        assertThat(exchanges(STORY_IN_CHINESE)).isNotEmpty().isEqualTo(exchanges(STORY));
    }

    private static List<Exchange> exchanges(String page) throws IOException {
        return sessions(page).stream()
                .flatMap(session -> session.commands().stream())
                .toList();
    }

    /** What is shown of it may be broken into several lines. */
    private static String compareJson(List<String> shown, List<String> printed) {
        List<String> whole = new ArrayList<>();
        for (String line : shown) {
            if (line.startsWith(" ")) {
                whole.set(whole.size() - 1, whole.get(whole.size() - 1) + line.stripLeading());
            } else {
                whole.add(line);
            }
        }
        return compare(whole, printed);
    }

    /** {@return what is shown and was not printed there, or null} */
    private static String compare(List<String> shown, List<String> printed) {
        int at = 0;
        boolean anywhere = false;
        int i = 0;
        while (i < shown.size()) {
            if (shown.get(i).equals(LEFT_OUT)) {
                anywhere = true;
                i++;
                continue;
            }
            int end = i;
            while (end < shown.size() && !shown.get(end).equals(LEFT_OUT)) {
                end++;
            }
            List<String> chunk = shown.subList(i, end);
            // What ends the block has to end the output.
            int from = end == shown.size() && anywhere ? Math.max(at, printed.size() - chunk.size()) : at;
            while (anywhere && from + chunk.size() <= printed.size() && !matches(chunk, printed, from)) {
                from++;
            }
            if (from + chunk.size() > printed.size() || !matches(chunk, printed, from)) {
                return "not there: " + String.join("\n", chunk);
            }
            at = from + chunk.size();
            anywhere = false;
            i = end;
        }
        return anywhere || at == printed.size()
                ? null
                : "more than is shown: " + String.join("\n", printed.subList(at, printed.size()));
    }

    private static boolean matches(List<String> chunk, List<String> printed, int from) {
        for (int i = 0; i < chunk.size(); i++) {
            String shown = chunk.get(i);
            String line = printed.get(from + i);
            boolean same = shown.contains(LEFT_OUT)
                    ? Pattern.matches("\\Q" + shown.replace(LEFT_OUT, "\\E.*\\Q") + "\\E", line)
                    : shown.equals(line);
            if (!same) {
                return false;
            }
        }
        return true;
    }
}
