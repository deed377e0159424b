package dev.backline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.cli.console.ExitStatus;
import dev.backline.fixtures.Captures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are missing, or that are not what an argument needs: one line that says what they are and what was meant. */
class MistakesTest {
    private static final String LOG = "[    1.000000] CPU: 0 PID: 1 Comm: init\n[    1.000001]  receive+0x63/0x160\n";

    @TempDir
    static Path folder;

    @BeforeAll
    static void lay() throws IOException {
        Path fixtures = Cli.ROOT.resolve("fixtures");
        Files.copy(fixtures.resolve("elf/gcc12-v5.elf"), folder.resolve("vmlinux"));
        Files.copy(fixtures.resolve("elf/gcc12-ko-v5.ko"), folder.resolve("tcp_x.ko"));
        Files.writeString(folder.resolve("dmesg.txt"), LOG.repeat(3));
        Files.copy(Captures.folder().resolve("systemtap-article.log"), folder.resolve("rst.log"));
        Files.copy(Captures.folder().resolve("lab-kaslr/host.pcap"), folder.resolve("host.pcap"));
        Files.writeString(folder.resolve("System.map"), "ffffffff81000000 T _text\nffffffff81000000 T startup_64\n");
        Files.write(folder.resolve("empty"), new byte[0]);
        Files.createDirectories(folder.resolve("folder"));
        Files.write(folder.resolve("journal"), ("LPKSHHRH" + "\0".repeat(200)).getBytes(StandardCharsets.ISO_8859_1));
        Files.write(folder.resolve("perf.data"), ("PERFILE2" + "\0".repeat(200)).getBytes(StandardCharsets.ISO_8859_1));
        Files.write(folder.resolve("trace.dat"), "\u0017\bDtracing6\0".getBytes(StandardCharsets.ISO_8859_1));
        Files.write(folder.resolve("vmcore"), ("KDUMP   " + "\0".repeat(200)).getBytes(StandardCharsets.ISO_8859_1));
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(Files.readAllBytes(folder.resolve("rst.log")));
        }
        Files.write(folder.resolve("rst.log.gz"), packed.toByteArray());
        byte[] core = Files.readAllBytes(folder.resolve("vmlinux"));
        core[16] = 4;
        Files.write(folder.resolve("core"), core);
    }

    private static Cli.Result run(String line) {
        String[] words = line.split(" ");
        for (int i = 0; i < words.length; i++) {
            words[i] = words[i].startsWith("./") ? folder + words[i].substring(1) : words[i];
        }
        return Cli.backline(words);
    }

    /** {@code .} stands for the directory of the files. */
    private static void assertRefused(Cli.Result result, String message) {
        assertThat(result.err().replace(folder.toString(), "."))
                .contains(message)
                .hasLineCount(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.status()).isEqualTo(ExitStatus.INPUT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-e ./no/vmlinux                | ./no/vmlinux: there is no such file; -e needs a vmlinux",
                "-e ./folder                    | ./folder: is a directory",
                "-e ./empty                     | ./empty: is not an ELF file: it is empty",
                "-e /dev/null                   | /dev/null: is not a regular file",
                "-e ./System.map                | ./System.map: is not an ELF file: it is text; use the vmlinux",
                "-e ./host.pcap                 | ./host.pcap: is not an ELF file: it is a packet capture (pcap); use",
                "-e ./core                      | ./core: is a core dump (ET_CORE); use the vmlinux",
                "-e https://example.org/vmlinux | https://example.org/vmlinux: this is a URL; download it first (curl",
                "-e C:\\kernels\\vmlinux        | C:\\kernels\\vmlinux: there is no such file; this is a path of Windows",
                "-d ./no/folder                 | ./no/folder: there is no such directory; -d needs",
                "-d ./vmlinux                   | ./vmlinux: is not a directory; -d needs",
                "-d ./folder                    | ./folder: no debug files in this directory",
                "-d ./ -d ./folder              | ./folder: no debug files in this directory",
                "--source ./no/tree -e ./vmlinux | ./no/tree: is not a directory; --source needs the kernel source tree"
            })
    void refusesDebugFilesBeforeItPrintsAnything(String options, String message) {
        assertRefused(run("symbolize " + options + " ./dmesg.txt"), message);
        assertRefused(run("symbolize " + options + " receive+0x63"), message);
        assertRefused(run("symbolize " + options + " receive+0x63 [tcp_x]"), message);
        if (!options.startsWith("--source")) {
            assertRefused(run("report " + options + " ./rst.log"), message);
            assertRefused(run("generate " + options), message);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "symbolize ./vmlinux ./dmesg.txt     | ./vmlinux: is a debug file, not a log; type: backline symbolize -e ./vmlinux ./dmesg.txt",
                "symbolize ./dmesg.txt ./vmlinux     | ./vmlinux: is a debug file, not a log; type: backline symbolize -e ./vmlinux ./dmesg.txt",
                "symbolize ./vmlinux receive+0x63    | type: backline symbolize -e ./vmlinux receive+0x63",
                "symbolize ./vmlinux                 | type: backline symbolize -e ./vmlinux LOG",
                "symbolize -e ./dmesg.txt ./vmlinux  | type: backline symbolize -e ./vmlinux ./dmesg.txt",
                "symbolize -e ./vmlinux ./tcp_x.ko   | ./tcp_x.ko: is a debug file, not a log; add the directory of a module with -d DIR",
                "symbolize -e ./vmlinux ./dmesg.tx   | ./dmesg.tx: there is no such file (did you mean ./dmesg.txt?)",
                "symbolize -e ./vmlinux ./dmesg.txt ./no | ./no: there is no such file",
                "symbolize -e ./vmlinux ./folder     | ./folder: is a directory, not a log",
                "symbolize -e ./vmlinux ./host.pcap  | ./host.pcap: this is a packet capture, not a log; read it with: backline report --pcap ./host.pcap CAPTURE",
                "symbolize -e ./vmlinux ./journal    | extract its kernel messages: journalctl --no-pager -k --file=./journal",
                "symbolize -e ./vmlinux ./perf.data  | print it: perf script -i ./perf.data",
                "symbolize -e ./vmlinux ./trace.dat  | print it: trace-cmd report -i ./trace.dat",
                "symbolize -e ./vmlinux ./vmcore     | makedumpfile --dump-dmesg ./vmcore",
                "symbolize -e ./vmlinux ./core       | makedumpfile --dump-dmesg ./core",
                "report ./dmesg.txt                  | ./dmesg.txt: is a kernel log, not the output of a probe; type: backline report --kernel-log ./dmesg.txt CAPTURE",
                "report --kernel-log ./rst.log ./dmesg.txt | type: backline report --kernel-log ./dmesg.txt ./rst.log",
                "report --format json ./dmesg.txt    | is a kernel log",
                "report ./host.pcap                  | backline report --pcap ./host.pcap CAPTURE",
                "report ./vmlinux                    | ./vmlinux: this is an ELF file, not the output of a probe; for the kernel's debug file use -e ./vmlinux",
                "report ./no.log                     | ./no.log: there is no such file",
                "report --kernel-log ./no.log ./rst.log | ./no.log: there is no such file",
                "report --kernel-log ./host.pcap ./rst.log | ./host.pcap: this is a packet capture, not a kernel log"
            })
    void saysWhatAFileIsAndTheCommandThatWasMeant(String line, String message) {
        assertRefused(run(line.strip()), message.strip());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "symbolize --json        | unknown option '--json' (did you mean --format json?)",
                "symbolize --quickfix    | unknown option '--quickfix' (did you mean --format quickfix?)",
                "report --html ./rst.log | unknown option '--html' (did you mean --format html?)",
                "symbolize --exact       | unknown option '--exact' (did you mean --pc exact?)",
                "symbolize --vmlinx v    | unknown option '--vmlinx' (did you mean --vmlinux?)",
                "symbolize --debug-d d   | unknown option '--debug-d' (did you mean --debug-dir?)",
                "symbolize --debug-dirs d | unknown option '--debug-dirs' (did you mean --debug-dir?)",
                "symbolize -r ./vmlinux  | -r needs a release, the output of uname -r; for a file, type: -e ./vmlinux"
            })
    void suggestsTheOptionThatWasMeant(String line, String message) {
        Cli.Result result = run(line.strip());

        assertThat(result.err().replace(folder.toString(), "."))
                .contains(message)
                .hasLineCount(1);
        assertThat(result.status()).isEqualTo(ExitStatus.USAGE);
    }

    /** The drop-in prints what the kernel's script prints, nothing else. */
    @Test
    void printsTheScriptsMessageForSwappedArgumentsOfFaddr2line() {
        Cli.Result result = run("faddr2line receive+0x8 ./vmlinux");

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).isEqualTo("ERROR: can't find objfile receive+0x8\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"symbolize -r 6.1 -", "report -"})
    void refusesBinaryStandardInput(String line) {
        Cli.Result result = Cli.backline("\u007fELF\u0002\u0001\u0001", Map.of(), line.split(" "));

        assertRefused(
                result, "standard input: this is an ELF file, not a log; for the kernel's debug file use -e FILE");
    }

    @Test
    void readsACompressedCapture() {
        assertThat(run("report --format json ./rst.log.gz").out().replace("rst.log.gz", "rst.log"))
                .isEqualTo(run("report --format json ./rst.log").out());
    }

    @Test
    void annotatesTheOutputOfAProbeAndNamesTheCommandThatExplainsIt() {
        Cli.Result result = run("symbolize -e ./vmlinux ./rst.log");

        assertThat(result.status()).isZero();
        assertThat(result.out()).contains("tcp_v4_send_reset+0x0");
        assertThat(result.err())
                .contains("rst.log is the output of a RST probe; to explain its events, type: backline report "
                        + folder.resolve("rst.log"));
    }

    @Test
    void saysSoWhereALogHasNoFrames() throws IOException {
        Path plain = Files.writeString(folder.resolve("plain.txt"), "[    1.000000] eth0: link up\n");

        assertThat(run("symbolize -e ./vmlinux ./empty").err())
                .isEqualTo("backline: " + folder.resolve("empty") + ": is empty\n");
        Cli.Result result = run("symbolize -e ./vmlinux ./plain.txt ./dmesg.txt");
        assertThat(result.status()).isZero();
        assertThat(result.err())
                .startsWith(
                        "backline: " + plain + ": no stack frame found in 1 line; backline reads kernel logs (dmesg")
                .hasLineCount(1);
        assertThat(result.out()).startsWith("[    1.000000] eth0: link up\n");
        // A program sees that there are no objects.
        assertThat(run("symbolize --format json -e ./vmlinux ./plain.txt").err())
                .isEmpty();
    }

    @Test
    void namesPerfScriptForTheOutputOfPerfReport() throws IOException {
        Files.writeString(
                folder.resolve("report.txt"),
                "# To display the perf.data header info, please use --header/--header-only options.\n#\n");

        assertThat(run("symbolize -e ./vmlinux ./report.txt").err())
                .contains("report.txt is the output of perf report; perf script prints every stack");
    }
}
