package dev.backline.capture;

/** Receives the events of a capture, in the order of the lines, from the thread that reads. */
public interface CaptureListener {
    /**
     * Takes an event.
     *
     * @param event with its stack as far as it was read
     */
    void event(ProbeEvent event);

    /**
     * Takes a line that is not part of an event. Such lines are not rare: tools print messages between events.
     *
     * @param file the capture, as the caller named it
     * @param line from 1
     * @param text the first {@link CaptureReader#SHOWN} characters of the line
     * @param why the reason, in a few words
     */
    void unread(String file, long line, String text, String why);

    /**
     * Takes a message that the tool lost events.
     *
     * @param file the capture with the message, as the caller named it
     * @param line from 1
     * @param events the number of lost events, or 0 when the message does not have it
     * @param text the message
     */
    void lost(String file, long line, long events, String text);

    /**
     * Takes the number of events that a script of backline left out on purpose, because of its rate limit.
     *
     * @param file the capture, as the caller named it
     * @param line from 1
     * @param events how many more than the lines before told
     */
    default void skipped(String file, long line, long events) {}

    /**
     * Takes a sentence about what of a capture cannot be told for certain.
     *
     * @param sentence names the capture and the line
     */
    default void note(String sentence) {}

    /**
     * Says that a file has no event, and is something else than a capture.
     *
     * @param file as the caller named it
     * @param kind what it is
     */
    default void otherKind(String file, TextKind kind) {}
}
