package dev.backline.cli.console;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options of several commands that name the kernel and its place in memory.
 *
 * @param vmlinux {@code -e}, or null
 * @param release {@code -r}, or null
 * @param debugDirectories {@code -d}
 * @param kallsyms {@code --kallsyms}, or null
 * @param modules {@code --modules}, or null
 * @param kaslrOffset {@code --kaslr-offset}, in bytes, or null
 * @param force {@code --force}
 * @param fetch {@code --fetch}
 * @param cached not {@code --no-cache}
 */
public record KernelOptions(
        @Nullable Path vmlinux,
        @Nullable String release,
        List<Path> debugDirectories,
        @Nullable Path kallsyms,
        @Nullable Path modules,
        @Nullable Long kaslrOffset,
        boolean force,
        boolean fetch,
        boolean cached) {

    public static KernelOptions of(Arguments given) throws UsageException {
        String offset = given.text("--kaslr-offset");
        String release = given.text("-r");
        if (release != null && release.indexOf('/') >= 0) {
            throw new UsageException(
                    "-r needs a release, the output of uname -r; for a file, type: -e " + Printable.word(release));
        }
        return new KernelOptions(
                given.file("-e"),
                release,
                given.files("-d"),
                given.file("--kallsyms"),
                given.file("--modules"),
                offset == null ? null : kaslrOffset(offset),
                given.has("--force"),
                given.has("--fetch"),
                !given.has("--no-cache"));
    }

    /** Whether an option names the kernel. */
    public boolean isNamed() {
        return vmlinux != null || release != null || !debugDirectories.isEmpty();
    }

    private static long kaslrOffset(String text) throws UsageException {
        if (!text.matches("0[xX][0-9a-fA-F]{1,16}|[0-9]{1,18}")) {
            throw new UsageException(
                    "--kaslr-offset must be a number such as 0x1e000000, not '" + Printable.of(text) + "'");
        }
        return text.startsWith("0x") || text.startsWith("0X")
                ? Long.parseUnsignedLong(text.substring(2), 16)
                : Long.parseLong(text);
    }
}
