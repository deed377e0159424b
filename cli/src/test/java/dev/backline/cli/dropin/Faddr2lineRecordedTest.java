package dev.backline.cli.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.cli.Cli;
import dev.backline.fixtures.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Replays the arguments of recorded runs of the kernel's script and compares the output. */
class Faddr2lineRecordedTest {
    private static final Path FOLDER = Cli.ROOT.resolve("fixtures/recorded/faddr2line");

    /** The case in which the script's awk failed; awk's message is not compared. */
    private static final String AWK_FAILED = "41";

    static Stream<Case> cases() throws IOException {
        return Files.readAllLines(FOLDER.resolve("cases.tsv")).stream().map(Case::of);
    }

    record Case(String number, int status, String object, List<String> arguments) {
        static Case of(String line) {
            List<String> fields = List.of(line.split("\t", -1));
            return new Case(
                    fields.get(0), Integer.parseInt(fields.get(1)), fields.get(2), fields.subList(3, fields.size()));
        }

        String[] commandLine(Kernels.Kernel kernel) {
            List<String> words = new ArrayList<>(List.of("faddr2line"));
            boolean list = arguments.contains("--list");
            if (list) {
                words.add("--list");
            }
            words.add(
                    switch (object) {
                        case "vmlinux" -> kernel.vmlinux().toString();
                        case "nonexistent" -> object;
                        default -> kernel.module(object).orElseThrow().toString();
                    });
            words.addAll(arguments.subList(list ? 1 : 0, arguments.size()));
            return words.toArray(new String[0]);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void printsWhatTheKernelsScriptPrinted(Case recorded) throws IOException {
        var kernel = Kernels.find(Kernels.DEBIAN_12);
        Assumptions.assumeTrue(kernel.isPresent(), Kernels.howToFetch(Kernels.DEBIAN_12));

        Cli.Result result = Cli.backline(recorded.commandLine(kernel.orElseThrow()));

        assertThat(result.out()).isEqualTo(Files.readString(FOLDER.resolve(recorded.number + ".out")));
        assertThat(result.status()).isEqualTo(recorded.status);
        if (recorded.number.equals(AWK_FAILED)) {
            assertThat(result.err())
                    .startsWith("faddr2line: cannot read fs/read_write.c")
                    .hasLineCount(1);
        } else {
            assertThat(result.err()).isEqualTo(Files.readString(FOLDER.resolve(recorded.number + ".err")));
        }
    }
}
