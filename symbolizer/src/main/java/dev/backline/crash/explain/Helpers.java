package dev.backline.crash.explain;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Functions of the kernel that do what their caller asks for, so that a bad argument is the caller's: string functions,
 * lists, locks, reference counts, allocation.
 */
final class Helpers {
    /** Names that begin with a word, after leading underscores. */
    private static final String[] PREFIXES =
            ("memcpy memset memmove memcmp memchr memscan memdup mempool_ memparse memweight strc strim"
                            + " string_ strlen strn strlc strpbrk strr strs copy_from copy_to copy_user copy_page copy_mc"
                            + " copy_overflow clear_user list_ hlist_ llist_ rb_insert rb_erase rb_next rb_prev rb_first"
                            + " rb_last rb_replace raw_spin raw_read raw_write raw_copy raw_notifier arch_atomic arch_spin"
                            + " spin_ read_lock write_lock read_unlock write_unlock mutex_ ww_mutex_ rt_mutex_ down_ up_read up_write"
                            + " rwsem_ osq_ queued_ native_queued pv_queued lockref_ refcount_ kref_ atomic kfree kvfree vfree"
                            + " kmem_cache_ kmalloc kzalloc krealloc ksize slab_ free_percpu percpu_ wake_up autoremove_wake wait_for_"
                            + " swake_ finish_wait prepare_to_wait add_wait_queue remove_wait_queue bitmap_ find_next_ find_first_"
                            + " find_last_ set_bit clear_bit test_bit test_and_ csum crc32 queue_work queue_delayed mod_timer"
                            + " add_timer del_timer timer_delete try_to_del hrtimer_start hrtimer_cancel cancel_work cancel_delayed"
                            + " flush_work flush_delayed get_user put_user sg_next sg_init sg_alloc sg_free sg_copy sg_pcopy sg_miter sg_nents sg_last"
                            + " skb_put skb_push skb_pull xa_ xas_ idr_ ida_"
                            + " radix_tree_ kobject_put kobject_get scnprintf snprintf sprintf vsnprintf vscnprintf kasprintf"
                            + " kvasprintf kstrdup kmemdup kstrto simple_strto sscanf vsscanf check_object_size check_heap_object"
                            + " usercopy fortify lock_acquire lock_release lockdep x86_indirect_thunk x86_return_thunk pi_ plist_"
                            + " klist_ format_decode printk vprintk warn_ report_bug stack_chk ubsan_ set_freepointer"
                            + " schedule_ io_schedule dump_stack show_stack dump_backtrace show_trace msleep usleep_range preempt_"
                            + " synchronize_ copy_user rcu_read out_of_line_wait bit_wait call_rcu kvfree_call_rcu list_lru percpu_ref_ devres_ free_pages put_page page_frag")
                    .split(" ");

    /** Whole names, after leading underscores. */
    private static final Set<String> NAMES = Set.of(
            "complete",
            "complete_all",
            "down",
            "up",
            "number",
            "string",
            "pointer",
            "sort",
            "bsearch",
            "get_device",
            "put_device",
            "slub_free",
            "do_slab_free",
            "sprint_symbol",
            "ksize",
            "schedule",
            "panic",
            "warn",
            "ssleep",
            "might_sleep",
            "might_resched",
            "cond_resched");

    private Helpers() {}

    /**
     * {@return whether a function does what its caller asks for}
     *
     * @param function its name; null if unknown
     * @param module of the function; a module's functions are no helpers
     */
    static boolean isHelper(@Nullable String function, @Nullable String module) {
        if (function == null || module != null) {
            return false;
        }
        return NAMES.contains(plain(function)) || starts(function, PREFIXES);
    }

    /** Whether a name begins with one of several words, after leading underscores. */
    static boolean starts(String function, String[] prefixes) {
        String name = plain(function);
        for (String prefix : prefixes) {
            if (name.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }

    /** A name without leading underscores. */
    static String plain(String function) {
        int from = 0;
        while (from < function.length() && function.charAt(from) == '_') {
            from++;
        }
        return function.substring(from);
    }

    /** Whether a source file holds helpers that are inlined everywhere. */
    static boolean isHelperFile(@Nullable String path) {
        return path != null
                && (path.startsWith("include/") || path.contains("/include/"))
                && !path.startsWith("drivers/");
    }
}
