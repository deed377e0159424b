package dev.backline.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.io.AddressOrder;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressOrderTest {
    /** The spread grows from one address to the whole address space, where a key does not fit in a long. */
    @ParameterizedTest
    @ValueSource(longs = {0, 0xff, 0x1ffffff, 0x7fff_ffff_ffffL, -1})
    void sortsAddressesAsUnsignedNumbersThenByIndex(long spread) {
        Random random = new Random(spread);
        for (int count : new int[] {0, 1, 2, 3, 1000}) {
            long[] addresses = new long[count];
            for (int i = 0; i < count; i++) {
                addresses[i] = 0xffffffff81000000L + (random.nextLong() & spread);
            }
            int[] expected = IntStream.range(0, count)
                    .boxed()
                    .sorted(Comparator.comparing((Integer i) -> addresses[i], Long::compareUnsigned))
                    .mapToInt(Integer::intValue)
                    .toArray();

            assertThat(AddressOrder.of(addresses, count))
                    .as("order of %s", Arrays.toString(addresses))
                    .isEqualTo(expected);
        }
    }
}
