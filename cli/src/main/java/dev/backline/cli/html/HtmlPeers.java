package dev.backline.cli.html;

import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** Writes the table of peers. */
public final class HtmlPeers {
    private static final int ROWS = 50;
    private static final int CAUSES = 5;

    private HtmlPeers() {}

    /** Writes the table. */
    public static void write(Html html, PeerCounts counts, TimeText time) throws IOException {
        List<PeerCounts.Peer> peers = counts.peers();
        if (peers.isEmpty()) {
            html.element("p", html.wording().say("No event names its peer."));
            return;
        }
        long most = peers.get(0).count();
        html.open("table", "peers")
                .element("caption", html.wording().say("Whose packets or connections the events were"));
        html.open("thead").open("tr");
        for (String title : List.of("Peer", "Events", "Causes", "Seen")) {
            html.open("th")
                    .attribute("scope", "col")
                    .text(html.wording().say(title))
                    .close();
        }
        html.close().close();
        html.open("tbody");
        for (PeerCounts.Peer peer : peers.subList(0, Math.min(ROWS, peers.size()))) {
            row(html, peer, most, time);
        }
        html.close().close();
        long left = counts.forgotten();
        for (PeerCounts.Peer peer : peers.subList(Math.min(ROWS, peers.size()), peers.size())) {
            left += peer.count();
        }
        if (left > 0) {
            html.element(
                    "p",
                    "hint",
                    html.wording()
                            .say(
                                    "{} of further peers are left out.",
                                    html.wording().count(left, "event")));
        }
    }

    private static void row(Html html, PeerCounts.Peer peer, long most, TimeText time) throws IOException {
        html.open("tr")
                .open("th")
                .attribute("scope", "row")
                .open("code")
                .text(peer.address())
                .close()
                .close();
        html.open("td", "number").text(Long.toString(peer.count()));
        html.open("svg", "share")
                .attribute("aria-hidden", "true")
                .attribute("width", "100%")
                .attribute("height", "4");
        html.open("rect").attribute("width", Html.decimal(100.0 * peer.count() / most) + "%");
        html.attribute("height", "4").close().close();
        html.close();
        List<String> causes = peer.causes();
        int shown = Math.min(CAUSES, causes.size());
        String some = String.join(", ", causes.subList(0, shown));
        html.open("td")
                .text(causes.size() > shown ? html.wording().say("{} and {} more", some, causes.size() - shown) : some);
        html.close().open("td", "seen");
        Instant from = peer.from();
        Instant to = peer.to();
        if (from != null && to != null) {
            time.write(html, from, to);
        }
        html.close().close();
    }
}
