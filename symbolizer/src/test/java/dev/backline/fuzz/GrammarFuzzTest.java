package dev.backline.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.backline.dwarf.Dwarf;
import dev.backline.dwarf.DwarfException;
import dev.backline.elf.ElfException;
import dev.backline.elf.ElfFile;
import dev.backline.fixtures.Choices;
import dev.backline.fuzz.DwarfGrammar.Answer;
import dev.backline.gsym.GsymException;
import dev.backline.gsym.GsymFile;
import dev.backline.gsym.GsymVerifier;
import dev.backline.gsym.GsymWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Fuzz targets of another kind: the input selects sound files of a grammar, whose generator knows the right answers. Then
 * a few fields are damaged.
 */
class GrammarFuzzTest {
    private static final String NAME = "hostile";

    private static final int FEW = 400;
    private static final int MANY = 10_000;

    @MethodSource("choices")
    @FuzzTest
    void dwarfGrammar(byte[] input) throws IOException {
        Choices choices = new Choices(input);
        DwarfGrammar model = new DwarfGrammar(choices);
        byte[] file = model.file();
        ElfFile elf = ElfFile.of(NAME, file);
        List<DwarfGrammar.Place> places = model.places();
        Dwarf dwarf = Dwarf.of(elf);
        for (DwarfGrammar.Place place : places) {
            assertThat(Answer.of(dwarf.framesAt(place.address())))
                    .as("0x%x", place.address())
                    .isEqualTo(place.frames());
        }
        if (!places.isEmpty()) {
            index(elf, places);
        }
        if (!model.parts().isEmpty()) {
            damage(choices, model, file, places);
        }
    }

    /** The index has the same answers. */
    private static void index(ElfFile elf, List<DwarfGrammar.Place> places) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new GsymWriter(elf).details().write(out);
        try (GsymFile gsym = GsymFile.of(NAME, out.toByteArray())) {
            for (DwarfGrammar.Place place : places) {
                assertThat(Answer.of(gsym.framesAt(place.address())))
                        .as("0x%x in the index", place.address())
                        .isEqualTo(place.frames());
            }
        }
        out.reset();
        new GsymWriter(elf).write(out);
        try (GsymFile gsym = GsymFile.of(NAME, out.toByteArray())) {
            assertThat(new GsymVerifier(elf, gsym).verify().differences()).isEmpty();
        }
    }

    /** Damages one unit. The answers of the others stay. */
    private static void damage(Choices choices, DwarfGrammar model, byte[] file, List<DwarfGrammar.Place> places)
            throws IOException {
        DwarfGrammar.Part first = choices.of(model.parts());
        byte[] damaged = file.clone();
        ElfFile sound = ElfFile.of(NAME, file);
        for (int fields = choices.between(1, 3); fields > 0; fields--) {
            DwarfGrammar.Part part = fields == 1 ? first : choices.of(model.parts());
            if (part.unit() == first.unit()) {
                int section = (int)
                        Objects.requireNonNull(sound.section(part.section())).offset();
                overwrite(choices, damaged, section + part.from(), section + part.to());
            }
        }
        Dwarf dwarf = Dwarf.of(ElfFile.of(NAME, damaged));
        for (DwarfGrammar.Place place : places) {
            List<Answer> frames;
            try {
                frames = Answer.of(dwarf.framesAt(place.address()));
            } catch (Dwarf.Damage e) {
                checkMessage(e);
                frames = Answer.of(e.frames());
                assertThat(frames).isNotEmpty();
            } catch (DwarfException | ElfException e) {
                checkMessage(e);
                frames = List.of();
            }
            boolean elsewhere = !place.units().isEmpty() && !place.units().contains(first.unit());
            if (elsewhere && model.isComplete()) {
                if (place.units().size() == 1) {
                    assertThat(frames).as("0x%x", place.address()).isEqualTo(place.frames());
                } else if (place.frames().get(0).line() != 0) {
                    // The line is in the unit itself; names in other units are found by the units' headers, which may
                    // be damaged
                    assertThat(frames).as("0x%x", place.address()).isNotEmpty();
                    assertThat(frames.get(0).line())
                            .isEqualTo(place.frames().get(0).line());
                }
            }
        }
        Reading.index(damaged);
    }

    /** Overwrites a field of one to eight bytes. */
    private static void overwrite(Choices choices, byte[] file, int from, int to) {
        int width = Math.min(choices.ofInts(1, 1, 2, 4, 8), to - from);
        int at = from + choices.below(to - from - width + 1);
        long value = choices.of(0L, 1L, 0x7fL, 0xffL, -1L, -16L, Long.MIN_VALUE, (long) choices.below(256));
        for (int i = 0; i < width; i++) {
            file[at + i] = (byte) (value >> 8 * i);
        }
    }

    private static void checkMessage(IOException e) {
        assertThat(e).hasMessageContaining(NAME);
        assertThat(e.getMessage()).doesNotContain("\n").doesNotContain("null");
    }

    @MethodSource("choices")
    @FuzzTest
    void gsymGrammar(byte[] input) throws IOException {
        Choices choices = new Choices(input);
        GsymGrammar model = new GsymGrammar(choices);
        byte[] file = model.file();
        try (GsymFile gsym = GsymFile.of(NAME, file)) {
            // The second pass uses what the first one kept
            for (int pass = 0; pass < 3; pass++) {
                for (GsymGrammar.Place place : model.places()) {
                    assertThat(Answer.of(gsym.framesAt(place.address())))
                            .as("0x%x", place.address())
                            .isEqualTo(place.frames());
                }
            }
        }
        GsymGrammar.Part part = choices.of(model.parts());
        byte[] damaged = file.clone();
        overwrite(choices, damaged, part.from(), part.to());
        Reading.gsym(damaged);
        if (part.function() < 0) {
            return;
        }
        try (GsymFile gsym = GsymFile.of(NAME, damaged)) {
            for (GsymGrammar.Place place : model.places()) {
                try {
                    List<Answer> frames = Answer.of(gsym.framesAt(place.address()));
                    if (place.function() != part.function()) {
                        assertThat(frames).as("0x%x", place.address()).isEqualTo(place.frames());
                    }
                } catch (GsymException e) {
                    checkMessage(e);
                    assertThat(place.function()).isEqualTo(part.function());
                }
            }
        }
    }

    @MethodSource("choices")
    @FuzzTest
    void logGrammar(byte[] input) throws IOException {
        LogGrammar.check(new Choices(input));
    }

    @Test
    void holdForRandomChoices() throws IOException {
        run(0, FEW);
    }

    @Tag("slow")
    @Test
    void holdForManyRandomChoices() throws IOException {
        run(FEW, MANY);
    }

    private interface Target {
        void run(byte[] input) throws IOException;
    }

    private void run(int from, int to) throws IOException {
        for (long seed = from; seed < to; seed++) {
            for (Target target : List.<Target>of(this::dwarfGrammar, this::gsymGrammar, this::logGrammar)) {
                try {
                    target.run(Choices.random(seed));
                } catch (AssertionError | RuntimeException | IOException e) {
                    throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
                }
            }
        }
    }

    static Stream<Arguments> choices() {
        return LongStream.range(0, 30).mapToObj(seed -> Arguments.of((Object) Choices.random(seed)));
    }
}
