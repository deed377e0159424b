# shellcheck shell=sh
# Shared by ./backline of a checkout and bin/backline of an installation, which source this file: finds Java, its
# options, and the class archive for a fast start. Each program costs a millisecond, so a normal start runs none here, or
# readlink for a java in the PATH.
#
# Input: app (directory of the jars), rehearsal (a small ELF file with DWARF), module (a small kernel module with DWARF),
# indexes (directory with indexes of a few kernels, so that the recorded captures need no download), distribution
# (installation type for --version, can be empty). Output: java, home (empty if java is not in a JDK's tree), major,
# version, archive.
# shellcheck disable=SC2034,SC2154 # those variables

# ---- the standard descriptors ---------------------------------------------------------------------------------------
# Java would use a closed one of the descriptors 0 to 2 for a file of its own, and read its class library as a log. So each
# closed one is opened in the wrong direction: as before, what uses it fails.
command : 2>/dev/null 3<&0 || exec 0>/dev/null
command : 2>/dev/null 3>&1 || exec 1</dev/null
command : 3>&2 || exec 2</dev/null

fail() {
    printf 'backline: %s\n' "$*" >&2
    exit 3
}

# ---- which Java -----------------------------------------------------------------------------------------------------
# The homes of Java installations that do not run here, each between colons.
refused=

# inspect HOME: succeeds for Java 17 or later; sets java, home, major and version (part of the class archive's name).
# Stops at the version: a shell reads the file byte by byte, and a list of all modules follows.
inspect() {
    [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 1
    case $refused in
        *:"$1":*) return 1 ;;
    esac
    version=
    while IFS='=' read -r key value; do
        case $key in
            JAVA_VERSION) version=$value ;;
            JAVA_RUNTIME_VERSION) version=$value && break ;;
        esac
    done <"$1/release"
    version=${version#\"}
    version=${version%\"}
    major=${version%%[!0-9]*}
    [ "${major:-0}" -ge 17 ] || return 1
    home=$1
    java=$1/bin/java
}

# inspect_command PATH: the same for a wrapper outside a JDK's tree; runs it to get the version.
inspect_command() {
    version=$("$1" -version 2>&1) || return 1
    version=${version#*\"}
    version=${version%%\"*}
    major=${version%%[!0-9]*}
    [ "${major:-0}" -ge 17 ] || return 1
    home=
    java=$1
}

# find_java: JAVA_HOME; else the highest version in /usr/lib/jvm, because newer versions start faster; else java in the
# PATH.
find_java() {
    if [ -n "${JAVA_HOME:-}" ]; then
        inspect "$JAVA_HOME" && return
        [ -x "$JAVA_HOME/bin/java" ] && inspect_command "$JAVA_HOME/bin/java" && return
    fi
    newest=
    newest_major=0
    for candidate in /usr/lib/jvm/*; do
        if inspect "$candidate" && [ "$major" -gt "$newest_major" ]; then
            newest=$candidate
            newest_major=$major
            newest_version=$version
        fi
    done
    if [ -n "$newest" ]; then
        home=$newest
        java=$newest/bin/java
        major=$newest_major
        version=$newest_version
        return
    fi
    if on_path=$(command -v java); then
        real=$(readlink -f -- "$on_path")
        inspect "${real%/bin/java}" && return
        inspect_command "$on_path" && return
    fi
    return 1
}

# java_runs: whether java starts here. A class archive proves it; without one, starts call java_runs and next_java.
java_runs() { "$java" -version >/dev/null 2>&1; }

# next_java: finds another Java in place of one that does not run here (for another machine, or damaged).
next_java() {
    [ -n "$home" ] || return 1
    refused=$refused:$home:
    find_java
}

# ---- its options ----------------------------------------------------------------------------------------------------
set_flags() {
    # Its manifest names the other jars. The JVM opens those only for a class that the archive lacks, while each entry of
    # the class path itself costs every start a third of a millisecond.
    set -- "$app"/backline-cli-*.jar
    classpath=$1
    # Colons separate the paths in a class path and in the option for an archive. So a directory whose path has a colon is
    # named by a descriptor, which java inherits.
    case $classpath in
        *:*) exec 9<"$app" && classpath=/proc/self/fd/9/${classpath##*/} ;;
    esac
    case $archive in
        *:*) [ ! -d "${archive%/*}" ] || { exec 8<"${archive%/*}" && archive=/proc/self/fd/8/${archive##*/}; } ;;
    esac
    # C1 only: for 100,000 addresses, C2's compilations cost more than they gain.
    # Tier3BackEdgeThreshold: compile loops after 10,000 iterations, not 60,000 (-7 % for 100,000 addresses of an index).
    # Xlog: keep JVM messages out of the output, and hide messages about an outdated archive.
    # ArchiveRelocationMode=0: by default, newer JVMs map an archive at another address and relocate each pointer.
    # StringTableSize, SymbolTableSize: by default, tables of 768 KB, which a start fills page by page. They grow if needed.
    flags='-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:Tier3BackEdgeThreshold=10000 -XX:-UsePerfData -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0 -XX:StringTableSize=1024 -XX:+UnlockExperimentalVMOptions -XX:SymbolTableSize=1024 -Xlog:disable -Xlog:all=error:stderr -Dfile.encoding=UTF-8'
    [ "$use" != -XX:AOTCache ] || flags="$flags -Xlog:aot=off:stderr"
    # JDK 25 compiles at once what the rehearsal used often. Most of it is never used often again (-10 % for one query).
    [ "$major" -ne 25 ] || flags="$flags -XX:-AOTReplayTraining"
}

# plan_run ARGUMENT...: sets scaling, memory and archive. Scaling: a query in the arguments (func+0xoff, 0xaddress) ends before
# most compilations pay, so its methods are compiled four times later than by default (-15 % of its CPU time). All other
# commands can get long input, and their methods are compiled twice as soon. Compared with twice as late: -7 % of the CPU
# time of a long log, -9 % for 100,000 addresses, and 4 to 10 % more for short input, on the other processor.
# -Xint is not faster for a query even with an index, and without one a query takes longer. Only the scan of all symbols, a
# loop over a hundred thousand of them, is compiled as soon as it starts (-5 %; quiet: do not print the option). Queries and
# addr2line also have a smaller archive, because the JVM loads all classes of an AOT cache at its start (-12 % for one query)
# and pages of other archives hold fewer classes that a query does not need.
plan_run() {
    case $* in
        *+0x* | *" 0x"*)
            scaling='-XX:CompileThresholdScaling=4 -XX:CompileCommand=quiet -XX:CompileCommand=CompileThresholdScaling,dev.backline.elf.SymbolScan::*,0.02'
            heap='-Xms24m -Xmn16m'
            [ ! -e "$archive.query" ] || archive=$archive.query
            ;;
        addr2line*)
            scaling=-XX:CompileThresholdScaling=0.5
            heap='-Xms48m -Xmn20m'
            [ ! -e "$archive.query" ] || archive=$archive.query
            ;;
        *)
            scaling=-XX:CompileThresholdScaling=0.5
            heap='-Xms64m -Xmn40m'
            ;;
    esac
    plan_memory
}

# plan_service: options for backline serve, which runs for months: both compilers, the JVM's own choice of memory, and the
# jars of the service, which no other command has in its class path. It needs no class archive.
plan_service() {
    set -- "$app"/backline-server-*.jar
    classpath=$classpath:$1
    flags='-Xlog:disable -Xlog:all=error:stderr -Dfile.encoding=UTF-8'
    scaling=-XX:+UseG1GC
    memory=
    archive=$app/none
}

# plan_memory: sets memory, the options on memory. A page fault for each 4 KiB takes a third of the CPU time of one query.
# Xms: the tables of the collector cover the initial heap, by default a 64th of the memory of the machine.
# Xmn: a collection stops all threads of a long log; with room for more new objects, there are fewer (-16 % wall time for
# a million lines, and half the memory: fewer objects get old; -3 % for 100,000 addresses). A query needs none: its symbols
# fit (-3 ms).
# UseTransparentHugePages: one fault for 2 MiB of heap; -20 % of the CPU time of 100,000 addresses.
# AlwaysPreTouch is off: where the kernel has to search for huge pages, touching all of the heap costs a query 5 ms and
# 100,000 addresses 15 % of their time.
# Options of the user on the heap, or in a file (@FILE), take precedence: with them, these can be slow or contradict.
plan_memory() {
    memory=
    case "${BACKLINE_JAVA_OPTS:-} ${JAVA_TOOL_OPTIONS:-} ${JDK_JAVA_OPTIONS:-} ${_JAVA_OPTIONS:-}" in
        *-Xm* | *Heap* | *RAM* | *LargePages* | *HugePages* | *@* | *VMOptionsFile*) return ;;
    esac
    memory=$heap
    huge=/sys/kernel/mm/transparent_hugepage/enabled
    [ -r "$huge" ] && read -r huge <"$huge" || return 0
    case $huge in
        *'[always]'* | *'[madvise]'*)
            memory="$memory -XX:+UseTransparentHugePages"
            ;;
    esac
}

# ---- the archive of classes -----------------------------------------------------------------------------------------
# An archive of parsed and linked classes: an AOT cache from Java 25 on, else a class data archive. A file ARCHIVE.none
# records that creating it failed. ARCHIVE.query is a smaller archive for queries.
# name_archive DIRECTORY
name_archive() {
    archive=$1/classes-$version
    case $major in
        17 | 18 | 19 | 20 | 21 | 22 | 23 | 24) dump=-XX:ArchiveClassesAtExit use=-XX:SharedArchiveFile must=-Xshare:on ;;
        *) dump=-XX:AOTCacheOutput use=-XX:AOTCache must=-XX:AOTMode=on ;;
    esac
}

has_archive() { [ -e "$archive" ] || [ -e "$archive.none" ]; }

# place_archive DIRECTORY APPLICATION: names the archive in DIRECTORY, or in the user's cache if it is missing and
# DIRECTORY is read-only. In the cache, APPLICATION and the directory of the jars identify the build: before Java 19, an
# archive does not work for the same jars in another directory.
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

# clear_leftovers PATH: removes the temporary files of make_archive (PATH.PID...) if the process has ended and the file
# is older than a day. The process id alone is not enough if other machines or containers share the directory.
clear_leftovers() {
    for left in "$1".[0-9]*; do
        owner=${left#"$1".}
        owner=${owner%.gsym}
        owner=${owner%.query}
        owner=${owner%.list}
        case $owner in
            *[!0-9]*) continue ;;
        esac
        if ! kill -0 "$owner" 2>/dev/null && [ ! -e "/proc/$owner" ]; then
            find "$left" -prune -type f -mtime +0 -exec rm -f -- {} + 2>/dev/null
        fi
    done
}

# Runs the most common commands and archives the classes they load. Writes to a temporary name and renames it, so that
# other starts see a complete archive or none. Does nothing in a read-only directory.
make_archive() {
    mkdir -p -- "${archive%/*}" 2>/dev/null && [ -w "${archive%/*}" ] || return 0
    clear_leftovers "$archive"
    # A subshell, because ./backline has traps of its own.
    (
        trap 'rm -rf -- "$archive.$$" "$archive.$$".*' EXIT
        trap 'exit 130' INT
        trap 'exit 143' TERM HUP
        rehearse
    )
}

# Makes the archives of make_archive.
rehearse() {
    set_flags
    # In an AOT cache, each class slows every start a little; in other archives, only starts that use it. So add help and
    # picocli (completion) only to the latter.
    [ "$use" = -XX:AOTCache ] && rest= || rest=completion
    # A class data archive extends the JDK's archive. A runtime linked for another machine has no such archive; dump all
    # loaded classes into one archive from a list instead.
    list=
    [ "$use" = -XX:AOTCache ] || [ -z "$home" ] || [ -e "$home/lib/server/classes.jsa" ] || list=$archive.$$.list
    # shellcheck disable=SC2086 # flags are words
    "$java" $flags -cp "$classpath" dev.backline.cli.Main index "$rehearsal" -o "$archive.$$.gsym" >/dev/null 2>&1
    # shellcheck disable=SC2086 # flags are words
    "$java" $flags "${list:+-XX:DumpLoadedClassList=}${list:-$dump=$archive.$$}" -cp "$classpath" \
        dev.backline.cli.Rehearsal "$rehearsal" "$archive.$$.gsym" receive.cold+0x10/0x49 0x400393 "$module" $rest \
        >/dev/null 2>&1 <<'LOG'
[    1.000000] RIP: 0010:send_reset+0x5/0x30
[    1.000000] Call Trace:
[    1.000000]  receive+0xc8/0x160
[    1.000000]  ? poll+0x1e/0xa0
[    1.000000]  recieve+0xc8/0x160
 0x0000000000400393 : receive+0x63/0x160 [kernel]
LOG
    [ -z "$list" ] || dump_list "$list" "$archive.$$"
    # The archive for queries. Of class data, it is also one archive: it has no classes of the JDK that a query does not
    # need, and all in the order of their use (-13 % for one query on JDK 17).
    [ "$use" = -XX:AOTCache ] && list= || list=$archive.$$.list
    # shellcheck disable=SC2086 # flags are words
    "$java" $flags "${list:+-XX:DumpLoadedClassList=}${list:-$dump=$archive.$$.query}" -cp "$classpath" \
        dev.backline.cli.Rehearsal "$rehearsal" "$archive.$$.gsym" receive.cold+0x10/0x49 0x400393 "$module" --queries \
        >/dev/null 2>&1 </dev/null
    [ -z "$list" ] || dump_list "$list" "$archive.$$.query"
    keep_archive "$archive.$$.query" "$archive.query"
    rm -rf -- "$archive.$$.gsym" "$archive.$$.gsym.cache"
    keep_archive "$archive.$$" "$archive" || : >"$archive.none"
}

# dump_list LIST FILE: writes the classes of LIST to an archive, and removes LIST.
dump_list() {
    # shellcheck disable=SC2086 # flags are words
    "$java" $flags -Xshare:dump -XX:SharedClassListFile="$1" "$use=$2" -cp "$classpath" >/dev/null 2>&1
    rm -f -- "$1"
}

# keep_archive FILE ARCHIVE: renames a new archive, or removes it if the JVM does not verify it: a truncated one (full
# disk) can crash the JVM.
keep_archive() {
    # shellcheck disable=SC2086 # flags are words
    if "$java" $flags "$must" -XX:+VerifySharedSpaces -XX:ErrorFile=/dev/null -XX:-CreateCoredumpOnCrash \
        "$use=$1" -cp "$classpath" dev.backline.cli.Main --version >/dev/null 2>&1; then
        mv -f -- "$1" "$2"
    else
        rm -f -- "$1"
        return 1
    fi
}

# ---- start ----------------------------------------------------------------------------------------------------------
# start ARGUMENT...: replaces this process by java.
start() {
    set_flags
    plan_run "$@"
    [ "${1:-}" != serve ] || plan_service
    set -- "-Dbackline.indexes=$indexes" ${distribution:+"-Dbackline.distribution=$distribution"} \
        -cp "$classpath" dev.backline.cli.Main "$@"
    [ ! -e "$archive" ] || set -- "$use=$archive" "$@"
    # Split the options into words, but do not take a * in them for names of files.
    set -f
    # shellcheck disable=SC2086 # flags and options are words
    exec "$java" $flags $scaling $memory ${BACKLINE_JAVA_OPTS:-} "$@"
}
