package dev.backline.demangle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RustDemanglerTest {
    private static final String NONE = "-";

    @Test
    void agreesWithRustcsDemangler() {
        Map<String, String> expected = table("names.tsv");
        assertThat(expected).hasSizeGreaterThan(300);
        assertThat(demangled(expected)).isEqualTo(expected);
    }

    @Test
    void handlesEdgeCasesOfTheGrammars() {
        Map<String, String> expected = table("hazards.tsv");
        assertThat(expected).hasSizeGreaterThan(150);
        assertThat(demangled(expected)).isEqualTo(expected);
    }

    @Test
    void agreesWithLlvmOnV0NamesThatLlvmReads(@TempDir Path folder) throws Exception {
        Map<String, String> names = table("names.tsv");
        names.keySet().removeIf(symbol -> symbol.startsWith("_ZN"));
        int compared = compare(names, folder, UnaryOperator.identity(), "llvm-cxxfilt-19");
        assertThat(compared).isGreaterThan(150);
    }

    @Test
    void agreesWithGnuOnNamesThatGnuReads(@TempDir Path folder) throws Exception {
        Map<String, String> names = table("names.tsv");
        // GNU prints a quote character and the last digit of a 128-bit number wrongly.
        names.keySet().removeIf(symbol -> symbol.matches(".*(Kc27_|K[no]n?[0-9a-f]{32}_).*"));
        int compared = compare(names, folder, name -> name.replaceAll("\\$u[0-9a-f]+\\$", "\\\\u"), "c++filt", "-i");
        assertThat(compared).isGreaterThan(300);
    }

    @Test
    void rejectsTooDeepRecursion() {
        String nested = "S".repeat(RustV0.MAX_DEPTH - 2);
        assertThat(RustDemangler.demangle("_RINvC1a1b" + nested + "hE")).startsWith("a::b::<[[[");
        assertThat(RustDemangler.demangle("_RINvC1a1b" + nested + "SShE")).isNull();
        assertThat(RustDemangler.demangle("_RINvC1a1b" + "S".repeat(1_000_000) + "hE"))
                .isNull();
        assertThat(RustDemangler.demangle("_R" + "Nv".repeat(1_000_000) + "C1a"))
                .isNull();
        assertThat(RustDemangler.demangle("_RINvC1a1b" + "FG_".repeat(1_000_000)))
                .isNull();
        assertThat(RustDemangler.demangle("_RINvC1a1bK" + "RQ".repeat(1_000_000)))
                .isNull();
        assertThat(RustDemangler.demangle("_RINvC1a1bWm" + "O".repeat(1_000_000)))
                .isNull();
    }

    @Test
    void rejectsBackReferencesThatGrowTheNameExponentially() {
        // Each tuple contains the previous tuple twice: 2^40 elements.
        StringBuilder symbol = new StringBuilder("_RINvC1a1bThhE");
        String previous = base62(8);
        for (int i = 0; i < 40; i++) {
            int start = symbol.length() - 2;
            symbol.append("TB").append(previous).append('B').append(previous).append('E');
            previous = base62(start);
        }
        assertTimeout(
                Duration.ofSeconds(20),
                () -> assertThat(RustDemangler.demangle(symbol + "E")).isNull());
    }

    @Test
    void rejectsBackReferencesThatMultiplyTheWorkWithoutPrinting() {
        // The module of an impl block and the leading zeros of a constant are read but not printed.
        String longName = "100000" + "b".repeat(100_000);
        String impl = "_RINvC1a1bMC" + longName + "h" + ("B" + base62(8)).repeat(10_000) + "E";
        String constant = "_RINvC1a1bKh" + "0".repeat(100_000) + "_" + ("KB" + base62(9)).repeat(10_000) + "E";
        // A path of empty names: each name is one rule.
        String chain = "_RINvC1a1b" + "Nv".repeat(400) + "C" + "0".repeat(401) + ("B" + base62(8)).repeat(10_000) + "E";
        for (String symbol : List.of(impl, constant, chain)) {
            assertTimeout(
                    Duration.ofSeconds(20),
                    () -> assertThat(RustDemangler.demangle(symbol)).isNull());
        }
    }

    @Test
    void limitsTheLengthOfTheName() {
        int longest = RustV0.MAX_OUTPUT - "a::".length();
        assertThat(RustDemangler.demangle("_RNvC1a" + longest + "b".repeat(longest)))
                .hasSize(RustV0.MAX_OUTPUT);
        assertThat(RustDemangler.demangle("_RNvC1a" + (longest + 1) + "b".repeat(longest + 1)))
                .isNull();
    }

    @Test
    void readsPunycodeOfAnyLengthInBoundedTime() {
        // Each 'a' inserts a character at the front, which moves all other characters.
        String encoded = "a".repeat(1_000_000);
        assertTimeout(
                Duration.ofSeconds(20),
                () -> assertThat(RustDemangler.demangle("_RNvC1au" + encoded.length() + encoded))
                        .isNull());
    }

    @Test
    void endsQuicklyOnRandomMutationsOfRealNames() {
        List<String> seeds = new ArrayList<>(table("names.tsv").keySet());
        seeds.addAll(table("hazards.tsv").keySet());
        String alphabet = "_0123456789abcdefsuvzABCDEFGIKLMNOPQRSTUVWXY.$hE";
        Random random = new Random(20261122);
        int named = 0;
        int longest = 0;
        long start = System.nanoTime();
        for (int i = 0; i < 100_000; i++) {
            StringBuilder symbol = new StringBuilder(seeds.get(random.nextInt(seeds.size())));
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                int at = random.nextInt(symbol.length() + 1);
                int end = Math.min(symbol.length(), at + random.nextInt(3));
                char other = alphabet.charAt(random.nextInt(alphabet.length()));
                switch (random.nextInt(4)) {
                    case 0 -> symbol.insert(at, other);
                    case 1 -> symbol.delete(at, end);
                    case 2 -> symbol.replace(at, end, String.valueOf(other));
                    default -> symbol.insert(at, symbol.substring(at, Math.min(symbol.length(), at + 16)));
                }
            }
            String name = RustDemangler.demangle(symbol.toString());
            if (name != null) {
                named++;
                longest = Math.max(longest, name.length());
            }
        }
        assertThat(named).isBetween(1_000, 99_000);
        assertThat(longest).isLessThanOrEqualTo(RustV0.MAX_OUTPUT);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(60));
    }

    /** Compares each name with another demangler's name; returns how many symbols the other demangler could read. */
    private static int compare(Map<String, String> names, Path folder, UnaryOperator<String> lenient, String... command)
            throws Exception {
        Path input = folder.resolve("symbols");
        Path output = folder.resolve("names");
        Files.write(input, names.keySet());
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectInput(input.toFile())
                    .redirectOutput(output.toFile())
                    .start();
        } catch (IOException e) {
            assumeTrue(false, command[0] + " is not installed: " + e.getMessage());
            return 0;
        }
        assertThat(process.waitFor()).isZero();
        List<String> printed = Files.readAllLines(output);
        assertThat(printed).hasSameSizeAs(names.keySet());
        int compared = 0;
        int at = 0;
        for (String symbol : names.keySet()) {
            String theirs = lenient.apply(printed.get(at++));
            String ours = Objects.requireNonNull(RustDemangler.demangle(symbol));
            if (!theirs.equals(symbol)) {
                assertThat(asciiOnly(ours, theirs)).as(symbol).isEqualTo(theirs);
                compared++;
            }
        }
        return compared;
    }

    /** Both tools escape non-ASCII characters in constants; GNU does not escape them in legacy names. */
    private static String asciiOnly(String ours, String theirs) {
        if (theirs.chars().anyMatch(c -> c > 0x7f)) {
            return ours;
        }
        StringBuilder escaped = new StringBuilder();
        boolean legacy = !theirs.contains("\\u{");
        ours.codePoints().forEach(c -> {
            if (c < 0x80) {
                escaped.appendCodePoint(c);
            } else {
                escaped.append(legacy ? "\\u" : "\\u{" + Integer.toHexString(c) + "}");
            }
        });
        return escaped.toString();
    }

    private static Map<String, String> demangled(Map<String, String> expected) {
        Map<String, String> actual = new LinkedHashMap<>();
        for (String symbol : expected.keySet()) {
            @Nullable String name = RustDemangler.demangle(symbol);
            actual.put(symbol, name == null ? NONE : name);
        }
        return actual;
    }

    private static Map<String, String> table(String name) {
        try (InputStream in = Objects.requireNonNull(RustDemanglerTest.class.getResourceAsStream("rust/" + name))) {
            Map<String, String> table = new LinkedHashMap<>();
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .forEach(line ->
                            table.put(line.substring(0, line.indexOf('\t')), line.substring(line.indexOf('\t') + 1)));
            return table;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String base62(int value) {
        String digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        StringBuilder number = new StringBuilder("_");
        for (int rest = value - 1; rest > 0 || number.length() == 1; rest /= 62) {
            number.insert(0, digits.charAt(rest % 62));
        }
        return number.toString();
    }
}
