package dev.backline.cli.symbolize;

import dev.backline.cli.console.Arguments;
import dev.backline.cli.console.Color;
import dev.backline.cli.console.UsageException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The options that say what to print of each frame. An option that a command lacks has the default value.
 *
 * @param inlines whether to print inlined functions (not {@code --no-inlines})
 * @param source the kernel source tree ({@code --source}), or null
 * @param context source lines before and after each line ({@code --context})
 * @param color {@code --color}
 * @param edges {@code --edges}
 * @param explain {@code --explain}
 * @param links the URLs of {@code --links}, or null
 * @param unwrap {@code --unwrap}
 * @param code {@code --code}
 */
public record PrintOptions(
        boolean inlines,
        @Nullable Path source,
        int context,
        Color color,
        boolean edges,
        boolean explain,
        @Nullable SourceLinks links,
        boolean unwrap,
        boolean code) {
    private static final int DEFAULT_CONTEXT = 5;
    private static final int MAX_CONTEXT = 10_000;

    public static PrintOptions of(Arguments given) throws UsageException {
        String links = given.text("--links");
        return new PrintOptions(
                !given.has("--no-inlines"),
                given.file("--source"),
                given.number("--context", DEFAULT_CONTEXT, 0, MAX_CONTEXT),
                given.choice("--color", Color.AUTO),
                given.has("--edges"),
                given.has("--explain"),
                links == null ? null : SourceLinks.of(links),
                given.has("--unwrap"),
                given.has("--code"));
    }
}
