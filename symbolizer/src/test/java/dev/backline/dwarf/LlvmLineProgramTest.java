package dev.backline.dwarf;

import static dev.backline.dwarf.LineProgramTest.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.fuzz.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Line number programs that no compiler makes for x86, compared with llvm-dwarfdump. */
class LlvmLineProgramTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {4, 5})
    void llvmReadsTheSameRows(int version) throws IOException, InterruptedException {
        DwarfDump.requireOpIndex();
        Bytes specials = new Bytes();
        for (int opcode = 13; opcode < 256; opcode++) {
            specials.u1(ADVANCE_LINE, 20, opcode);
        }
        Bytes standard = program(SET_FILE, 1, SET_COLUMN, 0x81, 1, COPY, CONST_ADD_PC, ADVANCE_LINE, 0x7f, COPY)
                .u1(ADVANCE_PC, 0xff, 1, NEGATE_STMT, COPY, FIXED_ADVANCE_PC, 7, 2, ADVANCE_LINE, 3, COPY);
        for (Bytes program : List.of(byOperations(), specials, standard)) {
            Bytes whole = begin().u1(ADVANCE_LINE, 50)
                    .add(program.toArray())
                    .add(end(64).toArray())
                    .add(setAddress(0x8000).toArray())
                    .u1(COPY)
                    .add(end(64).toArray());
            for (Table table : List.of(operations(version), new Table())) {
                Path file = Files.write(folder.resolve("made.elf"), table.elf(whole));

                List<String> rows = rows(table.read(whole));
                assertThat(rows).hasSizeGreaterThan(2).isEqualTo(DwarfDump.rows(file));
            }
        }
    }
}
