package dev.backline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.cli.console.Arguments;
import dev.backline.cli.console.CommandDeclaration;
import dev.backline.cli.console.CommandDeclaration.Example;
import dev.backline.cli.console.CommandDeclaration.Option;
import dev.backline.cli.console.CommandTable;
import dev.backline.fixtures.Kernels;
import dev.backline.fixtures.Kernels.Kernel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The help of each command is complete and readable, and the examples work. */
class HelpTest {
    private static final int WIDTH = 90;
    private static final int EXAMPLES = 3;
    private static final int MOST_USED = 5;

    /** A command with this many options has a first section with the most used ones. */
    private static final int MANY = 11;

    /** Words that start neither an imperative nor a noun phrase, or that refer to another option's text. */
    private static final Pattern NO_BEGINNING = Pattern.compile(
            "^(also|as|at|for|how|if|in|it|of|only|so|that|the same|these|this|those|to|what|when|where|"
                    + "whether|which|with|without)\\b",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern REFERENCE =
            Pattern.compile("\\b(it|its|the same|them|see above|see below|previous|preceding|likewise|ditto)\\b");

    /** The module in the examples, and the modules that send RSTs. */
    private static final Pattern MODULES =
            Pattern.compile("bridge\\.ko|(nf|ipt|ip6t)_(reject|REJECT).*|nf_conntrack\\.ko");

    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

    @TempDir
    Path desk;

    /** JUnit warns about links to files outside the directory. */
    @AfterEach
    void removeLinks() throws IOException {
        try (Stream<Path> files = Files.walk(desk, 2)) {
            for (Path link : files.filter(Files::isSymbolicLink).toList()) {
                Files.delete(link);
            }
        }
    }

    static Stream<CommandDeclaration> commands() {
        CommandDeclaration root = CommandTable.root();
        return Stream.concat(Stream.of(root), root.commands().stream());
    }

    static Stream<Example> examples() {
        return commands().flatMap(command -> command.examples().stream());
    }

    @ParameterizedTest
    @MethodSource("commands")
    void isPrintedForEachCommandInBothWays(CommandDeclaration command) {
        String[] words =
                (command.name() + " --help").substring("backline ".length()).split(" ");
        Cli.Result help = Cli.backline(words);

        assertThat(help.status()).isZero();
        assertThat(help.err()).isEmpty();
        assertThat(help.out()).startsWith("Usage: " + command.name()).contains(command.synopses());
        assertThat(Cli.backline("help", command.shortName()).out())
                .isEqualTo(command.commands().isEmpty() ? help.out() : "");
    }

    @Test
    void ofBacklineNamesEachCommandWithItsSummary() {
        String help = unwrapped(Cli.backline("--help").out());

        assertThat(CommandTable.root().commands())
                .allSatisfy(command -> assertThat(help).contains(command.shortName() + " " + command.summary()));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void fitsInto90Columns(CommandDeclaration command) {
        assertThat(help(command).lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(WIDTH))
                .allSatisfy(line -> assertThat(line).isEqualTo(line.stripTrailing()));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void showsEachOptionWithItsWholeText(CommandDeclaration command) {
        String help = unwrapped(help(command));

        assertThat(command.options())
                .allSatisfy(option -> assertThat(help).contains(option.usage() + " " + option.help()));
        assertThat(command.notes()).allSatisfy(note -> assertThat(help).contains(note));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void endsWithExitStatusesAndThreeExamples(CommandDeclaration command) {
        List<String> lines = help(command).lines().toList();
        List<String> end = lines.subList(lines.indexOf("Exit status:"), lines.size());

        assertThat(command.statuses()).hasSizeGreaterThanOrEqualTo(2);
        assertThat(command.examples()).hasSize(EXAMPLES);
        List<String> expected = new ArrayList<>(List.of("Exit status:"));
        command.statuses().forEach(status -> expected.add("  " + status.code() + "  " + status.meaning()));
        expected.addAll(List.of("", "Examples:"));
        command.examples()
                .forEach(example ->
                        expected.addAll(List.of("  " + example.purpose() + ":", "    " + example.command())));
        assertThat(end).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void putsTheFiveMostUsedOfManyOptionsFirst(CommandDeclaration command) {
        List<CommandDeclaration.Section> sections = command.sections();
        if (command.options().size() >= MANY) {
            assertThat(sections.get(0).title()).isEqualTo("Most used options");
            assertThat(sections.get(0).options()).hasSize(MOST_USED);
            assertThat(sections).hasSizeGreaterThan(2);
        }
        assertThat(sections).allSatisfy(section -> assertThat(section.options()).hasSizeBetween(1, 8));
        Set<String> names = new HashSet<>();
        assertThat(command.options())
                .allSatisfy(option -> assertThat(option.names()).allMatch(names::add));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void explainsEachOptionInSentencesThatStandAlone(CommandDeclaration command) {
        assertThat(command.options()).allSatisfy(option -> isSentence(option.description()));
        assertThat(command.operands())
                .allSatisfy(operand -> assertThat(operand.description()).endsWith("."));
        assertThat(command.notes()).allSatisfy(note -> assertThat(note).endsWith("."));
        assertThat(command.summary()).matches("[A-Z].*[.]").doesNotContainPattern(NO_BEGINNING);
        for (Option option : command.options()) {
            Matcher other = Pattern.compile("--[a-z][a-z-]*").matcher(option.description());
            while (other.find()) {
                assertThat(command.find(other.group()))
                        .as("%s in the text of %s", other.group(), option.usage())
                        .isNotNull();
            }
        }
    }

    private static void isSentence(String text) {
        assertThat(text).matches("(?s)[A-Z].*\\.").doesNotContainPattern(NO_BEGINNING);
        assertThat(text).doesNotContainPattern(REFERENCE);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void hasExamplesThatParse(Example example) throws Exception {
        String commands = example.command().replace("$(uname -r)", "6.1.0");
        for (String line : commands.split(" [|>] ?|<\\(|\\)$")) {
            if (line.startsWith("backline ")) {
                List<String> words = words(line);
                CommandDeclaration command = CommandTable.named(words.get(1));
                assertThat(command).as(line).isNotNull();
                if (command != null && !command.shortName().contains("addr2line")) {
                    Arguments.read(command, words.subList(2, words.size()));
                }
            }
        }
    }

    private static List<String> words(String line) {
        return WORD.matcher(line)
                .results()
                .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
                .toList();
    }

    /** Runs each example in a directory with the named files. A fetched kernel replaces the running one. */
    @ParameterizedTest
    @MethodSource("examples")
    void hasExamplesThatWork(Example example) throws Exception {
        Cli.needs("bash");
        Assumptions.assumeFalse(example.command().contains("--fetch"), "a test downloads nothing");
        Assumptions.assumeFalse(example.command().startsWith("backline serve"), "a service has no end");
        Optional<Kernel> kernel = Kernels.find(Kernels.DEBIAN_12);
        Assumptions.assumeTrue(kernel.isPresent(), Kernels.howToFetch(Kernels.DEBIAN_12));
        lay(kernel.orElseThrow());

        Cli.Result result = Cli.program(desk, "", "bash", "-c", "PATH=$PWD/bin:$PATH; " + example.command());

        assertThat(result.status()).as(result.err()).isZero();
        if (!example.command().matches(".* -o .*|.*>.*|source .*")) {
            assertThat(result.out()).isNotBlank().doesNotContain("??");
        }
    }

    private void lay(Kernel kernel) throws Exception {
        Path captures = Cli.ROOT.toAbsolutePath().resolve("fixtures/captures");
        Path debug = Files.createDirectory(desk.resolve("debug"));
        for (Path folder : List.of(desk, debug)) {
            Files.createSymbolicLink(folder.resolve("vmlinux"), kernel.vmlinux());
            for (Path module : kernel.moduleFiles()) {
                String name = String.valueOf(module.getFileName());
                if (MODULES.matcher(name).matches()) {
                    Files.createSymbolicLink(folder.resolve(name), module);
                }
            }
        }
        Files.copy(captures.resolve("oops.txt"), desk.resolve("crash.log"));
        Files.copy(captures.resolve("systemtap-article.log"), desk.resolve("rst.log"));
        Files.copy(captures.resolve("systemtap-article.log"), desk.resolve("rst.log.1"));
        Files.copy(captures.resolve("dmesg.txt"), desk.resolve("dmesg.txt"));
        Path logs = Files.createDirectory(desk.resolve("logs"));
        Files.copy(captures.resolve("oops.txt"), logs.resolve("db-1.log"));
        Cli.program(desk, "", "tar", "-czf", "logs.tar.gz", "logs");
        Path bin = Files.createDirectory(desk.resolve("bin"));
        script(bin.resolve("uname"), "echo " + kernel.release());
        script(bin.resolve("dmesg"), "cat crash.log");
        script(
                bin.resolve("backline"),
                "exec '" + Path.of(System.getProperty("java.home"), "bin/java")
                        + "' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dfile.encoding=UTF-8 -Dbackline.indexes='"
                        + Cli.ROOT.toAbsolutePath().resolve("fixtures/kernels/indexes") + "' -cp '"
                        + System.getProperty("java.class.path") + "' dev.backline.cli.Main \"$@\"");
    }

    private static void script(Path file, String line) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + line + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static String help(CommandDeclaration command) {
        String[] words =
                (command.name() + " --help").substring("backline ".length()).split(" ");
        return Cli.backline(words).out();
    }

    private static String unwrapped(String text) {
        return text.replaceAll("\\s+", " ");
    }
}
