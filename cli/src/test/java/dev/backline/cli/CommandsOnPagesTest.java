package dev.backline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.cli.console.CommandDeclaration;
import dev.backline.cli.console.CommandTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The commands and options named on the pages exist, also in command lines that no test can run. */
class CommandsOnPagesTest {
    private static final Path ROOT = Cli.ROOT.toAbsolutePath().normalize();
    private static final Pattern COMMAND = Pattern.compile("(?m)(?:^|[|;] )(?:\\./)?backline ([a-z]\\w+)([^|;#\n]*)");
    private static final Pattern OPTION = Pattern.compile(" (-[a-zA-Z]|--[a-z][\\w-]*)(?=[ =]|$)");

    @ParameterizedTest
    @MethodSource("pages")
    void namesOnlyCommandsAndOptionsThatExist(Path page) throws IOException {
        List<String> unknown = new ArrayList<>();
        Matcher command = COMMAND.matcher(code(page));
        while (command.find()) {
            CommandDeclaration known = CommandTable.named(command.group(1));
            if (known == null) {
                unknown.add(command.group());
                continue;
            }
            Matcher option = OPTION.matcher(command.group(2));
            while (option.find()) {
                if (known.find(option.group(1)) == null) {
                    unknown.add(option.group(1) + " in: " + command.group());
                }
            }
        }

        assertThat(unknown).isEmpty();
    }

    /** {@return the text that a reader may type: shell blocks, text after a prompt, text in backticks} */
    private static String code(Path page) throws IOException {
        StringBuilder code = new StringBuilder();
        StringBuilder prose = new StringBuilder();
        String block = "";
        for (String line : Files.readAllLines(page)) {
            if (line.startsWith("```")) {
                block = block.isEmpty() ? line : "";
            } else if (block.isEmpty()) {
                prose.append(line).append(' ');
            } else if (block.equals("```sh") || line.startsWith("$ ")) {
                code.append(line.startsWith("$ ") ? line.substring(2) : line).append('\n');
            }
        }
        Matcher span = Pattern.compile("`([^`]+)`").matcher(prose);
        while (span.find()) {
            code.append(span.group(1)).append('\n');
        }
        return code.toString();
    }

    static Stream<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            return Stream.concat(Stream.of("README.md", "CONTRIBUTING.md").map(ROOT::resolve), docs.sorted())
                    .filter(file -> file.toString().endsWith(".md"))
                    .toList()
                    .stream();
        }
    }
}
