package dev.backline.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The page has the columns that the functions return. With {@code -Dbackline.write=true}, it is written. */
class FunctionPagesTest {
    private static final Path PAGE = Sessions.ROOT.resolve("docs/spark.md");

    @Test
    void documentTheColumns() throws IOException {
        String page = Files.readString(PAGE);
        String mark = "<!-- Made from the code; FunctionPagesTest compares them. -->\n";
        int from = page.indexOf(mark) + mark.length();
        StringBuilder columns = new StringBuilder();
        Map<Table<?>, String> shown = new IdentityHashMap<>();
        for (LogFunction function : LogFunction.values()) {
            columns.append("\n### ").append(function.sqlName()).append("\n\n");
            columns.append("| column | type | meaning |\n|---|---|---|\n")
                    .append(function.table().markdown("", shown));
        }
        columns.append("\n### The table groups of the triage\n\n");
        columns.append("| column | type | meaning |\n|---|---|---|\n").append(GroupTable.GROUPS.markdown("", shown));
        if (Boolean.getBoolean("backline.write")) {
            Files.writeString(PAGE, page.substring(0, from) + columns);
        }
        assertThat(Files.readString(PAGE).substring(from)).isEqualTo(columns.toString());
    }
}
