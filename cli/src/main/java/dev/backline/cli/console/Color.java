package dev.backline.cli.console;

/** When to use colours. */
public enum Color {
    AUTO,
    ALWAYS,
    NEVER;

    /** {@return whether to use colours by default: on a terminal, unless NO_COLOR is set (no-color.org)} */
    static boolean auto(Console console) {
        String noColor = console.environment().get("NO_COLOR");
        return console.outIsTerminal()
                && (noColor == null || noColor.isEmpty())
                && !"dumb".equals(console.environment().get("TERM"));
    }

    public boolean applies(Console console) {
        return switch (this) {
            case AUTO -> auto(console);
            case ALWAYS -> true;
            case NEVER -> false;
        };
    }
}
