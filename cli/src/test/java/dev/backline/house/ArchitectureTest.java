package dev.backline.house;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.HasDescription;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.Source;
import com.tngtech.archunit.core.domain.properties.HasModifiers;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import dev.backline.io.Internal;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks the direction of imports between packages; docs/architecture.md has the picture. */
@AnalyzeClasses(packages = "dev.backline", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    /** The largest number of source files in a package, so that a newcomer can find a class. */
    private static final int MOST_FILES = 36;

    /** Each package and the packages of backline that it may import; docs/architecture.md explains the table. */
    static final Map<String, Set<String>> IMPORTS = Map.ofEntries(
            room("fixtures"),
            room("io"),
            room("unpack"),
            room("elf", "io", "unpack"),
            room("dwarf", "elf", "io"),
            room("dwarf.types", "dwarf", "io"),
            room("machine", "io"),
            room("gsym", "elf", "dwarf", "io"),
            room("demangle", "io"),
            room("intake", "io", "unpack"),
            room("trace", "io", "intake"),
            room("archive", "io", "unpack"),
            room("debugfiles", "io", "archive", "elf", "dwarf", "gsym", "trace"),
            room("kernel", "io", "elf", "dwarf", "gsym", "intake", "trace", "debugfiles"),
            room(
                    "symbolize",
                    "io",
                    "elf",
                    "dwarf",
                    "dwarf.types",
                    "gsym",
                    "demangle",
                    "intake",
                    "trace",
                    "debugfiles",
                    "kernel"),
            room(
                    "crash",
                    "io",
                    "elf",
                    "dwarf",
                    "dwarf.types",
                    "machine",
                    "intake",
                    "trace",
                    "debugfiles",
                    "kernel",
                    "symbolize"),
            room(
                    "crash.explain",
                    "io",
                    "elf",
                    "dwarf",
                    "dwarf.types",
                    "machine",
                    "intake",
                    "trace",
                    "debugfiles",
                    "kernel",
                    "symbolize",
                    "crash",
                    "crash.summary"),
            room("crash.summary", "io", "demangle", "trace", "symbolize", "crash"),
            room("crash.triage", "io", "intake", "trace", "symbolize", "crash", "crash.summary"),
            room("probe", "io", "elf", "dwarf", "dwarf.types", "debugfiles", "kernel", "symbolize"),
            room("capture", "io", "intake", "trace", "probe"),
            room("evidence", "io", "capture"),
            room("packet", "io", "capture", "evidence"),
            room(
                    "diagnose",
                    "io",
                    "elf",
                    "dwarf",
                    "dwarf.types",
                    "trace",
                    "debugfiles",
                    "kernel",
                    "symbolize",
                    "probe",
                    "capture",
                    "evidence",
                    "packet"),
            room("cli.console", "io", "intake", "debugfiles", "kernel", "symbolize"),
            room("cli.symbolize", libraries("cli.console")),
            room("cli.dropin", libraries("cli.console", "cli.symbolize")),
            room("cli.html", libraries("cli.console", "cli.symbolize")),
            room("cli.report", libraries("cli.console", "cli.symbolize", "cli.html")),
            room("cli.explain", libraries("cli.console", "cli.symbolize", "cli.html")),
            room("cli.triage", libraries("cli.console", "cli.html", "cli.explain")),
            room(
                    "cli",
                    libraries(
                            "cli.console",
                            "cli.symbolize",
                            "cli.dropin",
                            "cli.html",
                            "cli.report",
                            "cli.explain",
                            "cli.triage")));

    private static Map.Entry<String, Set<String>> room(String name, String... imports) {
        return Map.entry(name, Set.of(imports));
    }

    /** A command may use all packages of the libraries and the classes shared by all commands. */
    private static String[] libraries(String... more) {
        return Stream.concat(
                        Stream.of(
                                "io",
                                "archive",
                                "elf",
                                "dwarf",
                                "dwarf.types",
                                "gsym",
                                "demangle",
                                "intake",
                                "trace",
                                "debugfiles",
                                "kernel",
                                "machine",
                                "symbolize",
                                "crash",
                                "crash.summary",
                                "crash.explain",
                                "crash.triage",
                                "probe",
                                "capture",
                                "evidence",
                                "packet",
                                "diagnose"),
                        Stream.of(more))
                .toArray(String[]::new);
    }

    @ArchTest
    static final ArchRule packagesImportOnlyWhatTheTableAllows = classes()
            .should(new ArchCondition<>("import only what the table allows") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    String from = roomOf(type);
                    Set<String> allowed = IMPORTS.get(from);
                    if (allowed == null) {
                        events.add(SimpleConditionEvent.violated(
                                type, type.getName() + " is in a package that the table lacks"));
                        return;
                    }
                    for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                        JavaClass target = dependency.getTargetClass().getBaseComponentType();
                        String to = roomOf(target);
                        if (target.getPackageName().startsWith("dev.backline.")
                                && !to.equals(from)
                                && !allowed.contains(to)) {
                            events.add(SimpleConditionEvent.violated(
                                    type, from + " -> " + to + ": " + dependency.getDescription()));
                        }
                    }
                }
            });

    private static String roomOf(JavaClass type) {
        String name = type.getPackageName();
        return name.startsWith("dev.backline.") ? name.substring("dev.backline.".length()) : name;
    }

    /** Without a cycle in the table, the allowed imports cannot form a cycle either. */
    @Test
    void theTableHasNoCycles() {
        Set<String> done = new HashSet<>();
        while (done.size() < IMPORTS.size()) {
            List<String> next = IMPORTS.entrySet().stream()
                    .filter(each -> !done.contains(each.getKey()) && done.containsAll(each.getValue()))
                    .map(Map.Entry::getKey)
                    .toList();
            assertThat(next).as("packages that import only %s", done).isNotEmpty();
            done.addAll(next);
        }
    }

    @ArchTest
    static final ArchRule noPackageIsAHall = classes().should(new ArchCondition<>("be in packages of about 30 files") {
        private final Map<String, Set<String>> files = new HashMap<>();

        @Override
        public void check(JavaClass type, ConditionEvents events) {
            files.computeIfAbsent(type.getPackageName(), name -> new TreeSet<>())
                    .add(type.getSource().flatMap(Source::getFileName).orElse(type.getSimpleName()));
        }

        @Override
        public void finish(ConditionEvents events) {
            files.forEach((name, its) -> {
                if (its.size() > MOST_FILES) {
                    events.add(SimpleConditionEvent.violated(name, name + " has " + its.size() + " files"));
                }
            });
        }
    });

    /** A table or an entry receives a {@code UnitContext} and needs neither the unit nor the file. */
    @ArchTest
    static final ArchRule whatUnitsAreMadeOfKnowsNeitherUnitNorFile = noClasses()
            .that()
            .resideInAPackage("dev.backline.dwarf")
            .and(not(nameMatching("dev\\.backline\\.dwarf\\.(Dwarf|CodeReader|UnitFunctions|Unit|UnitCache)(\\$.*)?")))
            .should()
            .dependOnClassesThat(nameMatching("dev\\.backline\\.dwarf\\.(Unit|Dwarf)(\\$.*)?"));

    @ArchTest
    static final ArchRule unitsDoNotKnowTheirFile = noClasses()
            .that(nameMatching("dev\\.backline\\.dwarf\\.(Unit|UnitCache)(\\$.*)?"))
            .should()
            .dependOnClassesThat(nameMatching("dev\\.backline\\.dwarf\\.Dwarf(\\$.*)?"));

    /** The source files of the DWARF reader have no cycles. */
    @ArchTest
    static final ArchRule classesOfDwarfFormNoCycles = slices().assignedFrom(new SliceAssignment() {
                @Override
                public SliceIdentifier getIdentifierOf(JavaClass type) {
                    return roomOf(type).equals("dwarf")
                            ? SliceIdentifier.of(type.getName().replaceFirst("\\$.*", ""))
                            : SliceIdentifier.ignore();
                }

                @Override
                public String getDescription() {
                    return "source files of dwarf";
                }
            })
            .should()
            .beFreeOfCycles();

    @ArchTest
    static final ArchRule traceReadsTextAndNeverFiles = noClasses()
            .that()
            .resideInAPackage("dev.backline.trace..")
            .should()
            .dependOnClassesThat(
                    resideInAPackage("java.nio.file..").or(nameMatching("java\\.io\\.(File.*|RandomAccessFile)")))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule onlyOneClassKnowsPicocli = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("dev.backline.cli.console.Picocli")
            .and()
            .resideInAPackage("dev.backline..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("picocli..");

    @ArchTest
    static final ArchRule onlyTheReadersOfPackagesAndLogsKnowCommonsCompress = noClasses()
            .that()
            .resideOutsideOfPackages("dev.backline.archive", "dev.backline.intake")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.commons..");

    /** The readers of files and traces do not use Guava, so that a query does not load its classes. */
    @ArchTest
    static final ArchRule theSymbolizerDoesWithoutGuava = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "dev.backline.probe..",
                    "dev.backline.capture..",
                    "dev.backline.evidence..",
                    "dev.backline.packet..",
                    "dev.backline.diagnose..",
                    "dev.backline.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.google.common..");

    @ArchTest
    static final ArchRule packagesFormNoCycles =
            slices().matching("dev.backline.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule staticFieldsOpenToOthersAreFinal =
            fields().that().areStatic().and().areNotPrivate().should().beFinal().allowEmptyShould(true);

    /** A library's API mentions only public types of the library and of the JDK, so that its users can name them all. */
    @ArchTest
    static final ArchRule librariesShowOnlyPublicTypesOfTheirOwnAndOfJava = classes()
            .that()
            .resideOutsideOfPackages("dev.backline.cli..", "dev.backline.fixtures..")
            .should(new ArchCondition<>("show only public types of backline and of java") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    if (isShown(type)) {
                        Stream.of(
                                        type.getSuperclass().stream(),
                                        type.getInterfaces().stream(),
                                        type.getTypeParameters().stream())
                                .flatMap(each -> each)
                                .forEach(each -> check(type, type, each.getAllInvolvedRawTypes(), events));
                        for (JavaMember member : type.getMembers()) {
                            if (isShown(member)) {
                                check(type, member, member.getAllInvolvedRawTypes(), events);
                            }
                        }
                        for (JavaCodeUnit member : type.getCodeUnits()) {
                            if (isShown(member)) {
                                check(type, member, member.getExceptionTypes(), events);
                            }
                        }
                    }
                }

                private void check(
                        JavaClass type, HasDescription place, Collection<JavaClass> named, ConditionEvents events) {
                    for (JavaClass each : named) {
                        JavaClass shown = each.getBaseComponentType();
                        if (!shown.isPrimitive()
                                && !shown.getPackageName().startsWith("java.")
                                && !(shown.getPackageName().startsWith("dev.backline.") && isShown(shown))) {
                            events.add(SimpleConditionEvent.violated(
                                    type, place.getDescription() + " shows " + shown.getName()));
                        }
                    }
                }
            });

    private static boolean isShown(JavaClass type) {
        return isShown((HasModifiers) type)
                && !type.isAnnotatedWith(Internal.class)
                && type.getEnclosingClass().map(ArchitectureTest::isShown).orElse(true);
    }

    private static boolean isShown(HasModifiers element) {
        Set<JavaModifier> modifiers = element.getModifiers();
        return (modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED))
                && !modifiers.contains(JavaModifier.SYNTHETIC);
    }
}
