package dev.backline.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class TemplateTest {
    private static String render(String template, Map<String, String> values) {
        return Template.of(template).render(values);
    }

    @Test
    void putsValuesIntoTheGaps() {
        assertThat(render("a {{x}}{{y}} b\n", Map.of("x", "1", "y", "2"))).isEqualTo("a 12 b\n");
    }

    @Test
    void doesNotReadValuesAgain() {
        assertThat(render("{{x}}", Map.of("x", "{{y}}\n{{end}}"))).isEqualTo("{{y}}\n{{end}}");
    }

    @Test
    void keepsWhatAConditionAsksForAndLeavesItsOwnLinesOut() {
        String template = "1\n{{if x}}\n2\n  {{if y}}\n3\n  {{else}}\n4\n  {{end}}\n{{end}}\n5\n";
        assertThat(render(template, Map.of("x", "yes", "y", "yes"))).isEqualTo("1\n2\n3\n5\n");
        assertThat(render(template, Map.of("x", "yes", "y", ""))).isEqualTo("1\n2\n4\n5\n");
        assertThat(render(template, Map.of("x", "", "y", "yes"))).isEqualTo("1\n5\n");
    }

    @Test
    void refusesAGapWithoutValueAndAConditionWithoutEnd() {
        assertThatIllegalStateException().isThrownBy(() -> render("{{x}}", Map.of()));
        assertThatIllegalStateException().isThrownBy(() -> render("{{if x}}\n", Map.of("x", "")));
        assertThatIllegalStateException().isThrownBy(() -> render("{{end}}\n", Map.of()));
        assertThatIllegalStateException().isThrownBy(() -> render("{{else}}\n", Map.of()));
        assertThatIllegalStateException().isThrownBy(() -> render("{{x\n", Map.of("x", "")));
    }
}
