package dev.backline.cli.triage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogTreeTest {
    @TempDir
    Path desk;

    private Path logs = Path.of("");

    @BeforeEach
    void lay() throws IOException {
        logs = Files.createDirectories(desk.resolve("logs"));
        Files.createDirectories(logs.resolve("b/deep"));
        Files.writeString(logs.resolve("c.log"), "c");
        Files.writeString(logs.resolve("b/deep/2.log"), "2");
        Files.writeString(logs.resolve("b/1.log"), "1");
        Files.writeString(logs.resolve("a.log"), "a");
    }

    private List<String> walk(Path... directories) {
        List<String> found = new ArrayList<>();
        LogTree tree = new LogTree(new LogTree.Visitor() {
            @Override
            public void expect(int files) {
                // Only progress needs it.
            }

            @Override
            public void file(Path file) {
                found.add(desk.relativize(file).toString());
            }

            @Override
            public void unreadable(String sentence) {
                found.add(sentence.replace(desk + "/", ""));
            }
        });
        for (Path each : directories) {
            tree.walk(each);
        }
        return found;
    }

    @Test
    void findsAllFilesInTheOrderOfTheirNames() {
        assertThat(walk(logs)).containsExactly("logs/a.log", "logs/b/1.log", "logs/b/deep/2.log", "logs/c.log");
    }

    @Test
    void entersNoLoopOfLinks() throws IOException {
        Files.createSymbolicLink(logs.resolve("b/deep/up"), logs);
        Files.createSymbolicLink(logs.resolve("b/self"), Path.of("self"));

        assertThat(walk(logs))
                .hasSize(5)
                .filteredOn(each -> !each.startsWith("logs/b/self"))
                .containsExactly("logs/a.log", "logs/b/1.log", "logs/b/deep/2.log", "logs/c.log");
    }

    @Test
    void followsLinksThatLeadOutOfTheDirectory() throws IOException {
        Path pods = Files.createDirectories(desk.resolve("pods/x"));
        Files.writeString(pods.resolve("0.log"), "0");
        Path links = Files.createDirectory(desk.resolve("links"));
        Files.createSymbolicLink(links.resolve("file.log"), pods.resolve("0.log"));
        Files.createSymbolicLink(links.resolve("tree"), pods.getParent());
        Files.createSymbolicLink(links.resolve("twice"), pods.getParent());

        assertThat(walk(links)).containsExactly("links/file.log", "links/tree/x/0.log");
    }

    @Test
    void readsWhatALinkInsideLeadsToOnlyOnce() throws IOException {
        Files.createSymbolicLink(logs.resolve("latest.log"), logs.resolve("b/1.log"));

        assertThat(walk(logs)).hasSize(4).doesNotContain("logs/latest.log");
    }

    @Test
    void entersADirectoryOnceThatIsNamedTwice() {
        assertThat(walk(logs, logs.resolve("b"))).hasSize(4);
    }

    @Test
    void opensNoPipe() throws Exception {
        Cli.needs("mkfifo");
        Cli.program(desk, "", "mkfifo", logs.resolve("pipe").toString());

        assertThat(walk(logs)).hasSize(4);
    }

    @Test
    void saysWhichDirectoryCannotBeRead() {
        assertThat(walk(desk.resolve("none"))).singleElement().asString().startsWith("none: ");
    }
}
