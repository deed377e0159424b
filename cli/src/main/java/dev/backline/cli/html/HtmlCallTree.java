package dev.backline.cli.html;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Draws a {@link CallTree} as a flame graph that starts at the probed functions, and as nested lists. A box that belongs to one
 * group only links to that group.
 */
public final class HtmlCallTree {
    private static final int ROW = 20;

    /** Boxes narrower than this part of the width are not drawn: they could not be seen or clicked. */
    private static final double NARROWEST = 0.0015;

    /** Narrower boxes have no room for a useful part of a name. */
    private static final double LEGIBLE = 0.025;

    private static final int MAX_BOXES = 2500;

    private record Box(CallTree.Node node, double x, double width, int depth, boolean leads) {}

    private final Html html;
    private final CallTree tree;
    /** The numbers of the groups that have a place in the report. */
    private final Set<Integer> shown;

    private final long total;
    private final List<Box> boxes = new ArrayList<>();
    private final Set<Integer> led = new HashSet<>();
    private int narrow;
    private int listed;

    private HtmlCallTree(Html html, CallTree tree, Set<Integer> shown) {
        this.html = html;
        this.tree = tree;
        this.shown = Set.copyOf(shown);
        total = tree.root().count();
    }

    /** Writes the figure. */
    public static void write(Html html, CallTree tree, Set<Integer> shown) throws IOException {
        HtmlCallTree figure = new HtmlCallTree(html, tree, shown);
        figure.lay();
        figure.draw();
        figure.list();
    }

    /** Places the boxes level by level, so that the upper ones are drawn when there are too many. */
    private void lay() {
        List<Box> level = List.of(new Box(tree.root(), 0, 1, -1, false));
        while (!level.isEmpty()) {
            List<Box> next = new ArrayList<>();
            for (Box box : level) {
                double x = box.x();
                for (CallTree.Node caller : box.node().callers()) {
                    double width = (double) caller.count() / total;
                    if (width < NARROWEST || boxes.size() == MAX_BOXES) {
                        narrow++;
                    } else {
                        boolean leads = shown.contains(caller.group()) && led.add(caller.group());
                        Box placed = new Box(caller, x, width, box.depth() + 1, leads);
                        boxes.add(placed);
                        next.add(placed);
                    }
                    x += width;
                }
            }
            level = next;
        }
    }

    private void draw() throws IOException {
        int depth = boxes.isEmpty() ? 0 : boxes.get(boxes.size() - 1).depth() + 1;
        html.open("figure", "flame").attribute("aria-labelledby", "flame-caption");
        html.open("figcaption").attribute("id", "flame-caption");
        html.text(html.wording()
                .say(
                        "The probed functions are on top, below each the functions that called it; the width is the number of"
                                + " events. A box with a line on its left leads to its kind of event."));
        html.close();
        html.open("p", "legend");
        for (Part part : Part.values()) {
            html.open("span", "key").open("svg", "swatch " + part.styleClass).attribute("aria-hidden", "true");
            html.attribute("width", "12").attribute("height", "12").open("rect").attribute("width", "12");
            html.attribute("height", "12").close().close();
            html.text(" " + html.wording().say(part.title)).close().text(" ");
        }
        html.close();
        html.open("svg", "graph")
                .attribute("role", "group")
                .attribute("aria-label", html.wording().say("Call paths, as a flame graph"));
        html.attribute("width", "100%").attribute("height", Integer.toString(depth * ROW));
        for (Box box : boxes) {
            draw(box);
        }
        html.close();
        html.close();
    }

    private void draw(Box box) throws IOException {
        CallTree.Node node = box.node();
        String name = node.function();
        String says = name + (node.source() == null ? "" : ", " + node.source()) + ": "
                + html.wording().count(node.count(), "event") + ", " + Html.decimal(100.0 * node.count() / total)
                + " %";
        if (box.leads()) {
            html.open("a").attribute("href", "#kind-" + node.group());
            html.attribute("aria-label", says);
        }
        html.open("svg", (box.leads() ? "leads " : "") + Part.of(node.source()).styleClass);
        html.attribute("x", Html.decimal(100 * box.x()) + "%");
        html.attribute("y", Integer.toString(box.depth() * ROW));
        html.attribute("width", Html.decimal(100 * box.width()) + "%");
        html.attribute("height", Integer.toString(ROW - 1));
        if (!box.leads()) {
            html.attribute("aria-hidden", "true");
        }
        html.element("title", says);
        html.open("rect").attribute("width", "100%").attribute("height", "100%").close();
        if (box.leads()) {
            html.open("rect", "edge")
                    .attribute("width", "3")
                    .attribute("height", "100%")
                    .close();
        }
        if (box.width() >= LEGIBLE) {
            html.open("text")
                    .attribute("x", "6")
                    .attribute("y", "14")
                    .text(name)
                    .close();
        }
        html.close();
        if (box.leads()) {
            html.close();
        }
    }

    private void list() throws IOException {
        if (narrow > 0) {
            html.element(
                    "p",
                    "hint",
                    html.wording()
                            .say(
                                    narrow == 1
                                            ? "{} box is too narrow to be drawn."
                                            : "{} boxes are too narrow to be drawn.",
                                    narrow));
        }
        html.open("details", "tree").element("summary", html.wording().say("The same as a list"));
        callers(tree.root());
        html.close();
    }

    /** The callers of a function; a chain of functions, each with one caller only, is one entry. */
    private void callers(CallTree.Node node) throws IOException {
        html.open("ul");
        int left = 0;
        for (CallTree.Node caller : node.callers()) {
            if (listed >= MAX_BOXES || caller.count() < total * NARROWEST) {
                left++;
                continue;
            }
            html.open("li");
            CallTree.Node last = caller;
            html.open("code").text(caller.function()).close();
            listed++;
            for (CallTree.Node only = only(last); only != null; only = only(last)) {
                html.text(" ← ").open("code").text(only.function()).close();
                last = only;
                listed++;
            }
            html.text(": " + html.wording().count(caller.count(), "event"));
            if (shown.contains(caller.group())) {
                html.text(", ").open("a").attribute("href", "#kind-" + caller.group());
                html.text(html.wording().say("kind {}", caller.group() + 1)).close();
            }
            if (!last.callers().isEmpty()) {
                callers(last);
            }
            html.close();
        }
        if (left > 0) {
            html.element("li", html.wording().count(left, "rarer path"));
        }
        html.close();
    }

    private static CallTree.@Nullable Node only(CallTree.Node node) {
        List<CallTree.Node> callers = node.callers();
        return callers.size() == 1 && callers.get(0).count() == node.count() ? callers.get(0) : null;
    }

    /** Parts of the kernel, by the folder of its source. */
    private enum Part {
        TCP("part-tcp", "TCP, IP"),
        NET("part-net", "other networking"),
        KERNEL("part-kernel", "kernel"),
        OTHER("part-other", "source not known");

        private final String styleClass;
        private final String title;

        Part(String styleClass, String title) {
            this.styleClass = styleClass;
            this.title = title;
        }

        static Part of(@Nullable String source) {
            if (source == null) {
                return OTHER;
            }
            if (source.startsWith("net/ipv4/") || source.startsWith("net/ipv6/") || source.startsWith("net/mptcp/")) {
                return TCP;
            }
            boolean net = source.startsWith("net/")
                    || source.startsWith("drivers/net/")
                    || source.startsWith("include/net/")
                    || source.startsWith("include/linux/net");
            return net ? NET : KERNEL;
        }
    }
}
