package dev.backline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.cli.console.Specs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

class ManPagesTest {
    @TempDir
    Path folder;

    static Stream<CommandSpec> commands() {
        CommandSpec root = Specs.root();
        return Stream.concat(
                Stream.of(root), root.subcommands().values().stream().map(command -> command.getCommandSpec()));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void namesEachOptionAndHasNoMistakes(CommandSpec spec) throws Exception {
        Cli.needs("groff");
        Path page = Files.writeString(folder.resolve("page.1"), ManPages.of(spec, "1.0"));

        Cli.Result text = Cli.program(folder, "", "groff", "-man", "-Tutf8", "-P-cbou", "-ww", page.toString());

        assertThat(text.err()).isEmpty();
        for (OptionSpec option : spec.options()) {
            assertThat(text.out()).contains(String.join(", ", option.names()));
        }
        for (String line : spec.usageMessage().footer()) {
            assertThat(text.out()).contains(line.equals("Examples:") ? "EXAMPLES" : line.strip());
        }
    }

    @Test
    void hasOnePageForEachCommandAndOneForAll() throws Exception {
        ManPages.main(new String[] {folder.toString(), "1.0"});

        try (Stream<Path> pages = Files.list(folder)) {
            assertThat(pages.map(page -> page.getFileName().toString()))
                    .hasSize(Specs.root().subcommands().size() + 1)
                    .contains("backline.1", "backline-symbolize.1", "backline-faddr2line.1");
        }
        List<String> lines = Files.readAllLines(folder.resolve("backline-symbolize.1"));
        assertThat(lines.get(0))
                .isEqualTo(".TH \"BACKLINE\\-SYMBOLIZE\" \"1\" \"\" \"backline 1.0\" \"User Commands\"");
        assertThat(lines.get(2)).startsWith("backline\\-symbolize \\- ");
    }

    @Test
    void writesBackslashesQuotesAndLeadingDotsAsTheyAre() throws Exception {
        Cli.needs("groff");
        CommandSpec spec = CommandSpec.create().name("x");
        spec.usageMessage().description("Says it.").footer(".config 'a \\b' --c ^ ~ `d`", "'e'");
        Path page = Files.writeString(folder.resolve("page.1"), ManPages.of(spec, "1.0"));

        Cli.Result text = Cli.program(folder, "", "groff", "-man", "-Tutf8", "-P-cbou", "-ww", page.toString());

        assertThat(text.out()).contains(".config 'a \\b' --c ^ ~ `d`", "'e'");
        assertThat(text.err()).isEmpty();
    }
}
