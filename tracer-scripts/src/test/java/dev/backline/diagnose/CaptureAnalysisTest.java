package dev.backline.diagnose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backline.debugfiles.BundledIndexes;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.fixtures.Captures;
import dev.backline.kernel.KernelBuild;
import dev.backline.symbolize.KernelPool;
import dev.backline.symbolize.LogOptions;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CaptureAnalysisTest {
    private static final String EVENT = "rst wall=1763814214.7 probe=tcp_v4_send_reset src=192.0.2.1:1111"
            + " dst=192.0.2.2:80 flags=SYN seq=1 len=0 sk=none sent=yes\n";

    private final KernelPool kernels;
    private final List<DiagnosedEvent> heard = Collections.synchronizedList(new ArrayList<>());

    CaptureAnalysisTest() throws IOException {
        Path indexes = Captures.folder().resolveSibling("kernels/indexes");
        kernels = new KernelPool(
                DebugFiles.builder().source(new BundledIndexes(indexes)).build());
    }

    @AfterEach
    void closeTheKernels() {
        kernels.close();
    }

    private CaptureAnalysis analysis(Evidence evidence) {
        return new CaptureAnalysis(kernels, LogOptions.DEFAULT, evidence, heard::add);
    }

    private static InputStream text(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static Evidence articlesLog() throws IOException {
        try (InputStream in = Files.newInputStream(Captures.folder().resolve("systemtap-article.dmesg"))) {
            return new Evidence().kernelLog("dmesg", in);
        }
    }

    private static void readArticle(CaptureAnalysis analysis) throws IOException {
        try (InputStream in = Files.newInputStream(Captures.folder().resolve("systemtap-article.log"))) {
            analysis.read("article.log", in);
        }
        analysis.finish();
    }

    @Test
    void symbolisesWithTheKernelThatTheKernelLogNames() throws IOException {
        try (CaptureAnalysis analysis = analysis(articlesLog())) {
            readArticle(analysis);

            KernelBuild kernel = Objects.requireNonNull(analysis.kernel());
            assertThat(kernel.identity().release()).isEqualTo("6.1.0-56-cloud-amd64");
            assertThat(heard.get(0).steps().get(1).source()).isEqualTo("net/ipv4/tcp_ipv4.c:2149");
        }
    }

    @Test
    void theGroupsHaveEveryEventThatTheListenerGot() throws IOException {
        try (CaptureAnalysis analysis = analysis(articlesLog())) {
            readArticle(analysis);

            assertThat(heard).hasSize((int) analysis.events()).isNotEmpty();
            for (Grouping.Group group : analysis.groups()) {
                assertThat(heard.stream().filter(each -> Objects.equals(each.group(), group.number())))
                        .hasSize((int) group.count())
                        .allSatisfy(each -> assertThat(each.diagnosis().cause())
                                .isEqualTo(group.diagnosis().cause()));
            }
        }
    }

    @Test
    void givesOneFrameForEachOfTheStack() throws IOException {
        try (CaptureAnalysis analysis = analysis(articlesLog())) {
            readArticle(analysis);

            assertThat(heard)
                    .allSatisfy(each ->
                            assertThat(each.frames()).hasSameSizeAs(each.event().stack()));
        }
    }

    @Test
    void keepsTheOrderOfACaptureThatIsLongEnoughForASecondThread() throws IOException {
        int many = 5000;
        try (CaptureAnalysis analysis = analysis(new Evidence())) {
            analysis.read("long.log", text(EVENT.repeat(many)));
            analysis.finish();

            List<Long> lines = new ArrayList<>();
            heard.forEach(each -> lines.add(each.event().line()));
            assertThat(lines).hasSize(many).isSorted().doesNotHaveDuplicates();
        }
    }

    @Test
    void throwsWhatTheListenerThrows() throws IOException {
        for (int many : new int[] {1, 5000}) {
            long[] count = {0};
            try (CaptureAnalysis analysis = new CaptureAnalysis(kernels, LogOptions.DEFAULT, new Evidence(), event -> {
                if (++count[0] == many) {
                    throw new IOException("disk full");
                }
            })) {
                assertThatThrownBy(() -> {
                            analysis.read("long.log", text(EVENT.repeat(many)));
                            analysis.finish();
                        })
                        .isInstanceOf(IOException.class)
                        .hasMessage("disk full");
            }
        }
    }

    /** A stream whose reader is told, between two events, that nothing comes for a while. */
    @Test
    void tellsTheLastEventAtAPause() throws IOException {
        List<Integer> heardAtPause = new ArrayList<>();
        try (CaptureAnalysis analysis = analysis(new Evidence())) {
            InputStream in = new FilterInputStream(text(EVENT)) {
                @Override
                public int read(byte[] bytes, int from, int length) throws IOException {
                    int read = super.read(bytes, from, length);
                    if (read < 0) {
                        heardAtPause.add(heard.size());
                        analysis.pause();
                        analysis.settle();
                        heardAtPause.add(heard.size());
                    }
                    return read;
                }
            };
            analysis.read("growing.log", in);

            assertThat(heardAtPause).containsExactly(0, 1);
        }
    }

    @Test
    void saysInTheNotesThatACaptureHasNoEvent() throws IOException {
        try (CaptureAnalysis analysis = analysis(new Evidence())) {
            analysis.read("empty.log", text(""));
            analysis.finish();

            assertThat(analysis.notes()).first().asString().startsWith("no event was found");
        }
    }

    @Test
    void analysesInSeveralThreadsShareOneKernel() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<List<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                answers.add(threads.submit(() -> {
                    List<String> places = new ArrayList<>();
                    try (CaptureAnalysis analysis = new CaptureAnalysis(
                            kernels,
                            LogOptions.DEFAULT,
                            articlesLog(),
                            event -> event.steps().forEach(step -> places.add(step.place() + " " + step.source())))) {
                        readArticle(analysis);
                    }
                    return places;
                }));
            }
            List<String> first = answers.get(0).get();
            assertThat(first).anyMatch(place -> place.contains("net/ipv4/"));
            for (Future<List<String>> each : answers) {
                assertThat(each.get()).isEqualTo(first);
            }
            assertThat(kernels.size()).isEqualTo(1);
        } finally {
            threads.shutdown();
        }
    }
}
