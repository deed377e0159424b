package dev.backline.diagnose;

import java.util.List;

/**
 * One piece of advice: what to type, and what it does at what price.
 *
 * @param commands to copy into a shell, in order; empty when the advice is not a command
 * @param text what to do or what the commands do, with the price; in plain English
 */
public record Remedy(List<String> commands, String text) {
    public Remedy {
        commands = List.copyOf(commands);
    }

    /** {@return commands and text in one line, as JSON output has them} */
    @Override
    public String toString() {
        return commands.isEmpty() ? text : String.join("; ", commands) + ": " + text;
    }
}
