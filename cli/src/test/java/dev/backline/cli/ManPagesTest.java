package dev.backline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.cli.console.CommandDeclaration;
import dev.backline.cli.console.CommandTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ManPagesTest {
    @TempDir
    Path folder;

    static Stream<CommandDeclaration> commands() {
        CommandDeclaration root = CommandTable.root();
        return Stream.concat(Stream.of(root), root.commands().stream());
    }

    @ParameterizedTest
    @MethodSource("commands")
    void containEverythingInTheCommandTable(CommandDeclaration command) throws Exception {
        Cli.needs("groff");
        Path page = Files.writeString(folder.resolve("page.1"), ManPages.of(command, "1.0"));

        Cli.Result result = Cli.program(
                folder, "", "groff", "-man", "-rHY=0", "-rLL=500n", "-Tutf8", "-P-cbou", "-ww", page.toString());

        assertThat(result.err()).isEmpty();
        String text = result.out().replaceAll("\\s+", " ");
        assertThat(text).contains(command.summary());
        assertThat(command.synopses()).allSatisfy(synopsis -> assertThat(text).contains(synopsis));
        assertThat(command.notes()).allSatisfy(note -> assertThat(text).contains(note));
        assertThat(command.operands())
                .allSatisfy(operand -> assertThat(text).contains(operand.label() + " " + operand.description()));
        if (command.sections().size() > 1) {
            assertThat(command.sections())
                    .allSatisfy(section -> assertThat(text).contains(section.title()));
        }
        assertThat(command.options())
                .allSatisfy(option -> assertThat(text).contains(option.usage() + " " + option.help()));
        assertThat(command.statuses())
                .allSatisfy(status -> assertThat(text).contains(status.code() + " " + status.meaning()));
        assertThat(command.examples())
                .allSatisfy(example -> assertThat(text).contains(example.purpose() + ": " + example.command()));
    }

    @Test
    void hasOnePageForEachCommandAndOneForAll() throws Exception {
        ManPages.main(new String[] {folder.toString(), "1.0"});

        try (Stream<Path> pages = Files.list(folder)) {
            assertThat(pages.map(page -> page.getFileName().toString()))
                    .hasSize(CommandTable.root().commands().size() + 1)
                    .contains("backline.1", "backline-symbolize.1", "backline-faddr2line.1");
        }
        List<String> lines = Files.readAllLines(folder.resolve("backline-symbolize.1"));
        assertThat(lines.get(0))
                .isEqualTo(".TH \"BACKLINE\\-SYMBOLIZE\" \"1\" \"\" \"backline 1.0\" \"User Commands\"");
        assertThat(lines.get(2)).startsWith("backline\\-symbolize \\- ");
    }

    @Test
    void escapesBackslashesQuotesAndLeadingDots() throws Exception {
        Cli.needs("groff");
        CommandDeclaration command = new CommandDeclaration("x", "Print text.")
                .note(".config 'a \\b' --c ^ ~ `d`")
                .example("'e'", ".f \"g\"");
        Path page = Files.writeString(folder.resolve("page.1"), ManPages.of(command, "1.0"));

        Cli.Result text = Cli.program(folder, "", "groff", "-man", "-Tutf8", "-P-cbou", "-ww", page.toString());

        assertThat(text.out()).contains(".config 'a \\b' --c ^ ~ `d`", "'e':", ".f \"g\"");
        assertThat(text.err()).isEmpty();
    }
}
