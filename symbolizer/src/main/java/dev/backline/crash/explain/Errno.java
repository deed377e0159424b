package dev.backline.crash.explain;

import org.jspecify.annotations.Nullable;

/** The names of error numbers, from asm-generic/errno-base.h, asm-generic/errno.h and linux/errno.h. */
final class Errno {
    /** Numbers 1 to 133, in their order; a dash where a number has no name. */
    private static final String[] NAMES = ("EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM"
                    + " EACCES EFAULT ENOTBLK EBUSY EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY"
                    + " ETXTBSY EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS"
                    + " ENOTEMPTY ELOOP - ENOMSG EIDRM ECHRNG EL2NSYNC EL3HLT EL3RST ELNRNG EUNATCH ENOCSI EL2HLT EBADE"
                    + " EBADR EXFULL ENOANO EBADRQC EBADSLT - EBFONT ENOSTR ENODATA ETIME ENOSR ENONET ENOPKG EREMOTE"
                    + " ENOLINK EADV ESRMNT ECOMM EPROTO EMULTIHOP EDOTDOT EBADMSG EOVERFLOW ENOTUNIQ EBADFD EREMCHG"
                    + " ELIBACC ELIBBAD ELIBSCN ELIBMAX ELIBEXEC EILSEQ ERESTART ESTRPIPE EUSERS ENOTSOCK EDESTADDRREQ"
                    + " EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP EPFNOSUPPORT"
                    + " EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH ENETRESET ECONNABORTED ECONNRESET"
                    + " ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS ETIMEDOUT ECONNREFUSED EHOSTDOWN EHOSTUNREACH"
                    + " EALREADY EINPROGRESS ESTALE EUCLEAN ENOTNAM ENAVAIL EISNAM EREMOTEIO EDQUOT ENOMEDIUM"
                    + " EMEDIUMTYPE ECANCELED ENOKEY EKEYEXPIRED EKEYREVOKED EKEYREJECTED EOWNERDEAD ENOTRECOVERABLE"
                    + " ERFKILL EHWPOISON")
            .split(" ");

    /** Numbers 512 to 530, which user space never sees (linux/errno.h). */
    private static final String[] INTERNAL = ("ERESTARTSYS ERESTARTNOINTR ERESTARTNOHAND ENOIOCTLCMD"
                    + " ERESTART_RESTARTBLOCK EPROBE_DEFER EOPENSTALE ENOPARAM - EBADHANDLE ENOTSYNC EBADCOOKIE"
                    + " ENOTSUPP ETOOSMALL ESERVERFAULT EBADTYPE EJUKEBOX EIOCBQUEUED ERECALLCONFLICT")
            .split(" ");

    private static final int FIRST_INTERNAL = 512;

    /** The greatest error number that a pointer can hold (MAX_ERRNO, linux/err.h). */
    static final int MAX = 4095;

    private Errno() {}

    /** The name of a number, or null. */
    static @Nullable String name(int number) {
        String[] table = number < FIRST_INTERNAL ? NAMES : INTERNAL;
        int at = number < FIRST_INTERNAL ? number - 1 : number - FIRST_INTERNAL;
        return at < 0 || at >= table.length || table[at].equals("-") ? null : table[at];
    }
}
