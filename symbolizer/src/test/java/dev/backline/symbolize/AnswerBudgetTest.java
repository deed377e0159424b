package dev.backline.symbolize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.fixtures.ElfFixtures;
import dev.backline.symbolize.Resolution.Ambiguous;
import dev.backline.symbolize.Resolution.Resolved;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerBudgetTest {
    private static final Path FILE = ElfFixtures.folder().resolve("gcc12-v5.elf");
    private static final int ANSWERS = 3000;

    private static SourceFrame frame(String name, boolean inlined) {
        return new SourceFrame(name, null, "/src/a.c", "a.c", 1, 1, 0, inlined);
    }

    private static Resolved chain(int frames, int nameLength) {
        List<SourceFrame> all = new ArrayList<>(Collections.nCopies(frames - 1, frame("n".repeat(nameLength), true)));
        all.add(frame("outermost" + "x".repeat(nameLength), false));
        return new Resolved("symbol", 1, 2, 3, all, null);
    }

    private static long length(Resolution answer) {
        if (answer instanceof Ambiguous ambiguous) {
            return ambiguous.candidates().stream()
                    .mapToLong(AnswerBudgetTest::length)
                    .sum();
        }
        return ((Resolved) answer)
                .frames().stream()
                        .mapToLong(each -> 60 + length(each.function()) + length(each.file()) + length(each.path()))
                        .sum();
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    @ParameterizedTest
    @CsvSource({"200, 10, 1", "1, 100000, 1", "50, 2000, 1", "2, 10, 100", "30, 5, 20"})
    void cutsLongAnswersOnceTheyAreManyTimesAsLongAsTheFile(int frames, int nameLength, int candidates)
            throws IOException {
        Resolved chain = chain(frames, nameLength);
        Resolution answer = candidates == 1 ? chain : new Ambiguous(Collections.nCopies(candidates, chain));
        AnswerBudget budget = new AnswerBudget();
        try (Symbolizer file = Symbolizer.open(FILE)) {
            assertThat(budget.bounded(answer, file)).isSameAs(answer);
            assertThat(budget.hasCut()).isFalse();
            long all = 0;
            Resolution last = answer;
            for (int i = 0; i < ANSWERS; i++) {
                last = budget.bounded(answer, file);
                all += length(last);
            }

            assertThat(all).isLessThan(20 * Files.size(FILE) + 1500 * ANSWERS);
            assertThat(budget.hasCut()).isTrue();
            Resolution first =
                    last instanceof Ambiguous ambiguous ? ambiguous.candidates().get(0) : last;
            List<SourceFrame> kept = ((Resolved) first).frames();
            assertThat(kept.get(kept.size() - 1).function()).startsWith("outermost");
            assertThat(kept.get(kept.size() - 1).inlined()).isFalse();
            assertThat(last instanceof Ambiguous).isEqualTo(candidates > 1);
        }
    }

    @Test
    void cutsNoAnswersOfTheUsualLength() throws IOException {
        Resolved answer = chain(3, 30);
        AnswerBudget budget = new AnswerBudget();
        try (Symbolizer file = Symbolizer.open(FILE)) {
            for (int i = 0; i < 100_000; i++) {
                assertThat(budget.bounded(answer, file)).isSameAs(answer);
            }
        }
    }

    @Test
    void cutsNoLongAnswersToTheLinesOfALongLog() throws IOException {
        Resolved answer = chain(6, 30);
        AnswerBudget budget = new AnswerBudget();
        try (Symbolizer file = Symbolizer.open(FILE)) {
            for (int i = 0; i < 100_000; i++) {
                budget.read("[  123.456789]  tcp_v4_do_rcv+0x15c/0x450".length());
                assertThat(budget.bounded(answer, file)).isSameAs(answer);
            }
        }
    }
}
