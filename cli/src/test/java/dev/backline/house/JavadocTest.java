package dev.backline.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.InheritDocTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.doctree.ReturnTree;
import com.sun.source.doctree.ThrowsTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.PrimitiveTypeTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.TypeParameterTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTreeScanner;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.lang.model.type.TypeKind;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What is public or protected in the libraries has Javadoc. These are the rules of doclint's group "missing", which the
 * build switches off because it asks for Javadoc on compact constructors, too: a record's own Javadoc describes its
 * components.
 */
class JavadocTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

    @Test
    void whatIsPublicInTheLibrariesHasItsJavadoc() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String module : List.of("symbolizer", "tracer-scripts")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                files.filter(file -> file.toString().endsWith(".java"))
                        .filter(file -> !file.endsWith("package-info.java"))
                        .forEach(sources::add);
            }
        }
        try (var files = COMPILER.getStandardFileManager(null, null, null)) {
            assertThat(missing(files.getJavaFileObjectsFromPaths(sources))).isEmpty();
        }
    }

    @Test
    void eachWordThatIsMissingIsNamed() throws IOException {
        String source = """
                public class Sample {
                    public int field;
                    int hidden;
                    public <T> int method(T value) throws java.io.IOException { return 0; }
                    /** Does it. @param other no parameter */
                    protected <T> int half(int value) throws java.io.IOException { return 0; }
                    /** {@return it} @param value @param <T> @throws java.io.IOException never */
                    public <T> int whole(T value) throws java.io.IOException { return 0; }
                    /** {@inheritDoc} */
                    public int inherits(int value) { return 0; }
                    @Override public String toString() { return ""; }
                    /** A record. @param a one */
                    public record Pair(int a, int b) { public Pair { } Pair() { this(0, 0); } public int a() { return a; } }
                    /** A record. */
                    public record Long() { public Long(int a) { this(); } }
                    /** An interface. */
                    public interface Inner { void call(); private void helper() {} }
                    /** An enum. */
                    public enum Choice { ONE; Choice() {} }
                    class Hidden { public int a; }
                }
                """.replace(" @", "\n@");
        assertThat(missing(List.of(
                        new SimpleJavaFileObject(URI.create("string:///Sample.java"), JavaFileObject.Kind.SOURCE) {
                            @Override
                            public CharSequence getCharContent(boolean ignored) {
                                return source;
                            }
                        })))
                .containsExactly(
                        "Sample: Javadoc",
                        "Sample: a constructor",
                        "Sample.field: Javadoc",
                        "Sample.method: Javadoc",
                        "Sample.half: @param <T>",
                        "Sample.half: @param value",
                        "Sample.half: @return",
                        "Sample.half: @throws IOException",
                        "Sample.Pair: @param b",
                        "Sample.Pair.a: Javadoc",
                        "Sample.Long.<init>: Javadoc",
                        "Sample.Inner.call: Javadoc",
                        "Sample.Choice.ONE: Javadoc");
    }

    private static List<String> missing(Iterable<? extends JavaFileObject> sources) throws IOException {
        JavacTask task = (JavacTask) COMPILER.getTask(null, null, null, List.of("-proc:none"), null, sources);
        Scanner scanner = new Scanner(DocTrees.instance(task));
        for (CompilationUnitTree unit : task.parse()) {
            scanner.scan(unit, "");
        }
        return scanner.missing;
    }

    /** Visits what is public or protected, with the name of the type around it and a dot. */
    private static final class Scanner extends TreePathScanner<Void, String> {
        private final DocTrees trees;
        final List<String> missing = new ArrayList<>();

        Scanner(DocTrees trees) {
            this.trees = trees;
        }

        @Override
        public Void visitClass(ClassTree type, String outer) {
            if (!isVisible(type.getModifiers())) {
                return null;
            }
            String name = outer + type.getSimpleName();
            Set<String> tags = tags(name);
            if (tags != null) {
                type.getTypeParameters().forEach(parameter -> requireParameter(name, tags, parameter));
                if (type.getKind() == Tree.Kind.RECORD) {
                    components(type).forEach(component -> require(name, tags, "@param " + component.getName()));
                }
            }
            if (type.getKind() == Tree.Kind.CLASS
                    && type.getMembers().stream()
                            .noneMatch(member -> member instanceof MethodTree method && isConstructor(method))) {
                missing.add(name + ": a constructor");
            }
            return scan(type.getMembers(), name + ".");
        }

        @Override
        public Void visitVariable(VariableTree field, String outer) {
            if (isVisible(field.getModifiers())) {
                tags(outer + field.getName());
            }
            return null;
        }

        @Override
        public Void visitMethod(MethodTree method, String outer) {
            boolean overrides = method.getModifiers().getAnnotations().stream()
                    .anyMatch(annotation ->
                            annotation.getAnnotationType().toString().equals("Override"));
            if (!isVisible(method.getModifiers()) || overrides || isCompactConstructor(method)) {
                return null;
            }
            String name = outer + method.getName();
            Set<String> tags = tags(name);
            if (tags == null) {
                return null;
            }
            method.getTypeParameters().forEach(parameter -> requireParameter(name, tags, parameter));
            method.getParameters().forEach(parameter -> require(name, tags, "@param " + parameter.getName()));
            if (!isConstructor(method)
                    && !(method.getReturnType() instanceof PrimitiveTypeTree type
                            && type.getPrimitiveTypeKind() == TypeKind.VOID)) {
                require(name, tags, "@return");
            }
            for (ExpressionTree thrown : method.getThrows()) {
                require(name, tags, "@throws " + simpleName(thrown));
            }
            return null;
        }

        private boolean isVisible(ModifiersTree modifiers) {
            Tree around = getCurrentPath().getParentPath().getLeaf();
            Set<Modifier> flags = modifiers.getFlags();
            boolean inInterface =
                    around.getKind() == Tree.Kind.INTERFACE || around.getKind() == Tree.Kind.ANNOTATION_TYPE;
            return flags.contains(Modifier.PUBLIC)
                    || flags.contains(Modifier.PROTECTED)
                    || inInterface && !flags.contains(Modifier.PRIVATE);
        }

        private boolean isCompactConstructor(MethodTree method) {
            if (!isConstructor(method)) {
                return false;
            }
            CompilationUnitTree unit = getCurrentPath().getCompilationUnit();
            SourcePositions positions = trees.getSourcePositions();
            int start = (int) positions.getStartPosition(unit, method);
            int body = (int) positions.getStartPosition(unit, method.getBody());
            return !text(unit).substring(start, body).contains("(");
        }

        private static String text(CompilationUnitTree unit) {
            try {
                return unit.getSourceFile().getCharContent(true).toString();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** The tags of the current member, or null if it has none to check: no Javadoc, or what it overrides has it. */
        private @Nullable Set<String> tags(String name) {
            DocCommentTree comment = trees.getDocCommentTree(getCurrentPath());
            if (comment == null) {
                missing.add(name + ": Javadoc");
                return null;
            }
            Tags tags = new Tags();
            tags.scan(comment, null);
            return tags.inherits ? null : tags.found;
        }

        private void requireParameter(String name, Set<String> tags, TypeParameterTree parameter) {
            require(name, tags, "@param <" + parameter.getName() + ">");
        }

        private void require(String name, Set<String> tags, String tag) {
            if (!tags.contains(tag)) {
                missing.add(name + ": " + tag);
            }
        }

        private static List<VariableTree> components(ClassTree type) {
            return type.getMembers().stream()
                    .filter(member -> member instanceof VariableTree field
                            && !field.getModifiers().getFlags().contains(Modifier.STATIC))
                    .map(VariableTree.class::cast)
                    .toList();
        }

        private static boolean isConstructor(MethodTree method) {
            return method.getName().contentEquals("<init>");
        }
    }

    private static final class Tags extends DocTreeScanner<Void, Void> {
        final Set<String> found = new HashSet<>();
        boolean inherits;

        @Override
        public Void visitParam(ParamTree tag, Void ignored) {
            String name = tag.getName().getName().toString();
            found.add("@param " + (tag.isTypeParameter() ? "<" + name + ">" : name));
            return null;
        }

        @Override
        public Void visitReturn(ReturnTree tag, Void ignored) {
            found.add("@return");
            return null;
        }

        @Override
        public Void visitThrows(ThrowsTree tag, Void ignored) {
            found.add("@throws " + simpleName(tag.getExceptionName()));
            return null;
        }

        @Override
        public Void visitInheritDoc(InheritDocTree tag, Void ignored) {
            inherits = true;
            return null;
        }
    }

    private static String simpleName(Object type) {
        String name = type.toString();
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
