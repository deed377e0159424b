package dev.backline.house;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.HasDescription;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.properties.HasModifiers;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.backline.elf.Internal;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Stream;

/** Holds the direction in which data flows through backline; docs/architecture.md has the picture. */
@AnalyzeClasses(packages = "dev.backline", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule elfKnowsNothingElseOfOurs = imports("elf");

    @ArchTest
    static final ArchRule dwarfKnowsOnlyElf = imports("dwarf", "elf");

    @ArchTest
    static final ArchRule gsymKnowsOnlyElfAndDwarf = imports("gsym", "elf", "dwarf");

    /** A frame reference is what a kernel is asked for: of trace, the kernel knows these values. */
    @ArchTest
    static final ArchRule kernelKnowsOnlyFilesOfABuild = imports("kernel", "elf", "dwarf", "gsym", "trace");

    @ArchTest
    static final ArchRule traceKnowsNothingElseOfOurs = imports("trace");

    @ArchTest
    static final ArchRule symbolizeKnowsOnlyTheSymbolizer =
            imports("symbolize", "elf", "dwarf", "gsym", "kernel", "trace");

    @ArchTest
    static final ArchRule probeKnowsOnlyTheSymbolizer = imports("probe", "elf", "dwarf", "kernel", "symbolize");

    @ArchTest
    static final ArchRule captureKnowsNamesOfProbesAndNotations = imports("capture", "probe", "trace");

    @ArchTest
    static final ArchRule diagnoseKnowsOnlyWhatWasCapturedAndTheProbes = imports("diagnose", "capture", "probe");

    @ArchTest
    static final ArchRule traceReadsTextAndNeverFiles = noClasses()
            .that()
            .resideInAPackage("dev.backline.trace..")
            .should()
            .dependOnClassesThat(
                    resideInAPackage("java.nio.file..").or(nameMatching("java\\.io\\.(File.*|RandomAccessFile)")))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule onlyTheCommandLineKnowsPicocli = noClasses()
            .that()
            .resideOutsideOfPackage("dev.backline.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("picocli..");

    @ArchTest
    static final ArchRule packagesFormNoCycles =
            slices().matching("dev.backline.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule staticFieldsOpenToOthersAreFinal =
            fields().that().areStatic().and().areNotPrivate().should().beFinal().allowEmptyShould(true);

    /** Who uses a library need not know what it is made with, and can name all that it takes and gives. */
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

    private static ArchRule imports(String room, String... allowed) {
        String[] known = new String[allowed.length + 1];
        for (int i = 0; i < allowed.length; i++) {
            known[i] = "dev.backline." + allowed[i] + "..";
        }
        known[allowed.length] = "dev.backline." + room + "..";
        return classes()
                .that()
                .resideInAPackage("dev.backline." + room + "..")
                .should()
                .onlyDependOnClassesThat(not(resideInAPackage("dev.backline..")).or(resideInAnyPackage(known)))
                .as(room + " depends on nothing of ours but "
                        + (allowed.length == 0 ? "itself" : String.join(", ", allowed)))
                .allowEmptyShould(true);
    }
}
