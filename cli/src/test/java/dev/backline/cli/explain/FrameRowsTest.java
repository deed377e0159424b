package dev.backline.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.SourceFrame;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameRowsTest {
    @Test
    void countsTheFramesOfARecursion() {
        assertThat(texts("RIP: 0010:ferry_sink+0x10/0x20", "ferry_sink+0x10/0x20", "ferry_sink+0x18/0x20"))
                .containsExactly("ferry_sink+0x10/0x20", "ferry_sink+0x18/0x20");
        assertThat(texts("ferry_sink+0x18/0x20", "ferry_sink+0x18/0x20", "ferry_sink+0x18/0x20", "ferry_moor+0x8/0x10"))
                .containsExactly("ferry_sink+0x18/0x20", "… 2 frames: repeated", "ferry_moor+0x8/0x10");
    }

    @Test
    void namesWhatItFolds() {
        assertThat(texts(
                        "dump_stack_lvl+0x44/0x5c",
                        "kasan_report+0xc0/0xf0",
                        "ferry_command+0x20/0x100",
                        "? ferry_write+0x8/0x20",
                        "handle_mm_fault+0x10/0x20",
                        "asm_exc_page_fault+0x22/0x30"))
                .containsExactly(
                        "… 2 frames: crash reporting",
                        "ferry_command+0x20/0x100",
                        "… 3 frames: doubtful (?), entry code, page fault");
    }

    private static List<String> texts(String... lines) {
        List<LogFrame> frames = List.of(lines).stream()
                .map(line -> Samples.resolved(line, new SourceFrame(null, null, null, null, 1, 0, 0, false)))
                .toList();
        return FrameRows.of(frames, null, false).stream()
                .map(FrameRows.Row::text)
                .toList();
    }
}
