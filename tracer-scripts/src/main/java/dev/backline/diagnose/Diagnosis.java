package dev.backline.diagnose;

import java.util.List;

/**
 * Why a RST was sent.
 *
 * @param cause the cause that fits best
 * @param confidence how certain the cause is
 * @param evidence the facts behind the cause, one sentence each, with the lines that they come from
 * @param candidates the causes that the capture leaves open. The diagnosed cause is among them, unless it only says that it is
 *     one of several. Empty when no other cause is left
 * @param title what happened, as a clause: the cause's own, or a more exact one
 * @param remedies what cures it, each with its price, for this event
 * @param settling what would distinguish the candidates; empty when the cause is certain
 */
public record Diagnosis(
        Cause cause,
        Confidence confidence,
        List<String> evidence,
        List<Cause> candidates,
        String title,
        List<Remedy> remedies,
        List<Remedy> settling) {
    /** How the title of a RST that the peer sent begins in advice.txt. */
    private static final String RECEIVED = "received";

    public Diagnosis {
        evidence = List.copyOf(evidence);
        candidates = List.copyOf(candidates);
        remedies = List.copyOf(remedies);
        settling = List.copyOf(settling);
    }

    Diagnosis(Cause cause, Confidence confidence, List<String> evidence, List<Cause> candidates, Advice.Chosen advice) {
        this(
                cause,
                confidence,
                evidence,
                candidates,
                advice.title(),
                advice.remedies(),
                confidence == Confidence.CERTAIN ? List.of() : advice.settling());
    }

    /** {@return whether the peer sent the RST, so that this host cannot know the cause} */
    public boolean isReceived() {
        return cause == Cause.UNKNOWN && title.startsWith(RECEIVED + ":");
    }

    /** {@return the cause in one word for a person: its id, or {@code received} for a RST that the peer sent} */
    public String label() {
        return isReceived() ? RECEIVED : cause.id();
    }
}
