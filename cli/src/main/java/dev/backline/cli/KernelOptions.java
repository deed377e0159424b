package dev.backline.cli;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParseResult;

/**
 * The options that say which kernel is meant and where its boot had it, which several commands have.
 *
 * @param vmlinux {@code -e}, or null
 * @param release {@code -r}, or null
 * @param debugDirectories {@code -d}
 * @param kallsyms {@code --kallsyms}, or null
 * @param modules {@code --modules}, or null
 * @param kaslrOffset {@code --kaslr-offset}, in bytes, or null
 * @param force {@code --force}
 * @param fetch {@code --fetch}
 */
record KernelOptions(
        @Nullable Path vmlinux,
        @Nullable String release,
        List<Path> debugDirectories,
        @Nullable Path kallsyms,
        @Nullable Path modules,
        @Nullable Long kaslrOffset,
        boolean force,
        boolean fetch) {

    static KernelOptions of(ParseResult result) throws UsageException {
        Path[] directories = result.matchedOptionValue("-d", new Path[0]);
        String offset = result.matchedOptionValue("--kaslr-offset", (String) null);
        return new KernelOptions(
                result.matchedOptionValue("-e", (Path) null),
                result.matchedOptionValue("-r", (String) null),
                List.of(directories),
                result.matchedOptionValue("--kallsyms", (Path) null),
                result.matchedOptionValue("--modules", (Path) null),
                offset == null ? null : kaslrOffset(offset),
                result.hasMatchedOption("--force"),
                result.hasMatchedOption("--fetch"));
    }

    private static long kaslrOffset(String text) throws UsageException {
        if (!text.matches("0[xX][0-9a-fA-F]{1,16}|[0-9]{1,18}")) {
            throw new UsageException("--kaslr-offset wants a number such as 0x1e000000, not '" + text + "'");
        }
        return text.startsWith("0x") || text.startsWith("0X")
                ? Long.parseUnsignedLong(text.substring(2), 16)
                : Long.parseLong(text);
    }
}
