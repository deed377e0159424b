package dev.backline.debugfiles;

import dev.backline.elf.BuildId;
import dev.backline.io.Audience;
import dev.backline.io.Lazy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells how to get a kernel's debug files, from a table of distributions (packages.tsv). A row is recognised by the
 * kernel's release and by the text around the release in a log. The first row that fits counts.
 */
final class DebugPackages {
    private static final Pattern GROUP = Pattern.compile("\\(\\?<(\\w+)>");
    /** {@code {name}} or {@code {name|default}}. */
    private static final Pattern VARIABLE = Pattern.compile("\\{(\\w+)(?:\\|([^}]*))?\\}");
    /** {@code [text with {name}]}: a part that is left out if a variable in it is unknown. */
    private static final Pattern OPTIONAL = Pattern.compile("\\[([^\\[\\]]*)\\]");

    /** Red Hat's names of kernel variants: 6.12.0-39.el10.aarch64+64k, 2.6.32-504.el6.x86_64.debug. */
    private static final Pattern VARIANT = Pattern.compile("(.*?)(?:\\+([\\w-]+)|\\.?(debug))?");

    private static final Pattern RPM_ARCHITECTURE =
            Pattern.compile("(.*)\\.(x86_64|aarch64|ppc64le|ppc64|s390x|i686|armv7hl|riscv64|loongarch64)");

    /** Red Hat's real-time kernels before version 9: 3.10.0-957.rt56.910.el7.x86_64. */
    private static final Pattern OLD_REAL_TIME = Pattern.compile(".*\\.rt\\d+\\..*");

    /** The end of Debian's releases, for those architectures that the end identifies. */
    private static final Pattern FLAVOUR = Pattern.compile(
            ".*-(amd64|arm64|armmp|rpi|marvell|powerpc64le|i?[3-6]86|riscv64|s390x|loong64)(?:-16k|-lpae|-pae)?");

    private static final Pattern UEK =
            Pattern.compile("(4\\.1\\.12|4\\.14\\.35|5\\.4\\.17)-(\\d{1,6}(?:\\.\\d{1,6})*)\\.el\\d+uek.*");

    private static final Lazy<List<Row>, IOException> ROWS = new Lazy<>() {
        @Override
        protected List<Row> compute() throws IOException {
            return read();
        }
    };

    private DebugPackages() {}

    /**
     * One kind of kernel.
     *
     * @param rule the distribution's short name
     * @param release what the whole release must match; named groups are variables
     * @param text what must occur in the text around the release, or in /etc/os-release; named groups are variables
     * @param version named groups that the text may contain
     * @param distribution the name for people; may contain variables, as all further values
     * @param packageName the package or archive with the debug files; empty if nothing is published
     * @param command a command that gets it; empty if there is none
     * @param note what else to know, or what to do if nothing is published
     * @param server a debuginfod server that has the distribution's kernels; empty if there is none
     * @param checked P: packaging source, D: documentation, A: package archive, I: issue or report; M: from memory, so that
     *     the message must not promise anything
     * @param source where the facts come from
     */
    record Row(
            String rule,
            Pattern release,
            @Nullable Pattern text,
            @Nullable Pattern version,
            String distribution,
            String packageName,
            String command,
            String note,
            String server,
            String checked,
            String source) {

        static Row of(String line) {
            String[] cells = line.split("\t", -1);
            return new Row(
                    cells[0],
                    Pattern.compile(cells[1]),
                    cells[2].isEmpty() ? null : Pattern.compile(cells[2]),
                    cells[3].isEmpty() ? null : Pattern.compile(cells[3]),
                    cells[4],
                    cells[5],
                    cells[6],
                    cells[7],
                    cells[8],
                    cells[9],
                    cells[10]);
        }

        /** {@return the variables if the row fits the kernel; else null} */
        @Nullable
        Map<String, String> match(String kernel, String around) {
            Map<String, String> variables = new HashMap<>();
            Matcher whole = release.matcher(kernel);
            if (!whole.matches()) {
                return null;
            }
            addGroups(release, whole, variables);
            Pattern wanted = text;
            if (wanted != null) {
                Matcher found = wanted.matcher(around);
                if (!found.find()) {
                    return null;
                }
                addGroups(wanted, found, variables);
            }
            Pattern optional = version;
            if (optional != null) {
                Matcher found = optional.matcher(around);
                if (found.find()) {
                    addGroups(optional, found, variables);
                }
            }
            return variables;
        }

        private static void addGroups(Pattern pattern, Matcher found, Map<String, String> variables) {
            Matcher names = GROUP.matcher(pattern.pattern());
            while (names.find()) {
                String value = found.group(names.group(1));
                if (value != null) {
                    variables.put(names.group(1), value);
                }
            }
        }
    }

    /** {@return the rows in the order in which they are tried} */
    static List<Row> rows() {
        try {
            return ROWS.get();
        } catch (IOException e) {
            throw new IllegalStateException("packages.tsv in the program is damaged", e);
        }
    }

    private static List<Row> read() throws IOException {
        try (InputStream in = Objects.requireNonNull(DebugPackages.class.getResourceAsStream("packages.tsv"));
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return lines.lines().skip(1).map(Row::of).toList();
        }
    }

    /**
     * {@return how to get the debug files, as the last part of a message}
     *
     * @param kernel what is known about the kernel
     * @param id the build id of vmlinux; null if unknown
     * @param audience who reads it
     */
    static String advice(KernelIdentity kernel, @Nullable BuildId id, Audience audience) {
        String release = kernel.release();
        if (release == null) {
            return audience.choose(
                    "add the kernel's release with -r RELEASE, set DEBUGINFOD_URLS to the debuginfod server of the"
                            + " kernel's distribution, or give vmlinux with -e FILE",
                    "name the kernel's release");
        }
        Match match = match(kernel, release);
        if (audience == Audience.COMMAND) {
            match.variables().put("e", "-e");
            match.variables().put("fetch", "--fetch");
        }
        return sentence(match.row(), match.variables(), id);
    }

    /** The first row that fits a kernel, and its variables. */
    record Match(Row row, Map<String, String> variables) {}

    static Match match(KernelIdentity kernel, String release) {
        StringBuilder around = new StringBuilder(kernel.banner() == null ? "" : kernel.banner());
        new TreeMap<>(kernel.osRelease())
                .forEach((key, value) ->
                        around.append('\n').append(key).append('=').append(value));
        for (Row row : rows()) {
            Map<String, String> variables = row.match(release, around.toString());
            if (variables != null) {
                variables.putAll(derived(release));
                return new Match(row, variables);
            }
        }
        throw new IllegalStateException("packages.tsv has no last row for all kernels");
    }

    private static String sentence(Row row, Map<String, String> variables, @Nullable BuildId id) {
        boolean checked = !row.checked().contains("M");
        String distribution = fill(row.distribution(), variables);
        String note = fill(row.note(), variables);
        if (row.packageName().isEmpty()) {
            String missing = checked ? "nothing is published for it" : "probably nothing is published for it";
            return (distribution.isEmpty() ? "" : "this is a kernel of " + distribution + "; " + missing + ": ") + note;
        }
        List<String> commands = new ArrayList<>();
        if (id != null && !row.server().isEmpty()) {
            commands.add("DEBUGINFOD_URLS=" + row.server() + " debuginfod-find debuginfo " + id);
        }
        if (!row.command().isEmpty()) {
            commands.add(fill(row.command(), variables));
        }
        return "this is a kernel of " + distribution + ", whose debug files " + (checked ? "are" : "should be") + " in "
                + fill(row.packageName(), variables)
                + (commands.isEmpty() ? "" : (checked ? "; run: " : "; try: ") + String.join("; or: ", commands))
                + (note.isEmpty() ? "" : "; " + note);
    }

    /** {@return the exact version of a Debian package, as the text around the release names it; null if unknown} */
    static @Nullable String version(KernelIdentity kernel) {
        String release = kernel.release();
        if (release == null) {
            return null;
        }
        Match match = match(kernel, release);
        String name = fill(match.row().packageName(), match.variables());
        int version = name.indexOf('=');
        return version < 0 ? null : name.substring(version + 1);
    }

    /** The variables that are the same for all rows. */
    private static Map<String, String> derived(String release) {
        Map<String, String> variables = new HashMap<>();
        variables.put("R", release);
        Matcher variant = VARIANT.matcher(release);
        boolean old = OLD_REAL_TIME.matcher(release).matches();
        String rpm = release;
        String suffix = "";
        if (variant.matches()) {
            rpm = variant.group(1);
            suffix = Objects.requireNonNullElse(variant.group(2), Objects.requireNonNullElse(variant.group(3), ""));
        }
        variables.put("rpm", rpm);
        variables.put("variant", (old ? "-rt" : "") + (suffix.isEmpty() ? "" : "-" + suffix));
        Matcher architecture = RPM_ARCHITECTURE.matcher(rpm);
        boolean named = architecture.matches();
        variables.put("nvr", named ? architecture.group(1) : rpm);
        variables.put("machine", named ? architecture.group(2) : "x86_64");
        String debian = debianArchitecture(release);
        if (debian != null) {
            variables.put("arch", debian);
        }
        return variables;
    }

    /** Debian's name of the architecture; null if the release does not name one architecture. */
    private static @Nullable String debianArchitecture(String release) {
        Matcher flavour = FLAVOUR.matcher(release);
        return !flavour.matches()
                ? null
                : switch (flavour.group(1)) {
                    case "armmp" -> "armhf";
                    case "rpi", "marvell" -> "armel";
                    case "powerpc64le" -> "ppc64el";
                    case "s390x" -> "s390x";
                    case "amd64", "arm64", "riscv64", "loong64" -> flavour.group(1);
                    default -> "i386";
                };
    }

    /**
     * Whether Oracle's vmlinux of this release has another build id than its kernel, so that only the release can be
     * compared: all of UEK 4, UEK 5 before 4.14.35-2047.537.3 and UEK 6 before 5.4.17-2136.332.2 (drgn-tools,
     * has_vmlinux_build_id_mismatch).
     */
    static boolean isOracleWithWrongId(String release) {
        Matcher uek = UEK.matcher(release);
        if (!uek.matches()) {
            return false;
        }
        int[] fixed = uek.group(1).equals("4.1.12")
                ? new int[] {Integer.MAX_VALUE, 0, 0}
                : uek.group(1).equals("4.14.35") ? new int[] {2047, 537, 3} : new int[] {2136, 332, 2};
        int[] numbers = new int[3];
        String[] words = uek.group(2).split("\\.", -1);
        for (int i = 0; i < Math.min(3, words.length); i++) {
            numbers[i] = Integer.parseInt(words[i]);
        }
        return Arrays.compare(numbers, fixed) < 0;
    }

    /** Replaces the variables in a text. */
    static String fill(String template, Map<String, String> variables) {
        Matcher optional = OPTIONAL.matcher(template);
        String text = optional.replaceAll(part -> {
            Matcher inside = VARIABLE.matcher(part.group(1));
            while (inside.find()) {
                if (!variables.containsKey(inside.group(1))) {
                    return "";
                }
            }
            return Matcher.quoteReplacement(part.group(1));
        });
        return VARIABLE.matcher(text)
                .replaceAll(part -> Matcher.quoteReplacement(variables.getOrDefault(
                        part.group(1),
                        Objects.requireNonNullElse(part.group(2), part.group(1).toUpperCase(Locale.ROOT)))));
    }
}
