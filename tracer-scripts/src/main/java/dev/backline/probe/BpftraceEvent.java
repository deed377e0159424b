package dev.backline.probe;

import java.util.ArrayList;
import java.util.List;

/** The printf statement of an event, with its keys in the order in which they are added. Not thread-safe. */
final class BpftraceEvent {
    private final StringBuilder format = new StringBuilder("rst");
    private final List<String> arguments = new ArrayList<>();

    /** Starts an event line with the keys that every event has. */
    static BpftraceEvent of(String function, String direction) {
        return new BpftraceEvent()
                .add("wall", "%s", "strftime(\"%s.%f\", nsecs)")
                .add("mono", "%llu.%09llu", "nsecs / 1000000000", "nsecs % 1000000000")
                .add("id", "%d.%d", "cpu", "@events[cpu]")
                .add("probe", function)
                .add("dir", direction)
                .add("cpu", "%d", "cpu")
                .add("pid", "%d", "pid")
                .add("tid", "%d", "tid");
    }

    /** Adds a key; its value is a format, with an argument for each conversion in it. */
    BpftraceEvent add(String key, String value, String... values) {
        format.append(' ').append(key).append('=').append(value);
        arguments.addAll(List.of(values));
        return this;
    }

    /** Adds keys without a value in this probe. */
    BpftraceEvent none(String... keys) {
        for (String key : keys) {
            add(key, "-");
        }
        return this;
    }

    /** {@return the statement, followed by the one that prints the stack; comm is the last key, because it may contain blanks} */
    String statement(int depth, String indent) {
        add("comm", "%s%s", "comm", "kstack(perf, " + depth + ")");
        StringBuilder out =
                new StringBuilder(indent).append("printf(\"").append(format).append("\\n\"");
        int column = 120;
        for (String argument : arguments) {
            out.append(',');
            if (column + argument.length() > 110) {
                out.append('\n').append(indent).append("  ");
                column = indent.length() + 2;
            } else {
                out.append(' ');
            }
            out.append(argument);
            column += argument.length() + 2;
        }
        return out.append(");\n").toString();
    }
}
