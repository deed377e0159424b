package dev.backline.cli.console;

/** When to colour. */
public enum Color {
    AUTO,
    ALWAYS,
    NEVER;

    /** {@return whether to colour when nothing was said: on a terminal, unless NO_COLOR is set (no-color.org)} */
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
