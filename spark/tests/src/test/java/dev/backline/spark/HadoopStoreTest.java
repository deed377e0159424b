package dev.backline.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.crash.triage.LogTriage;
import dev.backline.crash.triage.TriagedReport;
import dev.backline.debugfiles.DebugDirectory;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.debugfiles.DebugSource;
import dev.backline.debugfiles.IndexStore;
import dev.backline.debugfiles.IndexStoreWriter;
import dev.backline.intake.LogReader;
import dev.backline.symbolize.KernelPool;
import dev.backline.symbolize.LogOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store on a file system of Hadoop is the same store as on a local one. */
class HadoopStoreTest {
    @TempDir
    Path folder;

    private Path local;

    @BeforeEach
    void makeAStore() throws IOException {
        local = folder.resolve("store");
        IndexStoreWriter writer = new IndexStoreWriter(local);
        for (Path each : Sessions.MODULES) {
            writer.add(each.resolve("ferry.ko.xz"), 1, problem -> {});
        }
    }

    private IndexStore remote(String name) {
        return new IndexStore(
                name,
                new HadoopStore(new org.apache.hadoop.fs.Path(local.toUri()), new Configuration()),
                folder.resolve("cache"));
    }

    @Test
    void listTheSameIndexes() throws IOException {
        assertThat(remote("store").indexes()).hasSize(3).isEqualTo(new IndexStore(local).indexes());
    }

    @Test
    void copyAnIndexOnceAndAnswerAsTheFiles() throws IOException {
        List<TriagedReport> reports = reports(remote("store"));
        assertThat(reports).isNotEmpty().isEqualTo(reports(new DebugDirectory(Sessions.MODULES.get(0))));
        assertThat(reports).anyMatch(each -> !each.isPrintedOnly());
        try (Stream<Path> copies = Files.walk(folder.resolve("cache"))) {
            assertThat(copies.filter(Files::isRegularFile)).hasSize(1);
        }
    }

    @Test
    void haveNothingWhereThereIsNothing() throws IOException {
        HadoopStore nothing = new HadoopStore(
                new org.apache.hadoop.fs.Path(folder.resolve("missing").toUri()), new Configuration());
        assertThat(nothing.list("by-release")).isEmpty();
        assertThat(nothing.open("x.gsym")).isNull();
    }

    private static List<TriagedReport> reports(DebugSource source) throws IOException {
        List<TriagedReport> reports = new ArrayList<>();
        Path log = Sessions.MODULES.get(0).resolve("ferry-arrive.txt");
        try (KernelPool pool =
                        new KernelPool(DebugFiles.builder().source(source).build());
                InputStream in = Files.newInputStream(log)) {
            new LogTriage(pool, LogOptions.DEFAULT).read("log", new LogReader(in), reports::add);
        }
        return reports;
    }
}
