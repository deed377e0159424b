package dev.backline.capture;

import java.util.ArrayList;
import java.util.List;

/** What a reader told, in its order. */
public final class Heard implements CaptureListener {
    public final List<ProbeEvent> events = new ArrayList<>();
    public final List<String> unread = new ArrayList<>();
    public long lost;
    public long skipped;

    public static Heard of(List<String> lines) {
        Heard heard = new Heard();
        CaptureReader reader = new CaptureReader(heard);
        lines.forEach(reader::line);
        reader.finish();
        return heard;
    }

    public static Heard of(String text) {
        return of(List.of(text.split("\n", -1)));
    }

    @Override
    public void event(ProbeEvent event) {
        events.add(event);
    }

    @Override
    public void unread(String file, long line, String text, String why) {
        unread.add(file + ":" + line + ": " + why + ": " + text);
    }

    @Override
    public void lost(String file, long line, long events, String text) {
        lost += events;
    }

    @Override
    public void skipped(String file, long line, long events) {
        skipped += events;
    }
}
