package dev.backline.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RulesTest {
    /** The causes of the rows and of the lines with {@code otherwise}. */
    private static Set<String> causesOfTheTable() throws IOException {
        try (InputStream in = Objects.requireNonNull(Cause.class.getResourceAsStream("rules.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#") && !line.startsWith("["))
                    .map(line -> line.replaceFirst("^otherwise +", "").split(" ")[0])
                    .collect(Collectors.toSet());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRuleLeadsToEachCause(Cause cause) throws IOException {
        assertThat(causesOfTheTable()).contains(cause.id());
    }
}
