package dev.backline.cli.console;

/** Formats counts. */
public final class Count {
    private Count() {}

    /** {@code 1 event}, {@code 3 events}. */
    public static String of(long count, String thing) {
        return count + " " + thing + (count == 1 ? "" : "s");
    }
}
