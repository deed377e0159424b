package dev.backline.diagnose;

import java.util.List;

/**
 * Why a RST was sent.
 *
 * @param cause the one that fits
 * @param confidence how sure that is
 * @param evidence what it rests on, a sentence each, with the lines they come from
 * @param candidates the causes that what was captured leaves, the diagnosed one among them, unless it only
 *     says that it is one of several; empty when nothing else is left
 */
public record Diagnosis(Cause cause, Confidence confidence, List<String> evidence, List<Cause> candidates) {
    public Diagnosis {
        evidence = List.copyOf(evidence);
        candidates = List.copyOf(candidates);
    }

    /** {@return what helps, each with its price} */
    public List<String> remedies() {
        return cause.remedies();
    }

    /** {@return what would tell the candidates apart; empty when there is nothing to settle} */
    public List<String> settling() {
        return confidence == Confidence.CERTAIN ? List.of() : cause.settling();
    }
}
