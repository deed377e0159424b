package dev.backline.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SuggestionsTest {
    @Test
    void suggestsNamesThatDifferInASuffixOrInCaseFirst() {
        List<String> names =
                List.of("tcp_resets", "TCP_Reset", "tcp_reset", "tcp_reset.isra.0", "tcp_resent", "schedule");
        assertThat(both("tcp_reset", 5, names))
                .containsExactly("TCP_Reset", "tcp_reset.isra.0", "tcp_resets", "tcp_resent");
        assertThat(both("tcp_reset", 1, names)).containsExactly("TCP_Reset");
        assertThat(both("tcp_reset.cold", 2, names)).containsExactly("tcp_reset", "tcp_reset.isra.0");
    }

    @Test
    void countsExchangedNeighboursAsOneEdit() {
        assertThat(both("tcp_v4_rvc", 3, List.of("tcp_v4_rcv", "tcp_v4_xyz"))).containsExactly("tcp_v4_rcv");
        assertThat(both("abdc", 3, List.of("abcd", "bacd"))).containsExactly("abcd");
    }

    @Test
    void suggestsNothingForAnEmptyNameOrNoNames() {
        assertThat(both("", 3, List.of("a", ""))).isEmpty();
        assertThat(both("tcp_v4_rcv", 0, List.of("tcp_v4_rcx"))).isEmpty();
        assertThat(both("tcp_v4_rcv", 3, List.of("", ""))).isEmpty();
    }

    @Test
    void skipsLongNamesInAStringTable() {
        String wanted = "f";
        String longest = "f." + "x".repeat(Suggestions.MAX_BYTES - 2);
        byte[] table = table(List.of(longest, longest + "x"));
        Suggestions suggestions = new Suggestions(wanted, 3);
        suggestions.consider(table, 0);
        suggestions.consider(table, longest.length() + 1);
        assertThat(suggestions.names()).containsExactly(longest);
    }

    @Test
    void readsANameThatTheStringTableCutsOff() {
        byte[] table = "tcp_v4_rcv".getBytes(UTF_8);
        for (int start = 0; start <= table.length; start++) {
            Suggestions suggestions = new Suggestions("tcp_v4_rcx", 1);
            suggestions.consider(table, start);
            assertThat(suggestions.names()).as("from %d", start).hasSize(start <= 1 ? 1 : 0);
        }
    }

    @Test
    void givesTheSameNamesAsTheWholeTableOfDistances() {
        SplittableRandom random = new SplittableRandom(20261130);
        String[] alphabets = {
            "ab", "aAbB_.", "tcp_v46rxs.", "abcdefghijklmnopqrstuvwxyz_0123456789.", "kK\u212aéıIß.", "a\ud83d\ude00b"
        };
        for (int round = 0; round < 6000; round++) {
            String alphabet = alphabets[random.nextInt(alphabets.length)];
            String wanted = name(random, alphabet, round % 50 == 0 ? 230 : 40);
            List<String> names = new ArrayList<>();
            for (int i = random.nextInt(30); i > 0; i--) {
                names.add(
                        random.nextInt(4) == 0
                                ? name(random, alphabet, 40)
                                : edited(
                                        random,
                                        random.nextInt(5) == 0 && !names.isEmpty() ? names.get(0) : wanted,
                                        alphabet));
            }
            int limit = 1 + random.nextInt(4);
            assertThat(both(wanted, limit, names))
                    .as("%s of %s", wanted, names)
                    .isEqualTo(expected(wanted, limit, names));
        }
    }

    /** The suggestions, which are the same for strings and for the names of a string table. */
    private static List<String> both(String wanted, int limit, List<String> names) {
        Suggestions strings = new Suggestions(wanted, limit);
        names.forEach(strings::consider);
        Suggestions bytes = new Suggestions(wanted, limit);
        byte[] table = table(names);
        int start = 0;
        for (String name : names) {
            bytes.consider(table, start);
            start += name.getBytes(UTF_8).length + 1;
        }
        assertThat(bytes.names()).as("%s in the string table %s", wanted, names).isEqualTo(strings.names());
        return strings.names();
    }

    private static byte[] table(List<String> names) {
        ByteArrayOutputStream table = new ByteArrayOutputStream();
        for (String name : names) {
            table.writeBytes(name.getBytes(UTF_8));
            table.write(0);
        }
        return table.toByteArray();
    }

    private static String name(SplittableRandom random, String alphabet, int maxLength) {
        StringBuilder name = new StringBuilder();
        for (int i = random.nextInt(maxLength + 1); i > 0; i--) {
            int at = random.nextInt(alphabet.codePointCount(0, alphabet.length()));
            name.appendCodePoint(alphabet.codePointAt(alphabet.offsetByCodePoints(0, at)));
        }
        return name.toString();
    }

    private static String edited(SplittableRandom random, String name, String alphabet) {
        StringBuilder edited = new StringBuilder(name);
        for (int edits = random.nextInt(1 + name.length() / 3); edits > 0 && edited.length() > 1; edits--) {
            int at = random.nextInt(edited.length() - 1);
            switch (random.nextInt(5)) {
                case 0 -> edited.deleteCharAt(at);
                case 1 -> edited.insert(at, name(random, alphabet, 1));
                case 2 -> edited.replace(at, at + 2, "" + edited.charAt(at + 1) + edited.charAt(at));
                case 3 -> edited.replace(0, edited.length(), edited.toString().toUpperCase(Locale.ROOT));
                default -> edited.append(random.nextBoolean() ? ".isra.0" : "x");
            }
        }
        // A lone surrogate has no UTF-8
        return new String(edited.toString().getBytes(UTF_8), UTF_8);
    }

    /** All names with their distances, sorted. */
    private static List<String> expected(String wanted, int limit, List<String> names) {
        Map<String, Integer> distances = new LinkedHashMap<>();
        int bound = Math.min(8, wanted.length() / 4);
        for (String name : names) {
            int distance = stem(name, wanted) || name.equalsIgnoreCase(wanted) ? 0 : edits(wanted, name);
            boolean compared = distance == 0 || (wanted.length() <= 200 && name.length() <= 200);
            if (!wanted.isEmpty() && !name.isEmpty() && !name.equals(wanted) && compared && distance <= bound) {
                distances.putIfAbsent(name, distance);
            }
        }
        return distances.entrySet().stream()
                .sorted(Comparator.comparingInt(Map.Entry::getValue))
                .limit(limit)
                .map(Map.Entry::getKey)
                .toList();
    }

    private static boolean stem(String name, String wanted) {
        int dot = wanted.indexOf('.', 1);
        String stem = dot < 0 ? wanted : wanted.substring(0, dot);
        return name.equals(stem) || name.startsWith(stem + ".");
    }

    /** The optimal string alignment distance, from its definition. */
    private static int edits(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        Arrays.setAll(d[0], j -> j);
        for (int i = 1; i <= a.length(); i++) {
            d[i][0] = i;
            for (int j = 1; j <= b.length(); j++) {
                d[i][j] = Math.min(
                        d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1),
                        1 + Math.min(d[i - 1][j], d[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
