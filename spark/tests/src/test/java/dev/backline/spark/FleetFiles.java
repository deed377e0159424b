package dev.backline.spark;

import java.io.IOException;
import java.nio.file.Path;

/** Makes the logs of {@code spark/cluster} and {@code benchmarks/fleet}, and compares the tables of the job with the library. */
final class FleetFiles {
    /** Enough files for many tasks; a file's logs are in memory at a time. */
    private static final int FILES = 32;

    private FleetFiles() {}

    public static void main(String[] arguments) throws IOException {
        switch (arguments[0]) {
            case "pack" ->
                Sessions.spark()
                        .read()
                        .schema("name string, log string")
                        .json(arguments[1])
                        .write()
                        .parquet(arguments[2]);
            case "groups" ->
                Fleet.groups(Path.of(arguments[1]))
                        .forEach(row -> System.out.println(row.getAs("count") + " " + row.getAs("group_id")));
            case "make" -> make(Integer.parseInt(arguments[1]), arguments[2]);
            case "compare" -> compare(Integer.parseInt(arguments[1]), Path.of(arguments[2]));
            default -> throw new IllegalArgumentException(arguments[0]);
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
        Fleet.Found expected = new Fleet().found(logs, Kernels.get().pool());
        require(Fleet.reports(output).equals(expected.reports()), "the reports differ");
        require(Fleet.groups(output).equals(Fleet.groups(expected.reports())), "the groups differ");
        require(Fleet.frames(output).equals(expected.frames()), "the frames differ");
    }

    private static void require(boolean fact, String otherwise) {
        if (!fact) {
            throw new IllegalStateException(otherwise);
        }
    }
}
