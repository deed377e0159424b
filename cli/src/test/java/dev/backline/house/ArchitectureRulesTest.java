package dev.backline.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests {@link ArchitectureTest}: it fails for each import that its table forbids and passes for each allowed import. */
class ArchitectureRulesTest {
    @TempDir
    Path folder;

    @Test
    void failsForAnImportExactlyIfTheTableForbidsIt() throws IOException {
        Map<String, String> shown = publicTypes();
        Set<String> wanted = new TreeSet<>();
        List<String> sources = new ArrayList<>();
        for (String from : ArchitectureTest.IMPORTS.keySet()) {
            for (Map.Entry<String, String> to : shown.entrySet()) {
                if (!from.equals(to.getKey())) {
                    String name = "To_" + to.getKey().replace('.', '_');
                    sources.add(write(from, name, to.getValue()));
                    if (!ArchitectureTest.IMPORTS.get(from).contains(to.getKey())) {
                        wanted.add("dev.backline." + from + "." + name);
                    }
                }
            }
        }
        compile(sources);

        Set<String> failed = failed(ArchitectureTest.packagesImportOnlyWhatTheTableAllows);

        assertThat(wanted).hasSizeGreaterThan(100);
        assertThat(failed).isEqualTo(wanted);
    }

    @Test
    void failsForACycleBetweenSourceFilesOfDwarf() throws IOException {
        compile(List.of(
                write("dwarf", "Cursor", "dev.backline.dwarf.EntryWalk"),
                write("dwarf", "EntryWalk", "dev.backline.dwarf.Cursor")));

        assertThat(ArchitectureTest.classesOfDwarfFormNoCycles
                        .evaluate(new ClassFileImporter().importPath(folder.resolve("classes")))
                        .hasViolation())
                .isTrue();
    }

    @Test
    void failsForATableThatUsesItsUnitOrFile() throws IOException {
        String dwarf = "dev.backline.dwarf.";
        compile(List.of(
                write("dwarf", "LineTable", dwarf + "Unit"),
                write("dwarf", "FunctionTable", dwarf + "Dwarf"),
                write("dwarf", "Unit", dwarf + "Dwarf"),
                write("dwarf", "UnitCache", dwarf + "Unit"),
                write("dwarf", "CodeReader", dwarf + "Dwarf")));

        assertThat(failed(ArchitectureTest.whatUnitsAreMadeOfKnowsNeitherUnitNorFile))
                .containsExactlyInAnyOrder(dwarf + "LineTable", dwarf + "FunctionTable");
        assertThat(failed(ArchitectureTest.unitsDoNotKnowTheirFile)).containsExactly(dwarf + "Unit");
    }

    private Set<String> failed(ArchRule rule) {
        return rule
                .evaluate(new ClassFileImporter().importPath(folder.resolve("classes")))
                .getFailureReport()
                .getDetails()
                .stream()
                .map(detail -> detail.replaceAll(".*Field <(.*)\\.arrow> .*", "$1"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** One public type of each package of the table. */
    private static Map<String, String> publicTypes() {
        Map<String, String> types = new LinkedHashMap<>();
        for (JavaClass each : new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.backline")) {
            String room = each.getPackageName().substring("dev.backline.".length());
            if (each.getModifiers().contains(JavaModifier.PUBLIC) && each.isTopLevelClass()) {
                types.putIfAbsent(room, each.getName());
            }
        }
        assertThat(types.keySet()).containsAll(ArchitectureTest.IMPORTS.keySet());
        return types;
    }

    private String write(String room, String name, String type) throws IOException {
        Path file = folder.resolve("sources/" + room + "/" + name + ".java");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "package dev.backline." + room + ";\nclass " + name + " { " + type + " arrow; }\n");
        return file.toString();
    }

    private void compile(List<String> sources) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "-proc:none",
                "-nowarn",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                Files.createDirectories(folder.resolve("classes")).toString()));
        arguments.addAll(sources);
        ByteArrayOutputStream complaints = new ByteArrayOutputStream();
        int status = ToolProvider.getSystemJavaCompiler().run(null, null, complaints, arguments.toArray(String[]::new));
        assertThat(status).as(complaints.toString(StandardCharsets.UTF_8)).isZero();
    }
}
