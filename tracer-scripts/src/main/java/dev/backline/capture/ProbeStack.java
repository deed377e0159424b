package dev.backline.capture;

import dev.backline.trace.LineFrame;
import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/** The frames of an event's stack, innermost first. Stacks with the same text share their frames. Immutable. */
final class ProbeStack extends AbstractList<ProbeFrame> implements RandomAccess {
    /** The part that stacks with the same text share; lines count from that of the first frame. Immutable. */
    static final class Shape {
        private final int[] lines;
        private final String[] texts;
        private final LineFrame[] frames;

        Shape(List<ProbeFrame> stack) {
            int size = stack.size();
            lines = new int[size];
            texts = new String[size];
            frames = new LineFrame[size];
            for (int i = 0; i < size; i++) {
                ProbeFrame frame = stack.get(i);
                lines[i] = (int) (frame.line() - stack.get(0).line());
                texts[i] = frame.text();
                frames[i] = frame.frame();
            }
        }

        LineFrame first() {
            return frames[0];
        }
    }

    private final Shape shape;
    private final long line;

    /** @param line of the first frame */
    ProbeStack(Shape shape, long line) {
        this.shape = shape;
        this.line = line;
    }

    static ProbeStack copyOf(List<ProbeFrame> frames) {
        return frames instanceof ProbeStack stack
                ? stack
                : new ProbeStack(
                        new Shape(frames), frames.isEmpty() ? 0 : frames.get(0).line());
    }

    Shape shape() {
        return shape;
    }

    @Override
    public int size() {
        return shape.frames.length;
    }

    @Override
    public ProbeFrame get(int index) {
        return new ProbeFrame(line + shape.lines[index], shape.texts[index], shape.frames[index]);
    }
}
