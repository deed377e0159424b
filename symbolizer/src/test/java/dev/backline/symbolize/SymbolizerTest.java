package dev.backline.symbolize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backline.elf.ElfFile;
import dev.backline.elf.SymbolTable;
import dev.backline.fixtures.ElfFixtures;
import dev.backline.trace.FrameReference;
import dev.backline.trace.Pc;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Queries to fixtures/elf/gcc12-v5.elf, whose sources are in fixtures/elf/src. */
class SymbolizerTest {
    private Symbolizer symbolizer;

    @BeforeEach
    void open() throws IOException {
        symbolizer = Symbolizer.open(ElfFixtures.fixture("gcc12-v5").elf());
    }

    @AfterEach
    void close() throws IOException {
        symbolizer.close();
    }

    private Resolution resolve(String query) throws IOException {
        return symbolizer.resolve(FrameReference.parse(query));
    }

    private Resolution.Resolved resolved(String query) throws IOException {
        return (Resolution.Resolved) resolve(query);
    }

    private Resolution.Unresolved unresolved(String query) throws IOException {
        return (Resolution.Unresolved) resolve(query);
    }

    private long start(String function) throws IOException {
        SymbolTable symbols = symbolizer.elf().symbols();
        return symbols.address(symbols.named(function)[0]);
    }

    @Test
    void looksUpAReturnAddressAtItsCall() throws IOException {
        FrameReference frame = FrameReference.parse("receive+0xc8/0x160");

        Resolution.Resolved caller = (Resolution.Resolved) symbolizer.resolve(frame);
        Resolution.Resolved exact = (Resolution.Resolved) symbolizer.resolve(frame.withPc(Pc.EXACT));

        assertThat(caller.frames().get(0).line())
                .as("send_reset(sk, p, REASON_STATE);")
                .isEqualTo(97);
        assertThat(exact.frames().get(0).line()).as("goto put;").isEqualTo(98);
        assertThat(caller.exact()).isEqualTo(exact.frames().get(0));
        assertThat(exact.exact()).isNull();
    }

    @Test
    void resolvesAReturnAddressAfterANoreturnCallAtTheEndOfAFunction() throws IOException {
        SymbolTable symbols = symbolizer.elf().symbols();
        long size = symbols.size(symbols.named("bad_state")[0]);

        Resolution.Resolved end = resolved("bad_state+0x%1$x/0x%1$x".formatted(size));

        assertThat(end.symbol()).isEqualTo("bad_state");
        assertThat(end.frames()).extracting(SourceFrame::function).containsExactly("bad_state");
        assertThat(end.exact()).as("the address itself is in the next function").isNull();
    }

    @Test
    void distinguishesTheRequestedSymbolFromTheFunction() throws IOException {
        Resolution.Resolved cold = resolved("receive.cold+0x5");

        assertThat(cold.symbol()).isEqualTo("receive.cold");
        assertThat(cold.frames().get(cold.frames().size() - 1).function()).isEqualTo("receive");
    }

    @Test
    void selectsTheFunctionWithTheRightSizeAmongSeveralWithTheName() throws IOException {
        SymbolTable symbols = symbolizer.elf().symbols();
        int[] both = symbols.named("validate");
        assertThat(both).hasSize(2);
        List<String> files = new ArrayList<>();
        for (int symbol : both) {
            long size = symbols.size(symbol);
            Resolution.Resolved one = resolved("validate+0x4/0x" + Long.toHexString(size));
            assertThat(one.size()).isEqualTo(size);
            assertThat(one.address()).isEqualTo(symbols.address(symbol) + 4);
            files.add(one.frames().get(one.frames().size() - 1).path());
        }
        assertThat(files).containsExactlyInAnyOrder("tcp.c", "table.c");
    }

    @Test
    void returnsAllFunctionsOfANameIfTheReferenceIsAmbiguous() throws IOException {
        Resolution.Ambiguous both = (Resolution.Ambiguous) resolve("validate+0x4");

        assertThat(both.candidates()).hasSize(2).allMatch(Resolution.Resolved.class::isInstance);
    }

    @Test
    void treatsASizeOfZeroAsUnknown() throws IOException {
        assertThat(resolved("receive+0xc/0x0").symbol()).isEqualTo("receive");
    }

    @Test
    void reportsBothSizesIfTheyDiffer() throws IOException {
        Resolution.Unresolved wrong = unresolved("receive+0x4/0x999");

        assertThat(wrong.reason()).isEqualTo(Resolution.Reason.SIZE_MISMATCH);
        assertThat(wrong.message()).contains("0x160").contains("0x999");
    }

    @Test
    void rejectsAnOffsetPastTheEndOfTheFunction() throws IOException {
        Resolution.Unresolved wrong = unresolved("receive+0x161");

        assertThat(wrong.reason()).isEqualTo(Resolution.Reason.SIZE_MISMATCH);
        assertThat(wrong.message()).contains("0x160").contains("0x161");
    }

    @Test
    void suggestsSimilarNamesForAnUnknownName() throws IOException {
        Resolution.Unresolved missing = unresolved("recieve+0x4");

        assertThat(missing.reason()).isEqualTo(Resolution.Reason.SYMBOL_NOT_FOUND);
        assertThat(missing.text()).endsWith("; did you mean receive?");
        assertThat(unresolved("recieve+0x4/0x160").detail()).isEqualTo("did you mean receive?");
    }

    @Test
    void suggestsNoNameThatTheFrameCannotHave() throws IOException {
        assertThat(unresolved("recieve+0x4/0x170").detail()).isNull();
        assertThat(unresolved("recieve+0x161").detail()).isNull();
        assertThat(unresolved("pol+0x4").detail()).isNull();
    }

    @Test
    void reportsASymbolOrAddressOutsideCode() throws IOException {
        assertThat(unresolved("buckets+0x4").reason()).isEqualTo(Resolution.Reason.NOT_CODE);
        assertThat(unresolved("0x401804").reason()).isEqualTo(Resolution.Reason.NOT_CODE);
        assertThat(unresolved("0xdeadbeef").reason()).isEqualTo(Resolution.Reason.NOT_CODE);
        assertThat(unresolved("0xdeadbeef").message()).startsWith("the address is not in the code of ");
    }

    @Test
    void reportsCodeWithoutALine() throws IOException {
        Resolution.Unresolved noLine = unresolved("trace+0x4");

        assertThat(noLine.reason()).isEqualTo(Resolution.Reason.NO_LINE);
        assertThat(noLine.message()).startsWith("no source line for this place in ");
    }

    @Test
    void looksUpABareAddressExactly() throws IOException {
        Resolution.Resolved at = resolved("0x400330");

        assertThat(at.symbol()).isEqualTo("receive");
        assertThat(at.offset()).isZero();
        assertThat(at.frames().get(0).path()).isEqualTo("tcp.c");
    }

    @Test
    void givesTheSameAnswersForManyAddressesAtOnce() throws IOException {
        long start = start("bad_state");
        long[] addresses = new long[3000];
        for (int i = 0; i < addresses.length; i++) {
            addresses[i] = start + (i * 7919L) % 0x800;
        }
        List<List<SourceFrame>> bulk = symbolizer.framesAt(addresses, problem -> {
            throw new AssertionError(problem);
        });
        for (int i = 0; i < addresses.length; i++) {
            assertThat(bulk.get(i)).isEqualTo(symbolizer.framesAt(addresses[i]));
        }
    }

    @Test
    void givesTheSameAnswersOnSeveralThreads() throws Exception {
        List<String> queries = List.of("receive+0x60", "validate+0x4", "tcp_init+0x10", "poll+0x20", "trace+0x1");
        List<Resolution> expected = new ArrayList<>();
        for (String query : queries) {
            expected.add(resolve(query));
        }
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try (Symbolizer fresh = Symbolizer.open(ElfFixtures.fixture("gcc12-v5").elf())) {
            List<Callable<List<Resolution>>> tasks = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                tasks.add(() -> {
                    List<Resolution> answers = new ArrayList<>();
                    for (String query : queries) {
                        answers.add(fresh.resolve(FrameReference.parse(query)));
                    }
                    return answers;
                });
            }
            for (Future<List<Resolution>> answers : pool.invokeAll(tasks)) {
                assertThat(answers.get()).isEqualTo(expected);
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void reportsAFileWithoutDebugInformation() throws IOException {
        byte[] header = new byte[64];
        System.arraycopy(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}, 0, header, 0, 7);
        header[16] = 2; // ET_EXEC
        header[18] = 62; // EM_X86_64
        header[20] = 1;
        header[52] = 64;
        try (Symbolizer bare = Symbolizer.of(ElfFile.of("bare", header))) {
            Resolution.Unresolved answer = (Resolution.Unresolved) bare.resolve(FrameReference.parse("tcp_reset+0x1"));

            assertThat(bare.hasDebugInfo()).isFalse();
            assertThat(answer.reason()).isEqualTo(Resolution.Reason.NO_DEBUG_INFO);
            assertThat(answer.message()).contains("bare");
        }
    }

    @Test
    void reportsTheFormatOfAFileThatIsNotElf() {
        Path source = ElfFixtures.folder().resolve("README.md");

        assertThatThrownBy(() -> Symbolizer.open(source))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("README.md")
                .hasMessageNotContaining("\n");
    }
}
