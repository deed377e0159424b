package dev.backline.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewFileTest {
    @TempDir
    private Path folder;

    private Path name;

    @BeforeEach
    void chooseAName() {
        name = folder.resolve("out");
    }

    private static void write(NewFile file, String text) throws IOException {
        file.write(text.getBytes(UTF_8));
    }

    @Test
    void hasItsNameOnlyWhenItIsCommitted() throws IOException {
        try (NewFile file = NewFile.beside(name)) {
            write(file, "whole");
            assertThat(name).doesNotExist();
            assertThat(file.temporary()).hasContent("whole").hasParent(folder);
            file.commit();
        }
        assertThat(name).hasContent("whole");
        assertThat(folder).isDirectoryNotContaining(each -> !each.equals(name));
    }

    @Test
    void leavesTheOldFileIfItIsNotCommitted() throws IOException {
        Files.writeString(name, "old");
        try (NewFile file = NewFile.beside(name)) {
            write(file, "half");
        }
        assertThat(name).hasContent("old");
        assertThat(folder).isDirectoryNotContaining(each -> !each.equals(name));
    }

    @Test
    void replacesTheOldFile() throws IOException {
        Files.writeString(name, "old");
        try (NewFile file = NewFile.beside(name)) {
            write(file, "new");
            file.commit();
        }
        assertThat(name).hasContent("new");
    }

    @Test
    void doesNotOverwriteAFileCreatedMeanwhile() throws IOException {
        try (NewFile file = NewFile.beside(name)) {
            write(file, "new");
            Files.writeString(name, "mine");
            assertThatThrownBy(file::commitUnlessPresent).isInstanceOf(FileAlreadyExistsException.class);
        }
        assertThat(name).hasContent("mine");
        assertThat(folder).isDirectoryNotContaining(each -> !each.equals(name));
    }

    @Test
    void getsItsNameIfNoFileHasTheName() throws IOException {
        try (NewFile file = NewFile.beside(name)) {
            write(file, "new");
            file.commitUnlessPresent();
        }
        assertThat(name).hasContent("new");
    }

    @Test
    void keepsTwoFilesOfTheSameNameApart() throws IOException {
        try (NewFile first = NewFile.beside(name);
                NewFile second = NewFile.beside(name)) {
            write(first, "first");
            write(second, "second");
            second.commit();
            assertThat(name).hasContent("second");
            first.commit();
        }
        assertThat(name).hasContent("first");
    }

    @Test
    void replacesTheTargetOfASymbolicLink() throws IOException {
        Path target = Files.writeString(folder.resolve("target"), "old");
        Files.createSymbolicLink(name, target);
        try (NewFile file = NewFile.beside(name)) {
            write(file, "new");
            file.commit();
        }
        assertThat(name).isSymbolicLink();
        assertThat(target).hasContent("new");
    }

    @Test
    void reportsAMissingFolder() {
        assertThatThrownBy(() -> NewFile.beside(folder.resolve("missing/out")))
                .isInstanceOf(IOException.class)
                .hasMessage(folder.resolve("missing/out") + ": cannot be written: no such directory");
    }

    @Test
    void doesNotReplaceAFolder() {
        assertThatThrownBy(() -> NewFile.beside(folder)).hasMessage(folder + ": is a directory");
    }
}
