/**
 * One kernel in memory. In: a release or build id, a source of debug files ({@link
 * dev.backline.debugfiles.DebugFiles}), and the load addresses of one boot ({@link dev.backline.kernel.LoadMap}). Out:
 * for each frame reference, the debug file and the place in this file, or the reason why the place is unknown. {@link
 * dev.backline.kernel.KernelBuild} keeps the files of one build open; {@link dev.backline.kernel.Boot} translates
 * addresses. Names from a log (modules, releases, build ids) are checked before they become part of a path.
 *
 * <pre>{@code
 * DebugFiles files = DebugFiles.builder().source(new InstalledFiles(Path.of("/"))).build();
 * try (KernelBuild build = KernelBuild.of(files, KernelIdentity.ofRelease("6.1.0-9-amd64"))) {
 *     LoadMap map = LoadMap.builder().kallsyms(Path.of("kallsyms.txt.xz")).build();
 *     Location place = build.boot(map).locate(FrameReference.parse("0xffffffffc03f64f4"));
 *     if (place instanceof Located found) {
 *         System.out.println(found.file() + " " + Long.toHexString(found.reference().address()));
 *     } else if (place instanceof NotLocated missing) {
 *         System.err.println(missing.message());
 *     }
 * }
 * }</pre>
 */
@NullMarked
package dev.backline.kernel;

import org.jspecify.annotations.NullMarked;
