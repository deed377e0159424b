package dev.backline.fuzz;

import dev.backline.elf.ElfFile;
import dev.backline.fixtures.ElfFixtures;
import dev.backline.gsym.GsymWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** GSYM files that are sound. */
final class Indexes {
    private Indexes() {}

    /** {@return the files of {@code fixtures/gsym}} */
    static List<Path> ofLlvm() throws IOException {
        try (Stream<Path> files = Files.list(ElfFixtures.folder().resolveSibling("gsym"))) {
            return files.filter(file -> file.toString().endsWith(".gsym"))
                    .sorted()
                    .toList();
        }
    }

    /** {@return all of these and some of backline's own} */
    static Stream<Arguments> all() throws IOException {
        List<Arguments> seeds = new ArrayList<>();
        for (Path path : ofLlvm()) {
            seeds.add(Arguments.of(Files.readAllBytes(path)));
        }
        for (String name : List.of("gcc12-v5", "s390x-v5", "gcc12-ko-v5", "rust-v0")) {
            seeds.add(Arguments.of(ofBackline(name)));
            seeds.add(Arguments.of(detailed(name)));
        }
        return seeds.stream();
    }

    /** {@return an index of a fixture} */
    static byte[] ofBackline(String fixture) throws IOException {
        try (ElfFile elf = ElfFile.open(ElfFixtures.fixture(fixture).elf())) {
            return written(new GsymWriter(elf));
        }
    }

    /** {@return an index of a fixture with columns, discriminators and linkage names} */
    static byte[] detailed(String fixture) throws IOException {
        try (ElfFile elf = ElfFile.open(ElfFixtures.fixture(fixture).elf())) {
            return written(new GsymWriter(elf).details());
        }
    }

    private static byte[] written(GsymWriter writer) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        writer.write(out);
        return out.toByteArray();
    }
}
