package dev.backline.dwarf.types;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Compiles the source files of tests. */
final class CompiledSource {
    private CompiledSource() {}

    /** {@return an ELF file that starts at the function {@code start}} Skips the test if there is no such compiler. */
    static Path file(String source, Path folder, String compiler, String options) throws Exception {
        Files.writeString(folder.resolve("source.c"), source);
        List<String> command = new ArrayList<>(
                List.of(compiler, "-nostdlib", "-static", "-Wl,-e,start", "-o", "source.elf", "source.c"));
        command.addAll(List.of(options.split(" ", -1)));
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("compiler.log").toFile())
                    .start();
        } catch (IOException e) {
            return Assumptions.abort("skipped: " + compiler + " is not installed");
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(folder.resolve("compiler.log")))
                .isZero();
        return folder.resolve("source.elf");
    }
}
