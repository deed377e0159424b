package dev.backline.io;

import org.jspecify.annotations.Nullable;

/**
 * A value that is computed on first use, once. A checked exception is remembered too and thrown again by each later
 * call, so that a damaged part of a file is read only once. An unchecked exception is not remembered: the next call
 * computes again. Thread-safe; a call that finds the value takes no lock.
 *
 * <p>A subclass, usually an anonymous one, computes the value. It is not a lambda because the first lambda adds several
 * milliseconds to the start-up time.
 *
 * @param <T> the value's type
 * @param <E> the checked exception of the computation; {@link RuntimeException} if there is none
 */
@Internal
public abstract class Lazy<T, E extends Exception> {
    private volatile @Nullable T value;
    private @Nullable Exception failure;
    private boolean computing;

    /** A value that has not been computed. */
    protected Lazy() {}

    /**
     * Computes the value. Called while this object is locked.
     *
     * @return the value
     * @throws E if there is no value
     */
    protected abstract T compute() throws E;

    /**
     * {@return the value, computed by the first call}
     *
     * @throws E the exception of {@link #compute}
     * @throws IllegalStateException if {@link #compute} calls this method
     */
    public final T get() throws E {
        T known = value;
        return known != null ? known : computeOnce();
    }

    /** {@return the value if it has been computed, else null} */
    public final @Nullable T ifComputed() {
        return value;
    }

    private synchronized T computeOnce() throws E {
        T known = value;
        if (known != null) {
            return known;
        }
        if (failure != null) {
            throw remembered(failure);
        }
        if (computing) {
            throw new IllegalStateException("the computation of a value needs the value");
        }
        computing = true;
        try {
            known = compute();
            value = known;
            return known;
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            failure = e;
            throw e;
        } finally {
            computing = false;
        }
    }

    // compute() throws no checked exception other than E.
    @SuppressWarnings("unchecked")
    private E remembered(Exception e) {
        return (E) e;
    }
}
