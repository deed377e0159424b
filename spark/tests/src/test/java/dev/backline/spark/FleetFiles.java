package dev.backline.spark;

import dev.backline.crash.triage.TriagedReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Makes the logs of {@code spark/cluster}, and compares the tables of the job with the library. */
final class FleetFiles {
    /** Enough files for many tasks; a file's logs are in memory at a time. */
    private static final int FILES = 32;

    private FleetFiles() {}

    public static void main(String[] arguments) throws IOException {
        int logs = Integer.parseInt(arguments[1]);
        if (arguments[0].equals("make")) {
            make(logs, arguments[2]);
        } else {
            compare(logs, Path.of(arguments[2]));
        }
        Sessions.spark().stop();
    }

    private static void make(int logs, String folder) {
        Fleet fleet = new Fleet();
        int part = logs / FILES + 1;
        for (int from = 0; from < logs; from += part) {
            fleet.table(from, Math.min(logs, from + part))
                    .coalesce(1)
                    .write()
                    .mode("append")
                    .parquet(folder);
        }
    }

    private static void compare(int logs, Path output) throws IOException {
        Sessions.spark();
        List<TriagedReport> expected = new Fleet().reports(logs, Kernels.get().pool());
        require(Fleet.reports(output).equals(expected), "the reports differ");
        require(Fleet.groups(output).equals(Fleet.groups(expected)), "the groups differ");
        require(Fleet.duplicates(output, "reports", "crash_id", "line") == 0, "a report is there twice");
        require(
                Fleet.duplicates(output, "frames", "input", "line", "stack", "position", "depth") == 0,
                "a frame is there twice");
    }

    private static void require(boolean fact, String otherwise) {
        if (!fact) {
            throw new IllegalStateException(otherwise);
        }
    }
}
