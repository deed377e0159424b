package dev.backline.spark;

import dev.backline.debugfiles.IndexStore;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/** The files of an index store on a file system of Hadoop: HDFS, an object storage. */
record HadoopStore(Path folder, Configuration configuration) implements IndexStore.Place {
    @Override
    public List<String> list(String path) throws IOException {
        List<String> names = new ArrayList<>();
        try {
            for (FileStatus each : fileSystem().listStatus(below(path))) {
                names.add(each.getPath().getName());
            }
        } catch (FileNotFoundException e) {
            return List.of();
        }
        return names;
    }

    @Override
    public @Nullable InputStream open(String path) throws IOException {
        try {
            return fileSystem().open(below(path));
        } catch (FileNotFoundException e) {
            return null;
        }
    }

    private Path below(String path) {
        return path.isEmpty() ? folder : new Path(folder, path);
    }

    private FileSystem fileSystem() throws IOException {
        return folder.getFileSystem(configuration);
    }
}
