package dev.backline.capture;

/**
 * The functions with which a kernel begins deferred work. In a stack, the frames outside of them belong to another action: the
 * task or the packet that was interrupted (kernel/softirq.c, net/core/dev.c).
 */
public final class Softirq {
    private Softirq() {}

    /**
     * {@return whether a function begins deferred work}
     *
     * @param function its name, also with a compiler's suffix
     */
    public static boolean begins(String function) {
        int point = function.indexOf('.');
        return switch (point < 0 ? function : function.substring(0, point)) {
            case "process_backlog",
                    "__napi_poll",
                    "net_rx_action",
                    "handle_softirqs",
                    "__do_softirq",
                    "do_softirq",
                    "do_softirq_own_stack",
                    "__local_bh_enable_ip",
                    "run_ksoftirqd" -> true;
            default -> false;
        };
    }
}
