package dev.backline.capture;

import java.util.ArrayList;
import java.util.List;

/** What a reader told, in its order. */
final class Heard implements CaptureListener {
    final List<ProbeEvent> events = new ArrayList<>();
    final List<String> unread = new ArrayList<>();
    long lost;

    static Heard of(List<String> lines) {
        Heard heard = new Heard();
        CaptureReader reader = new CaptureReader(heard);
        lines.forEach(reader::line);
        reader.finish();
        return heard;
    }

    static Heard of(String text) {
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
}
