package dev.backline.capture;

/** Whoever wants the events of a capture. Called from the thread that reads, in the order of the lines. */
public interface CaptureListener {
    void event(ProbeEvent event);

    /**
     * A line that is no part of an event. Such lines are not rare: a tool's own messages stand among the events.
     *
     * @param line from 1
     * @param text its beginning, at most {@link CaptureReader#SHOWN} characters
     * @param why in a few words
     */
    void unread(String file, long line, String text, String why);

    /**
     * The tool says that it lost events.
     *
     * @param events how many, or 0 when it does not say
     * @param text what it said
     */
    void lost(String file, long line, long events, String text);
}
