package dev.backline.symbolize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.fixtures.ElfFixtures;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/library.md holds: its program compiles, and prints what the page says. */
class LibraryGuideTest {
    private static final Pattern PROGRAM = Pattern.compile("```java\\n(import .*?)```", Pattern.DOTALL);
    private static final Pattern RUN =
            Pattern.compile("With `([^`]+)` it prints:\\s+```text\\n(.*?)```", Pattern.DOTALL);

    @Test
    void theProgramPrintsWhatThePageSays(@TempDir Path folder) throws Exception {
        Path root = ElfFixtures.folder().getParent().getParent();
        String page = Files.readString(root.resolve("docs/library.md"));
        Matcher program = PROGRAM.matcher(page);
        Matcher run = RUN.matcher(page);
        assertThat(program.find()).as("a program in the page").isTrue();
        assertThat(run.find()).as("a run in the page").isTrue();

        Path source = Files.writeString(folder.resolve("WhereIs.java"), program.group(1));
        String classPath = System.getProperty("java.class.path");
        ByteArrayOutputStream complaints = new ByteArrayOutputStream();
        int status = ToolProvider.getSystemJavaCompiler()
                .run(null, null, complaints, "-cp", classPath, "-d", folder.toString(), source.toString());
        assertThat(status).as(complaints.toString(StandardCharsets.UTF_8)).isZero();

        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath + File.pathSeparator + folder,
                "WhereIs"));
        command.addAll(List.of(run.group(1).split(" ")));
        Process process = new ProcessBuilder(command)
                .directory(root.toFile())
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).isZero();
        assertThat(printed).isEqualTo(run.group(2));
    }
}
