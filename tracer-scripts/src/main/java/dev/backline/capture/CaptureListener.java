package dev.backline.capture;

/** Whoever wants the events of a capture. Called from the thread that reads, in the order of the lines. */
public interface CaptureListener {
    /**
     * An event, with its stack as far as it was read.
     *
     * @param event that was read
     */
    void event(ProbeEvent event);

    /**
     * A line that is no part of an event. Such lines are not rare: a tool's own messages stand among the
     * events.
     *
     * @param file that it stands in, as the caller named it
     * @param line from 1
     * @param text its beginning, at most {@link CaptureReader#SHOWN} characters
     * @param why in a few words
     */
    void unread(String file, long line, String text, String why);

    /**
     * The tool says that it lost events.
     *
     * @param file that says so, as the caller named it
     * @param line from 1
     * @param events how many, or 0 when it does not say
     * @param text what it said
     */
    void lost(String file, long line, long events, String text);
}
