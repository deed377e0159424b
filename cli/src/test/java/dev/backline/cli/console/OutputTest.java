package dev.backline.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backline.cli.Cli;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutputTest {
    @Test
    void writesTextOfAnyLengthAndScript() throws IOException {
        ByteArrayOutputStream sink = new ByteArrayOutputStream();
        Output out = new Output(sink);
        StringBuilder expected = new StringBuilder();
        for (String text : List.of("short", "é", "x".repeat(200_000), "日本語".repeat(50_000), "a\ud83d\udc27b", "")) {
            out.print(text).newLine();
            expected.append(text).append('\n');
        }
        out.print(new byte[] {'\n'}).print(-12);
        expected.append("\n-12");
        out.flush();

        assertThat(sink.toString(StandardCharsets.UTF_8)).isEqualTo(expected.toString());
    }

    @Test
    void tellsAReaderThatHasGoneFromADiskThatIsFull() {
        assertThatThrownBy(() -> new Output(failing("Broken pipe")).print("x").flush())
                .isInstanceOf(Output.ClosedException.class);
        assertThatThrownBy(() -> new Output(failing("No space left on device"))
                        .print("x")
                        .flush())
                .isNotInstanceOf(Output.ClosedException.class)
                .hasMessage("standard output: No space left on device");
    }

    @Test
    void endsQuietlyWhenItsReaderHasGone() throws Exception {
        Cli.needs("bash");
        String script = "\"$@\" help symbolize | true; echo \"${PIPESTATUS[0]}\"";
        List<String> command = new ArrayList<>(List.of("bash", "-c", script, "script"));
        command.addAll(Cli.process());

        Cli.Result result = Cli.program(Path.of("."), "", command.toArray(new String[0]));

        assertThat(result.err()).isEmpty();
        assertThat(result.out()).isEqualTo("0\n");
    }

    private static OutputStream failing(String message) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(message);
            }
        };
    }
}
