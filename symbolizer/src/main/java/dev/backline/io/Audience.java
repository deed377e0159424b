package dev.backline.io;

/**
 * Who reads a message. A user of the command has its options and the machine with the debug files. A user of a service has
 * neither, and must not learn about that machine.
 */
public enum Audience {
    /** Users of the command. */
    COMMAND,
    /** Users of a service. */
    SERVICE;

    /**
     * {@return a part of a message that names an option or a place of the machine; empty for users of a service}
     *
     * @param part the part, with the punctuation before it
     */
    public String optional(String part) {
        return choose(part, "");
    }

    /**
     * {@return the variant for the reader}
     *
     * @param <T> the type of the variants
     * @param ofCommand for users of the command
     * @param ofService for users of a service
     */
    public <T> T choose(T ofCommand, T ofService) {
        return this == COMMAND ? ofCommand : ofService;
    }
}
