package dev.backline.cli;

/** Numbers of things, in words. */
final class Count {
    private Count() {}

    /** {@code 1 event}, {@code 3 events}. */
    static String of(long count, String thing) {
        return count + " " + thing + (count == 1 ? "" : "s");
    }
}
