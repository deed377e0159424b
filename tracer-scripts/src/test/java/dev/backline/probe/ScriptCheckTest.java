package dev.backline.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ScriptCheckTest {
    private static final ScriptOptions OPTIONS = ScriptOptions.builder().build();

    @TempDir
    private Path directory = Path.of("");

    /** A tool that answers --version as the real one does, and otherwise does what the shell is told here. */
    private String tool(String version, String... does) throws IOException {
        Path program = directory.resolve("tool");
        Files.writeString(
                program,
                "#!/bin/sh\n[ \"$1\" = --version ] && { echo '" + version + "'; exit 0; }\n" + String.join("\n", does)
                        + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return program.toString();
    }

    private static ScriptCheck.Result check(ScriptTool tool, String program) throws IOException {
        return new ScriptCheck.Run(tool, program, 5).check(OPTIONS, "the script\n", "6.1.0-9-amd64");
    }

    @Test
    void compilesTheScriptForItsKernelWithTheOptionsThatItWants() throws IOException {
        String stap = tool(
                "Systemtap translator/driver (version 4.8/0.188, Debian version 4.8-2)",
                "for last; do :; done",
                "cp \"$last\" " + directory + "/got",
                "echo \"$@\" >" + directory + "/arguments");
        ScriptCheck.Result result = check(ScriptTool.SYSTEMTAP, stap);

        assertThat(result).isEqualTo(new ScriptCheck.Result(true, "systemtap 4.8: takes the script\n"));
        assertThat(directory.resolve("got")).hasContent("the script\n");
        assertThat(directory.resolve("arguments"))
                .content()
                .startsWith("-p4 -m rst_probe -r 6.1.0-9-amd64 -DMAXBACKTRACE=100 ");
    }

    @ParameterizedTest
    @CsvSource({"v0.17.0,-d", "v0.20.4,-d", "v0.21.0,--dry-run", "v1.0.0,--dry-run"})
    void asksEachBpftraceForADryRunInItsOwnWords(String version, String option) throws IOException {
        String bpftrace = tool("bpftrace " + version, "echo \"$1\" >" + directory + "/option");
        assertThat(check(ScriptTool.BPFTRACE, bpftrace).accepted()).isTrue();
        assertThat(directory.resolve("option")).hasContent(option);
    }

    @Test
    void letsBpftraceGoOnWhereAModuleIsNotLoaded() throws IOException {
        String bpftrace = tool("bpftrace v0.27.1", "test \"$BPFTRACE_MISSING_PROBES\" = warn");
        assertThat(check(ScriptTool.BPFTRACE, bpftrace).accepted()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            SYSTEMTAP | error: 'task_work_cancel' undeclared                                         | use a newer one
            SYSTEMTAP | Checking "/lib/modules/6.1.0-9-amd64/build/.config" failed with error: No such file | linux-headers-RELEASE
            SYSTEMTAP | semantic error: while resolving probe point: no match                        | linux-image-RELEASE-dbg
            SYSTEMTAP | ERROR: Build-id mismatch                                                     | of another build
            BPFTRACE  | ERROR: bpftrace currently only supports running as the root user.            | run it as root
            BPFTRACE  | ERROR: Failed to compile: Failed to resolve kernel symbol: modules           | kallsyms
            BPFTRACE  | ERROR: Unknown struct/union: 'struct sk_buff'                                | BTF
            BPFTRACE  | ERROR: Probe has no valid attach points. If this is expected, set the config | BPFTRACE_MISSING_PROBES=warn
            BPFTRACE  | ERROR: Unknown function: bswap                                               | 0.17 is the oldest
            """)
    void turnsKnownComplaintsIntoAdvice(ScriptTool tool, String complaint, String advice) throws IOException {
        String program = tool("version 4.8", "cat >&2 <<'END'\n" + complaint + "\nEND", "exit 1");
        ScriptCheck.Result result = check(tool, program);

        assertThat(result.accepted()).isFalse();
        assertThat(result.text())
                .contains(": does not take the script (exit status 1)\n  " + complaint + "\n")
                .containsPattern("(?m)^advice: .*" + advice);
    }

    @Test
    void givesNoAdviceOnWhatIsOnlyMentioned() throws IOException {
        String program =
                tool("version 4.8", "echo 'In file included from /usr/src/linux-headers-6.1/x.h' >&2", "exit 1");
        assertThat(check(ScriptTool.SYSTEMTAP, program).text()).doesNotContain("advice:");
    }

    @Test
    void saysWhereToGetAToolThatIsNotThere() throws IOException {
        ScriptCheck.Result result =
                check(ScriptTool.BPFTRACE, directory.resolve("missing").toString());
        assertThat(result.accepted()).isFalse();
        assertThat(result.text()).contains("is not installed on this machine\nadvice: install bpftrace");
    }

    @Test
    void endsAToolThatHangs() throws IOException {
        String program = tool("version 4.8", "sleep 600");
        Instant start = Instant.now();
        ScriptCheck.Result result = new ScriptCheck.Run(ScriptTool.SYSTEMTAP, program, 1).check(OPTIONS, "", null);

        assertThat(result.accepted()).isFalse();
        assertThat(result.text()).contains("not done after 1 seconds");
        assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(60));
    }

    @Test
    void printsTheBeginningOfALongComplaint() throws IOException {
        String program = tool("version 4.8", "yes complaint | head -n 100000 >&2", "exit 1");
        assertThat(check(ScriptTool.SYSTEMTAP, program).text().lines().count()).isLessThan(30);
    }
}
