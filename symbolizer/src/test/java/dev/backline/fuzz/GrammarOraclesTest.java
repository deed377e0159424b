package dev.backline.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backline.elf.ElfFile;
import dev.backline.fixtures.Choices;
import dev.backline.fixtures.LlvmSymbolizer;
import dev.backline.fixtures.LlvmSymbolizer.Names;
import dev.backline.gsym.GsymWriter;
import dev.backline.gsym.LlvmGsymutil;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** LLVM's tools agree with the generator of {@link DwarfGrammar}, and read the indexes of its files. */
@Tag("slow")
class GrammarOraclesTest {
    private static final int FILES = 300;
    private static final int INDEXES = 100;

    @TempDir
    Path folder;

    @Test
    void llvmSymbolizerHasTheAnswersOfTheModel() throws IOException {
        LlvmSymbolizer llvm = LlvmSymbolizer.installed().orElse(null);
        assumeTrue(llvm != null, LlvmSymbolizer.howToInstall());
        List<String> differences = new ArrayList<>();
        int places = 0;
        for (int seed = 0; seed < FILES; seed++) {
            DwarfGrammar model = new DwarfGrammar(new Choices(Choices.random(seed)), true);
            Path file = Files.write(folder.resolve("generated.elf"), model.file());
            long[] addresses = model.places().stream()
                    .mapToLong(DwarfGrammar.Place::address)
                    .toArray();
            List<List<LlvmSymbolizer.Frame>> found = llvm.frames(file, addresses, Names.SHORT);
            for (int i = 0; i < addresses.length; i++) {
                places++;
                List<LlvmSymbolizer.Frame> expected = comparable(model.places().get(i));
                if (!found.get(i).equals(expected)) {
                    differences.add("seed " + seed + " 0x" + Long.toHexString(addresses[i]) + "\n  model " + expected
                            + "\n  llvm  " + found.get(i));
                }
            }
        }
        assertThat(differences)
                .as("%d of %d places", differences.size(), places)
                .isEmpty();
        assertThat(places).isGreaterThan(FILES);
    }

    private static List<LlvmSymbolizer.Frame> comparable(DwarfGrammar.Place place) {
        if (place.frames().isEmpty()) {
            return List.of(new LlvmSymbolizer.Frame(null, null, 0, 0));
        }
        return place.frames().stream()
                .map(each -> new LlvmSymbolizer.Frame(
                        each.function(),
                        each.path() == null ? null : LlvmSymbolizer.normalise(each.path()),
                        each.line(),
                        each.column()))
                .toList();
    }

    @Test
    void llvmGsymutilFindsNoFaultInTheIndexes() throws IOException {
        assumeTrue(LlvmGsymutil.isInstalled(), LlvmGsymutil.NOT_INSTALLED);
        Path index = folder.resolve("generated.gsym");
        for (int seed = 0; seed < INDEXES; seed++) {
            Files.deleteIfExists(index);
            byte[] elf = new DwarfGrammar(new Choices(Choices.random(seed))).file();
            new GsymWriter(ElfFile.of("generated.elf", elf)).write(index);
            assertThat(LlvmGsymutil.errorsIn(index)).as("seed %d", seed).isEmpty();
        }
    }
}
