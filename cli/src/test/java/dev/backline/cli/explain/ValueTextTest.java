package dev.backline.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.crash.ValueClass;
import dev.backline.machine.InstructionSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ValueTextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | NULL | X86_64 | NULL",
                "8 | NULL | X86_64 | NULL plus 8",
                "10 | NULL | ARM64 | ZERO_SIZE_PTR (the result of kmalloc(0))",
                "ffffffffffffffe8 | NULL | X86_64 | NULL minus 0x18",
                "fffffff0 | NULL | I386 | NULL minus 0x10",
                "dead000000000100 | LIST_POISON | X86_64 | LIST_POISON1 (the entry was deleted from its list)",
                "dead000000000122 | LIST_POISON | ARM64 | LIST_POISON2 (the entry was deleted from its list)",
                "deacfffffffffff8 | LIST_POISON | X86_64 | LIST_POISON1 (the entry was deleted from its list) minus 0x108",
                "ffff89c5c259a240 | LIST_POISON | X86_64 | an entry that was deleted from its list",
                "100 | LIST_POISON | I386 | LIST_POISON1 (the entry was deleted from its list)",
                "6b6b6b6b6b6b6b63 | SLAB_POISON | X86_64 | slab poison (freed object) minus 8",
                "a56b6b6b6b6b6b6b | SLAB_POISON | X86_64 | slab poison (freed object)",
                "6b6b6b6b | SLAB_POISON | I386 | slab poison (freed object)",
                "5a5a5a5a5a5a5a5a | SLAB_POISON | ARM64 | slab poison (object not yet initialised)",
                "322d747361 | ASCII | X86_64 | text in the place of an address: \"ast-2\"",
                "322d747361 | ASCII | S390 | text in the place of an address"
            })
    void saysWhatAValueIs(String value, ValueClass valueClass, InstructionSet set, String expected) {
        assertThat(ValueText.of(Long.parseUnsignedLong(value, 16), valueClass, null, set))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(ValueClass.class)
    void hasWordsForEachClass(ValueClass valueClass) {
        assertThat(ValueText.of(0x1234, valueClass, null, null)).isNotBlank();
    }

    @Test
    void namesTheErrorOfAPointer() {
        assertThat(ValueText.of(-2, ValueClass.ERR_PTR, "ENOENT", InstructionSet.ARM64))
                .isEqualTo("ERR_PTR(-ENOENT)");
        assertThat(ValueText.of(0x1000, null, null, InstructionSet.ARM64)).isNull();
    }
}
