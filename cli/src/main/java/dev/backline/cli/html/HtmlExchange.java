package dev.backline.cli.html;

import dev.backline.diagnose.Exchange;
import dev.backline.diagnose.Exchange.Basis;
import dev.backline.diagnose.Exchange.Kind;
import dev.backline.diagnose.Exchange.Message;
import dev.backline.diagnose.Exchange.Participant;
import dev.backline.diagnose.Exchange.Role;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * Draws an {@link Exchange} as a sequence chart. The chart is a list of messages, each with its arrow, so that a screen reader
 * can read it and text wraps on a small screen.
 */
final class HtmlExchange {
    /** The first packets of a flood are enough. */
    private static final int MAX_MESSAGES = 60;

    private HtmlExchange() {}

    /**
     * Writes the figure.
     *
     * @param id the unique id of the caption
     */
    static void write(Html html, Exchange exchange, String id) throws IOException {
        List<Participant> participants = exchange.participants();
        int columns = participants.size();
        html.open("figure", "exchange").attribute("aria-labelledby", id);
        html.open("figcaption")
                .attribute("id", id)
                .text(html.wording().say("What happened"))
                .close();
        html.open("ul", "who of-" + columns)
                .attribute("aria-label", html.wording().say("Participants"));
        for (Participant participant : participants) {
            html.open("li")
                    .open("strong")
                    .text(html.wording().say(participant.role().title()))
                    .close();
            if (participant.name() != null) {
                name(html, participant.name());
            }
            html.close();
        }
        html.close();
        html.open("ol", "messages of-" + columns);
        for (Message message : exchange.messages()
                .subList(0, Math.min(MAX_MESSAGES, exchange.messages().size()))) {
            message(html, message, participants);
        }
        if (exchange.messages().size() > MAX_MESSAGES) {
            html.open("li").open("span", "said from-1 to-" + columns);
            html.text(html.wording().say("{} more messages", exchange.messages().size() - MAX_MESSAGES))
                    .close()
                    .close();
        }
        html.close();
        html.close();
    }

    /** Writes an address so that its line breaks before the port, if at all. */
    private static void name(Html html, String name) throws IOException {
        int port = name.lastIndexOf(':');
        html.text(" ").open("span", "name").element("span", name.substring(0, Math.max(0, port)));
        html.element("span", name.substring(Math.max(0, port))).close();
    }

    private static void message(Html html, Message message, List<Participant> participants) throws IOException {
        int columns = participants.size();
        int from = column(message.from(), participants);
        int to = column(message.to(), participants);
        String kind = message.kind().name().toLowerCase(Locale.ROOT);
        String basis = message.basis().name().toLowerCase(Locale.ROOT);
        html.open("li", (message.isNote() ? "note " : "") + kind + " " + basis);
        int left = Math.min(from, to);
        int right = Math.max(from, to);
        // A note is as wide as its column and half of each neighbour.
        int first = message.isNote() ? Math.max(1, 2 * left) : 2 * left + 1;
        int last = message.isNote() ? Math.min(2 * columns + 1, 2 * left + 4) : 2 * right + 3;
        html.open("span", "said from-" + first + " to-" + last);
        html.open("span", "aloud").text(html.wording().say(message.from().title()));
        html.text(
                        message.isNote()
                                ? ": "
                                : " → " + html.wording().say(message.to().title()) + ": ")
                .close();
        html.element("span", "what", html.wording().text(message.text()));
        String how = html.wording().say(basis(message.basis()));
        String place = message.place();
        html.text(" ");
        html.element("span", "basis", place == null || message.basis() == Basis.CAPTURED ? how : how + ", " + place);
        html.close();
        if (!message.isNote()) {
            arrow(html, message, from, to, columns);
        }
        html.close();
    }

    private static String basis(Basis basis) {
        return switch (basis) {
            case CAPTURED -> "captured";
            case LOGGED -> "logged";
            case WIRE -> "on the wire";
            case CONCLUDED -> "concluded";
        };
    }

    private static void arrow(Html html, Message message, int from, int to, int columns) throws IOException {
        String start = Html.decimal(100 * (from + 0.5) / columns) + "%";
        // The arrow of an unanswered packet ends halfway.
        double reach = message.kind() == Kind.LOST ? from + 0.5 + (to - from) * 0.7 : to + 0.5;
        String end = Html.decimal(100 * reach / columns) + "%";
        html.open("svg", "arrow").attribute("aria-hidden", "true").attribute("width", "100%");
        html.attribute("height", "12");
        html.open("line")
                .attribute("x1", start)
                .attribute("y1", "6")
                .attribute("x2", end)
                .attribute("y2", "6")
                .close();
        html.open("svg").attribute("x", end).attribute("y", "6").attribute("overflow", "visible");
        String head = message.kind() == Kind.LOST ? "M-5-5 5 5M-5 5 5-5" : to > from ? "M0 0-8-5V5z" : "M0 0 8-5V5z";
        html.open("path").attribute("d", head).close();
        html.close();
        html.close();
    }

    private static int column(Role role, List<Participant> participants) {
        for (int i = 0; i < participants.size(); i++) {
            if (participants.get(i).role() == role) {
                return i;
            }
        }
        return 0;
    }
}
