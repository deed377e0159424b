# shellcheck shell=sh
# What ./backline of a checkout and bin/backline of an installation share: finding a Java, its options, and the archive
# of classes that makes it start fast. Both source this file; each program it ran would cost a start a millisecond, so
# an ordinary start runs at most readlink here.
#
# What comes in: app (the folder of the jars), rehearsal (a small ELF file with DWARF), indexes (a folder with indexes
# of a few kernels, so that the recorded captures need no download), distribution (what is installed, for --version; may
# be empty). What goes out: java, home (empty for a Java that is no JDK's), major, version, archive.
# shellcheck disable=SC2034,SC2154 # those variables

fail() {
    printf 'backline: %s\n' "$*" >&2
    exit 3
}

# ---- which Java -----------------------------------------------------------------------------------------------------
# inspect HOME: true when it holds Java 17 or later; sets java, home, major and version (which names a class archive).
inspect() {
    [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 1
    version=
    while IFS='=' read -r key value; do
        case $key in
            JAVA_VERSION) version=${version:-$value} ;;
            JAVA_RUNTIME_VERSION) version=$value ;;
        esac
    done <"$1/release"
    version=${version#\"}
    version=${version%\"}
    major=${version%%[!0-9]*}
    [ "${major:-0}" -ge 17 ] || return 1
    home=$1
    java=$1/bin/java
}

# inspect_command PATH: the same for a java that is a wrapper and not part of a JDK's tree; has to start it to ask.
inspect_command() {
    version=$("$1" -version 2>&1) || return 1
    version=${version#*\"}
    version=${version%%\"*}
    major=${version%%[!0-9]*}
    [ "${major:-0}" -ge 17 ] || return 1
    home=
    java=$1
}

find_java() {
    if [ -n "${JAVA_HOME:-}" ]; then
        inspect "$JAVA_HOME" && return
        [ -x "$JAVA_HOME/bin/java" ] && inspect_command "$JAVA_HOME/bin/java" && return
    fi
    if on_path=$(command -v java); then
        real=$(readlink -f -- "$on_path")
        inspect "${real%/bin/java}" && return
        inspect_command "$on_path" && return
    fi
    newest=
    newest_major=0
    for candidate in /usr/lib/jvm/*; do
        if inspect "$candidate" && [ "$major" -gt "$newest_major" ]; then
            newest=$candidate
            newest_major=$major
        fi
    done
    [ -n "$newest" ] && inspect "$newest"
}

# ---- its options ----------------------------------------------------------------------------------------------------
set_flags() {
    classpath=
    for jar in "$app"/*.jar; do
        classpath=$classpath${classpath:+:}$jar
    done
    # C1 alone: what C2 gains on a batch of 100,000 addresses is less than what its compilations cost.
    # Loops over all of a batch are compiled after 10,000 rounds and not after 60,000: that is 7 % less for 100,000 addresses of an index.
    # What the JVM has to say must never stand in the output, and of an archive that no longer fits not a word.
    # Newer JVMs map an archive wherever it happens to fit and adjust each pointer in it, unless told otherwise.
    flags='-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:Tier3BackEdgeThreshold=10000 -XX:-UsePerfData -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0 -Xlog:disable -Xlog:all=error:stderr -Dfile.encoding=UTF-8'
    [ "$use" != -XX:AOTCache ] || flags="$flags -Xlog:aot=off:stderr"
}

# ---- the archive of classes -----------------------------------------------------------------------------------------
# Classes parsed and linked ahead: an AOT cache from Java 25 on, before that an archive of class data. "none" beside it
# remembers that it could not be made.
# name_archive DIRECTORY
name_archive() {
    archive=$1/classes-$version
    case $major in
        17 | 18 | 19 | 20 | 21 | 22 | 23 | 24) dump=-XX:ArchiveClassesAtExit use=-XX:SharedArchiveFile must=-Xshare:on ;;
        *) dump=-XX:AOTCacheOutput use=-XX:AOTCache must=-XX:AOTMode=on ;;
    esac
}

has_archive() { [ -e "$archive" ] || [ -e "$archive.none" ]; }

# place_archive DIRECTORY APPLICATION: names the archive in DIRECTORY, and where it is not there and cannot be written,
# in the cache of the user. APPLICATION tells builds apart there; from Java 19 on an archive would do for the same jars in
# another folder, before that it would not.
place_archive() {
    name_archive "$1"
    ! has_archive && [ ! -w "$1" ] || return 0
    cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
    [ -n "$cache" ] || return 0
    place=$2
    rest=$app
    while [ -n "$rest" ]; do
        rest=${rest#/}
        place=$place@${rest%%/*}
        case $rest in
            */*) rest=/${rest#*/} ;;
            *) rest= ;;
        esac
    done
    name_archive "$cache/backline/classes/$place"
}

# clear_leftovers PATH: removes PATH.PID, and what make_archive writes beside that, of processes that are no more and have
# written nothing for a day; a process id alone is not enough where the folder is another machine's or container's too.
clear_leftovers() {
    for left in "$1".[0-9]*; do
        owner=${left#"$1".}
        owner=${owner%.gsym}
        owner=${owner%.list}
        case $owner in
            *[!0-9]*) continue ;;
        esac
        if ! kill -0 "$owner" 2>/dev/null && [ ! -e "/proc/$owner" ]; then
            find "$left" -prune -type f -mtime +0 -exec rm -f -- {} + 2>/dev/null
        fi
    done
}

# Runs the commands that are run most, and keeps the classes they loaded. Written under a name of its own and renamed:
# whoever starts meanwhile sees all of it or nothing. Where nothing can be written, nothing is kept.
make_archive() {
    mkdir -p -- "${archive%/*}" 2>/dev/null && [ -w "${archive%/*}" ] || return 0
    clear_leftovers "$archive"
    set_flags
    # Each class in an AOT cache costs every start a little, in other archives only those that use it: there picocli's
    # are worth having.
    [ "$use" = -XX:AOTCache ] && rest= || rest='symbolize --help'
    # An archive of class data builds on the one that comes with a JDK. A runtime linked for another machine has none;
    # there everything that was loaded goes into one archive, by a list.
    list=
    [ "$use" = -XX:AOTCache ] || [ -z "$home" ] || [ -e "$home/lib/server/classes.jsa" ] || list=$archive.$$.list
    # shellcheck disable=SC2086 # flags are words
    "$java" $flags -cp "$classpath" dev.backline.cli.Main index "$rehearsal" -o "$archive.$$.gsym" >/dev/null 2>&1
    # shellcheck disable=SC2086 # flags are words
    "$java" $flags "${list:+-XX:DumpLoadedClassList=}${list:-$dump=$archive.$$}" -cp "$classpath" \
        dev.backline.cli.Rehearsal "$rehearsal" "$archive.$$.gsym" receive.cold+0x10/0x49 0x400393 $rest \
        >/dev/null 2>&1 <<'LOG'
[    1.000000] RIP: 0010:send_reset+0x5/0x30
[    1.000000] Call Trace:
[    1.000000]  receive+0xc8/0x160
[    1.000000]  ? poll+0x1e/0xa0
 0x0000000000400393 : receive+0x63/0x160 [kernel]
LOG
    if [ -n "$list" ]; then
        "$java" -Xshare:dump -XX:SharedClassListFile="$list" "$use=$archive.$$" -cp "$classpath" >/dev/null 2>&1
        rm -f -- "$list"
    fi
    rm -f -- "$archive.$$.gsym"
    # One cut short, by a full disk say, can crash the JVM that uses it: it is kept only when all of it is sound.
    # shellcheck disable=SC2086 # flags are words
    if "$java" $flags "$must" -XX:+VerifySharedSpaces -XX:ErrorFile=/dev/null -XX:-CreateCoredumpOnCrash \
        "$use=$archive.$$" -cp "$classpath" dev.backline.cli.Main --version >/dev/null 2>&1; then
        mv -f -- "$archive.$$" "$archive"
    else
        rm -f -- "$archive.$$"
        : >"$archive.none"
    fi
}

# ---- handing over ---------------------------------------------------------------------------------------------------
# start ARGUMENT...: becomes java.
start() {
    set_flags
    set -- "-Dbackline.indexes=$indexes" ${distribution:+"-Dbackline.distribution=$distribution"} \
        -cp "$classpath" dev.backline.cli.Main "$@"
    [ ! -e "$archive" ] || set -- "$use=$archive" "$@"
    # shellcheck disable=SC2086 # flags and options are words
    exec "$java" $flags ${BACKLINE_JAVA_OPTS:-} "$@"
}
