package dev.backline.dwarf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.fixtures.ElfFixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damages parts of sound files: what the other parts know is still answered, and the damage is told. */
class DamageTest {
    private static final int DAMAGES = 40;

    /** The answers of a file before it was damaged. */
    private record Sound(String name, byte[] bytes, long[] addresses, List<Frame> innermost) {
        static Sound of(String name) throws IOException {
            ElfFixtures.Fixture fixture = ElfFixtures.fixture(name);
            byte[] bytes = Files.readAllBytes(fixture.elf());
            Dwarf dwarf = Dwarf.of(ElfFile.of(name, bytes));
            List<Frame> innermost = new ArrayList<>();
            List<Long> addresses = new ArrayList<>();
            for (ElfFixtures.Answer answer : fixture.answers()) {
                List<Frame> frames = dwarf.framesAt(answer.address());
                if (!frames.isEmpty() && frames.get(0).file() != null) {
                    addresses.add(answer.address());
                    innermost.add(frames.get(0));
                }
            }
            return new Sound(
                    name, bytes, addresses.stream().mapToLong(Long::longValue).toArray(), innermost);
        }

        Section section(String section) throws IOException {
            return Objects.requireNonNull(ElfFile.of(name, bytes).section(section));
        }

        /** The file with a section that has nothing but 0xff. */
        Dwarf without(String section) throws IOException {
            Section lost = section(section);
            byte[] damaged = bytes.clone();
            int from = (int) lost.offset();
            Arrays.fill(damaged, from, from + (int) lost.size(), (byte) 0xff);
            return Dwarf.of(ElfFile.of(name, damaged));
        }
    }

    private static @Nullable Frame innermost(Dwarf dwarf, long address) throws IOException {
        List<Frame> frames;
        try {
            frames = dwarf.framesAt(address);
        } catch (Dwarf.Damage e) {
            assertThat(e).hasMessageContaining(".debug_");
            frames = e.frames();
        }
        return frames.isEmpty() ? null : frames.get(0);
    }

    private static @Nullable String file(Frame frame) {
        SourceFile file = frame.file();
        return file == null ? null : file.path();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc12-v5", "gcc12-v4", "clang19-v5", "clang19-v4", "gcc12-dwarf64-v5"})
    void keepsTheLineWhereAnEntryIsDamaged(String name) throws IOException {
        Sound sound = Sound.of(name);
        ElfFile elf = ElfFile.of(name, sound.bytes);
        long start = sound.section(".debug_info").offset();
        long[] units = Dwarf.of(elf).unitOffsets();
        Random random = new Random(1);
        int told = 0;
        for (int i = 0; i < DAMAGES; i++) {
            UnitContext unit = Dwarf.of(elf).readUnit(units[i % units.length]).context();
            // The root entry says where the line table is
            long first =
                    unit.readEntry(unit.header().firstEntry(), new Attributes()).offset();
            long place = first + random.nextInt((int) (unit.header().end() - first));
            byte[] bytes = sound.bytes.clone();
            bytes[(int) (start + place)] = (byte) random.nextInt(256);
            Dwarf damaged = Dwarf.of(ElfFile.of(name, bytes));
            for (int k = i % 5; k < sound.addresses.length; k += 5) {
                Frame before = sound.innermost.get(k);
                Frame after = innermost(damaged, sound.addresses[k]);
                assertThat(after)
                        .as("%s at 0x%x, damaged at 0x%x", name, sound.addresses[k], place)
                        .isNotNull();
                assertThat(Objects.requireNonNull(after).line()).isEqualTo(before.line());
                assertThat(file(after)).isEqualTo(file(before));
                told += after.function() == null && before.function() != null ? 1 : 0;
            }
        }
        assertThat(told).as("places without a function because of the damage").isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc12-v5", "gcc12-v4", "clang19-v5", "clang19-v4", "gcc12-v2"})
    void findsTheLineWithoutAnyUnit(String name) throws IOException {
        Sound sound = Sound.of(name);
        Dwarf damaged = sound.without(".debug_abbrev");
        for (int k = 0; k < sound.addresses.length; k++) {
            Frame before = sound.innermost.get(k);
            Frame after = Objects.requireNonNull(innermost(damaged, sound.addresses[k]));
            assertThat(after.line()).isEqualTo(before.line());
            // Without the unit, the compilation directory of DWARF 2 to 4 is unknown
            assertThat(file(before)).endsWith(Objects.requireNonNull(file(after)));
            assertThat(after.function()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc12-v5", "clang19-v4"})
    void findsTheFunctionsWithoutTheLines(String name) throws IOException {
        Sound sound = Sound.of(name);
        Dwarf damaged = sound.without(".debug_line");
        for (int k = 0; k < sound.addresses.length; k++) {
            Frame before = sound.innermost.get(k);
            if (before.function() != null) {
                Frame after = Objects.requireNonNull(innermost(damaged, sound.addresses[k]));
                assertThat(after.function()).isEqualTo(before.function());
                assertThat(after.line()).isZero();
            }
        }
    }
}
