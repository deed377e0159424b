package dev.backline.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IntListTest {
    private final IntList list = new IntList();

    @Test
    void isEmptyAtFirst() {
        assertThat(list.size()).isZero();
        assertThat(list.toArray()).isEmpty();
    }

    @Test
    void keepsAnyNumberOfElementsInTheirOrder() {
        for (int i = 0; i < 1000; i++) {
            list.add(1000 - i);
        }
        assertThat(list.size()).isEqualTo(1000);
        assertThat(list.toArray())
                .isEqualTo(IntStream.range(0, 1000).map(i -> 1000 - i).toArray());
    }

    @Test
    void returnsArraysThatDoNotChangeWithTheList() {
        list.add(1);
        int[] before = list.toArray();
        list.clear();
        list.add(2);
        assertThat(before).containsExactly(1);
        assertThat(list.toArray()).containsExactly(2);
    }
}
