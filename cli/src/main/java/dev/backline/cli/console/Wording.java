package dev.backline.cli.console;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The words of a report: English, or a translation from a catalogue. The catalogue has each English text on a line and its
 * translation, indented, on the next one; {@code {}} stands for a part that differs, and {@code {2}} in a translation for the
 * second of them. A text that the catalogue does not have stays English. Immutable.
 */
public final class Wording {
    /** The words as the program has them. */
    public static final Wording ENGLISH = new Wording("en", Map.of());

    /** Texts within texts: a sentence, a clause in it, and a name in that. */
    private static final int DEPTH = 3;

    /** Longer texts are quotations, not the program's own. */
    private static final int MAX_TEXT = 4000;

    private static final String GAP = "{}";

    /** A pattern with fewer letters would match texts that are not the program's own. */
    private static final int LETTERS = 4;

    /** A text with gaps: the words between them. */
    private record Pattern(List<String> words, String translation) {
        Pattern {
            words = List.copyOf(words);
        }
    }

    private final String language;
    private final Map<String, String> texts;
    private final List<Pattern> patterns = new ArrayList<>();

    private Wording(String language, Map<String, String> texts) {
        this.language = language;
        this.texts = Map.copyOf(texts);
        texts.forEach((english, translation) -> {
            if (english.contains(GAP)
                    && english.chars().filter(Character::isLetter).count() >= LETTERS) {
                patterns.add(new Pattern(split(english), translation));
            }
        });
        // The most exact pattern first.
        patterns.sort(Comparator.comparingInt((Pattern pattern) ->
                        pattern.words().stream().mapToInt(String::length).sum())
                .reversed());
    }

    /**
     * {@return the words of a language}
     *
     * @param language {@code en} or {@code zh}
     */
    public static Wording of(String language) {
        if (language.equals(ENGLISH.language)) {
            return ENGLISH;
        }
        String name = "wording." + language;
        try (InputStream in = Wording.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + name + " is missing");
            }
            Map<String, String> texts = new HashMap<>();
            String english = null;
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isBlank() || line.startsWith("#")) {
                    continue;
                }
                if (!line.startsWith(" ")) {
                    english = line;
                } else if (english == null || texts.put(english, line.strip()) != null) {
                    throw new IllegalStateException(name + " has a translation of no text, or a second one: " + line);
                }
            }
            return new Wording(language, texts);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the language as HTML names it: {@code en}, {@code zh}} */
    public String language() {
        return language;
    }

    /**
     * {@return a text in the language}
     *
     * @param english the text, with {} for each value
     * @param values what differs, not translated
     */
    public String say(String english, Object... values) {
        List<String> gaps = new ArrayList<>();
        for (Object value : values) {
            gaps.add(String.valueOf(value));
        }
        return filled(texts.getOrDefault(english, english), gaps);
    }

    /** {@return {@code 1 event}, {@code 3 events} in the language} */
    public String count(long count, String thing) {
        return say(count == 1 ? "{} " + thing : "{} " + thing + "s", count);
    }

    /** {@return whether the catalogue has the text, as it is or by one with gaps} */
    public boolean knows(String english) {
        return this == ENGLISH || translated(english, DEPTH) != null;
    }

    /** {@return a whole text in the language; the text itself where the catalogue does not have it} */
    public String text(String english) {
        return text(english, DEPTH);
    }

    private String text(String english, int depth) {
        String translation = translated(english, depth);
        return translation == null ? english : translation;
    }

    private @Nullable String translated(String english, int depth) {
        if (texts.isEmpty() || english.length() > MAX_TEXT || depth == 0) {
            return null;
        }
        String whole = texts.get(english);
        if (whole != null) {
            return whole;
        }
        for (Pattern pattern : patterns) {
            List<String> gaps = gaps(pattern.words(), english);
            if (gaps != null) {
                gaps.replaceAll(gap -> text(gap, depth - 1));
                return filled(pattern.translation(), gaps);
            }
        }
        return null;
    }

    /** What stands in the gaps between the words; null where the text does not have them. Each word is found once only. */
    private static @Nullable List<String> gaps(List<String> words, String text) {
        String first = words.get(0);
        String last = words.get(words.size() - 1);
        if (!text.startsWith(first) || !text.endsWith(last)) {
            return null;
        }
        int end = text.length() - last.length();
        int at = first.length();
        List<String> gaps = new ArrayList<>();
        for (String word : words.subList(1, words.size() - 1)) {
            int found = text.indexOf(word, at);
            if (found < 0 || found + word.length() > end) {
                return null;
            }
            gaps.add(text.substring(at, found));
            at = found + word.length();
        }
        if (at > end) {
            return null;
        }
        gaps.add(text.substring(at, end));
        return gaps;
    }

    private static List<String> split(String english) {
        List<String> words = new ArrayList<>();
        int at = 0;
        for (int gap = english.indexOf(GAP); gap >= 0; gap = english.indexOf(GAP, at)) {
            words.add(english.substring(at, gap));
            at = gap + GAP.length();
        }
        words.add(english.substring(at));
        return words;
    }

    private static String filled(String text, List<String> values) {
        StringBuilder filled = new StringBuilder(text.length() + 32);
        int next = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int place = -1;
            if (c == '{' && i + 1 < text.length() && text.charAt(i + 1) == '}') {
                place = next++;
                i += 1;
            } else if (c == '{' && i + 2 < text.length() && text.charAt(i + 2) == '}') {
                place = text.charAt(i + 1) - '1';
                i += 2;
            }
            if (place < 0) {
                filled.append(c);
            } else if (place < values.size()) {
                filled.append(values.get(place));
            }
        }
        return filled.toString();
    }
}
