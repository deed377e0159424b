package dev.backline.cli.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.cli.Cli;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs addr2line as a coprocess of a shell script, as the kernel's scripts do. */
class Addr2lineCoprocessTest {
    /**
     * Sends an address and a comma, which is not an address, and reads until the answer to the comma; does so twice, with a
     * pause for late output. A read that takes five seconds fails.
     */
    private static final String SCRIPT = """
            set -o errexit -o nounset
            file=$1
            shift
            coproc A2L { "$@" --functions --pretty-print --inlines --addresses --exe="$file"; }
            ask() {
                echo "$1" >&"${A2L[1]}"
                echo , >&"${A2L[1]}"
                while IFS= read -r -t 5 line <&"${A2L[0]}"; do
                    case $line in
                        "?? ??:0" | , | 0x0000000000000000:*) return ;;
                    esac
                    printf '%s\\n' "$line"
                done
                echo "no answer to $1"
            }
            first=$(nm "$file" | sed -n 's/ T main$//p')
            ask "0x$first"
            sleep 0.2
            for offset in 0 4 8 12 16 20 24 28 32; do
                ask "sum+$offset"
            done
            ask 0x1
            """;

    @TempDir
    Path folder;

    @Test
    void aShellScriptCanKeepItRunningAndAskOneAddressAtATime() throws Exception {
        Cli.needs("bash");
        Cli.needs("addr2line");
        Path file = Cli.compiled(folder, "linked");

        Cli.Result gnu = Cli.program(folder, "", "bash", "-c", SCRIPT, "script", file.toString(), "addr2line");
        List<String> command = new ArrayList<>(List.of("bash", "-c", SCRIPT, "script", file.toString()));
        command.addAll(Cli.process("addr2line"));
        Cli.Result result = Cli.program(folder, "", command.toArray(new String[0]));

        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .isEqualTo(gnu.out())
                .contains(
                        ": main at ",
                        ": square at ",
                        " (inlined by) next at ",
                        " (inlined by) sum at ",
                        "0x0000000000000001: ?? ??:0")
                .doesNotContain("no answer");
    }
}
