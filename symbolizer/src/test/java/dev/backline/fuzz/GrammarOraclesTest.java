package dev.backline.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backline.elf.ElfFile;
import dev.backline.fixtures.Choices;
import dev.backline.gsym.GsymWriter;
import dev.backline.gsym.LlvmGsymutil;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** LLVM's tools read the indexes of the files of {@link DwarfGrammar}. */
@Tag("slow")
class GrammarOraclesTest {
    private static final int INDEXES = 100;

    @TempDir
    Path folder;

    @Test
    void llvmGsymutilFindsNoFaultInTheIndexes() throws IOException {
        assumeTrue(LlvmGsymutil.isInstalled(), LlvmGsymutil.NOT_INSTALLED);
        Path index = folder.resolve("generated.gsym");
        int written = 0;
        for (int seed = 0; seed < INDEXES; seed++) {
            Files.deleteIfExists(index);
            DwarfGrammar model = new DwarfGrammar(new Choices(Choices.random(seed)));
            if (model.places().isEmpty()) {
                continue;
            }
            ElfFile elf = ElfFile.of("generated.elf", model.file());
            new GsymWriter(elf).write(index);
            written++;
            assertThat(LlvmGsymutil.errorsIn(index)).as("seed %d", seed).isEmpty();
        }
        assertThat(written).isGreaterThan(INDEXES / 2);
    }
}
