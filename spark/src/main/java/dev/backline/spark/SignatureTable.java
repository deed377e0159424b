package dev.backline.spark;

import dev.backline.crash.CrashReport;
import dev.backline.crash.Explanation.Culprit;
import dev.backline.crash.Explanation.Signature;
import dev.backline.crash.summary.ReportSummary;
import java.util.List;

/** The columns of signatures. */
final class SignatureTable {
    /** A report and its summary. */
    record Row(CrashReport report, ReportSummary summary) {}

    /** The signatures of a log. */
    static final Table<Row> OF_LOG = new Table<Row>()
            .bigAlways(
                    "line",
                    "the first line in the log, from 1",
                    of -> of.report().firstLine())
            .text(
                    "id",
                    "the signature: equal for reports of one fault in all builds; null if no function is known",
                    of -> {
                        Signature signature = of.summary().signature();
                        return signature == null ? null : signature.id();
                    })
            .textAlways("kind", "such as `refcount-warning`", of -> of.summary().kind())
            .textAlways(
                    "title",
                    "one line, equal for reports of one fault",
                    of -> of.summary().title())
            .text("function", "to blame", of -> {
                Culprit culprit = of.summary().culprit();
                return culprit == null ? null : culprit.function();
            })
            .text("module", "of that function; null for the kernel itself", of -> {
                Culprit culprit = of.summary().culprit();
                return culprit == null ? null : culprit.module();
            })
            .texts("functions", "what the signature is made of, innermost first", of -> {
                Signature signature = of.summary().signature();
                return signature == null ? List.of() : signature.functions();
            })
            .flagAlways(
                    "sure",
                    "whether reliable frames name the function",
                    of -> of.summary().sure());

    private SignatureTable() {}
}
