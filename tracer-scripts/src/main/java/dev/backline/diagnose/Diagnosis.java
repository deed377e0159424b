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
 */
public record Diagnosis(Cause cause, Confidence confidence, List<String> evidence, List<Cause> candidates) {
    public Diagnosis {
        evidence = List.copyOf(evidence);
        candidates = List.copyOf(candidates);
    }

    /** {@return remedies, each with its price} */
    public List<String> remedies() {
        return cause.remedies();
    }

    /** {@return commands that would distinguish the candidates; empty when the cause is certain} */
    public List<String> settling() {
        return confidence == Confidence.CERTAIN ? List.of() : cause.settling();
    }
}
