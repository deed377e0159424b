package dev.backline.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The programs in docs/library.md compile and print the output on the page. */
class LibraryGuideTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    private static final Pattern PROGRAM = Pattern.compile(
            "```java\\n(import .*?public final class (\\w+) .*?)```\\s+With `([^`]+)` it prints:\\s+```text\\n(.*?)```",
            Pattern.DOTALL);

    @TempDir
    Path folder;

    private record Program(String source, String name, String arguments, String printed) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Program> programs() throws IOException {
        Matcher program = PROGRAM.matcher(Files.readString(ROOT.resolve("docs/library.md")));
        return program.results()
                .map(found -> new Program(found.group(1), found.group(2), found.group(3), found.group(4)));
    }

    @Test
    void findsAllProgramsOnThePage() throws IOException {
        long imports = Files.readString(ROOT.resolve("docs/library.md"))
                .lines()
                .filter(line -> line.startsWith("public final class "))
                .count();
        assertThat(programs().count()).isEqualTo(imports).isGreaterThanOrEqualTo(4);
    }

    @ParameterizedTest
    @MethodSource("programs")
    void printTheOutputShownOnThePage(Program program) throws IOException, InterruptedException {
        Path source = Files.writeString(folder.resolve(program.name() + ".java"), program.source());
        String classPath = System.getProperty("java.class.path");
        ByteArrayOutputStream complaints = new ByteArrayOutputStream();
        int status = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        complaints,
                        "-Xlint:all",
                        "-Werror",
                        "-proc:none",
                        "-cp",
                        classPath,
                        "-d",
                        folder.toString(),
                        source.toString());
        assertThat(status).as(complaints.toString(StandardCharsets.UTF_8)).isZero();

        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath + File.pathSeparator + folder,
                program.name()));
        command.addAll(List.of(program.arguments().split(" ", -1)));
        Process process = new ProcessBuilder(command)
                .directory(ROOT.toFile())
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        // A line with … stands for lines that the page omits.
        String pattern = Stream.of(program.printed().split("(?m)^…\\n", -1))
                .map(Pattern::quote)
                .collect(Collectors.joining("(?s:.*)"));
        assertThat(printed).matches(pattern);
        assertThat(process.waitFor()).isZero();
    }
}
