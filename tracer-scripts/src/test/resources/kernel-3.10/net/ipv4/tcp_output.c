#include "kernel.h"

FUNCTION void tcp_send_active_reset(struct sock *sk, unsigned int priority)
{
    sk->sk_shutdown = priority & 3;
}

FUNCTION int tcp_write_xmit(struct sock *sk)
{
    return sk->sk_shutdown;
}
