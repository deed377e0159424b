package dev.backline.cli.html;

import dev.backline.diagnose.CallStep;
import dev.backline.diagnose.Grouping;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The call paths of all groups, merged into a tree from the probed functions outwards. Not thread-safe. */
public final class CallTree {
    /** Deeper frames only show which task was interrupted. */
    private static final int MAX_DEPTH = 64;

    /** How many frames of a call path one line shows. */
    private static final int PATH = 4;

    /** A hostile capture has any number of paths. */
    private static final int MAX_NODES = 50_000;

    /** A function, called by its children. */
    public static final class Node {
        private final String function;
        private final @Nullable String source;
        private final Map<String, Node> callers = new LinkedHashMap<>();
        private long count;
        /** The only group with this path; −1 for none yet, −2 for several. */
        private int group = NONE;

        private Node(String function, @Nullable String source) {
            this.function = function;
            this.source = source;
        }

        String function() {
            return function;
        }

        /** File and line of the call, or null. */
        @Nullable
        String source() {
            return source;
        }

        /** The number of events with this path. */
        public long count() {
            return count;
        }

        /** The number of the only group with this path; negative when there are several. */
        int group() {
            return group;
        }

        /** The callers, the most frequent first. */
        List<Node> callers() {
            List<Node> sorted = new ArrayList<>(callers.values());
            sorted.sort(Comparator.comparingLong(Node::count).reversed());
            return sorted;
        }
    }

    private static final int NONE = -1;
    private static final int SEVERAL = -2;

    private final Node root = new Node("", null);
    private int nodes;

    /** Adds the stack of a group, weighted by its events. */
    public void add(Grouping.Group group) {
        Node node = root;
        count(node, group);
        int depth = 0;
        CallStep above = null;
        for (CallStep step : group.steps()) {
            if (above != null && repeats(step, above)) {
                continue;
            }
            above = step;
            String function = name(step);
            Node caller = node.callers.get(function);
            if (caller == null) {
                if (nodes == MAX_NODES || depth == MAX_DEPTH) {
                    return;
                }
                nodes++;
                caller = new Node(function, step.source());
                node.callers.put(function, caller);
            }
            count(caller, group);
            node = caller;
            depth++;
        }
    }

    private static void count(Node node, Grouping.Group group) {
        node.count += group.count();
        node.group = node.group == NONE ? group.number() : SEVERAL;
    }

    /** Whether a frame repeats the one above it: SystemTap prints a frame twice where it changes its unwinder. */
    static boolean repeats(CallStep step, CallStep above) {
        return step.functions().equals(above.functions())
                && step.place().startsWith(above.place())
                && above.sure()
                && !step.sure();
    }

    /** The name of a frame: its function with the functions inlined there. */
    static String name(CallStep step) {
        if (step.functions().isEmpty()) {
            return step.place();
        }
        return step.functions().get(step.functions().size() - 1);
    }

    /** {@return the first frames of a group's stack, as one line} */
    public static String path(Grouping.Group kind) {
        StringBuilder path = new StringBuilder();
        CallStep above = null;
        int left = PATH;
        for (CallStep step : kind.steps()) {
            if (above != null && repeats(step, above)) {
                continue;
            }
            above = step;
            if (left-- == 0) {
                return path.append(" ← …").toString();
            }
            path.append(path.isEmpty() ? "" : " ← ").append(name(step));
        }
        return path.isEmpty() ? kind.first().probe() : path.toString();
    }

    /** The root of all paths: its callers are the probed functions. */
    public Node root() {
        return root;
    }
}
