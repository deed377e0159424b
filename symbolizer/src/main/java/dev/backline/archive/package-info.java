/**
 * Debian packages come in; the wanted files go out, written below a folder and never outside it. Headers, members, paths and
 * links are bounded, because an archive from a server is hostile until its signature is checked by someone else. Tar and zip
 * archives of logs are read in memory ({@link dev.backline.archive.ArchiveMembers}).
 *
 * <pre>{@code
 * boolean found = new DebArchive(Path.of("linux-image-dbg.deb"))
 *         .extract(folder, path -> path.endsWith("/vmlinux"), bytes -> {});
 * }</pre>
 */
@NullMarked
package dev.backline.archive;

import org.jspecify.annotations.NullMarked;
