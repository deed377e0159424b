package dev.backline.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LongListTest {
    private final LongList list = new LongList();

    @Test
    void isEmptyAtFirst() {
        assertThat(list.size()).isZero();
        assertThat(list.toArray()).isEmpty();
    }

    @Test
    void keepsAnyNumberOfElementsInTheirOrder() {
        for (int i = 0; i < 1000; i++) {
            list.add(1000L - i);
        }
        assertThat(list.size()).isEqualTo(1000);
        assertThat(list.toArray())
                .isEqualTo(LongStream.range(0, 1000).map(i -> 1000 - i).toArray());
    }

    @Test
    void returnsArraysThatDoNotChangeWithTheList() {
        list.add(1);
        long[] before = list.toArray();
        list.clear();
        list.add(2);
        assertThat(before).containsExactly(1);
        assertThat(list.toArray()).containsExactly(2);
    }
}
